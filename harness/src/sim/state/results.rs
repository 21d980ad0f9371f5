//! Who has let go of what threads have returned.

use super::super::ticket::Ticket;

/// Who has let go of what threads have returned.
pub(in crate::sim) struct Results {
    /// Threads that ended with a result which has to be dropped if nobody takes it.
    pub(in crate::sim) kept: u32,
    /// The words of results that a thread or its handle has let go of, with the numbers of the
    /// threads.
    pub(in crate::sim) words: Vec<(usize, Ticket)>,
    /// Threads whose handles were dropped.
    pub(in crate::sim) handles_dropped: u32,
}

impl Results {
    pub(in crate::sim) fn new() -> Results {
        Results { kept: 0, words: Vec::new(), handles_dropped: 0 }
    }

    #[inline(always)]
    pub(in crate::sim) fn reset(&mut self) {
        self.kept = 0;
        self.words.clear();
        self.handles_dropped = 0;
    }
}
