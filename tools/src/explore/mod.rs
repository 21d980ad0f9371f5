//! `explore`: what one variant can show on one scenario, with how often it was seen and what the set rests on.
//!
//! Limits: counts are of executions made, not probabilities. An exhaustive search visits one execution of each class that differs only in the
//! order of independent steps, so its counts are of classes.

pub mod claims;
pub mod relax;
pub mod replay;

use crate::cli::arguments::{Format, Options};
use crate::cli::counted::counted;
use crate::cli::selection::Selection;
use crate::cli::session::{self, Progress, Running};
use crate::cli::status::Status;
use crate::compare;
use crate::compare::document::repairs_part;
use crate::document::{EvidencePart, OutcomePart};
use crate::recorded::{evidence_part, outcome_part};
use crate::shown::outcome_text;
use lockstep::{
    CompareConfig, Exploration, ExploreConfig, MemoryModel, Program, Seen, Strategy, Token, Unshared, explore, unshared,
};
use serde::Serialize;
use utrace_variants::{Repairs, Scenario, VariantInfo, Words, subject_name, with_programs};

/// What was explored of one variant.
struct Explored {
    scenario: &'static Scenario,
    repairs: Repairs,
    variant: &'static VariantInfo,
    exploration: Exploration,
    /// Executions were made and nothing was explored.
    unshared: Option<Unshared>,
}

/// Explores every selected variant on every selected scenario; returns the text and how it went.
pub fn command(selection: &Selection, options: &Options, exhaustive: bool) -> (String, Status) {
    let config = compare::config(options, selection.memory);
    let parts = selection.scenarios.len() * selection.repairs.len() * selection.variants.len();
    let progress = Progress::new(parts);
    let mut explored = Vec::new();
    for scenario in &selection.scenarios {
        for &repairs in &selection.repairs {
            for variant in &selection.variants {
                if session::is_ending() {
                    continue;
                }
                progress.says(&format!("{} {}", scenario.id, variant.name));
                let (exploration, unshared) = explore_one(scenario, repairs, variant, &config, exhaustive);
                explored.push(Explored { scenario, repairs, variant, exploration, unshared });
                progress.advances();
            }
        }
    }
    let text = match options.format {
        Format::Json => json(&explored, selection.memory),
        _ => explored.iter().map(|one| human(one, selection.memory)).collect::<Vec<_>>().join("\n"),
    };
    (text, judge(&explored, parts, exhaustive))
}

fn explore_one(
    scenario: &'static Scenario,
    repairs: Repairs,
    variant: &'static VariantInfo,
    config: &CompareConfig<'_>,
    exhaustive: bool,
) -> (Exploration, Option<Unshared>) {
    let (subject, memory) = (subject_name(repairs).to_owned(), config.memory);
    session::begin(Running { subject, scenario: scenario.id.to_string(), variants: variant.name.to_owned(), memory });
    with_programs(&[variant], repairs, scenario, |programs| {
        let program = &programs[0].program;
        let exploration = explored(program, config, exhaustive);
        // Where schedules make a difference there is no need to look.
        let is_one = exploration.outcomes.len() == 1;
        let unshared = if is_one { unshared(program, &config.run()) } else { None };
        (exploration, unshared)
    })
}

fn explored(program: &Program<'_>, config: &CompareConfig<'_>, exhaustive: bool) -> Exploration {
    let CompareConfig { seed, jobs, memory, control, .. } = *config;
    let base = ExploreConfig { seed, jobs, memory, control, ..ExploreConfig::default() };
    if exhaustive {
        let strategy = Strategy::Exhaustive;
        return explore(program, &ExploreConfig { strategy, executions: u64::MAX, ..base });
    }
    let preemptions = config.preemptions.unwrap_or(0);
    let strategy = Strategy::Bounded { preemptions };
    let mut total = explore(program, &ExploreConfig { strategy, executions: config.enumerated_max, ..base });
    let strategy = Strategy::Portfolio { length: None };
    if !total.evidence.is_exhaustive() && !total.cancelled && config.sampled > 0 {
        total.merge(explore(program, &ExploreConfig { strategy, executions: config.sampled, ..base }));
    }
    total
}

fn token(explored: &Explored, seen: &Seen, memory: MemoryModel) -> Token {
    Token {
        subject: subject_name(explored.repairs).to_owned(),
        scenario: explored.scenario.id.to_string(),
        memory,
        schedule: seen.witness.clone(),
    }
}

