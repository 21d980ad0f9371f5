//! The clocks of the search: which events of an execution graph come before.

/// Threads of one program. More than an execution of the simulated machine has, whose state grows
/// with each.
pub const THREADS_MAX: usize = 32;

/// Events of one thread. A run in which a thread does more is cut, and the search is not
/// exhaustive.
pub const EVENTS_MAX: usize = 10_000;

/// For every thread, up to which point of it something is known to come before.
///
/// Narrow, for every event has several. Signed, because the oldest 64-bit machines have a maximum
/// of 16-bit words for signed ones only.
pub(super) type Clock = crate::clock::Clock<i16, THREADS_MAX>;

/// The last point that a component can name.
pub(super) const LAST: usize = i16::MAX as usize;
