//! One execution: its threads, objects and choice points.
//!
//! Everything here is reset by a few stores between executions and allocates nothing in its steady state. Sets of threads are bit masks.
//! An event has three parts: the thread *arrives* (announces it, and the schedule says who goes on), it may give way, and once
//! it goes on it *performs* the event, which is then possible by construction: no step is ever retried.

use super::coroutine::job::Job;
use super::coroutine::{Beat, Context, Stacks, stack_pointer};
use super::end::{Blocked, End, Fault};
use super::event::{Event, Intent, KINDS, Kind, ObjectId, Place, What};
use super::landing::Buffering;
use super::memory::{Memory, MemoryModel};
use super::object::{HASH_OF_NONE, HELD, Label, NOBODY, Objects};
use super::plain::PlainAccess;
use super::site::{Anchor, Sites};
use super::weakening::Weakened;
use crate::schedule::{
    Arrival, Decider, Drawn, Key, Mark, Pace, Plan, Spot, THREADS_MAX, hash_numbered, hash_path, mix,
};
use std::panic::Location;

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
    /// That thread waits for the runner to clear away all others.
    clearing: bool,
    /// Threads that ended with a result which has to be dropped if nobody takes it.
    results: u32,
    /// Executions made by this runner.
    executions: u64,
    over: bool,
    /// The threads that wait in `thread::idle`.
    idlers: u32,
    rested: bool,
    pub(super) tracing: bool,
    /// Whether anybody wants to know what events do: `RECORDING`, and the threads that evaluate an awaited condition. And `RELAXED`.
    pub(super) attention: u32,
    pub(super) model: MemoryModel,
    /// Whether memory is not sequentially consistent.
    pub(super) is_relaxed: bool,
    /// Places whose orderings are taken away in this execution, and how often one was.
    pub(super) weakened: Vec<Weakened>,
    pub(super) weakenings: u64,
    /// Threads that have ended and left stores behind that have not landed.
    pub(super) lingering: u32,
    /// Threads that look again at what they await.
    pub(super) insisting: u32,
    /// Whether memory did something unusual in the event that is being made.
    is_unusual: bool,
    pub(super) buffering: Buffering,
    /// Under the weak model: what was read last was not the newest.
    pub(super) has_seen_old: bool,
    /// For each thread what it has to find if the update that it has announced is to write.
    pub(super) expected: [Option<u64>; THREADS_MAX],
    pub(super) decider: Decider,
    pub(super) memory: Memory,
    pub(super) objects: Objects,
    pub(super) threads: [Thread; THREADS_MAX],
    labels: [Label; THREADS_MAX],
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
    pub(super) trace: Vec<Event>,
    remarks: Vec<String>,
    ending: Ending,
}

