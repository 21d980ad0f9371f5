//! Outcomes: everything a client can tell after an execution, and sets of them.

use crate::schedule::Schedule;
use crate::sim::{End, Machine};
use std::collections::BTreeMap;
use std::fmt;

/// Identity of an outcome: a hash of histories and end. Stable: it depends on what the subject
/// observes and on names, not on search order, seed or place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutcomeId(pub u128);

impl fmt::Display for OutcomeId {
    /// Eight hexadecimal digits: enough to tell the outcomes of one scenario apart.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", (self.0 >> 96) as u32)
    }
}

/// Everything a client can tell after an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its identity.
    pub id: OutcomeId,
    /// What was observed, by thread and by observer, each in order.
    pub columns: Vec<Column>,
    /// How the execution ended, without places.
    pub end: End,
}

/// The history of one thread or observer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name of the thread or observer.
    pub name: String,
    /// What was observed, in order.
    pub entries: Vec<Entry>,
}

/// One observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// A word of the subject, which describes it.
    Word(u64),
    /// A warning.
    Warning(&'static str),
}

impl Outcome {
    pub(crate) fn of(machine: &Machine) -> Outcome {
        let warning = |word: u64| machine.warnings().iter().find(|(known, _)| *known == word);
        let columns = machine.columns().map(|(label, words)| Column {
            name: label.to_string(),
            entries: words
                .iter()
                .map(|&word| warning(word).map_or(Entry::Word(word), |&(_, message)| Entry::Warning(message)))
                .collect(),
        });
        Outcome {
            id: OutcomeId(machine.outcome_hash()),
            columns: columns.collect(),
            end: machine.ended().without_places(),
        }
    }
}

/// An outcome of a set: how often it was seen and the first schedule that showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The outcome.
    pub outcome: Outcome,
    /// Executions that ended in it.
    pub count: u64,
    /// Number of the first of these in the order of the search.
    pub first: u64,
    /// The schedule of that execution.
    pub witness: Schedule,
}

/// The outcomes that an exploration has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutcomeSet {
    seen: BTreeMap<OutcomeId, Seen>,
}

impl OutcomeSet {
    /// The outcomes in order of their identity.
    pub fn iter(&self) -> impl Iterator<Item = &Seen> {
        self.seen.values()
    }

    /// Number of different outcomes.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// The outcome of that identity.
    pub fn get(&self, id: OutcomeId) -> Option<&Seen> {
        self.seen.get(&id)
    }

    /// Whether it is in the set.
    pub fn contains(&self, id: OutcomeId) -> bool {
        self.seen.contains_key(&id)
    }

    /// The identities, in order.
    pub fn ids(&self) -> impl Iterator<Item = OutcomeId> + '_ {
        self.seen.keys().copied()
    }

    /// Counts an execution. `first` is its number; the schedule is only made when the outcome is
    /// new or seen earlier than before.
    #[inline]
    pub(crate) fn count(&mut self, machine: &Machine, first: u64, witness: impl FnOnce() -> Schedule) {
        let id = OutcomeId(machine.outcome_hash());
        match self.seen.get_mut(&id) {
            Some(seen) => {
                seen.count += 1;
                if first < seen.first {
                    seen.first = first;
                    seen.witness = witness();
                }
            }
            None => {
                self.seen.insert(id, Seen { outcome: Outcome::of(machine), count: 1, first, witness: witness() });
            }
        }
    }

    /// Counts so many more executions with an outcome of the set.
    pub(super) fn add(&mut self, id: OutcomeId, again: u64) {
        if let Some(seen) = self.seen.get_mut(&id) {
            seen.count += again;
        }
    }

    /// Takes over what another search has seen. The result does not depend on the order of merging.
    pub fn merge(&mut self, other: OutcomeSet) {
        for (id, theirs) in other.seen {
            match self.seen.get_mut(&id) {
                Some(mine) => {
                    mine.count += theirs.count;
                    if (theirs.first, &theirs.witness) < (mine.first, &mine.witness) {
                        mine.first = theirs.first;
                        mine.witness = theirs.witness;
                    }
                }
                None => {
                    self.seen.insert(id, theirs);
                }
            }
        }
    }
}

#[cfg(test)]
impl OutcomeSet {
    /// Outcomes in which nothing was observed, each seen once under the usual schedule.
    pub(crate) fn of(ids: impl IntoIterator<Item = u128>) -> OutcomeSet {
        let seen = |(first, id): (usize, u128)| {
            let outcome = Outcome { id: OutcomeId(id), columns: Vec::new(), end: End::Completed };
            (outcome.id, Seen { outcome, count: 1, first: first as u64, witness: Schedule::in_order() })
        };
        OutcomeSet { seen: ids.into_iter().enumerate().map(seen).collect() }
    }
}
