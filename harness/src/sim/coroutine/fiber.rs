//! The stacks of the threads of one runner, one for each thread number, and what runs on them.

use super::super::execution::Clearing;
use super::super::results::let_go_of_own;
use super::current::{self, Handle};
use super::guard::die;
use super::job::run;
use super::switch::{Context, GO_ON, Stack, UNWIND, leave, switch};
use crate::schedule::THREADS_MAX;
use std::any::Any;
use std::mem::needs_drop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// What becomes of the stack of a thread that is still blocked when its execution ends.
///
/// There is one answer. A stack whose frames vanish while others borrow from them would break what safe code relies on:
///
/// ```compile_fail,E0599
/// let _ = lockstep::Abandon::Forget;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Abandon {
    /// It is unwound: what lives on it is dropped. Costs some microseconds a thread.
    #[default]
    Unwind,
}

/// Bytes of stack that must be left at a choice point, for the simulator and for handling a panic.
const STACK_RESERVE: usize = 24 * 1024;

/// Where the guard pages of the stacks of a runner end, by thread number; 0 where there is no stack. For the handler of faults, which
/// must find them while the execution is being changed: so they lie outside of it, and are never changed by reference.
pub(in crate::sim) type Limits = [AtomicUsize; THREADS_MAX];

/// The stacks of threads 0, 1, 2 and so on, as far as they were needed. Between two jobs a stack holds nothing that needs dropping.
pub(in crate::sim) struct Stacks {
    stacks: Vec<Stack>,
    limits: Arc<Limits>,
}

impl Stacks {
    pub(in crate::sim) fn new() -> Stacks {
        Stacks { stacks: Vec::new(), limits: Arc::new([const { AtomicUsize::new(0) }; THREADS_MAX]) }
    }

    /// Whether the thread has a stack.
    #[inline(always)]
    pub(in crate::sim) fn has(&self, thread: usize) -> bool {
        thread < self.stacks.len()
    }

    /// The limits, for as long as the stacks exist.
    #[inline(always)]
    pub(in crate::sim) fn limits(&self) -> *const Limits {
        Arc::as_ptr(&self.limits)
    }

    /// Makes the stack of the next thread that has none. Returns its floor: where the usable part ends, with the reserve; a thread below
    /// this at a choice point is ended.
    #[cold]
    pub(in crate::sim) fn make(&mut self) -> usize {
        let (stack, floor) = self.new_stack(self.stacks.len());
        self.stacks.push(stack);
        floor
    }

    /// Gives the thread another stack and leaks the one it has: nothing that lives on it goes away, ever. Returns the floor of the new one.
    #[cold]
    pub(in crate::sim) fn replace(&mut self, thread: usize) -> usize {
        let (stack, floor) = self.new_stack(thread);
        std::mem::forget(std::mem::replace(&mut self.stacks[thread], stack));
        floor
    }

    fn new_stack(&self, thread: usize) -> (Stack, usize) {
        let stack = Stack::new();
        let limit = stack.limit();
        self.limits[thread].store(limit, Relaxed);
        (stack, limit + STACK_RESERVE)
    }

    /// The stack of the thread, without whatever is on it, where it is going to run its job: the closure of these types.
    #[inline(always)]
    pub(in crate::sim) fn prepare<F: FnOnce() -> T, T>(&self, thread: usize) -> Context {
        self.stacks[thread].prepare::<F, T>()
    }
}

