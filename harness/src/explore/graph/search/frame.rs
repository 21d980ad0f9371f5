//! A graph and the other ways to go on from it.

use super::super::consistency::Consistency;
use super::super::events::{EventId, Graph};
use super::super::label::Effect;
use super::super::revisit;

/// Another way to go on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    /// Events there were, with the one in question.
    pub(super) len: usize,
    pub(super) way: Way,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// The last event reads the write at another position.
    Read { position: usize, effect: Effect },
    /// The last event is another place of the coherence order.
    Write { position: usize, effect: Effect },
    /// The last event takes another alternative.
    Choose(u32),
    /// An earlier read sees the write, if that is placed at that position at most.
    Revisit { read: EventId, write: EventId, position: usize },
    /// The last event, an update, reads the write at that position, which another one has read, and
    /// an earlier read sees it.
    Displace { read: EventId, source: usize, effect: Effect },
}

/// A graph and the other ways to go on from it.
#[derive(Debug, Default)]
pub(super) struct Frame<C> {
    pub(super) graph: Graph,
    pub(super) model: C,
    pub(super) work: Vec<Work>,
}

impl<C: Consistency> Frame<C> {
    /// The event is known to be consistent.
    pub(super) fn keep_known(&mut self, id: EventId) {
        let consistent = self.model.check(&self.graph, id);
        debug_assert!(consistent, "what was consistent is consistent again");
        self.model.commit(&self.graph, id);
    }

    pub(super) fn effect(&self, id: EventId, value: u64, change: &dyn Fn(u64) -> Option<u64>) -> Effect {
        match self.graph.events[id].label.effect(value) {
            Effect::Pending => change(value).map_or(Effect::Keep, Effect::Write),
            known => known,
        }
    }

    /// A read reads the newest write; the others are noted.
    pub(super) fn add_read(&mut self, id: EventId, change: &dyn Fn(u64) -> Option<u64>) {
        let len = self.graph.len();
        let location = self.graph.events[id].label.location().expect("a read has a location");
        let newest = self.graph.places[location].writes.len();
        for position in self.model.floor(&self.graph, id)..newest {
            let (_, value) = self.graph.write_at(location, position);
            let effect = self.effect(id, value, change);
            if effect == Effect::Block {
                continue;
            }
            let displaced = match effect {
                Effect::Write(_) => self.graph.update_of(location, position),
                _ => None,
            };
            if let Some(displaced) = displaced {
                self.graph.read_only(id, position);
                self.note_displacements(id, displaced, position, effect);
            } else {
                self.graph.read(id, position, effect);
                if self.model.check(&self.graph, id) {
                    self.work.push(Work { len, way: Way::Read { position, effect } });
                }
            }
            self.graph.unlink(id);
        }
        let (_, value) = self.graph.write_at(location, newest);
        let effect = self.effect(id, value, change);
        self.graph.read(id, newest, effect);
        self.keep_known(id);
        if let Effect::Write(_) = effect {
            self.note_revisits(id);
        }
    }

    /// A write is the last of its location; other places are noted, and reads that could see it.
    pub(super) fn add_write(&mut self, id: EventId, effect: Effect) {
        let len = self.graph.len();
        let location = self.graph.events[id].label.location().expect("a write has a location");
        let newest = self.graph.places[location].writes.len();
        for position in self.model.floor(&self.graph, id) + 1..newest + 1 {
            if self.graph.update_of(location, position - 1).is_some() {
                continue;
            }
            self.graph.write(id, position, effect);
            if self.model.check(&self.graph, id) {
                self.work.push(Work { len, way: Way::Write { position, effect } });
            }
            self.graph.unlink(id);
        }
        self.graph.write(id, newest + 1, effect);
        self.keep_known(id);
        self.note_revisits(id);
    }

    /// The write could be seen by earlier reads.
    pub(super) fn note_revisits(&mut self, write: EventId) {
        let Frame { graph, work, .. } = self;
        let before = graph.before(write);
        for &read in &graph.place(write).reads {
            if !graph.events[read].is_in(before) && revisit::is_allowed(graph, write, read) {
                work.push(Work { len: graph.len(), way: Way::Revisit { read, write, position: usize::MAX } });
            }
        }
    }

    /// The update could be seen by earlier reads if the update that has read what it reads gives
    /// way.
    pub(super) fn note_displacements(&mut self, write: EventId, displaced: EventId, source: usize, effect: Effect) {
        let Frame { graph, work, .. } = self;
        let before = graph.before(write);
        if graph.events[displaced].is_in(before) {
            return;
        }
        for &read in &graph.place(write).reads {
            let gives_way = read <= displaced && !graph.events[read].is_in(before);
            if gives_way && revisit::is_allowed(graph, write, read) {
                work.push(Work { len: graph.len(), way: Way::Displace { read, source, effect } });
            }
        }
    }

    /// The read sees the write, if that is consistent.
    pub(super) fn sees(&mut self, read: EventId, write: EventId) -> bool {
        let position = self.graph.events[write].position;
        let (_, value) = self.graph.write_at(self.graph.location(write), position);
        let effect = self.graph.events[read].label.effect(value);
        let floor = self.model.floor(&self.graph, read);
        self.graph.read(read, position, effect);
        let consistent = position >= floor && self.model.check(&self.graph, read);
        if consistent {
            self.model.commit(&self.graph, read);
        } else {
            self.graph.unlink(read);
        }
        consistent
    }

    /// Places the write as late as possible, at that position at most, and has the read see it.
    pub(super) fn place_seen(&mut self, read: EventId, write: EventId, effect: Effect, most: usize) -> Option<usize> {
        let location = self.graph.location(write);
        let floor = self.model.floor(&self.graph, write);
        let mut position = (self.graph.places[location].writes.len() + 1).min(most);
        while position > floor {
            if self.graph.update_of(location, position - 1).is_none() {
                self.graph.write(write, position, effect);
                if self.model.check(&self.graph, write) {
                    self.model.commit(&self.graph, write);
                    if self.sees(read, write) {
                        return Some(position);
                    }
                }
                self.graph.unlink(write);
                self.model.rebuild(&self.graph);
            }
            position -= 1;
        }
        None
    }
}
