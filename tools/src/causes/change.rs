//! Which of the statements that a step changes has to do with a cause.

use super::sources::{Changed, Sources};
use crate::document::{
    CauseKind, CausePart, PlacePart, ScenarioPart, SeenEventPart, SightPart, StatementPart, TracePart, WitnessPart,
};
use std::collections::BTreeSet;

/// A changed statement, and where a reader of the last variant finds it.
#[derive(Clone, Debug)]
pub struct Found {
    pub statement: StatementPart,
    pub in_last: PlacePart,
}

/// The statement that the step of a sight changes and that has most to do with it: the nearest one
/// before the cause that ran, of the later variant if it has one; if none ran, the nearest line.
pub fn changed_statement(sight: &SightPart, witness: Option<&WitnessPart>, sources: &Sources) -> Option<Found> {
    let later = sight.step_to.as_str();
    let earlier = sources.before(later)?;
    let changed = sources.changed(earlier, later);
    let ran = witness.and_then(|witness| {
        let sides = [later, earlier].into_iter();
        sides.filter_map(|variant| ran(sight, witness, variant, &changed, sources)).next()
    });
    ran.or_else(|| nearest_line(sight, (earlier, later), &changed, sources))
}

/// Marks in the traces of a scenario what is never folded: what ran of the changed statement.
pub fn pin(scenario: &mut ScenarioPart, cause: &CausePart, found: Option<&Found>, sources: &Sources) {
    let Some(Found { statement, .. }) = found else { return };
    let is_its_step = |witness: &WitnessPart, scenario: &ScenarioPart| {
        cause.steps.iter().any(|step| is_of_step(scenario, witness, &step.step_to))
    };
    let PlacePart { file, line, column } = &statement.place;
    let name = sources.statement(&statement.variant, file, *line, *column);
    let mut divergences = std::mem::take(&mut scenario.divergences);
    for divergence in divergences.iter_mut().filter(|one| cause.divergences.contains(&one.id)) {
        let Some(witness) = divergence.witness.as_mut().filter(|witness| is_its_step(witness, scenario)) else {
            continue;
        };
        let Some(side) = witness.variants.iter().position(|variant| *variant == statement.variant) else { continue };
        for event in &mut witness.traces[side].events {
            let PlacePart { file, line, column } = &event.place;
            if name.is_some() && sources.statement(&statement.variant, file, *line, *column) == name {
                event.pinned = true;
            }
        }
        for row in &mut witness.rows {
            let at = if side == 0 { row.left } else { row.right };
            row.near |= at.and_then(|at| witness.traces[side].events.get(at)).is_some_and(|event| event.pinned);
        }
    }
    scenario.divergences = divergences;
}

/// Whether a witness is of the two sides of the step to a variant.
pub fn is_of_step(scenario: &ScenarioPart, witness: &WitnessPart, to: &str) -> bool {
    let at = scenario.variants.iter().position(|variant| variant.name == to);
    let from = at.and_then(|at| at.checked_sub(1)).map(|at| scenario.variants[at].name.as_str());
    let sides: BTreeSet<&str> = witness.variants.iter().map(String::as_str).collect();
    from.is_some_and(|from| sides == BTreeSet::from([from, to]))
}

/// The changed statement of a variant that ran nearest to the cause.
fn ran(sight: &SightPart, witness: &WitnessPart, variant: &str, changed: &Changed, sources: &Sources) -> Option<Found> {
    let side = witness.variants.iter().position(|name| name == variant)?;
    let is_later = variant == sight.step_to;
    let lines = if is_later { &changed.added } else { &changed.removed };
    let trace = &witness.traces[side];
    let is_changed = |place: &PlacePart| {
        let statement = sources.statement(variant, &place.file, place.line, place.column);
        statement.is_some_and(|one| one.lines.clone().any(|line| lines.contains(&(place.file.clone(), line))))
    };
    let candidates: Vec<usize> = (0..trace.events.len()).filter(|&at| is_changed(&trace.events[at].place)).collect();
    let at = nearest(sight, witness, side, &candidates)?;
    let place = &trace.events[at].place;
    let statement = sources.statement(variant, &place.file, place.line, place.column)?;
    let (file, line) = sources.in_last(variant, &place.file, place.line as usize);
    Some(Found {
        statement: StatementPart {
            variant: variant.to_owned(),
            text: statement.text.clone(),
            place: place.clone(),
            removed: !is_later,
        },
        in_last: PlacePart { file, line: u32::try_from(line).unwrap_or(place.line), column: place.column },
    })
}

