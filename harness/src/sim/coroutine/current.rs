//! The one thread-local: which execution runs on this OS thread.

use super::super::event::Intent;
use super::super::execution::{Execution, Stuck};
use super::fiber::{self, Limits};
use super::job::Leftover;
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

/// Makes the execution, which runs on another thread of the system, the running one of this thread too.
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
            // SAFETY: `announce` has chosen who goes on, and nothing ran since. It gave a pointer of the execution's own.
            unsafe { fiber::hop(self.0) };
        }
    }
}

impl Handle {
    /// Looks at or changes the execution. `f` runs no code of the subject and must not suspend; nothing it is given lives longer.
    #[inline(always)]
    pub(crate) fn with<R>(self, f: impl FnOnce(&mut Execution) -> R) -> R {
        let _alone = Alone::new();
        // SAFETY: `enter` made the pointer from the runner's unique reference, which the runner does not use until it has left, so
        // references are made here and in `announce` alone. None is alive now: `f` and what `announce` calls are of this crate, enter
        // the machine by no handle (`Alone` asserts that), never suspend, and call nothing of the subject: its functions run in
        // `compute`, its destructors where a leftover is discarded, both without a reference. What the system calls when it likes, the
        // handler of faults, reads what lies outside of the execution.
        f(unsafe { &mut *self.0 })
    }

    /// The place in the execution that a pointer from inside of it shows, for use while no reference into the execution is alive.
    ///
    /// A pointer made from a reference is good until the next reference is made. This one is made from what `enter` was
    /// given, from which all references are made as well.
    #[inline(always)]
    pub(super) fn place<T>(self, shown: *const T) -> *mut T {
        self.0.cast::<T>().with_addr(shown.addr())
    }

    /// What is left of the thread's job, to be discarded at once.
    pub(crate) fn leftover(self, thread: usize) -> Option<Leftover> {
        let leftover = self.with(|execution| execution.job(thread).leftover())?;
        Some(leftover.placed(|at| self.place(at)))
    }

    /// Suspends the calling thread, which may not go on but cannot unwind, until the runner finds that what it waits for is there.
    #[cold]
    pub(crate) fn stick(self, reason: Stuck) {
        let to = self.with(|execution| execution.stick(reason));
        let Some(to) = to else { fiber::raise() };
        // SAFETY: as for `give_way`.
        unsafe { fiber::hop(self.place(to)) };
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
        let alone = Alone::new();
        // SAFETY: as for `with`. A closure would be one function for all kinds of events, too large to be inlined: it must
        // be inlined, for then the kind is a constant.
        let execution = unsafe { &mut *self.0 };
        let to = execution.arrive(intent);
        drop(alone);
        // Nowhere stays nowhere.
        Turn(self.place(to))
    }

    /// Suspends the calling thread for the one that the execution has chosen, or for the runner when it is over.
    #[inline(always)]
    pub(crate) fn give_way(self) {
        let to = self.with(|execution| execution.hop_away());
        // SAFETY: the execution has said right now who goes on.
        unsafe { fiber::hop(self.place(to)) };
    }
}
