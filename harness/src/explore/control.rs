//! How whoever started an exploration follows and cancels it from another OS thread.
//!
//! The library has no clock: time budgets, Ctrl-C and watchdogs are the caller's, who cancels and
//! reads the beats.

use crate::schedule::{Schedule, Step};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// OS threads that one control can follow, and that one exploration uses at most.
pub const WORKERS_MAX: usize = 1024;

/// Workers whose beats are made together, when the first of them begins.
const ROW: usize = 64;

/// Words kept of the execution a worker is in.
const WORDS: usize = 32;

/// What is known of running explorations.
#[derive(Debug)]
pub struct Control {
    cancelled: AtomicBool,
    executions: AtomicU64,
    program: AtomicUsize,
    rows: [OnceLock<Box<[Beat; ROW]>>; WORKERS_MAX / ROW],
}

/// What one worker does. Written before each execution, so that it is known even if the process
/// does not survive it.
#[derive(Debug)]
#[repr(align(128))]
struct Beat {
    /// Executions begun.
    begun: AtomicU64,
    /// Kind of the schedule, its length, and its words.
    words: [AtomicU64; WORDS],
    /// The simulated thread that runs.
    thread: AtomicUsize,
}

impl Beat {
    const fn new() -> Beat {
        Beat { begun: AtomicU64::new(0), words: [const { AtomicU64::new(0) }; WORDS], thread: AtomicUsize::new(0) }
    }
}

/// The execution a worker is in, as far as it was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// Executions the worker has begun; if it stays the same, the worker is stuck in this one.
    pub begun: u64,
    /// The number the caller gave to what it explores.
    pub program: usize,
    /// The schedule.
    pub schedule: Noted,
    /// The simulated thread that runs.
    pub thread: usize,
}

/// A schedule as it is written down before an execution: without allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "it lives on the stack for a moment, and must not allocate")]
pub enum Noted {
    /// A uniform schedule's seed.
    Uniform(u64),
    /// A PCT schedule's seed, depth and length.
    Pct(u64, u32, u32),
    /// The seed of a schedule of partial-order sampling.
    Pos(u64),
    /// Question numbers and choices of a path of the enumeration (`question << 8 | choice`): the
    /// first ones, and how many there are.
    Path([u64; WORDS - 2], usize),
    /// None: the worker is between two explorations.
    Resting,
    /// Another schedule, which whoever asked for the execution knows.
    Given,
}

impl Noted {
    /// The schedule, as far as it was written down: paths may be longer than what is kept of them.
    pub fn schedule(&self) -> Option<Schedule> {
        match *self {
            Noted::Uniform(seed) => Some(Schedule::Uniform { seed }),
            Noted::Pct(seed, depth, length) => Some(Schedule::Pct { seed, depth, length }),
            Noted::Pos(seed) => Some(Schedule::Pos { seed }),
            Noted::Path(words, count) => {
                let step = |&word: &u64| Step { question: (word >> 8) as u32, choice: word as u8 };
                Some(Schedule::Path(words.iter().take(count).map(step).collect()))
            }
            Noted::Given | Noted::Resting => None,
        }
    }

    pub(crate) fn of(schedule: &Schedule) -> Noted {
        match *schedule {
            Schedule::Uniform { seed } => Noted::Uniform(seed),
            Schedule::Pct { seed, depth, length } => Noted::Pct(seed, depth, length),
            Schedule::Pos { seed } => Noted::Pos(seed),
            // Without decisions it is the path that answers every question as usual.
            Schedule::Explicit(ref explicit) if explicit.order.is_empty() && explicit.decisions.is_empty() => {
                Noted::path(std::iter::empty())
            }
            Schedule::Explicit(_) | Schedule::Path(_) => Noted::Given,
        }
    }

    pub(crate) fn path(path: impl Iterator<Item = Step>) -> Noted {
        let mut words = [0; WORDS - 2];
        let mut count = 0;
        for step in path {
            if let Some(word) = words.get_mut(count) {
                *word = u64::from(step.question) << 8 | u64::from(step.choice);
            }
            count += 1;
        }
        Noted::Path(words, count)
    }
}

