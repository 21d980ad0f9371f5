//! The stop/resume protocol of utrace, as two engineers compared three designs of it by mail in
//! August 2009, and a model of the kernel around it.
//!
//! What is promised: every lock, barrier, wake-up and lockless read of the protocol is an event of
//! the simulator; the three designs differ in one file each; scenarios are data. What cannot be
//! shown: anything below the level of C (compilers, interrupts), freed memory, and whatever
//! `variants/docs/commits.md` lists as left out.
//!
//! ```text
//!   claims      sentences of the thread, decided by exploration
//!      |
//!   scenarios   questions as data, the interpreter, the monitors
//!      |
//!   utrace      the API, the reports, the hooks; Design: stopped_locked, stopped_lockless, stopped_removed
//!      |
//!   kernel      tasks, signals, run queues, group stop, exit
//!      |
//!   lockstep    threads, locks, memory
//! ```

mod kernel;
mod utrace;
mod variants;
mod scenarios;
mod generate;
mod observation;
mod describe;
mod values;
mod subject;
pub mod claims;
pub mod hunt;
mod sources;
mod commits;
#[cfg(test)]
mod mutants;

pub use commits::{COMMITS_PAGE, Origin, commit_at, origins};
pub use describe::describe;
pub use generate::{CHART, GENERATOR_VERSION, generate, generated, reductions, size};
#[cfg(feature = "proptest")]
pub use generate::{GeneratedScenarios, ScenarioTree, generated_scenarios};
pub use scenarios::program::{Goal, Scenario};
pub use scenarios::run::thread_names;
pub use scenarios::scenarios;
pub use scenarios::text::{TextError, read_scenario, write_scenario};
pub use scenarios::well_formed::{IllFormed, well_formed};
pub use sources::{DESIGN_SOURCES, DesignSource, code_lines};
pub use subject::{Words, heading, repairs_of, subject_name, with_programs};
pub use utrace::Repairs;
pub use values::describe_value;
pub use variants::{VariantInfo, variants};

/// Runs one scenario on one variant inside a simulated execution, as the body of its main thread.
pub fn run(variant: &VariantInfo, repairs: Repairs, scenario: &Scenario) {
    let (design, policy) = variant.design(repairs);
    scenarios::run::run(design, policy, scenario);
}
