//! The weak model at work: which message a read sees, where a write goes and where a full barrier
//! stands are choices of the schedule.
//!
//! Each choice is among numbered alternatives of which the first is the usual one: the newest
//! message, the end of the list. An execution without decisions is sequentially consistent, and
//! each unusual choice counts like a preemption.

use super::super::asked::Change;
use super::super::event::{Intent, Kind, ObjectId};
use super::super::gaps::Lacks;
use super::super::memory::{Act, Events, Manner, Message};
use super::super::object::HELD;
use super::Execution;
use crate::schedule::ALTERNATIVES_MAX;
use std::sync::atomic::Ordering;

/// Questions about one event.
const MESSAGE: u64 = 3;
const PLACE: u64 = 4;
/// Two barriers at most belong to one event: its own, or one on each side.
const BARRIER: u64 = 5;

/// Whether all threads have to agree on when the access was made.
fn is_consistent(order: Ordering) -> bool {
    order == Ordering::SeqCst
}

impl Execution {
    /// One of the alternatives, of which there is one at least, the usual one first. What a choice
    /// cannot name is left out, and that is noted.
    fn choose_among(&mut self, question: u64, mut alternatives: Vec<Message>) -> Message {
        debug_assert!(!alternatives.is_empty());
        if alternatives.len() > ALTERNATIVES_MAX {
            alternatives.truncate(ALTERNATIVES_MAX);
            self.lacks.add(Lacks::LEFT_OUT);
        }
        let chosen = alternatives[self.choose_seen(question, alternatives.len())];
        self.relaxed.alternatives = alternatives;
        chosen
    }

    /// Room for alternatives, to be given back to `choose_among`.
    fn alternatives(&mut self) -> Vec<Message> {
        let mut alternatives = std::mem::take(&mut self.relaxed.alternatives);
        alternatives.clear();
        alternatives
    }

    /// A read.
    pub(in crate::sim) fn see(&mut self, object: ObjectId, order: Ordering) -> u64 {
        let insists = self.insists();
        self.see_one(object, order, insists, |_| true)
    }

    /// Whether the running thread looks again at what it awaits: then it sees something new, if
    /// there is something. Where a loop waits, that holds for the next read alone.
    fn insists(&mut self) -> bool {
        let is_polling = self.polling.insisting & (1 << self.me) != 0;
        self.polling.insisting &= !(1 << self.me);
        is_polling || self.conditions.insisting & (1 << self.me) != 0
    }

    /// A read of a message with such a value, of which there is one; of a new one, if the thread
    /// `insists`.
    fn see_one(&mut self, object: ObjectId, order: Ordering, insists: bool, suits: impl Fn(u64) -> bool) -> u64 {
        let me = self.me;
        let earlier = self.begin_access(is_consistent(order));
        let mut places = self.alternatives();
        let weak = &self.memory.weak;
        let suiting = weak.readable(me, object, insists).filter(|&place| suits(weak.value(object, place)));
        let admitted = suiting.filter(|&place| weak.admits(me, object, place, Act::Read, order));
        places.extend(admitted.take(ALTERNATIVES_MAX + 1));
        let place = self.choose_among(MESSAGE, places);
        self.relaxed.has_seen_old = place != self.memory.weak.newest_place(object);
        let value = self.memory.weak.read(&mut self.memory.order, me, object, place, (order, Manner::Usual));
        self.memory.weak.settle(me, object, &earlier, is_consistent(order));
        value
    }

    /// A write.
    pub(in crate::sim) fn tell(&mut self, object: ObjectId, value: u64, order: Ordering, manner: Manner) {
        let me = self.me;
        let earlier = self.begin_access(is_consistent(order));
        let mut places = self.alternatives();
        self.memory.weak.prepare(me, object, order, manner, false);
        let weak = &self.memory.weak;
        let admitted = |&place: &Message| weak.admits(me, object, place, Act::Write, order);
        places.extend(weak.places(object).filter(admitted).take(ALTERNATIVES_MAX + 1));
        let behind = self.choose_among(PLACE, places);
        let is_newest = self.memory.weak.write(&mut self.memory.order, me, object, (behind, value), order);
        self.memory.weak.settle(me, object, &earlier, is_consistent(order));
        self.told(object, value, is_newest);
    }

    /// An access begins. Returns what happened before.
    fn begin_access(&mut self, is_consistent: bool) -> Events {
        if is_consistent {
            self.memory.weak.keep_consistent();
        }
        self.memory.weak.earlier(self.me)
    }

    fn told(&mut self, object: ObjectId, value: u64, is_newest: bool) {
        self.memory.mirror(object, is_newest.then_some(value));
        self.changed(object);
    }

    /// A full barrier: the `nth` one of the event; one of the kernel's, if it `is_strong`.
    pub(in crate::sim) fn barrier(&mut self, nth: u64, is_strong: bool) {
        self.barrier_before(nth, is_strong, None);
    }

