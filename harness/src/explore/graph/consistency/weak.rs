//! RC11 without load buffering, with the kernel's rule for locks.
//!
//! Promise: a graph is consistent exactly if reads and coherence agree with happens-before, nothing
//! comes between the two halves of a read-modify-write, and the partial order of SC fences and
//! accesses has no cycle: RC11 of Lahav, Vafeiadis, Kang, Hur and Dreyer (PLDI 2017) with the
//! release sequences of C++20 (a plain store of the same thread ends one). Load buffering cannot be
//! shown: what a read sees was there before it, as in the promise-free machine of Kang, Hur, Lahav,
//! Vafeiadis and Dreyer (POPL 2017).
//!
//! Limits: this is not the kernel's memory model. It has no dependencies, so it allows what they
//! forbid, and it forbids all load buffering, which the kernel's model allows.
//!
//! Deviations from RC11: what comes before an unlock, and what it has read, is ordered before what
//! the same thread writes after a later acquisition of any lock, and before what another thread
//! writes after taking the same lock next: outsiders see critical sections in order, as the
//! kernel's model has it ("pull"). Readers of a reader-writer lock only acquire and release. An
//! update of the order `Full` that writes is an SC fence, the access, and an SC fence. A write of
//! the order `StoreRelease` comes after what was read before, and tells it. The kernel's read
//! barrier orders reads before later reads, but not before writes that neither release nor read;
//! what an update of the order `NoReturn` reads it does not order at all. What the kernel's write
//! barrier tells are the writes of its thread alone. What was seen before a full barrier of the
//! kernel's is told by every write that comes after the barrier: so it counts for all who do by any
//! chain, as `pb` of the kernel's model asks (Alglave, Maranget, McKenney, Parri, Stern,
//! "Frightening small children and disconcerting grown-ups", ASPLOS 2018).
//!
//! Happens-before depends only on what comes before an event, so its clocks are made once, at the
//! points of `view.rs`.

use super::super::clock::Clock;
use super::super::events::{Event, EventId, Graph, Source};
use super::super::label::{Fence, Label, LocationId, Order};
use super::Consistency;
use super::psc::Psc;
use super::view::{Known, View, access_point, entry_point, exit_point, is_full, is_strong};

/// Happens-before of a graph.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Weak {
    pub(super) views: Vec<View>,
    psc: Psc,
}

impl Weak {
    /// What came before the thread last released a lock, and what it had read by then. The release
    /// itself is not part of it.
    fn unlocked(&self, graph: &Graph, event: &Event) -> Option<Known> {
        let earlier = graph.threads[event.thread][..event.index].iter().rev();
        let unlock = earlier.copied().find(|&other| matches!(graph.events[other].label, Label::Unlock(_)))?;
        let View { entry, pending, .. } = self.views[unlock];
        let mut before = entry;
        before.join(&pending);
        Some(before)
    }

    /// What was seen before the kernel's full barriers that are known.
    fn strong(&self, graph: &Graph, known: &Clock) -> Known {
        let mut told = Known::default();
        for events in &graph.threads {
            let last = events.iter().rev().find_map(|&id| {
                let event = &graph.events[id];
                if is_strong(event) && known.covers(event.thread, exit_point(event)) {
                    Some(&self.views[id].now)
                } else {
                    (is_full(event) && known.covers(event.thread, entry_point(event))).then(|| &self.views[id].entry)
                }
            });
            if let Some(last) = last {
                told.join(last);
            }
        }
        told
    }

    /// What was seen before the kernel's full barriers that come before accesses which the thread
    /// has made before of the word that it writes.
    fn strong_by_location(&self, graph: &Graph, write: &Event) -> Known {
        let mut told = Known::default();
        for &earlier in &graph.threads[write.thread][..write.index] {
            let event = &graph.events[earlier];
            if event.label.location() != write.label.location() {
                continue;
            }
            let mut known = self.views[earlier].own;
            if event.writes() {
                known.join(&self.views[earlier].published.events);
            }
            if let Source::Event(source) = event.source {
                known.join(&self.views[source].published.events);
            }
            told.join(&self.strong(graph, &known));
        }
        told
    }