fn human(explored: &Explored, memory: MemoryModel) -> String {
    let Explored { scenario, variant, exploration, .. } = explored;
    let mut text = format!("{} on {}, memory model {}: {}\n", scenario.id, variant.name, memory.name(), scenario.name);
    let outcomes = counted(exploration.outcomes.len(), "outcome");
    let executions = counted(exploration.executions, "execution");
    let redundant = match exploration.redundant {
        0 => String::new(),
        count => format!(", {} given up as explored elsewhere", counted(count, "run")),
    };
    text += &format!("{outcomes}; {}; {executions}{redundant}\n", exploration.evidence);
    for (at, goal) in scenario.goals.iter().enumerate() {
        let reached = if exploration.goals & (1 << at) != 0 { "reached" } else { "not reached" };
        text += &format!("goal, {reached}: {}\n", goal.name);
    }
    for seen in exploration.outcomes.iter() {
        text += &format!("\noutcome {}, in {}\n", seen.outcome.id, counted(seen.count, "execution"));
        text += &outcome_text(&seen.outcome, &Words);
        text += &format!("  {}\n", token(explored, seen, memory));
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
    repairs: Vec<String>,
    variant: &'a str,
    complete: bool,
    evidence: EvidencePart,
    executions: u64,
    redundant: u64,
    cut: u64,
    goals: Vec<GoalPart<'a>>,
    outcomes: Vec<SeenPart>,
}

#[derive(Serialize)]
struct GoalPart<'a> {
    name: &'a str,
    reached: bool,
}

#[derive(Serialize)]
struct SeenPart {
    #[serde(flatten)]
    outcome: OutcomePart,
    token: String,
}

fn json(explored: &[Explored], memory: MemoryModel) -> String {
    let part = |one| exploration_part(one, memory);
    let document = Document { schema: 1, memory: memory.name(), explorations: explored.iter().map(part).collect() };
    serde_json::to_string_pretty(&document).expect("the document has only strings, numbers and lists") + "\n"
}

fn exploration_part(explored: &Explored, memory: MemoryModel) -> ExplorationPart<'_> {
    let Explored { scenario, repairs, variant, exploration, .. } = explored;
    let goals = scenario.goals.iter().enumerate();
    let reached = |at: usize| exploration.goals & (1 << at) != 0;
    let seen = |seen: &Seen| SeenPart {
        outcome: outcome_part(&seen.outcome, seen.count, &Words),
        token: token(explored, seen, memory).to_string(),
    };
    ExplorationPart {
        scenario: &scenario.id,
        repairs: repairs_part(*repairs),
        variant: variant.name,
        complete: !exploration.cancelled,
        evidence: evidence_part(exploration.evidence),
        executions: exploration.executions,
        redundant: exploration.redundant,
        cut: exploration.gaps.cut,
        goals: goals.map(|(at, goal)| GoalPart { name: &goal.name, reached: reached(at) }).collect(),
        outcomes: exploration.outcomes.iter().map(seen).collect(),
    }
}

/// What the run was worth, said on standard error where it is less than asked.
fn judge(explored: &[Explored], parts: usize, exhaustive: bool) -> Status {
    let mut status = Status::Fine;
    let cancelled = explored.len() < parts || explored.iter().any(|one| one.exploration.cancelled);
    if cancelled {
        session::say_cut_short();
        status = status.and(Status::Budget);
    }
    let incomplete =
        explored.iter().find(|one| !one.exploration.evidence.is_exhaustive() && !one.exploration.cancelled);
    if let Some(one) = incomplete.filter(|_| exhaustive) {
        let gaps = one.exploration.evidence.gaps();
        let why = if gaps.is_empty() { String::new() } else { format!(": {gaps}") };
        session::say(&format!("{} on {} was not exhausted{why}", one.scenario.id, one.variant.name));
        status = status.and(Status::Budget);
    }
    let is_shared =
        |one: &Explored| explored.iter().any(|other| other.scenario.id == one.scenario.id && other.unshared.is_none());
    for one in explored.iter().filter(|one| !is_shared(one)) {
        if let Some(unshared) = one.unshared {
            session::say(&format!("{} on {}: nothing was explored: {unshared}", one.scenario.id, one.variant.name));
            status = status.and(Status::Nothing);
        }
    }
    if explored.iter().all(|one| one.exploration.executions == 0) {
        session::say("nothing was explored: raise --enumerated, --executions or --time");
        status = status.and(Status::Nothing);
    }
    status
}
