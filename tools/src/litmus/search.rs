//! Which executions of a program are looked at.

use super::ast::Program;
use super::interpret;
use lockstep::{Abandon, Control, Exploration, ExploreConfig, MemoryModel, Strategy};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How programs are explored.
#[derive(Clone, Copy, Debug)]
pub struct SearchConfig<'a> {
    /// The memory model.
    pub memory: MemoryModel,
    /// OS threads.
    pub jobs: usize,
    /// At most this many execution graphs of a program; the machine is enumerated no further
    /// either.
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

/// Executions of the machine where it proves alone, at most.
const MACHINE_MAX: u64 = 1_000_000;

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

/// Executions of the machine that show all final states of a program, by a search that ends as
/// others do.
pub fn all_states(program: &Program, search: &SearchConfig<'_>) -> Exploration {
    until_over(search, |config| explore(program, &config, false))
}

/// Executions that show all races of plain accesses, likewise.
pub fn all_races(program: &Program, search: &SearchConfig<'_>) -> Exploration {
    until_over(search, |config| explore(program, &config, true))
}

/// How often a search is asked whether it is over.
const ASKED_EVERY: Duration = Duration::from_millis(20);

/// Reduced search of the machine, which has no clock: it is cancelled when its time is over.
fn until_over(search: &SearchConfig<'_>, explore: impl FnOnce(ExploreConfig<'_>) -> Exploration) -> Exploration {
    let control = &Control::new();
    let executions = search.executions.min(MACHINE_MAX);
    let strategy = Strategy::Exhaustive;
    let (ended, end) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while end.recv_timeout(ASKED_EVERY) == Err(RecvTimeoutError::Timeout) {
                if search.is_over() {
                    control.cancel();
                }
            }
        });
        let found = explore(ExploreConfig { strategy, executions, control: Some(control), ..config(search) });
        drop(ended);
        found
    })
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
