//! What a memory model other than sequential consistency needs.

use super::super::asked::Asked;
use super::super::memory::{Buffering, MemoryModel, Message};
use crate::schedule::THREADS_MAX;

/// What a memory model other than sequential consistency needs to know of the event that is being
/// made.
///
/// Invariant: `is_on` says whether the model is another one, until the execution is torn down; from
/// then on memory is sequentially consistent.
pub(in crate::sim) struct Relaxed {
    pub(in crate::sim) model: MemoryModel,
    pub(in crate::sim) is_on: bool,
    /// The execution ended where the running thread was not asked, for its stores landed first.
    pub(in crate::sim) has_to_land: bool,
    /// Whether memory did something unusual in the event.
    pub(in crate::sim) is_unusual: bool,
    pub(in crate::sim) buffering: Buffering,
    /// Weak: what a choice is among, kept for its memory.
    pub(in crate::sim) alternatives: Vec<Message>,
    /// Weak: what was read last was not the newest.
    pub(in crate::sim) has_seen_old: bool,
    /// For each thread what it has to find if the update that it has announced is to write.
    pub(in crate::sim) expected: [Option<u64>; THREADS_MAX],
    /// What functions of the subject were asked; kept for its room.
    pub(in crate::sim) asked: Asked,
}

impl Relaxed {
    pub(in crate::sim) fn new() -> Relaxed {
        Relaxed {
            model: MemoryModel::Sc,
            is_on: false,
            has_to_land: false,
            is_unusual: false,
            buffering: Buffering::None,
            alternatives: Vec::new(),
            has_seen_old: false,
            expected: [None; THREADS_MAX],
            asked: Asked::new(),
        }
    }

    #[inline(always)]
    pub(in crate::sim) fn reset(&mut self, model: MemoryModel) {
        self.model = model;
        self.is_on = model != MemoryModel::Sc;
        self.has_to_land = false;
        self.is_unusual = false;
        self.has_seen_old = false;
    }
}
