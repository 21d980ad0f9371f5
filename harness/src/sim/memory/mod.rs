//! Memory: what reads see and which data are ordered.
//!
//! A memory model answers for shared words: which write a read sees, when a store becomes visible, and what an access orders.
//! Beside it, and the same under every model, runs the happens-before order of release and acquire operations, from
//! which data races on plain data are found.

mod sc;
mod tso;
mod weak;
mod view;
mod barriers;
mod strong;
mod psc;

use super::clock::Clock;
use super::event::{Kind, ObjectId};
use crate::schedule::THREADS_MAX;
pub(crate) use sc::Sc;
use std::sync::atomic::Ordering;
pub(super) use tso::{Buffers, Store};
pub(super) use view::Events;
pub(crate) use weak::Manner;
pub(super) use weak::{Act, Place as Message, Weak};

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
    /// Release and acquire by views, C11's RC11 without load buffering: reads may be out of date, writes may come late.
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

/// The barriers a subject can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Barrier {
    /// `smp_mb()`.
    Full,
    /// A sequentially consistent fence of C++.
    SeqCst,
    /// `smp_rmb()`.
    Read,
    /// `smp_wmb()`.
    Write,
    /// An acquire fence.
    Acquire,
    /// A release fence.
    Release,
    /// An acquire and release fence.
    AcquireRelease,
}

impl Barrier {
    /// Whether everything before it comes before everything after it, for all threads.
    pub(crate) fn is_full(self) -> bool {
        matches!(self, Barrier::Full | Barrier::SeqCst)
    }
}

/// What an access acquires and releases.
#[inline(always)]
pub(crate) fn acquires(order: Ordering) -> bool {
    matches!(order, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst)
}

#[inline(always)]
pub(crate) fn releases(order: Ordering) -> bool {
    matches!(order, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst)
}

/// What happens-before knows of one thread.
#[derive(Clone, Copy)]
struct ThreadOrder {
    /// Everything that happened before the thread's next event.
    now: Clock,
    /// `now` at the last release fence; published by later relaxed stores.
    fenced: Clock,
    has_fenced: bool,
    /// What relaxed loads saw published; an acquire fence takes it over.
    pending: Clock,
    has_pending: bool,
}

const UNORDERED: ThreadOrder =
    ThreadOrder { now: Clock::ZERO, fenced: Clock::ZERO, has_fenced: false, pending: Clock::ZERO, has_pending: false };

/// What a word, a lock or a finished thread has published.
#[derive(Clone, Copy)]
pub(crate) struct Published {
    clock: Clock,
    some: bool,
}

impl Published {
    pub(crate) const NOTHING: Published = Published { clock: Clock::ZERO, some: false };

    /// The clock means nothing from now on, so it stays.
    #[inline(always)]
    fn clear(&mut self) {
        self.some = false;
    }
}

/// Happens-before of one execution, by the rules of C++20 for release sequences and fences.
///
/// Deviation: `smp_wmb` counts as a release fence and `smp_rmb` as an acquire fence. The kernel's barriers order only writes (reads) among
/// themselves, which is weaker; a race that hides behind the difference (a plain read before `smp_wmb`) is not found.
///
/// Only plain data ask for it, so it is kept from when the first of them is made. What was ordered before orders nothing after: every
/// chain from one access to another consists of what came after the first.
pub(crate) struct Order {
    is_kept: bool,
    threads: [ThreadOrder; THREADS_MAX],
    /// Threads of this execution. Components of clocks beyond it are 0.
    threads_count: usize,
}

impl Order {
    pub(crate) fn new() -> Order {
        Order { is_kept: false, threads: [UNORDERED; THREADS_MAX], threads_count: 0 }
    }

    fn reset(&mut self) {
        self.is_kept = false;
        self.threads_count = 0;
    }

