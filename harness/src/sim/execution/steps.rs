//! Choice points that an execution may still have.

use super::Execution;

impl Execution {
    /// Choice points passed.
    pub(crate) fn steps(&self) -> u64 {
        self.steps.max - self.steps.left
    }

    /// From here on the running thread only computes: there are no steps left, so it comes by
    /// [`Execution::act`] if it does more.
    #[inline(always)]
    pub(in crate::sim) fn compute(&mut self) {
        if !self.closing.is_torn_down {
            self.steps.kept_back = Some(std::mem::take(&mut self.steps.left));
        }
    }

    /// The running thread computes no more.
    #[inline(always)]
    pub(in crate::sim) fn act(&mut self) {
        if let Some(left) = self.steps.kept_back.take() {
            self.steps.left = left;
        }
    }

    pub(super) fn is_computing(&self) -> bool {
        self.steps.kept_back.is_some()
    }
}