/// Which of these events of a side has most to do with the cause: an event of it; of a race what
/// the first thread does behind its access, for there it fails to hand over, then what the second
/// does before its own; the last before the cause; the first behind it.
fn nearest(sight: &SightPart, witness: &WitnessPart, side: usize, candidates: &[usize]) -> Option<usize> {
    let trace = &witness.traces[side];
    let own: Vec<usize> = sight
        .events
        .iter()
        .filter(|event| event.variant == witness.variants[side])
        .filter_map(|event| position(trace, event))
        .collect();
    if let Some(&at) = candidates.iter().find(|at| own.contains(at)) {
        return Some(at);
    }
    if let (CauseKind::Race, &[first, second]) = (sight.kind, &own[..]) {
        let thread = |at: usize| trace.events[at].thread;
        let behind = candidates.iter().find(|&&at| thread(at) == thread(first) && first < at && at < second);
        let before = || candidates.iter().rfind(|&&at| thread(at) == thread(second) && at < second);
        if let Some(&at) = behind.or_else(before) {
            return Some(at);
        }
    }
    let pivot = own.last().copied().or_else(|| {
        let rows = &witness.rows[..=witness.first_event?];
        rows.iter().rev().find_map(|row| if side == 0 { row.left } else { row.right })
    });
    let pivot = pivot.unwrap_or(trace.events.len());
    candidates.iter().rfind(|&&at| at <= pivot).or(candidates.first()).copied()
}

/// The event of a sight in the trace that it was seen in: the last that is alike.
fn position(trace: &TracePart, event: &SeenEventPart) -> Option<usize> {
    trace.events.iter().rposition(|one| {
        one.place == event.place
            && one.text == event.text
            && trace.threads.get(one.thread).is_some_and(|name| *name == event.thread)
    })
}

/// Where no changed statement ran: the first changed line in a function of the cause, or the first
/// at all. Comments and empty lines change nothing.
fn nearest_line(
    sight: &SightPart,
    (earlier, later): (&str, &str),
    changed: &Changed,
    sources: &Sources,
) -> Option<Found> {
    let sides = [(later, &changed.added, false), (earlier, &changed.removed, true)];
    let functions: Vec<&str> = sight
        .events
        .iter()
        .filter_map(|event| sources.function(&event.variant, &event.place.file, event.place.line as usize))
        .collect();
    let is_code = |variant: &str, file: &str, line: usize| {
        sources
            .line(variant, file, line)
            .is_some_and(|text| text.chars().any(char::is_alphanumeric) && !text.starts_with("//"))
    };
    let found = |in_function: bool| {
        sides.iter().find_map(|&(variant, lines, removed)| {
            let mut lines = lines.iter().filter(|(file, line)| is_code(variant, file, *line));
            let fits = |(file, line): &&(String, usize)| {
                !in_function || sources.function(variant, file, *line).is_some_and(|name| functions.contains(&name))
            };
            lines.find(fits).map(|(file, line)| (variant, file, *line, removed))
        })
    };
    let (variant, file, line, removed) = found(true).or_else(|| found(false))?;
    let number = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
    let (last_file, last_line) = sources.in_last(variant, file, line);
    Some(Found {
        statement: StatementPart {
            variant: variant.to_owned(),
            text: sources.line(variant, file, line).unwrap_or_default().to_owned(),
            place: PlacePart { file: file.clone(), line: number(line), column: 1 },
            removed,
        },
        in_last: PlacePart { file: last_file, line: number(last_line), column: 1 },
    })
}
