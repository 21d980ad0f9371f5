//! The behavioural range-diff: one line for each patch and scenario, in the notation of
//! `git range-diff`.

use super::tame::one_line;
use crate::cli::cut::cut;
use crate::document::{Cell, Document};

/// What the signs mean.
pub const LEGEND: &str = "= nothing changes, > outcomes appear, < outcomes vanish, ! both, - not explored";

/// What the cells of a matrix mean.
pub const CELLS: &str = "= the same outcomes, +n outcomes that the step brings, -n outcomes that it removes";

/// The lines, each with its sign between the numbers of the variants, cut to a width.
pub fn lines(document: &Document, width: usize) -> Vec<String> {
    let titles = document.scenarios.iter().map(|scenario| scenario.title().chars().count()).max().unwrap_or(0);
    let line = |cell: Cell<'_>| {
        let head = format!("{} {} {}  ", cell.step, cell.mark(), cell.step + 1);
        let line = format!("{head}{:titles$}  {:8}{}", cell.scenario.title(), cell.counts(), cell.scenario.name);
        cut(&one_line(&line), width)
    };
    document.cells().map(line).collect()
}
