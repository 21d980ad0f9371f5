//! The trace.

use super::super::event::Event;

/// The trace.
///
/// Invariant: empty unless `tracing`.
pub(in crate::sim) struct Record {
    pub(in crate::sim) tracing: bool,
    /// The update that is recorded has left the value as it was and told nobody anything: it is no
    /// write.
    pub(in crate::sim) is_silent: bool,
    pub(in crate::sim) trace: Vec<Event>,
    pub(in crate::sim) remarks: Vec<String>,
}

impl Record {
    pub(in crate::sim) fn new() -> Record {
        Record { tracing: false, is_silent: false, trace: Vec::new(), remarks: Vec::new() }
    }

    #[inline(always)]
    pub(in crate::sim) fn reset(&mut self, tracing: bool) {
        self.tracing = tracing;
        self.trace.clear();
        self.remarks.clear();
    }
}
