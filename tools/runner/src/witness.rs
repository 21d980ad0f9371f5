//! What the witness of a divergence shows: both executions, aligned, as parts of the document.
//!
//! Limit: `from`, the event that a load reads from, is the last write to the object before it whose
//! value it read. Under a weak memory model that is a guess where one value was written twice; the
//! token replays the execution itself.

use crate::document::{EventPart, FaultPart, PlacePart, RowPart, SightPart, TracePart, WitnessPart};
use crate::sight::{NamedExecution, faults, sights};
use lockstep::{
    Aligned, CompareConfig, Comparison, Describe, Divergence, End, Execution, Kind, Schedule, SharedEnds, Touched,
    TraceLine, Variant, aligned, apart, end_lines, first_observation, minimize, run, shared_ends, trace_lines,
};

/// What is said of a divergence beside who shows it.
#[derive(Debug)]
pub struct DivergenceText {
    /// How the two end, where that is not the same, and what a client can first tell, in a
    /// sentence.
    pub difference: String,
    /// The first event that differs, in a sentence.
    pub first_event: Option<String>,
    /// Where that event is.
    pub place: Option<PlacePart>,
    /// What sets the two sides of each step apart.
    pub sights: Vec<SightPart>,
    /// What nobody can want in one of the two executions and not in the other.
    pub faults: Vec<FaultPart>,
    /// Both traces.
    pub witness: WitnessPart,
}

/// What is said of ends that no subject can want and all variants show.
#[derive(Debug)]
pub struct SeenEnd {
    /// The ends.
    pub shared: SharedEnds,
    /// The smallest schedule found that leads to one of them.
    pub witness: Schedule,
    /// Preemptions of that schedule.
    pub preemptions: usize,
    /// Where the execution ends so.
    pub place: Option<PlacePart>,
    /// Who did it and where.
    pub fault: Option<FaultPart>,
}

