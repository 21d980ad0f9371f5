//! What executions of one variant have shown.

use super::evidence::Evidence;
use super::outcome::OutcomeSet;
use crate::sim::Gaps;

/// What the exploration of one variant has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exploration {
    /// The outcomes seen.
    pub outcomes: OutcomeSet,
    /// What stands behind the set.
    pub evidence: Evidence,
    /// Executions made.
    pub executions: u64,
    /// Choice points of all executions.
    pub steps: u64,
    /// What its executions have missed. Where the evidence is exhaustive nothing rests on those
    /// that have.
    pub gaps: Gaps,
    /// Runs, not counted as executions, that an exhaustive search gave up because what would follow
    /// was explored elsewhere, or made before it had to begin anew.
    pub redundant: u64,
    /// Goals of the scenario that were reached in some execution.
    pub goals: u64,
    /// The exploration was cancelled from outside before its budget was used.
    pub cancelled: bool,
}

impl Exploration {
    pub(crate) fn new() -> Exploration {
        Exploration {
            outcomes: OutcomeSet::default(),
            evidence: Evidence::NOTHING,
            executions: 0,
            steps: 0,
            gaps: Gaps::NONE,
            redundant: 0,
            goals: 0,
            cancelled: false,
        }
    }

    /// Takes over what another part of the same exploration, or an exploration of the same program
    /// by other means, has shown. The evidence adds up.
    pub fn merge(&mut self, other: Exploration) {
        self.evidence = self.evidence.and(other.evidence);
        self.outcomes.merge(other.outcomes);
        self.executions += other.executions;
        self.steps += other.steps;
        self.gaps = self.gaps.and(other.gaps);
        self.redundant += other.redundant;
        self.goals |= other.goals;
        self.cancelled |= other.cancelled;
    }
}
