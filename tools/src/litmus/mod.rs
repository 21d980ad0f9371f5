//! `lockstep litmus`: litmus tests in herd's C format, run on the simulated machine.
//!
//! Promise: a test prints what herd prints, with the final states that the machine shows under the
//! memory model that is asked for. What is not supported is refused with its place. Limits: see
//! [`text`] for the language and [`interpret`] for what its primitives mean. What is said is proven
//! by [`graphs`]; the machine checks it, and says by itself whether plain accesses race.
//! Deviations: see [`verdict`] for what is counted and when nothing is proven.

mod assumed;
mod ast;
#[cfg(test)]
mod compact;
mod error;
mod file;
mod flag;
mod graphs;
mod interpret;
mod labels;
mod operation;
mod operators;
mod placing;
mod race;
#[cfg(test)]
mod reading;
mod render;
mod search;
mod shadows;
#[cfg(test)]
mod tests;
mod text;
mod threads;
mod types;
mod verdict;
mod visit;

use crate::cli::session;
use crate::cli::status::Status;
use crate::cli::trouble::Trouble;
use lockstep::{Control, MemoryModel};
use search::{GRAPHS_MAX, SearchConfig};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How tests are asked.
#[derive(Clone, Copy)]
pub struct LitmusConfig<'a> {
    /// The memory model.
    pub memory: MemoryModel,
    /// OS threads.
    pub jobs: usize,
    /// Random executions of the machine by which each proof is checked.
    pub executions: u64,
    /// Where they begin.
    pub seed: u64,
    /// For all files together, if there is a limit.
    pub time: Option<Duration>,
    /// To follow and cancel the whole.
    pub control: &'a Control,
}

/// Runs the tests of all files in order. A file that cannot be run is complained of, and the others
/// still run. Each file has its share of the time that is left.
pub fn command(files: &[PathBuf], config: &LitmusConfig<'_>, print: impl Fn(&str) -> Status) -> Status {
    let mut status = Status::Fine;
    let end = config.time.map(|time| Instant::now() + time);
    for (nth, file) in files.iter().enumerate() {
        if config.control.is_cancelled() {
            session::say(&format!("{} and what follows it was not run", file.display()));
            status = status.and(Status::Budget);
            break;
        }
        let left = u32::try_from(files.len() - nth).unwrap_or(u32::MAX);
        let share = end.map(|end| end.saturating_duration_since(Instant::now()) / left);
        match run(file, config, share) {
            Ok((text, proven)) => status = status.and(print(&text)).and(proven),
            Err(trouble) => status = status.and(trouble.say()),
        }
    }
    status
}

/// What one file's test prints and whether it is proven, or what is wrong with it, and where.
fn run(path: &Path, config: &LitmusConfig<'_>, share: Option<Duration>) -> Result<(String, Status), Trouble> {
    let text = file::read(path).map_err(|error| error.in_file(path))?;
    let program = text::parse(&text).map_err(|error| error.in_file(path))?;
    let search = SearchConfig {
        memory: config.memory,
        jobs: config.jobs,
        executions: GRAPHS_MAX,
        samples: config.executions,
        seed: config.seed,
        end: share.map(|share| Instant::now() + share),
        control: Some(config.control),
    };
    let verdict = verdict::ask(&program, &search).map_err(|error| error.in_file(path))?;
    let status = if verdict.is_unproven() { Status::Budget } else { Status::Fine };
    Ok((render::render(&program, &verdict, config.memory), status))
}
