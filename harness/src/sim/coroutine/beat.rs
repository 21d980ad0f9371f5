//! Who runs, for those who look from another thread of the system.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// Where the runner says which thread goes on, for a watchdog on another OS thread.
pub(in crate::sim) struct Beat(*const AtomicUsize);

impl Beat {
    pub(in crate::sim) const NONE: Beat = Beat(std::ptr::null());

    /// Until it is set again threads run only while `turn` lives: the runner borrows it while it
    /// runs them.
    pub(in crate::sim) fn set(&mut self, turn: &AtomicUsize) {
        self.0 = turn;
    }

    #[inline(always)]
    pub(in crate::sim) fn tell(&self, thread: usize) {
        // SAFETY: see `set`; threads run, so it is set.
        unsafe { (*self.0).store(thread, Relaxed) };
    }
}
