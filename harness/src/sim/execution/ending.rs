//! The end of an execution: why nobody goes on, what a panic tears down, and what is said of the
//! threads that are left.

use super::super::end::{Blocked, End, Fault};
use super::super::event::{Kind, Place};
use super::super::gaps::Lacks;
use super::super::memory::MemoryModel;
use super::super::object::NOBODY;
use super::super::state::{Clearing, Ending, FaultKind, PATIENCE, Stuck, Thread};
use super::Execution;
use crate::schedule::BUFFERS_FROM;

const IMPURE: &str =
    "a function that is to compute a value or a text used the machine: such a function may look, but not act";

impl Execution {
    /// Whether the running thread's stack is being unwound because it was abandoned, rather than by
    /// a panic of its own.
    pub(crate) fn is_unwound_by_runner(&self) -> bool {
        self.closing.is_torn_down && (self.closing.unwinding != Some(self.me) || self.clearance.now == Clearing::Stacks)
    }

    /// A panic of the running thread unwinds and the execution cannot go on: a destructor would
    /// block. The execution ends here, and what unwinding still does has no effect. The message is
    /// known when the panic arrives at the root of the thread; should the subject catch it, it is
    /// this one. Returns false if the execution was torn down before.
    #[cold]
    pub(crate) fn tear_down_on_panic(&mut self, place: Place) -> bool {
        if self.closing.is_torn_down {
            return false;
        }
        self.tear_down();
        self.closing.is_over = false;
        self.clearance.patience = PATIENCE;
        // Had it been caught, or had the destructor waited, the subject would have gone on.
        self.lacks.add(Lacks::LEFT_OUT);
        let message = "a panic met a destructor that blocks before it was caught".to_owned();
        self.fault(FaultKind::Panic, message, place, None);
        self.closing.unwinding = Some(self.me);
        true
    }

    /// The execution is over and something is left of these threads. True: who lends them something
    /// is stuck until they are cleared away.
    pub(crate) fn has_to_clear(&self, threads: u32) -> bool {
        self.closing.is_torn_down && self.uncleared() & threads != 0
    }

    /// A panic of the running thread waits until the threads of a scope have ended.
    pub(crate) fn delay_panic(&mut self, message: String) {
        let place = Some(self.threads[self.me].intent.place);
        self.closing.delayed.push(Fault { thread: self.me, message, place, other: None });
    }

    /// The panic that the running thread has delayed last goes on.
    pub(crate) fn end_delay(&mut self) {
        let last = self.closing.delayed.iter().rposition(|fault| fault.thread == self.me);
        last.map(|at| self.closing.delayed.remove(at));
    }

    /// Nobody can go on. Where a panic waits for that, it is what went wrong first. Where the end
    /// of a scope does, after a rest, the execution ends as it would have if that had been asked
    /// again.
    pub(super) fn end_stuck(&mut self) {
        let leaving = self.rest.leaving & self.unfinished();
        match self.closing.delayed.first() {
            Some(fault) => self.end(Ending::Fault(FaultKind::Panic, fault.clone())),
            None if leaving != 0 && !self.is_deadlocked() => {
                // They do not wait for ever: they are who has seen the final state.
                let leaving = (0..self.roster.count).filter(|thread| leaving & (1 << thread) != 0);
                leaving.for_each(|thread| self.threads[thread].intent.kind = Kind::Idle);
                self.end(Ending::Resting);
            }
            None if self.polling.waiting & self.unfinished() != 0 && !self.is_deadlocked() => {
                self.end(Ending::Livelock);
            }
            None => self.end(Ending::Deadlock),
        }
    }

    /// The thread whose panic has met, in a destructor, the end of a scope, and goes on when the
    /// threads of the scope are cleared away.
    pub(crate) fn leaves_scope(&self) -> Option<usize> {
        self.closing.unwinding.filter(|&thread| matches!(self.stuck(thread), Some(Stuck::Threads(_))))
    }

