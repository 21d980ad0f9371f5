//! Many executions of one variant: replay, sampling, enumeration.
//!
//! Every result carries its evidence. Results do not depend on the number of OS threads: executions are numbered, and of all
//! executions that show an outcome the one with the smallest number is its witness.

mod bounded;
mod control;
mod outcome;
mod replay;
mod sample;

pub use control::{Control, Noted, Pulse, WORKERS_MAX};
pub use outcome::{Column, Entry, Outcome, OutcomeId, OutcomeSet, Seen};
pub(crate) use replay::Replayer;
pub use replay::{Execution, ObjectNames, RunConfig, explicit, run};

use crate::sim::{Abandon, MemoryModel};
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
    },
    /// Every schedule with at most this many preemptions (Musuvathi and Qadeer, PLDI 2007).
    Bounded {
        /// The bound.
        preemptions: u32,
    },
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Strategy::Uniform => f.write_str("uniform"),
            Strategy::Pct { depth } => write!(f, "pct {depth}"),
            Strategy::Bounded { preemptions } => write!(f, "up to {preemptions} preemptions"),
        }
    }
}

/// What to explore and how much of it.
#[derive(Clone, Copy, Debug)]
pub struct ExploreConfig<'a> {
    /// How executions are chosen.
    pub strategy: Strategy,
    /// At most this many executions.
    pub executions: u64,
    /// Where random schedules begin; executions `n` of seeds `s` and `s + 1` have nothing in common.
    pub seed: u64,
    /// OS threads; at least 1.
    pub jobs: usize,
    /// The memory model.
    pub memory: MemoryModel,
    /// Choice points of an execution before it is cut off.
    pub steps_max: u64,
    /// Whether the machine records a trace in each execution. It is not looked at; benchmarks measure what it costs.
    pub tracing: bool,
    /// To follow and stop the exploration.
    pub control: Option<&'a Control>,
}

/// Choice points of an execution before it is cut off, unless configured otherwise.
pub const STEPS_MAX: u64 = 20_000;

impl Default for ExploreConfig<'_> {
    fn default() -> Self {
        ExploreConfig {
            strategy: Strategy::Uniform,
            executions: 10_000,
            seed: 0,
            jobs: 1,
            memory: MemoryModel::Sc,
            steps_max: STEPS_MAX,
            tracing: false,
            control: None,
        }
    }
}

/// What stands behind a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// Nothing was run.
    Nothing,
    /// This many random executions. What was not seen may still be possible.
    Sampled {
        /// Executions.
        executions: u64,
        /// The seed.
        seed: u64,
    },
    /// Every schedule with at most this many preemptions. What was not seen needs more.
    Bounded {
        /// The bound.
        preemptions: u32,
    },
    /// Every schedule. What was not seen cannot happen (under the memory model).
    Exhaustive,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::Nothing => f.write_str("nothing explored"),
            Evidence::Sampled { executions, seed } => write!(f, "sampled {executions} (seed {seed})"),
            Evidence::Bounded { preemptions } => write!(f, "exhaustive up to {preemptions} preemptions"),
            Evidence::Exhaustive => f.write_str("exhaustive"),
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
    /// Executions cut off by the step limit; their outcomes say so.
    pub cut: u64,
    /// Goals of the scenario that were reached in some execution.
    pub goals: u64,
    /// The exploration was stopped from outside before its budget was used.
    pub stopped: bool,
}

impl Exploration {
    pub(crate) fn new() -> Exploration {
        Exploration {
            outcomes: OutcomeSet::default(),
            evidence: Evidence::Nothing,
            executions: 0,
            steps: 0,
            cut: 0,
            goals: 0,
            stopped: false,
        }
    }

    /// Takes over what another part of the same exploration, or an exploration of the same program by other means, has shown. The
    /// evidence is the stronger of the two; samples add up.
    pub fn merge(&mut self, other: Exploration) {
        self.evidence = match (self.evidence, other.evidence) {
            (Evidence::Sampled { executions, seed }, Evidence::Sampled { executions: more, seed: theirs }) => {
                Evidence::Sampled { executions: executions + more, seed: seed.min(theirs) }
            }
            (mine, theirs) => mine.max(theirs),
        };
        self.outcomes.merge(other.outcomes);
        self.executions += other.executions;
        self.steps += other.steps;
        self.cut += other.cut;
        self.goals |= other.goals;
        self.stopped |= other.stopped;
    }
}

/// Explores one variant.
pub fn explore(program: &Program<'_>, config: &ExploreConfig<'_>) -> Exploration {
    match config.strategy {
        Strategy::Uniform | Strategy::Pct { .. } => sample::explore(program, config),
        Strategy::Bounded { preemptions } => bounded::explore(program, config, preemptions),
    }
}
