//! Traces, histories and ends as lines.

use super::Describe;
use crate::explore::{Column, Entry, Execution, Outcome};
use crate::schedule::THREADS_MAX;
use crate::sim::{Blocked, End, Kind, Place, What};

/// One line of a rendered trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceLine {
    /// Name of the thread.
    pub thread: String,
    /// Its number.
    pub thread_number: usize,
    /// The named sites it is in, outermost first.
    pub sites: Vec<String>,
    /// What happened, with names and values.
    pub text: String,
    /// What it touched, if it is an access, lock operation, wait or wake.
    pub touched: Option<Touched>,
    /// Whether a client could see it: an observation or a warning.
    pub observable: bool,
    /// Whether the subject said it, to make the trace readable.
    pub remark: bool,
    /// Whether it is one of the two accesses of a race: never folded.
    pub races: bool,
    /// Whether it is a warning.
    pub warns: bool,
    /// Whether it is how the execution ends, and no event.
    pub ends: bool,
    /// The source line, for diagnostics; never part of snapshots.
    pub place: Place,
}

/// What an event touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Its kind.
    pub kind: Kind,
    /// Name of the object.
    pub object: String,
    /// The value read.
    pub read: Option<u64>,
    /// The value written.
    pub written: Option<u64>,
}

impl TraceLine {
    /// Thread and text, as it stands in a column.
    pub fn cell(&self) -> String {
        let mark = match (self.observable, self.remark) {
            (true, _) => "* ",
            (_, true) => "# ",
            _ => "",
        };
        format!("{}: {mark}{}", self.thread, self.text)
    }
}

/// The trace of an execution, a line an event, and of an end that nobody can want a line for each
/// thread that it is about. Sites have no lines of their own; each line knows the sites it is in.
pub fn trace_lines(execution: &Execution, describe: &dyn Describe) -> Vec<TraceLine> {
    let mut sites: Vec<Vec<String>> = vec![Vec::new(); execution.threads.len()];
    let mut lines = Vec::new();
    for event in &execution.trace {
        let thread = usize::from(event.thread);
        let mut touched = None;
        let (text, observable) = match event.what {
            What::Enter(name, number) => {
                sites[thread].push(number.map_or(name.to_owned(), |number| format!("{name} {number}")));
                continue;
            }
            What::Leave(_) => {
                sites[thread].pop();
                continue;
            }
            What::Observe(column, word) => (observed(execution, thread, column, &describe.word(word)), true),
            What::Warn(message) => (format!("sim: WARN: {message}"), true),
            // Monitors are not part of what is modelled; what they find is observable.
            What::Access { kind: Kind::Note | Kind::GhostRead | Kind::GhostWrite, .. } => continue,
            What::Remark(number) => (execution.remarks[number as usize].clone(), false),
            What::Access { kind, object, read, written, is_unusual, .. } => {
                let name = match kind {
                    Kind::Join => execution.threads[object.number()].as_str(),
                    _ => execution.objects.name(object),
                };
                touched = Some(Touched { kind, object: name.to_owned(), read, written });
                let suffix = if is_unusual { unusual(kind) } else { "" };
                (access(kind, name, read, written, describe) + suffix, false)
            }
        };
        lines.push(TraceLine {
            thread: execution.threads[thread].clone(),
            thread_number: thread,
            sites: sites[thread].clone(),
            text,
            touched,
            observable,
            remark: matches!(event.what, What::Remark(_)),
            races: false,
            warns: matches!(event.what, What::Warn(_)),
            ends: false,
            place: event.place,
        });
    }
    mark_race(execution, &mut lines);
    let line = |(thread, text, place): (usize, String, Option<Place>)| {
        let last = || execution.trace.iter().rfind(|event| usize::from(event.thread) == thread);
        // Where it is not known where the thread ended so, it is where the thread came last.
        let place = place.or_else(|| last().or(execution.trace.last()).map(|event| event.place))?;
        Some(TraceLine {
            thread: execution.threads[thread].clone(),
            thread_number: thread,
            sites: sites[thread].clone(),
            text,
            touched: None,
            observable: true,
            remark: false,
            races: false,
            warns: false,
            ends: true,
            place,
        })
    };
    lines.extend(ends(execution).into_iter().filter_map(line));
    lines
}

/// Marks the accesses of a race. The second is the last event of its thread; the first is the last
/// of another thread at the other place.
fn mark_race(execution: &Execution, lines: &mut [TraceLine]) {
    let End::Race(fault) = &execution.end else { return };
    let is_plain = |line: &TraceLine| {
        line.touched.as_ref().is_some_and(|touched| matches!(touched.kind, Kind::PlainRead | Kind::PlainWrite))
    };
    let is_second = |line: &TraceLine| is_plain(line) && line.thread_number == fault.thread;
    let Some(second) = lines.iter().rposition(is_second) else { return };
    lines[second].races = true;
    let object = lines[second].touched.as_ref().map(|touched| touched.object.clone());
    let is_first = |line: &TraceLine| {
        is_plain(line)
            && line.thread_number != fault.thread
            && line.touched.as_ref().map(|touched| &touched.object) == object.as_ref()
            && Some(line.place) == fault.other
    };
    if let Some(first) = lines[..second].iter().rposition(is_first) {
        lines[first].races = true;
    }
}

