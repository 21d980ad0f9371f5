//! Threads that wait until nobody else can go on.

use super::Execution;
use crate::schedule::Spot;

/// The question beside an event which of several idle threads goes on.
const IDLER: u64 = 16;

impl Execution {
    /// An idle thread goes on, for nobody else can. Which one.
    pub(super) fn end_rest(&mut self, spot: Spot) -> usize {
        let idler = self.choose_idler(spot);
        self.rest.idlers &= !(1 << idler);
        self.rest.has_rested = true;
        self.enabled |= 1 << idler;
        idler
    }

    /// Which of the idle threads goes on. Beside the event of who was the last to run, so that it
    /// moves no key.
    fn choose_idler(&mut self, spot: Spot) -> usize {
        let count = self.rest.idlers.count_ones() as usize;
        let spot = Spot::beside(spot.key(), IDLER);
        let nth = if count > 1 { self.decider.choose(spot, count, false) } else { 0 };
        let mut left = self.rest.idlers;
        for _ in 0..nth {
            left &= left - 1;
        }
        left.trailing_zeros() as usize
    }

    /// The running thread has come to the end of a scope, and its threads have ended.
    #[inline(always)]
    pub(crate) fn leave_scope(&mut self) {
        self.rest.leaving &= !(1 << self.me);
    }
}
