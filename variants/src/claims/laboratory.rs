//! What exploring a variant on a scenario takes: what was explored before, when nothing is decided,
//! and the smallest witness.
//!
//! Promise: what is explored is what every comparison explores of a variant, under the same
//! configuration. A run that was ended decides nothing; nor does one that missed what its scenario
//! is about.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use lockstep::{
    CompareConfig, Control, Evidence, Execution, Exploration, OutcomeId, RunConfig, Schedule, Variant, compare,
    minimize, run,
};

use super::decision::{Verdict, Witness};
use super::subject::TokenSubject;
use crate::scenarios::program::Scenario;
use crate::scenarios::protocol::Watching;
use crate::scenarios::scenarios;
use crate::variants::{VariantInfo, variants};

/// What has been explored so far, for claims that ask for the same.
#[derive(Debug, Default)]
pub struct Laboratory {
    explorations: BTreeMap<(&'static str, &'static str, Watching), Exploration>,
}

impl Laboratory {
    /// Explores the variant on the scenario, watched like that, if that has not been done.
    pub(super) fn exploration(
        &mut self,
        (variant, id): (&'static str, &'static str),
        subject: TokenSubject,
        config: &CompareConfig<'_>,
    ) -> Result<&Exploration, Undecided> {
        Ok(match self.explorations.entry((variant, id, subject.about.watching(id))) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(explored(subject, (variant, id), config)?),
        })
    }

    /// The exploration of a variant that nobody watches, if there was one.
    pub(super) fn known(&self, variant: &'static str, id: &'static str) -> Option<&Exploration> {
        self.explorations.get(&(variant, id, Watching::NONE))
    }
}

/// Why nothing was decided.
pub enum Undecided {
    Cancelled,
    Goal(String),
}

impl Undecided {
    /// As a verdict.
    pub(super) fn verdict(self) -> Verdict {
        Verdict::Open(match self {
            Undecided::Cancelled => "the run ended before it was explored".to_owned(),
            Undecided::Goal(goal) => format!("not reached: {goal}"),
        })
    }
}

/// What exploration found: what rests on nothing being seen rests on this, and the execution that
/// was seen.
pub type SearchResult = Result<(Evidence, Option<Witness>), Undecided>;

/// The scenario of that id. Claims name only those that exist, which a test checks.
pub fn scenario_of(id: &str) -> &'static Scenario {
    scenarios().iter().find(|scenario| scenario.id == id).expect("a claim names scenarios that exist")
}

/// The variant of that name, likewise.
pub fn variant_of(name: &str) -> &'static VariantInfo {
    variants().iter().find(|variant| variant.name == name).expect("a claim names variants that exist")
}

/// The smallest schedule that ends in the outcome, and its preemptions.
pub(super) fn minimized(
    (variant, scenario): (&str, &str),
    subject: TokenSubject,
    (schedule, outcome): (&Schedule, OutcomeId),
    config: &CompareConfig<'_>,
) -> (Schedule, usize) {
    subject.with_programs(&[variant_of(variant)], scenario_of(scenario), |programs| {
        minimize(&programs[0].program, schedule, outcome, &run_config(config))
    })
}

/// An exploration that never met what its scenario is about proves nothing. Goals of some of the
/// designs do not count.
pub(super) fn reaches(scenario: &Scenario, exploration: &Exploration) -> Result<(), Undecided> {
    let is_missed = |at: usize| scenario.goals[at].of_all && exploration.goals & 1 << at == 0;
    match (0..scenario.goals.len()).find(|&at| is_missed(at)) {
        Some(at) => Err(Undecided::Goal(format!("{}: {}", scenario.id, scenario.goals[at].name))),
        None => Ok(()),
    }
}

/// One execution of the subject.
pub(super) fn execution(
    subject: TokenSubject,
    (variant, scenario): (&str, &str),
    schedule: &Schedule,
    config: &RunConfig<'_>,
) -> Execution {
    subject.with_programs(&[variant_of(variant)], scenario_of(scenario), |programs| {
        run(&programs[0].program, schedule, config)
    })
}

/// How one execution is run under this configuration.
pub fn run_config(config: &CompareConfig<'_>) -> RunConfig<'static> {
    RunConfig { memory: config.memory, steps_max: config.steps_max, control: None }
}

/// What a comparison explores of each variant: everything, if that is not too much; else all
/// schedules with few preemptions, and random ones.
pub fn explored(
    subject: TokenSubject,
    (variant, id): (&str, &str),
    config: &CompareConfig<'_>,
) -> Result<Exploration, Undecided> {
    let alone = |programs: &[Variant<'_>]| compare(programs, config).explorations.pop();
    let exploration = subject.with_programs(&[variant_of(variant)], scenario_of(id), alone);
    let ended = || config.control.is_some_and(Control::is_cancelled);
    exploration.filter(|exploration| !exploration.cancelled && !ended()).ok_or(Undecided::Cancelled)
}

/// The weaker of what rested on before and of what does now.
pub(super) fn weakest(before: Option<Evidence>, now: Evidence) -> Option<Evidence> {
    Some(before.map_or(now, |before| before.weaker(now)))
}

/// The witness with fewer preemptions, then with fewer decisions.
pub(super) fn simpler(one: Option<Witness>, other: Option<Witness>) -> Option<Witness> {
    let size = |witness: &Witness| (witness.preemptions, decisions(&witness.schedule));
    match (one, other) {
        (Some(one), Some(other)) => Some(if size(&other) < size(&one) { other } else { one }),
        (one, other) => one.or(other),
    }
}

fn decisions(schedule: &Schedule) -> usize {
    match schedule {
        Schedule::Explicit(explicit) => explicit.decisions.len(),
        _ => usize::MAX,
    }
}
