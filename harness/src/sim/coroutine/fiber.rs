//! The stacks of the threads of one runner, one for each thread number, and what runs on them.

use super::current::{self, Handle};
use super::job::run;
use super::switch::{Context, GO_ON, UNWIND, prepare, switch};
use corosensei::stack::{DefaultStack, Stack};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// What becomes of the stack of a thread that is still blocked when its execution ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Abandon {
    /// It is unwound: what lives on it is dropped. Right for every subject; costs some microseconds a thread.
    #[default]
    Unwind,
    /// It is reused as it is: what lives on it is leaked. For subjects that keep nothing on their stacks that needs dropping.
    Forget,
}

/// Bytes of stack a thread has, the guard page not counted.
const STACK_SIZE: usize = 256 * 1024;

/// Bytes of stack that must be left at a choice point, for the simulator and for handling a panic.
pub(in crate::sim) const STACK_RESERVE: usize = 24 * 1024;

/// The stacks of threads 0, 1, 2 and so on, as far as they were needed. Between two jobs a stack holds nothing that needs dropping.
pub(in crate::sim) struct Stacks(Vec<DefaultStack>);

impl Stacks {
    pub(in crate::sim) fn new() -> Stacks {
        Stacks(Vec::new())
    }

    /// Whether the thread has a stack.
    #[inline(always)]
    pub(in crate::sim) fn has(&self, thread: usize) -> bool {
        thread < self.0.len()
    }

    /// Makes the stack of the next thread that has none. Returns its floor: where the usable part ends, with the reserve; a thread below
    /// this at a choice point is ended.
    #[cold]
    pub(in crate::sim) fn make(&mut self) -> usize {
        let stack = DefaultStack::new(STACK_SIZE).expect("the system has no memory left for a stack");
        let floor = stack.limit().get() + STACK_RESERVE;
        self.0.push(stack);
        floor
    }

    /// The stack of the thread, without whatever is on it, where it is going to run its job: the closure of these types.
    #[inline(always)]
    pub(in crate::sim) fn prepare<F: FnOnce() -> T, T>(&self, thread: usize) -> Context {
        let top = self.0[thread].base().get() as *mut usize;
        // SAFETY: the stack is ours, and what was on it is done or forgotten.
        unsafe { prepare::<F, T>(top) }
    }
}

/// Suspends the calling thread until it is resumed, and resumes `to`.
///
/// # Safety
/// `hop_away` has returned `to`, and nothing ran since.
#[inline(always)]
pub(super) unsafe fn hop(to: *const Context) {
    let from = current::get().with(|execution| execution.from());
    // SAFETY: every stack that an execution lets go on was suspended by `switch` or is new; the execution is changed through
    // `Handle::with` alone, which has returned.
    if unsafe { switch(from, to, GO_ON) } != GO_ON {
        unwind();
    }
}

/// Where the runner says which thread goes on, for a watchdog on another OS thread.
pub(in crate::sim) struct Beat(*const AtomicUsize);

impl Beat {
    pub(in crate::sim) const NONE: Beat = Beat(std::ptr::null());

    /// Until it is set again threads run only while `turn` lives: the runner borrows it while it runs them.
    pub(in crate::sim) fn set(&mut self, turn: &AtomicUsize) {
        self.0 = turn;
    }

    #[inline(always)]
    pub(in crate::sim) fn tell(&self, thread: usize) {
        // SAFETY: see `set`; threads run, so it is set.
        unsafe { (*self.0).store(thread, Relaxed) };
    }
}

/// The payload of the unwinding of an abandoned stack.
struct Abandoned;

#[cold]
#[inline(never)]
fn unwind() -> ! {
    resume_unwind(Box::new(Abandoned))
}

/// Lets the thread that the execution has chosen go on, and all that it hands over to, until the execution is over.
#[inline(never)]
pub(in crate::sim) fn go(here: Handle) {
    let (from, to) = here.with(|execution| execution.hop_in());
    // SAFETY: the runner's stack is suspended while threads run; the thread is suspended or new.
    unsafe { switch(from, to, GO_ON) };
}

/// Clears the stack of the running thread, by name, which is suspended in the middle of its job.
///
/// If it is to be forgotten there is nothing to do: the next job begins with an empty stack. Leaking what is on it is sound: nothing outside
/// of the execution refers to it, and threads that borrow from it (`thread::scope`) are of the same execution and never run again either.
pub(in crate::sim) fn abandon(here: Handle, thread: usize, abandon: Abandon) {
    if abandon == Abandon::Unwind {
        let (from, to) = here.with(|execution| execution.hop_in());
        // SAFETY: as for `go`. The thread is suspended in `hop`, since it is in the middle of its job.
        unsafe { switch(from, to, UNWIND) };
        assert!(!here.with(|execution| execution.has_begun(thread)), "the unwinding of an abandoned thread was caught");
    }
}

/// What a thread does: its job, and giving way for good.
pub(super) extern "C" fn entry<F: FnOnce() -> T, T>() -> ! {
    let here = current::get();
    let at = here.with(|execution| execution.begin());
    // SAFETY: `begin` gave the place of a job that is ready; it was installed with this closure, see `prepare`; nobody else touches it until `done`.
    let ended = catch_unwind(AssertUnwindSafe(|| unsafe { run::<F, T>(at) }));
    let to = match ended {
        Ok(()) => here.with(|execution| execution.finish()),
        Err(payload) => {
            ended_in_panic(here, payload);
            here.with(|execution| execution.hop_away())
        }
    };
    let from = here.with(|execution| execution.from());
    // SAFETY: as for `hop`. Nothing is left on this stack.
    unsafe { switch(from, to, GO_ON) };
    unreachable!("a thread that has ended goes on")
}

#[cold]
#[inline(never)]
fn ended_in_panic(here: Handle, payload: Box<dyn Any + Send>) {
    // When the stack was abandoned the panic has done what it was for.
    if here.with(|execution| execution.is_unwound_by_runner()) {
        here.with(|execution| execution.unwound());
    } else {
        here.with(|execution| execution.panicked(message(payload.as_ref())));
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic without a message".to_owned()
    }
}
