//! Memory: what reads see and which data are ordered.
//!
//! A memory model answers for shared words: which write a read sees, when a store becomes visible,
//! and what an access orders. Beside it, and the same under every model, runs the happens-before
//! order of release and acquire operations, from which data races on plain data are found.

mod order;
mod buffering;
mod sc;
mod tso;
mod weak;
mod view;
mod barriers;
mod strong;
mod psc;

use super::event::{Kind, ObjectId};
pub(in crate::sim) use buffering::Buffering;
pub use order::Barrier;
pub(crate) use order::{Order, Published, acquires, releases};
pub(crate) use sc::Sc;
use std::sync::atomic::Ordering;
pub(super) use tso::{Buffers, Store};
pub(super) use view::Events;
pub(crate) use weak::Manner;
pub(super) use weak::{Act, Position as Message, Weak};

/// The memory model of an execution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MemoryModel {
    /// Sequential consistency: every read sees the newest write.
    #[default]
    Sc,
    /// Total store order, as of the x86 processors: stores wait in buffers.
    Tso,
    /// As `Tso`, but taking a lock is no full barrier: what its taker has stored may land later.
    TsoLaxLocks,
    /// Release and acquire by views, C11's RC11 without load buffering: reads may be out of date,
    /// writes may come late.
    Weak,
}

impl MemoryModel {
    /// The name used on the command line and in tokens.
    pub fn name(self) -> &'static str {
        match self {
            MemoryModel::Sc => "sc",
            MemoryModel::Tso => "tso",
            MemoryModel::TsoLaxLocks => "tso-lax-locks",
            MemoryModel::Weak => "weak",
        }
    }

    /// What it cannot show, in a line.
    pub fn limits(self) -> &'static str {
        match self {
            MemoryModel::Sc => "reorderings by compilers and processors are not shown",
            MemoryModel::Tso | MemoryModel::TsoLaxLocks => "of reorderings only late stores are shown",
            MemoryModel::Weak => "reads of what is written later are not shown, dependencies order nothing",
        }
    }

    /// All of them, the strongest first.
    pub const ALL: [MemoryModel; 4] = [MemoryModel::Sc, MemoryModel::Tso, MemoryModel::TsoLaxLocks, MemoryModel::Weak];

    /// Whether stores wait in buffers.
    pub(crate) fn has_buffers(self) -> bool {
        matches!(self, MemoryModel::Tso | MemoryModel::TsoLaxLocks)
    }

    /// The model of that name.
    pub fn from_name(name: &str) -> Option<MemoryModel> {
        MemoryModel::ALL.into_iter().find(|model| model.name() == name)
    }
}

/// The shared words of one execution under its memory model.
///
/// Every access of a subject, the lock words included, comes through here with the acting thread
/// and its ordering. Under sequential consistency the answer needs no choice; the other models ask
/// the schedule, see `sim/execution/landing.rs` and `sim/execution/seeing.rs`.
pub(crate) struct Memory {
    words: Sc,
    pub(crate) order: Order,
    /// What the words are not, under total store order.
    pub(super) buffers: Box<Buffers>,
    /// What the words are not, under the weak model: they are the newest messages.
    pub(super) weak: Box<Weak>,
}

impl Memory {
    pub(crate) fn new() -> Memory {
        let (buffers, weak) = (Box::new(Buffers::new()), Box::new(Weak::new()));
        Memory { words: Sc::new(), order: Order::new(), buffers, weak }
    }

    pub(crate) fn reset(&mut self, model: MemoryModel) {
        self.words.reset();
        self.order.reset();
        if model != MemoryModel::Sc {
            self.buffers.reset();
            self.weak.reset();
        }
    }

    /// Makes the word of a new object. Objects are made in order, without gaps.
    #[inline(always)]
    pub(crate) fn create(&mut self, object: ObjectId, value: u64) {
        self.words.create(object, value);
    }

    #[inline(always)]
    pub(crate) fn read(&mut self, thread: usize, object: ObjectId, order: Ordering) -> u64 {
        let word = self.words.word(object);
        self.order.read(thread, &word.published, acquires(order));
        word.value
    }

    #[inline(always)]
    pub(crate) fn write(&mut self, thread: usize, object: ObjectId, value: u64, order: Ordering) {
        let word = self.words.word_mut(object);
        self.order.write(thread, &mut word.published, releases(order), false);
        word.value = value;
        word.version += 1;
    }

    /// An atomic read-modify-write: `change` gets the newest value; returns that value.
    #[inline(always)]
    pub(crate) fn update(
        &mut self,
        thread: usize,
        object: ObjectId,
        order: Ordering,
        change: impl FnOnce(u64) -> u64,
    ) -> u64 {
        let word = self.words.word_mut(object);
        let old = word.value;
        self.order.read(thread, &word.published, acquires(order));
        self.order.write(thread, &mut word.published, releases(order), true);
        word.value = change(old);
        word.version += 1;
        old
    }

    /// An update that leaves the value as it is and publishes nothing. Returns the value.
    pub(crate) fn touch(&mut self, thread: usize, object: ObjectId, order: Ordering) -> u64 {
        let word = self.words.word_mut(object);
        self.order.read(thread, &word.published, acquires(order));
        self.order.write(thread, &mut word.published, false, true);
        word.value
    }

    /// The newest value, without an access.
    #[inline(always)]
    pub(crate) fn newest(&self, object: ObjectId) -> u64 {
        self.words.word(object).value
    }

    /// Sets plain data: no access of its own, visible at once; races on it are found elsewhere.
    #[inline(always)]
    pub(crate) fn set(&mut self, object: ObjectId, value: u64) {
        self.words.word_mut(object).value = value;
    }

    /// Counts the writes to a word; tells whether something was written since.
    #[inline(always)]
    pub(crate) fn version(&self, object: ObjectId) -> u32 {
        self.words.word(object).version
    }

    pub(crate) fn fence(&mut self, thread: usize, barrier: Barrier) {
        self.order.fence(thread, barrier);
    }

    /// A store arrives in memory that was made, and has published, before.
    pub(super) fn land(&mut self, store: &Store) {
        let word = self.words.word_mut(store.object);
        word.published = store.published;
        word.value = store.value;
        word.version += 1;
    }

    /// The weak model has a new message, which is the newest if `value` is given.
    pub(super) fn mirror(&mut self, object: ObjectId, value: Option<u64>) {
        let word = self.words.word_mut(object);
        word.value = value.unwrap_or(word.value);
        word.version += 1;
    }

    /// Whether an event of the thread that needs the lock free can see it so, though its newest
    /// value may be another.
    #[cold]
    pub(super) fn shows_free(&self, model: MemoryModel, thread: usize, kind: Kind, lock: ObjectId) -> bool {
        match model {
            MemoryModel::Sc => false,
            // Its own release, which lands before anything that takes the lock.
            MemoryModel::Tso | MemoryModel::TsoLaxLocks => self.buffers.forwarded(thread, lock) == Some(0),
            MemoryModel::Weak => kind == Kind::UnlockWait && self.free_messages(thread, lock).next().is_some(),
        }
    }

    /// Under the weak model: the messages that the thread may see and that say the lock is free.
    fn free_messages(&self, thread: usize, lock: ObjectId) -> impl Iterator<Item = Message> {
        self.weak.readable(thread, lock, false).filter(move |&place| self.weak.value(lock, place) == 0)
    }
}
