//! What clients can tell afterwards: histories, warnings, goals, and the identity of the outcome.

use super::super::event::{Kind, Place, What};
use super::super::object::Label;
use super::{Ending, Execution, OBSERVERS_MAX};
use crate::schedule::{THREADS_MAX, mix};

impl Execution {
    pub(crate) fn observe(&mut self, column: usize, word: u64, place: Place) {
        if self.torn_down {
            return;
        }
        self.histories[column].push(word);
        self.record(What::Observe(column as u8, word), place);
    }

    /// A warning is part of the history of the running thread.
    pub(in crate::sim) fn note_warning(&mut self, word: u64, message: &'static str) {
        if !self.torn_down {
            self.histories[self.me].push(word);
            self.warnings.push((word, message));
        }
    }

    pub(crate) fn warnings(&self) -> &[(u64, &'static str)] {
        &self.warnings
    }

    pub(crate) fn add_observer(&mut self, label: Label) -> Option<usize> {
        if self.observers.len() == OBSERVERS_MAX {
            self.reach_limit();
            return None;
        }
        self.mark_numbers();
        self.observers.push(label);
        Some(THREADS_MAX + self.observers.len() - 1)
    }

    pub(crate) fn reach(&mut self, goal: u32) {
        self.goals |= 1 << goal;
    }

    pub(crate) fn goals(&self) -> u64 {
        self.goals
    }

    /// Names and histories of all columns: the threads in order, then the observers.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (Label, &[u64])> {
        let threads = (0..self.threads_count).map(|thread| (self.labels[thread], &self.histories[thread][..]));
        let observers = self.observers.iter().enumerate();
        threads.chain(observers.map(|(nth, label)| (*label, &self.histories[THREADS_MAX + nth][..])))
    }

    /// A hash of everything that counts for the outcome: the histories by column, and how the execution ended. Places do not count.
    pub(crate) fn outcome_hash(&self) -> u128 {
        let (mut low, mut high) = (0x243f_6a88_85a3_08d3_u64, 0x1319_8a2e_0370_7344_u64);
        let mut feed = |word: u64| {
            low = mix(low ^ word, 0xa409_3822_299f_31d1) ^ word;
            high = mix(high.rotate_left(23) ^ word, 0x082e_fa98_ec4e_6c89);
        };
        let threads = &self.histories[..self.threads_count];
        let observers = &self.histories[THREADS_MAX..THREADS_MAX + self.observers.len()];
        for history in threads.iter().chain(observers) {
            feed(history.len() as u64);
            for &word in history {
                feed(word);
            }
        }
        match &self.ending {
            Ending::Completed => feed(1),
            Ending::Resting | Ending::Deadlock => {
                feed(if matches!(self.ending, Ending::Resting) { 2 } else { 3 });
                for thread in 0..self.threads_count {
                    let intent = &self.threads[thread].intent;
                    if self.unfinished() & (1 << thread) != 0
                        && intent.kind != Kind::Idle
                        && self.enabled & (1 << thread) == 0
                    {
                        feed(thread as u64 | (intent.kind as u64) << 8);
                        feed(self.objects[intent.object.index()].hash);
                        feed(u64::from(intent.second.0));
                        if intent.kind == Kind::Await {
                            self.threads[thread]
                                .watched
                                .iter()
                                .for_each(|&(object, _)| feed(self.objects[object.index()].hash));
                        }
                    }
                }
            }
            Ending::StepLimit => feed(4),
            Ending::Redundant => unreachable!("a redundant execution has no outcome"),
            Ending::Fault(kind, fault) => {
                feed(5 + *kind as u64);
                feed(fault.thread as u64);
                fault.message.bytes().for_each(|byte| feed(u64::from(byte)));
            }
        }
        (u128::from(high) << 64) | u128::from(low)
    }
}
