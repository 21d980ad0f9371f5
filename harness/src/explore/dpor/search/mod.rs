//! The search in one part of the tree of executions: a stack of steps, the races among them, and
//! what is left to try.

mod absorb;
mod forks;
mod races;
mod sleep;

use super::super::control::Noted;
use super::clock::Clock;
use super::guide::{Guide, Habits, SharedHabits, Sleeper};
use crate::schedule;
use crate::schedule::{Arrival, Key, Slot, THREADS_MAX, Touch};
use std::collections::BTreeMap;
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
    landings_from: u32,
    spawns_from: u32,
    totals_from: u32,
    choices_from: u32,
}

/// What a step touched.
#[derive(Clone, Copy, Debug)]
struct Access {
    step: u32,
    touch: Touch,
    /// The store of the own buffer that it reads, if it does: then it is none of the accesses to
    /// the slot before that has landed.
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

/// A race with a step that is not this search's to vary: one of these threads has to be tried
/// there.
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
    /// Whose stores have landed where a panic unwinds, and so in a step of their thread: all other
    /// landings are steps of buffers.
    landings: Vec<u8>,
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
    /// None while an execution has it.
    guide: Option<Box<Guide>>,
    habits: SharedHabits,
    wishes: Vec<Wish>,
    /// A step touched more, beside its event, than it was known to.
    has_grown: bool,
    /// A store has landed that no step was seen to make: what its execution shows of races is not
    /// known.
    has_lost: bool,
    /// Places of steps were seen that were not known.
    has_news: bool,
    /// A slot for each name of an object, and the name and slot of each object of an execution.
    slots: BTreeMap<u64, Slot>,
    names: Vec<(u64, Slot)>,
    /// For one step at a time: what it touches, what of it is beside the event, and the steps it
    /// races with.
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
            landings: Vec::new(),
            spawns: Vec::new(),
            totals: Vec::new(),
            choices: Vec::new(),
            path: Vec::new(),
            usual: Vec::new(),
            sleepers: Vec::new(),
            of_thread: std::array::from_fn(|_| Vec::new()),
            stores: std::array::from_fn(|_| Vec::new()),
            is_prepared: false,
            guide: Some(Box::new(Guide::new(habits.share()))),
            habits,
            wishes: Vec::new(),
            has_grown: false,
            has_lost: false,
            has_news: false,
            slots: BTreeMap::new(),
            names: Vec::new(),
            fresh: Vec::new(),
            loose: Vec::new(),
            racing: Vec::new(),
        }
    }

    /// What the next execution has to do.
    pub(super) fn take_guide(&mut self) -> Box<Guide> {
        self.guide.take().expect("a search makes one execution at a time")
    }

    /// It is used again.
    pub(super) fn give_back(&mut self, guide: Box<Guide>) {
        self.guide = Some(guide);
    }

    /// The answers that are not the usual ones, of those that are prescribed.
    pub(super) fn noted(&self) -> Noted {
        let answers = self.path.iter().zip(&self.usual).enumerate();
        let unusual = answers.filter(|(_, (answer, usual))| answer != usual);
        Noted::path(unusual.map(|(question, (&choice, _))| schedule::Step { question: question as u32, choice }))
    }

    /// What a step touched, and what it has read of its buffer.
    fn accesses_of(&self, step: u32) -> &[Access] {
        let from = self.steps[step as usize].accesses_from as usize;
        let to = self.steps.get(step as usize + 1).map_or(self.accesses.len(), |next| next.accesses_from as usize);
        &self.accesses[from..to]
    }

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

    /// The last step is not made, if it was.
    fn undo(&mut self, at: usize) {
        if std::mem::take(&mut self.is_prepared) {
            return;
        }
        let Step { thread, accesses_from, wakes_from, landings_from, spawns_from, totals_from, .. } = self.steps[at];
        for access in self.accesses.drain(accesses_from as usize..).rev().filter(|access| !access.is_forwarded()) {
            self.heads[access.touch.slot as usize] = access.earlier;
        }
        if let Some(stores) = self.stores.get_mut(usize::from(thread)) {
            // More than one where a panic unwinds: all that its destructors do is one step.
            while stores.pop_if(|step| *step == at as u32).is_some() {}
        }
        self.wakes.truncate(wakes_from as usize);
        self.landings.truncate(landings_from as usize);
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
        let mut guide = self.take_guide();
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
        self.give_back(guide);
        self.is_prepared = true;
        true
    }

    /// Whether a step touched more than it was known to, so that what was decided before may be
    /// wrong.
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
}
