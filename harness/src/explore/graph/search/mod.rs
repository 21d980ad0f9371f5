//! The search: which graph comes next.
//!
//! A run of the program builds one graph to its end. What threads did in the part of the graph that
//! is known is answered from it; what is new is added in the one way that needs no choice, and the
//! other ways are noted. They are taken up one after the other, the last noted first: some by
//! cutting the graph back to where it was, others, where a write is given to an earlier read, in a
//! graph of its own. So there are never more graphs at a time than events.
//!
//! Deviations from the paper:
//! - A read-modify-write is one event. What it does with the value is known once the program says
//!   so, for a revisited one in the next run and before anything is added.
//! - Locks block. An acquisition of a lock that is held waits until nobody else can go on; only
//!   then is it added, as a read of the holder's write. So plain critical sections make no blocked
//!   graphs of their own; those that an acquisition going first leaves behind are cut.
//! - An update that reads what another one has read displaces it, as in GenMC: only those graphs
//!   are of interest in which the other is revisited or deleted.

mod frame;
mod ways;

use self::frame::{Frame, Way, Work};
use super::clock::{EVENTS_MAX, THREADS_MAX};
use super::consistency::Consistency;
use super::events::{EventId, Graph};
use super::label::{Effect, Label};

/// What a thread is about to do in the current run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It does not exist yet.
    Absent,
    /// It has announced an event.
    Ready(Label),
    /// Its last event cannot happen as long as it reads what it reads.
    Blocked,
    /// A condition that it awaits does not hold.
    Parked,
    Ended,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All threads have ended.
    Complete,
    /// The others wait for what will never come: no write is left that they have not seen.
    Blocked,
    /// The graph cannot be continued to an end, or its continuations are explored elsewhere.
    Cut,
}

pub(super) struct GraphSearch<C> {
    frames: Vec<Frame<C>>,
    spare: Vec<Frame<C>>,
    has_begun: bool,
    is_over: bool,
    // What follows is about the current run.
    states: [State; THREADS_MAX],
    /// Events that each thread has performed.
    performed: [usize; THREADS_MAX],
    /// For each thread, its first event in the condition that it evaluates.
    awaits: [Option<usize>; THREADS_MAX],
    /// A revisited update whose effect the program has to say before anything is added.
    unresolved: Option<EventId>,
    is_cut: bool,
    has_strayed: bool,
    /// In the current run a thread did more than a graph can hold.
    is_too_long: bool,
    numbers: Vec<Option<EventId>>,
}

impl<C: Consistency> GraphSearch<C> {
    pub(super) fn new(initial: &[u64]) -> GraphSearch<C> {
        let mut first = Frame::<C>::default();
        first.graph.reset(initial.iter().copied());
        GraphSearch {
            frames: vec![first],
            spare: Vec::new(),
            has_begun: false,
            is_over: false,
            states: [State::Absent; THREADS_MAX],
            performed: [0; THREADS_MAX],
            awaits: [None; THREADS_MAX],
            unresolved: None,
            is_cut: false,
            has_strayed: false,
            is_too_long: false,
            numbers: Vec::new(),
        }
    }

    /// Prepares the next run. False if there is none.
    pub(super) fn begin(&mut self) -> bool {
        self.unresolved = None;
        if self.is_over || (self.has_begun && !self.advance()) {
            self.is_over = true;
            return false;
        }
        self.has_begun = true;
        self.states = [State::Absent; THREADS_MAX];
        self.performed = [0; THREADS_MAX];
        self.awaits = [None; THREADS_MAX];
        self.is_cut = false;
        self.is_too_long = false;
        true
    }

    /// Gives away the oldest of the other ways to go on, as a search of its own, if there are
    /// several. So the largest part is likely to go.
    pub(super) fn split(&mut self) -> Option<GraphSearch<C>> {
        let ways: usize = self.frames.iter().map(|frame| frame.work.len()).sum();
        if ways < 2 {
            return None;
        }
        let frame = self.frames.iter_mut().find(|frame| !frame.work.is_empty()).expect("some frame has a way");
        let way = frame.work.remove(0);
        let mut other = GraphSearch::new(&[]);
        other.frames[0] = Frame { graph: frame.graph.clone(), model: frame.model.clone(), work: vec![way] };
        other.has_begun = true;
        Some(other)
    }

    /// The graph of the current run.
    pub(super) fn graph(&self) -> &Graph {
        &self.frames.last().expect("a run has a graph").graph
    }

    fn frame(&mut self) -> &mut Frame<C> {
        self.frames.last_mut().expect("a run has a graph")
    }

    /// Whether the program did not do what it had done before with the same answers.
    pub(super) fn has_strayed(&self) -> bool {
        self.has_strayed
    }

    /// Whether there is no other run.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether the current run was cut because a thread did more than a graph can hold.
    pub(super) fn is_too_long(&self) -> bool {
        self.is_too_long
    }

    /// The thread says what it does next.
    pub(super) fn announce(&mut self, thread: usize, label: Label) {
        assert!(!label.is_beyond(), "{label:?} is beyond the limits of threads and locations");
        self.states[thread] = match label {
            Label::Park => State::Parked,
            label => State::Ready(label),
        };
    }

    /// What the thread has announced, if it can go on.
    pub(super) fn announced(&self, thread: usize) -> Label {
        match self.states[thread] {
            State::Ready(label) => label,
            _ => Label::End,
        }
    }

    /// The thread begins to evaluate an awaited condition.
    fn note_await(&mut self, thread: usize) {
        self.awaits[thread] = Some(self.performed[thread]);
    }

    fn known(&self, thread: usize) -> Option<EventId> {
        self.graph().threads[thread].get(self.performed[thread]).copied()
    }

