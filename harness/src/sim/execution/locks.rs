//! Locks, taken and given up, and who waits for them.

use super::super::event::{Intent, Kind, ObjectId, Place};
use super::super::object::{HELD, NOBODY, ONE_READER};
use super::super::state::FaultKind;
use super::super::unfit::Looks;
use super::Execution;
use std::sync::atomic::Ordering;

impl Execution {
    /// Enables and disables those who wait for the lock, after its word changed.
    #[inline(always)]
    pub(in crate::sim) fn lock_changed(&mut self, lock: ObjectId) {
        let word = self.memory.newest(lock);
        let object = &self.objects[lock.index()];
        let (waiters, readers) = (object.waiters, object.readers);
        self.enabled = if word == 0 { self.enabled | waiters } else { self.enabled & !waiters };
        self.enabled = if word & HELD == 0 { self.enabled | readers } else { self.enabled & !readers };
    }

    #[inline(always)]
    pub(in crate::sim) fn acquired(&mut self, lock: ObjectId, order: Ordering, place: Place) {
        if self.attention != 0 {
            return self.acquired_attended(lock, order, place);
        }
        self.memory.update(self.me, lock, order, |_| HELD);
        self.hold(lock, place);
    }

    #[inline(never)]
    fn acquired_attended(&mut self, lock: ObjectId, order: Ordering, place: Place) {
        if self.threads[self.me].intent.kind == Kind::Lock {
            self.looks(Looks::BehindLock, place);
        }
        let order = self.order_at(order, place);
        if self.relaxed.is_on {
            self.take_relaxed(lock, order);
            self.hold(lock, place);
            self.enable_who_sees_free(lock);
        } else {
            self.memory.update(self.me, lock, order, |_| HELD);
            self.hold(lock, place);
        }
        self.record_access(Some(0), Some(HELD));
    }

    /// The running thread has taken the lock: whoever waits for it does so for longer.
    #[inline(always)]
    pub(in crate::sim) fn hold(&mut self, lock: ObjectId, place: Place) {
        let me = self.me;
        self.acts();
        let object = &mut self.objects[lock.index()];
        object.waiters &= !(1 << me);
        object.holder = me as u8;
        object.held_since = Some(place);
        let blocked = object.waiters | object.readers;
        let watchers = std::mem::take(&mut object.watchers);
        self.enabled = (self.enabled & !blocked) | 1 << me | watchers;
    }

    /// Whether the running thread holds the lock.
    #[inline(always)]
    pub(in crate::sim) fn holds(&self, lock: ObjectId) -> bool {
        usize::from(self.objects[lock.index()].holder) == self.me
    }

    /// The running thread gives up what it does not hold: a fault of the subject. Once everything
    /// is over it is nothing: a guard unwinds whose lock was given up for a sleep. True if the
    /// thread goes on.
    #[cold]
    pub(in crate::sim) fn is_let_off(&mut self, lock: ObjectId, place: Place) -> bool {
        self.is_torn_down() || self.fault_misuse("unlock of", lock, "which the thread does not hold", place)
    }

    /// True if the thread goes on all the same: it cannot end in a destructor that runs because of
    /// a panic.
    #[cold]
    pub(in crate::sim) fn fault_misuse(&mut self, what: &str, object: ObjectId, why: &str, place: Place) -> bool {
        if std::thread::panicking() {
            self.tear_down_on_panic(place);
            return true;
        }
        let message = format!("{what} {}, {why}", self.object_name(object));
        self.fault(FaultKind::Misuse, message, place, None);
        false
    }

    /// The running thread gives up the lock, in an event that writes as said.
    #[inline(always)]
    pub(in crate::sim) fn released(&mut self, lock: ObjectId, written: Option<u64>, place: Place) {
        if self.attention != 0 {
            return self.released_attended(lock, written, place);
        }
        self.let_go(lock, Ordering::Release);
    }

    #[inline(never)]
    fn released_attended(&mut self, lock: ObjectId, written: Option<u64>, place: Place) {
        self.looks(Looks::BehindLock, place);
        let order = self.order_at(Ordering::Release, place);
        if self.relaxed.is_on {
            self.objects[lock.index()].holder = NOBODY;
            self.release_relaxed(lock, order);
        } else {
            self.let_go(lock, order);
        }
        self.record_access(None, written);
    }

    #[inline(always)]
    pub(in crate::sim) fn let_go(&mut self, lock: ObjectId, order: Ordering) {
        let me = self.me;
        self.memory.write(me, lock, 0, order);
        let object = &mut self.objects[lock.index()];
        object.holder = NOBODY;
        let watchers = std::mem::take(&mut object.watchers);
        // The word is 0 now: everybody who waits for it may go on.
        self.enabled |= object.waiters | object.readers | watchers;
    }

    /// A sleeper is woken: from now on it waits for the lock it gave up.
    pub(in crate::sim) fn rouse(&mut self, sleeper: usize) {
        let Intent { second: lock, place, .. } = self.threads[sleeper].intent;
        self.threads[sleeper].intent = Intent::new(Kind::Lock, lock, place);
        self.objects[lock.index()].waiters |= 1 << sleeper;
        if self.memory.newest(lock) == 0 {
            self.enabled |= 1 << sleeper;
        }
    }

    /// Whether somebody has the lock, perhaps for reading. Its word does not say it of writers once
    /// everything is over.
    pub(super) fn is_taken(&self, lock: ObjectId) -> bool {
        self.objects[lock.index()].holder != NOBODY || self.memory.newest(lock) >= ONE_READER
    }

    /// Takes the lock, unless somebody has it.
    pub(in crate::sim) fn take_after_end(&mut self, lock: ObjectId) -> bool {
        let is_free = !self.is_taken(lock);
        if is_free {
            let me = self.me as u8;
            let object = &mut self.objects[lock.index()];
            object.holder = me;
            object.held_since = None;
        }
        is_free
    }

    /// Takes the lock for reading, unless somebody has it for writing.
    pub(in crate::sim) fn read_after_end(&mut self, lock: ObjectId) -> bool {
        let is_free = self.objects[lock.index()].holder == NOBODY;
        if is_free {
            let readers = self.memory.newest(lock) & !HELD;
            self.memory.set(lock, readers + ONE_READER);
        }
        is_free
    }
}
