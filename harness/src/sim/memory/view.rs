//! Views: for each word, how far in its order of writes somebody has seen.
//!
//! A view holds for each object the stamp of a message, beyond which (and not before) its owner may read, and for each thread how many of
//! its full barriers come before. Views only grow.

use crate::schedule::THREADS_MAX;
use crate::sim::event::ObjectId;

/// Where a message is in the order of writes to its word. The first message has 0.
pub(crate) type Stamp = u64;

/// What somebody has seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    /// For each thread, how many of its full barriers happened before.
    barriers: [u32; THREADS_MAX],
    /// By object; 0 beyond the end.
    stamps: Vec<Stamp>,
}

impl View {
    pub(super) fn clear(&mut self) {
        self.barriers = [0; THREADS_MAX];
        self.stamps.clear();
    }

    /// Whether it tells nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.stamps.is_empty()
    }

    pub(super) fn stamp(&self, object: ObjectId) -> Stamp {
        self.stamps.get(object.index()).copied().unwrap_or(0)
    }

    pub(super) fn stamps(&self) -> &[Stamp] {
        &self.stamps
    }

    pub(super) fn raise(&mut self, object: ObjectId, stamp: Stamp) {
        if self.stamps.len() <= object.index() {
            self.stamps.resize(object.index() + 1, 0);
        }
        let known = &mut self.stamps[object.index()];
        *known = stamp.max(*known);
    }

    /// Takes over what `other` has seen and what happened before it.
    pub(super) fn join(&mut self, other: &View) {
        for (mine, theirs) in self.barriers.iter_mut().zip(other.barriers) {
            *mine = theirs.max(*mine);
        }
        self.join_stamps(other);
    }

    /// Takes over what `other` has seen; what happened before it did not happen before this.
    pub(super) fn join_stamps(&mut self, other: &View) {
        if self.stamps.len() < other.stamps.len() {
            self.stamps.resize(other.stamps.len(), 0);
        }
        for (mine, theirs) in self.stamps.iter_mut().zip(&other.stamps) {
            *mine = (*theirs).max(*mine);
        }
    }

    /// Becomes a copy, without giving up its memory.
    pub(super) fn copy(&mut self, other: &View) {
        self.barriers = other.barriers;
        self.stamps.clear();
        self.stamps.extend_from_slice(&other.stamps);
    }

    /// How many full barriers of the thread happened before.
    pub(super) fn barriers_of(&self, thread: usize) -> u32 {
        self.barriers[thread]
    }

    /// The thread has made one more full barrier. Returns its number.
    pub(super) fn count_barrier(&mut self, thread: usize) -> u32 {
        self.barriers[thread] += 1;
        self.barriers[thread]
    }
}
