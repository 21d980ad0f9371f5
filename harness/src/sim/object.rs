//! Objects: words, locks, wait queues and observers of one execution, with their names.

use super::event::Place;
use crate::schedule::{THREADS_MAX, hash_name, hash_numbered};
use std::fmt;

/// The name of an object, the same in every variant: a field's name and, where there are several, whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// What it is.
    pub name: &'static str,
    /// Which one of several.
    pub number: Option<u32>,
}

impl Label {
    pub(crate) fn hash(self) -> u64 {
        let name = hash_name(self.name);
        self.number.map_or(name, |number| hash_numbered(name, number))
    }
}

impl From<&'static str> for Label {
    fn from(name: &'static str) -> Label {
        Label { name, number: None }
    }
}

impl From<(&'static str, u32)> for Label {
    fn from((name, number): (&'static str, u32)) -> Label {
        Label { name, number: Some(number) }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "{}[{number}]", self.name),
            None => f.write_str(self.name),
        }
    }
}

/// Holder of a lock that nobody holds.
pub(super) const NOBODY: u8 = u8::MAX;

/// A reader-writer lock's word is twice the number of its readers, plus this when a writer holds it. The word of any other lock is this or 0.
pub(super) const HELD: u64 = 1;
pub(super) const ONE_READER: u64 = 2;

/// What the scheduler knows of an object. What reads see of it is the memory's business.
pub(super) struct Object {
    /// Part of the key of every event on it.
    pub(super) hash: u64,
    /// Threads whose announced event needs the lock free: acquisition, or waiting for it to be released.
    pub(super) waiters: u32,
    /// Threads whose announced event needs the lock free of writers.
    pub(super) readers: u32,
    /// Threads asleep in the wait queue.
    pub(super) sleepers: u32,
    /// Threads that wait for a write to it.
    pub(super) watchers: u32,
    pub(super) holder: u8,
    pub(super) held_since: Option<Place>,
    pub(super) label: Option<Label>,
    pub(super) made_at: Place,
    /// For plain data: the last write and the last read of each thread.
    pub(super) access: Option<u32>,
    /// For each thread, how often it touched the object since it entered its anchor: serial of the anchor << 16 | count.
    pub(super) touched: [u64; THREADS_MAX],
}

impl Object {
    pub(super) fn name(&self, index: usize) -> String {
        match self.label {
            Some(label) => label.to_string(),
            None => format!("object {index}"),
        }
    }
}
