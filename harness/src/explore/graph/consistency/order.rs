//! Sequential consistency and x86-TSO: one order of moments in which everything happens.
//!
//! Promise: under `Order<false>` a graph is consistent exactly if program order, reads-from,
//! coherence and from-reads together have no cycle (Lamport 1979; as an axiom: Alglave, Maranget,
//! Tautschnig, TOPLAS 2014). Under `Order<true>` it is consistent exactly if it is one of the
//! store-buffer machine of Owens, Sarkar and Sewell (TPHOLs 2009), which is x86-TSO: an event
//! happens at the moment when it is issued, and a store has a second moment, when it lands. Moments
//! of issue are in program order; stores land after they are issued, in program order, and before
//! an issue that drains the buffer; what another thread reads has landed, and what lands later than
//! what is read lands after the read. A thread reads its own latest store even before it has
//! landed.
//!
//! Deviations: an SC store is an exchange, as compilers have it, so it drains the buffer. An update
//! that writes nothing, or an attempt to take a lock that fails, is a load and does not, although
//! the processor locks the bus: C11 and the kernel promise no order there.

use super::super::clock::Clock;
use super::super::events::{Event, EventId, Graph, Source};
use super::super::label::{Label, Order as Ordering};
use super::Consistency;

/// When something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Issue(EventId),
    Landing(EventId),
}

/// What comes before a moment: moments of issue and landings, each by thread.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    issued: Clock,
    landed: Clock,
}

impl Past {
    fn join(&mut self, other: &Past) {
        self.issued.join(&other.issued);
        self.landed.join(&other.landed);
    }

    fn includes(&self, other: &Past) -> bool {
        self.issued.includes(&other.issued) && self.landed.includes(&other.landed)
    }
}

/// The order of moments, kept as what comes before each.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Order<const BUFFERED: bool> {
    issues: Vec<Past>,
    landings: Vec<Past>,
    changed: Vec<Moment>,
}

/// Whether everything that the thread has stored lands before it.
fn drains(event: &Event) -> bool {
    match event.label {
        Label::Fence(fence) => fence.is_full(),
        Label::Update { .. } | Label::Lock(_) | Label::TryLock(_) | Label::ReadLock(_) | Label::ReadUnlock(_) => {
            event.writes()
        }
        Label::Write { order, .. } => matches!(order, Ordering::SeqCst | Ordering::Full),
        Label::Read { order, .. } => order == Ordering::Full,
        Label::Spawn(_) | Label::Join(_) | Label::End => true,
        _ => false,
    }
}

impl<const BUFFERED: bool> Order<BUFFERED> {
    /// Whether its landing is another moment than its issue.
    fn is_buffered(event: &Event) -> bool {
        BUFFERED && event.label.stored().is_some() && !drains(event)
    }

    /// The moment from which a write is there for all.
    fn arrival(graph: &Graph, write: EventId) -> Moment {
        if Self::is_buffered(&graph.events[write]) { Moment::Landing(write) } else { Moment::Issue(write) }
    }

    fn past(&self, moment: Moment) -> &Past {
        match moment {
            Moment::Issue(id) => &self.issues[id],
            Moment::Landing(id) => &self.landings[id],
        }
    }

    fn past_mut(&mut self, moment: Moment) -> &mut Past {
        match moment {
            Moment::Issue(id) => &mut self.issues[id],
            Moment::Landing(id) => &mut self.landings[id],
        }
    }

    /// Whether a write is there for all before the moment.
    fn has_arrived(graph: &Graph, write: EventId, past: &Past) -> bool {
        let event = &graph.events[write];
        let clock = if Self::is_buffered(event) { &past.landed } else { &past.issued };
        event.is_in(clock)
    }

    /// The last store before it in its thread that lands apart. None if the buffer was drained
    /// since.
    fn last_store(graph: &Graph, id: EventId) -> Option<EventId> {
        let Event { thread, index, .. } = graph.events[id];
        let earlier = graph.threads[thread][..index].iter().rev().copied();
        earlier
            .take_while(|&other| !drains(&graph.events[other]))
            .find(|&other| Self::is_buffered(&graph.events[other]))
    }

    /// Writes come in coherence order, after what read the one before.
    fn join_coherence(&self, graph: &Graph, id: EventId, past: &mut Past) {
        let position = graph.events[id].position;
        let location = graph.events[id].label.location().expect("a write has a location");
        let (source, _) = graph.write_at(location, position - 1);
        if let Source::Event(write) = source {
            past.join(self.past(Self::arrival(graph, write)));
        }
        for &read in graph.place(id).reads.iter().filter(|&&read| read != id) {
            if graph.events[read].source == source {
                past.join(&self.issues[read]);
            }
        }
    }

    fn issue_of(&self, graph: &Graph, id: EventId) -> Past {
        let event = &graph.events[id];
        let mut past = graph.previous(id).map_or(Past::default(), |previous| self.issues[previous]);
        if let Some(store) = Self::last_store(graph, id).filter(|_| drains(event)) {
            past.join(&self.landings[store]);
        }
        if let Source::Event(source) = event.source {
            let is_forwarded = graph.events[source].thread == event.thread && Self::is_buffered(&graph.events[source]);
            if !is_forwarded {
                past.join(self.past(Self::arrival(graph, source)));
            }
        }
        if let Some(ended) = graph.joined(id) {
            past.join(&self.issues[ended]);
        }
        if event.writes() && !Self::is_buffered(event) {
            self.join_coherence(graph, id, &mut past);
        }
        past.issued.raise(event.thread, event.index + 1);
        past
    }

