//! Total store order under an exhaustive search: landing is a step of the buffer alone.
//!
//! Outside of a search a full barrier lets land what it finds in its buffer, within its own event.
//! A search must tell these apart: it would try the barrier in place of a landing, which comes to
//! the same. So whoever would let stores land is *held* until its buffer is empty, as in the
//! abstract machine of x86-TSO. Every execution of the one kind is an execution of the other, by
//! the same decisions. An attempt, which drains only if it succeeds, is held or not depending on
//! what others have written: so others can hold it up as with a lock, and what lands may let it go
//! on.
//!
//! What nobody can observe needs no choice: what a thread stores while all others have ended, and
//! what is left in buffers when the last thread ends. These stores land *unasked*, as steps all the
//! same, for earlier steps may have to come after them.

use super::super::event::Kind;
use super::super::memory::{MemoryModel, Store};
use super::super::state::Ending;
use super::Execution;
use crate::schedule::{BUFFERS_FROM, Marked};

impl Execution {
    /// Whether nobody but the running thread can do anything any more.
    pub(super) fn is_alone(&self) -> bool {
        self.unfinished() == 1 << self.me && self.roster.lingering == 0
    }

    /// The running thread announces an update that writes only if it finds this value.
    #[cold]
    #[inline(never)]
    pub(crate) fn expect(&mut self, value: u64) {
        self.relaxed.expected[self.me] = Some(value);
    }

    /// Those who have to wait until their buffers are empty.
    pub(in crate::sim) fn held(&self) -> u32 {
        if !self.decider.is_steered() || !self.relaxed.model.has_buffers() {
            return 0;
        }
        let full = self.enabled >> BUFFERS_FROM & self.enabled;
        let held = (0..self.roster.count).filter(|&thread| full & (1 << thread) != 0 && self.would_drain(thread));
        held.fold(0, |held, thread| held | 1 << thread)
    }

    /// Whether the announced event of the thread lets land what is in its buffer.
    fn would_drain(&self, thread: usize) -> bool {
        let intent = &self.threads[thread].intent;
        let own = self.memory.buffers.forwarded(thread, intent.object);
        let seen = || own.unwrap_or_else(|| self.memory.newest(intent.object));
        let taking_drains =
            || own.is_some() || self.relaxed.model == MemoryModel::Tso && !self.is_weakened(intent.place);
        match intent.kind {
            Kind::Store => intent.is_barrier(),
            Kind::Fence => intent.is_barrier() && !self.is_weakened(intent.place),
            Kind::Spawn | Kind::ReadLock | Kind::ReadUnlock => true,
            Kind::Lock => taking_drains(),
            Kind::TryLock => seen() == 0 && taking_drains(),
            Kind::Update => self.relaxed.expected[thread].is_none_or(|expected| expected == seen()),
            _ => false,
        }
    }

    /// Whether the announced event of the thread lets land what is in its buffer only if it finds
    /// what it expects.
    pub(super) fn is_attempt(&self, thread: usize) -> bool {
        self.relaxed.model.has_buffers()
            && match self.threads[thread].intent.kind {
                Kind::TryLock => true,
                Kind::Update => self.relaxed.expected[thread].is_some(),
                _ => false,
            }
    }

    /// Everything lands that the running thread, which is alone, has stored. False if the execution
    /// ends here, because that was explored elsewhere.
    pub(super) fn land_unasked(&mut self) -> bool {
        let me = self.me;
        while self.lingers(me) {
            if !self.decider.begins_unasked(BUFFERS_FROM + me) {
                self.relaxed.has_to_land = true;
                self.end(Ending::Redundant);
                return false;
            }
            self.land_one_unasked(me);
        }
        true
    }

    /// Everything lands that the running thread has stored, where nobody else can go on.
    pub(super) fn land_all(&mut self) {
        if self.decider.is_steered() {
            self.land_unasked();
        } else {
            self.drain(self.me);
        }
    }

    fn land_one_unasked(&mut self, thread: usize) {
        self.decider.mark(BUFFERS_FROM + thread, Marked::Unasked);
        self.land(thread, false);
    }

    /// All threads have ended: what is left in buffers lands, if a search wants to know.
    #[cold]
    #[inline(never)]
    pub(super) fn land_at_end(&mut self) {
        if !self.decider.is_steered() || !self.relaxed.model.has_buffers() {
            return;
        }
        while let Some(first) = (0..self.roster.count).find(|&thread| self.lingers(thread)) {
            let mut left = (first..self.roster.count).filter(|&thread| !self.memory.buffers.is_empty(thread));
            let Some(thread) = left.find(|thread| self.decider.begins_unasked(BUFFERS_FROM + thread)) else {
                return self.end(Ending::Redundant);
            };
            self.land_one_unasked(thread);
        }
    }

    /// Marks that a store of the thread is about to land.
    pub(super) fn mark_landing(&mut self, thread: usize, store: &Store) {
        let word = self.memory.newest(store.object);
        let touch = self.touch_of(store.object, true, Kind::Land, word);
        self.decider.mark(BUFFERS_FROM + thread, Marked::Landed(touch, store.nth));
        self.mark_buffer(thread, true);
    }
}
