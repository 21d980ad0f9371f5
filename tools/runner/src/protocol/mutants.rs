//! What is asked of a broken variant, and whether a client notices it.

use super::{Effort, Setting};
use serde::{Deserialize, Serialize};

/// A broken variant, beside what it was before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// Where.
    pub setting: Setting,
    /// The variant, by name.
    pub variant: String,
    /// The mutant, by its number in the package.
    pub mutant: u32,
    /// How much is explored.
    pub effort: Effort,
}

/// See [`super::Request::Break`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Break {
    /// The mutant.
    pub mutant: Mutant,
    /// The original is searched whole: what it does not show it never shows.
    pub exact: bool,
    /// The mutant is searched whole, too.
    pub covers: bool,
}

/// What a mutant and its original show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// Whether a client noticed it.
    pub verdict: Verdict,
    /// Kinds of ends that the original shows and nobody can want.
    pub original_ends: Vec<String>,
}

/// Whether a client noticed a mutant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Verdict {
    /// One side shows what the other does not.
    Killed(Killed),
    /// Nobody did.
    Unnoticed {
        /// Every execution of both sides stands for that.
        exhaustive: bool,
    },
}

/// How a client noticed a mutant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Killed {
    /// Which side shows more.
    pub how: How,
    /// Executions of the mutant up to the end of the stage that showed it.
    pub executions: u64,
    /// Preemptions of the smallest schedule that was found to show it.
    pub preemptions: usize,
    /// What a client can first tell, in a sentence.
    pub difference: String,
}

/// Which side of a mutant and its original shows more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// The mutant shows what the original never does.
    New,
    /// The mutant does not show what the original does.
    Lost,
}

/// See [`super::Request::Soon`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Soon {
    /// The mutant.
    pub mutant: Mutant,
    /// Random schedules begin with so many different seeds.
    pub seeds: u64,
    /// Executions after which a seed is given up.
    pub limit: u64,
}

/// How soon a mutant was noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Measured {
    /// Neither side could be searched whole, or both show the same.
    Unknown,
    /// Median executions for each kind of random schedule; nothing where that is beyond the limit.
    Medians(Vec<Option<u64>>),
}