    /// A full barrier after which the message can still be seen, if one is given.
    fn barrier_before(&mut self, nth: u64, is_strong: bool, seen: Option<(ObjectId, Message)>) {
        let places = self.memory.weak.barrier_places(self.me, seen);
        let chosen = self.choose_seen(BARRIER + nth, places.len());
        let place = places.start + chosen;
        self.memory.weak.barrier(self.me, place, is_strong);
        self.mark_line(false);
        if place > 0 {
            self.disable_who_sees_held();
        }
    }

    /// Some have learned of a lock that it was taken: they cannot wait for its release any more by
    /// looking at how it was before.
    fn disable_who_sees_held(&mut self) {
        let mut left = self.enabled & !(1 << self.me);
        while left != 0 {
            let thread = left.trailing_zeros() as usize;
            left &= left - 1;
            let Intent { kind, object: lock, .. } = self.threads[thread].intent;
            if kind == Kind::UnlockWait && !self.memory.shows_free(self.relaxed.model, thread, kind, lock) {
                self.enabled &= !(1 << thread);
            }
        }
    }

    /// A read-modify-write, which stands between full barriers if that is its manner and it writes.
    /// Which message it sees decides whether it does. Returns the old value and the new one.
    pub(super) fn update_message(
        &mut self,
        object: ObjectId,
        (success, failure): (Ordering, Ordering),
        manner: Manner,
        change: Change<'_>,
    ) -> (u64, Option<u64>) {
        let me = self.me;
        let is_full = manner == Manner::Full;
        let is_success_consistent = is_consistent(success) && !is_full;
        let earlier = self.begin_access(is_success_consistent || is_consistent(failure));
        let insists = self.insists();
        let mut places = self.alternatives();
        self.memory.weak.prepare(me, object, success, manner, true);
        let weak = &self.memory.weak;
        let act = if is_full { Act::ReplaceBehindBarrier } else { Act::Replace };
        let is_open = |&place: &Message| {
            if change(weak.value(object, place)).is_none() {
                return weak.admits(me, object, place, Act::Read, failure);
            }
            let is_behind = |place| {
                if is_full { weak.sees_behind_barrier(me, object, place) } else { weak.may_follow(object, place) }
            };
            weak.can_replace(object, place) && is_behind(place) && weak.admits(me, object, place, act, success)
        };
        places.extend(weak.replaceable(me, object, manner, insists).filter(is_open).take(ALTERNATIVES_MAX + 1));
        let place = self.choose_among(MESSAGE, places);
        self.relaxed.has_seen_old = place != self.memory.weak.newest_place(object);
        let old = self.memory.weak.value(object, place);
        let new = change(old);
        let Some(value) = new else {
            self.memory.weak.read(&mut self.memory.order, me, object, place, (failure, Manner::Usual));
            self.memory.weak.settle(me, object, &earlier, is_consistent(failure));
            return (old, None);
        };
        if is_full {
            self.barrier_before(0, true, Some((object, place)));
        }
        let how = (success, manner);
        self.memory.weak.read(&mut self.memory.order, me, object, place, how);
        let is_newest = self.memory.weak.replace(&mut self.memory.order, me, object, (place, value), how);
        self.memory.weak.settle(me, object, &earlier, is_success_consistent);
        self.told(object, value, is_newest);
        if is_full {
            self.barrier(1, true);
        }
        (old, new)
    }

    /// A read-modify-write of the newest message, without barriers. Returns the place of that
    /// message.
    pub(super) fn replace_newest(&mut self, object: ObjectId, value: u64, order: Ordering) {
        let newest = self.memory.weak.newest_place(object);
        let how = (order, Manner::Usual);
        self.memory.weak.read(&mut self.memory.order, self.me, object, newest, how);
        self.memory.weak.replace(&mut self.memory.order, self.me, object, (newest, value), how);
        self.memory.mirror(object, Some(value));
    }

    /// Takes the lock: only the newest message can say that it is free and be replaced.
    pub(super) fn take_newest(&mut self, lock: ObjectId, order: Ordering) {
        if order != Ordering::Relaxed {
            let newest = self.memory.weak.newest_place(lock);
            self.memory.weak.pull(self.me, lock, newest);
        }
        self.replace_newest(lock, HELD, order);
    }

    /// Whether an attempt to take the lock does: it may see an old message that says that the lock
    /// is held.
    pub(super) fn sees_free_to_take(&mut self, lock: ObjectId) -> bool {
        if self.memory.newest(lock) != 0 {
            return false;
        }
        let insists = self.insists();
        let weak = &self.memory.weak;
        let shows_held =
            |place| weak.value(lock, place) != 0 && weak.admits(self.me, lock, place, Act::Read, Ordering::Relaxed);
        let can_fail = weak.readable(self.me, lock, insists).any(shows_held);
        self.choose_seen(PLACE, 1 + usize::from(can_fail)) == 0
    }

    pub(super) fn see_held(&mut self, lock: ObjectId) -> u64 {
        let insists = self.insists();
        self.see_one(lock, Ordering::Relaxed, insists, |value| value != 0)
    }

    pub(super) fn see_free(&mut self, lock: ObjectId, order: Ordering) -> u64 {
        self.see_one(lock, order, false, |value| value == 0)
    }
}
