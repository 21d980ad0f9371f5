//! Views: for each word, how far in its order of writes somebody has seen.
//!
//! A view holds for each object the stamp of a message, beyond which (and not before) its owner may
//! read, and for each thread how many of its events happened before. Views only grow.

use crate::schedule::THREADS_MAX;
use crate::sim::event::ObjectId;

/// Where a message is in the order of writes to its word. The first message has 0.
pub(crate) type Stamp = u64;

/// For each thread, how many of its events are meant: the first so many.
pub(crate) type Events = [u32; THREADS_MAX];

/// What somebody has seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    /// What happened before.
    events: Events,
    /// By object; 0 beyond the end.
    stamps: Vec<Stamp>,
}

impl View {
    pub(super) fn clear(&mut self) {
        self.events = [0; THREADS_MAX];
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
        join_events(&mut self.events, &other.events);
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
        self.events = other.events;
        self.stamps.clear();
        self.stamps.extend_from_slice(&other.stamps);
    }

    /// What happened before.
    pub(super) fn events(&self) -> &Events {
        &self.events
    }

    /// Whether the event of that number of the thread happened before. Events of a thread are
    /// counted from 1.
    pub(super) fn knows(&self, thread: usize, number: u32) -> bool {
        self.events[thread] >= number
    }

    /// The thread, whose view it is, has made one more event. Returns its number.
    pub(super) fn count(&mut self, thread: usize) -> u32 {
        self.events[thread] += 1;
        self.events[thread]
    }
}

/// Takes over what happened before `other`.
pub(super) fn join_events(events: &mut Events, other: &Events) {
    for (mine, theirs) in events.iter_mut().zip(other) {
        *mine = (*theirs).max(*mine);
    }
}

/// Keeps a view for a message, together with that of the one it replaces. Returns its number, if it
/// tells anything; one that was released tells that it happened.
pub(super) fn keep(
    views: &mut Vec<View>,
    count: &mut usize,
    told: &View,
    before: Option<u32>,
    releases: bool,
) -> Option<u32> {
    if told.is_empty() && !releases {
        return before;
    }
    if *count == views.len() {
        views.push(View::default());
    }
    let (known, rest) = views.split_at_mut(*count);
    rest[0].copy(told);
    if let Some(before) = before {
        rest[0].join(&known[before as usize]);
    }
    *count += 1;
    Some((*count - 1) as u32)
}
