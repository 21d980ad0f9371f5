//! Which threads there are, and how far each has come.

/// Which threads there are, and how far each has come, as masks.
///
/// Invariant: threads are numbered from 0 on, and nothing is said of those that do not exist.
pub(in crate::sim) struct Roster {
    pub(in crate::sim) count: usize,
    /// There is something on its stack, unless it has finished.
    pub(in crate::sim) begun: u32,
    pub(in crate::sim) finished: u32,
    /// It has finished, and stores are left that have not landed.
    pub(in crate::sim) lingering: u32,
    /// It borrows from whoever has called the runner.
    pub(in crate::sim) borrows: u32,
    /// The execution is over, and nothing is left of it.
    pub(in crate::sim) cleared: u32,
}

impl Roster {
    pub(in crate::sim) const NOBODY: Roster =
        Roster { count: 0, begun: 0, finished: 0, lingering: 0, borrows: 0, cleared: 0 };
}