    /// A panic unwinds the running thread, and the schedule would let another one go on. Nobody
    /// else may run until the panic has arrived, for a stack that is suspended inside of a
    /// destructor could not be cleared away.
    #[cold]
    pub(crate) fn stay_while_panicking(&mut self) {
        let me = self.me;
        let goes_on = !self.closing.is_over && self.enabled & (1 << me) != 0;
        self.hops.next = me;
        if !goes_on {
            self.tear_down_on_panic(self.threads[me].intent.place);
        }
    }

    pub(crate) fn is_torn_down(&self) -> bool {
        self.closing.is_torn_down
    }

    /// From now on operations have no effect: what is left of the threads is being unwound.
    pub(crate) fn tear_down(&mut self) {
        self.closing.is_torn_down = true;
        self.steps.end();
        self.record.tracing = false;
        self.polling.watching = 0;
        self.attention = 0;
        self.relaxed.is_on = false;
    }

    /// Whether it ended because what would follow is explored elsewhere. Then it has no outcome.
    pub(crate) fn is_redundant(&self) -> bool {
        matches!(self.closing.ending, Ending::Redundant)
    }

    /// Whether the step limit ended the execution.
    pub(crate) fn is_cut(&self) -> bool {
        matches!(self.closing.ending, Ending::StepLimit)
    }

    /// What the execution has missed.
    #[inline]
    pub(crate) fn lacks(&self) -> Lacks {
        if self.relaxed.model == MemoryModel::Weak { self.lacks_relaxed() } else { self.lacks }
    }

    #[cold]
    #[inline(never)]
    fn lacks_relaxed(&self) -> Lacks {
        let mut lacks = self.lacks;
        if self.memory.weak.has_lacked_room() {
            lacks.add(Lacks::LEFT_OUT);
        }
        lacks
    }

    /// A limit of the machine is reached, which is not one of the subject.
    #[cold]
    pub(crate) fn reach_limit(&mut self) {
        self.lacks.add(Lacks::LIMITED);
    }

    /// The subject does what the machine does not see.
    pub(crate) fn note_unseen(&mut self) {
        self.lacks.add(Lacks::UNSEEN);
    }

    /// Ends the execution; the caller must give way and never goes on.
    pub(super) fn end(&mut self, ending: Ending) {
        if !self.closing.is_over {
            self.closing.is_over = true;
            self.closing.ending = ending;
        }
    }

    /// Ends the execution with a fault of the running thread.
    #[cold]
    pub(crate) fn fault(&mut self, kind: FaultKind, message: String, place: Place, other: Option<Place>) {
        let fault = Fault { thread: self.me, message, place: Some(place), other };
        self.end(Ending::Fault(kind, fault));
    }

    /// The main thread has seen the final state and cannot go on because the others never will: the
    /// execution ends here.
    ///
    /// It has to be so unless the thread has ended.
    pub(crate) fn end_resting(&mut self, unless_ended: usize) -> bool {
        if self.rest.has_rested {
            self.mark_everything();
        }
        if self.is_finished(unless_ended) {
            return false;
        }
        if !self.rest.has_rested || self.closing.is_torn_down {
            return self.closing.is_over;
        }
        let others = self.enabled & !(1 << self.me | 1 << (BUFFERS_FROM + self.me));
        // Idle threads go on when the main thread waits.
        if others | self.rest.idlers == 0 {
            if self.relaxed.is_on {
                // What lands may let others go on.
                self.land_all();
            }
            if self.enabled == 1 << self.me {
                self.end(Ending::Resting);
            }
        }
        self.rest.leaving |= 1 << self.me;
        self.closing.is_over
    }

