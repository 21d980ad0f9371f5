//! The runner: makes executions, one after the other, on the same stacks and tables.

use super::coroutine::{Abandon, Fibers, current};
use super::event::Place;
use super::execution::{Bounds, Execution};
use super::object::Label;
use crate::schedule::Plan;
use std::panic::Location;

/// Everything that executions on one OS thread reuse.
pub(crate) struct Runner {
    execution: Box<Execution>,
    fibers: Fibers,
}

impl Runner {
    pub(crate) fn new() -> Runner {
        Runner { execution: Box::new(Execution::new()), fibers: Fibers::new() }
    }

    /// Runs `body` as the main thread under `plan`, until no thread can go on. `look` sees what happened, before the stacks
    /// of threads that did not end are cleared away: unwinding runs the subject's destructors, which call primitives.
    pub(crate) fn run<R>(
        &mut self,
        body: &(dyn Fn() + Sync),
        plan: Plan<'_>,
        bounds: &Bounds,
        abandon: Abandon,
        look: impl FnOnce(&Execution) -> R,
    ) -> R {
        let place: Place = Location::caller();
        let Runner { execution, fibers } = self;
        execution.reset(plan, bounds);
        let _entered = current::enter(execution);
        let here = current::get();
        here.with(|execution| {
            let main = execution.add_thread(Label::from("main"), None, place);
            let main = main.expect("an execution has room for its main thread");
            execution.job(main).install(body);
            execution.first(main);
        });
        while !here.with(|execution| execution.is_over()) {
            let thread = here.with(Execution::take_turn);
            fibers.resume(thread);
        }
        let seen = here.with(|execution| look(execution));
        let unfinished = here.with(|execution| execution.unfinished());
        if unfinished != 0 {
            clear_away(here, fibers, unfinished, abandon);
        }
        seen
    }
}

/// Frees the stacks of threads that did not end.
#[inline(never)]
fn clear_away(here: current::Handle, fibers: &mut Fibers, unfinished: u32, abandon: Abandon) {
    here.with(Execution::tear_down);
    let mut left = unfinished;
    while left != 0 {
        let thread = left.trailing_zeros() as usize;
        left &= left - 1;
        if here.with(|execution| execution.has_begun(thread)) {
            here.with(|execution| execution.impersonate(thread));
            fibers.abandon(thread, abandon);
        }
        here.with(|execution| match abandon {
            Abandon::Unwind => execution.job(thread).clear(),
            Abandon::Forget => execution.job(thread).forget(),
        });
    }
}
