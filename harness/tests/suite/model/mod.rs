//! Small programs as data, and an interpreter of them that shares nothing with the simulator: a reference for what can happen.
//!
//! The interpreter counts and walks all schedules by remembering states, and it can run one schedule that is drawn step by
//! step from a stream of random numbers, as peers do: the baseline that aligned schedules are measured against.

pub mod generate;

use lockstep::probe::observe;
use lockstep::sync::{Atomic, Ordering::SeqCst, SpinLock, UnlockWait, WaitQueue, await_until, smp_mb};
use lockstep::thread::{scope, yield_now};
use lockstep::{End, Entry};
use std::collections::{BTreeSet, HashMap};

pub const LOCKS: usize = 2;
pub const WORDS: usize = 2;

/// What a thread does. Values read are observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    Lock(usize),
    Unlock(usize),
    TryLock(usize),
    IsLocked(usize),
    UnlockWait(usize),
    Load(usize),
    Store(usize, u64),
    Add(usize, u64),
    Exchange(usize, u64, u64),
    /// Blocks until the word has the value; observes nothing.
    Await(usize, u64),
    /// Sleeps in the one queue, with the lock.
    Wait(usize),
    WakeOne,
    WakeAll,
    /// An access to a word that no other thread knows; observes nothing.
    Private,
    Fence,
    Yield,
}

pub type Program = Vec<Vec<Op>>;

#[derive(Clone, Copy)]
struct World {
    locks: [SpinLock; LOCKS],
    words: [Atomic<u64>; WORDS],
    queue: WaitQueue,
}

/// The program as a subject of the simulator.
pub fn body(program: &[Vec<Op>]) -> impl Fn() + Sync + '_ {
    body_that_tells(program, |_, word| observe(word))
}

/// The same, telling what each thread sees, and main the words at the end, to `tell` instead of the simulator.
pub fn body_that_tells<'a>(
    program: &'a [Vec<Op>],
    tell: impl Fn(usize, u64) + Sync + Copy + 'a,
) -> impl Fn() + Sync + 'a {
    move || {
        let world = World {
            locks: std::array::from_fn(|number| SpinLock::named(("lock", number as u32))),
            words: std::array::from_fn(|number| Atomic::named(("word", number as u32), 0)),
            queue: WaitQueue::named("queue"),
        };
        scope(|threads| {
            for (number, ops) in program.iter().enumerate() {
                let private = Atomic::named(("private", number as u32), 0_u64);
                threads.spawn(("thread", number as u32), move || {
                    ops.iter().filter_map(|op| perform(*op, world, private)).for_each(|word| tell(number, word));
                });
            }
        });
        world.words.iter().for_each(|word| tell(MAIN, word.peek()));
    }
}

/// Returns what the thread sees.
fn perform(op: Op, World { locks, words, queue }: World, private: Atomic<u64>) -> Option<u64> {
    match op {
        Op::Lock(lock) => locks[lock].lock(),
        Op::Unlock(lock) => locks[lock].unlock(),
        Op::TryLock(lock) => return Some(u64::from(locks[lock].try_lock())),
        Op::IsLocked(lock) => return Some(u64::from(locks[lock].is_locked())),
        Op::UnlockWait(lock) => locks[lock].unlock_wait(UnlockWait::Acquire),
        Op::Load(word) => return Some(words[word].load(SeqCst)),
        Op::Store(word, value) => words[word].store(value, SeqCst),
        Op::Add(word, value) => return Some(words[word].fetch_add(value, SeqCst)),
        Op::Exchange(word, old, new) => return Some(words[word].cmpxchg(old, new)),
        Op::Await(word, value) => await_until(|| words[word].load(SeqCst) == value),
        Op::Wait(lock) => queue.wait(&locks[lock]),
        Op::WakeOne => queue.wake_one(),
        Op::WakeAll => queue.wake_all(),
        Op::Private => {
            private.fetch_add(1, SeqCst);
        }
        Op::Fence => smp_mb(),
        Op::Yield => yield_now(),
    }
    None
}

