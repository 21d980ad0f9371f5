//! What a thread has seen.

use super::super::view::{Events, Stamp, View};
use crate::sim::event::ObjectId;

/// What a thread has seen.
#[derive(Default)]
pub(super) struct Knowledge {
    /// What its reads and writes are not before.
    pub(super) current: View,
    /// The same after an acquire fence: beyond `current` by what relaxed reads were told.
    pub(super) acquired: View,
    /// The same after `smp_rmb`: not what atomics without a result were told.
    pub(super) heard: View,
    /// What its writes are not before that neither release nor read: `current` without what
    /// `smp_rmb` alone has made known.
    pub(super) ordered: View,
    /// What its relaxed writes tell: `current` at the last release fence, and what taking locks has
    /// added.
    pub(super) released: View,
    /// `acquired` at its last unlock.
    pub(super) unlocked: View,
    /// At its last write barrier, what it had written and what those of its writes tell that were
    /// released.
    pub(super) wrote: View,
    /// Its writes since then, with what they tell, and whether they were released.
    pub(super) writes: Vec<(ObjectId, Stamp, Option<u32>, bool)>,
    /// Its accesses since its last full barrier of the kernel's, with what has happened before
    /// each, or is told by the message. A later write of the same word comes after the full
    /// barriers of which that knows.
    pub(super) met: Vec<(ObjectId, Events)>,
}

impl Knowledge {
    /// Which event of the thread, whose it is, was the last one.
    pub(super) fn number(&self, thread: usize) -> u32 {
        self.current.events()[thread]
    }

    /// The thread makes one more event. Returns its number.
    pub(super) fn count(&mut self, thread: usize) -> u32 {
        for view in [&mut self.acquired, &mut self.heard, &mut self.ordered] {
            view.count(thread);
        }
        self.current.count(thread)
    }

    /// An access of its own: coherence.
    pub(super) fn raise(&mut self, object: ObjectId, stamp: Stamp) {
        for view in [&mut self.current, &mut self.acquired, &mut self.heard, &mut self.ordered] {
            view.raise(object, stamp);
        }
    }

    /// What comes before the next access: less before a free one, see [`Weak::prepare`].
    pub(super) fn before(&self, is_free: bool) -> &View {
        if is_free { &self.ordered } else { &self.current }
    }
}
