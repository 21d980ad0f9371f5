//! Divergences by what sets the steps apart first: one cause, one finding.
//!
//! Promise: every divergence has a cause for each step that brings or removes it: the two accesses
//! of a data race that only one side of the step has, and else the first event that differs under
//! its witness. What comes of one cause is together, whichever scenario, memory model and direction
//! it was seen in. The name of a cause depends on the statements, by their text and function, and
//! not on lines, values or the order of a search. Limits: two causes of the same statements are
//! one; where the sources are not known an event goes by its kind, object and thread. Which of the
//! statements that a step changes has to do with a cause is a guess: the nearest before it that was
//! run, and else the nearest in the text.

mod change;
mod sources;
mod statement;

use crate::document::{
    CauseKind, CausePart, CauseStepPart, DivergencePart, Document, PlacePart, ScenarioPart, SeenEventPart, SightPart,
    WitnessPart, gravity,
};
use change::{Found, changed_statement, is_of_step, pin};
use lockstep::BadEnd;
use sha2::{Digest, Sha256};
pub use sources::Sources;
use std::collections::BTreeMap;

/// Finds the causes of everything that a document compares, and puts them into it.
pub fn put(document: &mut Document, sources: &Sources) {
    document.causes = of(&mut document.scenarios.iter_mut().collect::<Vec<_>>(), sources);
}

/// A divergence that shows a cause, and at which of its steps.
struct Member<'a> {
    scenario: &'a ScenarioPart,
    divergence: &'a DivergencePart,
    sight: &'a SightPart,
}

/// The causes of these comparisons, the gravest first. Each sight is told the name of its cause,
/// and the traces are told which rows are never folded.
pub fn of(scenarios: &mut [&mut ScenarioPart], sources: &Sources) -> Vec<CausePart> {
    for scenario in scenarios.iter_mut() {
        let subject = scenario.subject.split('+').next().unwrap_or_default().to_owned();
        for divergence in &mut scenario.divergences {
            for sight in &mut divergence.sights {
                sight.cause = Some(format!("{subject}.cause-{}", name(sight, &divergence.id, sources)));
            }
        }
    }
    let mut groups: BTreeMap<&str, Vec<Member<'_>>> = BTreeMap::new();
    for scenario in scenarios.iter() {
        for divergence in &scenario.divergences {
            for sight in &divergence.sights {
                let id = sight.cause.as_deref().unwrap_or_default();
                groups.entry(id).or_default().push(Member { scenario, divergence, sight });
            }
        }
    }
    let mut causes: Vec<(CausePart, Option<Found>)> =
        groups.into_iter().map(|(id, members)| cause(id, &members, sources)).collect();
    causes.sort_by(|(one, _), (other, _)| key(one).cmp(&key(other)));
    for (cause, found) in &causes {
        for scenario in scenarios.iter_mut() {
            pin(scenario, cause, found.as_ref(), sources);
        }
    }
    causes.into_iter().map(|(cause, _)| cause).collect()
}

/// The order of causes: what brings an end that nobody can want, then what most comes of.
fn key(cause: &CausePart) -> (usize, std::cmp::Reverse<usize>, &str) {
    let end = cause.bad.as_deref().and_then(BadEnd::from_name);
    (gravity(end), std::cmp::Reverse(cause.divergences.len()), &cause.id)
}

