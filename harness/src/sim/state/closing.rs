//! Whether an execution is over, and why.

use super::super::end::Fault;

/// Why nobody goes on.
#[derive(Clone, Debug)]
pub(in crate::sim) enum Ending {
    Completed,
    Resting,
    Deadlock,
    Livelock,
    StepLimit,
    /// A search has explored elsewhere what would follow.
    Redundant,
    Fault(FaultKind, Fault),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    Bug,
    Race,
    Panic,
    Misuse,
    StackLow,
}

/// Whether the execution is over, and why.
///
/// Invariant: what is torn down is over, except while a panic of its own unwinds the thread that
/// has torn it down; and what is over stays as it ended.
pub(in crate::sim) struct Closing {
    /// What unwinding stacks still do has no effect.
    pub(in crate::sim) is_torn_down: bool,
    /// The thread whose panic has torn down the execution.
    pub(in crate::sim) unwinding: Option<usize>,
    pub(in crate::sim) is_over: bool,
    pub(in crate::sim) ending: Ending,
    /// Panics that wait at the end of a scope until its threads have ended.
    pub(in crate::sim) delayed: Vec<Fault>,
}

impl Closing {
    pub(in crate::sim) fn new() -> Closing {
        let ending = Ending::Completed;
        Closing { is_torn_down: false, unwinding: None, is_over: false, ending, delayed: Vec::new() }
    }

    #[inline(always)]
    pub(in crate::sim) fn reset(&mut self) {
        self.is_torn_down = false;
        self.unwinding = None;
        self.is_over = false;
        self.ending = Ending::Completed;
        self.delayed.clear();
    }
}
