//! The behavioural range-diff: one line for each patch and scenario, in the notation of `git range-diff`.

use crate::document::{Cell, Document};

/// What the signs mean.
pub const LEGEND: &str = "= nothing changes, > outcomes appear, < outcomes vanish, ! both";

/// What the cells of a matrix mean.
pub const CELLS: &str = "= the same outcomes, +n outcomes that the step brings, -n outcomes that it removes";

/// The lines, each with its sign between the numbers of the variants, cut to a width.
pub fn lines(document: &Document, width: usize) -> Vec<String> {
    let titles = document.scenarios.iter().map(|scenario| scenario.title().chars().count()).max().unwrap_or(0);
    let line = |cell: Cell<'_>| {
        let head = format!("{} {} {}  ", cell.step, cell.mark(), cell.step + 1);
        let line = format!("{head}{:titles$}  {:8}{}", cell.scenario.title(), cell.counts(), cell.scenario.name);
        cut(&line, width)
    };
    document.cells().map(line).collect()
}

/// The text, or its beginning and a mark.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.trim_end().to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
