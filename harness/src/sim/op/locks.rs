//! Locks.

use super::super::coroutine::{Turn, current};
use super::super::event::{Intent, Kind, Place};
use super::super::object::ONE_READER;
use super::super::ticket::Ticket;
use super::super::unfit::Looks;
use super::admission::{never_go_on, read_after_end, take_after_end};
use super::announce::{announcements, combined};
use super::polling::take_or_poll;
use std::sync::atomic::Ordering;

announcements! {
    announce_try_lock TryLock looks true
    announce_is_locked IsLocked looks true
}

combined!(lock_fails announce_lock later_lock Lock (object, place) -> bool, barrier if false, looks false, |execution| {
    let is_over = execution.is_torn_down();
    if !is_over {
        execution.acquired(object, Ordering::Acquire, place);
    }
    is_over
});

/// Takes a lock that guards nothing outside of the machine: once everything is over, there is
/// nothing to take.
#[inline(always)]
pub(crate) fn lock(ticket: Ticket, place: Place) {
    lock_fails(ticket, place);
}

/// Takes a lock that guards data: nobody else has them when it returns, whatever has become of the
/// execution.
#[inline(always)]
pub(crate) fn lock_data(ticket: Ticket, place: Place) {
    if lock_fails(ticket, place) {
        take_after_end(current::get(), ticket);
    }
}

combined!(unlock_fails announce_unlock later_unlock Unlock (object, place) -> bool, barrier if false, looks false, |execution| {
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

/// As `unlock`, when a guard is dropped. Outside of all executions its lock is gone, and there is
/// nothing to do.
#[inline(always)]
pub(crate) fn release(ticket: Ticket, place: Place) {
    if current::is_inside() {
        unlock(ticket, place);
    }
}

/// Takes the lock if it is free. Whether it was.
#[inline(always)]
pub(crate) fn try_lock(ticket: Ticket, place: Place) -> bool {
    let turn = announce_try_lock(ticket, place);
    take_or_poll(turn, ticket, Kind::TryLock, place, || perform_try_lock(ticket, place))
}

#[inline(never)]
fn perform_try_lock(ticket: Ticket, place: Place) -> bool {
    current::get().with(|execution| {
        let object = execution.admitted(ticket);
        let free =
            if execution.relaxed.is_on { execution.would_take(object) } else { execution.memory.newest(object) == 0 };
        if free {
            execution.acquired(object, Ordering::Acquire, place);
        } else {
            let value = execution.read_held(object);
            execution.record_read(object, value, None);
        }
        free
    })
}

/// As `try_lock`, of a lock that guards data: once everything is over nobody else gets them.
#[inline(always)]
pub(crate) fn try_lock_data(ticket: Ticket, place: Place) -> bool {
    let is_over = || current::get().with(|execution| execution.is_torn_down());
    let turn = announce_try_lock(ticket, place);
    take_or_poll(turn, ticket, Kind::TryLock, place, || !is_over() && perform_try_lock(ticket, place))
}

/// Reads the lock word as memory.
#[inline(always)]
pub(crate) fn is_locked(ticket: Ticket, place: Place) -> bool {
    let turn = announce_is_locked(ticket, place);
    take_or_poll(turn, ticket, Kind::IsLocked, place, || perform_is_locked(ticket))
}

#[inline(never)]
fn perform_is_locked(ticket: Ticket) -> bool {
    current::get().with(|execution| {
        let object = execution.admitted(ticket);
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
        let value = if execution.relaxed.is_on {
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
        if execution.is_torn_down() {
            return;
        }
        let me = execution.me;
        execution.objects[object.index()].readers &= !(1 << me);
        execution.looks(Looks::BehindLock, place);
        let order = execution.order_at(Ordering::Acquire, place);
        let old = if execution.relaxed.is_on {
            execution.update_newest(object, order, |word| word + ONE_READER)
        } else {
            execution.memory.update(me, object, order, |word| word + ONE_READER)
        };
        execution.lock_changed(object);
        execution.enabled |= 1 << me;
        execution.record_access(Some(old), Some(old + ONE_READER));
    });
}

/// Takes a lock that guards data, for reading: nobody else writes them when it returns, whatever
/// has become of the execution.
pub(crate) fn read_lock_data(ticket: Ticket, place: Place) {
    read_lock(ticket, place);
    let here = current::get();
    if here.with(|execution| execution.is_torn_down()) {
        read_after_end(here, ticket);
    }
}

/// As `read_unlock`, when a guard is dropped. Outside of all executions its lock is gone, and there
/// is nothing to do.
pub(crate) fn read_release(ticket: Ticket, place: Place) {
    if current::is_inside() {
        read_unlock(ticket, place);
    }
}

pub(crate) fn read_unlock(ticket: Ticket, place: Place) {
    let here = current::get();
    let object = here.admit(ticket, place);
    here.point(Intent::new(Kind::ReadUnlock, object, place));
    let fine = here.with(|execution| {
        let readers = execution.memory.newest(object);
        if execution.is_torn_down() {
            // Who waits for the data to write them may go on when nobody reads them any more.
            execution.memory.set(object, readers.saturating_sub(ONE_READER));
        } else if readers >= ONE_READER {
            let me = execution.me;
            let order = execution.order_at(Ordering::Release, place);
            let old = if execution.relaxed.is_on {
                execution.update_newest(object, order, |word| word - ONE_READER)
            } else {
                execution.memory.update(me, object, order, |word| word - ONE_READER)
            };
            execution.lock_changed(object);
            execution.record_access(Some(old), Some(old - ONE_READER));
        } else {
            return execution.fault_misuse("read unlock of", object, "which has no reader", place);
        }
        true
    });
    if !fine {
        never_go_on(here);
    }
}
