//! Where something is asked, and how much is explored for the answer.

use super::model;
use lockstep::MemoryModel;
use serde::{Deserialize, Serialize};

/// Where variants run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The scenario, by its id.
    pub scenario: String,
    /// With all repairs that the subject knows.
    pub repaired: bool,
    /// The memory model.
    #[serde(with = "model")]
    pub memory: MemoryModel,
}

/// How much is explored of each variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effort {
    /// Runs of an exhaustive search, at most.
    pub exhaustive_max: u64,
    /// Preemptions of the enumeration, at most.
    pub preemptions: u32,
    /// Executions of the enumeration, at most.
    pub enumerated: u64,
    /// Random executions.
    pub executions: u64,
    /// Where they begin.
    pub seed: u64,
}
