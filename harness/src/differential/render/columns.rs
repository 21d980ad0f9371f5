//! Two executions under one schedule, side by side.

use super::aligned::{Aligned, aligned};
use super::lines::TraceLine;
use super::{Describe, history_lines};
use crate::explore::Execution;

/// Characters of one column.
const CELL: usize = 60;

/// Where two executions under one schedule part, in sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    /// The first event that differs, if any does.
    pub event: Option<String>,
    /// The first observation that differs, if any does.
    pub observation: Option<String>,
    /// What else there is to say: why no observation differs, and decisions of the schedule that
    /// found no place.
    pub notes: Vec<String>,
}

impl Apart {
    /// All of it, a sentence a line.
    pub fn sentences(self) -> Vec<String> {
        let Apart { event, observation, notes } = self;
        let event = event.map(|event| format!("first difference: {event}"));
        let observation = observation.map(|observation| format!("first observable difference: {observation}"));
        event.into_iter().chain(observation).chain(notes).collect()
    }
}

/// Where the two executions part; `aligned` are their traces.
pub fn apart(
    names: (&str, &str),
    executions: (&Execution, &Execution),
    aligned: &Aligned,
    describe: &dyn Describe,
) -> Apart {
    let event = aligned.first_event.map(|at| {
        let say = |name: &str, line: Option<&TraceLine>| match line {
            Some(line) => {
                let site = line.sites.last().map_or(String::new(), |site| format!(" in {site}"));
                format!("{name}: {}{site}: {}", line.thread, line.text)
            }
            None => format!("{name}: nothing there"),
        };
        let row = &aligned.rows[at];
        format!("{}; {}", say(names.0, aligned.left_line(row)), say(names.1, aligned.right_line(row)))
    });
    let observation = first_observation(names, executions, describe);
    let mut notes = Vec::new();
    if observation.is_none() {
        notes.push(match executions.0.outcome.id == executions.1.outcome.id {
            true => format!("under this schedule {} shows the same", names.1),
            false => "the histories are the same, the ends differ".to_owned(),
        });
    }
    if executions.1.skipped > executions.0.skipped {
        let count = executions.1.skipped - executions.0.skipped;
        let plural = if count == 1 { " of the schedule finds" } else { "s of the schedule find" };
        notes.push(format!("{count} decision{plural} no place in {}", names.1));
    }
    Apart { event, observation, notes }
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

/// Both traces, aligned, around the place where a client can first tell them apart, the rest
/// folded. `<` and `>` mark what only one side did, `!` where they did different things.
fn two_columns(names: (&str, &str), aligned: &Aligned) -> Vec<String> {
    let mut text = vec![row_text(' ', names.0, names.1)];
    let mut folded = (0, 0);
    for (at, row) in aligned.rows.iter().enumerate() {
        if !row.is_near {
            folded.0 += 1;
            folded.1 += usize::from(!row.is_equal);
            continue;
        }
        fold(&mut text, &mut folded);
        if Some(at) == aligned.first_observable {
            text.push("--- first observable difference".to_owned());
        }
        let cell = |line: Option<&TraceLine>| line.map_or(String::new(), TraceLine::cell);
        text.push(row_text(row.mark(), &cell(aligned.left_line(row)), &cell(aligned.right_line(row))));
    }
    fold(&mut text, &mut folded);
    text
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

/// What a reader wants to know of two executions under one schedule: where they part and, if
/// `traced`, both traces.
pub fn difference_lines(
    names: (&str, &str),
    executions: (&Execution, &Execution),
    describe: &dyn Describe,
    traced: bool,
) -> Vec<String> {
    let aligned = aligned(executions, describe);
    let mut lines = apart(names, executions, &aligned, describe).sentences();
    if traced {
        lines.extend(two_columns(names, &aligned).into_iter().map(|line| format!("  {line}")));
    }
    lines
}
