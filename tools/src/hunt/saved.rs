//! Whose find lies in the file of a class: of several workers, that of the earliest case.
//!
//! Invariant: a file is never replaced by that of a later case. The ledger alone does not tell, for
//! a worker saves a find before the case is finished and entered there.

use std::collections::BTreeMap;

/// For each class, the earliest case that this run has saved a find of.
#[derive(Default)]
pub struct Saved(BTreeMap<String, u64>);

impl Saved {
    /// Whether a find of the class, from this case, is to be saved; if so, it counts as saved.
    pub fn takes(&mut self, class: String, case: u64) -> bool {
        let earliest = self.0.entry(class).or_insert(case);
        *earliest = case.min(*earliest);
        *earliest == case
    }
}

#[cfg(test)]
mod tests {
    use super::Saved;

    #[test]
    fn the_earliest_case_keeps_the_file_whoever_is_faster() {
        let mut saved = Saved::default();
        let mut takes = |case| saved.takes("class".to_owned(), case);
        assert!(takes(24), "nobody else has one");
        assert!(takes(2), "an earlier case replaces it");
        assert!(!takes(24), "the later one is minimized now, and comes too late");
        assert!(takes(2), "the earlier one is minimized");
        assert!(saved.takes("another".to_owned(), 24));
    }
}
