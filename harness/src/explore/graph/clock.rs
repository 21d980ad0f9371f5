//! Vector clocks over the events of an execution graph.

/// Threads of one program. More than an execution of the simulated machine has, whose state grows with each.
pub const THREADS_MAX: usize = 32;

/// Events of one thread. A run in which a thread does more is cut, and the search is not exhaustive.
pub const EVENTS_MAX: usize = 10_000;

/// For every thread, up to which point of it something is known to come before. Points are counted from 1; 0 is nothing.
///
/// Signed, because the oldest 64-bit machines have a maximum of 16-bit words for signed ones only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(align(32))]
pub(super) struct Clock([i16; THREADS_MAX]);

impl Clock {
    /// The last point that a component can name.
    pub(super) const LAST: usize = i16::MAX as usize;

    #[inline(always)]
    pub(super) fn join(&mut self, other: &Clock) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// Whether joining `other` would change nothing.
    #[inline(always)]
    pub(super) fn includes(&self, other: &Clock) -> bool {
        self.0.iter().zip(&other.0).fold(true, |all, (mine, theirs)| all & (mine >= theirs))
    }

    /// Whether it knows of that point of the thread.
    #[inline(always)]
    pub(super) fn covers(&self, thread: usize, point: usize) -> bool {
        self.0[thread % THREADS_MAX] as usize >= point
    }

    #[inline(always)]
    pub(super) fn raise(&mut self, thread: usize, point: usize) {
        debug_assert!(point <= Clock::LAST);
        let mine = &mut self.0[thread % THREADS_MAX];
        *mine = (*mine).max(point as i16);
    }
}