/// What an end that nobody can want is about: threads, in words, and where.
fn ends(execution: &Execution) -> Vec<(usize, String, Option<Place>)> {
    match &execution.end {
        End::Completed | End::Resting(_) => Vec::new(),
        End::Bug(fault) | End::Race(fault) | End::Panic(fault) | End::Misuse(fault) | End::StackLow(fault) => {
            vec![(fault.thread, execution.outcome.end.to_string(), fault.place)]
        }
        End::Deadlock { blocked, .. } | End::Livelock(blocked) => {
            let end =
                |one: &Blocked| (one.thread, format!("waits for {} {}, for ever", one.waits, one.object), one.place);
            blocked.iter().map(end).collect()
        }
        End::StepLimit(_) => {
            let last = execution.trace.last().map_or(0, |event| usize::from(event.thread));
            vec![(last, execution.outcome.end.to_string(), None)]
        }
    }
}

/// Observations in the thread's own column need no name; those of an observer do.
fn observed(execution: &Execution, thread: usize, column: u8, text: &str) -> String {
    let column = usize::from(column);
    match column.checked_sub(THREADS_MAX).and_then(|nth| execution.observers.get(nth)) {
        Some(observer) => format!("{observer}: {text}"),
        None => {
            debug_assert_eq!(column, thread);
            text.to_owned()
        }
    }
}

/// What memory did that it usually does not.
fn unusual(kind: Kind) -> &'static str {
    match kind {
        Kind::Land => "",
        Kind::Store => " (in front of a later write)",
        Kind::Fence => " (in front of a later one)",
        _ => " (an older write)",
    }
}

fn access(kind: Kind, name: &str, read: Option<u64>, written: Option<u64>, describe: &dyn Describe) -> String {
    let value = |value| describe.value(name, value);
    match (kind, read, written) {
        (Kind::Load | Kind::PlainRead, Some(read), _) => {
            format!("{} {name} = {}", kind.name(), value(read))
        }
        (Kind::Store | Kind::PlainWrite, _, Some(written)) => {
            format!("{} {name} := {}", kind.name(), value(written))
        }
        (Kind::Land, _, Some(written)) => format!("{name} := {} lands", value(written)),
        (Kind::Update, Some(read), Some(written)) => {
            format!("update {name} {} := {}", value(read), value(written))
        }
        (Kind::Update, Some(read), None) => format!("update {name} {} stays", value(read)),
        (Kind::TryLock, _, None) => format!("trylock {name} fails"),
        (Kind::IsLocked, Some(read), _) => format!("is_locked {name} = {}", read != 0),
        (Kind::Await, _, _) => "looks again at what it awaits".to_owned(),
        (Kind::Fence | Kind::Idle | Kind::Yield | Kind::Spawn | Kind::Start | Kind::Finish, _, _) => {
            kind.name().to_owned()
        }
        _ => format!("{} {name}", kind.name()),
    }
}

/// What is observable of an outcome, a line a column, the empty ones left out.
pub fn history_lines(outcome: &Outcome, describe: &dyn Describe) -> Vec<(String, Vec<String>)> {
    let text = |entry: &Entry| match entry {
        Entry::Word(word) => describe.word(*word),
        Entry::Warning(message) => format!("sim: WARN: {message}"),
    };
    let line = |column: &Column| (column.name.clone(), column.entries.iter().map(text).collect::<Vec<_>>());
    outcome.columns.iter().map(line).filter(|(_, entries)| !entries.is_empty()).collect()
}

/// How an execution ended, a line a thread, without places.
pub fn end_lines(end: &End) -> Vec<String> {
    let waits = |one: &Blocked| format!("{} waits for {} {}", one.name, one.waits, one.object);
    match end.clone().without_places() {
        End::Resting(blocked) if blocked.is_empty() => vec!["completed".to_owned()],
        End::Resting(blocked) => std::iter::once("at rest".to_owned()).chain(blocked.iter().map(waits)).collect(),
        End::Deadlock { cycle, blocked } => {
            let head = if cycle > 0 { "deadlock" } else { "stuck" };
            std::iter::once(head.to_owned()).chain(blocked.iter().map(waits)).collect()
        }
        End::Livelock(blocked) => std::iter::once("livelock".to_owned()).chain(blocked.iter().map(waits)).collect(),
        end => vec![end.to_string()],
    }
}
