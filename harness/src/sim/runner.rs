//! The runner: makes executions, one after the other, on the same stacks and tables.

use super::clearing::{clear_away, clear_some_away};
use super::coroutine::{Abandon, current, go};
use super::event::Place;
use super::execution::{Bounds, Execution};
use super::object::Label;
use crate::schedule::{Plan, Steer};
use std::panic::Location;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// Everything that executions on one OS thread reuse.
pub(crate) struct Runner {
    execution: Box<Execution>,
}

/// Clears away what is left, also if looking at it panics: frames must not vanish from under what
/// borrows from them.
struct Clears(current::Handle);

impl Drop for Clears {
    #[inline(always)]
    fn drop(&mut self) {
        let left = self.0.with(|execution| execution.uncleared());
        if left != 0 {
            clear_away(self.0, left);
        }
    }
}

impl Runner {
    pub(crate) fn new() -> Runner {
        Runner { execution: Box::new(Execution::new()) }
    }

    /// Runs `body` as the main thread under `plan`, until no thread can go on. `look` sees what
    /// happened, before the stacks of threads that did not end are cleared away: unwinding runs the
    /// subject's destructors, which call primitives. Says in `turn`, for a watchdog on another OS
    /// thread, which thread goes on.
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
        let Abandon::Unwind = abandon;
        let place: Place = Location::caller();
        let Runner { execution } = self;
        execution.reset(plan, bounds);
        execution.hops.beat.set(turn);
        let _entered = current::enter(execution);
        let here = current::get();
        here.with(|execution| {
            let main = execution.add_thread(Label::from("main"), None, place);
            let main = main.expect("an execution has room for its main thread");
            execution.install(main, body);
            execution.borrow_from_caller(main);
            execution.impersonate(main);
        });
        turn.store(0, Relaxed);
        go(here);
        let clears = Clears(here);
        if let Some(panicking) = here.with(|execution| execution.leaves_scope()) {
            leave_scope(here, panicking);
        }
        let seen = here.with(|execution| look(execution));
        drop(clears);
        seen
    }

    /// The search that steered the last execution. None if there was none of that kind.
    pub(crate) fn take_steer<S: Steer>(&mut self) -> Option<Box<S>> {
        self.execution.take_steer()
    }
}

/// A destructor that a panic runs has ended a scope whose threads had not ended. What these borrow
/// goes away with the scope, so they go first; then the panic goes on to where its message is
/// known.
#[cold]
#[inline(never)]
fn leave_scope(here: current::Handle, panicking: usize) {
    let others = here.with(|execution| execution.uncleared()) & !(1 << panicking);
    clear_some_away(here, others);
    here.with(|execution| execution.impersonate(panicking));
    if !here.with(|execution| execution.is_stuck(panicking)) {
        here.with(|execution| execution.unstick(panicking));
        go(here);
    }
}