    /// How the execution ended, with names and places.
    pub(crate) fn ended(&self) -> End {
        match &self.closing.ending {
            Ending::Completed => End::Completed,
            Ending::Resting => End::Resting(self.blocked()),
            Ending::Deadlock => self.deadlock(),
            Ending::Livelock => End::Livelock(self.blocked()),
            Ending::StepLimit => End::StepLimit(self.steps.max),
            Ending::Redundant => unreachable!("a redundant execution has no outcome"),
            Ending::Fault(FaultKind::Bug, fault) => End::Bug(fault.clone()),
            Ending::Fault(FaultKind::Race, fault) => End::Race(fault.clone()),
            Ending::Fault(FaultKind::Panic, fault) => End::Panic(fault.clone()),
            Ending::Fault(FaultKind::Misuse, fault) => End::Misuse(fault.clone()),
            Ending::Fault(FaultKind::StackLow, fault) => End::StackLow(fault.clone()),
        }
    }

    /// The threads that wait for ever, in order of their number. The idle thread is not one of
    /// them.
    fn blocked(&self) -> Vec<Blocked> {
        (0..self.roster.count)
            .filter(|&thread| self.unfinished() & (1 << thread) != 0 && self.enabled & (1 << thread) == 0)
            .filter(|&thread| self.threads[thread].intent.kind != Kind::Idle)
            .map(|thread| self.blocked_thread(thread))
            .collect()
    }

    fn blocked_thread(&self, thread: usize) -> Blocked {
        let Thread { intent, .. } = &self.threads[thread];
        let object = match intent.kind {
            Kind::Join => self.names.labels[intent.second.index()].to_string(),
            Kind::Await => {
                let names = self.threads[thread].watched.iter().map(|&(object, _)| self.object_name(object));
                names.collect::<Vec<_>>().join(" or ")
            }
            _ => self.object_name(intent.object),
        };
        let held_since = match intent.kind {
            Kind::Lock | Kind::ReadLock | Kind::UnlockWait => {
                let object = &self.objects[intent.object.index()];
                object.held_since.filter(|_| object.holder != NOBODY)
            }
            _ => None,
        };
        Blocked {
            thread,
            name: self.names.labels[thread].to_string(),
            waits: if self.polling.waiting & (1 << thread) != 0 {
                "a write, in a loop that reads"
            } else {
                intent.kind.waits_for()
            },
            object,
            holder: self.waits_for(thread),
            place: Some(intent.place),
            held_since,
        }
    }

    /// Whose action the thread waits for, if that is one thread.
    pub(super) fn waits_for(&self, thread: usize) -> Option<usize> {
        let intent = &self.threads[thread].intent;
        match intent.kind {
            Kind::Lock | Kind::ReadLock | Kind::UnlockWait => {
                let holder = self.objects[intent.object.index()].holder;
                (holder != NOBODY).then_some(usize::from(holder))
            }
            Kind::Join => Some(intent.second.index()),
            _ => None,
        }
    }

    /// The threads of the wait-for cycle that `thread` is on, from it onwards.
    pub(super) fn cycle_from(&self, thread: usize) -> Option<Vec<usize>> {
        let mut path = vec![thread];
        let mut at = thread;
        while let Some(next) = self.waits_for(at).filter(|&next| self.unfinished() & (1 << next) != 0) {
            if next == thread {
                return Some(path);
            }
            if path.contains(&next) {
                return None;
            }
            path.push(next);
            at = next;
        }
        None
    }

    fn deadlock(&self) -> End {
        let on_cycle = (0..self.roster.count).find_map(|thread| self.cycle_from(thread)).unwrap_or_default();
        let mut blocked = self.blocked();
        blocked.sort_by_key(|one| {
            let rank = on_cycle.iter().position(|&thread| thread == one.thread);
            (rank.unwrap_or(usize::MAX), one.thread)
        });
        End::Deadlock { cycle: on_cycle.len(), blocked }
    }

    /// The running thread, which only computes, has announced an event.
    #[cold]
    pub(super) fn refuse_to_act(&mut self, place: Place) {
        self.act();
        self.fault(FaultKind::Misuse, IMPURE.to_owned(), place, None);
    }
}
