//! What is left of the threads when an execution is over, cleared away: stacks unwound, closures
//! and results dropped.
//!
//! Unwinding runs the subject's destructors, and these can do anything. What they cannot have is
//! what another stack still uses: a lock whose guard lives there, or the end of a scope whose
//! threads are left. Then they are *stuck*, other stacks are unwound first, and they go on when
//! what they wait for is there. A stack of which nothing comes any more, because its destructors
//! wait for one another or the subject catches whatever is thrown, is given up: leaked for good,
//! which is sound if nobody else ends before it.
//!
//! Limit: a stack that borrows from the caller of the runner cannot be leaked, for the caller goes
//! on; nor can one that waits in a destructor that runs while it unwinds, for the system's thread
//! would count as panicking for ever. Then the process ends and says why.

use super::coroutine::{abandon, current, drop_quietly, give_up, go};
use super::execution::Execution;
use super::state::Clearing;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Clears away the threads, and gives up those that cannot be.
#[inline(never)]
pub(super) fn clear_away(here: current::Handle, threads: u32) {
    let mut left = clear_some_away(here, threads);
    while left != 0 {
        let thread = left.trailing_zeros() as usize;
        left &= left - 1;
        give_up(here, thread);
    }
    here.with(|execution| execution.clear(Clearing::Leftovers));
    while let Some(payload) = here.with(Execution::take_payload) {
        drop_quietly(payload);
    }
    here.with(|execution| execution.clear(Clearing::No));
}

/// Clears away the threads as far as it goes. Returns those that are stuck. A thread can borrow
/// from those that started it, which have smaller numbers, so the last thread goes first.
#[inline(never)]
pub(super) fn clear_some_away(here: current::Handle, threads: u32) -> u32 {
    here.with(Execution::tear_down);
    let mut left = threads;
    let mut goes_on = true;
    while goes_on {
        goes_on = false;
        let mut round = left;
        while round != 0 {
            let thread = round.ilog2() as usize;
            round &= !(1 << thread);
            if here.with(|execution| execution.is_stuck(thread)) {
                continue;
            }
            goes_on = true;
            if clear_one_away(here, thread) {
                left &= !(1 << thread);
            }
        }
    }
    here.with(|execution| execution.clear(Clearing::No));
    left
}

/// False if it is stuck again.
fn clear_one_away(here: current::Handle, thread: usize) -> bool {
    here.with(|execution| {
        execution.impersonate(thread);
        execution.clear(Clearing::Stacks);
    });
    match here.with(|execution| execution.unstick(thread)) {
        Some(_) => go(here),
        None if here.with(|execution| execution.is_suspended(thread)) => abandon(here),
        None => {}
    }
    if here.with(|execution| execution.is_suspended(thread)) {
        return false;
    }
    here.with(|execution| execution.clear(Clearing::Leftovers));
    if let Some(leftover) = here.leftover(thread) {
        // What a destructor says when everything is over concerns nobody.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| leftover.discard())) {
            drop_quietly(payload);
        }
    }
    here.with(|execution| execution.cleared(thread));
    true
}
