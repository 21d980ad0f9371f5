//! Two executions under one schedule on a terminal, side by side, each event with its place.

use crate::cli::counted::counted;
use crate::cli::cut::cut;
use crate::document::{PlacePart, TracePart, WitnessPart};
use textwrap::core::display_width;

/// Columns of one side.
const SIDE: usize = 60;

/// Columns of the name of a file.
const PLACE: usize = 20;

/// Both traces, what a reader does not need folded.
pub fn two_columns(witness: &WitnessPart) -> Vec<String> {
    let mut text = vec![row(' ', &witness.variants[0], &witness.variants[1])];
    let (mut folded, mut differing) = (0, 0);
    for (at, part) in witness.rows.iter().enumerate() {
        if !part.near {
            folded += 1;
            differing += usize::from(part.mark != ' ');
            continue;
        }
        text.extend(fold(std::mem::take(&mut folded), std::mem::take(&mut differing)));
        if Some(at) == witness.first_observable {
            text.push("--- first observable difference".to_owned());
        }
        text.push(row(part.mark, &cell(&witness.traces[0], part.left), &cell(&witness.traces[1], part.right)));
    }
    text.extend(fold(folded, differing));
    text
}

/// How many rows were left out, and how many of them differ.
fn fold(count: usize, differing: usize) -> Option<String> {
    let differ =
        if differing > 0 { format!(", {differing} of them on one side only or different") } else { String::new() };
    (count > 0).then(|| format!("  … {}{differ}", counted(count, "event")))
}

fn row(mark: char, left: &str, right: &str) -> String {
    let pad = " ".repeat(SIDE.saturating_sub(display_width(left)));
    format!("{mark} {left}{pad} | {right}").trim_end().to_owned()
}

/// An event with its thread, and its place at the end of the column.
fn cell(trace: &TracePart, event: Option<usize>) -> String {
    let Some(event) = event.and_then(|at| trace.events.get(at)) else { return String::new() };
    let place = short(&event.place);
    let text = cut(&trace.line(event), SIDE.saturating_sub(display_width(&place) + 2));
    let pad = " ".repeat(SIDE.saturating_sub(display_width(&text) + display_width(&place)));
    format!("{text}{pad}{place}")
}

/// The file without its folders, and the line: a column has no room for more.
fn short(place: &PlacePart) -> String {
    let file = place.file.rsplit(['/', '\\']).next().unwrap_or(&place.file);
    match place.line {
        0 => cut(file, PLACE),
        line => format!("{}:{line}", cut(file, PLACE)),
    }
}
