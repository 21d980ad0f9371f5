//! The one thread-local: which execution runs on this OS thread.

use super::super::event::Intent;
use super::super::execution::Execution;
use super::job::Leftover;
use super::stacks::Limits;
use super::switch::Context;
use std::cell::Cell;
use std::marker::PhantomData;

thread_local! {
    static CURRENT: Cell<*mut Execution> = const { Cell::new(std::ptr::null_mut()) };

    /// Where the stacks of its runner end, for the handler of faults.
    static LIMITS: Cell<*const Limits> = const { Cell::new(std::ptr::null()) };

    /// Whether a reference into the execution is alive. Kept where assertions are.
    #[cfg(debug_assertions)]
    static IS_LOOKED_AT: Cell<bool> = const { Cell::new(false) };
}

/// Alive as long as a reference into the execution is.
struct Alone;

impl Alone {
    #[inline(always)]
    fn new() -> Alone {
        #[cfg(debug_assertions)]
        assert!(!IS_LOOKED_AT.replace(true), "the machine was entered while it was being changed");
        Alone
    }
}

impl Drop for Alone {
    #[inline(always)]
    fn drop(&mut self) {
        #[cfg(debug_assertions)]
        IS_LOOKED_AT.set(false);
    }
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

/// Makes `execution` the running one until the guard is dropped, which borrows it so long.
pub(crate) fn enter(execution: &mut Execution) -> Entered<'_> {
    assert!(!is_inside(), "an execution cannot be started inside of another one");
    LIMITS.set(execution.limits());
    CURRENT.set(execution);
    Entered(PhantomData)
}

pub(crate) struct Entered<'a>(PhantomData<&'a mut Execution>);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        CURRENT.set(std::ptr::null_mut());
        LIMITS.set(std::ptr::null());
    }
}

/// The running execution, to be adopted by the thread of the system that goes on with it.
#[cfg(any(miri, lockstep_os_threads))]
pub(super) fn root() -> *mut Execution {
    CURRENT.get()
}

#[cfg(any(miri, lockstep_os_threads))]
pub(super) fn limits_or_none() -> *const Limits {
    LIMITS.get()
}

/// Makes the execution, which runs on another thread of the system, the running one of this thread
/// too.
#[cfg(any(miri, lockstep_os_threads))]
pub(super) fn adopt(execution: *mut Execution, limits: *const Limits) -> Entered<'static> {
    LIMITS.set(limits);
    CURRENT.set(execution);
    Entered(PhantomData)
}

/// Where the stacks of the runner end that runs an execution on the calling thread.
pub(super) fn limits() -> Option<*const Limits> {
    Some(LIMITS.get()).filter(|limits| !limits.is_null())
}

impl Handle {
    /// Looks at or changes the execution. `f` runs no code of the subject and must not suspend;
    /// nothing it is given lives longer.
    #[inline(always)]
    pub(crate) fn with<R>(self, f: impl FnOnce(&mut Execution) -> R) -> R {
        let _alone = Alone::new();
        // SAFETY: `enter` made the pointer from the runner's unique reference, which the runner
        // does not use until it has left, so references are made here and in `arrive` alone. None
        // is alive now: `f` and what `arrive` calls are of this crate, enter the machine by no
        // handle (`Alone` asserts that), never suspend, and call nothing of the subject: its
        // functions run in `compute`, its destructors where a leftover is discarded, both without a
        // reference. What the system calls when it likes, the handler of faults, reads what lies
        // outside of the execution.
        f(unsafe { &mut *self.0 })
    }

    /// The place in the execution that a pointer from inside of it shows, for use while no
    /// reference into the execution is alive.
    ///
    /// A pointer made from a reference is good until the next reference is made. This one is made
    /// from what `enter` was given, from which all references are made as well.
    #[inline(always)]
    pub(super) fn place<T>(self, shown: *const T) -> *mut T {
        self.0.cast::<T>().with_addr(shown.addr())
    }

    /// What is left of the thread's job, to be discarded at once.
    pub(crate) fn leftover(self, thread: usize) -> Option<Leftover> {
        let leftover = self.with(|execution| execution.job(thread).leftover())?;
        Some(leftover.placed(|at| self.place(at)))
    }

    /// Announces an event. Where the calling thread gives way to, if it does.
    #[inline(always)]
    pub(super) fn arrive(self, intent: Intent) -> *const Context {
        let alone = Alone::new();
        // SAFETY: as for `with`. A closure would be one function for all kinds of events, too large
        // to be inlined: it must be inlined, for then the kind is a constant.
        let execution = unsafe { &mut *self.0 };
        let to = execution.arrive(intent);
        drop(alone);
        // Nowhere stays nowhere.
        self.place(to)
    }
}
