//! Threads that wait until nobody else can go on.

/// Who rests, and who has.
///
/// Invariant: an idle thread is not enabled, and goes on only when nobody is.
pub(in crate::sim) struct Rest {
    /// The threads that wait in `thread::idle`.
    pub(in crate::sim) idlers: u32,
    /// One of them has gone on.
    pub(in crate::sim) has_rested: bool,
    /// Threads that wait at the end of a scope, after a rest.
    pub(in crate::sim) leaving: u32,
}

impl Rest {
    pub(in crate::sim) const NOBODY: Rest = Rest { idlers: 0, has_rested: false, leaving: 0 };
}
