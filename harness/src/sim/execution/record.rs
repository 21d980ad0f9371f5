//! What is kept of each event for those who look at more than outcomes: traces, remarks, and what
//! steps of a search touch.

use super::super::event::{Event, Kind, ObjectId, Place, What};
use super::{Execution, RECORDING};
use crate::schedule::{Steer, THREADS_MAX};

impl Execution {
    /// The search that steers it, if it is one of that kind.
    pub(crate) fn steer<S: Steer>(&self) -> Option<&S> {
        self.decider.steer()
    }

    /// The same, when the execution is over.
    pub(in crate::sim) fn take_steer<S: Steer>(&mut self) -> Option<Box<S>> {
        self.decider.take_steer()
    }

    #[inline(always)]
    pub(in crate::sim) fn record(&mut self, what: What, place: Place) {
        if self.record.tracing {
            self.record.trace.push(Event { thread: self.me as u8, what, place });
        }
    }

    #[inline(always)]
    pub(super) fn is_recording(&self) -> bool {
        self.attention & RECORDING != 0
    }

    /// As `record_access`, of an event that has read the object: if the running thread evaluates an
    /// awaited condition, that is kept.
    #[inline(always)]
    pub(in crate::sim) fn record_read(&mut self, object: ObjectId, read: u64, written: Option<u64>) {
        if self.attention != 0 {
            self.keep_read(object, read, written);
        }
    }

    #[inline(never)]
    fn keep_read(&mut self, object: ObjectId, read: u64, written: Option<u64>) {
        if self.has_acted() {
            self.end_watch();
        }
        if self.attention & (1 << self.me) != 0 {
            // Who has seen an old write has something to see that was written since.
            let is_old = std::mem::take(&mut self.relaxed.has_seen_old);
            let version = self.memory.version(object).wrapping_sub(u32::from(is_old));
            self.threads[self.me].watched.push((object, version));
        }
        self.record_access(Some(read), written);
    }

    /// An update that has left the value as it was and told nobody anything: nobody can tell it
    /// from a read.
    pub(in crate::sim) fn record_silent_update(&mut self, object: ObjectId, value: u64) {
        if self.attention != 0 {
            self.record.is_silent = true;
            self.keep_read(object, value, Some(value));
            self.record.is_silent = false;
        }
    }

    /// Records the event that the running thread has announced.
    #[inline(always)]
    pub(in crate::sim) fn record_access(&mut self, read: Option<u64>, written: Option<u64>) {
        if self.is_recording() {
            self.keep_access(read, written);
        }
    }

    /// Not inlined, so that operations stay small for those who record nothing.
    #[inline(never)]
    fn keep_access(&mut self, read: Option<u64>, written: Option<u64>) {
        if self.decider.is_steered() {
            self.mark_event(read, written.filter(|_| !self.record.is_silent));
        }
        if self.record.tracing {
            self.trace_access(read, written);
        }
    }

    fn trace_access(&mut self, read: Option<u64>, written: Option<u64>) {
        let me = self.me % THREADS_MAX;
        let intent = &self.threads[me].intent;
        let key = self.names.announced[me].key();
        let object = if intent.kind == Kind::Join { intent.second } else { intent.object };
        let is_unusual = std::mem::take(&mut self.relaxed.is_unusual);
        let what =
            What::Access { kind: intent.kind, object, footprint: intent.footprint(), key, read, written, is_unusual };
        self.record.trace.push(Event { thread: me as u8, what, place: intent.place });
    }

    /// Whether a trace is kept.
    pub(crate) fn tracing(&self) -> bool {
        self.record.tracing
    }

    /// Keeps what the subject says of itself, for the trace.
    pub(crate) fn remark(&mut self, text: String, place: Place) {
        let number = self.record.remarks.len() as u32;
        self.record.remarks.push(text);
        self.record(What::Remark(number), place);
    }

    pub(crate) fn remarks(&self) -> &[String] {
        &self.record.remarks
    }

    pub(crate) fn trace(&self) -> &[Event] {
        &self.record.trace
    }
}
