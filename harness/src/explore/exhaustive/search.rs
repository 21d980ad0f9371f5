//! The search in one part of the tree of executions: a stack of steps, the races among them, and what is left to try.

use super::super::control::Noted;
use super::clock::Clock;
use crate::schedule;
use crate::schedule::{
    Arrival, BUFFERS_FROM, Guide, Habit, Habits, Held, Key, Mark, Marked, Needs, Print, SharedHabits, Sleeper, Slot,
    THREADS_MAX, Touch, habit_of,
};
use crate::sim::Machine;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::MutexGuard;

/// No step, access or question.
const NONE: u32 = u32::MAX;

/// A choice of a process, which is a thread or a store buffer, and the step that it made.
#[derive(Clone, Copy, Debug)]
struct Step<const PROCESSES: usize> {
    /// The question that was answered by the thread; none if nobody was asked.
    question: u32,
    /// The threads that could run, as masks here and below.
    options: u32,
    /// Those that have to be tried.
    wanted: u32,
    /// Those that were.
    tried: u32,
    /// Those that need not be: what follows is explored elsewhere.
    asleep: u32,
    /// For each process asleep the step before which it was tried.
    tried_at: [u32; PROCESSES],
    /// Where footprints of the threads tried here begin.
    sleepers_from: u32,

    /// Who made the step, and where the thread had announced it.
    thread: u8,
    key: Key,
    /// The step that the thread made before.
    before: u32,
    /// The steps that come before this one, itself included.
    clock: Clock<PROCESSES>,
    /// Its order to every other step matters.
    is_total: bool,
    accesses_from: u32,
    wakes_from: u32,
    spawns_from: u32,
    totals_from: u32,
    choices_from: u32,
}

/// What a step touched.
#[derive(Clone, Copy, Debug)]
struct Access {
    step: u32,
    touch: Touch,
    /// The store of the own buffer that it reads, if it does: then it is none of the accesses to the slot before that has landed.
    forwarded: u32,
    /// The access to the slot before this one.
    earlier: u32,
}

impl Access {
    fn is_forwarded(&self) -> bool {
        self.forwarded != NONE
    }
}

/// An answer to a question among numbered alternatives.
#[derive(Clone, Copy, Debug)]
struct Choice {
    question: u32,
    options: u32,
    chosen: u8,
}

/// A race with a step that is not this search's to vary: one of these threads has to be tried there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) step: u32,
    pub(super) threads: u32,
    /// The best of them, if it is one of them.
    pub(super) best: u8,
}

impl Wish {
    /// The one to try.
    pub(super) fn choice(&self) -> u8 {
        if self.threads & (1 << self.best) != 0 { self.best } else { self.threads.trailing_zeros() as u8 }
    }
}

/// What a search knows of a step before which several threads are tried.
#[derive(Clone, Debug)]
pub(super) struct Fork {
    pub(super) wanted: u32,
    pub(super) tried: u32,
    pub(super) asleep: u32,
    /// Footprints of those tried.
    pub(super) sleepers: Vec<Sleeper>,
}

/// Who could go on.
fn able(arrival: &Arrival) -> u32 {
    arrival.options & !arrival.held
}

#[derive(Clone)]
pub(super) struct Search<const PROCESSES: usize> {
    steps: Vec<Step<PROCESSES>>,
    /// Steps before this one stay as they are.
    base: usize,
    accesses: Vec<Access>,
    /// The last access to each slot.
    heads: Vec<u32>,
    /// Steps that woke threads, with the threads.
    wakes: Vec<(u32, u32)>,
    /// The step that started each thread from the second on.
    spawns: Vec<u32>,
    /// Steps whose order to every other step matters.
    totals: Vec<u32>,
    choices: Vec<Choice>,
    /// The answers to all questions of the last execution, and the usual ones.
    path: Vec<u8>,
    usual: Vec<u8>,
    /// Footprints of threads tried, by step.
    sleepers: Vec<Sleeper>,
    /// The steps of each process.
    of_thread: [Vec<u32>; PROCESSES],
    /// The steps of each thread that put something into its buffer.
    stores: [Vec<u32>; THREADS_MAX],
    /// The last step has not been made yet: the next execution begins with it what is new.
    is_prepared: bool,
    guide: Guide,
    habits: SharedHabits,
    wishes: Vec<Wish>,
    /// A step touched more, beside its event, than it was known to.
    has_grown: bool,
    /// Places of steps were seen that were not known.
    has_news: bool,
    /// A slot for each name of an object, and the name and slot of each object of an execution.
    slots: BTreeMap<u64, Slot>,
    names: Vec<(u64, Slot)>,
    /// For one step at a time: what it touches, what of it is beside the event, and the steps it races with.
    fresh: Vec<Access>,
    loose: Vec<Touch>,
    racing: Vec<u32>,
}

