//! What awaited conditions did.

use super::super::unfit::Unfit;

/// What awaited conditions did.
pub(in crate::sim) struct Conditions {
    /// Threads that look again at what they await.
    pub(in crate::sim) insisting: u32,
    /// What conditions under evaluation did that they may not do.
    pub(in crate::sim) unfit: Vec<Unfit>,
}

impl Conditions {
    pub(in crate::sim) fn new() -> Conditions {
        Conditions { insisting: 0, unfit: Vec::new() }
    }

    #[inline(always)]
    pub(in crate::sim) fn reset(&mut self) {
        self.insisting = 0;
        self.unfit.clear();
    }
}
