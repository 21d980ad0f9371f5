//! Ends that no subject can want and that every variant shows: no divergence tells them.
//!
//! Promise: what all variants show is told once for each kind, with how many outcomes of each
//! variant end so. Limit: an outcome that not all variants show is a divergence, whatever its end,
//! and is told as such.

use super::compare::Comparison;
use super::identity::DivergenceId;
use crate::explore::{OutcomeId, OutcomeSet};
use crate::schedule::{Schedule, scramble};
use crate::sim::{BadEnd, End};
use std::collections::BTreeSet;

/// Ends of one kind that every variant shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedEnds {
    /// The kind.
    pub kind: BadEnd,
    /// The outcomes that all variants show and that end so. Invariant: in order, and there is one.
    pub outcomes: Vec<OutcomeId>,
    /// How many outcomes of each variant end so, whether or not the others show them.
    pub counts: Vec<usize>,
    /// How they end, each once, the end of `witness` first.
    pub ends: Vec<End>,
    /// The outcome that the last variant was seen to show first.
    pub outcome: OutcomeId,
    /// The schedule under which it did.
    pub witness: Schedule,
}

/// What of a comparison every variant shows and nobody can want, the gravest kind first; nothing if
/// it came to no end.
pub fn shared_ends(comparison: &Comparison) -> Vec<SharedEnds> {
    // Where nothing was explored a fault that ends everything at once is still told.
    if comparison.explorations.len() < 2 {
        return Vec::new();
    }
    BadEnd::ALL.into_iter().filter_map(|kind| of_kind(comparison, kind)).collect()
}

fn of_kind(comparison: &Comparison, kind: BadEnd) -> Option<SharedEnds> {
    let last = comparison.explorations.last()?;
    let is_shared = |id: OutcomeId| comparison.explorations.iter().all(|one| one.outcomes.contains(id));
    let of_kind = |id: &OutcomeId| last.outcomes.get(*id).is_some_and(|seen| seen.outcome.end.bad() == Some(kind));
    let outcomes: Vec<OutcomeId> = last.outcomes.ids().filter(of_kind).filter(|id| is_shared(*id)).collect();
    let seen = || outcomes.iter().filter_map(|id| last.outcomes.get(*id));
    let first = seen().min_by_key(|seen| seen.first)?;
    let mut others: BTreeSet<End> = seen().map(|seen| seen.outcome.end.clone()).collect();
    others.remove(&first.outcome.end);
    let count = |outcomes: &OutcomeSet| outcomes.iter().filter(|seen| seen.outcome.end.bad() == Some(kind)).count();
    Some(SharedEnds {
        kind,
        counts: comparison.explorations.iter().map(|one| count(&one.outcomes)).collect(),
        ends: std::iter::once(first.outcome.end.clone()).chain(others).collect(),
        outcome: first.outcome.id,
        witness: first.witness.clone(),
        outcomes,
    })
}

impl SharedEnds {
    /// The name by which they are accepted. It depends on the kind and on how the executions end,
    /// so another end of the kind is another name; what is observed before the end is no part of
    /// it.
    pub fn id(&self, subject: &str, scenario: &str) -> DivergenceId {
        let ends: BTreeSet<String> = self.ends.iter().map(End::to_string).collect();
        let bytes = ends.iter().flat_map(|end| end.bytes().chain([0]));
        let hash = bytes.fold(0, |hash, byte| scramble(hash ^ u64::from(byte)));
        DivergenceId {
            subject: subject.to_owned(),
            scenario: scenario.to_owned(),
            outcome: format!("{}-{:08x}", self.kind.name(), (hash >> 32) as u32),
        }
    }
}
