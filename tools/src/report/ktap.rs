//! The kernel's test protocol, KTAP version 1: a test for each scenario, a subtest for each step of
//! the series and for each kind of end that nobody can want and all steps show, and a last test for
//! the gate.

use super::tame::one_line;
use crate::document::{Document, ScenarioPart, Standing};

/// The report.
pub fn ktap(document: &Document) -> String {
    let tests = document.scenarios.len() + usize::from(document.gate.is_some());
    let mut text = format!("KTAP version 1\n1..{tests}\n");
    for (at, scenario) in document.scenarios.iter().enumerate() {
        text += &test(document, scenario, at + 1);
    }
    // What the gate found beside divergences belongs to no step.
    if let Some(gate) = &document.gate {
        let found: Vec<String> = gate.other_findings().map(|one| format!("# {}\n", plain(&one.message))).collect();
        text += &found.concat();
        text += &format!("{} {tests} gate\n", verdict(found.is_empty()));
    }
    text
}

fn test(document: &Document, scenario: &ScenarioPart, number: usize) -> String {
    let name = plain(&format!("{} {}", scenario.title(), scenario.name));
    if let Some(gap) = scenario.gap() {
        return format!("ok {number} {name} # SKIP {gap}\n");
    }
    let steps = document.variants.len().saturating_sub(1);
    let subtests = steps + scenario.bad_ends.len();
    let mut text = format!("  KTAP version 1\n  # Subtest: {name}\n  1..{subtests}\n");
    let mut is_ok = true;
    for (at, step) in document.variants.windows(2).enumerate() {
        let changes = || scenario.divergences.iter().filter(|divergence| divergence.is_of_step_to(&step[1].name));
        let is_step_ok = changes().all(|divergence| divergence.standing() == Standing::Accepted);
        is_ok &= is_step_ok;
        for divergence in changes() {
            text += &format!("  # {}: {}\n", plain(&divergence.id), plain(&divergence.difference));
            text += &format!("  # {}\n", plain(&divergence.token));
        }
        text += &format!("  {} {} {} to {}\n", verdict(is_step_ok), at + 1, plain(&step[0].name), plain(&step[1].name));
    }
    for (at, ends) in scenario.bad_ends.iter().enumerate() {
        let is_accepted = ends.standing() == Standing::Accepted;
        is_ok &= is_accepted;
        text += &format!("  # {}: {}\n  # {}\n", plain(&ends.id), plain(&ends.sentence()), plain(&ends.token));
        text += &format!("  {} {} no step ends in {}\n", verdict(is_accepted), steps + at + 1, ends.what());
    }
    if let Some(evidence) = scenario.evidence() {
        text += &format!("  # evidence: {}\n", plain(&evidence.to_string()));
    }
    for goal in scenario.missed() {
        is_ok = false;
        text += &format!("  # goal not reached: {}\n", plain(goal));
    }
    text + &format!("{} {number} {name}\n", verdict(is_ok))
}

fn verdict(is_ok: bool) -> &'static str {
    if is_ok { "ok" } else { "not ok" }
}

/// Without `#`, which begins a directive.
fn plain(text: &str) -> String {
    one_line(text).replace('#', "")
}
