//! A scenario compared: what each variant showed, and where they differ.

use super::sight::{FaultPart, SightPart};
use super::witness::{PlacePart, WitnessPart};
use serde::{Deserialize, Serialize};

/// One scenario compared.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScenarioPart {
    /// The subject, as in tokens: the repairs make another subject of it.
    pub subject: String,
    /// Its id.
    pub id: String,
    /// The memory model.
    pub memory: String,
    /// A few words.
    pub name: String,
    /// What it asks.
    pub question: String,
    /// Where the question comes from.
    pub source: String,
    /// Whether all variants were explored. If not, there are no verdicts and no divergences.
    pub complete: bool,
    /// Repairs made in all variants alike.
    pub repairs: Vec<String>,
    /// What each thread does, a line a thread.
    pub program: Vec<String>,
    /// What must be reachable, or the scenario misses its subject.
    pub goals: Vec<GoalPart>,
    /// Schedules that were run more than once, to see whether they run the same.
    #[serde(default)]
    pub repeated: u64,
    /// Executions were made and nothing was explored: what was seen, and the likely cause. Then
    /// there are no verdicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unshared: Option<String>,
    /// What each variant showed.
    pub variants: Vec<VariantPart>,
    /// Every pair of variants.
    pub pairs: Vec<PairPart>,
    /// Every outcome that not all variants show, those with the simplest witness first.
    pub divergences: Vec<DivergencePart>,
    /// Ends that no subject can want and that all variants show, once for each kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bad_ends: Vec<BadEndPart>,
}

/// A goal of a scenario.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GoalPart {
    /// What is reached, as a statement.
    pub name: String,
    /// Whether some execution of some variant reached it.
    pub reached: bool,
}

/// What one variant showed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VariantPart {
    /// Its name.
    pub name: String,
    /// What stands behind its outcomes.
    pub evidence: EvidencePart,
    /// Executions made.
    pub executions: u64,
    /// Executions cut off by the step limit.
    pub cut: u64,
    /// The outcomes, by identity.
    pub outcomes: Vec<OutcomePart>,
}

/// How much was explored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EvidencePart {
    /// In words.
    pub text: String,
    /// Every schedule was covered.
    pub exhaustive: bool,
    /// Every schedule with at most so many preemptions was covered.
    pub preemptions: Option<u32>,
    /// Executions of an enumeration beyond that.
    pub enumerated: u64,
    /// Random executions.
    pub sampled: u64,
    /// Where the random ones began.
    pub seed: Option<u64>,
    /// Executions cut off by the step limit; this and what follows without those of what was
    /// covered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cut: u64,
    /// Executions ended by another limit of the machine.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub limited: u64,
    /// Executions in which a choice had more alternatives than were offered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
    /// Executions that did not do what was asked of them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub strayed: u64,
    /// Executions that called what the machine does not see.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unseen: u64,
}

/// Everything a client can tell after an execution.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutcomePart {
    /// Its identity.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-f]{8}$")))]
    pub id: String,
    /// Executions that ended in it.
    pub count: u64,
    /// What was observed, by thread and by observer.
    pub history: Vec<ColumnPart>,
    /// How the execution ended.
    pub end: Vec<String>,
    /// `race`, `panic`, `stuck` or `limit`, if nobody can want the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["race", "panic", "stuck", "limit"])))]
    pub bad: Option<String>,
}

/// The history of one thread or observer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ColumnPart {
    /// Its name.
    pub name: String,
    /// What was observed, in order.
    pub entries: Vec<String>,
}

/// Two variants, and what the second is to the first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PairPart {
    /// The earlier variant.
    pub first: String,
    /// The later one.
    pub second: String,
    /// `equal`, `refines`, `extends` or `incomparable`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["equal", "refines", "extends", "incomparable"])))]
    pub verdict: String,
    /// Outcomes that only the second shows.
    pub gained: usize,
    /// Outcomes that only the first shows.
    pub lost: usize,
    /// What both rest on, in words.
    pub evidence: String,
}

/// An outcome that some variants show and others do not.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DivergencePart {
    /// The name by which it is accepted: subject, scenario and outcome.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[A-Za-z0-9_+-]+\.[A-Za-z0-9_+-]+\.[0-9a-f]{8}$")))]
    pub id: String,
    /// The outcome.
    pub outcome: String,
    /// Variants that show it.
    pub shown_by: Vec<String>,
    /// Variants that do not.
    pub not_by: Vec<String>,
    /// What their not showing it means: never, not within a bound, not observed.
    pub absence: String,
    /// Steps of the series that bring it, by the variant they lead to.
    pub introduced_by_step_to: Vec<String>,
    /// Steps that remove it.
    pub removed_by_step_to: Vec<String>,
    /// Preemptions of the witness.
    pub preemptions: usize,
    /// The witness, for `lockstep replay`.
    pub token: String,
    /// How the two under the witness end, where that is not the same, and what a client can first
    /// tell, in a sentence.
    pub difference: String,
    /// The first event that differs, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_event: Option<String>,
    /// Where that event is in the source of the later variant, or of the earlier one if only that
    /// has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlacePart>,
    /// What sets the two sides of each step apart that brings or removes it, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sights: Vec<SightPart>,
    /// What nobody can want in one of the executions of the witness and not in the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultPart>,
    /// Both traces under the witness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<WitnessPart>,
    /// The divergence that has these traces, the other side first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_witness_as: Option<String>,
    /// What the gate makes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<AcceptancePart>,
}

/// Ends of one kind that no subject can want and that all variants show: no divergence tells them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BadEndPart {
    /// The name by which they are accepted: subject, scenario, and the kind with how they end.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^[A-Za-z0-9_+-]+\.[A-Za-z0-9_+-]+\.(race|panic|stuck|limit)-[0-9a-f]{8}$"))
    )]
    pub id: String,
    /// `race`, `panic`, `stuck` or `limit`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["race", "panic", "stuck", "limit"])))]
    pub kind: String,
    /// The outcomes that all variants show and that end so.
    pub outcomes: Vec<String>,
    /// How many outcomes of each variant end so, in the order of the series.
    pub variants: Vec<BadShare>,
    /// How they end, that of the witness first.
    pub ends: Vec<String>,
    /// Preemptions of the witness.
    pub preemptions: usize,
    /// The witness, for `lockstep replay`.
    pub token: String,
    /// Where the witness ends so in the source of the last variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlacePart>,
    /// Who did it and where, in that execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultPart>,
    /// What the gate makes of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<AcceptancePart>,
}

/// How many outcomes of one variant end badly in one way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BadShare {
    /// Its name.
    pub name: String,
    /// Outcomes that end so.
    pub bad: usize,
    /// All its outcomes.
    pub outcomes: usize,
}

/// What the gate makes of a divergence, or of ends that all variants show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AcceptancePart {
    /// `committed` in a snapshot, `accepted` in the ledger, or `unaccepted`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["committed", "accepted", "unaccepted"])))]
    pub standing: String,
    /// Why it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When, as its author said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
