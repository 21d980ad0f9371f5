//! What a verdict says beside final states.

use std::fmt;

/// Something about the executions that final states do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// Plain accesses race.
    DataRace,
    /// Threads wait for ever, for locks or in loops that only read. Such executions have no final
    /// state; herd does not count them and says nothing.
    Deadlock,
    /// A thread unlocks what it does not hold, or locks what it holds. No final state.
    LockMisuse,
    /// C says nothing of what follows. No final state.
    DivisionByZero,
    /// A thread accesses what is no shared variable. No final state.
    InvalidAddress,
    /// Some location is a lock and a word.
    MixedLockAccesses,
}

impl fmt::Display for Flag {
    /// herd's words where it has one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Flag::DataRace => "data-race",
            Flag::Deadlock => "deadlock",
            Flag::LockMisuse => "lock-misuse",
            Flag::DivisionByZero => "division-by-zero",
            Flag::InvalidAddress => "invalid-address",
            Flag::MixedLockAccesses => "mixed-lock-accesses",
        })
    }
}
