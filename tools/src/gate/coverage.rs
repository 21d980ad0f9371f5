//! Snapshots of a series: every comparison has one of these very steps, and every one is of a
//! comparison.
//!
//! The designs of this repository have that from a test of theirs. A series has no test: without
//! this rule a snapshot of other steps, or of a scenario that was renamed, would judge nothing and
//! nobody would know.

use super::committed::Committed;
use super::config::Config;
use crate::document::{Document, ScenarioPart};

/// What has no counterpart, in sentences.
pub fn uncovered(document: &Document, committed: &[Committed], config: &Config) -> Vec<String> {
    let compared = document.scenarios.iter().filter(|scenario| scenario.complete);
    let lacking = compared.filter_map(|scenario| lacking(scenario, committed, config));
    let idle = committed.iter().filter_map(|one| idle(one, document, config));
    lacking.chain(idle).collect()
}

fn lacking(scenario: &ScenarioPart, committed: &[Committed], config: &Config) -> Option<String> {
    let remedy = format!("'lockstep gate{} --propose' writes the new one for review", config.told);
    let mut own = committed.iter().filter(|one| one.is_scenario(scenario) && one.memory == scenario.memory);
    let title = scenario.title();
    match own.clone().find(|one| one.has_variants_of(scenario)) {
        Some(_) => None,
        None => Some(match own.next() {
            Some(other) => {
                format!("{title}: {} is of other steps, {}: {remedy}", other.file, other.variants.join(", "))
            }
            None => format!("{title} has no snapshot: {remedy}"),
        }),
    }
}

/// A snapshot of a scenario that nobody compares; what the command line left out is not missed.
fn idle(one: &Committed, document: &Document, config: &Config) -> Option<String> {
    let is_compared = document.scenarios.iter().any(|part| one.is_scenario(part) && one.memory == part.memory);
    let is_missed = !is_compared && document.complete && !config.is_narrowed;
    is_missed
        .then(|| format!("{} is of {} under {}, which nobody compares: remove it", one.file, one.scenario, one.memory))
}
