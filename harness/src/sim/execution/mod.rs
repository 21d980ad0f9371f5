//! One execution: its threads, objects and choice points.
//!
//! Everything here is reset by a few stores between executions and allocates nothing in its steady state. Sets of threads are bit masks.
//! An event has three parts: the thread *arrives* (announces it, and the schedule says who goes on), it may give way, and once
//! it goes on it *performs* the event, which is then possible by construction: no step is ever retried.

mod after;
mod ending;
mod history;
mod record;
mod stuck;
mod threads;
mod turns;

use super::asked::Asked;
use super::coroutine::job::Job;
use super::coroutine::{Beat, Context, Stacks};
use super::end::Fault;
use super::event::{Event, Intent, KINDS, Kind, ObjectId, Place};
use super::gaps::Lacks;
use super::lineage::Lineage;
use super::memory::{Buffering, Memory, MemoryModel, Message};
use super::object::{HASH_OF_NONE, Label, Objects};
use super::plain_access::PlainAccess;
use super::sites::{Anchor, Sites};
use super::ticket::{Ticket, Tickets};
use super::unfit::Unfit;
use super::weakened::Weakened;
use crate::schedule::{Decider, Drawn, Plan, Spot, THREADS_MAX, hash_numbered, hash_path};
use std::any::Any;
use std::panic::Location;
pub(in crate::sim) use stuck::Clearing;
pub(crate) use stuck::Stuck;
use stuck::{PATIENCE, StuckThread};

/// Columns of observers beside those of the threads.
pub const OBSERVERS_MAX: usize = 8;

/// What each choice point touches of a thread, and little else, so that it stays in two cache lines.
#[repr(align(128))]
pub(super) struct Thread {
    pub(super) intent: Intent,
    pub(super) anchor: Anchor,
    /// What random schedules decide by when it arrives at its next event.
    drawn: Drawn,
    /// Threads that wait for its end.
    pub(super) joiners: u32,
    /// What the condition under evaluation has read, with the version seen.
    pub(super) watched: Vec<(ObjectId, u32)>,
    stack_floor: usize,
    /// Its stack, while it does not run.
    context: Context,
}

// Threads are found by a shift.
const _: () = assert!(size_of::<Thread>() == 128);

/// Why nobody goes on.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    Completed,
    Resting,
    Deadlock,
    StepLimit,
    /// A search has explored elsewhere what would follow.
    Redundant,
    Fault(FaultKind, Fault),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    Bug,
    Race,
    Panic,
    Misuse,
    StackLow,
}

/// How long one execution may be and what is kept of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) memory: MemoryModel,
    pub(crate) steps_max: u64,
    pub(crate) tracing: bool,
    pub(crate) logging: bool,
}

// `loose` has a counter for each kind.
const _: () = assert!((Kind::Land as usize) < KINDS);

