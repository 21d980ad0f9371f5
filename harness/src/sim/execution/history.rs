//! What clients can tell afterwards: histories, warnings, goals, and the identity of the outcome.

use super::super::event::{Kind, Place, What};
use super::super::lineage::Lineage;
use super::super::object::Label;
use super::super::state::{Ending, OBSERVERS_MAX};
use super::Execution;
use crate::schedule::{THREADS_MAX, mix};

/// What stands for a livelock in an identity: ends that had numbers before keep them.
const LIVELOCK: u64 = 16;

impl Execution {
    pub(crate) fn observe(&mut self, column: usize, word: u64, place: Place) {
        if self.closing.is_torn_down {
            return;
        }
        self.acts();
        self.observed.histories[column].push(word);
        self.record(What::Observe(column as u8, word), place);
    }

    /// A warning is part of the history of the running thread.
    pub(in crate::sim) fn note_warning(&mut self, word: u64, message: &'static str) {
        if !self.closing.is_torn_down {
            self.acts();
            self.observed.histories[self.me].push(word);
            self.observed.warnings.push((word, message));
        }
    }

    pub(crate) fn warnings(&self) -> &[(u64, &'static str)] {
        &self.observed.warnings
    }

    pub(crate) fn add_observer(&mut self, label: Label) -> Option<usize> {
        if self.observed.observers.len() == OBSERVERS_MAX {
            self.reach_limit();
            return None;
        }
        self.mark_numbers();
        self.names.lineage.has_scattered_observers |= self.me != 0;
        self.observed.observers.push(label);
        Some(THREADS_MAX + self.observed.observers.len() - 1)
    }

    pub(crate) fn reach(&mut self, goal: u32) {
        self.observed.goals |= 1 << goal;
    }

    pub(crate) fn goals(&self) -> u64 {
        self.observed.goals
    }

    /// Names and histories of all columns, in an order that does not depend on the schedule: the
    /// threads, then the observers.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (Label, &[u64])> {
        let threads = self.names.lineage.order(self.roster.count);
        let threads = threads.map(|thread| (self.names.labels[thread], &self.observed.histories[thread][..]));
        threads.chain(self.observed())
    }

    /// The columns of observers. Those of one name are told apart by who came first.
    fn observed(&self) -> impl Iterator<Item = (Label, &[u64])> {
        let mut order: [usize; OBSERVERS_MAX] = std::array::from_fn(|nth| nth);
        let count = self.observed.observers.len();
        if self.names.lineage.has_scattered_observers {
            order[..count].sort_by_key(|&nth| self.observed.observers[nth]);
        }
        order
            .into_iter()
            .take(count)
            .map(|nth| (self.observed.observers[nth], &self.observed.histories[THREADS_MAX + nth][..]))
    }

    /// A hash of everything that counts for the outcome: the histories by column, and how the
    /// execution ended. Places do not count.
    pub(crate) fn outcome_hash(&self) -> u128 {
        let (mut low, mut high) = (0x243f_6a88_85a3_08d3_u64, 0x1319_8a2e_0370_7344_u64);
        let mut feed = |word: u64| {
            low = mix(low ^ word, 0xa409_3822_299f_31d1) ^ word;
            high = mix(high.rotate_left(23) ^ word, 0x082e_fa98_ec4e_6c89);
        };
        let mut feed_column = |name: Option<u64>, history: &[u64]| {
            name.into_iter().for_each(&mut feed);
            feed(history.len() as u64);
            history.iter().for_each(|&word| feed(word));
        };
        // Names only where the order alone does not tell who is who. Where it does, as in most
        // programs, nothing is put in order: this is done in every execution.
        let Lineage { is_deep, has_scattered_observers, .. } = self.names.lineage;
        if is_deep || has_scattered_observers {
            for thread in self.names.lineage.order(self.roster.count) {
                feed_column(is_deep.then(|| self.names.lineage.name(thread)), &self.observed.histories[thread]);
            }
            for (label, history) in self.observed() {
                feed_column(has_scattered_observers.then(|| label.hash()), history);
            }
        } else {
            let (threads, observers) = self.observed.histories.split_at(THREADS_MAX);
            let columns = threads[..self.roster.count].iter().chain(&observers[..self.observed.observers.len()]);
            columns.for_each(|history| feed_column(None, history));
        }
        match &self.closing.ending {
            Ending::Completed => feed(1),
            Ending::Resting | Ending::Deadlock | Ending::Livelock => {
                feed(match self.closing.ending {
                    Ending::Resting => 2,
                    Ending::Deadlock => 3,
                    _ => LIVELOCK,
                });
                for thread in self.names.lineage.order(self.roster.count) {
                    let intent = &self.threads[thread].intent;
                    if self.unfinished() & (1 << thread) != 0
                        && intent.kind != Kind::Idle
                        && self.enabled & (1 << thread) == 0
                    {
                        feed(self.names.lineage.name(thread) ^ (intent.kind as u64) << 8);
                        feed(self.objects[intent.object.index()].name_hash);
                        match intent.kind {
                            Kind::Join => feed(self.names.lineage.name(intent.second.index())),
                            _ => feed(u64::from(intent.second.0)),
                        }
                        if let Some(holder) = self.waits_for(thread).filter(|_| intent.kind != Kind::Join) {
                            feed(self.names.lineage.name(holder));
                        }
                        if intent.kind == Kind::Await {
                            self.threads[thread]
                                .watched
                                .iter()
                                .for_each(|&(object, _)| feed(self.objects[object.index()].name_hash));
                        }
                    }
                }
            }
            Ending::StepLimit => feed(4),
            Ending::Redundant => unreachable!("a redundant execution has no outcome"),
            Ending::Fault(kind, fault) => {
                feed(5 + *kind as u64);
                feed(self.names.lineage.name(fault.thread));
                fault.message.bytes().for_each(|byte| feed(u64::from(byte)));
            }
        }
        (u128::from(high) << 64) | u128::from(low)
    }
}
