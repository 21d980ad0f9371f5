//! Objects: words, locks, wait queues and observers of one execution, with their names.

use super::arena::Table;
use super::event::{ObjectId, Place};
use super::ticket::TICKETS;
use crate::schedule::{THREADS_MAX, hash_name, hash_numbered};
use std::fmt;
use std::ops::{Index, IndexMut};

/// The name of an object, the same in every variant: a field's name and, where there are several,
/// whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// What it is.
    pub name: &'static str,
    /// Which one of several.
    pub number: Option<u32>,
}

impl Label {
    /// One of several, by its index. A pair of name and number is the same for a `u32`; for other
    /// numbers it is none, so that the type of a number that nothing else tells is clear.
    ///
    /// # Panics
    ///
    /// If the index has more than 32 bits.
    #[track_caller]
    pub fn nth(name: &'static str, index: usize) -> Label {
        let number = u32::try_from(index).expect("the index in a name has at most 32 bits");
        Label { name, number: Some(number) }
    }

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

/// A reader-writer lock's word is twice the number of its readers, plus this when a writer holds
/// it. The word of any other lock is this or 0.
pub(super) const HELD: u64 = 1;
pub(super) const ONE_READER: u64 = 2;

/// What the scheduler knows of an object. What reads see of it is the memory's business. Aligned so
/// that its size is a power of two: objects are found by a shift, on the way to every decision.
#[repr(align(64))]
pub(super) struct Object {
    /// Part of the key of every event on it: of its name, and where several have that, of which one
    /// it is.
    pub(super) hash: u64,
    /// A hash of its name, which several may have. It is the same in all executions, however the
    /// schedule numbers them.
    pub(super) name_hash: u64,
    /// Threads whose announced event needs the lock free: acquisition, or waiting for it to be
    /// released.
    pub(super) waiters: u32,
    /// Threads whose announced event needs the lock free of writers.
    pub(super) readers: u32,
    /// Threads asleep in the wait queue.
    pub(super) sleepers: u32,
    /// Threads that wait for a write to it.
    pub(super) watchers: u32,
    pub(super) holder: u8,
    /// Where its holder took it, or the last one did.
    pub(super) held_since: Option<Place>,
    pub(super) label: Option<Label>,
    pub(super) made_at: Place,
    /// For plain data: the last write and the last read of each thread.
    pub(super) access: Option<u32>,
    /// For each thread, how often it touched the object since it entered its anchor: serial of the
    /// anchor << 16 | count. No two anchors of a runner share a serial, so what earlier executions
    /// left here counts for nothing.
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

/// Hash of the name of object 0.
pub(super) const HASH_OF_NONE: u64 = hash_name("none");

/// The objects of an execution, by number.
///
/// Entries outlive executions: making an object sets what is not known to be stale, which is a
/// third of it.
pub(super) struct Objects(Table<Object>);

#[cold]
#[inline(never)]
fn new_object(number: usize, hash: u64, made_at: Place) -> Object {
    assert!(number < TICKETS, "more than {TICKETS} objects in one execution");
    Object {
        hash,
        name_hash: hash,
        waiters: 0,
        readers: 0,
        sleepers: 0,
        watchers: 0,
        holder: NOBODY,
        held_since: None,
        label: None,
        made_at,
        access: None,
        touched: [0; THREADS_MAX],
    }
}

impl Objects {
    pub(super) fn new() -> Objects {
        Objects(Table::new())
    }

    pub(super) fn reset(&mut self) {
        self.0.reset();
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    #[inline(always)]
    pub(super) fn add(&mut self, (name_hash, hash): (u64, u64), label: Option<Label>, made_at: Place) -> ObjectId {
        let number = self.0.len();
        let object = self.0.add(move |number| new_object(number, hash, made_at));
        object.hash = hash;
        object.name_hash = name_hash;
        object.waiters = 0;
        object.readers = 0;
        object.sleepers = 0;
        object.watchers = 0;
        object.holder = NOBODY;
        object.label = label;
        object.made_at = made_at;
        object.access = None;
        ObjectId(number as u32)
    }
}

const FOREIGN: &str = "the object is of this execution";

impl Index<usize> for Objects {
    type Output = Object;

    #[inline(always)]
    fn index(&self, number: usize) -> &Object {
        self.0.get(number).expect(FOREIGN)
    }
}

impl IndexMut<usize> for Objects {
    #[inline(always)]
    fn index_mut(&mut self, number: usize) -> &mut Object {
        self.0.get_mut(number).expect(FOREIGN)
    }
}
