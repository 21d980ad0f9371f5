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

use super::barriers::Line;
use super::psc::{Attempt, Psc, rank_behind, rank_of_read};
use super::strong::Strong;
use super::view::{Events, Stamp, View, join_events};
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

/// What a thread has seen.
#[derive(Default)]
struct Seen {
    /// What its reads and writes are not before.
    current: View,
    /// The same after an acquire fence: beyond `current` by what relaxed reads were told.
    acquired: View,
    /// The same after `smp_rmb`: not what atomics without a result were told.
    heard: View,
    /// What its writes are not before that neither release nor read: `current` without what
    /// `smp_rmb` alone has made known.
    ordered: View,
    /// What its relaxed writes tell: `current` at the last release fence, and what taking locks has
    /// added.
    released: View,
    /// `acquired` at its last unlock.
    unlocked: View,
    /// At its last write barrier, what it had written and what those of its writes tell that were
    /// released.
    wrote: View,
    /// Its writes since then, with what they tell, and whether they were released.
    writes: Vec<(ObjectId, Stamp, Option<u32>, bool)>,
    /// Its accesses since its last full barrier of the kernel's, with what has happened before
    /// each, or is told by the message. A later write of the same word comes after the full
    /// barriers of which that knows.
    met: Vec<(ObjectId, Events)>,
}

impl Seen {
    /// Which event of the thread, whose it is, was the last one.
    fn number(&self, thread: usize) -> u32 {
        self.current.events()[thread]
    }

    /// The thread makes one more event. Returns its number.
    fn count(&mut self, thread: usize) -> u32 {
        for view in [&mut self.acquired, &mut self.heard, &mut self.ordered] {
            view.count(thread);
        }
        self.current.count(thread)
    }

    /// An access of its own: coherence.
    fn raise(&mut self, object: ObjectId, stamp: Stamp) {
        for view in [&mut self.current, &mut self.acquired, &mut self.heard, &mut self.ordered] {
            view.raise(object, stamp);
        }
    }

    /// What comes before the next access: less before a free one, see [`Weak::prepare`].
    fn before(&self, is_free: bool) -> &View {
        if is_free { &self.ordered } else { &self.current }
    }
}

/// A message by its place in the list of its word.
pub(crate) type Place = u32;

/// The words of one execution with all their messages.
pub(crate) struct Weak {
    threads: [Seen; THREADS_MAX],
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
            threads: std::array::from_fn(|_| Seen::default()),
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
        let Seen { current, acquired, heard, ordered, .. } = seen;
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

    fn newest(&self, object: ObjectId) -> Stamp {
        self.words[object.index()].last().map_or(0, |message| message.stamp)
    }

    /// The messages that the thread may see, the newest first; only what is new to it if `insists`
    /// and there is any.
    pub(crate) fn readable(&self, thread: usize, object: ObjectId, insists: bool) -> impl Iterator<Item = Place> {
        self.replaceable(thread, object, Manner::Usual, insists)
    }

    /// The messages that an update may see, as with [`Weak::readable`].
    pub(crate) fn replaceable(
        &self,
        thread: usize,
        object: ObjectId,
        manner: Manner,
        insists: bool,
    ) -> impl Iterator<Item = Place> {
        let seen = self.threads[thread].before(manner == Manner::NoReturn).stamp(object);
        self.since(object, seen + u64::from(insists && self.newest(object) > seen))
    }

    fn since(&self, object: ObjectId, from: Stamp) -> impl Iterator<Item = Place> {
        let word = &self.words[object.index()];
        let readable = word.iter().rev().take_while(move |message| message.stamp >= from).count();
        (word.len() - readable..word.len()).rev().map(|place| place as Place)
    }

    pub(crate) fn value(&self, object: ObjectId, place: Place) -> u64 {
        self.words[object.index()][place as usize].value
    }

    /// The message that nothing has overwritten.
    pub(crate) fn newest_place(&self, object: ObjectId) -> Place {
        (self.words[object.index()].len() - 1) as Place
    }