impl Default for Control {
    fn default() -> Control {
        Control::new()
    }
}

impl Control {
    /// Nothing runs.
    pub const fn new() -> Control {
        Control {
            cancelled: AtomicBool::new(false),
            executions: AtomicU64::new(0),
            program: AtomicUsize::new(0),
            rows: [const { OnceLock::new() }; WORKERS_MAX / ROW],
        }
    }

    /// Asks all explorations under this control to end soon, with what they have.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether `cancel` was called.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Executions made under this control.
    pub fn executions(&self) -> u64 {
        self.executions.load(Ordering::Relaxed)
    }

    /// The worker is between two explorations: nothing of it can be stuck.
    pub fn rest(&self, worker: usize) {
        self.begin(worker, Noted::Resting);
    }

    /// Says what is explored from now on; only kept for [`Control::pulse`].
    pub fn set_program(&self, number: usize) {
        self.program.store(number, Ordering::Relaxed);
    }

    /// Workers with this number and greater ones have not begun anything.
    pub fn workers(&self) -> usize {
        self.rows.iter().rposition(|row| row.get().is_some()).map_or(0, |last| (last + 1) * ROW)
    }

    /// The beat of the worker; its row is made if need be. Explorations have no more than
    /// [`WORKERS_MAX`] workers.
    #[inline]
    fn beat(&self, worker: usize) -> &Beat {
        let row = self.rows[worker / ROW % self.rows.len()].get_or_init(|| Box::new([const { Beat::new() }; ROW]));
        &row[worker % ROW]
    }

    /// What the worker does.
    pub fn pulse(&self, worker: usize) -> Pulse {
        let Some(row) = self.rows.get(worker / ROW).and_then(OnceLock::get) else {
            let program = self.program.load(Ordering::Relaxed);
            return Pulse { begun: 0, program, schedule: Noted::Resting, thread: 0 };
        };
        let beat = &row[worker % ROW];
        let word = |at: usize| beat.words[at].load(Ordering::Relaxed);
        let schedule = match word(0) {
            1 => Noted::Uniform(word(1)),
            2 => Noted::Pct(word(1), word(2) as u32, word(3) as u32),
            3 => Noted::Path(std::array::from_fn(|at| word(at + 2)), word(1) as usize),
            4 => Noted::Given,
            5 => Noted::Pos(word(1)),
            _ => Noted::Resting,
        };
        let begun = beat.begun.load(Ordering::Relaxed);
        Pulse {
            begun,
            program: self.program.load(Ordering::Relaxed),
            schedule,
            thread: beat.thread.load(Ordering::Relaxed),
        }
    }

    #[inline]
    pub(crate) fn begin(&self, worker: usize, noted: Noted) {
        let beat = self.beat(worker);
        let set = |at: usize, word: u64| beat.words[at].store(word, Ordering::Relaxed);
        match noted {
            Noted::Uniform(seed) => {
                set(0, 1);
                set(1, seed);
            }
            Noted::Pct(seed, depth, length) => {
                set(0, 2);
                set(1, seed);
                set(2, u64::from(depth));
                set(3, u64::from(length));
            }
            Noted::Path(words, count) => {
                set(0, 3);
                set(1, count as u64);
                for (at, word) in words.into_iter().enumerate().take(count) {
                    set(at + 2, word);
                }
            }
            Noted::Given => set(0, 4),
            Noted::Pos(seed) => {
                set(0, 5);
                set(1, seed);
            }
            Noted::Resting => set(0, 0),
        }
        beat.begun.store(beat.begun.load(Ordering::Relaxed) + 1, Ordering::Release);
    }

    /// Where the runner of the worker says which thread goes on.
    pub(crate) fn turn(&self, worker: usize) -> &AtomicUsize {
        &self.beat(worker).thread
    }

    #[inline]
    pub(crate) fn count(&self, executions: u64) {
        self.executions.fetch_add(executions, Ordering::Relaxed);
    }
}