impl<const PROCESSES: usize> Search<PROCESSES> {
    /// A search of everything.
    pub(super) fn new(habits: Habits) -> Search<PROCESSES> {
        let habits = SharedHabits::new(habits);
        Search {
            steps: Vec::new(),
            base: 0,
            accesses: Vec::new(),
            heads: Vec::new(),
            wakes: Vec::new(),
            spawns: Vec::new(),
            totals: Vec::new(),
            choices: Vec::new(),
            path: Vec::new(),
            usual: Vec::new(),
            sleepers: Vec::new(),
            of_thread: std::array::from_fn(|_| Vec::new()),
            stores: std::array::from_fn(|_| Vec::new()),
            is_prepared: false,
            guide: Guide { habits: habits.share(), ..Guide::default() },
            habits,
            wishes: Vec::new(),
            has_grown: false,
            has_news: false,
            slots: BTreeMap::new(),
            names: Vec::new(),
            fresh: Vec::new(),
            loose: Vec::new(),
            racing: Vec::new(),
        }
    }

    /// What the next execution has to do.
    pub(super) fn take_guide(&mut self) -> Guide {
        std::mem::take(&mut self.guide)
    }

    /// It is used again.
    pub(super) fn give_back(&mut self, guide: Guide) {
        self.guide = guide;
    }

    /// The answers that are not the usual ones, of those that are prescribed.
    pub(super) fn noted(&self) -> Noted {
        let answers = self.path.iter().zip(&self.usual).enumerate();
        let unusual = answers.filter(|(_, (answer, usual))| answer != usual);
        Noted::path(unusual.map(|(question, (&choice, _))| schedule::Step { question: question as u32, choice }))
    }

    // ---- after an execution ----

    /// Takes over what the guided execution did. False if it did not follow: then it depends on more than its schedule.
    pub(super) fn absorb(&mut self, machine: &Machine) -> bool {
        let (arrivals, marks) = (machine.arrivals(), machine.marks());
        self.is_prepared = false;
        let mut marked = 0;
        match self.steps.last_mut() {
            None => self.open(NONE, 1, 0, Key(0)),
            Some(step) if step.question != NONE => match arrivals.get(step.question as usize) {
                Some(arrival) if able(arrival) == step.options && arrival.chosen == step.thread => {
                    step.key = arrival.step;
                }
                _ => return false,
            },
            Some(_) => {}
        }
        if arrivals.len() < self.path.len() {
            return false;
        }
        for (question, arrival) in arrivals.iter().enumerate().skip(self.path.len()) {
            self.path.push(arrival.chosen);
            self.usual.push(arrival.usual);
            let question = question as u32;
            match arrival.thread {
                None => self.choices.push(Choice { question, options: arrival.options, chosen: arrival.chosen }),
                Some(_) if arrival.options == 0 => {}
                Some(_) => {
                    let end = marked + marks[marked..].iter().take_while(|mark| mark.at <= question).count();
                    self.close_all(&marks[marked..end], false);
                    marked = end;
                    self.open(question, able(arrival), arrival.chosen, arrival.step);
                }
            }
        }
        let kept = machine.kept_from_going_on();
        self.close_all(&marks[marked..], kept.is_some());
        let last = self.steps.len() as u32 - 1;
        let mut left = kept.unwrap_or(0);
        while left != 0 {
            // Whoever was kept from going on could have gone on before the step that ended everything.
            self.want(last, left & left.wrapping_neg(), left.trailing_zeros() as usize);
            left &= left - 1;
        }
        // Also where everybody else is asleep: what is explored elsewhere need not have these threads held up by the same steps.
        if !machine.is_cut() {
            machine.held_up_at_locks().for_each(|held_up| self.held_up(held_up.thread, held_up.touch));
        }
        if machine.is_redundant() {
            // Who sleeps here was decided without what this execution has shown of its steps. If it matters, the search begins anew.
            let (asleep, _) = self.asleep_next();
            self.has_grown |= machine.could_go_on() & !asleep != 0;
        }
        true
    }

