//! Many executions of one variant: replay, sampling, enumeration.
//!
//! Every result carries its evidence. Results do not depend on the number of OS threads: executions are numbered, and of all
//! executions that show an outcome the one with the smallest number is its witness.

mod bounded;
mod control;
mod exhaustive;
mod glance;
pub mod graph;
mod outcome;
mod nearby;
mod replay;
mod sample;
mod soon;
mod tally;

pub use control::{Control, Noted, Pulse, WORKERS_MAX};
pub use glance::{Glance, GlanceConfig};
pub use nearby::explore_nearby;
pub use outcome::{Column, Entry, Outcome, OutcomeId, OutcomeSet, Seen};
pub(crate) use replay::is_preemption;
pub(crate) use replay::mismatch_of;
pub use replay::{Execution, Mismatch, ObjectNames, Replayer, RunConfig, explicit, first_mismatch, run};
pub(crate) use sample::length_of;
pub use sample::portfolio;
pub use soon::{RANDOM_STRATEGIES, Soon, SoonConfig, mean_of_medians, soon};

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
    /// OS threads; at least 1.
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

/// What stands behind a result: how much was explored, never more. Without anything, nothing was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// Every schedule was covered. What was not seen cannot happen, under the memory model.
    pub exhaustive: bool,
    /// Every schedule with at most this many preemptions was covered. What was not seen needs more of them.
    pub preemptions: Option<u32>,
    /// So many executions of an enumeration were made beyond the last bound that it completed.
    pub enumerated: u64,
    /// So many executions were random. What was not seen was not observed.
    pub sampled: u64,
    /// The seed of the random ones.
    pub seed: Option<u64>,
}

impl Evidence {
    /// What two explorations of one program prove together.
    pub fn and(self, other: Evidence) -> Evidence {
        Evidence {
            exhaustive: self.exhaustive || other.exhaustive,
            preemptions: self.preemptions.max(other.preemptions),
            enumerated: self.enumerated + other.enumerated,
            sampled: self.sampled + other.sampled,
            seed: self.seed.or(other.seed),
        }
    }

    /// What holds of both of two programs.
    pub fn weaker(self, other: Evidence) -> Evidence {
        let rank =
            |evidence: &Evidence| (evidence.exhaustive, evidence.preemptions, evidence.sampled, evidence.enumerated);
        if rank(&other) < rank(&self) { other } else { self }
    }

    /// Whether nothing was explored.
    pub fn is_nothing(&self) -> bool {
        *self == Evidence { seed: self.seed, ..Evidence::default() }
    }

    /// What the absence of an outcome means under this evidence.
    pub fn absence(&self) -> String {
        self.absence_of(0)
    }

    /// What the absence of an outcome means that another program shows with so many preemptions.
    pub fn absence_of(&self, preemptions: usize) -> String {
        match self.preemptions {
            _ if self.exhaustive => "never".to_owned(),
            Some(bound) if preemptions <= bound as usize => {
                format!("not within {bound} preemption{}", plural(bound.into()))
            }
            _ => format!("not observed in {} executions", self.sampled + self.enumerated),
        }
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.exhaustive {
            return f.write_str("exhaustive");
        }
        if self.is_nothing() {
            return f.write_str("nothing explored");
        }
        let mut parts = Vec::new();
        parts.extend(
            self.preemptions.map(|bound| format!("exhaustive up to {bound} preemption{}", plural(bound.into()))),
        );
        parts.extend((self.enumerated > 0).then(|| format!("{} enumerated", self.enumerated)));
        if self.sampled > 0 {
            let seed = self.seed.map_or(String::new(), |seed| format!(" (seed {seed})"));
            parts.push(format!("sampled {}{seed}", self.sampled));
        }
        f.write_str(&parts.join(", "))
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
            evidence: Evidence::default(),
            executions: 0,
            steps: 0,
            cut: 0,
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
        self.cut += other.cut;
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
