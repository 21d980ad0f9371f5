//! Sites: the named places (operations, hooks, functions of a design) that anchor keys.

use super::event::What;
use super::execution::Execution;
use super::ticket::Ticket;
use crate::schedule::{hash_name, hash_numbered, hash_path};
use std::panic::Location;

/// Where in the tree of sites a thread is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Anchor {
    /// The path of enclosing sites, each with its number among those of the same name in the same enclosing site.
    path: u64,
    /// The path, or what follows a nested site in it: the part of keys that says where.
    pub(super) hash: u64,
    /// Distinguishes this stay at the anchor from every other one of the process, so that counters need no reset.
    pub(super) serial: u64,
}

impl Anchor {
    /// Outside of all sites. `path` is what the thread is known by.
    pub(super) fn root(path: u64, serial: u64) -> Anchor {
        Anchor { path, hash: path, serial }
    }
}

/// Slots of the table that counts visits. Sites of one execution beyond three quarters of it share counters, see `count`.
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

    /// How many visits of the site at `path`, or objects of that name, came before this one. When the table is full the answer is 0 for new sites:
    /// their keys repeat, so a decision may apply in several places, and a witness may show another execution. Who claims something runs its
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
    path: u64,
    inner: u64,
    name: &'static str,
    /// Of the execution and the thread.
    ticket: Ticket,
}

impl Execution {
    #[track_caller]
    pub(crate) fn enter_site(&mut self, name: &'static str, number: Option<u32>) -> Left {
        let outer = self.threads[self.me].anchor;
        let mut element = hash_name(name);
        if let Some(number) = number {
            element = hash_numbered(element, number);
        }
        let path = hash_path(outer.path, element);
        let visit = self.sites.count(path);
        let inner = hash_numbered(path, visit);
        let serial = self.sites.serial();
        self.threads[self.me].anchor = Anchor { path: inner, hash: inner, serial };
        self.record(What::Enter(name, number), Location::caller());
        Left { path: outer.path, inner, name, ticket: self.thread_ticket(self.me) }
    }

    #[track_caller]
    pub(crate) fn leave_site(&mut self, left: Left) {
        // A guard that was kept beyond its execution restores nothing.
        if self.is_torn_down() || left.ticket != self.thread_ticket(self.me) {
            return;
        }
        let serial = self.sites.serial();
        // What follows a nested site is an anchor of its own, so that a patch inside the nested site moves nothing behind it.
        let hash = hash_path(left.inner, 1);
        self.threads[self.me].anchor = Anchor { path: left.path, hash, serial };
        self.record(What::Leave(left.name), Location::caller());
    }
}
