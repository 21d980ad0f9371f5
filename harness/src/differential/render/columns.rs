//! Two executions under one schedule, side by side.

use super::lines::{TraceLine, trace_lines};
use super::{Describe, history_lines};
use crate::explore::Execution;
use crate::sim::Kind;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Characters of one column.
const CELL: usize = 60;

/// Equal lines kept before and after a difference.
const CONTEXT: usize = 2;

/// Rows shown before the place where a client can first tell the two apart.
const BEFORE_MAX: usize = 24;

/// Rows shown from there on. What follows is a consequence; whoever wants it replays the witness.
const AFTER_MAX: usize = 12;

/// A row: what either side did. Both, if they did the same.
type Row<'a> = (Option<&'a TraceLine>, Option<&'a TraceLine>);

/// Where two executions part: in what they do, and in what a client can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FirstDifference {
    /// A sentence on the first event that differs, if any does.
    event: Option<String>,
    /// A sentence on the first observation that differs, if any does.
    observation: Option<String>,
}

fn rows<'a>(left: &'a [TraceLine], right: &'a [TraceLine]) -> Vec<Row<'a>> {
    let cells = |lines: &[TraceLine]| lines.iter().map(TraceLine::cell).collect::<Vec<_>>();
    let mut rows = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &cells(left), &cells(right)) {
        match op {
            DiffOp::Equal { old_index, new_index, len } => {
                rows.extend((0..len).map(|at| (Some(&left[old_index + at]), Some(&right[new_index + at]))));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                rows.extend(left[old_index..old_index + old_len].iter().map(|line| (Some(line), None)));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                rows.extend(right[new_index..new_index + new_len].iter().map(|line| (None, Some(line))));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                // Side by side as far as both have lines; these are not the same, so each row has a difference.
                for at in 0..old_len.max(new_len) {
                    let of = |lines: &'a [TraceLine], from: usize, len: usize| (at < len).then(|| &lines[from + at]);
                    rows.push((of(left, old_index, old_len), of(right, new_index, new_len)));
                }
            }
        }
    }
    rows
}

fn is_equal(row: &Row<'_>) -> bool {
    matches!(row, (Some(left), Some(right)) if left.cell() == right.cell())
}

/// Where the two executions part. Before the first thread is started nothing is concurrent: how variants differ there is no news.
fn first_difference(
    names: (&str, &str),
    executions: (&Execution, &Execution),
    describe: &dyn Describe,
) -> FirstDifference {
    let lines = (trace_lines(executions.0, describe), trace_lines(executions.1, describe));
    let rows = rows(&lines.0, &lines.1);
    let started = rows.iter().position(|row| row.0.is_some_and(|line| line.text == Kind::Spawn.name())).unwrap_or(0);
    let differs = rows[started..].iter().find(|row| !is_equal(row));
    let event = differs.map(|row| {
        let say = |name: &str, line: Option<&TraceLine>| match line {
            Some(line) => {
                let site = line.sites.last().map_or(String::new(), |site| format!(" in {site}"));
                format!("{name}: {}{site}: {}", line.thread, line.text)
            }
            None => format!("{name}: nothing there"),
        };
        format!("{}; {}", say(names.0, row.0), say(names.1, row.1))
    });
    FirstDifference { event, observation: first_observation(names, executions, describe) }
}

/// A sentence on the first entry, column by column, that the two outcomes do not share.
pub fn first_observation(
    names: (&str, &str),
    executions: (&Execution, &Execution),
    describe: &dyn Describe,
) -> Option<String> {
    let histories = (history_lines(&executions.0.outcome, describe), history_lines(&executions.1.outcome, describe));
    let columns = histories.0.iter().chain(&histories.1).map(|(column, _)| column);
    for column in columns {
        let of = |lines: &[(String, Vec<String>)]| {
            lines.iter().find(|(name, _)| name == column).map_or(Vec::new(), |(_, entries)| entries.clone())
        };
        let (left, right) = (of(&histories.0), of(&histories.1));
        let differs = (0..left.len().max(right.len())).find(|&at| left.get(at) != right.get(at));
        if let Some(at) = differs {
            let say = |entries: &[String]| entries.get(at).map_or("nothing more".to_owned(), String::clone);
            return Some(format!("{column}: {}: {}; {}: {}", names.0, say(&left), names.1, say(&right)));
        }
    }
    None
}

