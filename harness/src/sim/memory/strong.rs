//! What the kernel's full barriers tell, to all who come after them by any chain.
//!
//! In the kernel's model (Alglave, Maranget, McKenney, Parri, Stern, "Frightening small children
//! and disconcerting grown-ups", ASPLOS 2018) `pb`, which is `prop ; strong-fence ; hb*`, has no
//! cycle: whatever was seen before a full barrier counts for everything that comes after the
//! barrier by `hb`, which also leads from a relaxed write to its reader. In C++ it counts for what
//! is released and acquired. So here each write tells what was seen before those full barriers of
//! the kernel's that come before it, whatever its order.
//!
//! ```text
//!   x := 1
//!   barrier
//!   y := 1  ------>  y is 1 (acquired)
//!                    z := 1 (relaxed)  ------>  z is 1 (acquired)
//!                                               x is 1
//! ```
//!
//! Nobody has to keep for that what is told this way apart from the rest: a view knows which events
//! happened before, so it says which barriers did, and these are kept here with what their threads
//! had seen.

use super::view::{Events, View};
use crate::schedule::THREADS_MAX;

/// A full barrier of the kernel's.
struct Barrier {
    /// Which event of its thread, from 1.
    number: u32,
    /// What it has seen, and those in front of it in the line: by number among the views of
    /// messages.
    view: u32,
}

/// The kernel's full barriers of one execution, by thread.
#[derive(Default)]
pub(super) struct Strong {
    barriers: [Vec<Barrier>; THREADS_MAX],
    is_any: bool,
}

impl Strong {
    pub(super) fn reset(&mut self) {
        if std::mem::take(&mut self.is_any) {
            self.barriers.iter_mut().for_each(Vec::clear);
        }
    }

    pub(super) fn is_any(&self) -> bool {
        self.is_any
    }

    /// The thread has made one in its event `number`.
    pub(super) fn add(&mut self, (thread, number): (usize, u32), view: u32) {
        self.barriers[thread].push(Barrier { number, view });
        self.is_any = true;
    }

    /// Adds what was seen before those that are among the events. A view that knows one already has
    /// all that was seen before it.
    pub(super) fn tell(&self, events: &Events, views: &[View], told: &mut View) {
        if !self.is_any {
            return;
        }
        for (thread, (barriers, known)) in self.barriers.iter().zip(events).enumerate() {
            let count = barriers.partition_point(|barrier| barrier.number <= *known);
            if let Some(last) = barriers[..count].last()
                && !told.knows(thread, last.number)
            {
                told.join(&views[last.view as usize]);
            }
        }
    }
}
