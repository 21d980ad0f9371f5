//! A weak machine: release and acquire by views, as in C11 and as the kernel's primitives promise
//! at least.
//!
//! Promise: the outcomes are those of RC11 (Lahav, Vafeiadis, Kang, Hur, Dreyer, "Repairing
//! sequential consistency in C/C++11", PLDI 2017) with C++20's release sequences, for programs of
//! accesses and fences of all kinds. The machine is that of Kang, Hur, Lahav, Vafeiadis, Dreyer ("A
//! promising semantics for relaxed-memory concurrency", POPL 2017) without promises: each word has
//! a list of messages in the order in which they overwrite one another; each thread has a [`View`]
//! of how far in each list it has seen. A read sees any message that is not before the thread's
//! view, a write goes anywhere behind it; but nothing goes between a read-modify-write and the
//! message it has replaced. A message that was released carries the view of its writer, and whoever
//! acquires it takes that over. Full barriers stand in a line of their own, see
//! [`super::barriers`]; the kernel's count for all who come after them by any chain, see
//! [`super::strong`].
//!
//! ```text
//!   x:  0 --- 2 --- 1        y:  0 --- 1 (released: x is at least at 2)
//!             ^                        ^
//!   the view of who has acquired y: x may be read as 2 or 1, not as 0
//! ```
//!
//! Sequentially consistent accesses acquire and release, and do nothing on which not all threads
//! could agree, see [`super::psc`]. They are no barriers: a load of another strength may see what
//! is older than they are, as in C++20.
//!
//! The kernel's primitives: `READ_ONCE` and `WRITE_ONCE` are relaxed accesses, `smp_mb` is a full
//! barrier. `smp_rmb` is an acquire fence for later reads and what releases or acquires; other
//! writes after it are not ordered by it. What is written after `smp_wmb` tells what its thread has
//! written before, and what those writes tell that were released, but nothing that was read.
//! `smp_store_release`, and a read-modify-write that releases, come after what their thread has
//! read, and tell it, even where no read has acquired. An atomic without a result is relaxed, and
//! `smp_rmb` does not order what it reads. Another read-modify-write without suffix is one that
//! acquires and releases, between two full barriers; if it does not write, a relaxed read.
//!
//! Locks: taking one is an acquiring read-modify-write of the newest message, the only one that
//! says the lock is free and was not taken. The kernel's model orders more than C11 does
//! (tools/memory-model/Documentation/explanation.txt, "Locking"): what comes before an unlock is
//! ordered before what comes after a later lock, of the same lock by anybody or of any lock by the
//! same thread, as seen from everywhere, except for a write and a later read. So whoever takes a
//! lock takes over what was seen before the last unlock of it, and before each own unlock, and all
//! its later writes release that. Looking at a lock, and failing to take it, are relaxed reads,
//! which may be out of date.
//!
//! Limits: no load buffering, that is no read from a write that depends on it or comes after it in
//! its own thread: `po` and `rf` together have no cycle. The kernel's model allows that where
//! nothing is depended on. Dependencies order nothing here, while the kernel's model orders what
//! depends on an address, data or a condition. A read sees one of the 256 newest messages that it
//! may see, a write goes to one of as many places, between two messages there is room for at least
//! 31 more, and a full barrier goes in front of one of the last 31. An execution in which more
//! would have been possible says so, see [`crate::Gaps`].
//!
//! Deviations from the kernel's model: there, that a read saw an old value puts it before earlier
//! reads of its thread which know of a newer one, and what is ordered by `hb` comes after both
//! (`prop & int` is part of `hb`); here a read orders nothing that was done before. What a thread
//! was told, but has not acquired, counts for itself at its barriers and releases, and not where a
//! chain of relaxed writes of others comes back to it. Examples are in `harness/docs/weak.md`. A
//! mutex in the shape of the standard library has the rules of the kernel's locks; the readers of a
//! reader-writer lock only acquire and release. An await is a loop of which only the last round
//! counts: its reads are free in the first round and see something new in each further one. Races
//! on plain data are those of C11's happens-before, which knows nothing of the locks' further
//! ordering; plain data themselves are outside. This is not the kernel's memory model, only a
//! machine that is for most programs as weak.

mod agreement;
mod fences;
mod knowledge;
mod locks;
mod messages;

use self::knowledge::Knowledge;
use super::barriers::Line;
use super::psc::Psc;
use super::strong::Strong;
use super::view::{Stamp, View, join_events, keep};
use super::{Order, Published, acquires, releases};
use crate::schedule::THREADS_MAX;
use crate::sim::event::ObjectId;
use std::cell::Cell;
use std::sync::atomic::Ordering;

/// Between the stamps of a message and of the one appended behind it.
const GAP: Stamp = 1 << 32;