/// The spot of the next event that a counter counts.
#[inline(always)]
fn next_spot(anchor: Anchor, object: u64, touched: &mut u64, kind: Kind) -> Spot {
    let first = anchor.serial << 16;
    let before = touched.wrapping_sub(first);
    let nth = if before <= 0xffff { (before + 1) & 0xffff } else { 0 };
    *touched = first | nth;
    Spot::new(anchor.hash, object, (nth << 8) | kind as u64)
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
            clearing: false,
            results: 0,
            executions: 0,
            over: false,
            idlers: 0,
            rested: false,
            tracing: false,
            attention: 0,
            model: MemoryModel::Sc,
            is_relaxed: false,
            weakened: Vec::new(),
            weakenings: 0,
            lingering: 0,
            insisting: 0,
            is_unusual: false,
            buffering: Buffering::None,
            has_seen_old: false,
            expected: [None; THREADS_MAX],
            decider: Decider::new(),
            memory: Memory::new(),
            objects: Objects::new(),
            threads: std::array::from_fn(thread),
            labels: [Label::from("thread"); THREADS_MAX],
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
        self.clearing = false;
        self.results = 0;
        self.executions += 1;
        self.over = false;
        self.idlers = 0;
        self.rested = false;
        self.tracing = bounds.tracing;
        self.model = bounds.memory;
        self.is_relaxed = bounds.memory != MemoryModel::Sc;
        self.lingering = 0;
        self.insisting = 0;
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
        self.warnings.clear();
        self.goals = 0;
        self.trace.clear();
        self.remarks.clear();
        self.ending = Ending::Completed;
        // Object 0 stands for no object, so that events without one have a key like all others.
        self.create_hashed(HASH_OF_NONE, Some(Label::from("none")), 0, nowhere());
    }

    // ---- threads ----

    /// Makes the next thread. It can run at once; its job is installed by the caller.
    /// Inlined: a label that goes through memory is read wider than it was written, which stalls.
    #[inline(always)]
    pub(crate) fn add_thread(&mut self, label: Label, parent: Option<usize>, place: Place) -> Option<usize> {
        let thread = self.threads_count;
        if thread == THREADS_MAX {
            return None;
        }
        self.threads_count += 1;
        if !self.stacks.has(thread) {
            self.threads[thread].stack_floor = self.stacks.make();
        }
        self.memory.order.begin(thread, parent);
        self.decider.add_thread(thread);
        if self.is_relaxed {
            self.begin_relaxed(thread, parent);
        }
        let serial = self.sites.serial();
        let state = &mut self.threads[thread];
        state.intent = Intent::new(Kind::Start, ObjectId::NONE, place);
        state.anchor = Anchor::root(thread, serial);
        let drawn = self.decider.draw(Spot::new(state.anchor.hash, HASH_OF_NONE, 0));
        state.drawn = if self.is_relaxed { drawn } else { drawn.in_favour_of(thread) };
        state.joiners = 0;
        self.made[thread] = (0, 0);
        self.labels[thread] = label;
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

    /// Lowest address of the stack of the running thread, where its guard page begins.
    #[cfg(unix)]
    pub(super) fn stack_limit(&self) -> usize {
        self.threads[self.me].stack_floor - super::coroutine::STACK_RESERVE
    }

    /// What no other execution has, as long as this one exists.
    pub(crate) fn identity(&self) -> (usize, u64) {
        (std::ptr::from_ref(self).addr(), self.executions)
    }

    /// Whether the running thread's stack is being unwound because it was abandoned, rather than by a panic of its own.
    pub(crate) fn is_unwound_by_runner(&self) -> bool {
        self.torn_down && self.unwinding != Some(self.me)
    }

    /// The newest value of a word, without an event.
    pub(crate) fn newest(&mut self, object: ObjectId) -> u64 {
        if self.is_recording() {
            self.mark_plain(object, false);
        }
        if self.is_relaxed { self.newest_relaxed(object) } else { self.memory.newest(object) }
    }

    /// A panic of the running thread unwinds and the execution cannot go on: a scope is left, or a destructor would block. The execution ends
    /// here, and what unwinding still does has no effect. The message is known when the panic arrives at the root of the thread; should
    /// the subject catch it, it is this one. Returns false if the execution was torn down before.
    #[cold]
    pub(crate) fn tear_down_on_panic(&mut self, place: Place) -> bool {
        if self.torn_down {
            return false;
        }
        self.tear_down();
        self.over = false;
        let message = "a panic left a scope, or met a destructor that blocks, before it was caught".to_owned();
        self.fault(FaultKind::Panic, message, place, None);
        self.unwinding = Some(self.me);
        true
    }

    /// As `tear_down_on_panic`, when what other threads borrow goes away: they have to be cleared away first. True: the caller gives way.
    pub(crate) fn tear_down_scope(&mut self) -> bool {
        let place = self.threads[self.me].intent.place;
        self.clearing = self.tear_down_on_panic(place);
        self.clearing
    }

    /// The thread to let go on once all others are cleared away.
    pub(crate) fn take_clearing(&mut self) -> Option<usize> {
        if std::mem::take(&mut self.clearing) { self.unwinding } else { None }
    }

    /// A panic unwinds the running thread, and the schedule would let another one go on. Nobody else may run until the panic has arrived, for
    /// a stack that is suspended inside of a destructor could not be cleared away.
    #[cold]
    pub(crate) fn stay_while_panicking(&mut self) {
        let me = self.me;
        let goes_on = !self.over && self.enabled & (1 << me) != 0;
        self.next = me;
        if !goes_on {
            self.tear_down_on_panic(self.threads[me].intent.place);
        }
    }

    /// Threads of which something is left when the execution is over: a stack, a closure or a result.
    #[inline(always)]
    pub(crate) fn leftovers(&self) -> u32 {
        self.unfinished() | self.results
    }

    pub(super) fn label(&self, thread: usize) -> Label {
        self.labels[thread]
    }

    pub(crate) fn job(&mut self, thread: usize) -> &mut Job {
        &mut self.jobs[thread]
    }

    /// Gives the thread what it has to do.
    ///
    /// The lifetime of `closure` is forgotten, see [`Job::install`].
    #[inline(always)]
    pub(crate) fn install<F: FnOnce() -> T, T>(&mut self, thread: usize, closure: F) {
        self.threads[thread].context = self.stacks.prepare::<F, T>(thread);
        self.jobs[thread].install(closure);
    }

    /// The running thread begins its job, which is at the returned place.
    #[inline(always)]
    pub(super) fn begin(&mut self) -> *mut u8 {
        let me = self.me % THREADS_MAX;
        self.begun |= 1 << me;
        self.jobs[me].start()
    }

    /// The running thread is suspended, and whoever was chosen goes on: a thread, or the runner when the execution is over.
    pub(super) fn hop_away(&mut self) -> *const Context {
        let me = self.me % THREADS_MAX;
        if self.over {
            self.from = &raw mut self.threads[me].context;
            return &raw const self.runner;
        }
        self.hop(me, self.next)
    }

    /// As `hop_away`: from the running thread to the one that was chosen.
    #[inline(always)]
    fn hop(&mut self, me: usize, next: usize) -> *const Context {
        self.from = &raw mut self.threads[me].context;
        self.me = next;
        self.beat.tell(next);
        &raw const self.threads[next % THREADS_MAX].context
    }

    /// As `hop_away`, if the running thread gives way; nowhere if it goes on.
    fn hop_away_if(&mut self, gives_way: bool) -> *const Context {
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
    pub(super) fn from(&self) -> *mut Context {
        self.from
    }

    /// The runner is suspended for the running thread.
    pub(super) fn hop_in(&mut self) -> (*mut Context, *const Context) {
        (&raw mut self.runner, &raw const self.threads[self.me].context)
    }

    pub(crate) fn threads_count(&self) -> usize {
        self.threads_count
    }

    pub(crate) fn unfinished(&self) -> u32 {
        ((1_u32 << self.threads_count) - 1) & !self.finished
    }

    pub(crate) fn is_finished(&self, thread: usize) -> bool {
        self.finished & (1 << thread) != 0
    }

    /// As `is_finished`, when the subject asks.
    pub(crate) fn has_finished(&mut self, thread: usize) -> bool {
        if self.is_recording() {
            self.mark_end(thread, false);
        }
        self.is_finished(thread)
    }

    /// Whether the thread has begun its job: unless it has ended since, there is something on its stack.
    pub(crate) fn has_begun(&self, thread: usize) -> bool {
        self.begun & (1 << thread) != 0
    }

    /// Makes `thread` the running one while its stack is unwound.
    pub(crate) fn impersonate(&mut self, thread: usize) {
        self.me = thread;
    }

    // ---- the runner's side ----

    pub(crate) fn is_torn_down(&self) -> bool {
        self.torn_down
    }

    /// From now on operations have no effect: what is left of the threads is being unwound.
    pub(crate) fn tear_down(&mut self) {
        self.torn_down = true;
        // How many there were is known from the difference.
        self.steps_max -= self.steps_left;
        self.steps_left = 0;
        self.tracing = false;
        self.attention = 0;
        self.is_relaxed = false;
    }

    pub(crate) fn steps(&self) -> u64 {
        self.steps_max - self.steps_left
    }

    /// Whether it ended because what would follow is explored elsewhere. Then it has no outcome.
    pub(crate) fn is_redundant(&self) -> bool {
        matches!(self.ending, Ending::Redundant)
    }

    /// Threads that could have gone on when a fault, or the end of the main thread at rest, ended the execution; nothing if it ended
    /// because nobody could go on.
    pub(crate) fn kept_from_going_on(&self) -> Option<u32> {
        match self.ending {
            Ending::Fault(..) | Ending::Resting => Some(self.could_go_on() & !(1 << self.me)),
            Ending::Completed | Ending::Deadlock | Ending::StepLimit | Ending::Redundant => None,
        }
    }

    /// Threads whose announced event can happen, as a mask.
    pub(crate) fn could_go_on(&self) -> u32 {
        self.enabled & !self.held()
    }

    pub(crate) fn marks(&self) -> &[Mark] {
        self.decider.marks()
    }

    /// Whether the step limit ended the execution.
    pub(crate) fn is_cut(&self) -> bool {
        matches!(self.ending, Ending::StepLimit)
    }

    pub(crate) fn arrivals(&self) -> &[Arrival] {
        self.decider.log()
    }

    pub(crate) fn skipped(&self) -> usize {
        self.decider.skipped()
    }

    // ---- choice points ----

    /// The calling thread announces an event. If it gives way: to this stack.
    #[inline(always)]
    pub(super) fn arrive(&mut self, intent: Intent) -> *const Context {
        // Taken apart here: as a whole it would be forced into memory, where its kind is no constant any more and copying it stalls (wide
        // loads of narrow stores).
        let Intent { kind, object, second, place } = intent;
        let here = stack_pointer();
        let me = self.me % THREADS_MAX;
        let thread = &mut self.threads[me];
        let Some(steps_left) = self.steps_left.checked_sub(1).filter(|_| here >= thread.stack_floor) else {
            return self.cut_here(kind, object, second, place, here);
        };
        self.steps_left = steps_left;
        thread.intent.kind = kind;
        thread.intent.object = object;
        thread.intent.second = second;
        thread.intent.place = place;
        let anchor = thread.anchor;
        let bit = 1 << me;
        // Not written and read again on the way to the decision: that takes longer than the decision.
        let enabled = self.enabled;
        let only_if = |condition: bool| if condition { enabled | bit } else { enabled & !bit };
        let (enabled, spot) = if kind.is_loose() {
            let enabled = match kind {
                Kind::Join => {
                    let target = second.index();
                    self.threads[target].joiners |= bit;
                    only_if(self.finished & !self.lingering & (1 << target) != 0)
                }
                Kind::Await => only_if(self.arrive_await(me)),
                Kind::Idle => {
                    self.idlers |= bit;
                    only_if(false)
                }
                _ => enabled,
            };
            // Events without an object are counted by kind: a barrier that a patch adds moves no later join.
            (enabled, next_spot(anchor, HASH_OF_NONE, &mut self.loose[me][kind as usize], kind))
        } else {
            let touched = self.objects.announced(object);
            let enabled = match kind {
                Kind::Lock | Kind::UnlockWait => {
                    touched.waiters |= bit;
                    let is_free = self.memory.newest(object) == 0;
                    only_if(is_free || self.is_relaxed && self.memory.shows_free(self.model, me, kind, object))
                }
                Kind::ReadLock => {
                    touched.readers |= bit;
                    only_if(self.memory.newest(object) & HELD == 0)
                }
                Kind::Sleep => only_if(false),
                _ => enabled,
            };
            (enabled, next_spot(anchor, touched.hash, &mut touched.touched[me], kind))
        };
        self.enabled = enabled;
        let drawn = std::mem::replace(&mut self.threads[me].drawn, self.decider.draw(spot));
        let touches_nothing = matches!(kind, Kind::Spawn | Kind::Join) && !self.is_relaxed;
        let drawn = if touches_nothing { drawn.in_favour_of(me) } else { drawn };
        self.hand_over(me, enabled, spot, drawn)
    }

    /// Where the calling thread's next event is.
    #[inline(always)]
    fn spot_here(&mut self, object: ObjectId, kind: Kind) -> Spot {
        let me = self.me % THREADS_MAX;
        let anchor = self.threads[me].anchor;
        if object == ObjectId::NONE {
            return next_spot(anchor, HASH_OF_NONE, &mut self.loose[me][kind as usize], kind);
        }
        let object = self.objects.announced(object);
        next_spot(anchor, object.hash, &mut object.touched[me], kind)
    }

    /// Picks who goes on. Where the running thread gives way to, if it does.
    ///
    /// Whoever is chosen is not kept and read again on the way to its stack: that takes longer than the choice.
    #[inline(always)]
    fn hand_over(&mut self, me: usize, enabled: u32, spot: Spot, drawn: Drawn) -> *const Context {
        if enabled == 0 {
            return self.nobody_goes_on(spot);
        }
        let next = match self.decider.pace() {
            Pace::Uniform => self.decider.next_uniform(drawn, enabled),
            Pace::Pct => self.decider.next_by_priority(drawn, me, enabled),
            Pace::Noted => return self.hand_over_noted(spot, drawn),
        };
        if next == me {
            return std::ptr::null();
        }
        if std::thread::panicking() {
            self.stay_while_panicking();
            return std::ptr::null();
        }
        self.hop(me, next)
    }

    /// As `hand_over`. Not inlined, so that operations stay small for those who keep nothing.
    #[inline(never)]
    fn hand_over_noted(&mut self, spot: Spot, drawn: Drawn) -> *const Context {
        let gives_way = self.gives_way_noted(spot, drawn);
        self.hop_away_if(gives_way)
    }

    #[cold]
    #[inline(never)]
    fn nobody_goes_on(&mut self, spot: Spot) -> *const Context {
        let gives_way = self.nobody(spot);
        self.hop_away_if(gives_way)
    }

    fn gives_way_noted(&mut self, spot: Spot, drawn: Drawn) -> bool {
        let me = self.me % THREADS_MAX;
        self.announced[me] = spot;
        if self.is_relaxed && self.model.has_buffers() {
            return self.hand_over_landing(spot, drawn);
        }
        if std::thread::panicking() && self.enabled & (1 << me) != 0 {
            self.decider.insist(spot, drawn, me, self.enabled);
            return false;
        }
        match self.decider.next_noted(spot, drawn, me, self.enabled) {
            Some(next) => {
                self.next = next;
                if self.decider.minds_races() {
                    self.tell_races(next);
                }
                next != me
            }
            None => {
                self.end(Ending::Redundant);
                true
            }
        }
    }

    /// Tells the schedule whose announced events race with that of the thread that goes on.
    fn tell_races(&mut self, next: usize) {
        let (footprint, chosen) = (self.threads[next].intent.footprint(), self.announced[next].key());
        let mut others = self.unfinished() & !(1 << next);
        while others != 0 {
            let other = others.trailing_zeros() as usize;
            others &= others - 1;
            if self.threads[other].intent.footprint().depends_on(&footprint) {
                self.decider.raced(other, self.announced[other].key(), chosen);
            }
        }
    }

    /// Who goes on. True when it is not the running thread.
    pub(super) fn hand_over_to(&mut self, next: usize) -> bool {
        self.next = next;
        if self.decider.minds_races() {
            self.tell_races(next);
        }
        next != self.me
    }

    /// No thread can run: the idle one looks at what is left, or the execution is over.
    #[cold]
    pub(super) fn nobody(&mut self, spot: Spot) -> bool {
        self.announced[self.me] = spot;
        if self.decider.is_guided() {
            self.decider.arrive_without_choice(spot, self.me);
        }
        if self.idlers != 0 && !self.is_deadlocked() {
            let idler = self.idlers.trailing_zeros() as usize;
            self.idlers &= self.idlers - 1;
            self.rested = true;
            self.enabled |= 1 << idler;
            self.next = idler;
            return idler != self.me;
        }
        self.end(Ending::Deadlock);
        true
    }

    /// Whether some thread waits for a lock, or for a thread that waits for it: no wake-up can help these.
    fn is_deadlocked(&self) -> bool {
        (0..self.threads_count).filter(|&thread| self.unfinished() & (1 << thread) != 0).any(|thread| {
            match self.threads[thread].intent.kind {
                Kind::Lock | Kind::ReadLock | Kind::UnlockWait => true,
                Kind::Join => self.cycle_from(thread).is_some(),
                _ => false,
            }
        })
    }

    #[cold]
    #[inline(never)]
    fn cut_here(
        &mut self,
        kind: Kind,
        object: ObjectId,
        second: ObjectId,
        place: Place,
        here: usize,
    ) -> *const Context {
        if self.torn_down {
            // A subject that has caught the panic which ended the execution does not go on.
            return self.hop_away_if(self.unwinding == Some(self.me) && !std::thread::panicking());
        }
        let me = self.me;
        self.threads[me].intent = Intent { kind, object, second, place };
        if here < self.threads[me].stack_floor {
            let message = "the stack ran low: the subject recurses too deep or keeps too much on it".to_owned();
            self.fault(FaultKind::StackLow, message, place, None);
        } else {
            self.end(Ending::StepLimit);
        }
        self.hop_away_if(true)
    }

    /// Ends the execution; the caller must give way and never goes on.
    pub(super) fn end(&mut self, ending: Ending) {
        if !self.over {
            self.over = true;
            self.ending = ending;
        }
    }

    /// Ends the execution with a fault of the running thread.
    #[cold]
    pub(crate) fn fault(&mut self, kind: FaultKind, message: String, place: Place, other: Option<Place>) {
        let fault =
            Fault { thread: self.me, message, place: place.to_string(), other: other.map(|place| place.to_string()) };
        self.end(Ending::Fault(kind, fault));
    }

    /// The abandoned stack of the running thread is unwound.
    pub(crate) fn unwound(&mut self) {
        self.begun &= !(1 << self.me);
    }

    /// The job of the running thread has panicked.
    pub(crate) fn panicked(&mut self, message: String) {
        let thread = self.me;
        let place = self.threads[thread].intent.place;
        self.begun &= !(1 << thread);
        if self.unwinding == Some(thread) {
            self.over = false;
        }
        self.fault(FaultKind::Panic, message, place, None);
    }

    /// The job of the running thread has returned. Who goes on, as `hop_away` says.
    #[inline(always)]
    pub(super) fn finish(&mut self) -> *const Context {
        let thread = self.me % THREADS_MAX;
        if self.jobs[thread].done() {
            self.results |= 1 << thread;
        }
        if self.over {
            self.begun &= !(1 << thread);
            return self.hop_away();
        }
        self.finished |= 1 << thread;
        self.enabled &= !(1 << thread);
        if self.is_relaxed && self.lingers(thread) {
            self.lingering |= 1 << thread;
        } else {
            self.enabled |= self.threads[thread].joiners;
        }
        self.threads[thread].intent.kind = Kind::Finish;
        if self.is_recording() {
            self.mark_end(thread, true);
            if thread == 0 && self.rested {
                self.mark_everything();
            }
        }
        if self.unfinished() == 0 {
            if self.is_relaxed {
                self.land_at_end();
            }
            self.end(Ending::Completed);
        } else if thread == 0 && self.rested {
            self.end(Ending::Resting);
        } else {
            let spot = self.spot_here(ObjectId::NONE, Kind::Finish);
            return self.hand_over(thread, self.enabled, spot, self.threads[thread].drawn);
        }
        self.hop_away()
    }

    /// The main thread has seen the final state and cannot go on because the others never will: the execution ends here.
    ///
    /// It has to be so unless the thread has ended.
    pub(crate) fn end_resting(&mut self, unless_ended: usize) -> bool {
        if self.rested {
            self.mark_everything();
        }
        if self.is_finished(unless_ended) {
            return false;
        }
        if self.is_relaxed {
            self.drain(self.me);
        }
        if self.rested && self.enabled == 1 << self.me && !self.torn_down {
            self.end(Ending::Resting);
        }
        self.over
    }

    /// Which of `options` alternatives the schedule takes at an event on `object`.
    pub(super) fn choose(&mut self, object: ObjectId, kind: Kind, options: usize) -> usize {
        let spot = self.spot_here(object, kind);
        self.decider.choose(spot, options, false)
    }

    /// Which of `options` alternatives memory takes at the announced event: the answer to one of several questions.
    pub(super) fn choose_seen(&mut self, question: u64, options: usize) -> usize {
        let spot = Spot::beside(self.announced_key(), question);
        let chosen = if options > 1 { self.decider.choose(spot, options, true) } else { 0 };
        self.is_unusual |= chosen > 0;
        chosen
    }

    /// Where the running thread has announced its event. Kept where memory is not sequentially consistent, and for those who log or trace.
    pub(super) fn announced_key(&self) -> Key {
        self.announced[self.me].key()
    }

    // ---- objects ----

    pub(crate) fn create(&mut self, label: Label, value: u64, place: Place) -> ObjectId {
        self.create_hashed(label.hash(), Some(label), value, place)
    }

    /// An object without a name is known by which one it is among those that its maker made at its anchor.
    pub(crate) fn create_unnamed(&mut self, value: u64, place: Place) -> ObjectId {
        let anchor = self.threads[self.me].anchor;
        let (serial, count) = self.made[self.me];
        let nth = if serial == anchor.serial { count + 1 } else { 0 };
        self.made[self.me] = (anchor.serial, nth);
        let hash = hash_path(anchor.hash, hash_numbered(0, nth));
        self.create_hashed(hash, None, value, place)
    }

    #[inline(always)]
    fn create_hashed(&mut self, hash: u64, label: Option<Label>, value: u64, made_at: Place) -> ObjectId {
        let object = self.objects.add(hash, label, made_at);
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

    // ---- observations ----

    pub(crate) fn observe(&mut self, column: usize, word: u64, place: Place) {
        if self.torn_down {
            return;
        }
        self.histories[column].push(word);
        self.record(What::Observe(column as u8, word), place);
    }

    /// A warning is part of the history of the running thread.
    pub(super) fn note_warning(&mut self, word: u64, message: &'static str) {
        if !self.torn_down {
            self.histories[self.me].push(word);
            self.warnings.push((word, message));
        }
    }

    pub(crate) fn warnings(&self) -> &[(u64, &'static str)] {
        &self.warnings
    }

    pub(crate) fn add_observer(&mut self, label: Label) -> Option<usize> {
        if self.observers.len() == OBSERVERS_MAX {
            return None;
        }
        self.mark_numbers();
        self.observers.push(label);
        Some(THREADS_MAX + self.observers.len() - 1)
    }

    pub(crate) fn reach(&mut self, goal: u32) {
        self.goals |= 1 << goal;
    }

    pub(crate) fn goals(&self) -> u64 {
        self.goals
    }

    /// Names and histories of all columns: the threads in order, then the observers.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (Label, &[u64])> {
        let threads = (0..self.threads_count).map(|thread| (self.labels[thread], &self.histories[thread][..]));
        let observers = self.observers.iter().enumerate();
        threads.chain(observers.map(|(nth, label)| (*label, &self.histories[THREADS_MAX + nth][..])))
    }

    // ---- trace ----

    #[inline(always)]
    pub(super) fn record(&mut self, what: What, place: Place) {
        if self.tracing {
            self.trace.push(Event { thread: self.me as u8, what, place });
        }
    }

    #[inline(always)]
    fn is_recording(&self) -> bool {
        self.attention & RECORDING != 0
    }

    /// As `record_access`, of an event that has read the object: if the running thread evaluates an awaited condition, that is kept.
    #[inline(always)]
    pub(super) fn record_read(&mut self, object: ObjectId, read: u64, written: Option<u64>) {
        if self.attention != 0 {
            self.keep_read(object, read, written);
        }
    }

    #[inline(never)]
    fn keep_read(&mut self, object: ObjectId, read: u64, written: Option<u64>) {
        if self.attention & (1 << self.me) != 0 {
            // Who has seen an old write has something to see that was written since.
            let is_old = std::mem::take(&mut self.has_seen_old);
            let version = self.memory.version(object).wrapping_sub(u32::from(is_old));
            self.threads[self.me].watched.push((object, version));
        }
        self.record_access(Some(read), written);
    }

    /// Records the event that the running thread has announced.
    #[inline(always)]
    pub(super) fn record_access(&mut self, read: Option<u64>, written: Option<u64>) {
        if self.is_recording() {
            self.keep_access(read, written);
        }
    }

    /// Not inlined, so that operations stay small for those who record nothing.
    #[inline(never)]
    fn keep_access(&mut self, read: Option<u64>, written: Option<u64>) {
        if self.decider.is_guided() {
            self.mark_event(read, written);
        }
        if self.tracing {
            self.trace_access(read, written);
        }
    }

    fn trace_access(&mut self, read: Option<u64>, written: Option<u64>) {
        let me = self.me % THREADS_MAX;
        let intent = &self.threads[me].intent;
        let key = self.announced[me].key();
        let object = if intent.kind == Kind::Join { intent.second } else { intent.object };
        let is_unusual = std::mem::take(&mut self.is_unusual);
        let what =
            What::Access { kind: intent.kind, object, footprint: intent.footprint(), key, read, written, is_unusual };
        self.trace.push(Event { thread: me as u8, what, place: intent.place });
    }

    /// Keeps what the subject says of itself, if a trace is kept.
    pub(crate) fn remark(&mut self, text: impl FnOnce() -> String, place: Place) {
        if self.tracing {
            let number = self.remarks.len() as u32;
            self.remarks.push(text());
            self.record(What::Remark(number), place);
        }
    }

    pub(crate) fn remarks(&self) -> &[String] {
        &self.remarks
    }

    pub(crate) fn trace(&self) -> &[Event] {
        &self.trace
    }

    // ---- the end ----

    /// How the execution ended, with names and places.
    pub(crate) fn ended(&self) -> End {
        match &self.ending {
            Ending::Completed => End::Completed,
            Ending::Resting => End::Resting(self.blocked()),
            Ending::Deadlock => self.deadlock(),
            Ending::StepLimit => End::StepLimit(self.steps_max),
            Ending::Redundant => unreachable!("a redundant execution has no outcome"),
            Ending::Fault(FaultKind::Bug, fault) => End::Bug(fault.clone()),
            Ending::Fault(FaultKind::Race, fault) => End::Race(fault.clone()),
            Ending::Fault(FaultKind::Panic, fault) => End::Panic(fault.clone()),
            Ending::Fault(FaultKind::Misuse, fault) => End::Misuse(fault.clone()),
            Ending::Fault(FaultKind::StackLow, fault) => End::StackLow(fault.clone()),
        }
    }

    /// The threads that wait for ever, in order of their number. The idle thread is not one of them.
    fn blocked(&self) -> Vec<Blocked> {
        (0..self.threads_count)
            .filter(|&thread| self.unfinished() & (1 << thread) != 0 && self.enabled & (1 << thread) == 0)
            .filter(|&thread| self.threads[thread].intent.kind != Kind::Idle)
            .map(|thread| self.blocked_thread(thread))
            .collect()
    }

    fn blocked_thread(&self, thread: usize) -> Blocked {
        let Thread { intent, .. } = &self.threads[thread];
        let object = match intent.kind {
            Kind::Join => self.labels[intent.second.index()].to_string(),
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
            name: self.labels[thread].to_string(),
            waits: intent.kind.waits_for(),
            object,
            holder: self.waits_for(thread),
            place: intent.place.to_string(),
            held_since: held_since.map(|place| place.to_string()),
        }
    }

    /// Whose action the thread waits for, if that is one thread.
    fn waits_for(&self, thread: usize) -> Option<usize> {
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
    fn cycle_from(&self, thread: usize) -> Option<Vec<usize>> {
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
        let on_cycle = (0..self.threads_count).find_map(|thread| self.cycle_from(thread)).unwrap_or_default();
        let mut blocked = self.blocked();
        blocked.sort_by_key(|one| {
            let rank = on_cycle.iter().position(|&thread| thread == one.thread);
            (rank.unwrap_or(usize::MAX), one.thread)
        });
        End::Deadlock { cycle: on_cycle.len(), blocked }
    }

    /// A hash of everything that counts for the outcome: the histories by column, and how the execution ended. Places do not count.
    pub(crate) fn outcome_hash(&self) -> u128 {
        let (mut low, mut high) = (0x243f_6a88_85a3_08d3_u64, 0x1319_8a2e_0370_7344_u64);
        let mut feed = |word: u64| {
            low = mix(low ^ word, 0xa409_3822_299f_31d1) ^ word;
            high = mix(high.rotate_left(23) ^ word, 0x082e_fa98_ec4e_6c89);
        };
        let threads = &self.histories[..self.threads_count];
        let observers = &self.histories[THREADS_MAX..THREADS_MAX + self.observers.len()];
        for history in threads.iter().chain(observers) {
            feed(history.len() as u64);
            for &word in history {
                feed(word);
            }
        }
        match &self.ending {
            Ending::Completed => feed(1),
            Ending::Resting | Ending::Deadlock => {
                feed(if matches!(self.ending, Ending::Resting) { 2 } else { 3 });
                for thread in 0..self.threads_count {
                    let intent = &self.threads[thread].intent;
                    if self.unfinished() & (1 << thread) != 0
                        && intent.kind != Kind::Idle
                        && self.enabled & (1 << thread) == 0
                    {
                        feed(thread as u64 | (intent.kind as u64) << 8);
                        feed(self.objects[intent.object.index()].hash);
                        feed(u64::from(intent.second.0));
                        if intent.kind == Kind::Await {
                            self.threads[thread]
                                .watched
                                .iter()
                                .for_each(|&(object, _)| feed(self.objects[object.index()].hash));
                        }
                    }
                }
            }
            Ending::StepLimit => feed(4),
            Ending::Redundant => unreachable!("a redundant execution has no outcome"),
            Ending::Fault(kind, fault) => {
                feed(5 + *kind as u64);
                feed(fault.thread as u64);
                fault.message.bytes().for_each(|byte| feed(u64::from(byte)));
            }
        }
        (u128::from(high) << 64) | u128::from(low)
    }
}
