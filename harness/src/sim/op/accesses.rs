//! Words: loads, stores, read-modify-writes and fences; plain data, ghosts, and what is told of
//! them.

use super::super::coroutine::current::Handle;
use super::super::coroutine::{Turn, current, wipe_stack};
use super::super::event::{Intent, Kind, ObjectId, Place, What};
use super::super::memory::{Barrier, Manner, releases};
use super::super::ticket::Ticket;
use super::super::unfit::Looks;
use super::admission::{compute, never_go_on};
use super::announce::{announcements, combined};
use super::polling::take_or_poll;
use std::panic::Location;
use std::sync::atomic::Ordering;

announcements! {
    announce_update Update looks true
    announce_note Note looks false
}

combined!(load announce_load later_load Load (object, _place, order: Ordering) -> u64,
    barrier if false, looks true, |execution| {
    if execution.attention != 0 {
        return execution.load_attended(object, order);
    }
    execution.memory.read(execution.me, object, order)
});

combined!(store announce_store later_store Store (object, _place, value: u64, order: Ordering) -> (),
    barrier if order == Ordering::SeqCst, looks false, |execution| {
    if execution.attention != 0 {
        return execution.store_attended(object, value, order);
    }
    execution.memory.write(execution.me, object, value, order);
    execution.changed(object);
});

combined!(store_release announce_store_release later_store_release Store (object, _place, value: u64) -> (),
    barrier if false, looks false, |execution| {
    if execution.attention != 0 {
        return execution.store_release_attended(object, value);
    }
    execution.memory.write(execution.me, object, value, Ordering::Release);
    execution.changed(object);
});

/// Says of the update that the calling thread announces next that it writes only if it finds this
/// value.
#[inline(always)]
pub(crate) fn expect(value: u64) {
    current::get().with(|execution| {
        if execution.relaxed.is_on {
            execution.expect(value);
        }
    });
}

/// An atomic read-modify-write. `change` gives the new value, or nothing to leave the word as it
/// is. Returns the old value.
///
/// When nothing is written the access is a read with `failure` as its ordering, but it was
/// announced as an update: a footprint is known before the event runs, so it is the larger of the
/// two. `change` may be asked for several old values; it is the subject's, so it is asked before
/// the event happens, and nothing happens between.
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

/// As `update`, but where it would write it may also fail for no reason; whether it did is told.
pub(crate) fn update_fallibly(
    ticket: Ticket,
    orders: (Ordering, Ordering),
    place: Place,
    change: impl Fn(u64) -> Option<u64>,
) -> (u64, bool) {
    let turn = announce_update(ticket, place);
    take_or_poll(turn, ticket, Kind::Update, place, || {
        let here = current::get();
        let fails = would_write(here, ticket, &change)
            && here.with(|execution| execution.fails_spuriously(execution.admitted(ticket), place));
        let change: &dyn Fn(u64) -> Option<u64> = if fails { &|_| None } else { &change };
        (update_announced(ticket, orders, Manner::Usual, place, change), fails)
    })
}

/// Whether the function has something for a value that may be read.
fn would_write(here: Handle, ticket: Ticket, change: &dyn Fn(u64) -> Option<u64>) -> bool {
    let newest = here.with(|execution| {
        let object = execution.admitted(ticket);
        (!execution.relaxed.is_on).then(|| execution.memory.newest(object))
    });
    if let Some(newest) = newest {
        return compute(here, || change(newest).is_some());
    }
    let asked = here.with(|execution| execution.values_that_may_be_read(execution.admitted(ticket), Manner::Usual));
    let would = compute(here, || asked.iter().any(|(old, _)| change(*old).is_some()));
    here.with(|execution| execution.keep_asked(asked));
    would
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
    let turn = announce_update(ticket, place);
    take_or_poll(turn, ticket, Kind::Update, place, || update_announced(ticket, orders, manner, place, change))
}

#[inline(always)]
fn update_announced(
    ticket: Ticket,
    orders: (Ordering, Ordering),
    manner: Manner,
    place: Place,
    change: impl Fn(u64) -> Option<u64>,
) -> u64 {
    let here = current::get();
    let old = here.with(|execution| {
        let object = execution.admitted(ticket);
        (!execution.relaxed.is_on).then(|| execution.memory.newest(object))
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
        let Some(value) = new else {
            let old = execution.memory.read(me, object, failure);
            execution.record_read(object, old, None);
            return old;
        };
        if execution.memory.newest(object) == value && !releases(success) {
            // Those who wait for a write go on waiting.
            let old = execution.memory.touch(me, object, success);
            execution.record_silent_update(object, old);
            return old;
        }
        let old = execution.memory.update(me, object, success, |_| value);
        execution.acts();
        execution.changed(object);
        execution.record_read(object, old, new);
        old
    })
}

#[inline(always)]
pub(crate) fn fence(barrier: Barrier, place: Place) {
    if perform_fence(barrier, place) {
        wipe_stack();
    }
}

/// True if the thread is watched.
#[inline(never)]
fn perform_fence(barrier: Barrier, place: Place) -> bool {
    let here = current::get();
    here.point(Intent::new(Kind::Fence, ObjectId::NONE, place).barrier_if(barrier.is_full()));
    here.with(|execution| {
        if execution.relaxed.is_on && barrier.is_full() {
            execution.acts();
        }
        if execution.order_at(Ordering::SeqCst, place) == Ordering::SeqCst {
            execution.memory.fence(execution.me, barrier);
            if execution.relaxed.is_on {
                execution.fence_relaxed(barrier);
            }
        }
        execution.record_access(None, None);
        execution.is_watched()
    })
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

#[inline(always)]
pub(crate) fn yield_now(place: Place) {
    if perform_yield(place) {
        wipe_stack();
    }
}

/// True if the thread is watched.
#[inline(never)]
fn perform_yield(place: Place) -> bool {
    let here = current::get();
    here.point(Intent::new(Kind::Yield, ObjectId::NONE, place));
    here.with(|execution| {
        execution.record_access(None, None);
        execution.is_watched()
    })
}

pub(crate) fn idle(place: Place) {
    let here = current::get();
    here.point(Intent::new(Kind::Idle, ObjectId::NONE, place));
    here.with(|execution| {
        execution.looks(Looks::AtOtherThread, place);
        if execution.relaxed.is_on {
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

/// Whether data of a lock are of the running execution. If not the calling thread, or whoever else
/// calls, panics.
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
