//! Which executions of a program are looked at.

use super::ast::Program;
use super::interpret;
use lockstep::{Abandon, Control, Exploration, ExploreConfig, MemoryModel, Strategy};
use std::time::Instant;

/// How programs are explored.
#[derive(Clone, Copy, Debug)]
pub struct SearchConfig<'a> {
    /// The memory model.
    pub memory: MemoryModel,
    /// OS threads.
    pub jobs: usize,
    /// At most this many execution graphs of a program.
    pub executions: u64,
    /// Executions of the machine by which a proof is checked.
    pub samples: u64,
    /// Where their random schedules begin.
    pub seed: u64,
    /// When the search of this program ends, proven or not.
    pub end: Option<Instant>,
    /// To follow and cancel the exploration.
    pub control: Option<&'a Control>,
}

/// Execution graphs of a program, at most.
pub const GRAPHS_MAX: u64 = 20_000_000;

/// More preemptions than an execution of any program has choice points.
const PREEMPTIONS_MAX: u32 = 1_000_000;

/// How to explore all executions of a program, if the budget allows.
fn config<'a>(search: &SearchConfig<'a>) -> ExploreConfig<'a> {
    ExploreConfig {
        strategy: Strategy::Bounded { preemptions: PREEMPTIONS_MAX },
        executions: search.executions,
        seed: search.seed,
        jobs: search.jobs,
        memory: search.memory,
        control: search.control,
        ..ExploreConfig::default()
    }
}

/// The final states of a program, by enumeration.
#[cfg(test)]
pub fn final_states(program: &Program, search: &SearchConfig<'_>) -> Exploration {
    explore(program, &config(search), false)
}

fn sampled<'a>(search: &SearchConfig<'a>) -> ExploreConfig<'a> {
    ExploreConfig { strategy: Strategy::Uniform, executions: search.samples, ..config(search) }
}

/// Some final states of a program.
pub fn sampled_states(program: &Program, search: &SearchConfig<'_>) -> Exploration {
    explore(program, &sampled(search), false)
}

/// Some executions of a program in which plain accesses are watched: a race ends them.
pub fn sampled_races(program: &Program, search: &SearchConfig<'_>) -> Exploration {
    explore(program, &sampled(search), true)
}

impl SearchConfig<'_> {
    /// Whether the search is to end.
    pub fn is_over(&self) -> bool {
        self.control.is_some_and(Control::is_cancelled) || self.end.is_some_and(|end| Instant::now() >= end)
    }
}

fn explore(program: &Program, config: &ExploreConfig<'_>, racing: bool) -> Exploration {
    let observed = program.observed();
    let body = || interpret::run(program, &observed, racing);
    lockstep::explore(&lockstep::Program { body: &body, abandon: Abandon::Unwind }, config)
}
