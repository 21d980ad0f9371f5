//! What objects, threads and events are known by.

use super::super::event::{KINDS, Kind};
use super::super::lineage::Lineage;
use super::super::object::Label;
use super::super::sites::Sites;
use super::super::ticket::Tickets;
use crate::schedule::{Spot, THREADS_MAX};

// `loose` has a counter for each kind.
const _: () = assert!((Kind::Land as usize) < KINDS);

/// The identity of what an execution is made of: inside of it, and across executions and variants.
///
/// Invariant: a counter with the serial of another stay at an anchor counts from the beginning, so
/// counters need no reset.
pub(in crate::sim) struct Names {
    /// What tells its objects and threads from those of all other executions.
    pub(in crate::sim) tickets: Tickets,
    pub(in crate::sim) labels: [Label; THREADS_MAX],
    pub(in crate::sim) lineage: Lineage,
    pub(in crate::sim) sites: Sites,
    /// For each thread the number of unlabelled objects it made since it entered its anchor, with
    /// the anchor's serial.
    pub(in crate::sim) made: [(u64, u32); THREADS_MAX],
    /// For each thread and kind, how often it did what touches no object since it entered its
    /// anchor; as in `Object::touched`.
    pub(in crate::sim) loose: [[u64; KINDS]; THREADS_MAX],
    /// For each thread, where it has announced its event. Kept where memory is not sequentially
    /// consistent, and for those who log or trace.
    pub(in crate::sim) announced: [Spot; THREADS_MAX],
}

impl Names {
    pub(in crate::sim) fn new() -> Names {
        Names {
            tickets: Tickets::new(),
            labels: [Label::from("thread"); THREADS_MAX],
            lineage: Lineage::new(),
            sites: Sites::new(),
            made: [(0, 0); THREADS_MAX],
            loose: [[0; KINDS]; THREADS_MAX],
            announced: [Spot::default(); THREADS_MAX],
        }
    }

    #[inline(always)]
    pub(in crate::sim) fn reset(&mut self) {
        self.tickets.renew();
        self.sites.reset();
        self.lineage.reset();
    }
}