/// Both traces, aligned, around the place where a client can first tell them apart. Equal stretches are folded, and so is what lies far before and
/// after: differences there are how the variants do things, not what comes of it. `<` and `>` mark what only one side did, `!` where they
/// did different things.
fn two_columns(names: (&str, &str), executions: (&Execution, &Execution), describe: &dyn Describe) -> Vec<String> {
    let lines = (trace_lines(executions.0, describe), trace_lines(executions.1, describe));
    let rows = rows(&lines.0, &lines.1);
    let differing: Vec<usize> = (0..rows.len()).filter(|&at| !is_equal(&rows[at])).collect();
    let seen = differing.iter().copied().find(|&at| is_observable(&rows[at]));
    let center = seen.or(differing.first().copied()).unwrap_or(rows.len());
    let is_near = |at: usize| {
        let next = differing.partition_point(|&other| other < at);
        let before = next.checked_sub(1).map(|before| at - differing[before]);
        let after = differing.get(next).map(|&after| after - at);
        before.into_iter().chain(after).any(|distance| distance <= CONTEXT)
    };
    // Rows before the center are counted from it backwards, so that the window is full of what matters.
    let mut before: Vec<usize> = (0..center).rev().filter(|&at| is_near(at)).take(BEFORE_MAX).collect();
    before.reverse();
    let window: Vec<usize> =
        before.into_iter().chain((center..rows.len()).filter(|&at| is_near(at)).take(AFTER_MAX)).collect();
    let mut text = vec![row_text(' ', names.0, names.1)];
    let mut folded = (0, 0);
    for (at, row) in rows.iter().enumerate() {
        if !is_kept(row) && window.binary_search(&at).is_err() {
            folded.0 += 1;
            folded.1 += usize::from(!is_equal(row));
            continue;
        }
        fold(&mut text, &mut folded);
        if Some(at) == seen {
            text.push("--- first observable difference".to_owned());
        }
        let mark = match row {
            _ if is_equal(row) => ' ',
            (Some(_), Some(_)) => '!',
            (Some(_), None) => '<',
            _ => '>',
        };
        let cell = |line: Option<&TraceLine>| line.map_or(String::new(), TraceLine::cell);
        text.push(row_text(mark, &cell(row.0), &cell(row.1)));
    }
    fold(&mut text, &mut folded);
    text
}

/// Rows that are never folded: what a client sees, and what the subject says of itself.
fn is_kept(row: &Row<'_>) -> bool {
    is_observable(row) || row.0.is_some_and(|line| line.remark) || row.1.is_some_and(|line| line.remark)
}

fn is_observable(row: &Row<'_>) -> bool {
    row.0.is_some_and(|line| line.observable) || row.1.is_some_and(|line| line.observable)
}

/// Says how many rows were left out, and how many of them differ.
fn fold(text: &mut Vec<String>, folded: &mut (usize, usize)) {
    let (count, differing) = std::mem::take(folded);
    if count > 0 {
        let plural = if count == 1 { "" } else { "s" };
        let differ =
            if differing > 0 { format!(", {differing} of them on one side only or different") } else { String::new() };
        text.push(format!("  … {count} event{plural}{differ}"));
    }
}

fn row_text(mark: char, left: &str, right: &str) -> String {
    let cut = |text: &str| match text.char_indices().nth(CELL) {
        Some(_) => format!("{}…", text.chars().take(CELL - 1).collect::<String>()),
        None => text.to_owned(),
    };
    format!("{mark} {:CELL$} | {}", cut(left), cut(right)).trim_end().to_owned()
}

/// What a reader wants to know of two executions under one schedule: where they part and, if `traced`, both traces.
pub fn difference_lines(
    names: (&str, &str),
    executions: (&Execution, &Execution),
    describe: &dyn Describe,
    traced: bool,
) -> Vec<String> {
    let difference = first_difference(names, executions, describe);
    let mut lines = Vec::new();
    lines.extend(difference.event.map(|event| format!("first difference: {event}")));
    lines.push(match difference.observation {
        Some(observation) => format!("first observable difference: {observation}"),
        None if executions.0.outcome.id == executions.1.outcome.id => {
            format!("under this schedule {} shows the same", names.1)
        }
        None => "the histories are the same, the ends differ".to_owned(),
    });
    if executions.1.skipped > executions.0.skipped {
        let count = executions.1.skipped - executions.0.skipped;
        let plural = if count == 1 { " of the schedule finds" } else { "s of the schedule find" };
        lines.push(format!("{count} decision{plural} no place in {}", names.1));
    }
    if traced {
        lines.extend(two_columns(names, executions, describe).into_iter().map(|line| format!("  {line}")));
    }
    lines
}
