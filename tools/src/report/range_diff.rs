//! The behavioural range-diff: one line for each patch and scenario, in the notation of
//! `git range-diff`.

use super::tame::one_line;
use crate::document::{Cell, Document};
use textwrap::core::display_width;

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

/// The text, or its beginning and a mark. Characters that take two columns count so.
pub fn cut(text: &str, width: usize) -> String {
    if display_width(text) <= width {
        return text.trim_end().to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        kept.push(character);
        if display_width(&kept) >= width {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}
