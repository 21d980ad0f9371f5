//! Ends that nobody can want, in lines that stand before all differences.

use crate::document::{DivergencePart, ScenarioPart, in_words};
use lockstep::BadEnd;

/// A line for each kind of end that everything shows, and one for each kind that a step brings, the
/// gravest first. `all` is what everything is called.
pub fn lines<'a>(parts: impl Iterator<Item = &'a ScenarioPart>, all: &str) -> Vec<String> {
    let parts: Vec<&ScenarioPart> = parts.collect();
    let shared = BadEnd::ALL.into_iter().filter_map(|kind| shared(&parts, kind, all));
    let mut steps: Vec<&str> = Vec::new();
    let names = parts.iter().flat_map(|part| part.variants.iter().skip(1));
    names.for_each(|variant| {
        if !steps.contains(&&*variant.name) {
            steps.push(&variant.name)
        }
    });
    let brought = steps.iter().flat_map(|step| BadEnd::ALL.map(|kind| brought(&parts, kind, step)));
    shared.chain(brought.flatten()).collect()
}

/// The lines of what was compared, as text.
pub fn text<'a>(parts: impl Iterator<Item = &'a ScenarioPart>) -> String {
    lines(parts, "every variant").iter().map(|line| format!("{line}\n")).collect()
}

fn shared(parts: &[&ScenarioPart], kind: BadEnd, all: &str) -> Option<String> {
    let ends_so = |part: &&&ScenarioPart| part.bad_ends.iter().any(|one| one.kind == kind.name());
    let found: Vec<String> = parts.iter().filter(ends_so).map(|part| part.title()).collect();
    (!found.is_empty()).then(|| format!("{all} shows outcomes that end in {}: {}", in_words(kind), found.join(", ")))
}

fn brought(parts: &[&ScenarioPart], kind: BadEnd, step: &str) -> Option<String> {
    let brings = |part: &&ScenarioPart| {
        let is_brought = |one: &&DivergencePart| {
            one.introduced_by_step_to.iter().any(|to| to == step) && part.bad_end(one) == Some(kind)
        };
        let count = part.divergences.iter().filter(is_brought).count();
        (count > 0).then(|| format!("{} +{count}", part.title()))
    };
    let found: Vec<String> = parts.iter().filter_map(brings).collect();
    (!found.is_empty()).then(|| format!("{step} brings outcomes that end in {}: {}", in_words(kind), found.join(", ")))
}
