//! The operations behind the primitives: announce, give way if the schedule says so, perform.
//!
//! A frequent operation is two functions that are not inlined, one that announces it and contains a specialized choice point, and one that
//! performs it; subject code stays small. Between the two, in the subject's own function, the thread takes its turn (see
//! [`Handle::announce`] for why there).

use super::admission::take_after_end;
pub(crate) use super::admission::{compute, end_faulty, fail, never_get, never_go_on};
use super::coroutine::{Turn, current};
use super::event::{Intent, Kind, ObjectId, Place, What};
use super::execution::{Execution, FaultKind};
use super::memory::{Barrier, Manner};
use super::object::{HELD, NOBODY, ONE_READER};
use super::ticket::Ticket;
use super::unfit::Looks;
use std::panic::Location;
use std::sync::atomic::Ordering;

impl Execution {
    #[inline(always)]
    pub(super) fn read(&mut self, object: ObjectId, order: Ordering) -> u64 {
        if self.is_relaxed {
            return self.read_relaxed(object, order);
        }
        self.memory.read(self.me, object, order)
    }

    /// A write happened: whoever waits for a change of the object may look again.
    #[inline(always)]
    pub(super) fn changed(&mut self, object: ObjectId) {
        let watchers = std::mem::take(&mut self.objects[object.index()].watchers);
        self.enabled |= watchers;
    }

    /// Whether something that the condition has read was written since.
    pub(super) fn arrive_await(&mut self, me: usize) -> bool {
        let mut is_written = false;
        for at in 0..self.threads[me].watched.len() {
            let (object, version) = self.threads[me].watched[at];
            is_written |= self.memory.version(object) != version;
            self.objects[object.index()].watchers |= 1 << me;
        }
        is_written
    }

    /// Enables and disables those who wait for the lock, after its word changed.
    #[inline(always)]
    pub(super) fn lock_changed(&mut self, lock: ObjectId) {
        let word = self.memory.newest(lock);
        let object = &self.objects[lock.index()];
        let (waiters, readers) = (object.waiters, object.readers);
        self.enabled = if word == 0 { self.enabled | waiters } else { self.enabled & !waiters };
        self.enabled = if word & HELD == 0 { self.enabled | readers } else { self.enabled & !readers };
    }