/// Finds a simple witness of what all variants show and nobody can want, in the last of them: the
/// code as it is to be.
pub fn look_at_ends(
    programs: &[Variant<'_>],
    comparison: &Comparison,
    config: &CompareConfig<'_>,
    words: &dyn Describe,
) -> Vec<SeenEnd> {
    let Some(last) = programs.last() else { return Vec::new() };
    let look = |shared: SharedEnds| {
        let (witness, preemptions) = minimize(&last.program, &shared.witness, shared.outcome, &config.run());
        let execution = run(&last.program, &witness, &config.run());
        let seen = NamedExecution { name: last.name, execution: &execution };
        // How it ends stands behind its warnings.
        let fault = seen.faults(&trace_lines(&execution, words)).pop();
        // Of a race, the second access.
        let place = fault.as_ref().and_then(|fault| match execution.end {
            End::Race(_) => fault.events.last(),
            _ => fault.events.first(),
        });
        SeenEnd { shared, witness, preemptions, place: place.map(|event| event.place.clone()), fault }
    };
    shared_ends(comparison).into_iter().map(look).collect()
}

/// Runs the witness on a variant that shows the outcome and on one that does not.
pub fn look(
    programs: &[Variant<'_>],
    divergence: &Divergence,
    config: &CompareConfig<'_>,
    words: &dyn Describe,
) -> DivergenceText {
    let Divergence { shown_by, not_by, witness, .. } = divergence;
    let execution = |variant: usize| run(&programs[variant].program, witness, &config.run());
    let (with, without) = (execution(*shown_by), execution(*not_by));
    let names = (programs[*shown_by].name, programs[*not_by].name);
    let aligned = aligned((&with, &without), words);
    let apart = apart(names, (&with, &without), &aligned, words);
    DivergenceText {
        difference: difference(names, (&with, &without), words),
        first_event: apart.event,
        place: place_of_first_event(&aligned, shown_by > not_by),
        sights: sights(programs, divergence, config, words),
        faults: faults(
            [
                &NamedExecution { name: names.0, execution: &with },
                &NamedExecution { name: names.1, execution: &without },
            ],
            &aligned,
        ),
        witness: witness_part(names, (&with, &without), &aligned, apart.notes),
    }
}

/// Two executions under one schedule, row by row.
pub(crate) fn witness_part(
    names: (&str, &str),
    (with, without): (&Execution, &Execution),
    aligned: &Aligned,
    notes: Vec<String>,
) -> WitnessPart {
    WitnessPart {
        variants: [names.0.to_owned(), names.1.to_owned()],
        traces: [trace_part(with, &aligned.left), trace_part(without, &aligned.right)],
        rows: aligned.rows.iter().map(row_part).collect(),
        first_event: aligned.first_event,
        first_observable: aligned.first_observable,
        notes,
    }
}

/// How the two end, where that is not the same, and what a client can first tell.
pub fn difference(names: (&str, &str), (with, without): (&Execution, &Execution), words: &dyn Describe) -> String {
    let seen = first_observation(names, (with, without), words);
    let [first, second] = [with, without].map(|execution| end_lines(&execution.outcome.end).join(", "));
    let ended = (first != second).then(|| format!("{} ends: {first}; {} ends: {second}", names.0, names.1));
    let parts: Vec<String> = ended.into_iter().chain(seen).collect();
    if parts.is_empty() {
        return "under this schedule they do the same; other schedules do not show it".to_owned();
    }
    parts.join("; ")
}

/// The place in the later variant, for that is what the patch made; in the earlier one if the patch
/// took the event away.
fn place_of_first_event(aligned: &Aligned, is_left_later: bool) -> Option<PlacePart> {
    let row = &aligned.rows[aligned.first_event?];
    let (left, right) = (aligned.left_line(row), aligned.right_line(row));
    let line = if is_left_later { left.or(right) } else { right.or(left) }?;
    Some(line.place.into())
}

fn row_part(row: &lockstep::AlignedRow) -> RowPart {
    RowPart { left: row.left, right: row.right, mark: row.mark(), near: row.is_near }
}

pub(crate) fn trace_part(execution: &Execution, lines: &[TraceLine]) -> TracePart {
    let event = |(at, line): (usize, &TraceLine)| EventPart {
        thread: line.thread_number,
        text: line.text.clone(),
        kind: line.touched.as_ref().map(|touched| touched.kind.name().to_owned()),
        object: line.touched.as_ref().map(|touched| touched.object.clone()),
        observable: line.observable,
        remark: line.remark,
        pinned: line.races,
        site: line.sites.last().cloned(),
        place: line.place.into(),
        from: source(lines, at),
    };
    TracePart { threads: execution.threads.clone(), events: lines.iter().enumerate().map(event).collect() }
}

/// The event of another thread that this one reads from, that woke it, or that released the lock it
/// takes.
fn source(lines: &[TraceLine], at: usize) -> Option<usize> {
    let line = &lines[at];
    let touched = line.touched.as_ref()?;
    let before = || lines[..at].iter().enumerate().rev();
    // Whoever waited was woken before it did anything else.
    let mut own = before().filter(|(_, earlier)| earlier.thread_number == line.thread_number);
    let last = own.find_map(|(place, earlier)| Some((place, earlier.touched.as_ref()?)));
    let queue = last.filter(|(_, last)| last.kind == Kind::Wait);
    if let Some((since, waited)) = queue {
        let wakes = |other: &Touched| other.kind == Kind::Wake && other.object == waited.object;
        return before()
            .take_while(|(place, _)| *place > since)
            .find_map(|(place, earlier)| earlier.touched.as_ref().is_some_and(wakes).then_some(place));
    }
    let gives = |other: &Touched| {
        other.object == touched.object
            && match touched.kind {
                Kind::Lock | Kind::ReadLock => matches!(other.kind, Kind::Unlock | Kind::ReadUnlock),
                _ => touched.read.is_some() && other.written == touched.read,
            }
    };
    let (found, giver) = before().find(|(_, earlier)| earlier.touched.as_ref().is_some_and(gives))?;
    (giver.thread_number != line.thread_number).then_some(found)
}