    /// The thread that goes on; none if the run is over.
    pub(super) fn next(&mut self) -> Option<usize> {
        if self.is_cut || self.has_strayed {
            return None;
        }
        if let Some(id) = self.unresolved {
            let thread = self.graph().events[id].thread;
            if let State::Ready(_) = self.states[thread] {
                return Some(thread);
            }
        }
        let mut last = None;
        let mut waiting = None;
        for thread in 0..THREADS_MAX {
            let State::Ready(label) = self.states[thread] else { continue };
            if self.has_to_wait(label) {
                continue;
            }
            if let Some(id) = self.known(thread) {
                if self.graph().events[id].is_blocked() {
                    self.repeat_blocked(thread, id, label);
                    continue;
                }
                return Some(thread);
            }
            if self.unresolved.is_some() {
                continue;
            }
            match label {
                Label::Await => last = last.or(Some(thread)),
                label if label.is_blocking() && self.blocks_now(label) => waiting = waiting.or(Some((thread, label))),
                _ => return Some(thread),
            }
        }
        if last.is_some() {
            return last;
        }
        let (thread, label) = waiting?;
        self.add(thread, label, &|_| None);
        self.states[thread] = State::Blocked;
        self.performed[thread] += 1;
        self.next()
    }

    fn repeat_blocked(&mut self, thread: usize, id: EventId, label: Label) {
        self.has_strayed |= self.graph().events[id].label != label;
        self.states[thread] = State::Blocked;
        self.performed[thread] += 1;
    }

    fn has_to_wait(&self, label: Label) -> bool {
        match label {
            Label::Join(thread) => self.states[thread] != State::Ended,
            _ => false,
        }
    }

    /// Whether the newest value of the lock keeps the thread waiting.
    fn blocks_now(&self, label: Label) -> bool {
        let location = label.location().expect("a lock is a location");
        let graph = self.graph();
        let (_, value) = graph.write_at(location, graph.places[location].writes.len());
        label.effect(value) == Effect::Block
    }

    /// The thread does what it has announced. `change` says what an update makes of a value.
    /// Returns the answer.
    pub(super) fn perform(&mut self, thread: usize, change: &dyn Fn(u64) -> Option<u64>) -> u64 {
        let State::Ready(label) = self.states[thread] else { unreachable!("who goes on has announced something") };
        if label == Label::Await {
            self.note_await(thread);
            return 0;
        }
        let known = self.known(thread);
        if self.performed[thread] == EVENTS_MAX {
            self.is_too_long = true;
            self.is_cut = true;
            return 0;
        }
        self.performed[thread] += 1;
        if label == Label::End {
            self.states[thread] = State::Ended;
        }
        let Some(id) = known else { return self.add(thread, label, change) };
        let event = self.graph().events[id];
        self.has_strayed |= event.label != label;
        if event.effect == Effect::Pending && self.unresolved == Some(id) && !self.has_strayed {
            self.unresolved = None;
            self.resolve(id, change(event.value).map_or(Effect::Keep, Effect::Write));
        }
        event.value
    }

    /// How the run ended.
    pub(super) fn ending(&self) -> Ending {
        if self.is_cut || self.has_strayed || self.unresolved.is_some() {
            return Ending::Cut;
        }
        let is_over = |state: &State| matches!(state, State::Ended | State::Absent);
        if self.states.iter().all(is_over) {
            return Ending::Complete;
        }
        let has_seen_all = |id: EventId| {
            let graph = self.graph();
            let event = &graph.events[id];
            !event.reads() || graph.position(event.source) == graph.place(id).writes.len()
        };
        let is_final = (0..THREADS_MAX).all(|thread| {
            let events = &self.graph().threads[thread];
            match self.states[thread] {
                State::Blocked => events.last().is_none_or(|&id| has_seen_all(id)),
                State::Parked => events[self.awaits[thread].unwrap_or(0)..].iter().all(|&id| has_seen_all(id)),
                _ => true,
            }
        });
        if is_final { Ending::Blocked } else { Ending::Cut }
    }

    // ---- what is new ----

    fn add(&mut self, thread: usize, label: Label, change: &dyn Fn(u64) -> Option<u64>) -> u64 {
        let frame = self.frames.last_mut().expect("a run has a graph");
        let id = frame.graph.push(thread, label);
        if label.is_read() {
            frame.add_read(id, change);
        } else if let Some(value) = label.stored() {
            frame.add_write(id, Effect::Write(value));
        } else {
            if let Label::Choice(alternatives) = label {
                let len = frame.graph.len();
                frame.work.extend((1..alternatives).rev().map(|nth| Work { len, way: Way::Choose(nth) }));
            }
            let consistent = frame.model.check(&frame.graph, id);
            debug_assert!(consistent);
            frame.model.commit(&frame.graph, id);
        }
        self.graph().events[id].value
    }

    fn resolve(&mut self, id: EventId, effect: Effect) {
        let frame = self.frame();
        frame.graph.resolve(id, effect);
        if frame.model.check(&frame.graph, id) {
            frame.model.commit(&frame.graph, id);
            if let Effect::Write(_) = effect {
                frame.note_revisits(id);
            }
        } else {
            self.is_cut = true;
        }
    }

    // ---- other ways ----

    /// Takes up another way. False if none is left.
    fn advance(&mut self) -> bool {
        while let Some(frame) = self.frames.last_mut() {
            let Some(work) = frame.work.pop() else {
                let frame = self.frames.pop().expect("there is a frame");
                self.spare.push(frame);
                continue;
            };
            if self.take_up(work) {
                return true;
            }
        }
        false
    }
}
