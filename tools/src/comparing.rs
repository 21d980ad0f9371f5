//! Comparisons of the selected scenarios, one after the other, until all are done or the run is to end.

use crate::arguments::Options;
use crate::selection::Selection;
use crate::session::{self, CONTROL, Progress, Running};
use crate::witness::{Seen, look};
use lockstep::{CompareConfig, Comparison, MemoryModel, RunConfig, Schedule, Variant, compare, first_mismatch};
use utrace_variants::{Repairs, Scenario, subject_name, with_programs};

/// One scenario compared, with or without repairs.
pub struct Compared {
    pub scenario: &'static Scenario,
    pub repairs: Repairs,
    pub memory: MemoryModel,
    pub comparison: Comparison,
    /// For each divergence what its witness shows.
    pub seen: Vec<Seen>,
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

/// Compares everything selected.
pub fn compare_all(selection: &Selection, options: &Options) -> Outcomes {
    let config = config(options, selection.memory);
    let wanted = selection.scenarios.len() * selection.repairs.len();
    let progress = Progress::new(wanted);
    let mut outcomes = Outcomes { compared: Vec::new(), wanted, cut_short: false, nondeterminism: None };
    for scenario in &selection.scenarios {
        for &repairs in &selection.repairs {
            if session::is_ending() {
                outcomes.cut_short = true;
                return outcomes;
            }
            progress.says(&format!("{} {}", scenario.id, scenario.name));
            let compared = compare_one(selection, scenario, repairs, &config, &mut outcomes.nondeterminism);
            outcomes.cut_short |= compared.comparison.cancelled;
            let done = &compared.comparison;
            let count = done.divergences.len();
            session::tell(&format!(
                "{} on {}: {} executions, {}; divergences: {count}",
                scenario.id,
                subject_name(repairs),
                done.executions(),
                done.evidence()
            ));
            outcomes.compared.push(compared);
            progress.advances();
        }
    }
    outcomes
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
    let (comparison, seen) = with_programs(&selection.variants, repairs, scenario, |programs| {
        for program in programs {
            if nondeterminism.is_none() {
                *nondeterminism = mismatch(scenario, program, config);
            }
        }
        let comparison = compare(programs, config);
        let seen = comparison.divergences.iter().map(|one| look(programs, one, config)).collect();
        (comparison, seen)
    });
    Compared { scenario, repairs, memory: config.memory, comparison, seen }
}

/// Runs one random schedule twice: the same schedule must give the same execution.
fn mismatch(scenario: &Scenario, variant: &Variant<'_>, config: &CompareConfig<'_>) -> Option<String> {
    let run_config = RunConfig { memory: config.memory, steps_max: config.steps_max };
    let schedule = Schedule::uniform(config.seed);
    let mismatch = first_mismatch(&variant.program, &schedule, &run_config)?;
    Some(format!("{} on {}: {mismatch}", scenario.id, variant.name))
}