pub(crate) struct Execution {
    /// Threads whose announced event can happen now.
    pub(super) enabled: u32,
    pub(super) me: usize,
    next: usize,
    pub(super) threads_count: usize,
    begun: u32,
    finished: u32,
    /// Where the thread that gives way leaves its stack.
    from: *mut Context,
    /// The stack of the runner, while threads run.
    runner: Context,
    /// Where a watchdog reads which thread runs.
    pub(super) beat: Beat,
    /// Choice points that it may still have.
    steps_left: u64,
    steps_max: u64,
    /// The execution is over; what unwinding stacks still do has no effect.
    torn_down: bool,
    /// The thread whose panic has torn down the execution.
    unwinding: Option<usize>,
    /// Threads that ended with a result which has to be dropped if nobody takes it.
    results: u32,
    /// The words of results that a thread or its handle has let go of, with the numbers of the threads.
    pub(super) results_shared: Vec<(usize, Ticket)>,
    /// Threads whose handles were dropped.
    pub(super) handles_dropped: u32,
    /// What tells its objects and threads from those of all other executions.
    tickets: Tickets,
    over: bool,
    /// What the runner is clearing away.
    clearing: Clearing,
    /// Threads of which nothing is left because it was cleared away.
    cleared: u32,
    /// Threads that are stuck, and why.
    stuck: Vec<StuckThread>,
    /// Choice points that a thread may still pass after the end.
    patience: u32,
    /// Steps that are left, kept back while a function of the subject computes.
    computing: Option<u64>,
    /// Panics of the subject that are not dropped yet.
    payloads: Vec<Box<dyn Any + Send>>,
    /// Threads that borrow from whoever has called the runner.
    borrows: u32,
    /// The threads that wait in `thread::idle`.
    idlers: u32,
    rested: bool,
    /// Threads that wait at the end of a scope, after a rest.
    leaving: u32,
    pub(super) tracing: bool,
    /// Whether anybody wants to know what events do: `RECORDING`, and the threads that evaluate an awaited condition. And `RELAXED`.
    pub(super) attention: u32,
    pub(super) model: MemoryModel,
    /// Whether memory is not sequentially consistent.
    pub(super) is_relaxed: bool,
    /// Places whose orderings are taken away in this execution, and how often one was.
    pub(super) weakened: Vec<Weakened>,
    pub(super) weakenings: u64,
    /// The execution ended where the running thread was not asked, for its stores landed first.
    pub(super) has_to_land: bool,
    /// Threads that have ended and left stores behind that have not landed.
    pub(super) lingering: u32,
    /// Threads that look again at what they await.
    pub(super) insisting: u32,
    /// What conditions under evaluation did that they may not do.
    pub(super) unfit: Vec<Unfit>,
    /// Whether memory did something unusual in the event that is being made.
    is_unusual: bool,
    pub(super) buffering: Buffering,
    /// Under the weak model: what a choice is among, kept for its memory.
    pub(super) alternatives: Vec<Message>,
    /// Under the weak model: what was read last was not the newest.
    pub(super) has_seen_old: bool,
    /// For each thread what it has to find if the update that it has announced is to write.
    pub(super) expected: [Option<u64>; THREADS_MAX],
    /// Panics that wait at the end of a scope until its threads have ended.
    pub(super) delayed: Vec<Fault>,
    /// What functions of the subject were asked, under relaxed memory; kept for its room.
    pub(super) asked: Asked,
    pub(super) decider: Decider,
    pub(super) memory: Memory,
    pub(super) objects: Objects,
    pub(super) threads: [Thread; THREADS_MAX],
    labels: [Label; THREADS_MAX],
    pub(super) lineage: Lineage,
    /// For each thread the number of unlabelled objects it made since it entered its anchor, with the anchor's serial.
    made: [(u64, u32); THREADS_MAX],
    /// For each thread and kind, how often it did what touches no object since it entered its anchor; as in `Object::touched`.
    loose: [[u64; KINDS]; THREADS_MAX],
    /// For each thread, where it has announced its event.
    announced: [Spot; THREADS_MAX],
    jobs: [Job; THREADS_MAX],
    stacks: Stacks,
    pub(super) plain: Vec<PlainAccess>,
    pub(super) sites: Sites,
    histories: Vec<Vec<u64>>,
    observers: Vec<Label>,
    /// Texts of the warnings in the histories.
    warnings: Vec<(u64, &'static str)>,
    pub(super) goals: u64,
    /// What it has missed until now; see also [`Execution::lacks`].
    pub(super) lacks: Lacks,
    pub(super) trace: Vec<Event>,
    remarks: Vec<String>,
    ending: Ending,
}

/// In `Execution::attention`: orderings are taken away somewhere.
pub(super) const WEAKENED: u32 = 1 << 29;

/// In `Execution::attention`: a trace is kept, or what steps touch.
const RECORDING: u32 = 1 << 31;

/// In `Execution::attention`: memory is not sequentially consistent. Operations look at this flag for everything that is not usual at once.
const RELAXED: u32 = 1 << 30;

fn nowhere() -> Place {
    Location::caller()
}

impl Execution {
    pub(crate) fn new() -> Execution {
        let thread = |_| Thread {
            intent: Intent::new(Kind::Start, ObjectId::NONE, nowhere()),
            anchor: Anchor::default(),
            drawn: Drawn::NOTHING,
            joiners: 0,
            watched: Vec::new(),
            stack_floor: 0,
            context: Context::NONE,
        };
        Execution {
            enabled: 0,
            me: 0,
            next: 0,
            threads_count: 0,
            begun: 0,
            finished: 0,
            from: std::ptr::null_mut(),
            runner: Context::NONE,
            beat: Beat::NONE,
            steps_left: 0,
            steps_max: 0,
            torn_down: false,
            unwinding: None,
            results: 0,
            results_shared: Vec::new(),
            handles_dropped: 0,
            tickets: Tickets::new(),
            over: false,
            clearing: Clearing::No,
            cleared: 0,
            stuck: Vec::new(),
            patience: PATIENCE,
            computing: None,
            payloads: Vec::new(),
            borrows: 0,
            idlers: 0,
            rested: false,
            leaving: 0,
            tracing: false,
            attention: 0,
            model: MemoryModel::Sc,
            is_relaxed: false,
            weakened: Vec::new(),
            weakenings: 0,
            has_to_land: false,
            lingering: 0,
            insisting: 0,
            unfit: Vec::new(),
            is_unusual: false,
            buffering: Buffering::None,
            alternatives: Vec::new(),
            has_seen_old: false,
            expected: [None; THREADS_MAX],
            delayed: Vec::new(),
            asked: Asked::new(),
            decider: Decider::new(),
            memory: Memory::new(),
            objects: Objects::new(),
            threads: std::array::from_fn(thread),
            labels: [Label::from("thread"); THREADS_MAX],
            lineage: Lineage::new(),
            made: [(0, 0); THREADS_MAX],
            loose: [[0; KINDS]; THREADS_MAX],
            announced: [Spot::default(); THREADS_MAX],
            jobs: std::array::from_fn(|_| Job::new()),
            stacks: Stacks::new(),
            plain: Vec::new(),
            sites: Sites::new(),
            histories: vec![Vec::new(); THREADS_MAX + OBSERVERS_MAX],
            observers: Vec::new(),
            warnings: Vec::new(),
            goals: 0,
            lacks: Lacks::NOTHING,
            trace: Vec::new(),
            remarks: Vec::new(),
            ending: Ending::Completed,
        }
    }

