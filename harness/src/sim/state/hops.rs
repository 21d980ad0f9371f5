//! How threads give way to one another.

use super::super::coroutine::{Beat, Context};

/// How threads give way to one another.
///
/// Invariant: `from` is null, or the context of the thread that gives way, until another one goes
/// on.
pub(in crate::sim) struct Hops {
    /// Whoever was chosen to go on.
    pub(in crate::sim) next: usize,
    /// Where the thread that gives way leaves its stack.
    pub(in crate::sim) from: *mut Context,
    /// The stack of the runner, while threads run.
    pub(in crate::sim) runner: Context,
    /// Where a watchdog reads which thread runs.
    pub(in crate::sim) beat: Beat,
}

impl Hops {
    pub(in crate::sim) fn new() -> Hops {
        Hops { next: 0, from: std::ptr::null_mut(), runner: Context::NONE, beat: Beat::NONE }
    }
}
