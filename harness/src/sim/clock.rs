//! Vector clocks: which release operations of every thread are ordered before a point.
//!
//! Lamport's happens-before, kept as Fidge and Mattern's vectors. A component advances only when its thread releases
//! something, as in FastTrack (Flanagan and Freund, PLDI 2009), so a clock counts releases and not events.

use crate::schedule::THREADS_MAX;

/// For every thread the number of its release operations that are known to have happened before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(32))]
pub(crate) struct Clock([u32; THREADS_MAX]);

impl Clock {
    pub(crate) const ZERO: Clock = Clock([0; THREADS_MAX]);

    /// Takes over everything that `other` knows.
    #[inline(always)]
    pub(crate) fn join(&mut self, other: &Clock) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    #[inline(always)]
    pub(crate) fn advance(&mut self, thread: usize) {
        self.0[thread] += 1;
    }

    #[inline(always)]
    pub(crate) fn get(&self, thread: usize) -> u32 {
        self.0[thread]
    }

    #[inline(always)]
    pub(crate) fn set(&mut self, thread: usize, value: u32) {
        self.0[thread] = value;
    }

    /// The first thread whose component is larger than in `other`: what `self` saw of it is not ordered before `other`.
    #[inline]
    pub(crate) fn first_beyond(&self, other: &Clock) -> Option<usize> {
        (0..THREADS_MAX).find(|&thread| self.0[thread] > other.0[thread])
    }
}