/// An outcome, in words of the interpreter and of the simulator alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Result {
    pub histories: Vec<Vec<u64>>,
    /// The words at the end, if all threads ended.
    pub words: Vec<u64>,
    /// Threads that are blocked for ever.
    pub blocked: Vec<usize>,
    pub misuse: bool,
}

/// What the simulator says, in these words.
pub fn result(program: &[Vec<Op>], outcome: &lockstep::Outcome) -> Result {
    let column = |at: usize| {
        let entries = outcome.columns.get(at).map(|column| column.entries.clone()).unwrap_or_default();
        let word = |entry: Entry| match entry {
            Entry::Word(word) => word,
            Entry::Warning(_) => unreachable!("these programs do not warn"),
        };
        entries.into_iter().map(word).collect::<Vec<u64>>()
    };
    let blocked = match &outcome.end {
        End::Deadlock { blocked, .. } => {
            let mut threads: Vec<usize> =
                blocked.iter().filter(|one| one.thread > 0).map(|one| one.thread - 1).collect();
            threads.sort_unstable();
            threads
        }
        End::Completed | End::Misuse(_) => Vec::new(),
        end => panic!("unexpected end: {end}"),
    };
    Result {
        histories: (0..program.len()).map(|thread| column(thread + 1)).collect(),
        words: column(0),
        blocked,
        misuse: matches!(outcome.end, End::Misuse(_)),
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Thread {
    spawned: bool,
    begun: bool,
    finished: bool,
    at: usize,
    phase: Phase,
    history: Vec<u64>,
}

/// Where in an operation of several events a thread is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Phase {
    #[default]
    First,
    /// The awaited word did not have the value; whether it was written since.
    Parked(bool),
    Asleep,
    Woken,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    threads: Vec<Thread>,
    /// How many of main's events are done: a spawn and later a join of each thread.
    main: usize,
    words: [u64; WORDS],
    holders: [Option<usize>; LOCKS],
    misuse: bool,
}

/// The number that stands for the main thread.
pub const MAIN: usize = usize::MAX;

impl State {
    pub fn new(program: &[Vec<Op>]) -> State {
        let threads = vec![Thread::default(); program.len()];
        State { threads, main: 0, words: [0; WORDS], holders: [None; LOCKS], misuse: false }
    }

    /// Who can go on, main first.
    pub fn enabled(&self, program: &[Vec<Op>]) -> Vec<usize> {
        if self.misuse {
            return Vec::new();
        }
        let count = self.threads.len();
        let main = self.main < count || self.main < 2 * count && self.threads[self.main - count].finished;
        let threads = (0..count).filter(|&thread| self.is_enabled(program, thread));
        main.then_some(MAIN).into_iter().chain(threads).collect()
    }

    fn is_enabled(&self, program: &[Vec<Op>], number: usize) -> bool {
        let thread = &self.threads[number];
        if !thread.spawned || thread.finished {
            return false;
        }
        if !thread.begun {
            return true;
        }
        match (program[number][thread.at], thread.phase) {
            (Op::Lock(lock) | Op::UnlockWait(lock), _) | (Op::Wait(lock), Phase::Woken) => self.holders[lock].is_none(),
            (_, Phase::Parked(written)) => written,
            (_, Phase::Asleep) => false,
            _ => true,
        }
    }

    /// Among how many sleepers the event of that thread chooses.
    pub fn alternatives(&self, program: &[Vec<Op>], number: usize) -> usize {
        if number == MAIN || !self.threads[number].begun || program[number][self.threads[number].at] != Op::WakeOne {
            return 1;
        }
        self.sleepers().count().max(1)
    }

    fn sleepers(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.threads.len()).filter(|&thread| self.threads[thread].phase == Phase::Asleep)
    }

    fn write(&mut self, program: &[Vec<Op>], word: usize, value: u64) {
        self.words[word] = value;
        for (number, thread) in self.threads.iter_mut().enumerate() {
            if let Phase::Parked(written) = &mut thread.phase {
                *written |= matches!(program[number][thread.at], Op::Await(awaited, _) if awaited == word);
            }
        }
    }

    /// The event of that thread happens.
    pub fn step(&mut self, program: &[Vec<Op>], number: usize, alternative: usize) {
        if number == MAIN {
            if let Some(thread) = self.threads.get_mut(self.main) {
                thread.spawned = true;
            }
            self.main += 1;
            return;
        }
        if !self.threads[number].begun {
            self.threads[number].begun = true;
            self.threads[number].finished = program[number].is_empty();
            return;
        }
        let op = program[number][self.threads[number].at];
        let phase = self.threads[number].phase;
        let mut seen = None;
        let mut next = Phase::First;
        let mut is_done = true;
        match (op, phase) {
            (Op::Lock(lock), _) | (Op::Wait(lock), Phase::Woken) => self.holders[lock] = Some(number),
            (Op::Unlock(lock), _) => {
                self.misuse = self.holders[lock] != Some(number);
                self.holders[lock] = None;
            }
            (Op::TryLock(lock), _) => {
                seen = Some(u64::from(self.holders[lock].is_none()));
                self.holders[lock] = self.holders[lock].or(Some(number));
            }
            (Op::IsLocked(lock), _) => seen = Some(u64::from(self.holders[lock].is_some())),
            (Op::Load(word), _) => seen = Some(self.words[word]),
            (Op::Store(word, value), _) => self.write(program, word, value),
            (Op::Add(word, value), _) => {
                seen = Some(self.words[word]);
                self.write(program, word, self.words[word] + value);
            }
            (Op::Exchange(word, old, new), _) => {
                seen = Some(self.words[word]);
                if self.words[word] == old {
                    self.write(program, word, new);
                }
            }
            (Op::Await(word, value), Phase::First) => {
                if self.words[word] != value {
                    (is_done, next) = (false, Phase::Parked(false));
                }
            }
            (Op::Await(..), _) => is_done = false,
            (Op::Wait(lock), _) => {
                self.misuse = self.holders[lock] != Some(number);
                self.holders[lock] = None;
                (is_done, next) = (false, Phase::Asleep);
            }
            (Op::WakeOne, _) => {
                let sleeper = self.sleepers().nth(alternative);
                if let Some(sleeper) = sleeper {
                    self.threads[sleeper].phase = Phase::Woken;
                }
            }
            (Op::WakeAll, _) => {
                for sleeper in self.sleepers().collect::<Vec<_>>() {
                    self.threads[sleeper].phase = Phase::Woken;
                }
            }
            (Op::UnlockWait(_) | Op::Private | Op::Fence | Op::Yield, _) => {}
        }
        let thread = &mut self.threads[number];
        thread.phase = next;
        if self.misuse {
            return;
        }
        thread.history.extend(seen);
        if is_done {
            thread.at += 1;
            thread.finished = thread.at == program[number].len();
        }
    }

    /// The outcome, when nobody can go on.
    pub fn result(&self) -> Result {
        let is_complete = self.threads.iter().all(|thread| thread.finished);
        let blocked = |&thread: &usize| !self.misuse && !self.threads[thread].finished;
        Result {
            histories: self.threads.iter().map(|thread| thread.history.clone()).collect(),
            words: if is_complete && !self.misuse { self.words.to_vec() } else { Vec::new() },
            blocked: (0..self.threads.len()).filter(blocked).collect(),
            misuse: self.misuse,
        }
    }
}

/// All outcomes of a program, and how many schedules it has.
pub fn exhaust(program: &[Vec<Op>]) -> (BTreeSet<Result>, u64) {
    let mut results = BTreeSet::new();
    let count = count(program, State::new(program), &mut HashMap::new(), &mut results);
    (results, count)
}

fn count(program: &[Vec<Op>], state: State, known: &mut HashMap<State, u64>, results: &mut BTreeSet<Result>) -> u64 {
    if let Some(&count) = known.get(&state) {
        return count;
    }
    let enabled = state.enabled(program);
    let mut total = 0_u64;
    for &thread in &enabled {
        for alternative in 0..state.alternatives(program, thread) {
            let mut next = state.clone();
            next.step(program, thread, alternative);
            total = total.saturating_add(count(program, next, known, results));
        }
    }
    if enabled.is_empty() {
        results.insert(state.result());
        total = 1;
    }
    known.insert(state, total);
    total
}
