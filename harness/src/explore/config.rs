//! What is explored, how, and how much of it.

use super::control::{Control, Noted};
use crate::schedule::Schedule;
use crate::sim::{Abandon, MemoryModel};
use std::fmt;
use std::sync::atomic::AtomicUsize;

/// One variant running one scenario: the body of the main thread of an execution.
#[derive(Clone, Copy)]
pub struct Program<'a> {
    /// Makes the world, starts the threads, looks at the end. Called once in each execution.
    pub body: &'a (dyn Fn() + Sync),
    /// What becomes of stacks that still wait at the end.
    pub abandon: Abandon,
}

impl fmt::Debug for Program<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("abandon", &self.abandon).finish_non_exhaustive()
    }
}

/// How executions are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Uniform random schedules.
    Uniform,
    /// Random schedules of PCT, for bugs of this depth.
    Pct {
        /// See [`crate::Schedule::Pct`].
        depth: u32,
        /// See there as well; by default as many choice points as the program has without
        /// preemptions. Whoever compares programs gives all of them the same.
        length: Option<u32>,
    },
    /// Random schedules of partial-order sampling; see [`crate::Schedule::Pos`].
    Pos,
    /// Uniform schedules, partial-order sampling and PCT with depths 2 and 3 in turn.
    Portfolio {
        /// As for PCT.
        length: Option<u32>,
    },
    /// Every schedule with at most this many preemptions (Musuvathi and Qadeer, PLDI 2007).
    Bounded {
        /// The bound.
        preemptions: u32,
    },
    /// Executions enough to see every outcome: one of each set that differs only in the order of
    /// independent steps (Abdulla, Aronsson, Jonsson, Sagonas, POPL 2014).
    Exhaustive,
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Strategy::Uniform => f.write_str("uniform"),
            Strategy::Pct { depth, .. } => write!(f, "pct {depth}"),
            Strategy::Pos => f.write_str("pos"),
            Strategy::Portfolio { .. } => f.write_str("portfolio"),
            Strategy::Bounded { preemptions } => write!(f, "up to {preemptions} preemptions"),
            Strategy::Exhaustive => f.write_str("exhaustive"),
        }
    }
}

/// What to explore and how much of it.
#[derive(Clone, Copy, Debug)]
pub struct ExploreConfig<'a> {
    /// How executions are chosen.
    pub strategy: Strategy,
    /// At most this many executions; for an exhaustive search with its redundant runs.
    pub executions: u64,
    /// Where random schedules begin; executions `n` of seeds `s` and `s + 1` have nothing in
    /// common.
    pub seed: u64,
    /// How many of the random executions of this seed were made before.
    pub skip: u64,
    /// OS threads; at least 1, and no more than [`crate::WORKERS_MAX`] are used.
    pub jobs: usize,
    /// The memory model.
    pub memory: MemoryModel,
    /// Choice points of an execution before it is cut off.
    pub steps_max: u64,
    /// Where an exhaustive search gives way to other strategies: when it has made so many choice
    /// points in all, or when an execution was cut off, for it can prove nothing any more. Without
    /// it the search takes what it needs.
    pub gives_way_after: Option<u64>,
    /// Whether the machine records a trace in each execution. It is not looked at; benchmarks
    /// measure what it costs.
    pub tracing: bool,
    /// To follow and cancel the exploration.
    pub control: Option<&'a Control>,
}

impl<'a> ExploreConfig<'a> {
    /// How one execution of the exploration is run by itself.
    pub fn run(&self) -> RunConfig<'a> {
        let control = self.control.map(|control| (control, 0));
        RunConfig { memory: self.memory, steps_max: self.steps_max, control }
    }
}

/// Choice points of an execution before it is cut off, unless configured otherwise.
pub const STEPS_MAX: u64 = 20_000;

impl Default for ExploreConfig<'_> {
    fn default() -> Self {
        ExploreConfig {
            strategy: Strategy::Uniform,
            executions: 10_000,
            seed: 0,
            skip: 0,
            jobs: 1,
            memory: MemoryModel::Sc,
            steps_max: STEPS_MAX,
            gives_way_after: None,
            tracing: false,
            control: None,
        }
    }
}

/// How one execution is run.
#[derive(Clone, Copy, Debug)]
pub struct RunConfig<'a> {
    /// The memory model.
    pub memory: MemoryModel,
    /// Choice points before it is cut off.
    pub steps_max: u64,
    /// Where the execution is written down before it begins, and as which worker: a subject that
    /// loops without end is seen and named.
    pub control: Option<(&'a Control, usize)>,
}

impl Default for RunConfig<'_> {
    fn default() -> Self {
        RunConfig { memory: MemoryModel::Sc, steps_max: STEPS_MAX, control: None }
    }
}

impl RunConfig<'_> {
    /// Writes the schedule down, if anybody follows, and runs it. `execute` is told where the
    /// machine says which thread goes on.
    pub(super) fn follow<R>(&self, schedule: &Schedule, execute: impl FnOnce(&AtomicUsize) -> R) -> R {
        let Some((control, worker)) = self.control else { return execute(&AtomicUsize::new(0)) };
        control.begin(worker, Noted::of(schedule));
        let result = execute(control.turn(worker));
        control.rest(worker);
        result
    }
}