    /// Who sleeps behind the last step, and before which steps they were tried.
    fn asleep_next(&self) -> (u32, [u32; PROCESSES]) {
        let mut asleep = 0;
        let mut tried_at = [NONE; PROCESSES];
        if let Some(last) = self.steps.last() {
            let at = self.steps.len() - 1;
            let mut left = last.asleep | last.tried;
            while left != 0 {
                let sleeper = left.trailing_zeros() as usize;
                left &= left - 1;
                let tried = if last.tried & (1 << sleeper) != 0 { at as u32 } else { last.tried_at[sleeper] };
                if !self.wakes_up(sleeper, tried as usize) {
                    asleep |= 1 << sleeper;
                    tried_at[sleeper] = tried;
                }
            }
        }
        (asleep, tried_at)
    }

    /// A thread was chosen: its step begins.
    fn open(&mut self, question: u32, options: u32, thread: u8, key: Key) {
        let (asleep, tried_at) = self.asleep_next();
        debug_assert!(asleep & (1 << thread) == 0, "a thread that is asleep was chosen");
        self.steps.push(Step {
            question,
            options,
            wanted: 1 << thread,
            tried: 0,
            asleep,
            tried_at,
            sleepers_from: self.sleepers.len() as u32,
            thread,
            key,
            before: NONE,
            clock: Clock::ZERO,
            is_total: false,
            accesses_from: self.accesses.len() as u32,
            wakes_from: self.wakes.len() as u32,
            spawns_from: self.spawns.len() as u32,
            totals_from: self.totals.len() as u32,
            choices_from: self.choices.len() as u32,
        });
    }

    /// Whether the last step and the next one of a sleeping thread, which was tried before the step `tried`, depend on each other.
    fn wakes_up(&self, thread: usize, tried: usize) -> bool {
        let last = &self.steps[self.steps.len() - 1];
        let (process, touched) = (usize::from(last.thread), &self.accesses[last.accesses_from as usize..]);
        if last.is_total {
            // Also those whose step touches nothing.
            return true;
        }
        let touched = touched.iter().filter(|access| !access.is_forwarded()).map(|access| access.touch);
        // Each of them was a step of the buffer.
        let landed = self.of_thread.get(BUFFERS_FROM + thread).map_or(0, Vec::len) as u32;
        let mut prints = self.sleepers_at(tried).iter().filter(|sleeper| usize::from(sleeper.thread) == thread);
        prints.any(|sleeper| {
            sleeper.print == Print::Everything
                || touched.clone().any(|touch| sleeper.depends_on(process, touch.hash, touch.writes, landed))
        })
    }

    /// The last step has ended. Where nobody could go on and the resting thread did, and where stores landed that nobody could
    /// observe, steps begin without a question.
    fn close_all(&mut self, marks: &[Mark], ends_all: bool) {
        let mut from = 0;
        for (at, mark) in marks.iter().enumerate() {
            let key = match mark.what {
                Marked::Rested(key) => key,
                Marked::Unasked => Key(0),
                _ => continue,
            };
            self.close(&marks[from..at], false);
            self.open(NONE, 1 << mark.thread, mark.thread, key);
            from = at;
        }
        self.close(&marks[from..], ends_all);
    }

    fn close(&mut self, marks: &[Mark], ends_all: bool) {
        let looks_at_all = marks.iter().any(|mark| mark.what == Marked::Everything);
        let number = self.steps.len() as u32 - 1;
        let thread = usize::from(self.steps[number as usize].thread);
        let mut clock = self.known(thread);
        // What it would come after in any case, if that is less.
        let mut always_known = None;
        let mut has_rested = false;
        let mut landed = NONE;
        self.fresh.clear();
        self.loose.clear();
        for mark in marks {
            match mark.what {
                Marked::Touch(touch) => self.touch(number, touch),
                Marked::Stored(nth) => {
                    debug_assert_eq!(self.stores[thread].len(), nth as usize);
                    self.stores[thread].push(number);
                }
                Marked::Forwarded(mut touch, nth) => {
                    touch.slot = self.slot(&touch);
                    self.fresh.push(Access { step: number, touch, forwarded: nth, earlier: NONE });
                }
                Marked::Landed(touch, nth) => {
                    self.touch(number, touch);
                    if let Some(owner) = thread.checked_sub(BUFFERS_FROM) {
                        clock.join(&self.steps[self.stores[owner][nth as usize] as usize].clock);
                        landed = nth;
                    }
                }
                Marked::Drained { always } => {
                    let buffer = BUFFERS_FROM + thread;
                    if let Some(&last) = self.of_thread.get(buffer).and_then(|steps| steps.last())
                        && !always
                    {
                        clock.add(buffer, last);
                        always_known = Some(clock);
                    }
                    self.join_last(&mut clock, buffer);
                }
                Marked::Unasked => {}
                Marked::Spawned => self.spawns.push(number),
                Marked::Woke(threads) => self.wakes.push((number, threads)),
                Marked::Joined(ended) => {
                    self.join_last(&mut clock, usize::from(ended));
                    self.join_last(&mut clock, BUFFERS_FROM + usize::from(ended));
                }
                Marked::Awaited(hash) => {
                    let slot = self.slots.get(&hash).copied().unwrap_or(NONE);
                    if let Some(write) = self.first_write_unread(slot, thread) {
                        clock.join(&self.steps[write as usize].clock);
                    }
                }
                Marked::Rested(_) => {
                    has_rested = true;
                    self.of_thread.iter().filter_map(|steps| steps.last()).for_each(|&last| {
                        clock.join(&self.steps[last as usize].clock);
                    });
                }
                Marked::Everything => {}
            }
        }
        let is_total = thread < BUFFERS_FROM && self.learn(number, looks_at_all) || ends_all;
        self.racing.clear();
        if !has_rested {
            self.find_races(thread, &always_known.unwrap_or(clock), is_total);
        }
        self.depend(thread, &mut clock, is_total);
        clock.add(thread, number);
        self.want_reversals(thread);
        self.keep(number, thread, clock, is_total);
        if landed != NONE {
            self.list_forwarded(thread - BUFFERS_FROM, landed);
        }
    }

