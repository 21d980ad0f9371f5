//! Loops that wait by reading: spin locks, readers of sequence locks, flags that are polled.
//!
//! A thread that comes back to a place with the same registers and the same stack, and has only
//! looked since, at words that nobody has changed, would do the same again for ever. So it *waits*,
//! until one of these words is written: as in `await_until`. Executions in which it goes round all
//! the same are unfair, or equal to others (Kokologiannakis, Ren, Vafeiadis, "Dynamic partial order
//! reductions for spinloops", FMCAD 2021, who find such loops by their code). If nobody is left to
//! write, the execution is a livelock.
//!
//! What counts as looking: loads, failed compare-and-exchanges and attempts to lock, updates that
//! leave the value as it was and release nothing, offers to give way, barriers with nothing to
//! order. Everything else is an effect.
//!
//! Under the weak model a thread that has not looked at the newest message sees something new at
//! its next read: a store does not stay unseen for ever.
//!
//! Limits: state that is local to a thread and lies on the heap (a counter in a `Box`) is not seen,
//! so a loop that counts there is taken for one that waits. Who claims to have seen everything lets
//! such loops go round more often, and looks whether that shows anything new
//! (`explore/repeats.rs`). A stack holds what is dead, too: if that differs, the thread is not
//! known to repeat itself, and meets the step limit as a loop of another kind does. On processors
//! other than x86-64 no loop is found.

use super::super::coroutine::FINDS_LOOPS;
use super::super::event::{Kind, ObjectId, Place};
use super::super::memory::MemoryModel;
use super::super::state::{LocalState, WATCHED, Watch};
use super::Execution;
use crate::schedule::THREADS_MAX;

/// Repeated reads elsewhere after which the loop is looked for there, at first.
const PATIENCE: u32 = 8;

impl Execution {
    /// The running thread is about to read. Where its stack ends, if it may have read this here
    /// before, and has only looked since.
    #[inline(always)]
    pub(in crate::sim) fn reads_again(&mut self, object: ObjectId, place: Place) -> Option<usize> {
        if !FINDS_LOOPS {
            return None;
        }
        let bit = 1_u64 << ((object.0 ^ place.line()) & 63).min(62);
        let seen = &mut self.polling.seen[self.me % THREADS_MAX];
        if *seen & bit == 0 {
            *seen |= bit;
            return None;
        }
        Some(self.stack_top())
    }

    #[cold]
    #[inline(never)]
    fn stack_top(&self) -> usize {
        self.stacks.top(self.me % THREADS_MAX)
    }

    /// The running thread has an effect.
    #[inline(always)]
    pub(in crate::sim) fn acts(&mut self) {
        self.polling.seen[self.me % THREADS_MAX] = 0;
    }

    /// The running thread may have read this here before; so much is local to it. True if it waits
    /// for a write.
    pub(in crate::sim) fn repeats(&mut self, local: LocalState, object: ObjectId, place: Place) -> bool {
        let me = self.me % THREADS_MAX;
        if self.is_evaluating() || self.closing.is_over || self.is_computing() || std::thread::panicking() {
            return false;
        }
        let known = self.polling.watches[me].filter(|_| self.polling.seen[me] & WATCHED != 0);
        let patience = match known {
            Some(watch) if std::ptr::eq(watch.place, place) && watch.object == object => {
                if watch.local == local && !self.threads[me].watched.is_empty() {
                    if !self.arrive_await(me) {
                        let rounds = watch.rounds + 1;
                        if rounds < self.polling.rounds_max {
                            self.forget_watchers();
                            self.threads[me].watched.clear();
                            self.polling.watches[me] = Some(Watch { rounds, age: 0, ..watch });
                            return false;
                        }
                        self.end_watch();
                        self.polling.has_waited = true;
                        self.polling.waiting |= 1 << me;
                        return true;
                    }
                    if self.relaxed.model == MemoryModel::Weak {
                        self.polling.insisting |= 1 << me;
                    }
                    self.forget_watchers();
                }
                watch.patience
            }
            Some(Watch { age, patience, .. }) if age < patience => {
                let watch = self.polling.watches[me].as_mut().expect("it was found");
                watch.age += 1;
                return false;
            }
            Some(watch) => watch.patience.saturating_mul(2),
            None => PATIENCE,
        };
        self.polling.watches[me] = Some(Watch { place, object, local, rounds: 0, age: 0, patience });
        self.polling.seen[me] |= WATCHED;
        self.polling.watching |= 1 << me;
        self.attention |= 1 << me;
        self.threads[me].watched.clear();
        false
    }

    /// Whether an attempt of the running thread, which could succeed, fails for no reason. Not if
    /// the last one did: so a loop that only tries again ends.
    pub(in crate::sim) fn fails_spuriously(&mut self, object: ObjectId, place: Place) -> bool {
        let bit = 1 << self.me;
        if self.polling.spurious & bit != 0 {
            self.polling.spurious &= !bit;
            return false;
        }
        if self.closing.is_over || self.is_computing() || std::thread::panicking() {
            return false;
        }
        let spot = self.spot_here(object, Kind::Update);
        if self.decider.choose(spot, 2, true) == 0 {
            return false;
        }
        self.polling.spurious |= bit;
        // It is not waiting: the next attempt does not fail like this.
        self.acts();
        if self.tracing() {
            self.remark("the exchange fails for no reason".to_owned(), place);
        }
        true
    }

    /// Whether the running thread is watched.
    pub(in crate::sim) fn is_watched(&self) -> bool {
        self.polling.watching & (1 << self.me) != 0
    }

    /// Whether the running thread is watched and has had an effect since.
    pub(super) fn has_acted(&self) -> bool {
        self.is_watched() && self.polling.seen[self.me % THREADS_MAX] & WATCHED == 0
    }

    /// Whether some thread has waited in a loop.
    pub(crate) fn has_polled(&self) -> bool {
        self.polling.has_waited
    }

    /// The running thread is not watched any more.
    pub(super) fn end_watch(&mut self) {
        if self.is_watched() {
            self.polling.watching &= !(1 << self.me);
            self.attention &= !(1 << self.me);
            self.polling.seen[self.me % THREADS_MAX] &= !WATCHED;
        }
    }

    /// Something that the running thread has waited for in a loop was written.
    pub(in crate::sim) fn end_polling(&mut self) {
        self.forget_watchers();
        self.polling.waiting &= !(1 << self.me);
        if self.relaxed.model == MemoryModel::Weak {
            self.polling.insisting |= 1 << self.me;
        }
        self.acts();
        self.record_access(None, None);
    }
}
