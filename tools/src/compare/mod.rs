//! Comparisons of the selected scenarios, one after the other, until all are done or the run is to end.

pub mod costs;
pub mod document;
pub mod matrix;

use crate::cli::arguments::Options;
use crate::cli::selection::Selection;
use crate::cli::session::{self, CONTROL, Progress, Running};
use crate::cli::status::Status;
use crate::witness::{Seen, SeenEnd, look, look_at_ends};
use lockstep::{CompareConfig, Comparison, MemoryModel, Nondeterminism, Token, render, repeat, repeat_again};
use utrace_variants::{Repairs, Scenario, Words, heading, subject_name, with_programs};

/// One scenario compared, with or without repairs.
pub struct Compared {
    pub scenario: &'static Scenario,
    pub repairs: Repairs,
    pub memory: MemoryModel,
    pub comparison: Comparison,
    /// For each divergence what its witness shows.
    pub seen: Vec<Seen>,
    /// What all variants show and nobody can want.
    pub ends: Vec<SeenEnd>,
    /// Schedules that were run more than once, to see whether they run the same.
    pub repeated: u64,
}

/// What was compared, and what went wrong.
pub struct Outcomes {
    pub compared: Vec<Compared>,
    /// How many comparisons were asked for.
    pub wanted: usize,
    /// Not everything was compared.
    pub cut_short: bool,
    /// Where the same schedule gave two executions.
    pub nondeterminism: Option<String>,
}

/// Before an outcome counts as a difference, so many times `--executions` more are made where it was not seen.
const CONFIRM: u64 = 3;

/// The configuration that the options ask for.
pub fn config(options: &Options, memory: MemoryModel) -> CompareConfig<'static> {
    CompareConfig {
        exhaustive_max: options.exhaustive_max,
        preemptions: Some(options.preemptions),
        enumerated_max: options.enumerated,
        confirmed: options.executions.saturating_mul(CONFIRM),
        sampled: options.executions,
        seed: options.seed,
        jobs: jobs(options),
        memory,
        control: Some(&CONTROL),
        ..CompareConfig::default()
    }
}

/// OS threads that the options ask for.
pub fn jobs(options: &Options) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    options.jobs.map_or_else(cores, usize::from)
}

/// Runs of the exhaustive search of each variant in a first look.
const LOOK: u64 = 4_000;

