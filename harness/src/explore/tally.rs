//! Counting the outcomes of executions that are numbered in ascending order, as sampling makes
//! them.
//!
//! Most executions end in an outcome that was seen a moment ago. Looking that up in a tree takes
//! branches that depend on the outcome, which a processor guesses wrong, each time after it has
//! waited for the whole hash of the histories. So a small table, in which each outcome has one
//! place, counts what comes again, and hands over to the set when another outcome needs the place,
//! and at the end.

use super::outcome::{OutcomeId, OutcomeSet};
use crate::schedule::Schedule;
use crate::sim::Machine;

/// Places of the table. Outcomes that share one are looked up whenever they take turns.
const PLACES: usize = 64;

/// Outcomes being counted.
pub(super) struct Tally {
    set: OutcomeSet,
    recent: [Recent; PLACES],
}

/// An outcome of the set, and how often it came again.
#[derive(Clone, Copy)]
struct Recent {
    id: OutcomeId,
    again: u64,
}

fn place(id: OutcomeId) -> usize {
    id.0 as usize % PLACES
}

impl Tally {
    pub(super) fn new() -> Tally {
        // What belongs at another place is never found at this one.
        let nothing = |at| Recent { id: OutcomeId((at as u128 + 1) % PLACES as u128), again: 0 };
        Tally { set: OutcomeSet::default(), recent: std::array::from_fn(nothing) }
    }

    /// Counts an execution. `number` is greater than those of all that were counted before; the
    /// schedule is only made if the outcome is new.
    #[inline]
    pub(super) fn count(&mut self, machine: &Machine, number: u64, witness: impl FnOnce() -> Schedule) {
        let id = OutcomeId(machine.outcome_hash());
        let recent = &mut self.recent[place(id)];
        if recent.id == id {
            recent.again += 1;
            return;
        }
        let before = std::mem::replace(recent, Recent { id, again: 0 });
        self.set.add(before.id, before.again);
        self.set.count(machine, number, witness);
    }

    /// The outcomes counted.
    pub(super) fn into_set(mut self) -> OutcomeSet {
        for recent in self.recent {
            self.set.add(recent.id, recent.again);
        }
        self.set
    }
}
