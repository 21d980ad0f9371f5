//! How many choice points an execution may still have.

/// The step limit, and what is left of it.
///
/// Invariant: while a function of the subject computes, nothing is left and `kept_back` has it: so
/// whoever passes a choice point then comes by the path of those that are at their limit.
pub(in crate::sim) struct Steps {
    pub(in crate::sim) left: u64,
    /// How many there were to begin with; once the execution is torn down, how many were made.
    pub(in crate::sim) max: u64,
    pub(in crate::sim) kept_back: Option<u64>,
}

impl Steps {
    pub(in crate::sim) fn new() -> Steps {
        Steps { left: 0, max: 0, kept_back: None }
    }

    #[inline(always)]
    pub(in crate::sim) fn reset(&mut self, max: u64) {
        self.left = max;
        self.max = max;
    }

    /// Nobody makes a step any more.
    pub(in crate::sim) fn end(&mut self) {
        self.max -= self.left;
        self.left = 0;
    }
}
