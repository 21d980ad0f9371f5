//! Happens-before among the steps of one execution.

use crate::schedule::THREADS_MAX;

/// For every thread which of its steps come before, by the order of dependent steps. A step is known by its number in the execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(super) struct Clock([u32; THREADS_MAX]);

impl Clock {
    pub(super) const ZERO: Clock = Clock([0; THREADS_MAX]);

    #[inline(always)]
    pub(super) fn join(&mut self, other: &Clock) {
        *self = Clock(std::array::from_fn(|thread| self.0[thread].max(other.0[thread])));
    }

    /// Whether that step of that thread comes before.
    #[inline(always)]
    pub(super) fn includes(&self, thread: usize, step: u32) -> bool {
        self.0[thread % THREADS_MAX] > step
    }

    #[inline(always)]
    pub(super) fn add(&mut self, thread: usize, step: u32) {
        self.0[thread % THREADS_MAX] = step + 1;
    }
}