    fn look_back(&self, graph: &Graph, id: EventId) -> View {
        let event = &graph.events[id];
        let mut view = View::default();
        if let Some(previous) = graph.previous(id) {
            let View { now, ordered, fenced, pending, heard, .. } = self.views[previous];
            (view.now, view.ordered) = (now, now);
            if graph.events[previous].thread == event.thread {
                (view.ordered, view.fenced, view.pending, view.heard) = (ordered, fenced, pending, heard);
            }
        }
        let is_free = event.label.is_free();
        view.raise(event.thread, entry_point(event));
        let order = event.label.order(event.effect);
        if order == Order::Full {
            view.pass_fence(true, true);
        }
        view.entry = *view.before(is_free);
        view.raise(event.thread, access_point(event));
        if let Source::Event(source) = event.source {
            let published = self.views[source].published;
            view.pending.join(&published);
            if order != Order::NoReturn {
                view.heard.join(&published);
            }
            if order.acquires() {
                view.now.join(&published);
            }
            if event.writes() {
                view.published = published;
            }
        }
        if event.reads() && order.acquires() {
            view.ordered = view.now;
        }
        if event.writes() && event.label.is_acquisition() {
            let published = view.published;
            view.pull(&published);
            if let Some(unlocked) = self.unlocked(graph, event) {
                view.pull(&unlocked);
            }
        }
        if event.writes() {
            let mut news = view.now;
            if !order.releases() {
                news = view.fenced;
                news.join(&self.strong(graph, &view.before(is_free).events));
            }
            view.published.join(&news);
            view.published.join(&self.strong_by_location(graph, event));
            if order == Order::StoreRelease || matches!(event.label, Label::Unlock(_)) {
                let pending = view.pending;
                view.published.join(&pending);
            }
        }
        match event.label {
            Label::Fence(Fence::Write) => self.order_writes(graph, event, &mut view),
            Label::Fence(Fence::Read) => {
                let heard = view.heard;
                view.now.join(&heard);
            }
            Label::Fence(fence) => view.pass_fence(fence.acquires(), fence.releases()),
            Label::Join(_) => {
                if let Some(ended) = graph.joined(id) {
                    view.now.join(&self.views[ended].now);
                    view.ordered.join(&self.views[ended].now);
                }
            }
            _ => {}
        }
        view.raise(event.thread, exit_point(event));
        if order == Order::Full {
            view.pass_fence(true, true);
        } else if matches!(event.label, Label::Fence(fence) if fence.releases()) {
            view.fenced.join(&view.now);
        }
        view.own = view.before(is_free).events;
        view
    }

    /// What the thread has written is told by its later writes, and what those of its writes tell
    /// that were released.
    fn order_writes(&self, graph: &Graph, barrier: &Event, view: &mut View) {
        for &earlier in &graph.threads[barrier.thread][..barrier.index] {
            let event = &graph.events[earlier];
            if event.writes() {
                view.fenced.writes.raise(event.thread, access_point(event));
                let published = &self.views[earlier].published;
                if event.label.order(event.effect).releases() {
                    view.fenced.join(published);
                } else {
                    view.fenced.join(&self.strong(graph, &published.events));
                }
            }
        }
    }

    /// The first position that an access with that past can read, or write after.
    fn first(graph: &Graph, location: LocationId, past: &Known, id: EventId) -> usize {
        let own = &graph.events[id];
        graph.floor(location, |event| past.shows(event) && !(event.thread == own.thread && event.index == own.index))
    }
}

impl Consistency for Weak {
    fn keep(&mut self, from: &Self, numbers: &[Option<EventId>]) {
        self.views.clear();
        let kept = numbers.iter().zip(&from.views).filter(|(number, _)| number.is_some());
        self.views.extend(kept.map(|(_, view)| *view));
    }

    fn rebuild(&mut self, graph: &Graph) {
        self.views.truncate(graph.len());
    }

    fn floor(&self, graph: &Graph, id: EventId) -> usize {
        let label = &graph.events[id].label;
        let location = label.location().expect("the event is an access");
        let known = |previous: EventId| *self.views[previous].before(label.is_free());
        let known = graph.previous(id).map_or(Known::default(), known);
        Self::first(graph, location, &known, id)
    }

    fn check(&mut self, graph: &Graph, id: EventId) -> bool {
        if self.views.len() <= id {
            self.views.resize(id + 1, View::default());
        }
        self.views[id] = self.look_back(graph, id);
        let event = &graph.events[id];
        let Some(location) = event.label.location() else { return true };
        let mut entry = self.views[id].entry;
        if event.writes() {
            // A write comes after what it tells.
            entry.join(&self.views[id].published);
        }
        let first = Self::first(graph, location, &entry, id);
        // A write of its own comes right after what it reads.
        let after = if event.writes() { event.position - 1 } else { graph.position(event.source) };
        if after < first {
            return false;
        }
        let last = if event.writes() { event.position } else { after };
        last == graph.places[location].writes.len() || self.psc.holds(graph, &self.views)
    }

    fn commit(&mut self, _graph: &Graph, _id: EventId) {}
}
