//! The runner: makes executions, one after the other, on the same stacks and tables.

use super::coroutine::{Abandon, abandon, current, go};
use super::event::Place;
use super::execution::{Bounds, Execution};
use super::object::Label;
use crate::schedule::Plan;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// Everything that executions on one OS thread reuse.
pub(crate) struct Runner {
    execution: Box<Execution>,
}

impl Runner {
    pub(crate) fn new() -> Runner {
        Runner { execution: Box::new(Execution::new()) }
    }

    /// Runs `body` as the main thread under `plan`, until no thread can go on. `look` sees what happened, before the stacks
    /// of threads that did not end are cleared away: unwinding runs the subject's destructors, which call primitives.
    /// Says in `turn`, for a watchdog on another OS thread, which thread goes on.
    #[inline]
    pub(crate) fn run_observed<R>(
        &mut self,
        body: &(dyn Fn() + Sync),
        plan: Plan<'_>,
        bounds: &Bounds,
        abandon: Abandon,
        turn: &AtomicUsize,
        look: impl FnOnce(&Execution) -> R,
    ) -> R {
        let place: Place = Location::caller();
        let Runner { execution } = self;
        execution.reset(plan, bounds);
        execution.beat.set(turn);
        let _entered = current::enter(execution);
        let here = current::get();
        here.with(|execution| {
            let main = execution.add_thread(Label::from("main"), None, place);
            let main = main.expect("an execution has room for its main thread");
            execution.install(main, body);
            execution.impersonate(main);
        });
        turn.store(0, Relaxed);
        go(here);
        if let Some(panicking) = here.with(Execution::take_clearing) {
            // A panic leaves a scope. What the threads of the scope borrow goes away with it, so they go first.
            let others = here.with(|execution| execution.leftovers()) & !(1 << panicking);
            clear_away(here, others, abandon);
            here.with(|execution| execution.impersonate(panicking));
            go(here);
        }
        let seen = here.with(|execution| look(execution));
        let left = here.with(|execution| execution.leftovers());
        if left != 0 {
            clear_away(here, left, abandon);
        }
        seen
    }
}

/// Frees the stacks of threads that did not end, and drops closures that did not begin and results that nobody took. A thread can
/// borrow from those that started it, which have smaller numbers, so the last thread goes first.
#[inline(never)]
fn clear_away(here: current::Handle, threads: u32, how: Abandon) {
    here.with(Execution::tear_down);
    let mut left = threads;
    while left != 0 {
        let thread = left.ilog2() as usize;
        left &= !(1 << thread);
        here.with(|execution| execution.impersonate(thread));
        if here.with(|execution| execution.has_begun(thread) && !execution.is_finished(thread)) {
            abandon(here, thread, how);
        }
        if how == Abandon::Forget {
            here.with(|execution| execution.job(thread).forget());
        }
        if let Some(leftover) = here.with(|execution| execution.job(thread).leftover()) {
            // What a destructor says when everything is over concerns nobody.
            let _ = catch_unwind(AssertUnwindSafe(|| leftover.discard()));
        }
    }
}