/// A write to a word.
struct Message {
    stamp: Stamp,
    value: u64,
    /// What happened before, for races.
    published: Published,
    /// What acquiring it tells, by number among the views of messages.
    view: Option<u32>,
    /// A read-modify-write has replaced it: nothing may come in between.
    is_replaced: bool,
}

/// A message by its position in the list of its word.
pub(crate) type Position = u32;

/// The words of one execution with all their messages.
pub(crate) struct Weak {
    threads: [Knowledge; THREADS_MAX],
    threads_count: usize,
    words: Vec<Vec<Message>>,
    words_count: usize,
    views: Vec<View>,
    views_count: usize,
    line: Line,
    /// The kernel's full barriers.
    strong: Strong,
    /// What the next write of a thread tells, beside what it replaces.
    told: View,
    /// What that write is not before.
    least: Stamp,
    /// Whether `smp_rmb` orders nothing before it.
    is_free: bool,
    psc: Psc,
    /// There was no room left between two messages, or in front of a barrier.
    lacked_room: Cell<bool>,
}

/// What the kernel asks of some accesses beside their ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Nothing.
    Usual,
    /// An update between two full barriers.
    Full,
    /// It comes after what was read before, and tells that, too, if it releases.
    Released,
    /// An atomic without a result: `smp_rmb` does not order its read, and it acquires nothing.
    NoReturn,
}

/// What a thread could do with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// See it.
    Read,
    /// Write behind it.
    Write,
    /// Replace it.
    Replace,
    /// Replace it after a full barrier.
    ReplaceBehindBarrier,
}

impl Weak {
    pub(super) fn new() -> Weak {
        Weak {
            threads: std::array::from_fn(|_| Knowledge::default()),
            threads_count: 0,
            words: Vec::new(),
            words_count: 0,
            views: Vec::new(),
            views_count: 0,
            line: Line::default(),
            strong: Strong::default(),
            told: View::default(),
            least: 0,
            is_free: false,
            psc: Psc::default(),
            lacked_room: Cell::new(false),
        }
    }

    pub(super) fn reset(&mut self) {
        self.threads_count = 0;
        self.words_count = 0;
        self.views_count = 0;
        self.line.reset();
        self.strong.reset();
        self.psc.reset();
        self.lacked_room.set(false);
    }

    /// Whether something was not possible for lack of room, or will not be.
    pub(crate) fn has_lacked_room(&self) -> bool {
        self.lacked_room.get()
    }

    pub(crate) fn create(&mut self, object: ObjectId, value: u64) {
        if self.words.len() == object.index() {
            self.words.push(Vec::new());
        }
        self.words_count = object.index() + 1;
        let word = &mut self.words[object.index()];
        word.clear();
        word.push(Message { stamp: 0, value, published: Published::NOTHING, view: None, is_replaced: false });
    }

    /// A thread begins with what its parent has seen.
    pub(crate) fn begin(&mut self, thread: usize, parent: Option<usize>) {
        self.threads_count = thread + 1;
        let (parents, rest) = self.threads.split_at_mut(thread);
        let seen = &mut rest[0];
        match parent {
            Some(parent) => {
                // Starting it is an event of the parent.
                parents[parent].count(parent);
                seen.current.copy(&parents[parent].current);
            }
            None => seen.current.clear(),
        }
        for view in [&mut seen.acquired, &mut seen.heard, &mut seen.ordered] {
            view.copy(&seen.current);
        }
        seen.released.clear();
        seen.unlocked.clear();
        seen.wrote.clear();
        seen.writes.clear();
        seen.met.clear();
    }

    /// The thread sees what the other one has seen, which has ended.
    pub(crate) fn join(&mut self, thread: usize, ended: usize) {
        let number = ended;
        let [seen, ended] = self.threads.get_disjoint_mut([thread, ended]).expect("no thread waits for its own end");
        ended.count(number);
        let Knowledge { current, acquired, heard, ordered, .. } = seen;
        for view in [current, acquired, heard, ordered] {
            view.join(&ended.current);
        }
    }

    /// The thread sees everything.
    pub(crate) fn see_all(&mut self, thread: usize) {
        for object in 0..self.words_count {
            let object = ObjectId(object as u32);
            let newest = self.newest(object);
            self.threads[thread].raise(object, newest);
        }
    }

    /// The thread is about to write: what that will tell, and what it comes after, which is what it
    /// tells and more. It is free of what `smp_rmb` orders if it neither releases nor `reads` what
    /// that orders.
    pub(crate) fn prepare(&mut self, thread: usize, object: ObjectId, how: Ordering, manner: Manner, reads: bool) {
        let releases = releases(how);
        self.is_free = !releases && (!reads || manner == Manner::NoReturn);
        let seen = &self.threads[thread];
        let told = &mut self.told;
        match manner {
            Manner::Released if releases => told.copy(&seen.acquired),
            _ if releases => told.copy(&seen.current),
            _ => {
                told.copy(&seen.released);
                self.strong.tell(seen.before(self.is_free).events(), &self.views, told);
            }
        }
        for (_, events) in seen.met.iter().filter(|(met, _)| *met == object) {
            self.strong.tell(events, &self.views, told);
        }
        self.least = told.stamp(object).max(seen.before(self.is_free).stamp(object));
    }

