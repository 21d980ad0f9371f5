//! What is asked of a bench and what it answers, as messages: a line of JSON each.
//!
//! Promise: a message says everything. A field that is missing, a field too many, a memory model
//! that does not exist or a message of another version is an error that names it, never a default;
//! variants and scenarios go by name.

mod mutants;
mod setting;

pub use mutants::{Break, How, Judged, Killed, Measured, Mutant, Soon, Verdict};
pub use setting::{Effort, Setting};

use crate::document::{
    DivergencePart, EvidencePart, FaultPart, GoalPart, OutcomePart, ScenarioPart, TracePart, WitnessPart,
};
use lockstep::{MemoryModel, Token};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeSet;

/// Version of the messages. Who asks and who answers are built from one source, so another one is a
/// mistake.
pub const VERSION: u32 = 1;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// What is there?
    List,
    /// Compare variants on a scenario.
    Compare(Compare),
    /// Explore one variant on a scenario.
    Explore(Explore),
    /// Run one schedule.
    Run(Run),
    /// Look for the smallest schedule that shows the same.
    Minimize(Minimize),
    /// In which order does a variant take its locks?
    LockOrder(LockOrder),
    /// Does a client notice a mutant?
    Break(Break),
    /// After how many executions does each kind of random schedule notice a mutant?
    Soon(Soon),
}

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Request::List`].
    Listed(Listing),
    /// To [`Request::Compare`].
    Compared(Box<Compared>),
    /// To [`Request::Explore`].
    Explored(Explored),
    /// To [`Request::Run`].
    Ran(Ran),
    /// To [`Request::Minimize`].
    Minimized(Vec<Minimized>),
    /// To [`Request::LockOrder`].
    Ordered(Ordered),
    /// To [`Request::Break`].
    Judged(Judged),
    /// To [`Request::Soon`].
    Measured(Measured),
    /// The question makes no sense here; why, in a sentence.
    Refused(String),
}

/// What a subject holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Its name in tokens.
    pub subject: String,
    /// Its name with all repairs, if it knows any.
    pub repaired: Option<String>,
    /// The variants, in the order of the series.
    pub variants: Vec<String>,
    /// The scenarios.
    pub scenarios: Vec<Situation>,
}

/// What a scenario is, apart from what it showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Situation {
    /// Its id.
    pub id: String,
    /// A few words.
    pub name: String,
    /// What it asks.
    pub question: String,
    /// Where the question comes from.
    pub source: String,
    /// What each thread does, a line a thread; nothing where only the code says it.
    pub program: Vec<String>,
    /// What must be reachable, by number.
    pub goals: Vec<String>,
}

/// See [`Request::Compare`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// Where.
    pub setting: Setting,
    /// The variants, by name.
    pub variants: Vec<String>,
    /// How much is explored of each.
    pub effort: Effort,
    /// OS threads.
    pub jobs: usize,
}

/// What a comparison showed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// As a part of the document.
    pub part: ScenarioPart,
    /// As it is committed; nothing if it came to no end.
    pub snapshot: Option<String>,
    /// What else there is to say of each divergence of the part, in its order.
    pub attributions: Vec<AttributionPart>,
    /// Where the same schedule gave two executions.
    pub nondeterminism: Option<String>,
}

impl Compared {
    /// The divergences, with what else there is to say of them.
    pub fn divergences(&self) -> impl Iterator<Item = (&DivergencePart, &AttributionPart)> {
        self.part.divergences.iter().zip(&self.attributions)
    }

    /// Where it runs differently next time, in a sentence.
    pub fn mismatch(&self) -> Option<String> {
        self.nondeterminism.as_ref().map(|found| format!("{} on {found}", self.part.id))
    }
}

/// Which variants show an outcome, and which steps bring and remove it, by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributionPart {
    /// For each variant whether it shows the outcome.
    pub shown: Vec<bool>,
    /// Steps that bring it, by the variant they lead to.
    pub introduced: Vec<usize>,
    /// Steps that remove it.
    pub removed: Vec<usize>,
}

impl AttributionPart {
    /// Both ends of the series agree on it, and something in between does not: it is visible only
    /// when bisecting.
    pub fn is_in_between(&self) -> bool {
        self.shown.first() == self.shown.last()
    }
}

/// See [`Request::Explore`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explore {
    /// Where.
    pub setting: Setting,
    /// The variant, by name.
    pub variant: String,
    /// How much.
    pub effort: Effort,
    /// Every execution is searched, however many there are.
    pub exhaustive: bool,
    /// OS threads.
    pub jobs: usize,
}

/// What an exploration showed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explored {
    /// The subject, as in tokens.
    pub subject: String,
    /// Repairs made in the variant.
    pub repairs: Vec<String>,
    /// It was not cancelled.
    pub complete: bool,
    /// What stands behind the outcomes.
    pub evidence: EvidencePart,
    /// Executions made.
    pub executions: u64,
    /// Runs that were given up as explored elsewhere.
    pub redundant: u64,
    /// Executions cut off by the step limit.
    pub cut: u64,
    /// What must be reachable.
    pub goals: Vec<GoalPart>,
    /// The outcomes, by identity.
    pub outcomes: Vec<SeenPart>,
    /// Executions were made and nothing was explored: what was seen, and the likely cause.
    pub unshared: Option<String>,
}

/// An outcome, and a schedule that shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SeenPart {
    /// The outcome.
    #[serde(flatten)]
    pub outcome: OutcomePart,
    /// How that execution ends, if nobody can want that, and its warnings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultPart>,
    /// The execution that was the first to show it.
    #[serde(with = "token")]
    pub token: Token,
}

/// See [`Request::Run`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The execution.
    #[serde(with = "token")]
    pub token: Token,
    /// The variants, by name; all, if none is named.
    pub variants: Vec<String>,
    /// All events are told.
    pub trace: bool,
}

/// What one schedule showed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ran {
    /// The scenario.
    pub situation: Situation,
    /// What each variant did.
    pub executions: Vec<ExecutionPart>,
    /// Where the first two variants with different outcomes part, if any have.
    pub parting: Option<Parting>,
}

/// Where two executions part.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parting {
    /// In sentences: the first event that differs, and the first that a client can see.
    pub sentences: Vec<String>,
    /// Both traces.
    pub witness: WitnessPart,
}

/// What one variant did under one schedule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecutionPart {
    /// The variant.
    pub variant: String,
    /// What a client can tell.
    pub outcome: OutcomePart,
    /// How it ends, if nobody can want that, and its warnings.
    pub faults: Vec<FaultPart>,
    /// Decisions of the schedule that found no place.
    pub skipped: usize,
    /// The same execution with its decisions written out.
    #[serde(with = "token")]
    pub written_out: Token,
    /// All events, if they were asked for.
    pub trace: Option<TracePart>,
}

/// See [`Request::Minimize`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minimize {
    /// The execution.
    #[serde(with = "token")]
    pub token: Token,
    /// The variants, by name; all, if none is named.
    pub variants: Vec<String>,
}

/// The smallest schedule that was found to show what a variant shows under another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minimized {
    /// The variant.
    pub variant: String,
    /// The outcome.
    pub outcome: String,
    /// Preemptions of the schedule.
    pub preemptions: usize,
    /// The execution.
    #[serde(with = "token")]
    pub token: Token,
}

/// See [`Request::LockOrder`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockOrder {
    /// The variant, by name.
    pub variant: String,
    /// Random executions of each scenario.
    pub executions: u64,
}

/// The order of locks that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ordered {
    /// The second lock was taken while the first was held.
    pub order: BTreeSet<(String, String)>,
    /// Executions made.
    pub executions: u64,
}

/// Memory models by name.
mod model {
    use super::{Deserialize, Deserializer, Error, MemoryModel, Serializer};

    pub fn serialize<S: Serializer>(model: &MemoryModel, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(model.name())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MemoryModel, D::Error> {
        let name = String::deserialize(deserializer)?;
        MemoryModel::from_name(&name).ok_or_else(|| D::Error::custom(format!("there is no memory model '{name}'")))
    }
}

/// Tokens as their text.
mod token {
    use super::{Deserialize, Deserializer, Error, Serializer, Token};

    pub fn serialize<S: Serializer>(token: &Token, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(token)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Token, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error: lockstep::TokenError| D::Error::custom(error))
    }
}
