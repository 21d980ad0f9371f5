//! The threads of an execution: made, begun, suspended for one another, ended.

use super::super::coroutine::job::Job;
use super::super::coroutine::{Context, Limits, first};
use super::super::event::{Intent, Kind, ObjectId, Place};
use super::super::object::{HASH_OF_NONE, Label};
use super::super::sites::Anchor;
use super::super::state::{Ending, FaultKind};
use super::super::unfit::Looks;
use super::Execution;
use crate::schedule::{Spot, THREADS_MAX};

impl Execution {
    /// Makes the next thread. It can run at once; its job is installed by the caller.
    /// Inlined: a label that goes through memory is read wider than it was written, which stalls.
    #[inline(always)]
    pub(crate) fn add_thread(&mut self, label: Label, parent: Option<usize>, place: Place) -> Option<usize> {
        let thread = self.roster.count;
        if thread == THREADS_MAX {
            self.reach_limit();
            return None;
        }
        self.roster.count += 1;
        if !self.stacks.has(thread) {
            self.threads[thread].stack_floor = self.stacks.make();
        }
        self.memory.order.begin(thread, parent);
        self.decider.add_thread(thread);
        if self.relaxed.is_on {
            self.begin_relaxed(thread, parent);
        }
        let root = self.names.lineage.add(thread, parent);
        let serial = self.names.sites.serial();
        let state = &mut self.threads[thread];
        state.intent = Intent::new(Kind::Start, ObjectId::NONE, place);
        state.anchor = Anchor::root(root, serial);
        let drawn = self.decider.draw(Spot::new(state.anchor.hash, HASH_OF_NONE, 0));
        state.drawn = if self.relaxed.is_on { drawn } else { drawn.in_favour_of(thread) };
        state.joiners = 0;
        self.names.made[thread] = (0, 0);
        self.polling.seen[thread] = 0;
        self.names.labels[thread] = label;
        self.enabled |= 1 << thread;
        Some(thread)
    }

    /// Makes a thread started by the running one.
    #[inline(always)]
    pub(crate) fn spawn_thread(&mut self, label: Label, place: Place) -> Option<usize> {
        self.add_thread(label, Some(self.me), place)
    }

    /// Number of the running thread.
    pub(crate) fn running(&self) -> usize {
        self.me
    }

    /// Threads of which something is left when the execution is over: a stack, a closure or a
    /// result.
    #[inline(always)]
    pub(crate) fn leftovers(&self) -> u32 {
        self.unfinished() | self.results.kept
    }

    pub(in crate::sim) fn label(&self, thread: usize) -> Label {
        self.names.labels[thread]
    }

    pub(crate) fn job(&mut self, thread: usize) -> &mut Job {
        &mut self.jobs[thread]
    }

    /// Gives the thread what it has to do.
    ///
    /// The lifetime of `closure` is forgotten, see [`Job::install`].
    #[inline(always)]
    pub(crate) fn install<F: FnOnce() -> T, T>(&mut self, thread: usize, closure: F) {
        self.threads[thread].context = self.stacks.prepare(thread, first::<F, T>);
        self.jobs[thread].install(closure);
    }

    /// The running thread begins its job, which is at the returned place.
    #[inline(always)]
    pub(in crate::sim) fn begin(&mut self) -> *mut u8 {
        let me = self.me % THREADS_MAX;
        self.roster.begun |= 1 << me;
        self.jobs[me].start()
    }

    /// The running thread is suspended, and whoever was chosen goes on: a thread, or the runner
    /// when the execution is over.
    pub(in crate::sim) fn hop_away(&mut self) -> *const Context {
        let me = self.me % THREADS_MAX;
        if self.closing.is_over {
            self.hops.from = &raw mut self.threads[me].context;
            return &raw const self.hops.runner;
        }
        self.hop(me, self.hops.next)
    }

    /// As `hop_away`: from the running thread to the one that was chosen.
    #[inline(always)]
    pub(super) fn hop(&mut self, me: usize, next: usize) -> *const Context {
        self.hops.from = &raw mut self.threads[me].context;
        self.me = next;
        self.hops.beat.tell(next);
        &raw const self.threads[next % THREADS_MAX].context
    }

    /// As `hop_away`, if the running thread gives way; nowhere if it goes on.
    pub(super) fn hop_away_if(&mut self, gives_way: bool) -> *const Context {
        if !gives_way {
            return std::ptr::null();
        }
        if std::thread::panicking() {
            self.stay_while_panicking();
            return std::ptr::null();
        }
        self.hop_away()
    }

    /// Where the running thread, which gives way, leaves its stack.
    #[inline(always)]
    pub(in crate::sim) fn from(&self) -> *mut Context {
        self.hops.from
    }