    /// Whatever the process has done comes before.
    fn join_last(&self, clock: &mut Clock<PROCESSES>, process: usize) {
        if let Some(&last) = self.of_thread.get(process).and_then(|steps| steps.last()) {
            clock.join(&self.steps[last as usize].clock);
        }
    }

    /// The store of the thread has landed: what the thread has read of it before, it has read of the object from now on.
    fn list_forwarded(&mut self, thread: usize, nth: u32) {
        let stored = self.stores[thread][nth as usize];
        let since = self.of_thread[thread].iter().rev().take_while(|&&step| step > stored);
        let reads = since.flat_map(|&step| self.accesses_of(step)).filter(|access| access.forwarded == nth);
        let reads: Vec<Access> = reads.copied().collect();
        for mut read in reads {
            read.forwarded = NONE;
            read.touch.held = Held::Free;
            self.link(read);
        }
    }

    /// What a step touched, and what it has read of its buffer.
    fn accesses_of(&self, step: u32) -> &[Access] {
        let from = self.steps[step as usize].accesses_from as usize;
        let to = self.steps.get(step as usize + 1).map_or(self.accesses.len(), |next| next.accesses_from as usize);
        &self.accesses[from..to]
    }

    /// What comes before the next step of a process, whatever that step touches.
    fn known(&self, thread: usize) -> Clock<PROCESSES> {
        let Some(&before) = self.of_thread[thread].last() else {
            if thread >= BUFFERS_FROM {
                return Clock::ZERO;
            }
            let spawn = thread.checked_sub(1).and_then(|nth| self.spawns.get(nth));
            return spawn.map_or(Clock::ZERO, |&step| self.steps[step as usize].clock);
        };
        let mut clock = self.steps[before as usize].clock;
        let since = self.wakes.iter().rev().take_while(|&&(step, _)| step > before);
        for &(step, _) in since.filter(|&&(_, threads)| threads & (1 << thread) != 0) {
            clock.join(&self.steps[step as usize].clock);
        }
        clock
    }

    /// What a step touches beside its event depends on what the event has read. But whether two steps are taken for dependent
    /// must depend on nothing but where their threads are. So a step touches what it touched in any execution. Whether that is everything.
    fn learn(&mut self, number: u32, looks_at_all: bool) -> bool {
        let Step { thread, key, .. } = self.steps[number as usize];
        let name = habit_of(usize::from(thread), key);
        let shared = self.habits.share();
        let mut habits = shared.get();
        let habit = match habits.entry(name) {
            Entry::Occupied(known) => {
                let habit = known.into_mut();
                self.has_grown |= habit.extend(&self.loose, looks_at_all);
                habit
            }
            Entry::Vacant(place) => {
                self.has_news = true;
                let habit = place.insert(Habit::default());
                habit.extend(&self.loose, looks_at_all);
                habit
            }
        };
        for touch in &habit.touches {
            self.touch(number, *touch);
        }
        habit.everything
    }

