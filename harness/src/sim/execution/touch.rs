//! Marks: what each step touches, for exhaustive search.
//!
//! A step is an event and everything the thread does until its next choice point. What it touches
//! is marked as it happens, so it is exact where an announcement can only say the most: an attempt
//! that fails to take a lock, a compare-and-exchange that fails and a wake-up of nobody read. What
//! has no choice point of its own counts for the step it happens in: plain data, and looks at words
//! and at ends of threads that are no events. So whatever a subject can base a decision on is
//! marked.
//!
//! Fences, starting, ending and joining threads, yielding and idling touch nothing; but threads are
//! numbered in the order in which they are started, so starting a thread touches the numbers. An
//! await of one word touches nothing either: once a write has ended it, no further write matters to
//! it. An await of several words reads all of them, for there is no telling which write ended it.
//!
//! While a panic unwinds a thread there are no choice points: all that destructors do counts for
//! the step in which the panic began, and depends on what that has read. They do not wait but go
//! on, or else the execution ends: so there a join touches the end of the thread, and an await all
//! that it reads.
//!
//! Under total store order a store touches nothing until it lands, and what reads it from the own
//! buffer touches nothing before that. Landing touches the buffer too, and so does an attempt that
//! needs it to be empty only in order to succeed. Under the weak model full barriers and those who
//! wait until a lock is seen free share the line of barriers.

use super::super::event::{Kind, ObjectId};
use super::super::memory::Buffering;
use super::super::memory::MemoryModel;
use super::super::object::HELD;
use super::Execution;
use crate::schedule::{
    BUFFERS_FROM, Held, Marked, Needs, SLOT_OF_NUMBERS, Slot, THREADS_MAX, Touch, hash_name, hash_numbered,
    slot_of_buffer, slot_of_end, slot_of_object,
};

/// Object 0 in the words of all executions.
const HASH_OF_NUMBERS: u64 = hash_name("numbers of threads and columns");

/// What full barriers of the weak model share.
const HASH_OF_LINE: u64 = hash_name("line of full barriers");

/// Store buffers.
const HASH_OF_BUFFERS: u64 = hash_name("store buffers");

/// A thread that cannot go on because of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeldUp {
    pub(crate) thread: usize,
    /// What it would do.
    pub(crate) touch: Touch,
}

fn held(word: u64) -> Held {
    match word {
        0 => Held::Free,
        word if word & HELD != 0 => Held::ByWriter,
        _ => Held::ByReaders,
    }
}

fn needs(kind: Kind, model: MemoryModel) -> Needs {
    match kind {
        // It is the view of the thread that it waits for, not the lock.
        Kind::UnlockWait if model == MemoryModel::Weak => Needs::Nothing,
        Kind::Lock | Kind::UnlockWait => Needs::Free,
        Kind::ReadLock => Needs::NoWriter,
        _ => Needs::Nothing,
    }
}

impl Execution {
    /// Marks the event that the running thread has announced.
    #[inline(never)]
    pub(super) fn mark_event(&mut self, read: Option<u64>, written: Option<u64>) {
        let intent = self.threads[self.me].intent;
        let (kind, object) = (intent.kind, intent.object);
        let buffering = std::mem::take(&mut self.relaxed.buffering);
        if !self.decider.is_marking() {
            return;
        }
        if self.is_attempt(self.me) {
            self.mark_buffer(self.me, false);
        }
        match kind {
            Kind::Start | Kind::Finish | Kind::Fence | Kind::Yield | Kind::Sleep => {}
            Kind::Spawn => {
                self.mark_numbers();
                self.mark(Marked::Spawned);
            }
            Kind::Join => {
                let ended = intent.second.index();
                if self.decider.has_insisted() {
                    self.mark_end(ended, false);
                }
                self.mark(Marked::Joined(ended as u8));
            }
            Kind::Idle => self.mark(Marked::Rested(self.announced_key())),
            Kind::Await => self.mark_await(),
            Kind::Store | Kind::Unlock if buffering != Buffering::None => self.mark_buffering(buffering, object),
            Kind::Load | Kind::Update | Kind::TryLock | Kind::IsLocked | Kind::UnlockWait
                if buffering != Buffering::None =>
            {
                self.mark_buffering(buffering, object);
            }
            Kind::Load | Kind::GhostRead | Kind::PlainRead => self.mark_touch(object, false, kind, 0),
            Kind::Store | Kind::GhostWrite | Kind::PlainWrite | Kind::Note | Kind::Land => {
                self.mark_touch(object, true, kind, 0)
            }
            Kind::Update => self.mark_touch(object, written.is_some(), kind, 0),
            Kind::Lock | Kind::TryLock | Kind::IsLocked | Kind::UnlockWait | Kind::ReadLock | Kind::ReadUnlock => {
                self.mark_touch(object, written.is_some(), kind, read.unwrap_or(0));
                if kind == Kind::UnlockWait && self.relaxed.model == MemoryModel::Weak {
                    self.mark_line(true);
                }
            }
            Kind::Unlock => self.mark_touch(object, true, kind, HELD),
            Kind::Wait => {
                match buffering {
                    Buffering::None => self.mark_touch(intent.second, true, kind, HELD),
                    _ => self.mark_buffering(buffering, intent.second),
                }
                self.mark_touch(object, true, kind, 0);
            }
            Kind::Wake => {
                let woken = written.unwrap_or(0) as u32;
                self.mark_touch(object, woken != 0, kind, 0);
                if woken != 0 {
                    self.mark(Marked::Woke(woken));
                }
            }
        }
    }

