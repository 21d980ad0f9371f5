//! What an awaited condition may not do.

use super::event::Place;

/// What an awaited condition did that it may not do.
pub(super) struct Unfit {
    pub(super) thread: usize,
    pub(super) what: Looks,
    pub(super) place: Place,
}

/// What an awaited condition may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looks {
    Awaiting,
    BehindLock,
    AtOtherThread,
    AtSleepers,
    Unwatched,
}

impl Looks {
    pub(super) fn message(self) -> String {
        let (what, instead) = match self {
            Looks::Awaiting => ("awaits another one", "make them one condition, or await one after the other"),
            Looks::BehindLock => (
                "takes or releases a lock, and what that guards is not watched",
                "wait in a Condvar or a WaitQueue, or await an atomic word",
            ),
            Looks::AtOtherThread => (
                "waits for another thread or asks whether it has ended, which is not watched",
                "join the thread, or await an atomic word that it writes",
            ),
            Looks::AtSleepers => {
                ("wakes who sleeps, and whether somebody does is not watched", "wake them before the wait or after it")
            }
            Looks::Unwatched => ("looks at a ghost cell or peeks, which is not watched", "await an atomic word"),
        };
        format!("the condition of an await_until {what}: {instead}")
    }
}
