//! The clocks of the machine: which release operations of every thread are ordered before a point.
//!
//! Lamport's happens-before, kept as Fidge and Mattern's vectors. A component advances only when
//! its thread releases something, as in FastTrack (Flanagan and Freund, PLDI 2009), so a clock
//! counts releases and not events.

use crate::schedule::THREADS_MAX;

/// For every thread the number of its release operations that are known to have happened before.
/// Signed, because the oldest 64-bit machines have a vector comparison for signed words only.
pub(crate) type Clock = crate::clock::Clock<i32, THREADS_MAX>;
