//! The one thread-local: which execution runs on this OS thread.

use super::super::event::Intent;
use super::super::execution::Execution;
use super::fiber;
use super::switch::Context;
use std::cell::Cell;

thread_local! {
    static CURRENT: Cell<*mut Execution> = const { Cell::new(std::ptr::null_mut()) };
}

/// The execution that the calling simulated thread belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Handle(*mut Execution);

/// The running execution.
///
/// # Panics
///
/// Outside of a simulated execution: the primitives mean nothing there.
#[inline(always)]
#[track_caller]
pub(crate) fn get() -> Handle {
    let pointer = CURRENT.get();
    if pointer.is_null() {
        outside();
    }
    Handle(pointer)
}

#[cold]
#[inline(never)]
#[track_caller]
fn outside() -> ! {
    panic!(
        "a primitive of the simulator was used outside of a simulated execution: make and use it inside the body passed to run, explore or compare"
    )
}

/// Whether the caller is inside a simulated execution.
pub(crate) fn is_inside() -> bool {
    !CURRENT.get().is_null()
}

/// Makes `execution` the running one until the guard is dropped.
pub(crate) fn enter(execution: &mut Execution) -> Entered {
    assert!(!is_inside(), "an execution cannot be started inside of another one");
    CURRENT.set(execution);
    Entered
}

pub(crate) struct Entered;

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(std::ptr::null_mut());
    }
}

/// Whether the thread that has announced an event gives way first.
#[must_use = "the event may happen only after the thread took its turn"]
pub(crate) struct Turn(*const Context);

impl Turn {
    /// Whether the event may happen at once.
    #[inline(always)]
    pub(crate) fn goes_on(&self) -> bool {
        self.0.is_null()
    }

    /// Suspends the calling thread, if another one goes on first. When it returns the event may happen.
    #[inline(always)]
    pub(crate) fn take(self) {
        if !self.goes_on() {
            // SAFETY: `announce` has chosen who goes on, and nothing ran since.
            unsafe { fiber::hop(self.0) };
        }
    }
}

impl Handle {
    /// Looks at or changes the execution. `f` must not suspend; nothing it is given lives longer.
    #[inline(always)]
    pub(crate) fn with<R>(self, f: impl FnOnce(&mut Execution) -> R) -> R {
        // SAFETY: the pointer was set by `enter` from a unique reference that the runner does not use while a thread
        // runs, and `f` cannot keep the reference or suspend while it has it: nothing inside `Execution` suspends, only
        // `give_way` does, which takes no reference.
        f(unsafe { &mut *self.0 })
    }

    /// Announces an event and gives way if the schedule says so. When it returns the event may happen.
    #[inline(always)]
    pub(crate) fn point(self, intent: Intent) {
        self.announce(intent).take();
    }

    /// Announces an event. The answer is to be [taken](Turn::take) before the event happens.
    ///
    /// This is the half of `point` that belongs in a function of its own, while `Turn::take` belongs in the caller: processors predict
    /// where a function returns to from the calls that went before, and a switch of stacks inside a function makes
    /// that guess wrong when the thread leaves, when the next one enters, and at every return until calls and returns are level again.
    #[inline(always)]
    pub(crate) fn announce(self, intent: Intent) -> Turn {
        // SAFETY: as for `with`. A closure would be one function for all kinds of events, too large to be inlined: it must
        // be inlined, for then the kind is a constant.
        let execution = unsafe { &mut *self.0 };
        Turn(execution.arrive(intent))
    }

    /// Suspends the calling thread for the one that the execution has chosen, or for the runner when it is over.
    #[inline(always)]
    pub(crate) fn give_way(self) {
        let to = self.with(|execution| execution.hop_away());
        // SAFETY: the execution has said right now who goes on.
        unsafe { fiber::hop(to) };
    }
}
