//! Fences, and full barriers in their line.

use super::super::view::{View, keep};
use super::knowledge::Knowledge;
use super::{Position, Weak};
use crate::sim::event::ObjectId;

impl Weak {
    /// The thread takes over what was told to it, as an acquire fence does.
    pub(crate) fn acquire(&mut self, thread: usize) {
        let seen = &mut self.threads[thread];
        seen.count(thread);
        for view in [&mut seen.current, &mut seen.heard, &mut seen.ordered] {
            view.copy(&seen.acquired);
        }
    }

    /// Later reads of the thread come after its earlier ones, as after a read barrier of the
    /// kernel's. Its writes do not, unless something else orders them.
    pub(crate) fn order_reads(&mut self, thread: usize) {
        let seen = &mut self.threads[thread];
        seen.count(thread);
        seen.current.copy(&seen.heard);
    }

    /// Later relaxed writes of the thread tell what it has seen until now, as after a release
    /// fence.
    pub(crate) fn release(&mut self, thread: usize) {
        let seen = &mut self.threads[thread];
        seen.count(thread);
        seen.ordered.copy(&seen.current);
        seen.released.join(&seen.current);
    }

    /// Later relaxed writes of the thread tell what it has written until now, as after a write
    /// barrier of the kernel's, and what those of its writes tell that were released. Not what it
    /// has read.
    pub(crate) fn order_writes(&mut self, thread: usize) {
        let seen = &mut self.threads[thread];
        seen.count(thread);
        let Knowledge { released, wrote, writes, .. } = seen;
        for (object, stamp, view, is_released) in writes.drain(..) {
            wrote.raise(object, stamp);
            let Some(view) = view.map(|view| &self.views[view as usize]) else { continue };
            if is_released {
                wrote.join(view);
            } else {
                self.strong.tell(view.events(), &self.views, wrote);
            }
        }
        released.join(wrote);
    }

    /// In how many places of the line a full barrier of the thread may stand, after which it has
    /// seen no more of the object than `stamp`, if one is given. They are counted from the end, and
    /// begin with the first one returned.
    pub(crate) fn barrier_places(
        &mut self,
        thread: usize,
        limit: Option<(ObjectId, Position)>,
    ) -> std::ops::Range<usize> {
        let seen = &mut self.threads[thread];
        seen.current.copy(&seen.acquired);
        let places = self.places_in_line(&self.threads[thread].current);
        let first = limit.map_or(0, |(object, place)| {
            let stamp = self.words[object.index()][place as usize].stamp;
            (0..places).take_while(|&place| self.line.seen_before(place).stamp(object) > stamp).count()
        });
        first..places
    }

    /// In how many places of the line a barrier of somebody with this view may stand. Those in
    /// front of what has left the window are not known.
    fn places_in_line(&self, view: &View) -> usize {
        let places = self.line.places(view);
        if self.line.is_beyond_window(places) {
            self.lacked_room.set(true);
        }
        places
    }

    /// Whether the thread could make a full barrier and then still see the message.
    pub(crate) fn sees_behind_barrier(&self, thread: usize, object: ObjectId, place: Position) -> bool {
        let stamp = self.words[object.index()][place as usize].stamp;
        let acquired = &self.threads[thread].acquired;
        let places = self.places_in_line(acquired);
        acquired.stamp(object) <= stamp && self.line.seen_before(places - 1).stamp(object) <= stamp
    }

    /// The thread makes a full barrier in that place of the line; one of the kernel's, if it
    /// `is_strong`. [`Weak::barrier_places`] was asked before.
    pub(crate) fn barrier(&mut self, thread: usize, place: usize, is_strong: bool) {
        let seen = &mut self.threads[thread];
        self.psc.fence(thread, seen.number(thread) + 1, seen.current.events());
        seen.current.join_stamps(self.line.seen_before(place));
        let number = seen.count(thread);
        for view in [&mut seen.acquired, &mut seen.heard, &mut seen.ordered, &mut seen.released] {
            view.copy(&seen.current);
        }
        if is_strong {
            seen.met.clear();
            let view = keep(&mut self.views, &mut self.views_count, &seen.current, None, true);
            self.strong.add((thread, number), view.expect("what is released is kept"));
        }
        if place > 0 {
            self.tell_followers(thread, place);
        }
        self.line.insert(place, (thread, number), is_strong, &self.threads[thread].current);
    }

    /// Whoever comes after one of the last `place` barriers has seen what the thread has.
    fn tell_followers(&mut self, thread: usize, place: usize) {
        let seen = std::mem::take(&mut self.threads[thread].current);
        let threads = self.threads[..self.threads_count].iter_mut();
        let views =
            threads.flat_map(|Knowledge { current, acquired, heard, ordered, released, unlocked, wrote, .. }| {
                [current, acquired, heard, ordered, released, unlocked, wrote]
            });
        for view in views.chain(&mut self.views[..self.views_count]) {
            if self.line.follows(place, view) {
                view.join_stamps(&seen);
            }
        }
        self.threads[thread].current = seen;
    }
}
