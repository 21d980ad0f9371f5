//! An execution graph: events in the order in which the search added them, what each read sees, and
//! the coherence order of each location.
//!
//! Invariant: along a thread numbers of events grow. What a read sees may have a greater number
//! than the read: then it was given to the read after the fact.

use super::clock::{Clock, THREADS_MAX};
use super::label::{Effect, Label, LocationId};

/// An event, by its number in the graph.
pub(super) type EventId = usize;

/// The write that a read sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// It sees none: it is no read, or none yet.
    None,
    /// The value before all writes.
    Initial,
    /// That event.
    Event(EventId),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) thread: usize,
    /// Which event of the thread, from 0.
    pub(super) index: usize,
    pub(super) label: Label,
    pub(super) source: Source,
    /// The value read, or the alternative taken.
    pub(super) value: u64,
    pub(super) effect: Effect,
    /// If it is in the coherence order: how many come before it there, the initial value included.
    pub(super) position: usize,
}

impl Event {
    pub(super) fn writes(&self) -> bool {
        self.position > 0
    }

    pub(super) fn reads(&self) -> bool {
        self.source != Source::None
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.effect == Effect::Block
    }

    pub(super) fn is_in(&self, clock: &Clock) -> bool {
        clock.covers(self.thread, self.index + 1)
    }
}

/// The events of one location.
#[derive(Clone, Debug, Default)]
pub(super) struct LocationEvents {
    pub(super) initial: u64,
    /// In coherence order.
    pub(super) writes: Vec<EventId>,
    /// In any order.
    pub(super) reads: Vec<EventId>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    pub(super) events: Vec<Event>,
    /// For each event, the events that come before it by program order, reads-from, starting and
    /// joining; itself included.
    before: Vec<Clock>,
    pub(super) threads: Vec<Vec<EventId>>,
    pub(super) places: Vec<LocationEvents>,
    /// For each thread the event that starts it.
    pub(super) origins: [Option<EventId>; THREADS_MAX],
}

impl Graph {
    /// Makes it empty, of locations with these values.
    pub(super) fn reset(&mut self, initial: impl IntoIterator<Item = u64>) {
        self.events.clear();
        self.before.clear();
        self.threads.resize(THREADS_MAX, Vec::new());
        self.threads.iter_mut().for_each(Vec::clear);
        self.origins = [None; THREADS_MAX];
        let mut count = 0;
        for (location, value) in initial.into_iter().enumerate() {
            self.make_place(location, value);
            count += 1;
        }
        self.places.truncate(count);
    }