    /// The step touches the slot.
    fn touch(&mut self, step: u32, mut touch: Touch) {
        if touch.is_loose {
            self.loose.push(touch);
        }
        touch.slot = self.slot(&touch);
        match self.fresh.iter_mut().find(|access| access.touch.slot == touch.slot && !access.is_forwarded()) {
            Some(known) => {
                known.touch.writes |= touch.writes;
                known.touch.minds_own |= touch.minds_own;
            }
            None => self.fresh.push(Access { step, touch, forwarded: NONE, earlier: NONE }),
        }
    }

    /// The slot of all objects of that name.
    fn slot(&mut self, touch: &Touch) -> Slot {
        let number = touch.slot as usize;
        if let Some(&(_, slot)) = self.names.get(number).filter(|(hash, _)| *hash == touch.hash) {
            return slot;
        }
        let next = self.slots.len() as Slot;
        let slot = *self.slots.entry(touch.hash).or_insert(next);
        if number >= self.names.len() {
            self.names.resize(number + 1, (0, NONE));
        }
        self.names[number] = (touch.hash, slot);
        slot
    }

    fn head(&self, slot: Slot) -> u32 {
        self.heads.get(slot as usize).copied().unwrap_or(NONE)
    }

    /// The accesses to a slot, the last first.
    fn accesses_to(&self, slot: Slot) -> impl Iterator<Item = &Access> {
        let mut at = self.head(slot);
        std::iter::from_fn(move || {
            let access = self.accesses.get(at as usize)?;
            at = access.earlier;
            Some(access)
        })
    }

    /// The first step that wrote the slot since the thread has last read it.
    fn first_write_unread(&self, slot: Slot, thread: usize) -> Option<u32> {
        let touches = |&&step: &&u32| self.accesses_of(step).iter().any(|access| access.touch.slot == slot);
        let read = self.of_thread[thread].iter().rev().find(touches).copied();
        let writes = self.accesses_to(slot).filter(|access| access.touch.writes).map(|access| access.step);
        writes.take_while(|&step| read.is_none_or(|read| step > read)).last()
    }

    /// Whether these are a store of a thread that lands and a read of the same thread, which sees that store either way.
    fn is_own(&self, process: usize, touch: &Touch, access: &Access) -> bool {
        let other = self.thread_of(access.step);
        !touch.minds_own && other == process + BUFFERS_FROM
            || !access.touch.minds_own && process == other + BUFFERS_FROM
    }

    /// Finds the steps that race with one that touches what is fresh: they depend on each other, nothing between orders them, and the
    /// later one could have happened first.
    fn find_races(&mut self, thread: usize, known: &Clock<PROCESSES>, is_total: bool) {
        let mut racing = std::mem::take(&mut self.racing);
        let blocking = self.fresh.iter().map(|access| access.touch).find(|touch| touch.needs != Needs::Nothing);
        for fresh in self.fresh.iter().filter(|access| !access.is_forwarded()) {
            for access in self.accesses_to(fresh.touch.slot) {
                if known.includes(self.thread_of(access.step), access.step) || self.is_own(thread, &fresh.touch, access)
                {
                    if access.touch.writes {
                        break;
                    }
                } else if (access.touch.writes || fresh.touch.writes) && self.could_come_first(access.step, blocking) {
                    racing.push(access.step);
                    if access.touch.writes {
                        break;
                    }
                }
            }
        }
        let total = self.totals.last().copied();
        let total = total.filter(|&total| !known.includes(self.thread_of(total), total));
        racing.extend(total.filter(|&total| self.could_come_first(total, blocking)));
        if is_total {
            for other in (0..PROCESSES).filter(|&other| other != thread) {
                let concurrent = self.of_thread[other].iter().rev().take_while(|&&step| !known.includes(other, step));
                racing.extend(concurrent.copied().find(|&step| self.could_come_first(step, blocking)));
            }
        }
        racing.sort_unstable();
        racing.dedup();
        // Where one of them comes before another one, the race is with the other.
        let mut at = 0;
        while at < racing.len() {
            let step = racing[at];
            let thread = self.thread_of(step);
            let is_ordered =
                racing[at + 1..].iter().any(|&other| self.steps[other as usize].clock.includes(thread, step));
            if is_ordered {
                racing.remove(at);
            } else {
                at += 1;
            }
        }
        self.racing = racing;
    }

    fn thread_of(&self, step: u32) -> usize {
        usize::from(self.steps[step as usize].thread)
    }

    /// Whether an event that needs something of a lock could happen if neither `step` nor what depends on it had.
    fn could_come_first(&self, step: u32, blocking: Option<Touch>) -> bool {
        let Some(Touch { slot, needs, mut held, .. }) = blocking else { return true };
        let thread = self.thread_of(step);
        for access in self.accesses_to(slot) {
            if self.steps[access.step as usize].clock.includes(thread, step) {
                held = access.touch.held;
            } else if access.touch.writes {
                break;
            }
        }
        held.allows(needs)
    }

