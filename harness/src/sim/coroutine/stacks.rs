//! The stacks of the threads of one runner, one for each thread number.

use super::switch::{Context, First, Stack};
use crate::schedule::THREADS_MAX;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// Bytes of stack that must be left at a choice point, for the simulator and for handling a panic.
const STACK_RESERVE: usize = 24 * 1024;

/// Where the guard pages of the stacks of a runner end, by thread number; 0 where there is no
/// stack. For the handler of faults, which must find them while the execution is being changed: so
/// they lie outside of it, and are never changed by reference.
pub(in crate::sim) type Limits = [AtomicUsize; THREADS_MAX];

/// The stacks of threads 0, 1, 2 and so on, as far as they were needed. Between two jobs a stack
/// holds nothing that needs dropping.
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

    /// Makes the stack of the next thread that has none. Returns its floor: where the usable part
    /// ends, with the reserve; a thread below this at a choice point is ended.
    #[cold]
    pub(in crate::sim) fn make(&mut self) -> usize {
        let (stack, floor) = self.new_stack(self.stacks.len());
        self.stacks.push(stack);
        floor
    }

    /// Gives the thread another stack and leaks the one it has: nothing that lives on it goes away,
    /// ever. Returns the floor of the new one.
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

    /// Where what is on the stack of the thread ends.
    pub(in crate::sim) fn top(&self, thread: usize) -> usize {
        self.stacks[thread].top()
    }

    /// The stack of the thread, without whatever is on it, where it is going to begin with this
    /// function.
    #[inline(always)]
    pub(in crate::sim) fn prepare(&self, thread: usize, first: First) -> Context {
        self.stacks[thread].prepare(first)
    }
}