    /// Whether a read-modify-write may replace the message: no other one has, and there is room
    /// behind it.
    pub(crate) fn can_replace(&self, object: ObjectId, place: Place) -> bool {
        let word = &self.words[object.index()];
        let at = place as usize;
        !word[at].is_replaced && word.get(at + 1).is_none_or(|next| next.stamp - word[at].stamp > 1)
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

    /// Whether the write that was prepared may come behind the message.
    pub(crate) fn may_follow(&self, object: ObjectId, place: Place) -> bool {
        self.words[object.index()][place as usize].stamp >= self.least
    }

    /// The messages behind which the thread may put what it was prepared to write, the newest
    /// first.
    pub(crate) fn places(&self, object: ObjectId) -> impl Iterator<Item = Place> {
        self.since(object, self.least).filter(move |&place| self.can_replace(object, place))
    }

    /// The thread sees the message, and learns what it tells: at once, or at its next acquire
    /// fence.
    pub(crate) fn read(
        &mut self,
        order: &mut Order,
        thread: usize,
        object: ObjectId,
        place: Place,
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
        (behind, value): (Place, u64),
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
        (replaced, value): (Place, u64),
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
    fn put(&mut self, thread: usize, object: ObjectId, behind: Place, mut message: Message, is_released: bool) -> bool {
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

    /// The thread takes over what was told to it, as an acquire fence does.
    pub(crate) fn acquire(&mut self, thread: usize) {
        let seen = &mut self.threads[thread];
        seen.count(thread);
        for view in [&mut seen.current, &mut seen.heard, &mut seen.ordered] {
            view.copy(&seen.acquired);
        }
    }

    /// Later reads of the thread come after its earlier ones, as after a read barrier of the
    /// kernel's. Its writes do not, unless something else orders them.
    pub(crate) fn order_reads(&mut self, thread: usize) {
        let seen = &mut self.threads[thread];
        seen.count(thread);
        seen.current.copy(&seen.heard);
    }

    /// Later relaxed writes of the thread tell what it has seen until now, as after a release
    /// fence.
    pub(crate) fn release(&mut self, thread: usize) {
        let seen = &mut self.threads[thread];
        seen.count(thread);
        seen.ordered.copy(&seen.current);
        seen.released.join(&seen.current);
    }

    /// Later relaxed writes of the thread tell what it has written until now, as after a write
    /// barrier of the kernel's, and what those of its writes tell that were released. Not what it
    /// has read.
    pub(crate) fn order_writes(&mut self, thread: usize) {
        let seen = &mut self.threads[thread];
        seen.count(thread);
        let Seen { released, wrote, writes, .. } = seen;
        for (object, stamp, view, is_released) in writes.drain(..) {
            wrote.raise(object, stamp);
            let Some(view) = view.map(|view| &self.views[view as usize]) else { continue };
            if is_released {
                wrote.join(view);
            } else {
                self.strong.tell(view.events(), &self.views, wrote);
            }
        }
        released.join(wrote);
    }

    /// In how many places of the line a full barrier of the thread may stand, after which it has
    /// seen no more of the object than `stamp`, if one is given. They are counted from the end, and
    /// begin with the first one returned.
    pub(crate) fn barrier_places(&mut self, thread: usize, limit: Option<(ObjectId, Place)>) -> std::ops::Range<usize> {
        let seen = &mut self.threads[thread];
        seen.current.copy(&seen.acquired);
        let places = self.places_in_line(&self.threads[thread].current);
        let first = limit.map_or(0, |(object, place)| {
            let stamp = self.words[object.index()][place as usize].stamp;
            (0..places).take_while(|&place| self.line.seen_before(place).stamp(object) > stamp).count()
        });
        first..places
    }

    /// In how many places of the line a barrier of somebody with this view may stand. Those in
    /// front of what has left the window are not known.
    fn places_in_line(&self, view: &View) -> usize {
        let places = self.line.places(view);
        if self.line.is_beyond_window(places) {
            self.lacked_room.set(true);
        }
        places
    }

    /// Whether the thread could make a full barrier and then still see the message.
    pub(crate) fn sees_behind_barrier(&self, thread: usize, object: ObjectId, place: Place) -> bool {
        let stamp = self.words[object.index()][place as usize].stamp;
        let acquired = &self.threads[thread].acquired;
        let places = self.places_in_line(acquired);
        acquired.stamp(object) <= stamp && self.line.seen_before(places - 1).stamp(object) <= stamp
    }

    /// The thread makes a full barrier in that place of the line; one of the kernel's, if it
    /// `is_strong`. [`Weak::barrier_places`] was asked before.
    pub(crate) fn barrier(&mut self, thread: usize, place: usize, is_strong: bool) {
        let seen = &mut self.threads[thread];
        self.psc.fence(thread, seen.number(thread) + 1, seen.current.events());
        seen.current.join_stamps(self.line.seen_before(place));
        let number = seen.count(thread);
        for view in [&mut seen.acquired, &mut seen.heard, &mut seen.ordered, &mut seen.released] {
            view.copy(&seen.current);
        }
        if is_strong {
            seen.met.clear();
            let view = keep(&mut self.views, &mut self.views_count, &seen.current, None, true);
            self.strong.add((thread, number), view.expect("what is released is kept"));
        }
        if place > 0 {
            self.tell_followers(thread, place);
        }
        self.line.insert(place, (thread, number), is_strong, &self.threads[thread].current);
    }

    /// Whoever comes after one of the last `place` barriers has seen what the thread has.
    fn tell_followers(&mut self, thread: usize, place: usize) {
        let seen = std::mem::take(&mut self.threads[thread].current);
        let threads = self.threads[..self.threads_count].iter_mut();
        let views =
            threads.flat_map(|Seen { current, acquired, heard, ordered, released, unlocked, wrote, .. }| {
                [current, acquired, heard, ordered, released, unlocked, wrote]
            });
        for view in views.chain(&mut self.views[..self.views_count]) {
            if self.line.follows(place, view) {
                view.join_stamps(&seen);
            }
        }
        self.threads[thread].current = seen;
    }

    /// There are sequentially consistent accesses from now on.
    pub(crate) fn keep_consistent(&mut self) {
        self.psc.keep();
    }

    /// What has happened before the next event of the thread.
    pub(crate) fn earlier(&self, thread: usize) -> Events {
        *self.threads[thread].current.events()
    }

    /// Whether the thread may do that with the message, for all that sequentially consistent
    /// accesses have to agree on.
    pub(crate) fn admits(&self, thread: usize, object: ObjectId, place: Place, act: Act, how: Ordering) -> bool {
        if !self.psc.is_kept() || place == self.newest_place(object) {
            return true;
        }
        let message = &self.words[object.index()][place as usize];
        let seen = &self.threads[thread];
        let is_fenced = act == Act::ReplaceBehindBarrier;
        let is_free = act != Act::Read && self.is_free;
        let earlier = if is_fenced { *seen.acquired.events() } else { *seen.before(is_free).events() };
        let mut past = earlier;
        if act != Act::Write
            && acquires(how)
            && let Some(view) = message.view
        {
            join_events(&mut past, self.views[view as usize].events());
        }
        let writes = act != Act::Read;
        let rank = if writes { rank_behind(message.stamp) } else { rank_of_read(message.stamp) };
        let is_consistent = how == Ordering::SeqCst && !is_fenced;
        self.psc.admits(&Attempt { thread, object, rank, writes, earlier, past, is_consistent, is_fenced })
    }

    /// The last access of the object, by the thread, stays. `earlier` is what happened before it.
    pub(crate) fn settle(&mut self, thread: usize, object: ObjectId, earlier: &Events, is_consistent: bool) {
        if is_consistent || self.psc.is_kept() {
            self.psc.settle(thread, object, earlier, is_consistent);
        }
    }

    /// The thread has taken a lock: what was seen before the unlock that it read, and before its
    /// own unlocks, counts as seen, and its later writes tell it.
    pub(crate) fn pull(&mut self, thread: usize, object: ObjectId, place: Place) {
        let Seen { current, acquired, heard, ordered, released, unlocked, .. } = &mut self.threads[thread];
        released.join(unlocked);
        current.join(unlocked);
        if let Some(view) = self.words[object.index()][place as usize].view {
            released.join(&self.views[view as usize]);
            current.join(&self.views[view as usize]);
        }
        acquired.join(current);
        heard.join(current);
        ordered.copy(current);
    }

    /// The thread, which holds the lock, writes that it is free. The message tells all that was
    /// seen before, also what relaxed reads were told.
    ///
    /// If the ordering was taken away, the message tells what a relaxed store would.
    pub(crate) fn unlock(&mut self, order: &mut Order, thread: usize, lock: ObjectId, ordering: Ordering) {
        let releases = ordering != Ordering::Relaxed;
        let published = order.publish(thread, releases);
        self.prepare(thread, lock, ordering, Manner::Released, false);
        self.count(thread, releases);
        if releases {
            let Seen { acquired, unlocked, .. } = &mut self.threads[thread];
            unlocked.copy(acquired);
        }
        let view = keep(&mut self.views, &mut self.views_count, &self.told, None, releases);
        let newest = self.newest_place(lock);
        let message = Message { stamp: 0, value: 0, published, view, is_replaced: false };
        self.put(thread, lock, newest, message, releases);
    }
}

/// Keeps a view for a message, together with that of the one it replaces. Returns its number, if it
/// tells anything; one that was released tells that it happened.
fn keep(views: &mut Vec<View>, count: &mut usize, told: &View, before: Option<u32>, releases: bool) -> Option<u32> {
    if told.is_empty() && !releases {
        return before;
    }
    if *count == views.len() {
        views.push(View::default());
    }
    let (known, rest) = views.split_at_mut(*count);
    rest[0].copy(told);
    if let Some(before) = before {
        rest[0].join(&known[before as usize]);
    }
    *count += 1;
    Some((*count - 1) as u32)
}
