//! `explore`: what one variant can show on one scenario, with how often it was seen and what the
//! set rests on.
//!
//! Limits: counts are of executions made, not probabilities. An exhaustive search visits one
//! execution of each class that differs only in the order of independent steps, so its counts are
//! of classes.

pub mod claims;
pub mod relax;
pub mod replay;
mod sides;

use crate::cli::arguments::{Format, Options};
use crate::cli::counted::counted;
use crate::cli::progress::Progress;
use crate::cli::session;
use crate::cli::status::Status;
use crate::cli::trouble::Trouble;
use crate::compare::{effort, jobs};
use crate::document::{EvidencePart, GoalPart, gravity, in_words};
use lockstep::BadEnd;
use lockstep_runner::protocol::{Explore, Explored, Listing, SeenPart, Setting};
use lockstep_runner::{Bench, Failure};
use replay::{faults_text, outcome_text};
use serde::Serialize;
use std::collections::BTreeMap;

/// What was explored of one variant.
struct One {
    setting: Setting,
    /// The scenario, in a few words.
    name: String,
    variant: String,
    explored: Explored,
}

impl One {
    /// Which exploration it is, in messages.
    fn title(&self) -> String {
        format!("{} on {}", self.setting.scenario, self.variant)
    }
}

/// Explores every one of the variants in every one of the settings; returns the text and how it
/// went.
pub fn command(
    bench: &mut dyn Bench,
    listing: &Listing,
    variants: &[String],
    settings: &[Setting],
    options: &Options,
    exhaustive: bool,
) -> Result<(String, Status), Trouble> {
    let names: BTreeMap<&str, &str> = listing.scenarios.iter().map(|one| (&*one.id, &*one.name)).collect();
    let parts = settings.len() * variants.len();
    let progress = Progress::new(parts);
    let mut all = Vec::new();
    for (setting, variant) in settings.iter().flat_map(|one| variants.iter().map(move |variant| (one, variant))) {
        if session::is_ending() {
            break;
        }
        progress.says(&format!("{} {variant}", setting.scenario));
        let (effort, jobs) = (effort(options), jobs(options));
        let explore = Explore { setting: setting.clone(), variant: variant.clone(), effort, exhaustive, jobs };
        let explored = match bench.explore(explore) {
            Ok(explored) => explored,
            Err(Failure::Stopped) => break,
            Err(failure) => return Err(Trouble::of_failure(&setting.scenario, failure)),
        };
        let name = (*names.get(&*setting.scenario).unwrap_or(&"")).to_owned();
        all.push(One { setting: setting.clone(), name, variant: variant.clone(), explored });
        progress.advances();
    }
    let text = match options.format {
        Format::Json => json(&all, &options.memory),
        _ => all.iter().map(human).collect::<Vec<_>>().join("\n"),
    };
    Ok((text, judge(&all, parts, exhaustive)))
}

fn human(one: &One) -> String {
    let One { setting, name, explored, .. } = one;
    let mut text = format!("{}, memory model {}: {name}\n", one.title(), setting.memory.name());
    let found = counted(explored.outcomes.len(), "outcome");
    let executions = counted(explored.executions, "execution");
    let redundant = match explored.redundant {
        0 => String::new(),
        count => format!(", {} given up as explored elsewhere", counted(count, "run")),
    };
    text += &format!("{found}; {}; {executions}{redundant}\n", explored.evidence.text);
    for goal in &explored.goals {
        let reached = if goal.reached { "reached" } else { "not reached" };
        text += &format!("goal, {reached}: {}\n", goal.name);
    }
    let mut outcomes: Vec<&SeenPart> = explored.outcomes.iter().collect();
    outcomes.sort_by_key(|seen| gravity(seen.outcome.bad_end()));
    for kind in BadEnd::ALL {
        let count = outcomes.iter().filter(|seen| seen.outcome.bad_end() == Some(kind)).count();
        if count > 0 {
            let verb = if count == 1 { "ends" } else { "end" };
            text += &format!("{} {verb} in {}\n", counted(count, "outcome"), in_words(kind));
        }
    }
    for SeenPart { outcome, faults, token } in outcomes {
        text += &format!("\noutcome {}, in {}\n", outcome.id, counted(outcome.count, "execution"));
        text += &outcome_text(outcome);
        text += &faults_text(faults);
        text += &format!("  {token}\n");
    }
    text
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    memory: &'a str,
    explorations: Vec<ExplorationPart<'a>>,
}

#[derive(Serialize)]
struct ExplorationPart<'a> {
    scenario: &'a str,
    repairs: &'a [String],
    variant: &'a str,
    complete: bool,
    evidence: &'a EvidencePart,
    executions: u64,
    redundant: u64,
    cut: u64,
    goals: &'a [GoalPart],
    outcomes: &'a [SeenPart],
}

fn json(all: &[One], memory: &str) -> String {
    let explorations = all.iter().map(exploration_part).collect();
    let document = Document { schema: 1, memory, explorations };
    serde_json::to_string_pretty(&document).expect("the document has only strings, numbers and lists") + "\n"
}

fn exploration_part(one: &One) -> ExplorationPart<'_> {
    let Explored { repairs, complete, evidence, executions, redundant, cut, goals, outcomes, .. } = &one.explored;
    ExplorationPart {
        scenario: &one.setting.scenario,
        repairs,
        variant: &one.variant,
        complete: *complete,
        evidence,
        executions: *executions,
        redundant: *redundant,
        cut: *cut,
        goals,
        outcomes,
    }
}

/// What the run was worth, said on standard error where it is less than asked.
fn judge(all: &[One], parts: usize, exhaustive: bool) -> Status {
    let mut status = Status::Fine;
    if all.len() < parts || all.iter().any(|one| !one.explored.complete) {
        session::say_cut_short();
        status = status.and(Status::Budget);
    }
    let incomplete = all.iter().find(|one| one.explored.complete && !one.explored.evidence.exhaustive);
    if let Some(one) = incomplete.filter(|_| exhaustive) {
        let gaps = one.explored.evidence.evidence().gaps();
        let why = if gaps.is_empty() { String::new() } else { format!(": {gaps}") };
        session::say(&format!("{} was not exhausted{why}", one.title()));
        status = status.and(Status::Budget);
    }
    let is_shared = |one: &One| {
        let mut same = all.iter().filter(|other| other.setting.scenario == one.setting.scenario);
        same.any(|other| other.explored.unshared.is_none())
    };
    for one in all.iter().filter(|one| !is_shared(one)) {
        if let Some(unshared) = &one.explored.unshared {
            session::say(&format!("{}: nothing was explored: {unshared}", one.title()));
            status = status.and(Status::Nothing);
        }
    }
    if all.iter().all(|one| one.explored.executions == 0) {
        session::say("nothing was explored: raise --enumerated, --executions or --time");
        status = status.and(Status::Nothing);
    }
    status
}
