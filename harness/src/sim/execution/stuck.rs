//! Who cannot go on after the end, and what is being done about it.

use super::super::event::ObjectId;

/// Choice points that a thread may pass after the end, at a time.
pub(super) const PATIENCE: u32 = 10_000;

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
pub(super) struct StuckThread {
    pub(super) thread: usize,
    pub(super) reason: Stuck,
    pub(super) is_unwinding: bool,
}
