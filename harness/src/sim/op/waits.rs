//! Waiting: in a queue for a wake-up, and for a condition on what is written.
//!
//! An awaited condition is tried again when a word is written that it has read. What else it looks
//! at is not watched, and a thread that waits for it would be taken for one that waits for ever. So
//! a condition that looks at something else is a misuse. Locks could be watched, but two conditions
//! that take the same lock would wake each other without end, and under total store order one would
//! wake itself.

use super::super::coroutine::{Turn, current};
use super::super::event::{Intent, Kind, ObjectId, Place};
use super::super::execution::Execution;
use super::super::state::FaultKind;
use super::super::ticket::Ticket;
use super::super::unfit::Looks;
use super::admission::{end_faulty, fail, never_go_on, take_after_end};
use super::locks::later_lock;

/// Releases the lock and begins to sleep, as one event; once woken, takes the lock again, as
/// another. Once everything is over it does nothing, and whoever holds the lock keeps it: a wake-up
/// for no reason.
#[inline(always)]
pub(crate) fn wait(queue: Ticket, lock: Ticket, place: Place) {
    wait_fails(queue, lock, place);
}

/// As `wait`, with a lock that guards data: they are the caller's when it returns, whatever has
/// become of the execution.
#[inline(always)]
pub(crate) fn wait_with_data(queue: Ticket, lock: Ticket, place: Place) {
    if wait_fails(queue, lock, place) {
        retake_after_end(lock);
    }
}

#[inline(always)]
fn wait_fails(queue: Ticket, lock: Ticket, place: Place) -> bool {
    announce_wait(queue, lock, place).take();
    begin_sleep(queue, lock, place).take();
    later_lock(lock, place)
}

/// The caller has the lock still, unless its guard is another thread's.
#[cold]
#[inline(never)]
fn retake_after_end(lock: Ticket) {
    let here = current::get();
    if !here.with(|execution| execution.admits(lock).is_some_and(|lock| execution.holds(lock))) {
        take_after_end(here, lock);
    }
}

#[inline(never)]
fn announce_wait(queue: Ticket, lock: Ticket, place: Place) -> Turn {
    let here = current::get();
    let (object, second) = (here.admit(queue, place), here.admit(lock, place));
    here.announce(Intent { kind: Kind::Wait, object, second, place })
}

/// Performs the wait and announces that the thread goes on once it is woken.
#[inline(never)]
fn begin_sleep(queue: Ticket, lock: Ticket, place: Place) -> Turn {
    let here = current::get();
    let (object, second) = here.with(|execution| (execution.admitted(queue), execution.admitted(lock)));
    let fine = here.with(|execution| {
        if execution.is_torn_down() {
            return true;
        }
        let fine = execution.holds(second);
        if fine {
            execution.released(second, None, place);
            let me = execution.me;
            execution.objects[object.index()].sleepers |= 1 << me;
        }
        fine || execution.is_let_off(second, place)
    });
    if !fine {
        never_go_on(here);
    }
    here.announce(Intent { kind: Kind::Sleep, object, second, place })
}

/// Wakes one sleeper, which the schedule chooses, or all. Returns how many.
#[inline(always)]
pub(crate) fn wake(queue: Ticket, all: bool, place: Place) -> u32 {
    announce_wake(queue, place).take();
    perform_wake(queue, all)
}

#[inline(never)]
fn announce_wake(queue: Ticket, place: Place) -> Turn {
    let here = current::get();
    let object = here.admit(queue, place);
    here.announce(Intent::new(Kind::Wake, object, place))
}

#[inline(never)]
fn perform_wake(queue: Ticket, all: bool) -> u32 {
    current::get().with(|execution| {
        let queue = execution.admitted(queue);
        execution.looks(Looks::AtSleepers, execution.threads[execution.me].intent.place);
        let sleepers = execution.objects[queue.index()].sleepers;
        let count = sleepers.count_ones();
        let mut woken = sleepers;
        if !all && count > 1 {
            let nth = execution.choose(queue, Kind::Wake, count as usize);
            let mut left = sleepers;
            for _ in 0..nth {
                left &= left - 1;
            }
            woken = left & left.wrapping_neg();
        }
        execution.objects[queue.index()].sleepers = sleepers & !woken;
        let mut left = woken;
        while left != 0 {
            execution.rouse(left.trailing_zeros() as usize);
            left &= left - 1;
        }
        execution.record_access(None, Some(u64::from(woken)));
        woken.count_ones()
    })
}

/// The running thread evaluates a condition, until this is dropped: also by a panic.
struct Evaluation(current::Handle);

impl Evaluation {
    fn begin(here: current::Handle, place: Place) -> Evaluation {
        // While a panic unwinds an evaluation, that is over.
        if !std::thread::panicking() && here.with(|execution| execution.is_evaluating()) {
            fail(FaultKind::Misuse, Looks::Awaiting.message(), place);
        }
        here.with(Execution::begin_condition);
        Evaluation(here)
    }
}

impl Drop for Evaluation {
    fn drop(&mut self) {
        self.0.with(Execution::end_condition);
    }
}

/// Evaluates the condition; while it is false, sleeps until something it has read is written.
pub(crate) fn await_until(mut condition: impl FnMut() -> bool, place: Place) {
    let here = current::get();
    loop {
        let evaluation = Evaluation::begin(here, place);
        let holds = condition();
        drop(evaluation);
        if here.with(|execution| execution.is_torn_down()) {
            return;
        }
        if let Some((what, place)) = here.with(|execution| execution.first_unfit()) {
            end_faulty(FaultKind::Misuse, what.message(), place);
            return;
        }
        if holds {
            return;
        }
        let reads = here.with(|execution| execution.threads[execution.me].watched.len());
        assert!(
            reads > 0,
            "an awaited condition is false and reads no shared word (an atomic one, or whether a lock is held; nothing else is watched), so nothing can make it true"
        );
        here.point(Intent::new(Kind::Await, ObjectId::NONE, place));
        here.with(|execution| {
            execution.forget_watchers();
            execution.conditions.insisting |= 1 << execution.me;
            execution.record_access(None, None);
        });
    }
}
