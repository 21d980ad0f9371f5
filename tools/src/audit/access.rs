//! What happens to shared state, and under which locks.

use std::collections::BTreeSet;

/// Reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    Read,
    Write,
    Lock,
    /// A barrier, by its name.
    Barrier,
    /// Of one sleeper.
    Wake,
    /// Of all.
    WakeAll,
}

/// Something that happens to shared state, and the locks it happens under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedAccess {
    pub kind: Access,
    /// The field, lock, barrier or queue.
    pub what: String,
    /// The ordering that the access itself has, if it has one.
    pub ordering: Option<&'static str>,
    /// Names of the locks held.
    pub held: BTreeSet<String>,
    /// The function it stands in.
    pub function: String,
    pub file: String,
    pub line: usize,
}
