//! One thread, as choice points see it.

use super::super::coroutine::Context;
use super::super::event::{Intent, Kind, ObjectId, Place};
use super::super::sites::Anchor;
use crate::schedule::Drawn;

/// What each choice point touches of a thread, and little else, so that it stays in two cache
/// lines.
#[repr(align(128))]
pub(in crate::sim) struct Thread {
    pub(in crate::sim) intent: Intent,
    pub(in crate::sim) anchor: Anchor,
    /// What random schedules decide by when it arrives at its next event.
    pub(in crate::sim) drawn: Drawn,
    /// Threads that wait for its end.
    pub(in crate::sim) joiners: u32,
    /// What the condition under evaluation has read, with the version seen.
    pub(in crate::sim) watched: Vec<(ObjectId, u32)>,
    pub(in crate::sim) stack_floor: usize,
    /// Its stack, while it does not run.
    pub(in crate::sim) context: Context,
}

// Threads are found by a shift.
const _: () = assert!(size_of::<Thread>() == 128);

impl Thread {
    /// Announces nothing yet.
    pub(in crate::sim) fn new(place: Place) -> Thread {
        Thread {
            intent: Intent::new(Kind::Start, ObjectId::NONE, place),
            anchor: Anchor::default(),
            drawn: Drawn::NOTHING,
            joiners: 0,
            watched: Vec::new(),
            stack_floor: 0,
            context: Context::NONE,
        }
    }
}
