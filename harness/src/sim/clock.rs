//! Vector clocks: which release operations of every thread are ordered before a point.
//!
//! Lamport's happens-before, kept as Fidge and Mattern's vectors. A component advances only when its thread releases
//! something, as in FastTrack (Flanagan and Freund, PLDI 2009), so a clock counts releases and not events.

use crate::schedule::THREADS_MAX;

/// For every thread the number of its release operations that are known to have happened before. Signed, because the oldest
/// 64-bit machines have a vector comparison for signed words only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(32))]
pub(crate) struct Clock([i32; THREADS_MAX]);

impl Clock {
    pub(crate) const ZERO: Clock = Clock([0; THREADS_MAX]);

    /// Takes over everything that `other` knows. In both clocks components from `threads_count` on are 0.
    #[inline(always)]
    pub(crate) fn join(&mut self, other: &Clock, threads_count: usize) {
        debug_assert!((1..=THREADS_MAX).contains(&threads_count));
        // Four components are one machine instruction each way. Few executions have more than four threads.
        let (mine, theirs) = (self.0.as_chunks_mut::<4>().0, other.0.as_chunks::<4>().0);
        for (mine, theirs) in mine.iter_mut().zip(theirs).take(threads_count.div_ceil(4)) {
            *mine = std::array::from_fn(|at| mine[at].max(theirs[at]));
        }
    }

    #[inline(always)]
    pub(crate) fn advance(&mut self, thread: usize) {
        self.0[thread % THREADS_MAX] += 1;
    }

    #[inline(always)]
    pub(crate) fn get(&self, thread: usize) -> i32 {
        self.0[thread % THREADS_MAX]
    }

    #[inline(always)]
    pub(crate) fn set(&mut self, thread: usize, value: i32) {
        self.0[thread % THREADS_MAX] = value;
    }

    /// The first thread whose component is larger than in `other`: what `self` saw of it is not ordered before `other`.
    #[inline]
    pub(crate) fn first_beyond(&self, other: &Clock) -> Option<usize> {
        (0..THREADS_MAX).find(|&thread| self.0[thread] > other.0[thread])
    }
}