    /// Adds to the clock of a step what comes before it because of what it touches.
    fn depend(&self, thread: usize, clock: &mut Clock<PROCESSES>, is_total: bool) {
        if let Some(&total) = self.totals.last() {
            clock.join(&self.steps[total as usize].clock);
        }
        for fresh in self.fresh.iter().filter(|access| !access.is_forwarded()) {
            for access in self.accesses_to(fresh.touch.slot) {
                if (access.touch.writes || fresh.touch.writes) && !self.is_own(thread, &fresh.touch, access) {
                    clock.join(&self.steps[access.step as usize].clock);
                }
                if access.touch.writes {
                    break;
                }
            }
        }
        if is_total {
            let last = self.of_thread.iter().filter_map(|steps| steps.last());
            last.for_each(|&last| clock.join(&self.steps[last as usize].clock));
        }
    }

    /// The next step of the thread races with some: the order that was not seen has to be tried.
    fn want_reversals(&mut self, thread: usize) {
        for at in 0..self.racing.len() {
            let step = self.racing[at];
            let initials = self.initials(step, thread);
            self.want(step, initials, thread);
        }
    }

    /// The threads that can begin a sequence in which what does not depend on `step` happens without it, and then the next step of `last`.
    ///
    /// The papers let `last` begin it if that step depends on nothing else in the sequence. But what it touches is only known of
    /// where it was made: without `step` before it, it may read something else, and then succeed where it failed, look at plain data, or be the
    /// last of its thread. So it begins the sequence only if there is nothing else in it.
    fn initials(&self, step: u32, last: usize) -> u32 {
        let thread = self.thread_of(step);
        let mut firsts = [NONE; PROCESSES];
        let threads = 0..=self.spawns.len().min(THREADS_MAX - 1);
        let buffers = threads.clone().map(|thread| BUFFERS_FROM + thread).filter(|&buffer| buffer < PROCESSES);
        for other in threads.chain(buffers).filter(|&other| other != thread) {
            let steps = &self.of_thread[other];
            if steps.last().is_none_or(|&last| last <= step) {
                continue;
            }
            let first = steps[steps.partition_point(|&known| known <= step)];
            if !self.steps[first as usize].clock.includes(thread, step) {
                firsts[other] = first;
            }
        }
        let is_in = |&candidate: &usize| firsts[candidate] != NONE;
        let begins = |&candidate: &usize| {
            let clock = &self.steps[firsts[candidate] as usize].clock;
            let mut others = (0..PROCESSES).filter(|other| *other != candidate && is_in(other));
            others.all(|other| !clock.includes(other, firsts[other]))
        };
        let initials = (0..PROCESSES).filter(is_in).filter(begins).fold(0, |mask, candidate| mask | 1 << candidate);
        if initials != 0 {
            return initials;
        }
        // Whoever is held goes on when its buffer has.
        let buffer = self.steps[step as usize].options & 1_u32.checked_shl((BUFFERS_FROM + last) as u32).unwrap_or(0);
        if self.steps[step as usize].options & (1 << last) == 0 && buffer != 0 { buffer } else { 1 << last }
    }

    /// One of these threads has to be tried in place of the step; `best` if it is one of them.
    fn want(&mut self, number: u32, threads: u32, best: usize) {
        let step = &mut self.steps[number as usize];
        let threads = threads & step.options;
        if threads == 0 || threads & (step.wanted | step.asleep) != 0 {
            return;
        }
        if (number as usize) < self.base {
            let wish = Wish { step: number, threads, best: best as u8 };
            if !self.wishes.contains(&wish) {
                self.wishes.push(wish);
            }
            return;
        }
        step.wanted |= 1 << Wish { step: number, threads, best: best as u8 }.choice();
    }

    /// The last step becomes part of what later steps come after.
    fn keep(&mut self, number: u32, thread: usize, clock: Clock<PROCESSES>, is_total: bool) {
        let step = &mut self.steps[number as usize];
        step.before = self.of_thread[thread].last().copied().unwrap_or(NONE);
        step.clock = clock;
        step.is_total = is_total;
        if is_total {
            self.totals.push(number);
        }
        self.of_thread[thread].push(number);
        let mut fresh = std::mem::take(&mut self.fresh);
        fresh.drain(..).for_each(|access| self.link(access));
        self.fresh = fresh;
    }

