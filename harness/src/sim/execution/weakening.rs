//! Orderings taken away: what an execution would be if a lock, a barrier or an ordered access at
//! some place of the source ordered nothing.
//!
//! Promise: at such a place the acquisition of a lock excludes as ever and is a relaxed
//! read-modify-write, its release a relaxed store, a barrier nothing, an ordered read-modify-write
//! a relaxed one; under total store order an acquisition does not drain the buffer. Everywhere
//! else, and in executions that nobody asks this of, nothing changes. Limits: loads and stores that
//! acquire or release keep that; what processors order by dependencies is no ordering of a place.

use super::super::event::Place;
use super::super::weakened::Weakened;
use super::{Execution, WEAKENED};
use std::sync::atomic::Ordering;

impl Execution {
    pub(crate) fn weaken(&mut self, weakened: Weakened) {
        self.weakening.places.push(weakened);
        self.attention |= WEAKENED;
    }

    /// How often an ordering was taken away.
    pub(crate) fn weakenings(&self) -> u64 {
        self.weakening.count
    }

    /// Whether orderings at this place are taken away.
    pub(super) fn is_weakened(&self, place: Place) -> bool {
        self.weakening.places.iter().any(|weakened| weakened.covers(place))
    }

    /// The ordering that an access at this place has.
    #[inline(always)]
    pub(in crate::sim) fn order_at(&mut self, order: Ordering, place: Place) -> Ordering {
        if self.weakening.places.is_empty() { order } else { self.weakened_order(order, place) }
    }

    #[cold]
    #[inline(never)]
    fn weakened_order(&mut self, order: Ordering, place: Place) -> Ordering {
        if order == Ordering::Relaxed || !self.is_weakened(place) {
            return order;
        }
        self.weakening.count += 1;
        Ordering::Relaxed
    }
}