    /// There is plain data from now on.
    #[inline]
    pub(crate) fn keep(&mut self) {
        if !self.is_kept {
            self.is_kept = true;
            (0..self.threads_count).for_each(|thread| self.begin_kept(thread, None));
        }
    }

    /// A thread begins with what its parent knew.
    #[inline(always)]
    pub(crate) fn begin(&mut self, thread: usize, parent: Option<usize>) {
        self.threads_count = thread + 1;
        if self.is_kept {
            self.begin_kept(thread, parent);
        }
    }

    #[inline(never)]
    fn begin_kept(&mut self, thread: usize, parent: Option<usize>) {
        // Changed in place: a copy with one component changed is a wide load of a narrow store, which stalls.
        self.threads[thread].now = match parent {
            Some(parent) => self.threads[parent].now,
            None => Clock::ZERO,
        };
        let order = &mut self.threads[thread];
        order.now.advance(thread);
        order.has_fenced = false;
        order.has_pending = false;
        if let Some(parent) = parent {
            self.threads[parent].now.advance(parent);
        }
    }

    #[inline(always)]
    pub(crate) fn now(&self, thread: usize) -> &Clock {
        &self.threads[thread].now
    }

    /// The reader learns what was published, if it acquires; keeps it for an acquire fence, if not.
    #[inline(always)]
    pub(crate) fn read(&mut self, thread: usize, published: &Published, acquire: bool) {
        if !self.is_kept || !published.some {
            return;
        }
        let order = &mut self.threads[thread % THREADS_MAX];
        if acquire {
            order.now.join(&published.clock, self.threads_count);
        } else if order.has_pending {
            order.pending.join(&published.clock, self.threads_count);
        } else {
            order.pending = published.clock;
            order.has_pending = true;
        }
    }

    /// The writer publishes what it knows, if it releases; what it knew at its last release fence, if not.
    /// A read-modify-write continues the release sequence of what it replaces; a plain store ends it.
    #[inline(always)]
    pub(crate) fn write(&mut self, thread: usize, published: &mut Published, release: bool, continues: bool) {
        if !self.is_kept {
            return;
        }
        let order = &mut self.threads[thread % THREADS_MAX];
        if !continues {
            published.clear();
        }
        let news = if release {
            &order.now
        } else if order.has_fenced {
            &order.fenced
        } else {
            return;
        };
        if published.some {
            published.clock.join(news, self.threads_count);
        } else {
            published.clock = *news;
            published.some = true;
        }
        if release {
            order.now.advance(thread);
        }
    }

    /// What a store publishes that is not in memory yet.
    pub(super) fn publish(&mut self, thread: usize, release: bool) -> Published {
        let mut published = Published::NOTHING;
        self.write(thread, &mut published, release, false);
        published
    }

    pub(crate) fn fence(&mut self, thread: usize, barrier: Barrier) {
        if !self.is_kept {
            return;
        }
        let order = &mut self.threads[thread];
        if !matches!(barrier, Barrier::Write | Barrier::Release) && order.has_pending {
            let pending = order.pending;
            order.now.join(&pending, self.threads_count);
        }
        if !matches!(barrier, Barrier::Read | Barrier::Acquire) {
            order.fenced = order.now;
            order.has_fenced = true;
            order.now.advance(thread);
        }
    }

    /// `thread` learns everything that `ended` knew at its end.
    #[inline(always)]
    pub(crate) fn join(&mut self, thread: usize, ended: usize) {
        if !self.is_kept {
            return;
        }
        let clock = self.threads[ended].now;
        self.threads[thread].now.join(&clock, self.threads_count);
    }
}

/// The shared words of one execution under its memory model.
///
/// Every access of a subject, the lock words included, comes through here with the acting thread and its ordering. Under
/// sequential consistency the answer needs no choice; the other models ask the schedule, see `sim/landing.rs` and `sim/seeing.rs`.
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

    /// Whether an event of the thread that needs the lock free can see it so, though its newest value may be another.
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
