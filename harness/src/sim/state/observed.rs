//! What the subject has told.

use super::super::object::Label;
use crate::schedule::THREADS_MAX;

/// Columns of observers beside those of the threads.
pub const OBSERVERS_MAX: usize = 8;

/// What the subject has told.
///
/// Invariant: histories of columns that do not exist are empty.
pub(in crate::sim) struct Observed {
    /// Those of threads, then those of observers.
    pub(in crate::sim) histories: Vec<Vec<u64>>,
    pub(in crate::sim) observers: Vec<Label>,
    /// Texts of the warnings in the histories.
    pub(in crate::sim) warnings: Vec<(u64, &'static str)>,
    pub(in crate::sim) goals: u64,
}

impl Observed {
    pub(in crate::sim) fn new() -> Observed {
        Observed {
            histories: vec![Vec::new(); THREADS_MAX + OBSERVERS_MAX],
            observers: Vec::new(),
            warnings: Vec::new(),
            goals: 0,
        }
    }

    /// `threads` is how many there were in the execution before.
    pub(in crate::sim) fn reset(&mut self, threads: usize) {
        for history in &mut self.histories[..threads] {
            history.clear();
        }
        for history in &mut self.histories[THREADS_MAX..THREADS_MAX + self.observers.len()] {
            history.clear();
        }
        self.observers.clear();
        self.warnings.clear();
        self.goals = 0;
    }
}
