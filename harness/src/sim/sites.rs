//! The tree of sites: where each thread is in it, and how often each site was visited.

use super::ticket::Ticket;

/// Where in the tree of sites a thread is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Anchor {
    /// The path of enclosing sites, each with its number among those of the same name in the same
    /// enclosing site.
    pub(super) path: u64,
    /// The path, or what follows a nested site in it: the part of keys that says where.
    pub(super) hash: u64,
    /// Distinguishes this stay at the anchor from every other one of the process, so that counters
    /// need no reset.
    pub(super) serial: u64,
}

impl Anchor {
    /// Outside of all sites. `path` is what the thread is known by.
    pub(super) fn root(path: u64, serial: u64) -> Anchor {
        Anchor { path, hash: path, serial }
    }
}

/// Slots of the table that counts visits. Sites of one execution beyond three quarters of it share
/// counters, see `count`.
const SLOTS: usize = 2048;

/// Counts the visits of each site in its enclosing site, and the objects of each name.
pub(super) struct Sites {
    serial: u64,
    /// Visits are counted anew in each execution: entries of another epoch are free.
    epoch: u32,
    used: usize,
    slots: Box<[(u64, u32, u32)]>,
}

impl Sites {
    pub(super) fn new() -> Sites {
        Sites { serial: 0, epoch: 0, used: 0, slots: vec![(0, 0, 0); SLOTS].into_boxed_slice() }
    }

    pub(super) fn reset(&mut self) {
        self.used = 0;
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            self.slots.fill((0, 0, 0));
            self.epoch = 1;
        }
    }

    /// A number for one stay at one anchor. 48 bits last for years of executions.
    #[inline(always)]
    pub(super) fn serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// How many visits of the site at `path`, or objects of that name, came before this one. When
    /// the table is full the answer is 0 for new sites: their keys repeat, so a decision may apply
    /// in several places, and a witness may show another execution. Who claims something runs its
    /// witnesses once more (`explore/repeats.rs`).
    pub(super) fn count(&mut self, path: u64) -> u32 {
        let mut at = path as usize % SLOTS;
        loop {
            let (known, epoch, count) = &mut self.slots[at];
            if *epoch != self.epoch {
                if self.used < SLOTS * 3 / 4 {
                    self.used += 1;
                    self.slots[at] = (path, self.epoch, 1);
                }
                return 0;
            }
            if *known == path {
                *count += 1;
                return *count - 1;
            }
            at = (at + 1) % SLOTS;
        }
    }
}

/// What a guard needs to restore the anchor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Left {
    pub(super) path: u64,
    pub(super) inner: u64,
    pub(super) name: &'static str,
    /// Of the execution and the thread.
    pub(super) ticket: Ticket,
}