/// Suspends the calling thread until it is resumed, and resumes `to`.
///
/// # Safety
/// `to` is the [place](Handle::place) of what `hop_away` has returned, and nothing ran since.
#[inline(always)]
pub(super) unsafe fn hop(to: *const Context) {
    let here = current::get();
    let from = here.place(here.with(|execution| execution.from()));
    // SAFETY: `hop_away` lets go on what was suspended by `switch` or is new, and says where to leave the running stack. No reference into
    // the execution is alive, here or on any suspended stack: `Handle::with` and `announce` have returned everywhere. Both
    // pointers are places of the handle, so they are good although references were made since the execution showed them.
    if unsafe { switch(from, to, GO_ON) } != GO_ON {
        raise();
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
///
/// A subject can catch it. When it then drops what it has caught, it is unwound again, from there: so a loop around the catching ends too.
struct Abandoned;

impl Drop for Abandoned {
    fn drop(&mut self) {
        if !std::thread::panicking()
            && current::is_inside()
            && current::get().with(|execution| execution.clearing() == Clearing::Stacks)
        {
            raise();
        }
    }
}

/// Unwinds the stack of the running thread.
#[cold]
#[inline(never)]
pub(in crate::sim) fn raise() -> ! {
    resume_unwind(Box::new(Abandoned))
}

/// Drops a panic that was caught. Its destructor is the subject's: it can panic too, with one whose destructor panics, and so on;
/// there is an end to our patience with that.
pub(in crate::sim) fn drop_quietly(payload: Box<dyn Any + Send>) {
    let mut payload = payload;
    for _ in 0..8 {
        if payload.is::<Abandoned>() {
            break;
        }
        match catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            Ok(()) => return,
            Err(next) => payload = next,
        }
    }
    std::mem::forget(payload);
}

/// Lets the thread that the execution has chosen go on, and all that it hands over to, until the execution is over.
#[inline(never)]
pub(in crate::sim) fn go(here: Handle) {
    // SAFETY: the thread is suspended or new.
    unsafe { leave_runner(here, GO_ON) };
}

/// Unwinds the stack of the running thread, by name, which is suspended in the middle of its job, until it has ended or is stuck.
pub(in crate::sim) fn abandon(here: Handle) {
    // SAFETY: the thread is suspended in `hop`, since it is in the middle of its job.
    unsafe { leave_runner(here, UNWIND) };
}

/// # Safety
/// The running thread, by name, is suspended, or new if it is to go on.
unsafe fn leave_runner(here: Handle, order: usize) {
    let (from, to) = here.with(|execution| execution.hop_in());
    // SAFETY: the runner's own stack is suspended while threads run, so its context is free; the caller says what `to` is. Both are places
    // of the handle, and no reference into the execution is alive, as in `hop`.
    unsafe { switch(here.place(from), here.place(to), order) };
}

/// Gives up a thread that is stuck for ever.
///
/// What lives on its stack is never dropped and never moved, and the thread never runs. That is sound unless somebody else relies on what
/// the stack would still do before it lets go of a borrow, as threads of the system do that it has started in a scope and waits
/// for. Its own frames stay, so they can go on borrowing from these; but what the body of the execution borrows goes away.
///
/// Limit: so do the thread-locals of the runner's thread when that ends. A subject that lends one to a thread of the system, in a scope
/// that it never leaves because it keeps all that it catches, is not found out.
#[cold]
pub(in crate::sim) fn give_up(here: Handle, thread: usize) {
    let (borrows, is_unwinding) =
        here.with(|execution| (execution.borrows_from_caller(thread), execution.is_stuck_unwinding(thread)));
    if borrows || is_unwinding {
        die(thread, if borrows { BORROWS } else { UNWINDS });
    }
    here.with(|execution| execution.lose(thread));
}

const BORROWS: &str = "its stack borrows from whoever runs it, so it cannot be given up";
const UNWINDS: &str = "it waits in a destructor that runs while its stack unwinds, so it cannot be given up";

/// What a thread does: its job, and giving way for good.
pub(super) extern "C" fn entry<F: FnOnce() -> T, T>() {
    let here = current::get();
    let at = here.place(here.with(|execution| execution.begin()));
    let ended = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: `begin` gave the place of a job that is ready; it was installed with this closure, see `prepare`; nobody else touches it
        // until the job is done. It is a place of the handle, so it is good between the references that are made while the closure runs.
        unsafe { run::<F, T>(at) };
        if needs_drop::<T>() {
            let_go_of_own(here);
        }
    }));
    let to = match ended {
        Ok(()) => here.with(|execution| execution.finish()),
        Err(payload) => {
            ended_in_panic(here, payload);
            here.with(|execution| execution.hop_away())
        }
    };
    let from = here.with(|execution| execution.from());
    // SAFETY: as for `hop`. Nothing is left on this stack.
    unsafe { leave(here.place(from), here.place(to)) };
}

#[cold]
#[inline(never)]
fn ended_in_panic(here: Handle, payload: Box<dyn Any + Send>) {
    // When the stack was abandoned the panic has done what it was for.
    if here.with(|execution| execution.is_unwound_by_runner()) {
        here.with(|execution| execution.unwound());
    } else {
        let message = message(payload.as_ref());
        here.with(|execution| execution.panicked(message));
    }
    if payload.is::<Abandoned>() {
        // It holds nothing, and its destructor is for those who catch it in the middle.
        std::mem::forget(payload);
    } else {
        here.with(|execution| execution.keep_payload(payload));
    }
}

pub(crate) fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic without a message".to_owned()
    }
}
