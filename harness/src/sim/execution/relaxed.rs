//! What operations do where memory is not sequentially consistent: which model is asked.
//!
//! The operations in `op/` come here behind one branch that is never taken under sequential
//! consistency, so that the models cost nothing there. What the models do is said in
//! `memory/tso.rs` and `memory/weak/`; `landing.rs` and `seeing.rs` ask the schedule what they
//! leave open. Once the execution is torn down, memory is sequentially consistent again:
//! destructors must not depend on a schedule.

use super::super::asked::{Asked, Change};
use super::super::event::ObjectId;
use super::super::memory::{Barrier, Manner, MemoryModel};
use super::super::object::HELD;
use super::Execution;
use std::sync::atomic::Ordering;

impl Execution {
    fn is_tso(&self) -> bool {
        self.relaxed.model.has_buffers()
    }

    #[cold]
    #[inline(never)]
    pub(super) fn begin_relaxed(&mut self, thread: usize, parent: Option<usize>) {
        if self.is_tso() {
            self.decider.add_buffer(thread);
            self.relaxed.expected[thread] = None;
        } else {
            self.memory.weak.begin(thread, parent);
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn join_relaxed(&mut self, ended: usize) {
        if !self.is_tso() {
            self.memory.weak.join(self.me, ended);
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn create_relaxed(&mut self, object: ObjectId, value: u64) {
        if !self.is_tso() {
            self.memory.weak.create(object, value);
        }
    }

    /// The newest value for who looks without an event: its own stores count.
    #[cold]
    #[inline(never)]
    pub(super) fn newest_relaxed(&self, object: ObjectId) -> u64 {
        let own = if self.is_tso() { self.memory.buffers.forwarded(self.me, object) } else { None };
        own.unwrap_or_else(|| self.memory.newest(object))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn read_relaxed(&mut self, object: ObjectId, order: Ordering) -> u64 {
        if self.is_tso() { self.read_through_buffer(object, order) } else { self.see(object, order) }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn write_relaxed(&mut self, object: ObjectId, value: u64, order: Ordering) {
        if self.is_tso() {
            self.store_in_buffer(object, value, order);
        } else {
            self.tell(object, value, order, Manner::Usual);
        }
    }

    /// The kernel's store that releases.
    #[cold]
    #[inline(never)]
    pub(super) fn write_released(&mut self, object: ObjectId, value: u64) {
        if self.is_tso() {
            self.store_in_buffer(object, value, Ordering::Release);
        } else {
            self.tell(object, value, Ordering::Release, Manner::Released);
        }
    }

    /// All values that a read-modify-write of the word could read now, each once, and room for what
    /// it would write.
    #[cold]
    #[inline(never)]
    pub(in crate::sim) fn values_that_may_be_read(&mut self, object: ObjectId, manner: Manner) -> Asked {
        let mut asked = std::mem::take(&mut self.relaxed.asked);
        asked.clear();
        if self.is_tso() {
            asked.push((self.newest_relaxed(object), None));
        } else {
            let weak = &self.memory.weak;
            let places = weak.replaceable(self.me, object, manner, false);
            asked.extend(places.map(|place| (weak.value(object, place), None)));
            asked.sort_unstable();
            asked.dedup();
        }
        asked
    }

    /// The list is used again.
    pub(in crate::sim) fn keep_asked(&mut self, asked: Asked) {
        self.relaxed.asked = asked;
    }

    /// A read-modify-write, from looking at the word to what is recorded of it.
    #[cold]
    #[inline(never)]
    pub(in crate::sim) fn update_relaxed(
        &mut self,
        object: ObjectId,
        orders: (Ordering, Ordering),
        manner: Manner,
        change: Change<'_>,
    ) -> u64 {
        let (old, new) = if self.is_tso() {
            self.update_locked(object, orders, change)
        } else {
            self.update_message(object, orders, manner, change)
        };
        self.record_read(object, old, new);
        if new.is_some() && !std::mem::take(&mut self.record.is_silent) {
            self.acts();
        }
        self.relaxed.expected[self.me] = None;
        old
    }

    /// A read-modify-write of the newest value, which succeeds and is ordered as said, but by no
    /// full barrier.
    #[cold]
    #[inline(never)]
    pub(in crate::sim) fn update_newest(
        &mut self,
        object: ObjectId,
        order: Ordering,
        change: impl FnOnce(u64) -> u64,
    ) -> u64 {
        if self.is_tso() {
            self.drain(self.me);
            return self.memory.update(self.me, object, order, change);
        }
        let old = self.memory.newest(object);
        self.replace_newest(object, change(old), order);
        old
    }

    #[cold]
    #[inline(never)]
    pub(in crate::sim) fn fence_relaxed(&mut self, barrier: Barrier) {
        match (self.relaxed.model, barrier) {
            (MemoryModel::Sc, _) => {}
            (MemoryModel::Tso | MemoryModel::TsoLaxLocks, barrier) if barrier.is_full() => self.drain(self.me),
            (MemoryModel::Tso | MemoryModel::TsoLaxLocks, _) => {}
            (MemoryModel::Weak, Barrier::Full) => self.barrier(0, true),
            (MemoryModel::Weak, Barrier::SeqCst) => self.barrier(0, false),
            (MemoryModel::Weak, Barrier::Read) => self.memory.weak.order_reads(self.me),
            (MemoryModel::Weak, Barrier::Acquire) => self.memory.weak.acquire(self.me),
            (MemoryModel::Weak, Barrier::Write) => self.memory.weak.order_writes(self.me),
            (MemoryModel::Weak, Barrier::Release) => self.memory.weak.release(self.me),
            (MemoryModel::Weak, Barrier::AcquireRelease) => {
                self.memory.weak.acquire(self.me);
                self.memory.weak.release(self.me);
            }
        }
    }

    /// Takes the lock, which is free.
    #[cold]
    #[inline(never)]
    pub(super) fn take_relaxed(&mut self, lock: ObjectId, order: Ordering) {
        if self.is_tso() {
            // Its own release of the lock has to land first, and with it what was stored before
            // that.
            let drains = self.relaxed.model == MemoryModel::Tso && order != Ordering::Relaxed;
            if drains || self.memory.buffers.forwarded(self.me, lock).is_some() {
                self.drain(self.me);
            }
            self.memory.update(self.me, lock, order, |_| HELD);
        } else {
            self.take_newest(lock, order);
        }
    }

    /// Releases the lock, which nobody else can do.
    #[cold]
    #[inline(never)]
    pub(super) fn release_relaxed(&mut self, lock: ObjectId, order: Ordering) {
        if self.is_tso() {
            self.store_in_buffer(lock, 0, order);
        } else {
            self.memory.weak.unlock(&mut self.memory.order, self.me, lock, order);
            self.memory.mirror(lock, Some(0));
            self.lock_changed(lock);
            self.changed(lock);
        }
    }

    /// Whether an attempt takes the lock. If not, [`Execution::read_held`] is next.
    #[cold]
    #[inline(never)]
    pub(in crate::sim) fn would_take(&mut self, lock: ObjectId) -> bool {
        if self.is_tso() { self.newest_relaxed(lock) == 0 } else { self.sees_free_to_take(lock) }
    }

    /// An attempt to take the lock fails: what it has read.
    pub(in crate::sim) fn read_held(&mut self, lock: ObjectId) -> u64 {
        match self.relaxed.model {
            MemoryModel::Weak if self.relaxed.is_on => self.see_held(lock),
            _ => self.read(lock, Ordering::Relaxed),
        }
    }

    /// The lock is seen free by who waits for that.
    #[cold]
    #[inline(never)]
    pub(in crate::sim) fn read_free(&mut self, lock: ObjectId, order: Ordering) -> u64 {
        if self.is_tso() { self.read_through_buffer(lock, order) } else { self.see_free(lock, order) }
    }

    /// The lock was taken; some of those who wait until they see it free still can.
    #[cold]
    #[inline(never)]
    pub(super) fn enable_who_sees_free(&mut self, lock: ObjectId) {
        let mut left = self.objects[lock.index()].waiters;
        while left != 0 {
            let thread = left.trailing_zeros() as usize;
            left &= left - 1;
            let kind = self.threads[thread].intent.kind;
            if self.memory.shows_free(self.relaxed.model, thread, kind, lock) {
                self.enabled |= 1 << thread;
            }
        }
    }

    /// The running thread has rested until nobody else could go on: all that they have done is
    /// seen.
    #[cold]
    #[inline(never)]
    pub(in crate::sim) fn see_all(&mut self) {
        if !self.is_tso() {
            self.memory.weak.see_all(self.me);
        }
    }
}