/// Eight digits for what the sight shows.
fn name(sight: &SightPart, divergence: &str, sources: &Sources) -> String {
    let mut parts: Vec<String> = match sight.kind {
        CauseKind::Unknown => vec![divergence.to_owned()],
        CauseKind::Race | CauseKind::Event => sight.events.iter().map(|event| event_name(event, sources)).collect(),
    };
    // Which of two accesses comes first, and which variant the earlier, makes no other cause of it.
    parts.sort();
    parts.dedup();
    parts.push(format!("{:?}", sight.kind));
    let digest = Sha256::digest(parts.join("\n").as_bytes());
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// What an event is whatever its line and its values are.
fn event_name(event: &SeenEventPart, sources: &Sources) -> String {
    let kind = event.kind.as_deref().unwrap_or_default();
    let PlacePart { file, line, column } = &event.place;
    if let Some(statement) = sources.statement(&event.variant, file, *line, *column) {
        return format!("{kind} in {}", statement.name());
    }
    let without_number = |name: &str| name.split('[').next().unwrap_or(name).to_owned();
    let what = event.object.as_deref().map_or_else(|| event.text.clone(), without_number);
    format!("{kind} of {what} by {}", without_number(&event.thread))
}

fn cause(id: &str, members: &[Member<'_>], sources: &Sources) -> (CausePart, Option<Found>) {
    // The simplest witness shows it best, and one that shows the very step with traces.
    let simplest = members
        .iter()
        .min_by_key(|one| (one.witness().is_none(), one.divergence.preemptions, one.divergence.token.len()))
        .expect("no group is empty");
    let found = changed_statement(simplest.sight, simplest.witness(), sources);
    let mut divergences: Vec<(usize, &str)> = Vec::new();
    let mut steps: Vec<CauseStepPart> = Vec::new();
    for Member { divergence, sight, .. } in members {
        if !divergences.iter().any(|(_, id)| *id == divergence.id) {
            divergences.push((divergence.preemptions, &divergence.id));
        }
        let at = steps.iter().position(|step| step.step_to == sight.step_to).unwrap_or_else(|| {
            steps.push(CauseStepPart { step_to: sight.step_to.clone(), brought: 0, removed: 0 });
            steps.len() - 1
        });
        *(if sight.brings { &mut steps[at].brought } else { &mut steps[at].removed }) += 1;
    }
    divergences.sort_unstable();
    let order =
        |step: &CauseStepPart| simplest.scenario.variants.iter().position(|variant| variant.name == step.step_to);
    steps.sort_by_key(order);
    let brought = members.iter().filter(|one| one.sight.brings);
    let bad = brought.filter_map(|one| one.scenario.bad_end(one.divergence)).min();
    let mut scenarios: Vec<String> = Vec::new();
    for title in members.iter().map(|one| one.scenario.title()) {
        if !scenarios.contains(&title) {
            scenarios.push(title);
        }
    }
    let events = &simplest.sight.events;
    let place = found.as_ref().map(|found| found.in_last.clone());
    let place = place.or_else(|| events.last().map(|event| in_last(event, sources)));
    let cause = CausePart {
        id: id.to_owned(),
        kind: simplest.sight.kind,
        bad: bad.map(|kind| kind.name().to_owned()),
        events: events.clone(),
        changed: found.as_ref().map(|found| found.statement.clone()),
        place,
        steps,
        scenarios,
        divergences: divergences.into_iter().map(|(_, id)| id.to_owned()).collect(),
        token: simplest.divergence.token.clone(),
        preemptions: simplest.divergence.preemptions,
    };
    (cause, found)
}

/// Where an event is in the last variant.
fn in_last(event: &SeenEventPart, sources: &Sources) -> PlacePart {
    let PlacePart { file, line, column } = &event.place;
    let (file, moved) = sources.in_last(&event.variant, file, *line as usize);
    PlacePart { file, line: u32::try_from(moved).unwrap_or(*line), column: *column }
}

impl<'a> Member<'a> {
    /// The traces of the very step, if they are kept.
    fn witness(&self) -> Option<&'a WitnessPart> {
        let mirror = self.divergence.same_witness_as.as_ref();
        let other = self.scenario.divergences.iter().find(|one| mirror == Some(&one.id));
        let witness = self.divergence.witness.as_ref().or(other.and_then(|other| other.witness.as_ref()))?;
        is_of_step(self.scenario, witness, &self.sight.step_to).then_some(witness)
    }
}