    /// The last step has made the access.
    fn link(&mut self, mut access: Access) {
        let slot = access.touch.slot as usize;
        if !access.is_forwarded() {
            if slot >= self.heads.len() {
                self.heads.resize(slot + 1, NONE);
            }
            access.earlier = self.heads[slot];
            self.heads[slot] = self.accesses.len() as u32;
        }
        self.accesses.push(access);
    }

    /// The execution is over and a thread could not go on because of a lock: it races like the step it did not make.
    fn held_up(&mut self, thread: usize, touch: Touch) {
        let known = self.known(thread);
        self.fresh.clear();
        self.touch(NONE, touch);
        self.racing.clear();
        self.find_races(thread, &known, false);
        self.want_reversals(thread);
        self.fresh.clear();
    }

    // ---- before an execution ----

    /// Decides what to try next. False when everything was.
    pub(super) fn advance(&mut self) -> bool {
        while let Some(at) = self.steps.len().checked_sub(1) {
            let step = self.steps[at];
            while self.choices.len() > step.choices_from as usize {
                let choice = self.choices[self.choices.len() - 1];
                if u32::from(choice.chosen) + 1 < choice.options {
                    self.keep_footprint(at);
                    self.undo(at);
                    self.choices.last_mut().expect("it was looked at").chosen += 1;
                    return self.prepare(at, choice.question, choice.chosen + 1);
                }
                self.choices.pop();
            }
            if at < self.base {
                return false;
            }
            let left = step.wanted & !(step.tried | 1 << step.thread | step.asleep);
            if left != 0 {
                self.keep_footprint(at);
                self.undo(at);
                let thread = left.trailing_zeros() as u8;
                let again = &mut self.steps[at];
                again.tried |= 1 << again.thread;
                again.thread = thread;
                return self.prepare(at, step.question, thread);
            }
            self.undo(at);
            self.sleepers.truncate(step.sleepers_from as usize);
            self.steps.pop();
        }
        false
    }

    /// The footprint of the last step is needed while its thread sleeps.
    fn keep_footprint(&mut self, at: usize) {
        let mut sleepers = std::mem::take(&mut self.sleepers);
        self.add_footprint(at, &mut sleepers, self.steps[at].sleepers_from as usize);
        self.sleepers = sleepers;
    }

    /// Adds the footprint of a step to the sleepers from `from` on.
    fn add_footprint(&self, at: usize, sleepers: &mut Vec<Sleeper>, from: usize) {
        let Step { thread, is_total, .. } = self.steps[at];
        let everything = is_total.then_some(Print::Everything);
        let prints = self.accesses_of(at as u32).iter().map(|access| {
            let Touch { hash, writes, minds_own, .. } = access.touch;
            Print::Touch { hash, writes, minds_own, forwarded: access.is_forwarded().then_some(access.forwarded) }
        });
        for print in prints.chain(everything) {
            let sleeper = Sleeper { thread, print };
            if !sleepers[from..].contains(&sleeper) {
                sleepers.push(sleeper);
            }
        }
    }

    /// The footprints of threads tried before a step.
    fn sleepers_at(&self, at: usize) -> &[Sleeper] {
        let to = self.steps.get(at + 1).map_or(self.sleepers.len(), |step| step.sleepers_from as usize);
        &self.sleepers[self.steps[at].sleepers_from as usize..to]
    }

    /// The last step is not made, if it was.
    fn undo(&mut self, at: usize) {
        if std::mem::take(&mut self.is_prepared) {
            return;
        }
        let Step { thread, accesses_from, wakes_from, spawns_from, totals_from, .. } = self.steps[at];
        for access in self.accesses.drain(accesses_from as usize..).rev().filter(|access| !access.is_forwarded()) {
            self.heads[access.touch.slot as usize] = access.earlier;
        }
        if let Some(stores) = self.stores.get_mut(usize::from(thread)) {
            stores.pop_if(|step| *step == at as u32);
        }
        self.wakes.truncate(wakes_from as usize);
        self.spawns.truncate(spawns_from as usize);
        self.totals.truncate(totals_from as usize);
        let undone = self.of_thread[usize::from(thread)].pop();
        debug_assert_eq!(undone, Some(at as u32));
    }

