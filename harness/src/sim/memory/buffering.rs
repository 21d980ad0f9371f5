//! What an event has to do with the buffer of its thread.

/// What the event that is being made has to do with the buffer of its thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) enum Buffering {
    /// Nothing.
    #[default]
    None,
    /// It is the thread's store of this number.
    Stored(u32),
    /// It has read the thread's store of this number.
    Forwarded(u32),
}
