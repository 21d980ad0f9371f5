//! Orderings that are taken away.

use super::super::weakened::Weakened;

/// Places whose orderings are taken away in this execution.
pub(in crate::sim) struct Weakening {
    pub(in crate::sim) places: Vec<Weakened>,
    /// How often one was.
    pub(in crate::sim) count: u64,
}

impl Weakening {
    pub(in crate::sim) fn new() -> Weakening {
        Weakening { places: Vec::new(), count: 0 }
    }

    #[inline(always)]
    pub(in crate::sim) fn reset(&mut self) {
        self.places.clear();
        self.count = 0;
    }
}
