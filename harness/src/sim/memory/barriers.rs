//! The order of full barriers: which of them comes before which, beyond what happens before what.
//!
//! RC11 (Lahav, Vafeiadis, Kang, Hur, Dreyer, "Repairing sequential consistency in C/C++11", PLDI
//! 2017) asks for its sequentially consistent fences that `psc` has no cycle: a fence must not come
//! before another one if something that happens after the other was read from, overwritten by, or
//! came after (in `rf`, `mo`, `fr` and what they compose to) something that happens before the
//! first.
//!
//! Here all full barriers of an execution stand in one line, and whatever happens after one has
//! seen what happened before those in front of it. Where a new barrier stands in the line is a
//! choice. The machine of the "promising semantics" (Kang, Hur, Lahav, Vafeiadis, Dreyer, POPL
//! 2017) always puts it at the end, which is less than RC11 allows when there are relaxed reads
//! from one thread to the other: below, both barriers have been made, the first one first, and
//! still `x` may be 0, if the second stands in front of the first.
//!
//! ```text
//!   x := 1
//!   barrier
//!   y := 1  ------>  y is 1
//!                    z := 1  ------>  z is 1
//!                                     barrier
//!                                     x is 0
//! ```
//!
//! So each barrier in the line knows the least that anything behind it has done: a place in front
//! of a barrier is open to a new one that has seen no more than that. Behind one of the kernel's is
//! also a write that tells of it ([`super::strong`]), even if its thread is not. Limit: only the
//! last [`WINDOW`] places are open, and it is noted where more might have been.

use super::view::{Stamp, View};
use crate::sim::event::ObjectId;

/// Barriers that a new one can be put in front of.
const WINDOW: usize = 31;

/// A full barrier that was made.
#[derive(Default)]
struct Barrier {
    thread: usize,
    /// Whether it is one of the kernel's.
    is_strong: bool,
    /// Which event of its thread, from 1.
    number: u32,
    /// What it and all those in front of it have seen.
    view: View,
    /// By object: the least bound (see [`bound`]) of accesses that happen after it; [`NEVER`] where
    /// there is none.
    least: Vec<u64>,
}

/// No access has this bound.
const NEVER: u64 = u64::MAX;

/// What a view that knows `stamp` of an object must not be beyond if the access is not in front of
/// it: a read may see what the view knows, a write is behind it.
fn bound(stamp: Stamp, writes: bool) -> u64 {
    2 * stamp - u64::from(writes)
}

/// The line of full barriers of one execution.
#[derive(Default)]
pub(super) struct Line {
    /// What those have seen that have left the window.
    before: View,
    window: Vec<Barrier>,
    has_dropped: bool,
    /// Barriers for later use, so that their memory is.
    spare: Vec<Barrier>,
}

impl Line {
    pub(super) fn reset(&mut self) {
        self.before.clear();
        self.has_dropped = false;
        self.spare.append(&mut self.window);
    }

    /// A read of the message at `stamp` by somebody with this view, or the write of it, which tells
    /// what is `told`.
    pub(super) fn note(&mut self, view: &View, object: ObjectId, stamp: Stamp, told: Option<&View>, writes: bool) {
        for barrier in &mut self.window {
            let knows = |view: &View| view.knows(barrier.thread, barrier.number);
            // What a write tells of the kernel's barriers comes before the write, even if nothing
            // else of its thread comes after them.
            if knows(view) || barrier.is_strong && told.is_some_and(knows) {
                if barrier.least.len() <= object.index() {
                    barrier.least.resize(object.index() + 1, NEVER);
                }
                let least = &mut barrier.least[object.index()];
                *least = (*least).min(bound(stamp, writes));
            }
        }
    }

    /// In how many places a barrier of somebody with this view may stand: at the end, in front of
    /// the last one, and so on.
    pub(super) fn places(&self, view: &View) -> usize {
        let may_precede = |barrier: &&Barrier| {
            let seen = view.stamps().iter().zip(&barrier.least);
            !view.knows(barrier.thread, barrier.number) && seen.into_iter().all(|(seen, least)| 2 * seen <= *least)
        };
        1 + self.window.iter().rev().take_while(may_precede).count()
    }

    /// Whether somebody for whom there are so many places might have one in front of a barrier that
    /// has left the window.
    pub(super) fn is_beyond_window(&self, places: usize) -> bool {
        self.has_dropped && places > self.window.len()
    }

    /// What those have seen that stand in front of the place.
    pub(super) fn seen_before(&self, place: usize) -> &View {
        match (self.window.len() - place).checked_sub(1) {
            Some(previous) => &self.window[previous].view,
            None => &self.before,
        }
    }

    /// Puts the barrier, event `number` of the thread, which has seen `view`, in front of the last
    /// `place` ones.
    pub(super) fn insert(&mut self, place: usize, (thread, number): (usize, u32), is_strong: bool, view: &View) {
        let at = self.window.len() - place;
        for later in &mut self.window[at..] {
            later.view.join_stamps(view);
        }
        let mut barrier = self.spare.pop().unwrap_or_default();
        barrier.thread = thread;
        barrier.is_strong = is_strong;
        barrier.number = number;
        barrier.view.copy(view);
        barrier.least.clear();
        self.window.insert(at, barrier);
        if self.window.len() > WINDOW {
            let oldest = self.window.remove(0);
            self.has_dropped = true;
            self.before.copy(&oldest.view);
            self.spare.push(oldest);
        }
    }

    /// Whether somebody with this view comes after one of the last `place` barriers.
    pub(super) fn follows(&self, place: usize, view: &View) -> bool {
        let last = &self.window[self.window.len() - place..];
        last.iter().any(|barrier| view.knows(barrier.thread, barrier.number))
    }
}
