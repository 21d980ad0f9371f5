//! Total store order at work: stores wait in buffers, and when they land is a choice of the
//! schedule.
//!
//! A buffer that is not empty goes on like a thread: it is one of those who can run at every choice
//! point. When it is chosen its oldest store lands, and the schedule is asked again. Whoever stores
//! into an empty buffer is asked first of all whether that lands at once, which is the usual
//! answer: an execution without decisions is sequentially consistent, and a store that stays behind
//! counts like one preemption, however long it does. Under an exhaustive search a landing is a step
//! of its own, see `holding.rs`.

use super::super::asked::Change;
use super::super::event::{Event, Intent, Kind, ObjectId, What};
use super::super::memory::{Buffering, Store, releases};
use super::super::state::Ending;
use super::Execution;
use crate::schedule::{BUFFERS_FROM, Drawn, Marked, Spot};
use std::sync::atomic::Ordering;

/// Questions about a store beside its event: whether it lands at once, and who goes on after it has
/// landed.
const AT_ONCE: u64 = 1;
const AFTERWARDS: u64 = 2;

impl Execution {
    pub(super) fn read_through_buffer(&mut self, object: ObjectId, order: Ordering) -> u64 {
        match self.memory.buffers.own(self.me, object) {
            Some(own) => {
                self.relaxed.buffering = Buffering::Forwarded(own.nth);
                own.value
            }
            None => self.memory.read(self.me, object, order),
        }
    }

    /// A store. Sequentially consistent ones are locked exchanges.
    pub(super) fn store_in_buffer(&mut self, object: ObjectId, value: u64, order: Ordering) {
        let me = self.me;
        // Alone it sees all it does, and whoever it starts later sees it too. A search lands the
        // store as a step of its own.
        if order == Ordering::SeqCst || self.is_alone() && !self.decider.is_steered() {
            self.drain(me);
            self.memory.write(me, object, value, order);
            self.changed(object);
            return;
        }
        let published = self.memory.order.publish(me, order == Ordering::Release);
        let (key, place) = (self.announced_key(), self.threads[me].intent.place);
        let nth = self.memory.buffers.next(me);
        self.memory.buffers.push(me, Store { object, value, published, nth, key, place });
        self.relaxed.buffering = Buffering::Stored(nth);
        self.enabled |= 1 << (BUFFERS_FROM + me);
    }

    /// A read-modify-write: locked if it writes. Returns the old value and the new one.
    pub(super) fn update_locked(
        &mut self,
        object: ObjectId,
        (success, failure): (Ordering, Ordering),
        change: Change<'_>,
    ) -> (u64, Option<u64>) {
        let old = self.newest_relaxed(object);
        let new = change(old);
        match new {
            Some(value) => {
                let has_stored = self.lingers(self.me);
                self.drain(self.me);
                if value == old && !has_stored && !releases(success) {
                    self.record.is_silent = true;
                    self.memory.touch(self.me, object, success);
                } else {
                    self.memory.update(self.me, object, success, |_| value);
                    self.changed(object);
                }
            }
            None => {
                self.read_through_buffer(object, failure);
            }
        }
        (old, new)
    }

    /// Whether the thread, which has ended, has left stores behind.
    pub(super) fn lingers(&self, thread: usize) -> bool {
        !self.memory.buffers.is_empty(thread)
    }

    /// Everything lands that the thread has stored.
    pub(in crate::sim) fn drain(&mut self, thread: usize) {
        if self.decider.is_steered() {
            self.decider.mark(thread, Marked::Drained { always: !self.is_attempt(thread) });
        }
        while self.lingers(thread) {
            self.land(thread, true);
        }
    }

    /// The oldest store of the thread lands.
    pub(in crate::sim) fn land(&mut self, thread: usize, is_told: bool) {
        let Some(store) = self.memory.buffers.pop(thread) else { return };
        if self.decider.is_steered() {
            self.mark_landing(thread, &store);
        }
        self.memory.land(&store);
        if !self.lingers(thread) {
            self.enabled &= !(1 << (BUFFERS_FROM + thread));
            if self.roster.lingering & (1 << thread) != 0 {
                self.roster.lingering &= !(1 << thread);
                self.enabled |= self.threads[thread].joiners;
            }
        }
        self.lock_changed(store.object);
        self.changed(store.object);
        if is_told && self.record.tracing {
            let Store { object, value, key, place, .. } = store;
            let footprint = Intent::new(Kind::Land, object, place).footprint();
            let (read, written) = (None, Some(value));
            let what = What::Access { kind: Kind::Land, object, footprint, key, read, written, is_unusual: true };
            self.record.trace.push(Event { thread: thread as u8, what, place });
        }
    }

    /// Picks who goes on, as `hand_over` does; until it is a thread, stores land.
    #[cold]
    #[inline(never)]
    pub(super) fn hand_over_landing(&mut self, spot: Spot, drawn: Drawn) -> bool {
        let me = self.me;
        if std::thread::panicking() && self.enabled & (1 << me) != 0 {
            self.insist(spot, drawn);
            return false;
        }
        if self.decider.is_steered() {
            self.decider.announce(me, spot.key());
            if self.is_alone() && !self.land_unasked() {
                return true;
            }
            if self.enabled == 0 {
                return self.nobody(spot);
            }
        }
        if let Some(thread) = self.memory.buffers.take_fresh() {
            let asked = BUFFERS_FROM + thread;
            let Some(next) = self.ask_beside(thread, AT_ONCE, asked) else { return self.give_up() };
            if next != asked {
                return self.hand_over_after(next, spot);
            }
            self.land(thread, false);
            if self.enabled == 0 {
                return self.nobody(spot);
            }
        }
        match self.decider.next_buffered(spot, drawn, me, self.enabled, self.held()) {
            Some(next) => self.hand_over_after(next, spot),
            None => self.give_up(),
        }
    }

    /// Everybody who could go on is asleep.
    fn give_up(&mut self) -> bool {
        self.end(Ending::Redundant);
        true
    }

    /// `next` was chosen to go on, perhaps a buffer.
    fn hand_over_after(&mut self, next: usize, spot: Spot) -> bool {
        let mut next = next;
        while let Some(thread) = next.checked_sub(BUFFERS_FROM) {
            let afterwards = self.spot_beside(thread, AFTERWARDS);
            self.land(thread, true);
            if self.enabled == 0 {
                return self.nobody(spot);
            }
            let drawn = self.decider.draw(afterwards);
            match self.decider.next_buffered(afterwards, drawn, self.me, self.enabled, self.held()) {
                Some(one) => next = one,
                None => return self.give_up(),
            }
        }
        self.hand_over_to(next)
    }

    /// A question about the oldest store of the thread.
    fn spot_beside(&self, thread: usize, question: u64) -> Spot {
        let store = self.memory.buffers.oldest(thread).expect("a buffer that can go on holds a store");
        Spot::beside(store.key, question)
    }

    fn ask_beside(&mut self, thread: usize, question: u64, asked: usize) -> Option<usize> {
        let spot = self.spot_beside(thread, question);
        let drawn = self.decider.draw(spot);
        self.decider.next_buffered(spot, drawn, asked, self.enabled, self.held())
    }
}