    fn make_place(&mut self, location: LocationId, initial: u64) {
        if location >= self.places.len() {
            self.places.resize(location + 1, LocationEvents::default());
        }
        let place = &mut self.places[location];
        place.initial = initial;
        place.writes.clear();
        place.reads.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// Adds an event to its thread. It sees nothing yet and is in no coherence order.
    pub(super) fn push(&mut self, thread: usize, label: Label) -> EventId {
        let id = self.events.len();
        let index = self.threads[thread].len();
        let effect = if label.is_read() { Effect::Pending } else { Effect::Keep };
        self.events.push(Event { thread, index, label, source: Source::None, value: 0, effect, position: 0 });
        self.threads[thread].push(id);
        self.before.push(Clock::ZERO);
        if let Label::Spawn(child) = label {
            self.origins[child] = Some(id);
        }
        self.look_back(id);
        id
    }

    /// Takes the event as another graph has it, without what it sees and writes.
    pub(super) fn push_copy(&mut self, event: &Event, before: &Clock) -> EventId {
        let id = self.push(event.thread, event.label);
        let mine = &mut self.events[id];
        mine.value = event.value;
        mine.effect = event.effect;
        self.before[id] = *before;
        id
    }

    /// Removes the last event.
    pub(super) fn pop(&mut self) {
        let id = self.events.len() - 1;
        self.unlink(id);
        let event = self.events.pop().expect("there is an event to remove");
        self.before.pop();
        self.threads[event.thread].pop();
        if let Label::Spawn(child) = event.label {
            self.origins[child] = None;
        }
    }

    pub(super) fn cut(&mut self, len: usize) {
        while self.events.len() > len {
            self.pop();
        }
    }

    /// The event before it in its thread, or the one that starts the thread.
    pub(super) fn previous(&self, id: EventId) -> Option<EventId> {
        let Event { thread, index, .. } = self.events[id];
        if index == 0 { self.origins[thread] } else { Some(self.threads[thread][index - 1]) }
    }

    pub(super) fn next(&self, id: EventId) -> Option<EventId> {
        let Event { thread, index, .. } = self.events[id];
        self.threads[thread].get(index + 1).copied()
    }

    /// The last event of the thread that a join waits for.
    pub(super) fn joined(&self, id: EventId) -> Option<EventId> {
        match self.events[id].label {
            Label::Join(thread) => self.threads[thread].last().copied(),
            _ => None,
        }
    }

    /// What comes before the event, itself included.
    pub(super) fn before(&self, id: EventId) -> &Clock {
        &self.before[id]
    }

    fn look_back(&mut self, id: EventId) {
        let mut clock = self.previous(id).map_or(Clock::ZERO, |previous| self.before[previous]);
        if let Source::Event(source) = self.events[id].source {
            clock.join(&self.before[source]);
        }
        if let Some(ended) = self.joined(id) {
            clock.join(&self.before[ended]);
        }
        let Event { thread, index, .. } = self.events[id];
        clock.raise(thread, index + 1);
        self.before[id] = clock;
    }

    /// The events of the location of an access.
    pub(super) fn place(&self, id: EventId) -> &LocationEvents {
        &self.places[self.location(id)]
    }

    pub(super) fn location(&self, id: EventId) -> LocationId {
        self.events[id].label.location().expect("the event is an access")
    }

    /// The write at a position of the coherence order, and what it wrote.
    pub(super) fn write_at(&self, location: LocationId, position: usize) -> (Source, u64) {
        let place = &self.places[location];
        match position.checked_sub(1) {
            None => (Source::Initial, place.initial),
            Some(nth) => (Source::Event(place.writes[nth]), self.written(place.writes[nth])),
        }
    }

    fn written(&self, id: EventId) -> u64 {
        match self.events[id].effect {
            Effect::Write(value) => value,
            _ => unreachable!("what is in the coherence order writes"),
        }
    }

    pub(super) fn position(&self, source: Source) -> usize {
        match source {
            Source::Event(id) => self.events[id].position,
            Source::Initial | Source::None => 0,
        }
    }

    /// The write that comes next in the coherence order after that position.
    pub(super) fn write_after(&self, location: LocationId, position: usize) -> Option<EventId> {
        self.places[location].writes.get(position).copied()
    }

    /// The update that read the write at the position, and writes, if there is one: nothing may
    /// come between the two.
    pub(super) fn update_of(&self, location: LocationId, position: usize) -> Option<EventId> {
        let next = self.write_after(location, position)?;
        (self.events[next].reads()).then_some(next)
    }

    /// The access reads the write at that position.
    pub(super) fn read(&mut self, id: EventId, position: usize, effect: Effect) {
        let location = self.location(id);
        let (source, value) = self.write_at(location, position);
        debug_assert!(!self.events[id].reads());
        let event = &mut self.events[id];
        event.source = source;
        event.value = value;
        event.effect = effect;
        self.places[location].reads.push(id);
        self.look_back(id);
        if let Effect::Write(_) = effect {
            self.write(id, position + 1, effect);
        }
    }

    /// The access reads the write at that position; what it makes of it does not count.
    pub(super) fn read_only(&mut self, id: EventId, position: usize) {
        self.read(id, position, Effect::Keep);
    }

    /// What an update does is known now.
    pub(super) fn resolve(&mut self, id: EventId, effect: Effect) {
        self.events[id].effect = effect;
        if let Effect::Write(_) = effect {
            self.write(id, self.position(self.events[id].source) + 1, effect);
        }
    }

    /// The access writes, after `position` others, the initial value included.
    pub(super) fn write(&mut self, id: EventId, position: usize, effect: Effect) {
        let location = self.location(id);
        debug_assert_eq!(self.events[id].position, 0);
        self.events[id].effect = effect;
        let writes = &mut self.places[location].writes;
        writes.insert(position - 1, id);
        for (nth, &write) in writes.iter().enumerate().skip(position - 1) {
            self.events[write].position = nth + 1;
        }
    }

    /// The access neither reads nor writes any more.
    pub(super) fn unlink(&mut self, id: EventId) {
        let Event { position, source, .. } = self.events[id];
        if position > 0 {
            let location = self.location(id);
            let writes = &mut self.places[location].writes;
            writes.remove(position - 1);
            for (nth, &write) in writes.iter().enumerate().skip(position - 1) {
                self.events[write].position = nth + 1;
            }
            self.events[id].position = 0;
        }
        if source != Source::None {
            let location = self.location(id);
            let reads = &mut self.places[location].reads;
            let at = reads.iter().rposition(|&read| read == id).expect("the location knows its reads");
            reads.swap_remove(at);
            self.events[id].source = Source::None;
        }
        if self.events[id].label.is_read() {
            self.events[id].effect = Effect::Pending;
        }
    }

    /// Fills this empty graph with those events of another that `keeps` says. `bare` ones come
    /// without what they see and write. `numbers` gives the new numbers.
    pub(super) fn keep(
        &mut self,
        from: &Graph,
        numbers: &mut Vec<Option<EventId>>,
        keeps: impl Fn(EventId) -> bool,
        bare: [EventId; 2],
    ) {
        self.reset(from.places.iter().map(|place| place.initial));
        numbers.clear();
        for (id, event) in from.events.iter().enumerate() {
            numbers.push(keeps(id).then(|| self.push_copy(event, &from.before[id])));
        }
        for (id, event) in from.events.iter().enumerate() {
            let Some(number) = numbers[id].filter(|_| !bare.contains(&id)) else { continue };
            self.events[number].source = match event.source {
                Source::Event(source) => Source::Event(numbers[source].expect("what a kept read sees is kept")),
                other => other,
            };
        }
        for (mine, theirs) in self.places.iter_mut().zip(&from.places) {
            let kept = |id: &EventId| if bare.contains(id) { None } else { numbers[*id] };
            mine.writes.extend(theirs.writes.iter().filter_map(kept));
            mine.reads.extend(theirs.reads.iter().filter_map(kept));
            for (nth, &write) in mine.writes.iter().enumerate() {
                self.events[write].position = nth + 1;
            }
        }
        for id in bare {
            self.look_back(numbers[id].expect("bare events are kept"));
        }
    }

    /// The first position of the coherence order that an access of that location can read, or write
    /// after, if it knows of what the clock covers: no earlier than what it knows to be written or
    /// seen.
    pub(super) fn floor(&self, location: LocationId, is_known: impl Fn(&Event) -> bool) -> usize {
        let place = &self.places[location];
        let written = place.writes.iter().rposition(|&write| is_known(&self.events[write])).map_or(0, |nth| nth + 1);
        let seen = place.reads.iter().map(|&read| &self.events[read]).filter(|event| is_known(event));
        seen.map(|event| self.position(event.source)).fold(written, usize::max)
    }
}