    /// The next execution answers as the last one up to the question, and then so.
    fn prepare(&mut self, at: usize, question: u32, answer: u8) -> bool {
        self.path.truncate(question as usize);
        self.path.push(answer);
        self.usual.truncate(self.path.len());
        let mut guide = std::mem::take(&mut self.guide);
        let step = &self.steps[at];
        guide.choices.clear();
        guide.choices.extend_from_slice(&self.path);
        guide.marks_from = if step.question == NONE { 0 } else { step.question + 1 };
        guide.asleep = step.asleep | step.tried;
        guide.sleepers.clear();
        let mut left = guide.asleep;
        while left != 0 {
            let thread = left.trailing_zeros() as usize;
            left &= left - 1;
            let tried = if step.tried & (1 << thread) != 0 { at } else { step.tried_at[thread] as usize };
            let prints = self.sleepers_at(tried).iter().filter(|sleeper| usize::from(sleeper.thread) == thread);
            guide.sleepers.extend(prints);
        }
        self.guide = guide;
        self.is_prepared = true;
        true
    }

    // ---- habits ----

    /// Whether a step touched more than it was known to, so that what was decided before may be wrong.
    pub(super) fn has_grown(&self) -> bool {
        self.has_grown
    }

    /// Whether there are more habits than when it was asked before.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.has_news)
    }

    /// What steps are known to touch beside their events.
    pub(super) fn habits(&self) -> MutexGuard<'_, Habits> {
        self.habits.get()
    }

    // ---- several searches ----

    /// Races with steps that stay as they are.
    pub(super) fn take_wishes(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.wishes)
    }

    /// Somebody tries these threads before a step that stays as it is.
    pub(super) fn is_wanted(&mut self, step: usize, wanted: u32) {
        debug_assert!(step < self.base);
        self.steps[step].wanted = wanted;
    }

    /// The first step that is not fixed and before which another thread has to be tried, unless alternatives before it are still open.
    pub(super) fn first_fork(&self) -> Option<usize> {
        let is_open = |step: &Step<PROCESSES>| step.wanted & !(step.tried | 1 << step.thread | step.asleep) != 0;
        let made = self.steps.len() - usize::from(self.is_prepared);
        let at = self.base + self.steps[self.base..made.max(self.base)].iter().position(is_open)?;
        let before = &self.choices[..self.steps[at].choices_from as usize];
        before.iter().all(|choice| u32::from(choice.chosen) + 1 == choice.options).then_some(at)
    }

    /// From now on the steps before `base` stay as they are. Returns what is known of those that are new among them.
    pub(super) fn fix(&mut self, base: usize, alternatives_touch_alike: bool) -> Vec<Fork> {
        let fixed = self.base..base;
        self.base = base;
        fixed.map(|at| self.fork(at, alternatives_touch_alike)).collect()
    }

    fn fork(&self, at: usize, alternatives_touch_alike: bool) -> Fork {
        let Step { wanted, tried, asleep, thread, .. } = self.steps[at];
        let mut fork = Fork { wanted, tried, asleep, sleepers: self.sleepers_at(at).to_vec() };
        self.add_tried(&mut fork, at, alternatives_touch_alike);
        debug_assert!(fork.tried & (1 << thread) != 0);
        fork
    }

    /// The thread of a step is tried by this search, which has made it.
    pub(super) fn add_tried(&self, fork: &mut Fork, at: usize, alternatives_touch_alike: bool) {
        let Step { thread, choices_from, .. } = self.steps[at];
        let choices_to = self.steps.get(at + 1).map_or(self.choices.len(), |step| step.choices_from as usize);
        fork.tried |= 1 << thread;
        fork.wanted |= 1 << thread;
        self.add_footprint(at, &mut fork.sleepers, 0);
        if choices_to > choices_from as usize && !alternatives_touch_alike {
            // Alternatives that were not seen may touch anything.
            fork.sleepers.push(Sleeper { thread, print: Print::Everything });
        }
    }

    /// A search of what follows if `thread` makes the step `at` instead.
    pub(super) fn branch(&self, at: usize, fork: &Fork, thread: u8) -> Search<PROCESSES> {
        let mut branch = self.clone();
        branch.guide.habits = branch.habits.share();
        branch.wishes.clear();
        while branch.steps.len() > at + 1 {
            branch.undo(branch.steps.len() - 1);
            branch.steps.pop();
        }
        branch.undo(at);
        let step = &mut branch.steps[at];
        step.wanted = fork.wanted;
        step.tried = fork.tried;
        step.thread = thread;
        branch.sleepers.truncate(step.sleepers_from as usize);
        branch.sleepers.extend_from_slice(&fork.sleepers);
        branch.choices.truncate(step.choices_from as usize);
        branch.base = at + 1;
        let question = step.question;
        branch.prepare(at, question, thread);
        branch
    }
}
