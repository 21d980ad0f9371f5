//! Happens-before among the steps of one execution.

/// For every process which of its steps come before, by the order of dependent steps. A step is known by its number in the execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(super) struct Clock<const PROCESSES: usize>([u32; PROCESSES]);

impl<const PROCESSES: usize> Clock<PROCESSES> {
    pub(super) const ZERO: Clock<PROCESSES> = Clock([0; PROCESSES]);

    #[inline(always)]
    pub(super) fn join(&mut self, other: &Clock<PROCESSES>) {
        *self = Clock(std::array::from_fn(|process| self.0[process].max(other.0[process])));
    }

    /// Whether that step of that process comes before.
    #[inline(always)]
    pub(super) fn includes(&self, process: usize, step: u32) -> bool {
        self.0[process % PROCESSES] > step
    }

    #[inline(always)]
    pub(super) fn add(&mut self, process: usize, step: u32) {
        self.0[process % PROCESSES] = step + 1;
    }
}
