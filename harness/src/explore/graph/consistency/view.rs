//! What an event knows, and where it stands among the points of its thread.
//!
//! The three points of an event are before the access, the access, and after it; only for an update
//! of order `Full` does the difference matter.

use super::super::clock::{Clock, EVENTS_MAX, LAST};
use super::super::events::Event;
use super::super::label::{Fence, Label, Order};

/// Points of one event.
const POINTS: usize = 3;

const _: () = assert!(EVENTS_MAX * POINTS < LAST);

/// What is known, as clocks of points.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// What happens before.
    pub(super) events: Clock,
    /// Writes up to there are known to be written, though they do not happen before: the kernel's
    /// write barrier tells no more.
    pub(super) writes: Clock,
}

impl Known {
    pub(super) fn join(&mut self, other: &Known) {
        self.events.join(&other.events);
        self.writes.join(&other.writes);
    }

    /// Whether the event cannot be unseen any more.
    pub(super) fn shows(&self, event: &Event) -> bool {
        knows(&self.events, event) || event.writes() && knows(&self.writes, event)
    }
}

/// What an event knows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct View {
    /// Before its access.
    pub(super) entry: Known,
    /// Before what follows it.
    pub(super) now: Known,
    /// The same for a write that neither releases nor reads: without what `smp_rmb` alone has made
    /// known.
    pub(super) ordered: Known,
    /// What happens before its access, which is part of it.
    pub(super) own: Clock,
    /// What was released by fences: later relaxed stores publish it.
    pub(super) fenced: Known,
    /// What relaxed reads saw published: an acquire fence takes it over.
    pub(super) pending: Known,
    /// The same, of which `smp_rmb` takes over what it may: not what atomics without a result saw.
    pub(super) heard: Known,
    /// What a reader of its write acquires.
    pub(super) published: Known,
}

impl View {
    pub(super) fn pass_fence(&mut self, acquires: bool, releases: bool) {
        if acquires {
            let pending = self.pending;
            self.now.join(&pending);
        }
        if releases {
            self.fenced.join(&self.now);
        }
        self.ordered = self.now;
    }

    /// What comes before an access.
    pub(super) fn before(&self, is_free: bool) -> &Known {
        if is_free { &self.ordered } else { &self.now }
    }

    /// The thread has come to that point.
    pub(super) fn raise(&mut self, thread: usize, point: usize) {
        self.now.events.raise(thread, point);
        self.ordered.events.raise(thread, point);
    }

    /// What was published by an unlock is known, and counts as released.
    pub(super) fn pull(&mut self, unlocked: &Known) {
        self.now.join(unlocked);
        self.fenced.join(unlocked);
        self.ordered = self.now;
    }
}

/// The point of an event before its access.
pub(super) fn entry_point(event: &Event) -> usize {
    event.index * POINTS + 1
}

/// The point of its access.
pub(super) fn access_point(event: &Event) -> usize {
    event.index * POINTS + 2
}

/// The point after it.
pub(super) fn exit_point(event: &Event) -> usize {
    event.index * POINTS + 3
}

/// Whether the access of the event is known.
pub(super) fn knows(clock: &Clock, event: &Event) -> bool {
    clock.covers(event.thread, access_point(event))
}

/// Whether the event is an access between two SC fences.
pub(super) fn is_full(event: &Event) -> bool {
    event.label.order(event.effect) == Order::Full
}

/// Whether the event is a full barrier of the kernel's, or an access between two.
pub(super) fn is_strong(event: &Event) -> bool {
    is_full(event) || event.label == Label::Fence(Fence::Full)
}
