//! The one thread-local: which execution runs on this OS thread.

use super::super::event::Intent;
use super::super::execution::Execution;
use corosensei::Yielder;
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
        if self.with(|execution| execution.arrive(intent)) {
            self.give_way();
        }
    }

    /// Suspends the calling thread; the runner resumes the thread that the execution has chosen.
    #[inline(always)]
    pub(crate) fn give_way(self) {
        let yielder: *const Yielder<(), ()> = self.with(|execution| execution.yielder());
        // SAFETY: the yielder belongs to the coroutine that runs now and lives as long as it does. `fiber` stored it when it started it.
        unsafe { (*yielder).suspend(()) };
    }
}