    /// The runner is suspended for the running thread.
    pub(in crate::sim) fn hop_in(&mut self) -> (*mut Context, *const Context) {
        (&raw mut self.hops.runner, &raw const self.threads[self.me].context)
    }

    pub(crate) fn threads_count(&self) -> usize {
        self.roster.count
    }

    pub(crate) fn unfinished(&self) -> u32 {
        ((1_u32 << self.roster.count) - 1) & !self.roster.finished
    }

    pub(crate) fn is_finished(&self, thread: usize) -> bool {
        self.roster.finished & (1 << thread) != 0
    }

    /// As `is_finished`, when the subject asks. Nothing, if there is no such thread.
    pub(crate) fn has_finished(&mut self, thread: usize) -> Option<bool> {
        self.acts();
        if self.is_recording() {
            // Whether there is such a thread yet depends on who was started before.
            self.mark_look_at_numbers();
        }
        if thread >= self.roster.count {
            return None;
        }
        if self.is_recording() {
            self.mark_end(thread, false);
        }
        Some(self.is_finished(thread))
    }

    /// Where its stacks end.
    pub(in crate::sim) fn limits(&self) -> *const Limits {
        self.stacks.limits()
    }

    /// Gives up what the thread has on its stack, with the stack.
    pub(in crate::sim) fn lose(&mut self, thread: usize) {
        self.jobs[thread].give_up();
        self.threads[thread].stack_floor = self.stacks.replace(thread);
        self.cleared(thread);
    }

    /// Whether the thread has begun its job: unless it has ended since, there is something on its
    /// stack.
    pub(crate) fn has_begun(&self, thread: usize) -> bool {
        self.roster.begun & (1 << thread) != 0
    }

    /// Makes `thread` the running one while its stack is unwound.
    pub(crate) fn impersonate(&mut self, thread: usize) {
        self.me = thread;
    }

    /// The abandoned stack of the running thread is unwound.
    pub(crate) fn unwound(&mut self) {
        self.roster.begun &= !(1 << self.me);
    }

    /// The job of the running thread has panicked.
    pub(crate) fn panicked(&mut self, message: String) {
        let thread = self.me;
        let place = self.threads[thread].intent.place;
        self.roster.begun &= !(1 << thread);
        if self.closing.unwinding == Some(thread) {
            self.closing.is_over = false;
        }
        self.fault(FaultKind::Panic, message, place, None);
    }

    /// The job of the running thread has returned. Who goes on, as `hop_away` says.
    #[inline(always)]
    pub(in crate::sim) fn finish(&mut self) -> *const Context {
        let thread = self.me % THREADS_MAX;
        if self.jobs[thread].done() {
            self.results.kept |= 1 << thread;
        }
        if self.closing.is_over {
            self.roster.begun &= !(1 << thread);
            return self.hop_away();
        }
        self.roster.finished |= 1 << thread;
        self.enabled &= !(1 << thread);
        if self.relaxed.is_on && self.lingers(thread) {
            self.roster.lingering |= 1 << thread;
        } else {
            self.enabled |= self.threads[thread].joiners;
        }
        self.threads[thread].intent.kind = Kind::Finish;
        if self.is_recording() {
            self.mark_end(thread, true);
            if thread == 0 && self.rest.has_rested {
                self.mark_everything();
            }
        }
        if self.unfinished() == 0 {
            if self.relaxed.is_on {
                self.land_at_end();
            }
            self.end(Ending::Completed);
        } else if thread == 0 && self.rest.has_rested {
            self.end(Ending::Resting);
        } else {
            let spot = self.spot_here(ObjectId::NONE, Kind::Finish);
            return self.hand_over(thread, self.enabled, spot, self.threads[thread].drawn);
        }
        self.hop_away()
    }

    #[inline(never)]
    pub(in crate::sim) fn spawned_attended(&mut self) {
        if self.relaxed.is_on {
            self.drain(self.me);
        }
        self.record_access(None, None);
    }

    #[inline(never)]
    pub(in crate::sim) fn joined_attended(&mut self, thread: usize, place: Place) {
        self.looks(Looks::AtOtherThread, place);
        if self.relaxed.is_on && self.is_finished(thread) {
            self.join_relaxed(thread);
        }
        self.record_access(None, None);
    }

    /// The running thread has started this one and lends it what it has itself.
    pub(crate) fn lend_to(&mut self, thread: usize) {
        self.roster.borrows |= (self.roster.borrows >> self.me & 1) << thread;
    }

    /// The thread borrows from whoever has called the runner.
    pub(in crate::sim) fn borrow_from_caller(&mut self, thread: usize) {
        self.roster.borrows |= 1 << thread;
    }

    /// Whether the thread borrows from whoever has called the runner, perhaps by way of others.
    pub(in crate::sim) fn borrows_from_caller(&self, thread: usize) -> bool {
        self.roster.borrows & (1 << thread) != 0
    }
}
