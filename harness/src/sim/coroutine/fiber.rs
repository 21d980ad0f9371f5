//! The pool of coroutines of one runner, one for each thread number.

use super::current;
use crate::schedule::THREADS_MAX;
use corosensei::stack::{DefaultStack, Stack};
use corosensei::{Coroutine, Yielder};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

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

type Fiber = Coroutine<(), (), (), DefaultStack>;

pub(crate) struct Fibers {
    /// Invariant: `fibers[n]` runs jobs of thread `n` only.
    fibers: Vec<Option<Fiber>>,
}

impl Fibers {
    pub(crate) fn new() -> Fibers {
        Fibers { fibers: (0..THREADS_MAX).map(|_| None).collect() }
    }

    /// Runs the thread until it gives way or ends.
    #[inline(always)]
    pub(crate) fn go_on(&mut self, thread: usize) {
        match &mut self.fibers[thread] {
            Some(fiber) => {
                fiber.resume(());
            }
            None => self.make(thread),
        }
    }

    #[cold]
    fn make(&mut self, thread: usize) {
        let stack = DefaultStack::new(STACK_SIZE).expect("the system has no memory left for a stack");
        self.fibers[thread] = Some(fiber(thread, stack));
        self.go_on(thread);
    }

    /// Takes the stack of a thread that is suspended in the middle of its job.
    pub(crate) fn abandon(&mut self, thread: usize, abandon: Abandon) {
        let Some(mut old) = self.fibers[thread].take() else { return };
        match abandon {
            Abandon::Unwind => old.force_unwind(),
            // SAFETY: leaking what is on the stack is sound: nothing outside of the execution refers to it, and threads
            // that borrow from it (`thread::scope`) are of the same execution and never run again either.
            Abandon::Forget => unsafe { old.force_reset() },
        }
        self.fibers[thread] = Some(fiber(thread, old.into_stack()));
    }
}

impl Drop for Fibers {
    fn drop(&mut self) {
        for fiber in self.fibers.iter_mut().flatten() {
            // SAFETY: every fiber is suspended between two jobs, where its stack holds nothing that needs dropping.
            unsafe { fiber.force_reset() };
        }
    }
}

/// Where the usable part of a stack ends, with the reserve: a thread below this at a choice point is ended.
fn floor(stack: &DefaultStack) -> usize {
    stack.limit().get() + STACK_RESERVE
}

fn fiber(thread: usize, stack: DefaultStack) -> Fiber {
    let floor = floor(&stack);
    Coroutine::with_stack(stack, move |yielder: &Yielder<(), ()>, ()| {
        loop {
            work(thread, yielder, floor);
            yielder.suspend(());
        }
    })
}

/// Runs one job of the thread to its end, and tells the execution how it ended.
fn work(thread: usize, yielder: &Yielder<(), ()>, floor: usize) {
    let here = current::get();
    let (run, at) = here.with(|execution| {
        execution.begin(thread, yielder, floor);
        execution.job(thread).start()
    });
    // SAFETY: `start` gave the function and the place of a job that is ready; nobody else touches the job until `done`.
    let ended = catch_unwind(AssertUnwindSafe(|| unsafe { run(at) }));
    match ended {
        Ok(()) => here.with(|execution| {
            execution.keep_result(thread);
            execution.finish(thread);
        }),
        Err(payload) if here.with(|execution| execution.is_unwound_by_runner()) => resume_unwind(payload),
        Err(payload) => here.with(|execution| execution.panicked(thread, message(payload.as_ref()))),
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
