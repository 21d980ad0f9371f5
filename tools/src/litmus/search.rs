//! Which executions of a program are looked at.

use super::ast::Program;
use super::interpret;
use lockstep::{Abandon, Control, Exploration, ExploreConfig, MemoryModel, Strategy};

/// How programs are explored.
#[derive(Clone, Copy, Debug)]
pub struct SearchConfig<'a> {
    /// The memory model.
    pub memory: MemoryModel,
    /// OS threads.
    pub jobs: usize,
    /// At most this many executions of a program.
    pub executions: u64,
    /// To follow and cancel the exploration.
    pub control: Option<&'a Control>,
}

/// Executions of a program, unless configured otherwise.
pub const EXECUTIONS_MAX: u64 = 1_000_000;

/// More preemptions than an execution of any program has choice points.
const PREEMPTIONS_MAX: u32 = 1_000_000;

/// How to explore all executions of a program, if the budget allows.
fn config<'a>(search: &SearchConfig<'a>) -> ExploreConfig<'a> {
    ExploreConfig {
        strategy: Strategy::Bounded { preemptions: PREEMPTIONS_MAX },
        executions: search.executions,
        jobs: search.jobs,
        memory: search.memory,
        control: search.control,
        ..ExploreConfig::default()
    }
}

/// The final states of a program.
pub fn final_states(program: &Program, search: &SearchConfig<'_>) -> Exploration {
    explore(program, &config(search), false)
}

/// Executions by which the machine checks what was proven without it.
const SAMPLES: u64 = 500;

/// Some final states of a program.
pub fn sampled_states(program: &Program, search: &SearchConfig<'_>) -> Exploration {
    let config = ExploreConfig { strategy: Strategy::Uniform, executions: SAMPLES, ..config(search) };
    explore(program, &config, false)
}

/// The executions of a program in which plain accesses are watched: a race ends them.
pub fn races(program: &Program, search: &SearchConfig<'_>) -> Exploration {
    explore(program, &config(search), true)
}

fn explore(program: &Program, config: &ExploreConfig<'_>, racing: bool) -> Exploration {
    let observed = program.observed();
    let body = || interpret::run(program, &observed, racing);
    lockstep::explore(&lockstep::Program { body: &body, abandon: Abandon::Unwind }, config)
}
