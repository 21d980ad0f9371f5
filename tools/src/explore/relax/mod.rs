//! `explore --relax`: each ordering of the kernel and of the designs taken away, one at a time, and
//! what then shows.
//!
//! Claim C14 asks for it: an ordering that some outcome or claim depends on deserves a comment. One
//! table for all designs, a line a place; below it, for each that something depends on, what the
//! weakened design shows and a token for each. What one run prints can be committed; `--check` then
//! looks whether it still holds.
//!
//! Limit: how much a place is searched is a part of what `--exhaustive-max`, `--enumerated` and
//! `--executions` give a comparison, for there are thousands of places and scenarios; see
//! `claims::dependence`.

mod committed;
mod rows;
mod text;
mod work;

pub use self::committed::{check, is_table, read};
pub use self::rows::Row;

use self::work::{Terms, study};
use crate::cli::arguments::{Format, Options};
use crate::cli::selection::Selection;
use crate::cli::session;
use crate::cli::status::Status;
use crate::compare;
use lockstep::CompareConfig;

/// A design as it is gets this part of the runs of an exhaustive search that a comparison gets.
const AS_IT_IS: u64 = 4;

/// Weakens every place in turn; returns the text and how it went.
pub fn command(selection: &Selection, options: &Options) -> (String, Status) {
    let config = config(options, selection);
    let scenarios: Vec<&'static str> = selection.scenarios.iter().map(|scenario| &*scenario.id).collect();
    let terms = Terms { scenarios: &scenarios, config: &config, jobs: compare::jobs(options) };
    let studied = study(&selection.variants, &terms);
    let rows = rows::rows(&studied, selection.memory);
    let text = match options.format {
        Format::Json => rows::json(&rows),
        _ => text::text(
            &rows,
            (&rows::together(&studied), rows::weakest(&studied)),
            (selection.memory.name(), &scenarios),
        ),
    };
    let cut_short = session::is_ending();
    if cut_short {
        session::say_cut_short();
    }
    (text, if cut_short { Status::Budget } else { Status::Fine })
}

/// Each part of the work runs on one OS thread, for there are many parts.
fn config(options: &Options, selection: &Selection) -> CompareConfig<'static> {
    let config = compare::config(options, selection.memory);
    CompareConfig { exhaustive_max: config.exhaustive_max / AS_IT_IS, jobs: 1, ..config }
}
