//! After the end: what the threads that are left may still do while they are cleared away.
//!
//! Their operations have no effect, but where data are guarded by a lock: that is held by one guard at most, for ever. A thread whose stack
//! unwinds may run destructors; one that has caught the unwinding is unwound again, at its next choice point or when it drops
//! what it caught. Who passes choice points without end has no patience left some time and is stuck.

use super::super::coroutine::{Context, raise};
use super::Execution;
use super::stuck::{Clearing, PATIENCE, Stuck, StuckThread};
use std::any::Any;

impl Execution {
    pub(in crate::sim) fn clearing(&self) -> Clearing {
        self.clearing
    }

    pub(in crate::sim) fn clear(&mut self, what: Clearing) {
        self.clearing = what;
        self.patience = PATIENCE;
    }

    /// Nothing is left of the thread.
    pub(in crate::sim) fn cleared(&mut self, thread: usize) {
        self.cleared |= 1 << thread;
    }

    /// Threads of which something is left.
    pub(in crate::sim) fn uncleared(&self) -> u32 {
        self.leftovers() & !self.cleared
    }

    /// What the thread waits for, if it is stuck.
    pub(in crate::sim) fn stuck(&self, thread: usize) -> Option<Stuck> {
        self.stuck.iter().find(|stuck| stuck.thread == thread).map(|stuck| stuck.reason)
    }

    /// The thread is stuck no more.
    pub(in crate::sim) fn unstick(&mut self, thread: usize) -> Option<Stuck> {
        let reason = self.stuck(thread);
        self.stuck.retain(|stuck| stuck.thread != thread);
        reason
    }

    /// Whether the thread is stuck in a destructor that runs while its stack unwinds.
    pub(in crate::sim) fn is_stuck_unwinding(&self, thread: usize) -> bool {
        self.stuck.iter().any(|stuck| stuck.thread == thread && stuck.is_unwinding)
    }

    /// The running thread is stuck: nowhere if it is on the runner's stack, which cannot be left.
    pub(in crate::sim) fn stick(&mut self, reason: Stuck) -> Option<*const Context> {
        if self.clearing == Clearing::Leftovers {
            return None;
        }
        self.stuck.push(StuckThread { thread: self.me, reason, is_unwinding: std::thread::panicking() });
        Some(self.hop_away())
    }

    /// Whether there is something on the thread's stack.
    pub(in crate::sim) fn is_suspended(&self, thread: usize) -> bool {
        self.has_begun(thread) && !self.is_finished(thread)
    }

    /// The running thread has arrived at an event after the end. Who goes on; nowhere if it does.
    pub(super) fn arrive_after_end(&mut self) -> *const Context {
        let is_panicking = std::thread::panicking();
        if self.clearing == Clearing::No && !is_panicking {
            // A subject that has caught the panic which ended the execution does not go on.
            return self.hop_away_if(self.unwinding == Some(self.me));
        }
        self.patience = self.patience.saturating_sub(1);
        match self.clearing {
            Clearing::Leftovers if is_panicking || self.patience > 0 => std::ptr::null(),
            Clearing::Leftovers => raise(),
            _ if self.patience == 0 => {
                let (thread, reason) = (self.me, Stuck::ForEver);
                self.stuck.push(StuckThread { thread, reason, is_unwinding: is_panicking });
                self.hop_away()
            }
            _ if is_panicking => std::ptr::null(),
            _ => raise(),
        }
    }

    /// From here on the running thread only computes: there are no steps left, so it comes by [`Execution::act`] if it does more.
    #[inline(always)]
    pub(in crate::sim) fn compute(&mut self) {
        if !self.torn_down {
            self.computing = Some(std::mem::take(&mut self.steps_left));
        }
    }

    /// The running thread computes no more.
    #[inline(always)]
    pub(in crate::sim) fn act(&mut self) {
        if let Some(steps_left) = self.computing.take() {
            self.steps_left = steps_left;
        }
    }

    pub(in crate::sim) fn is_computing(&self) -> bool {
        self.computing.is_some()
    }

    /// Keeps a panic of the subject: dropping it runs code of the subject.
    pub(crate) fn keep_payload(&mut self, payload: Box<dyn Any + Send>) {
        self.payloads.push(payload);
    }

    pub(in crate::sim) fn take_payload(&mut self) -> Option<Box<dyn Any + Send>> {
        self.payloads.pop()
    }

    /// The running thread has started this one and lends it what it has itself.
    pub(crate) fn lend_to(&mut self, thread: usize) {
        self.borrows |= (self.borrows >> self.me & 1) << thread;
    }

    /// The thread borrows from whoever has called the runner.
    pub(in crate::sim) fn borrow_from_caller(&mut self, thread: usize) {
        self.borrows |= 1 << thread;
    }

    /// Whether the thread borrows from whoever has called the runner, perhaps by way of others.
    pub(in crate::sim) fn borrows_from_caller(&self, thread: usize) -> bool {
        self.borrows & (1 << thread) != 0
    }
}