    pub(crate) fn reset(&mut self, plan: Plan<'_>, bounds: &Bounds) {
        for history in &mut self.histories[..self.threads_count] {
            history.clear();
        }
        for history in &mut self.histories[THREADS_MAX..THREADS_MAX + self.observers.len()] {
            history.clear();
        }
        self.enabled = 0;
        self.threads_count = 0;
        self.begun = 0;
        self.finished = 0;
        self.steps_left = bounds.steps_max;
        self.steps_max = bounds.steps_max;
        self.torn_down = false;
        self.unwinding = None;
        self.results = 0;
        self.results_shared.clear();
        self.handles_dropped = 0;
        self.tickets.renew();
        self.over = false;
        self.cleared = 0;
        self.stuck.clear();
        self.patience = PATIENCE;
        self.borrows = 0;
        self.idlers = 0;
        self.rested = false;
        self.leaving = 0;
        self.tracing = bounds.tracing;
        self.model = bounds.memory;
        self.is_relaxed = bounds.memory != MemoryModel::Sc;
        self.has_to_land = false;
        self.lingering = 0;
        self.insisting = 0;
        self.unfit.clear();
        self.is_unusual = false;
        self.has_seen_old = false;
        self.decider.reset(plan, bounds.logging, bounds.tracing || self.is_relaxed);
        self.attention = if bounds.tracing || self.decider.is_guided() { RECORDING } else { 0 };
        self.attention |= if self.is_relaxed { RELAXED } else { 0 };
        self.memory.reset(bounds.memory);
        self.weakened.clear();
        self.weakenings = 0;
        self.objects.reset();
        self.plain.clear();
        self.sites.reset();
        self.observers.clear();
        self.lineage.reset();
        self.warnings.clear();
        self.goals = 0;
        self.lacks = Lacks::NOTHING;
        self.trace.clear();
        self.remarks.clear();
        self.delayed.clear();
        self.ending = Ending::Completed;
        // Object 0 stands for no object, so that events without one have a key like all others.
        self.create_hashed((HASH_OF_NONE, HASH_OF_NONE), Some(Label::from("none")), 0, nowhere());
    }