    /// The thread sees the message, and learns what it tells: at once, or at its next acquire
    /// fence.
    pub(crate) fn read(
        &mut self,
        order: &mut Order,
        thread: usize,
        object: ObjectId,
        place: Position,
        (how, manner): (Ordering, Manner),
    ) -> u64 {
        let is_free = manner == Manner::NoReturn;
        let message = &self.words[object.index()][place as usize];
        order.read(thread, &message.published, acquires(how));
        let seen = &mut self.threads[thread];
        let number = seen.count(thread);
        seen.raise(object, message.stamp);
        let told = message.view.map(|view| &self.views[view as usize]);
        if let Some(view) = told {
            seen.acquired.join(view);
            if !is_free {
                seen.heard.join(view);
            }
            if acquires(how) {
                seen.current.join(view);
            }
        }
        if acquires(how) {
            seen.ordered.copy(&seen.current);
        }
        let before = seen.before(is_free);
        self.line.note(before, object, message.stamp, None, false);
        self.psc.note((thread, number), object, message.stamp, false, before.events());
        if self.strong.is_any() {
            let mut events = *before.events();
            if let Some(view) = told {
                join_events(&mut events, view.events());
            }
            seen.met.push((object, events));
        }
        message.value
    }

    /// The thread writes behind the message, as it was prepared to. True if nothing is behind what
    /// it wrote.
    pub(crate) fn write(
        &mut self,
        order: &mut Order,
        thread: usize,
        object: ObjectId,
        (behind, value): (Position, u64),
        how: Ordering,
    ) -> bool {
        let published = order.publish(thread, releases(how));
        self.count(thread, releases(how));
        let view = keep(&mut self.views, &mut self.views_count, &self.told, None, releases(how));
        let message = Message { stamp: 0, value, published, view, is_replaced: false };
        self.put(thread, object, behind, message, releases(how))
    }

    /// The thread replaces the message, which it has read. What that told, the new one tells too.
    pub(crate) fn replace(
        &mut self,
        order: &mut Order,
        thread: usize,
        object: ObjectId,
        (replaced, value): (Position, u64),
        (how, manner): (Ordering, Manner),
    ) -> bool {
        let message = &mut self.words[object.index()][replaced as usize];
        message.is_replaced = true;
        let (mut published, before) = (message.published, message.view);
        order.write(thread, &mut published, releases(how), true);
        self.prepare(thread, object, how, manner, true);
        self.count(thread, releases(how));
        let view = keep(&mut self.views, &mut self.views_count, &self.told, before, releases(how));
        let message = Message { stamp: 0, value, published, view, is_replaced: false };
        self.put(thread, object, replaced, message, releases(how))
    }

    /// Puts the message behind another one. The event was counted.
    fn put(
        &mut self,
        thread: usize,
        object: ObjectId,
        behind: Position,
        mut message: Message,
        is_released: bool,
    ) -> bool {
        let word = &mut self.words[object.index()];
        let behind = behind as usize;
        let before = word[behind].stamp;
        message.stamp = match word.get(behind + 1) {
            Some(next) => {
                let stamp = before.midpoint(next.stamp);
                // Who would come next to it is not asked whether it does: that it could is enough.
                if stamp - before == 1 || next.stamp - stamp == 1 {
                    self.lacked_room.set(true);
                }
                stamp
            }
            None => before + GAP,
        };
        let (stamp, view) = (message.stamp, message.view);
        assert!(stamp > before, "there is room between two messages where one is put");
        word.insert(behind + 1, message);
        let is_newest = behind + 2 == word.len();
        let told = view.map(|view| &self.views[view as usize]);
        let seen = &mut self.threads[thread];
        let number = seen.number(thread);
        seen.writes.push((object, stamp, view, is_released));
        if let Some(told) = told
            && self.strong.is_any()
        {
            seen.met.push((object, *told.events()));
        }
        seen.raise(object, stamp);
        let before = seen.before(self.is_free);
        self.line.note(before, object, stamp, told, true);
        self.psc.note((thread, number), object, stamp, true, before.events());
        is_newest
    }

    /// The thread makes a write, which was prepared. What is released tells of itself.
    fn count(&mut self, thread: usize, releases: bool) {
        self.threads[thread].count(thread);
        if releases {
            self.told.count(thread);
        }
    }
}
