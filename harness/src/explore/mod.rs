//! Many executions of one variant: replay, sampling, enumeration.
//!
//! Every result carries its evidence. Results do not depend on the number of OS threads: executions are numbered, and of all
//! executions that show an outcome the one with the smallest number is its witness.

mod bounded;
mod control;
mod evidence;
mod exhaustive;
mod glance;
pub mod graph;
mod outcome;
mod nearby;
mod repeats;
mod replay;
mod sample;
mod soon;
mod tally;
mod unshared;

pub use control::{Control, Noted, Pulse, WORKERS_MAX};
pub use evidence::{Covered, Evidence, Tried};
pub use glance::{Glance, GlanceConfig};
pub use nearby::explore_nearby;
pub use outcome::{Column, Entry, Outcome, OutcomeId, OutcomeSet, Seen};
pub(crate) use replay::is_preemption;
pub(crate) use replay::mismatch_of;
pub use replay::{Execution, Mismatch, ObjectNames, Replayer, RunConfig, explicit, first_mismatch, run};
pub(crate) use sample::length_of;
pub use sample::portfolio;
pub use soon::{RANDOM_STRATEGIES, Soon, SoonConfig, mean_of_medians, soon};
pub use unshared::{Unshared, unshared};

use crate::sim::{Abandon, Gaps, MemoryModel};
use std::fmt;

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
        /// See there as well; by default as many choice points as the program has without preemptions. Whoever compares programs gives
        /// all of them the same.
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
    /// Executions enough to see every outcome: one of each set that differs only in the order of independent steps (Abdulla, Aronsson,
    /// Jonsson, Sagonas, POPL 2014).
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
    /// Where random schedules begin; executions `n` of seeds `s` and `s + 1` have nothing in common.
    pub seed: u64,
    /// How many of the random executions of this seed were made before.
    pub skip: u64,
    /// OS threads; at least 1, and no more than [`WORKERS_MAX`] are used.
    pub jobs: usize,
    /// The memory model.
    pub memory: MemoryModel,
    /// Choice points of an execution before it is cut off.
    pub steps_max: u64,
    /// Whether the machine records a trace in each execution. It is not looked at; benchmarks measure what it costs.
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
            tracing: false,
            control: None,
        }
    }
}

/// What the exploration of one variant has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exploration {
    /// The outcomes seen.
    pub outcomes: OutcomeSet,
    /// What stands behind the set.
    pub evidence: Evidence,
    /// Executions made.
    pub executions: u64,
    /// Choice points of all executions.
    pub steps: u64,
    /// What its executions have missed. Where the evidence is exhaustive nothing rests on those that have.
    pub gaps: Gaps,
    /// Runs, not counted as executions, that an exhaustive search gave up because what would follow was explored elsewhere, or made before
    /// it had to begin anew.
    pub redundant: u64,
    /// Goals of the scenario that were reached in some execution.
    pub goals: u64,
    /// The exploration was cancelled from outside before its budget was used.
    pub cancelled: bool,
}

impl Exploration {
    pub(crate) fn new() -> Exploration {
        Exploration {
            outcomes: OutcomeSet::default(),
            evidence: Evidence::NOTHING,
            executions: 0,
            steps: 0,
            gaps: Gaps::NONE,
            redundant: 0,
            goals: 0,
            cancelled: false,
        }
    }

    /// Takes over what another part of the same exploration, or an exploration of the same program by other means, has shown. The
    /// evidence adds up.
    pub fn merge(&mut self, other: Exploration) {
        self.evidence = self.evidence.and(other.evidence);
        self.outcomes.merge(other.outcomes);
        self.executions += other.executions;
        self.steps += other.steps;
        self.gaps = self.gaps.and(other.gaps);
        self.redundant += other.redundant;
        self.goals |= other.goals;
        self.cancelled |= other.cancelled;
    }
}

/// Explores one variant.
pub fn explore(program: &Program<'_>, config: &ExploreConfig<'_>) -> Exploration {
    match config.strategy {
        Strategy::Uniform | Strategy::Pct { .. } | Strategy::Pos | Strategy::Portfolio { .. } => {
            sample::explore(program, config)
        }
        Strategy::Bounded { preemptions } => bounded::explore(program, config, preemptions),
        Strategy::Exhaustive => exhaustive::explore(program, config),
    }
}