    /// The object that the ticket is for, if it is one of this execution.
    #[inline(always)]
    pub(in crate::sim) fn admits(&self, ticket: Ticket) -> Option<ObjectId> {
        let index = self.tickets.index(ticket);
        (index < self.objects.len() as u64).then_some(ObjectId(index as u32))
    }

    /// The object of a ticket that was admitted before, in the same event.
    #[inline(always)]
    pub(in crate::sim) fn admitted(&self, ticket: Ticket) -> ObjectId {
        self.tickets.own(ticket)
    }

    /// The number of the thread that the ticket is for, if it is one of this execution.
    #[inline(always)]
    pub(in crate::sim) fn admits_thread(&self, ticket: Ticket) -> Option<usize> {
        let index = self.tickets.index(ticket);
        (index < self.threads_count as u64).then_some(index as usize)
    }

    /// What stands for the thread of that number.
    pub(crate) fn thread_ticket(&self, thread: usize) -> Ticket {
        self.tickets.of(thread)
    }

    /// The newest value of a word, without an event.
    pub(crate) fn newest(&mut self, object: ObjectId) -> u64 {
        if self.is_recording() {
            self.mark_plain(object, false);
        }
        if self.is_relaxed { self.newest_relaxed(object) } else { self.memory.newest(object) }
    }

    /// An object with a name, which others may have too: then it is known by how many came before it.
    pub(crate) fn create(&mut self, label: Label, value: u64, place: Place) -> Ticket {
        let name = label.hash();
        let hash = match self.sites.count(name) {
            0 => name,
            nth => hash_numbered(name, nth),
        };
        let object = self.create_hashed((name, hash), Some(label), value, place);
        self.tickets.of(object.index())
    }

    /// An object without a name is known by which one it is among those that its maker made at its anchor.
    pub(crate) fn create_unnamed(&mut self, value: u64, place: Place) -> Ticket {
        let anchor = self.threads[self.me].anchor;
        let (serial, count) = self.made[self.me];
        let nth = if serial == anchor.serial { count + 1 } else { 0 };
        self.made[self.me] = (anchor.serial, nth);
        let hash = hash_path(anchor.hash, hash_numbered(0, nth));
        let object = self.create_hashed((hash, hash), None, value, place);
        self.tickets.of(object.index())
    }

    /// An object of the machine's own, whose name is known and is no other's.
    pub(in crate::sim) fn create_known(&mut self, hash: u64, label: Label, place: Place) -> Ticket {
        let object = self.create_hashed((hash, hash), Some(label), 0, place);
        self.tickets.of(object.index())
    }

    #[inline(always)]
    fn create_hashed(&mut self, hashes: (u64, u64), label: Option<Label>, value: u64, made_at: Place) -> ObjectId {
        let object = self.objects.add(hashes, label, made_at);
        self.memory.create(object, value);
        if self.is_relaxed {
            self.create_relaxed(object, value);
        }
        object
    }

    pub(crate) fn object_names(&self) -> Vec<String> {
        (0..self.objects.len()).map(|object| self.object_name(ObjectId(object as u32))).collect()
    }

    pub(crate) fn object_name(&self, object: ObjectId) -> String {
        self.objects[object.index()].name(object.index())
    }
}