    fn mark(&mut self, what: Marked) {
        self.decider.mark(self.me, what);
    }

    /// What the event does beyond the buffer of its thread.
    fn mark_buffering(&mut self, buffering: Buffering, object: ObjectId) {
        match buffering {
            Buffering::None => {}
            Buffering::Stored(nth) => self.mark(Marked::Stored(nth)),
            // Once the store has landed, the thread has read the object as it was then.
            Buffering::Forwarded(nth) => {
                let touch = self.touch_of(object, false, Kind::Load, 0);
                self.mark(Marked::Forwarded(touch, nth));
            }
        }
    }

    pub(super) fn touch_of(&self, object: ObjectId, writes: bool, kind: Kind, word: u64) -> Touch {
        let hash = self.objects[object.index()].name_hash;
        let is_loose = matches!(kind, Kind::PlainRead | Kind::PlainWrite);
        let minds_own = writes || is_loose || kind == Kind::Await || !self.relaxed.model.has_buffers();
        let (needs, held) = (needs(kind, self.relaxed.model), held(word));
        Touch { slot: slot_of_object(object.0), hash, writes, is_loose, minds_own, needs, held }
    }

    fn mark_touch(&mut self, object: ObjectId, writes: bool, kind: Kind, word: u64) {
        let touch = self.touch_of(object, writes, kind, word);
        self.mark(Marked::Touch(touch));
    }

    /// What has no event of its own was read or written.
    #[inline]
    pub(super) fn mark_plain(&mut self, object: ObjectId, writes: bool) {
        if self.decider.is_steered() {
            let kind = if writes { Kind::PlainWrite } else { Kind::PlainRead };
            self.mark_touch(object, writes, kind, 0);
        }
    }

    /// A number was given to a thread or an observer, in the order of asking.
    pub(super) fn mark_numbers(&mut self) {
        if self.decider.is_steered() {
            self.mark_no_object(SLOT_OF_NUMBERS, HASH_OF_NUMBERS, true);
        }
    }

    /// It was asked whether a number was given.
    pub(super) fn mark_look_at_numbers(&mut self) {
        if self.decider.is_steered() {
            self.mark_no_object(SLOT_OF_NUMBERS, HASH_OF_NUMBERS, false);
        }
    }

    /// A full barrier was put into the line, or somebody waited who cannot go on if barriers of
    /// others have told too much. In which order barriers are made does not matter, for each place
    /// is tried.
    pub(super) fn mark_line(&mut self, waits: bool) {
        if self.decider.is_steered() {
            self.mark_no_object(SLOT_OF_NUMBERS, HASH_OF_LINE, waits);
        }
    }

    fn mark_no_object(&mut self, slot: Slot, hash: u64, writes: bool) {
        let (needs, held) = (Needs::Nothing, Held::Free);
        self.mark(Marked::Touch(Touch { slot, hash, writes, is_loose: true, minds_own: true, needs, held }));
    }

    /// Something has landed, or the thread has made an attempt that does not wait for that if it
    /// fails.
    pub(super) fn mark_buffer(&mut self, owner: usize, lands: bool) {
        let process = if lands { BUFFERS_FROM + owner } else { owner };
        let hash = hash_numbered(HASH_OF_BUFFERS, owner as u32);
        let (slot, needs, held) = (slot_of_buffer(owner), Needs::Nothing, Held::Free);
        let touch = Touch { slot, hash, writes: lands, is_loose: false, minds_own: true, needs, held };
        self.decider.mark(process, Marked::Touch(touch));
    }

    /// The thread has ended, or was asked whether it has.
    pub(super) fn mark_end(&mut self, thread: usize, writes: bool) {
        if self.decider.is_steered() {
            self.mark_no_object(slot_of_end(thread), hash_numbered(HASH_OF_NUMBERS, thread as u32), writes);
        }
    }

    /// Whether the others have ended or can go on decides how the execution ends.
    pub(super) fn mark_everything(&mut self) {
        if self.decider.is_steered() {
            self.mark(Marked::Everything);
        }
    }

    fn mark_await(&mut self) {
        let watched = std::mem::take(&mut self.threads[self.me].watched);
        if let Some(&(first, _)) = watched.first() {
            if watched.iter().all(|&(object, _)| object == first) && !self.decider.has_insisted() {
                self.mark(Marked::Awaited(self.objects[first.index()].name_hash));
            } else {
                watched.iter().for_each(|&(object, _)| self.mark_touch(object, false, Kind::Await, 0));
            }
        }
        self.threads[self.me].watched = watched;
    }

    /// Threads that wait for a lock when the execution is over, also those to whom only the last
    /// step gave it: they are not among those `able` to go on before that.
    pub(crate) fn held_up_at_locks(&self, able: u32) -> impl Iterator<Item = HeldUp> + '_ {
        let blocked = self.unfinished() & !(self.enabled & able);
        let blocked = (0..THREADS_MAX).filter(move |&thread| blocked & (1 << thread) != 0);
        blocked.filter_map(|thread| {
            let intent = &self.threads[thread].intent;
            let (kind, object) = (intent.kind, intent.object);
            if needs(kind, self.relaxed.model) == Needs::Nothing {
                return None;
            }
            let word = self.memory.newest(object);
            Some(HeldUp { thread, touch: self.touch_of(object, kind != Kind::UnlockWait, kind, word) })
        })
    }
}
