//! Many executions of one variant: replay, sampling, enumeration.
//!
//! Every result carries its evidence. Results do not depend on the number of OS threads: executions
//! are numbered, and of all executions that show an outcome the one with the smallest number is its
//! witness.

mod bounded;
mod config;
mod control;
mod evidence;
mod dpor;
mod exploration;
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

pub use config::{ExploreConfig, Program, RunConfig, STEPS_MAX, Strategy};
pub use control::{Control, Noted, Pulse, WORKERS_MAX};
pub use evidence::{Covered, Evidence, Tried};
pub use exploration::Exploration;
pub use glance::{Glance, GlanceConfig};
pub use nearby::explore_nearby;
pub use outcome::{Column, Entry, Outcome, OutcomeId, OutcomeSet, Seen};
pub(crate) use replay::is_preemption;
pub(crate) use replay::mismatch_of;
pub use replay::{Execution, Mismatch, ObjectNames, Replayer, explicit, first_mismatch, run};
pub(crate) use sample::length_of;
pub use sample::portfolio;
pub use soon::{RANDOM_STRATEGIES, Soon, SoonConfig, mean_of_medians, soon};
pub use unshared::{Unshared, unshared};

/// Explores one variant.
pub fn explore(program: &Program<'_>, config: &ExploreConfig<'_>) -> Exploration {
    match config.strategy {
        Strategy::Uniform | Strategy::Pct { .. } | Strategy::Pos | Strategy::Portfolio { .. } => {
            sample::explore(program, config)
        }
        Strategy::Bounded { preemptions } => bounded::explore(program, config, preemptions),
        Strategy::Exhaustive => dpor::explore(program, config),
    }
}
