//! Results of threads, and who has let go of them.

use super::super::event::{ObjectId, Place};
use super::super::memory::Manner;
use super::super::object::Label;
use super::super::ticket::Ticket;
use super::Execution;
use crate::schedule::{hash_name, hash_path};
use std::sync::atomic::Ordering;

const HASH_OF_RESULTS: u64 = hash_name("results of threads");

impl Execution {
    /// The word that says whether the thread or its handle has let go of the result.
    pub(in crate::sim) fn word_of_result(&mut self, thread: usize, place: Place) -> Ticket {
        if let Some(&(_, word)) = self.results.words.iter().find(|(of, _)| *of == thread) {
            return word;
        }
        let hash = hash_path(HASH_OF_RESULTS, self.names.lineage.path(thread));
        let label = Label::from(("result of thread", thread as u32));
        let word = self.create_known(hash, label, place);
        self.results.words.push((thread, word));
        word
    }

    /// The running thread lets go of the result that the word stands for. Whether the other one has
    /// done so before.
    pub(in crate::sim) fn count_down(&mut self, word: ObjectId) -> bool {
        let orders = (Ordering::AcqRel, Ordering::Acquire);
        if self.relaxed.is_on {
            return self.update_relaxed(word, orders, Manner::Usual, &|_| Some(1)) != 0;
        }
        let before = self.memory.update(self.me, word, orders.0, |_| 1);
        self.changed(word);
        self.record_read(word, before, Some(1));
        before != 0
    }

    /// The words that stand for results: no subject has made them.
    pub(crate) fn words_of_results(&self) -> impl Iterator<Item = ObjectId> {
        self.results.words.iter().filter_map(|&(_, word)| self.admits(word))
    }

    /// Whether a handle is gone neither by a join nor dropped, of a thread among these that has
    /// ended.
    pub(crate) fn has_forgotten(&mut self, threads: u32) -> bool {
        let kept = if self.is_torn_down() { 0 } else { threads & !self.results.handles_dropped };
        (0..self.roster.count).any(|thread| kept & (1 << thread) != 0 && self.job(thread).has_result())
    }

    /// Where the running thread was last.
    pub(in crate::sim) fn last_place(&self) -> Place {
        self.threads[self.me].intent.place
    }
}