/// A first look at each comparison, where there are several: most are done with it, and whoever ends the run early has something of all. What it
/// exhausts reads as if it had been given more; everything else is compared again.
fn first_look(config: &CompareConfig<'static>, comparisons: usize) -> Option<CompareConfig<'static>> {
    (comparisons > 1 && config.exhaustive_max > LOOK).then(|| CompareConfig {
        exhaustive_max: LOOK,
        enumerated_max: config.enumerated_max.min(LOOK / 2),
        confirmed: config.confirmed.min(LOOK / 4),
        sampled: config.sampled.min(LOOK / 8),
        ..*config
    })
}

/// Compares everything selected.
pub fn compare_all(selection: &Selection, options: &Options) -> Outcomes {
    let config = config(options, selection.memory);
    let wanted: Vec<(&'static Scenario, Repairs)> = selection.comparisons().collect();
    let progress = Progress::new(wanted.len());
    let mut nondeterminism = None;
    let mut compared: Vec<Option<Compared>> = wanted.iter().map(|_| None).collect();
    let mut left: Vec<usize> = (0..wanted.len()).collect();
    for config in first_look(&config, wanted.len()).into_iter().chain([config]) {
        let mut open = Vec::new();
        for at in left {
            let (scenario, repairs) = wanted[at];
            if session::is_ending() {
                open.push(at);
                continue;
            }
            progress.says(&format!("{} {}", scenario.id, scenario.name));
            let one = compare_one(selection, scenario, repairs, &config, &mut nondeterminism);
            let done = &one.comparison;
            if done.cancelled && session::is_ending() {
                open.push(at);
                // What ended early says less than what a first look has said.
                compared[at].get_or_insert(one);
                continue;
            }
            session::tell(&format!(
                "{} on {}: {} executions, {}; divergences: {}",
                scenario.id,
                subject_name(repairs),
                done.executions(),
                done.evidence(),
                done.divergences.len()
            ));
            // A subject that does not repeat itself is cancelled, and does not repeat itself next time either.
            if done.evidence().is_exhaustive() || done.cancelled || config.exhaustive_max == options.exhaustive_max {
                progress.advances();
            } else {
                open.push(at);
            }
            compared[at] = Some(one);
        }
        left = open;
    }
    let cut_short = !left.is_empty();
    Outcomes { compared: compared.into_iter().flatten().collect(), wanted: wanted.len(), cut_short, nondeterminism }
}

fn compare_one(
    selection: &Selection,
    scenario: &'static Scenario,
    repairs: Repairs,
    config: &CompareConfig<'_>,
    nondeterminism: &mut Option<String>,
) -> Compared {
    let names = selection.variants.iter().map(|variant| variant.name).collect::<Vec<_>>().join(", ");
    let subject = subject_name(repairs).to_owned();
    session::begin(Running { subject, scenario: scenario.id.to_string(), variants: names, memory: config.memory });
    let (comparison, seen, ends, repetition) = with_programs(&selection.variants, repairs, scenario, |programs| {
        let repetition = repeat(programs, config);
        let comparison = repetition.compare(programs, config);
        let repetition = repeat_again(repetition, programs, &comparison, config);
        let seen = comparison.divergences.iter().map(|one| look(programs, one, config, &Words)).collect();
        let ends = look_at_ends(programs, &comparison, config);
        (comparison, seen, ends, repetition)
    });
    if let Some(found) = &repetition.nondeterminism {
        let token = |schedule| Token {
            subject: subject_name(repairs).to_owned(),
            scenario: scenario.id.to_string(),
            memory: config.memory,
            schedule,
        };
        let Nondeterminism { variant, schedule, parting } = found;
        let (name, token) = (selection.variants[*variant].name, token(schedule.clone()));
        nondeterminism.get_or_insert_with(|| format!("{} on {name}, {token}: {parting}", scenario.id));
    }
    Compared { scenario, repairs, memory: config.memory, comparison, seen, ends, repeated: repetition.schedules }
}

/// Each comparison as the snapshots show it.
pub fn details(selection: &Selection, outcomes: &Outcomes) -> String {
    let mut parts = Vec::new();
    for compared in &outcomes.compared {
        let goals: Vec<&str> = compared.scenario.goal_names().collect();
        let program = compared.scenario.program_lines();
        let heading = heading(compared.scenario, compared.repairs, selection.memory, &goals, &program);
        let text = with_programs(&selection.variants, compared.repairs, compared.scenario, |programs| {
            render(&heading, programs, &compared.comparison, &Words)
        });
        parts.push(text);
    }
    parts.join("\n")
}

/// What the run was worth, said on standard error where it is less than asked.
pub fn judge(outcomes: &Outcomes) -> Status {
    let mut status = Status::Fine;
    if outcomes.cut_short {
        session::say_cut_short();
        status = status.and(Status::Budget);
    }
    if let Some(mismatch) = &outcomes.nondeterminism {
        session::say(&format!("nondeterminism: {mismatch}"));
        status = status.and(Status::Nondeterminism);
    }
    for compared in &outcomes.compared {
        if let Some(unshared) = compared.comparison.unshared {
            session::say(&format!("{}: nothing was explored: {unshared}", compared.scenario.id));
            status = status.and(Status::Nothing);
        }
    }
    let executions: u64 = outcomes.compared.iter().map(|compared| compared.comparison.executions()).sum();
    if executions == 0 {
        session::say_nothing_explored();
        status = status.and(Status::Nothing);
    }
    status
}
