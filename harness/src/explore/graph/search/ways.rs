//! Another way to go on is taken up.

use super::super::consistency::Consistency;
use super::super::events::EventId;
use super::super::label::Effect;
use super::GraphSearch;
use super::frame::{Way, Work};

impl<C: Consistency> GraphSearch<C> {
    /// False if there is no graph that goes this way.
    pub(super) fn take_up(&mut self, work: Work) -> bool {
        let Work { len, way } = work;
        let frame = self.frames.last_mut().expect("there is a frame");
        frame.graph.cut(len);
        let id = len - 1;
        match way {
            Way::Choose(nth) => {
                frame.graph.events[id].value = u64::from(nth);
                frame.model.rebuild(&frame.graph);
                true
            }
            Way::Read { position, effect } => {
                frame.graph.unlink(id);
                frame.model.rebuild(&frame.graph);
                frame.graph.read(id, position, effect);
                frame.keep_known(id);
                if let Effect::Write(_) = effect {
                    frame.note_revisits(id);
                }
                true
            }
            Way::Write { position, effect } => {
                frame.graph.unlink(id);
                frame.model.rebuild(&frame.graph);
                frame.graph.write(id, position, effect);
                frame.keep_known(id);
                true
            }
            Way::Revisit { read, write, position } => self.revisit(read, write, position, None),
            Way::Displace { read, source, effect } => {
                frame.graph.unlink(id);
                frame.graph.read_only(id, source);
                self.revisit(read, id, source + 1, Some(effect))
            }
        }
    }

    /// Makes a graph of its own in which the read sees the write, which is at the position at most.
    /// An update that displaces another has an effect.
    fn revisit(&mut self, read: EventId, write: EventId, position: usize, displacing: Option<Effect>) -> bool {
        let mut next = self.spare.pop().unwrap_or_default();
        next.work.clear();
        let frame = self.frames.last_mut().expect("there is a frame");
        let graph = &frame.graph;
        let before = *graph.before(write);
        let is_update = graph.events[write].reads();
        let keeps = |id: EventId| id <= read || id == write || graph.events[id].is_in(&before);
        // A write without a read is placed anew.
        let bare = [read, if is_update { read } else { write }];
        next.graph.keep(graph, &mut self.numbers, keeps, bare);
        next.model.keep(&frame.model, &self.numbers);
        let stored = graph.events[write].effect;
        let number = |id: EventId| self.numbers[id].expect("what is revisited and by what is kept");
        let (kept_read, kept_write) = (number(read), number(write));
        next.model.rebuild(&next.graph);
        let found = match (is_update, displacing) {
            (true, None) => next.sees(kept_read, kept_write),
            (true, Some(effect)) => {
                let location = next.graph.events[kept_write].label.location().expect("an update has a location");
                let source = next.graph.position(next.graph.events[kept_write].source);
                let is_free = next.graph.update_of(location, source).is_none();
                if is_free {
                    next.graph.resolve(kept_write, effect);
                }
                is_free && next.model.check(&next.graph, kept_write) && {
                    next.model.commit(&next.graph, kept_write);
                    next.sees(kept_read, kept_write)
                }
            }
            (false, _) => match next.place_seen(kept_read, kept_write, stored, position) {
                Some(position) => {
                    if position > 1 {
                        let way = Way::Revisit { read, write, position: position - 1 };
                        frame.work.push(Work { len: frame.graph.len(), way });
                    }
                    true
                }
                None => false,
            },
        };
        if !found {
            self.spare.push(next);
            return false;
        }
        if next.graph.events[kept_read].effect == Effect::Pending {
            self.unresolved = Some(kept_read);
        } else if next.graph.events[kept_read].writes() {
            next.note_revisits(kept_read);
        }
        self.frames.push(next);
        true
    }
}
