//! `lockstep litmus`: litmus tests in herd's C format, run on the simulated machine.
//!
//! Promise: a test prints what herd prints, with the final states that the machine shows under the memory model that is
//! asked for. What is not supported is refused with its place. Limits: see [`text`] for the language and [`interpret`]
//! for what its primitives mean. What is said is proven by [`graphs`]; the machine checks it, and says by itself
//! whether plain accesses race. Deviations: see [`verdict`] for what is counted and when nothing is proven.

mod ast;
#[cfg(test)]
mod compact;
mod error;
mod file;
mod flag;
mod graphs;
mod interpret;
mod race;
mod render;
mod search;
#[cfg(test)]
mod tests;
mod text;
mod threads;
mod verdict;

use crate::status::Status;
use lockstep::CompareConfig;
use search::{EXECUTIONS_MAX, SearchConfig};
use std::path::{Path, PathBuf};

/// Runs the tests of all files in order, with the memory model, OS threads and control of `config`. A file that cannot
/// be run is complained of, and the others still run.
pub fn command(files: &[PathBuf], config: &CompareConfig<'_>, print: impl Fn(&str) -> Status) -> Status {
    let CompareConfig { memory, jobs, control, .. } = *config;
    let search = SearchConfig { memory, jobs, executions: EXECUTIONS_MAX, control };
    let mut status = Status::Fine;
    for file in files {
        if control.is_some_and(|control| control.is_cancelled()) {
            anstream::eprintln!("lockstep: {} and what follows it was not run", file.display());
            break;
        }
        match run(file, &search) {
            Ok(text) => status = status.and(print(&text)),
            Err(message) => {
                anstream::eprintln!("lockstep: {message}");
                status = status.and(Status::Usage);
            }
        }
    }
    status
}

/// What one file's test prints, or the message that says where it is wrong.
fn run(path: &Path, search: &SearchConfig<'_>) -> Result<String, String> {
    let name = path.display();
    let text = file::read(path).map_err(|error| format!("{name}: {error}"))?;
    let program = text::parse(&text).map_err(|error| format!("{name}:{error}"))?;
    let verdict = verdict::ask(&program, search).map_err(|message| format!("{name}: {message}"))?;
    Ok(render::render(&program, &verdict))
}
