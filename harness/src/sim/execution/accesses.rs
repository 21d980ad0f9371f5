//! Loads and stores, performed.

use super::super::event::ObjectId;
use super::Execution;
use std::sync::atomic::Ordering;

impl Execution {
    #[inline(always)]
    pub(in crate::sim) fn read(&mut self, object: ObjectId, order: Ordering) -> u64 {
        if self.relaxed.is_on {
            return self.read_relaxed(object, order);
        }
        self.memory.read(self.me, object, order)
    }

    /// A write happened: whoever waits for a change of the object may look again.
    #[inline(always)]
    pub(in crate::sim) fn changed(&mut self, object: ObjectId) {
        let watchers = std::mem::take(&mut self.objects[object.index()].watchers);
        self.enabled |= watchers;
    }

    /// A load in an execution in which somebody wants to know, or memory is not sequentially
    /// consistent.
    #[inline(never)]
    pub(in crate::sim) fn load_attended(&mut self, object: ObjectId, order: Ordering) -> u64 {
        let value = self.read(object, order);
        self.record_read(object, value, None);
        value
    }

    #[inline(never)]
    pub(in crate::sim) fn store_attended(&mut self, object: ObjectId, value: u64, order: Ordering) {
        if self.relaxed.is_on {
            self.write_relaxed(object, value, order);
        } else {
            self.memory.write(self.me, object, value, order);
            self.changed(object);
        }
        self.record_access(None, Some(value));
    }

    #[inline(never)]
    pub(in crate::sim) fn store_release_attended(&mut self, object: ObjectId, value: u64) {
        if self.relaxed.is_on {
            self.write_released(object, value);
            self.record_access(None, Some(value));
        } else {
            self.store_attended(object, value, Ordering::Release);
        }
    }
}
