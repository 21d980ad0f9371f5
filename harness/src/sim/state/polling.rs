//! Threads that read the same again and again.

use super::super::event::{ObjectId, Place};
use crate::schedule::THREADS_MAX;

/// In `Polling::seen`: the thread is watched. The other bits stand for what it has read, and where.
pub(in crate::sim) const WATCHED: u64 = 1 << 63;

/// A hash of all that is local to a thread: its registers, and its stack. 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct LocalState(pub(in crate::sim) u64, pub(in crate::sim) u64);

/// Where a thread may be in a loop, and what was local to it there.
#[derive(Clone, Copy)]
pub(in crate::sim) struct Watch {
    pub(in crate::sim) place: Place,
    pub(in crate::sim) object: ObjectId,
    pub(in crate::sim) local: LocalState,
    /// How often it has come back since, with nothing changed.
    pub(in crate::sim) rounds: u32,
    /// Repeated reads elsewhere since, and how many may come before the loop is looked for there.
    pub(in crate::sim) age: u32,
    pub(in crate::sim) patience: u32,
}

/// What threads have done since they last did more than look.
///
/// Invariant: a thread is in `watching` while its bit in `Execution::attention` is set for that
/// reason; its watch is good as long as `seen` has [`WATCHED`], which whatever has an effect
/// clears.
pub(in crate::sim) struct Polling {
    /// For each thread, a bit for each place and object that it has read. Two may share one.
    pub(in crate::sim) seen: [u64; THREADS_MAX],
    pub(in crate::sim) watches: [Option<Watch>; THREADS_MAX],
    pub(in crate::sim) watching: u32,
    /// How often a thread comes back, with nothing changed, before it waits. At least 1.
    pub(in crate::sim) rounds_max: u32,
    /// Somebody has waited.
    pub(in crate::sim) has_waited: bool,
    /// Threads that wait, in a loop, until somebody writes what they read there.
    pub(in crate::sim) waiting: u32,
    /// Threads whose last attempt that may fail for no reason did.
    pub(in crate::sim) spurious: u32,
    /// Weak: threads whose next read sees something new, if there is something.
    pub(in crate::sim) insisting: u32,
}

impl Polling {
    pub(in crate::sim) fn new() -> Polling {
        Polling {
            seen: [0; THREADS_MAX],
            watches: [None; THREADS_MAX],
            watching: 0,
            rounds_max: 1,
            has_waited: false,
            waiting: 0,
            spurious: 0,
            insisting: 0,
        }
    }

    #[inline(always)]
    pub(in crate::sim) fn reset(&mut self, rounds_max: u32) {
        self.rounds_max = rounds_max;
        self.has_waited = false;
        self.watching = 0;
        self.waiting = 0;
        self.spurious = 0;
        self.insisting = 0;
    }
}