    fn landing_of(&self, graph: &Graph, id: EventId) -> Past {
        let event = &graph.events[id];
        let mut past = self.issues[id];
        if let Some(store) = Self::last_store(graph, id) {
            past.join(&self.landings[store]);
        }
        if event.writes() {
            self.join_coherence(graph, id, &mut past);
        }
        past.landed.raise(event.thread, event.index + 1);
        past
    }

    /// What comes right after a write is there for all: the next write, and the readers.
    fn after_arrival(graph: &Graph, id: EventId, mut next: impl FnMut(Moment)) {
        let event = &graph.events[id];
        if !event.writes() {
            return;
        }
        let location = event.label.location().expect("a write has a location");
        if let Some(write) = graph.write_after(location, event.position) {
            next(Self::arrival(graph, write));
        }
        let is_buffered = Self::is_buffered(event);
        for &read in &graph.places[location].reads {
            let reader = &graph.events[read];
            if reader.source == Source::Event(id) && !(is_buffered && reader.thread == event.thread) {
                next(Moment::Issue(read));
            }
        }
    }

    fn after_issue(graph: &Graph, id: EventId, mut next: impl FnMut(Moment)) {
        let event = &graph.events[id];
        if let Some(following) = graph.next(id) {
            next(Moment::Issue(following));
        }
        match event.label {
            Label::Spawn(child) => {
                if let Some(&first) = graph.threads[child].first() {
                    next(Moment::Issue(first));
                }
            }
            Label::End => {
                for (other, joiner) in graph.events.iter().enumerate() {
                    if joiner.label == Label::Join(event.thread) {
                        next(Moment::Issue(other));
                    }
                }
            }
            _ => {}
        }
        if Self::is_buffered(event) {
            next(Moment::Landing(id));
        } else {
            Self::after_arrival(graph, id, &mut next);
        }
        if event.reads() && !event.writes() {
            let location = event.label.location().expect("a read has a location");
            if let Some(write) = graph.write_after(location, graph.position(event.source)) {
                next(Self::arrival(graph, write));
            }
        }
    }

    fn after_landing(graph: &Graph, id: EventId, mut next: impl FnMut(Moment)) {
        Self::after_arrival(graph, id, &mut next);
        let event = &graph.events[id];
        for &later in &graph.threads[event.thread][event.index + 1..] {
            let follower = &graph.events[later];
            if drains(follower) {
                return next(Moment::Issue(later));
            }
            if Self::is_buffered(follower) {
                return next(Moment::Landing(later));
            }
        }
    }

    /// What comes right after the moment learns what it knows. Returns whether that was news for
    /// any, and says for which.
    fn tell(&mut self, graph: &Graph, moment: Moment, mut changed: impl FnMut(Moment)) -> bool {
        let past = *self.past(moment);
        let mut has_changed = false;
        let learn = |later: Moment| {
            let theirs = self.past_mut(later);
            if !theirs.includes(&past) {
                theirs.join(&past);
                has_changed = true;
                changed(later);
            }
        };
        match moment {
            Moment::Issue(id) => Self::after_issue(graph, id, learn),
            Moment::Landing(id) => Self::after_landing(graph, id, learn),
        }
        has_changed
    }

    /// Whoever comes after the changed moments learns what they know.
    fn propagate(&mut self, graph: &Graph) {
        let mut changed = std::mem::take(&mut self.changed);
        while let Some(moment) = changed.pop() {
            self.tell(graph, moment, |later| changed.push(later));
        }
        self.changed = changed;
    }

    fn size(&mut self, len: usize) {
        if self.issues.len() < len {
            self.issues.resize(len, Past::default());
            self.landings.resize(len, Past::default());
        }
    }
}

impl<const BUFFERED: bool> Consistency for Order<BUFFERED> {
    fn keep(&mut self, _from: &Self, _numbers: &[Option<EventId>]) {}

    /// What is gone may have ordered what is left, so all is made anew.
    fn rebuild(&mut self, graph: &Graph) {
        self.issues.clear();
        self.landings.clear();
        self.size(graph.len());
        for (id, event) in graph.events.iter().enumerate() {
            self.issues[id].issued.raise(event.thread, event.index + 1);
            if Self::is_buffered(event) {
                self.landings[id].landed.raise(event.thread, event.index + 1);
            }
        }
        // Events were added nearly in an order in which they can happen, so few rounds are needed.
        let mut has_changed = true;
        while has_changed {
            has_changed = false;
            for id in 0..graph.len() {
                has_changed |= self.tell(graph, Moment::Issue(id), |_| {});
                if Self::is_buffered(&graph.events[id]) {
                    has_changed |= self.tell(graph, Moment::Landing(id), |_| {});
                }
            }
        }
    }

    fn floor(&self, graph: &Graph, id: EventId) -> usize {
        let location = graph.events[id].label.location().expect("the event is an access");
        let before = graph.before(id);
        graph.floor(location, |event| event.is_in(before))
    }

    fn check(&mut self, graph: &Graph, id: EventId) -> bool {
        self.size(id + 1);
        self.issues[id] = self.issue_of(graph, id);
        let event = &graph.events[id];
        let Some(location) = event.label.location() else { return true };
        if Self::is_buffered(event) {
            self.landings[id] = self.landing_of(graph, id);
        }
        let past = if Self::is_buffered(event) { &self.landings[id] } else { &self.issues[id] };
        // The one write that comes right after the event must not have come before it.
        let position = if event.writes() { event.position } else { graph.position(event.source) };
        let next = graph.write_after(location, position);
        next.is_none_or(|write| !Self::has_arrived(graph, write, past))
    }

    fn commit(&mut self, graph: &Graph, id: EventId) {
        self.changed.push(Moment::Issue(id));
        if Self::is_buffered(&graph.events[id]) {
            self.changed.push(Moment::Landing(id));
        }
        self.propagate(graph);
    }
}
