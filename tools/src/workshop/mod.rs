//! Building and running generated code: a package in a build folder, compiled by cargo, spoken to
//! in messages of [`lockstep_runner::protocol`].
//!
//! Promise: a package is written completely or not at all, two runs of Lockstep do not write one
//! package at a time, and what the compiler says comes back as an error. Nothing generated is
//! loaded into this process: a variant that loops or overruns its stack takes only its runner with
//! it.

mod built;
mod origins;
mod own;
mod package;
mod workspace;
mod runner;
mod sealed;
mod shipped;
mod switches;
mod utrace;

pub use built::Built;
pub use own::{check_module, look_at, own_package, own_subject, package_name};
pub use package::Package;
pub use runner::{Runner, listing, select_listed, select_steps};
pub use shipped::{Steps, shipped_package};
pub use utrace::{Glue as Utrace, situation};
pub use workspace::{Workspace, is_shipped};
