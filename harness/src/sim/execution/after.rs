//! After the end: what the threads that are left may still do while they are cleared away.
//!
//! Their operations have no effect, but where data are guarded by a lock: that is held by one guard
//! at most, for ever. A thread whose stack unwinds may run destructors; one that has caught the
//! unwinding is unwound again, at its next choice point or when it drops what it caught. Who passes
//! choice points without end has no patience left some time and is stuck.

use super::super::coroutine::{Context, raise};
use super::super::state::{Clearing, PATIENCE, Stuck, StuckThread};
use super::Execution;
use std::any::Any;

impl Execution {
    pub(in crate::sim) fn clearing(&self) -> Clearing {
        self.clearance.now
    }

    pub(in crate::sim) fn clear(&mut self, what: Clearing) {
        self.clearance.now = what;
        self.clearance.patience = PATIENCE;
    }

    /// Nothing is left of the thread.
    pub(in crate::sim) fn cleared(&mut self, thread: usize) {
        self.roster.cleared |= 1 << thread;
    }

    /// Threads of which something is left.
    pub(in crate::sim) fn uncleared(&self) -> u32 {
        self.leftovers() & !self.roster.cleared
    }

    /// What the thread waits for, if it is stuck.
    pub(in crate::sim) fn stuck(&self, thread: usize) -> Option<Stuck> {
        self.clearance.stuck.iter().find(|stuck| stuck.thread == thread).map(|stuck| stuck.reason)
    }

    /// The thread is stuck no more.
    pub(in crate::sim) fn unstick(&mut self, thread: usize) -> Option<Stuck> {
        let reason = self.stuck(thread);
        self.clearance.stuck.retain(|stuck| stuck.thread != thread);
        reason
    }

    /// Whether the thread is stuck in a destructor that runs while its stack unwinds.
    pub(in crate::sim) fn is_stuck_unwinding(&self, thread: usize) -> bool {
        self.clearance.stuck.iter().any(|stuck| stuck.thread == thread && stuck.is_unwinding)
    }

    /// The running thread is stuck: nowhere if it is on the runner's stack, which cannot be left.
    pub(in crate::sim) fn stick(&mut self, reason: Stuck) -> Option<*const Context> {
        if self.clearance.now == Clearing::Leftovers {
            return None;
        }
        self.clearance.stuck.push(StuckThread { thread: self.me, reason, is_unwinding: std::thread::panicking() });
        Some(self.hop_away())
    }

    /// Whether there is something on the thread's stack.
    pub(in crate::sim) fn is_suspended(&self, thread: usize) -> bool {
        self.has_begun(thread) && !self.is_finished(thread)
    }

    /// The running thread has arrived at an event after the end. Who goes on; nowhere if it does.
    pub(super) fn arrive_after_end(&mut self) -> *const Context {
        let is_panicking = std::thread::panicking();
        if self.clearance.now == Clearing::No && !is_panicking {
            // A subject that has caught the panic which ended the execution does not go on.
            return self.hop_away_if(self.closing.unwinding == Some(self.me));
        }
        self.clearance.patience = self.clearance.patience.saturating_sub(1);
        match self.clearance.now {
            Clearing::Leftovers if is_panicking || self.clearance.patience > 0 => std::ptr::null(),
            Clearing::Leftovers => raise(),
            _ if self.clearance.patience == 0 => {
                let (thread, reason) = (self.me, Stuck::ForEver);
                self.clearance.stuck.push(StuckThread { thread, reason, is_unwinding: is_panicking });
                self.hop_away()
            }
            _ if is_panicking => std::ptr::null(),
            _ => raise(),
        }
    }

    /// Keeps a panic of the subject: dropping it runs code of the subject.
    pub(crate) fn keep_payload(&mut self, payload: Box<dyn Any + Send>) {
        self.clearance.payloads.push(payload);
    }

    pub(in crate::sim) fn take_payload(&mut self) -> Option<Box<dyn Any + Send>> {
        self.clearance.payloads.pop()
    }

    /// Whether the thread is stuck and what it waits for is not there.
    pub(in crate::sim) fn is_stuck(&self, thread: usize) -> bool {
        match self.stuck(thread) {
            None => false,
            Some(Stuck::Lock(lock)) => self.is_taken(lock),
            Some(Stuck::Threads(threads)) => self.uncleared() & threads != 0,
            Some(Stuck::ForEver) => true,
        }
    }
}
