//! Who cannot go on after the end, and what is being done about it.

use super::super::event::ObjectId;
use std::any::Any;

/// Choice points that a thread may pass after the end, at a time.
pub(in crate::sim) const PATIENCE: u32 = 10_000;

/// What the runner is clearing away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Clearing {
    No,
    /// The stack of the running thread unwinds.
    Stacks,
    /// Destructors of what never was on a stack run on the runner's own.
    Leftovers,
}

/// What a thread waits for that can neither go on nor unwind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stuck {
    /// The lock.
    Lock(ObjectId),
    /// That nothing is left of the threads, which borrow from it.
    Threads(u32),
    ForEver,
}

/// A thread that is stuck.
pub(in crate::sim) struct StuckThread {
    pub(in crate::sim) thread: usize,
    pub(in crate::sim) reason: Stuck,
    pub(in crate::sim) is_unwinding: bool,
}

/// What is being cleared away, and what stands in the way.
///
/// Invariant: a thread is stuck once at most.
pub(in crate::sim) struct Clearance {
    pub(in crate::sim) now: Clearing,
    /// Threads that are stuck, and why.
    pub(in crate::sim) stuck: Vec<StuckThread>,
    /// Choice points that a thread may still pass after the end.
    pub(in crate::sim) patience: u32,
    /// Panics of the subject that are not dropped yet.
    pub(in crate::sim) payloads: Vec<Box<dyn Any + Send>>,
}

impl Clearance {
    pub(in crate::sim) fn new() -> Clearance {
        Clearance { now: Clearing::No, stuck: Vec::new(), patience: PATIENCE, payloads: Vec::new() }
    }

    #[inline(always)]
    pub(in crate::sim) fn reset(&mut self) {
        self.stuck.clear();
        self.patience = PATIENCE;
    }
}
