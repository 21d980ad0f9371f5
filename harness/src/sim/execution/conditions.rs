//! Conditions that threads await: what they have read, and what they did that they may not do.

use super::super::event::Place;
use super::super::unfit::{Looks, Unfit};
use super::Execution;

impl Execution {
    /// Whether something that the condition has read was written since.
    pub(super) fn arrive_await(&mut self, me: usize) -> bool {
        let mut is_written = false;
        for at in 0..self.threads[me].watched.len() {
            let (object, version) = self.threads[me].watched[at];
            is_written |= self.memory.version(object) != version;
            self.objects[object.index()].watchers |= 1 << me;
        }
        is_written
    }

    /// The running thread does what a condition may not do. If it evaluates one, that ends the
    /// execution when the condition has its value.
    #[inline(always)]
    pub(crate) fn looks(&mut self, what: Looks, place: Place) {
        if self.attention & (1 << self.me) != 0 {
            self.note_unfit(what, place);
        }
    }

    /// Apart, for those who may do so come by here in every execution.
    #[cold]
    #[inline(never)]
    fn note_unfit(&mut self, what: Looks, place: Place) {
        if self.is_watched() {
            // It is no condition that the thread evaluates: it is watched, and has done more than
            // look.
            return self.end_watch();
        }
        self.conditions.unfit.push(Unfit { thread: self.me, what, place });
    }

    /// Whether the running thread evaluates a condition.
    pub(in crate::sim) fn is_evaluating(&self) -> bool {
        (self.attention & !self.polling.watching) & (1 << self.me) != 0
    }

    pub(in crate::sim) fn begin_condition(&mut self) {
        let me = self.me;
        self.end_watch();
        // What a condition reads again it waits for by itself.
        self.acts();
        self.attention |= 1 << me;
        self.threads[me].watched.clear();
        self.conditions.unfit.retain(|unfit| unfit.thread != me);
    }

    pub(in crate::sim) fn end_condition(&mut self) {
        self.attention &= !(1 << self.me);
        self.conditions.insisting &= !(1 << self.me);
    }

    /// What the condition that the running thread has evaluated did first of what it may not do.
    pub(in crate::sim) fn first_unfit(&self) -> Option<(Looks, Place)> {
        self.conditions.unfit.iter().find(|unfit| unfit.thread == self.me).map(|unfit| (unfit.what, unfit.place))
    }

    /// The running thread waits no more for what it has read.
    pub(in crate::sim) fn forget_watchers(&mut self) {
        let me = self.me;
        for at in 0..self.threads[me].watched.len() {
            let (object, _) = self.threads[me].watched[at];
            self.objects[object.index()].watchers &= !(1 << me);
        }
    }
}
