//! Waiting: in a queue for a wake-up, and for a condition on what is written.
//!
//! An awaited condition is tried again when a word is written that it has read. What else it looks at is not watched, and a thread that waits
//! for it would be taken for one that waits for ever. So a condition that looks at something else is a misuse. Locks could be watched,
//! but two conditions that take the same lock would wake each other without end, and under total store order one would wake itself.

use super::admission::{end_faulty, fail, never_go_on, take_after_end};
use super::coroutine::{Turn, current};
use super::event::{Intent, Kind, ObjectId, Place};
use super::execution::{Execution, FaultKind};
use super::ops::later_lock;
use super::ticket::Ticket;
use super::unfit::{Looks, Unfit};

impl Execution {
    /// A sleeper is woken: from now on it waits for the lock it gave up.
    fn rouse(&mut self, sleeper: usize) {
        let Intent { second: lock, place, .. } = self.threads[sleeper].intent;
        self.threads[sleeper].intent = Intent::new(Kind::Lock, lock, place);
        self.objects[lock.index()].waiters |= 1 << sleeper;
        if self.memory.newest(lock) == 0 {
            self.enabled |= 1 << sleeper;
        }
    }
}

/// Releases the lock and begins to sleep, as one event; once woken, takes the lock again, as another. Once everything is over it
/// does nothing, and whoever holds the lock keeps it: a wake-up for no reason.
#[inline(always)]
pub(crate) fn wait(queue: Ticket, lock: Ticket, place: Place) {
    wait_fails(queue, lock, place);
}

/// As `wait`, with a lock that guards data: they are the caller's when it returns, whatever has become of the execution.
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

impl Execution {
    /// The running thread does what a condition may not do. If it evaluates one, that ends the execution when the condition has
    /// its value.
    #[inline(always)]
    pub(crate) fn looks(&mut self, what: Looks, place: Place) {
        if self.attention & (1 << self.me) != 0 {
            self.note_unfit(what, place);
        }
    }

    /// Apart, for those who may do so come by here in every execution.
    #[cold]
    #[inline(never)]
    fn note_unfit(&mut self, what: Looks, place: Place) {
        self.unfit.push(Unfit { thread: self.me, what, place });
    }

    fn begin_condition(&mut self) {
        let me = self.me;
        self.attention |= 1 << me;
        self.threads[me].watched.clear();
        self.unfit.retain(|unfit| unfit.thread != me);
    }

    fn end_condition(&mut self) {
        self.attention &= !(1 << self.me);
        self.insisting &= !(1 << self.me);
    }

    /// What the condition that the running thread has evaluated did first of what it may not do.
    fn first_unfit(&self) -> Option<(Looks, Place)> {
        self.unfit.iter().find(|unfit| unfit.thread == self.me).map(|unfit| (unfit.what, unfit.place))
    }
}

/// The running thread evaluates a condition, until this is dropped: also by a panic.
struct Evaluation(current::Handle);

impl Evaluation {
    fn begin(here: current::Handle, place: Place) -> Evaluation {
        // While a panic unwinds an evaluation, that is over.
        if !std::thread::panicking() && here.with(|execution| execution.attention & (1 << execution.me) != 0) {
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
            let me = execution.me;
            for at in 0..execution.threads[me].watched.len() {
                let (object, _) = execution.threads[me].watched[at];
                execution.objects[object.index()].watchers &= !(1 << me);
            }
            execution.insisting |= 1 << me;
            execution.record_access(None, None);
        });
    }
}