    #[inline(always)]
    fn acquired(&mut self, lock: ObjectId, order: Ordering, place: Place) {
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
        if self.is_relaxed {
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
    fn hold(&mut self, lock: ObjectId, place: Place) {
        let me = self.me;
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
    pub(super) fn holds(&self, lock: ObjectId) -> bool {
        usize::from(self.objects[lock.index()].holder) == self.me
    }

    /// The running thread gives up what it does not hold: a fault of the subject. Once everything is over it is nothing: a guard unwinds
    /// whose lock was given up for a sleep. True if the thread goes on.
    #[cold]
    pub(super) fn is_let_off(&mut self, lock: ObjectId, place: Place) -> bool {
        self.is_torn_down() || self.fault_misuse("unlock of", lock, "which the thread does not hold", place)
    }

    /// True if the thread goes on all the same: it cannot end in a destructor that runs because of a panic.
    #[cold]
    fn fault_misuse(&mut self, what: &str, object: ObjectId, why: &str, place: Place) -> bool {
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
    pub(super) fn released(&mut self, lock: ObjectId, written: Option<u64>, place: Place) {
        if self.attention != 0 {
            return self.released_attended(lock, written, place);
        }
        self.let_go(lock, Ordering::Release);
    }

    #[inline(never)]
    fn released_attended(&mut self, lock: ObjectId, written: Option<u64>, place: Place) {
        self.looks(Looks::BehindLock, place);
        let order = self.order_at(Ordering::Release, place);
        if self.is_relaxed {
            self.objects[lock.index()].holder = NOBODY;
            self.release_relaxed(lock, order);
        } else {
            self.let_go(lock, order);
        }
        self.record_access(None, written);
    }

    #[inline(always)]
    fn let_go(&mut self, lock: ObjectId, order: Ordering) {
        let me = self.me;
        self.memory.write(me, lock, 0, order);
        let object = &mut self.objects[lock.index()];
        object.holder = NOBODY;
        let watchers = std::mem::take(&mut object.watchers);
        // The word is 0 now: everybody who waits for it may go on.
        self.enabled |= object.waiters | object.readers | watchers;
    }

    /// A load in an execution in which somebody wants to know, or memory is not sequentially consistent.
    #[inline(never)]
    fn load_attended(&mut self, object: ObjectId, order: Ordering) -> u64 {
        let value = self.read(object, order);
        self.record_read(object, value, None);
        value
    }

    #[inline(never)]
    fn store_attended(&mut self, object: ObjectId, value: u64, order: Ordering) {
        if self.is_relaxed {
            self.write_relaxed(object, value, order);
        } else {
            self.memory.write(self.me, object, value, order);
            self.changed(object);
        }
        self.record_access(None, Some(value));
    }

    #[inline(never)]
    fn store_release_attended(&mut self, object: ObjectId, value: u64) {
        if self.is_relaxed {
            self.write_released(object, value);
            self.record_access(None, Some(value));
        } else {
            self.store_attended(object, value, Ordering::Release);
        }
    }
}

/// One function for each kind of event that announces it.
macro_rules! announcements {
    ($($name:ident $kind:ident)*) => {$(
        #[inline(never)]
        fn $name(ticket: Ticket, place: Place) -> Turn {
            let here = current::get();
            let object = here.admit(ticket, place);
            here.announce(Intent::new(Kind::$kind, object, place))
        }
    )*};
}

announcements! {
    announce_update Update
    announce_note Note
}

/// An operation that announces its event and, if no other thread goes on first, performs it at once: one call instead of two for the most
/// frequent ones. `$perform` is written out twice, for a closure that is used once is inlined.
macro_rules! combined {
    (
        $name:ident $combined:ident $later:ident $kind:ident
        ($object:ident, $place:ident $(, $argument:ident: $type:ty)*) -> $result:ty,
        barrier if $is_barrier:expr, |$execution:ident| $perform:block
    ) => {
        #[inline(never)]
        fn $combined(ticket: Ticket, $place: Place $(, $argument: $type)*) -> (Turn, $result) {
            let here = current::get();
            let $object = here.admit(ticket, $place);
            let turn = here.announce(Intent::new(Kind::$kind, $object, $place).barrier_if($is_barrier));
            if !turn.goes_on() {
                return (turn, Default::default());
            }
            (turn, here.with(|$execution| $perform))
        }

        #[inline(never)]
        pub(super) fn $later(ticket: Ticket, $place: Place $(, $argument: $type)*) -> $result {
            current::get().with(|$execution| {
                let $object = $execution.admitted(ticket);
                $perform
            })
        }

        #[inline(always)]
        pub(crate) fn $name(ticket: Ticket, $place: Place $(, $argument: $type)*) -> $result {
            let (turn, result) = $combined(ticket, $place $(, $argument)*);
            if turn.goes_on() {
                return result;
            }
            turn.take();
            $later(ticket, $place $(, $argument)*)
        }
    };
}

combined!(load announce_load later_load Load (object, _place, order: Ordering) -> u64, barrier if false, |execution| {
    if execution.attention != 0 {
        return execution.load_attended(object, order);
    }
    execution.memory.read(execution.me, object, order)
});

combined!(store announce_store later_store Store (object, _place, value: u64, order: Ordering) -> (),
    barrier if order == Ordering::SeqCst, |execution| {
    if execution.attention != 0 {
        return execution.store_attended(object, value, order);
    }
    execution.memory.write(execution.me, object, value, order);
    execution.changed(object);
});

combined!(store_release announce_store_release later_store_release Store (object, _place, value: u64) -> (),
    barrier if false, |execution| {
    if execution.attention != 0 {
        return execution.store_release_attended(object, value);
    }
    execution.memory.write(execution.me, object, value, Ordering::Release);
    execution.changed(object);
});

combined!(lock_fails announce_lock later_lock Lock (object, place) -> bool, barrier if false, |execution| {
    let is_over = execution.is_torn_down();
    if !is_over {
        execution.acquired(object, Ordering::Acquire, place);
    }
    is_over
});

/// Takes a lock that guards nothing outside of the machine: once everything is over, there is nothing to take.
#[inline(always)]
pub(crate) fn lock(ticket: Ticket, place: Place) {
    lock_fails(ticket, place);
}

/// Takes a lock that guards data: nobody else has them when it returns, whatever has become of the execution.
#[inline(always)]
pub(crate) fn lock_data(ticket: Ticket, place: Place) {
    if lock_fails(ticket, place) {
        take_after_end(current::get(), ticket);
    }
}

combined!(unlock_fails announce_unlock later_unlock Unlock (object, place) -> bool, barrier if false, |execution| {
    if execution.holds(object) {
        execution.released(object, Some(0), place);
        return false;
    }
    !execution.is_let_off(object, place)
});

#[inline(always)]
pub(crate) fn unlock(ticket: Ticket, place: Place) {
    if unlock_fails(ticket, place) {
        never_go_on(current::get());
    }
}

/// As `unlock`, when a guard is dropped. Outside of all executions its lock is gone, and there is nothing to do.
#[inline(always)]
pub(crate) fn release(ticket: Ticket, place: Place) {
    if current::is_inside() {
        unlock(ticket, place);
    }
}

/// Says of the update that the calling thread announces next that it writes only if it finds this value.
#[inline(always)]
pub(crate) fn expect(value: u64) {
    current::get().with(|execution| {
        if execution.is_relaxed {
            execution.expect(value);
        }
    });
}

/// An atomic read-modify-write. `change` gives the new value, or nothing to leave the word as it is. Returns the old value.
///
/// When nothing is written the access is a read with `failure` as its ordering, but it was announced as an update: a footprint is
/// known before the event runs, so it is the larger of the two. `change` may be asked for several old values; it is the subject's, so it
/// is asked before the event happens, and nothing happens between.
#[inline]
pub(crate) fn update(
    ticket: Ticket,
    success: Ordering,
    failure: Ordering,
    place: Place,
    change: impl Fn(u64) -> Option<u64>,
) -> u64 {
    update_as(ticket, (success, failure), Manner::Usual, place, change)
}

/// One of the kernel's, fully ordered if it writes and a relaxed read if not.
#[inline]
pub(crate) fn update_fully(ticket: Ticket, place: Place, change: impl Fn(u64) -> Option<u64>) -> u64 {
    update_as(ticket, (Ordering::SeqCst, Ordering::Relaxed), Manner::Full, place, change)
}

/// One of the kernel's that releases if it writes: after what was read before, too.
#[inline]
pub(crate) fn update_releasing(ticket: Ticket, place: Place, change: impl Fn(u64) -> Option<u64>) -> u64 {
    update_as(ticket, (Ordering::Release, Ordering::Relaxed), Manner::Released, place, change)
}

/// One of the kernel's without a result.
#[inline]
pub(crate) fn update_silently(ticket: Ticket, place: Place, change: impl Fn(u64) -> Option<u64>) {
    update_as(ticket, (Ordering::Relaxed, Ordering::Relaxed), Manner::NoReturn, place, change);
}

#[inline(always)]
fn update_as(
    ticket: Ticket,
    orders: (Ordering, Ordering),
    manner: Manner,
    place: Place,
    change: impl Fn(u64) -> Option<u64>,
) -> u64 {
    announce_update(ticket, place).take();
    let here = current::get();
    let old = here.with(|execution| {
        let object = execution.admitted(ticket);
        (!execution.is_relaxed).then(|| execution.memory.newest(object))
    });
    let Some(old) = old else {
        return update_relaxed(ticket, orders, manner, place, &change);
    };
    let new = compute(here, || change(old));
    perform_update(ticket, new, orders, place)
}

/// As `update`, where a memory model chooses what is read: `change` is asked about all that may be.
#[cold]
#[inline(never)]
fn update_relaxed(
    ticket: Ticket,
    (success, failure): (Ordering, Ordering),
    manner: Manner,
    place: Place,
    change: &dyn Fn(u64) -> Option<u64>,
) -> u64 {
    let here = current::get();
    let mut asked = here.with(|execution| execution.values_that_may_be_read(execution.admitted(ticket), manner));
    compute(here, || asked.iter_mut().for_each(|(old, new)| *new = change(*old)));
    here.with(|execution| {
        let success = execution.order_at(success, place);
        // Without its ordering it has no barriers either.
        let manner = if manner == Manner::Full && success != Ordering::SeqCst { Manner::Usual } else { manner };
        let answer = |old| asked.iter().find(|(value, _)| *value == old).expect("the function was asked about it").1;
        let old = execution.update_relaxed(execution.admitted(ticket), (success, failure), manner, &answer);
        execution.keep_asked(asked);
        old
    })
}

#[inline(never)]
fn perform_update(ticket: Ticket, new: Option<u64>, (success, failure): (Ordering, Ordering), place: Place) -> u64 {
    current::get().with(|execution| {
        let object = execution.admitted(ticket);
        let success = execution.order_at(success, place);
        let me = execution.me;
        let old = match new {
            Some(value) => execution.memory.update(me, object, success, |_| value),
            None => execution.memory.read(me, object, failure),
        };
        if new.is_some() {
            execution.changed(object);
        }
        execution.record_read(object, old, new);
        old
    })
}

pub(crate) fn fence(barrier: Barrier, place: Place) {
    let here = current::get();
    here.point(Intent::new(Kind::Fence, ObjectId::NONE, place).barrier_if(barrier.is_full()));
    here.with(|execution| {
        if execution.order_at(Ordering::SeqCst, place) == Ordering::SeqCst {
            execution.memory.fence(execution.me, barrier);
            if execution.is_relaxed {
                execution.fence_relaxed(barrier);
            }
        }
        execution.record_access(None, None);
    });
}

pub(crate) fn try_lock(ticket: Ticket, place: Place) -> bool {
    let here = current::get();
    let object = here.admit(ticket, place);
    here.point(Intent::new(Kind::TryLock, object, place));
    here.with(|execution| {
        let free =
            if execution.is_relaxed { execution.would_take(object) } else { execution.memory.newest(object) == 0 };
        if free {
            execution.acquired(object, Ordering::Acquire, place);
        } else {
            let value = execution.read_held(object);
            execution.record_read(object, value, None);
        }
        free
    })
}

/// Reads the lock word as memory.
pub(crate) fn is_locked(ticket: Ticket, place: Place) -> bool {
    let here = current::get();
    let object = here.admit(ticket, place);
    here.point(Intent::new(Kind::IsLocked, object, place));
    here.with(|execution| {
        let value = execution.read(object, Ordering::Relaxed);
        execution.record_read(object, value, None);
        value != 0
    })
}

/// Blocks until the lock is seen free; the read that sees it is of the given ordering.
pub(crate) fn unlock_wait(ticket: Ticket, order: Ordering, place: Place) {
    let here = current::get();
    let object = here.admit(ticket, place);
    here.point(Intent::new(Kind::UnlockWait, object, place));
    here.with(|execution| {
        let me = execution.me;
        execution.objects[object.index()].waiters &= !(1 << me);
        execution.looks(Looks::BehindLock, place);
        let order = execution.order_at(order, place);
        let value = if execution.is_relaxed {
            execution.read_free(object, order)
        } else {
            execution.memory.read(me, object, order)
        };
        execution.record_access(Some(value), None);
    });
}

pub(crate) fn read_lock(ticket: Ticket, place: Place) {
    let here = current::get();
    let object = here.admit(ticket, place);
    here.point(Intent::new(Kind::ReadLock, object, place));
    here.with(|execution| {
        let me = execution.me;
        execution.objects[object.index()].readers &= !(1 << me);
        execution.looks(Looks::BehindLock, place);
        let order = execution.order_at(Ordering::Acquire, place);
        let old = if execution.is_relaxed {
            execution.update_newest(object, order, |word| word + ONE_READER)
        } else {
            execution.memory.update(me, object, order, |word| word + ONE_READER)
        };
        execution.lock_changed(object);
        execution.enabled |= 1 << me;
        execution.record_access(Some(old), Some(old + ONE_READER));
    });
}

pub(crate) fn read_unlock(ticket: Ticket, place: Place) {
    let here = current::get();
    let object = here.admit(ticket, place);
    here.point(Intent::new(Kind::ReadUnlock, object, place));
    let fine = here.with(|execution| {
        let held = execution.memory.newest(object) >= ONE_READER;
        if held {
            let me = execution.me;
            let order = execution.order_at(Ordering::Release, place);
            let old = if execution.is_relaxed {
                execution.update_newest(object, order, |word| word - ONE_READER)
            } else {
                execution.memory.update(me, object, order, |word| word - ONE_READER)
            };
            execution.lock_changed(object);
            execution.record_access(Some(old), Some(old - ONE_READER));
        } else if !execution.is_torn_down() {
            return execution.fault_misuse("read unlock of", object, "which has no reader", place);
        }
        true
    });
    if !fine {
        never_go_on(here);
    }
}

pub(crate) fn ghost_read(ticket: Ticket, place: Place) -> u64 {
    let here = current::get();
    let object = here.admit(ticket, place);
    here.point(Intent::new(Kind::GhostRead, object, place));
    here.with(|execution| {
        execution.looks(Looks::Unwatched, place);
        let value = execution.memory.newest(object);
        execution.record_access(Some(value), None);
        value
    })
}

pub(crate) fn ghost_write(ticket: Ticket, value: u64, place: Place) {
    let here = current::get();
    let object = here.admit(ticket, place);
    here.point(Intent::new(Kind::GhostWrite, object, place));
    here.with(|execution| {
        execution.memory.set(object, value);
        execution.record_access(None, Some(value));
    });
}

pub(crate) fn plain_read(ticket: Ticket, place: Place) -> u64 {
    let here = current::get();
    let object = here.admit(ticket, place);
    let (value, raced) = here.with(|execution| execution.access_plain(object, None, place));
    if raced {
        never_go_on(here);
    }
    value
}

pub(crate) fn plain_write(ticket: Ticket, value: u64, place: Place) {
    let here = current::get();
    let object = here.admit(ticket, place);
    let (_, raced) = here.with(|execution| execution.access_plain(object, Some(value), place));
    if raced {
        never_go_on(here);
    }
}

pub(crate) fn note(ticket: Ticket, column: usize, word: u64, place: Place) {
    announce_note(ticket, place).take();
    current::get().with(|execution| {
        execution.record_access(None, None);
        execution.observe(column, word, place);
    });
}

pub(crate) fn yield_now(place: Place) {
    let here = current::get();
    here.point(Intent::new(Kind::Yield, ObjectId::NONE, place));
    here.with(|execution| execution.record_access(None, None));
}

pub(crate) fn idle(place: Place) {
    let here = current::get();
    here.point(Intent::new(Kind::Idle, ObjectId::NONE, place));
    here.with(|execution| {
        execution.looks(Looks::AtOtherThread, place);
        if execution.is_relaxed {
            execution.see_all();
        }
        execution.record_access(None, None);
    });
}

/// Records a warning in the history of the calling thread.
pub(crate) fn warn(message: &'static str, place: Place) {
    current::get().with(|execution| {
        let word = crate::schedule::hash_name(message) | WARNING;
        execution.note_warning(word, message);
        execution.record(What::Warn(message), place);
    });
}

/// Set in the history words of warnings. Words of a subject must not have it.
pub(crate) const WARNING: u64 = 1 << 63;

/// The newest value of a word, without an event.
#[track_caller]
pub(crate) fn peek(ticket: Ticket) -> u64 {
    let here = current::get();
    let place = Location::caller();
    let object = here.admit(ticket, place);
    here.with(|execution| {
        execution.looks(Looks::Unwatched, place);
        execution.newest(object)
    })
}

/// Whether data of a lock are of the running execution. If not the calling thread, or whoever else calls, panics.
#[track_caller]
#[inline(always)]
pub(crate) fn check_home(ticket: Ticket) {
    if current::get().with(|execution| execution.admits(ticket).is_none()) {
        stray();
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn stray() -> ! {
    panic!("the guard of a lock was used outside of the execution that made the lock");
}
