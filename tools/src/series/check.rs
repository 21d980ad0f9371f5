//! The steps of a series, built and compared: which patch brings and which removes what a client can see.

use crate::cli::arguments::{Options, RepairsArgument};
use crate::cli::selection::memory_model;
use crate::cli::session;
use crate::cli::trouble::Trouble;
use crate::document::{DivergencePart, ScenarioPart};
use crate::source::steps::Step;
use crate::workshop::{Failure, Listed, Package, Place, Runner, select_listed};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempPath;

/// A package that was built, and is running.
pub struct Bench {
    pub runner: Runner,
    pub listed: Listed,
    /// The program; its file is gone with it.
    _program: TempPath,
}

impl Bench {
    /// Builds the package and starts it.
    pub fn build(package: &Package, place: &Place) -> Result<Bench, Trouble> {
        let program = package.build(place).map_err(Trouble::of_subject)?;
        let mut runner = Runner::start(&program).map_err(Trouble::of_subject)?;
        let listed = runner.list().map_err(|failure| Trouble::of_subject(failure.to_string()))?;
        Ok(Bench { runner, listed, _program: program })
    }
}

/// What one scenario showed, as a package answers.
#[derive(Clone, Debug, Deserialize)]
pub struct Scenario {
    /// Its part of a document.
    pub part: ScenarioPart,
    /// The comparison as it is committed; nothing if it came to no end.
    pub snapshot: Option<String>,
    /// What else there is to say of each divergence of the part, in its order.
    divergences: Vec<Attribution>,
    /// Where the same schedule gave two executions.
    pub nondeterminism: Option<String>,
}

/// Which steps bring and remove an outcome, by number.
#[derive(Clone, Debug, Deserialize)]
pub struct Attribution {
    /// Whether each step shows it.
    pub shown: Vec<bool>,
    pub introduced: Vec<usize>,
    pub removed: Vec<usize>,
}

impl Attribution {
    /// Both ends of the series agree on it, and something in between does not: what only who bisects meets.
    pub fn is_in_between(&self) -> bool {
        self.shown.first() == self.shown.last()
    }
}

impl Scenario {
    /// The divergences, with what else there is to say of them.
    pub fn divergences(&self) -> impl Iterator<Item = (&DivergencePart, &Attribution)> {
        self.part.divergences.iter().zip(&self.divergences)
    }

    /// What all of it rests on.
    pub fn evidence(&self) -> String {
        self.part.evidence().unwrap_or_default().to_string()
    }

    /// Whether it was run with repairs.
    pub fn is_repaired(&self) -> bool {
        !self.part.repairs.is_empty()
    }

    /// How many outcomes each step shows.
    pub fn outcomes(&self) -> impl Iterator<Item = usize> {
        self.part.variants.iter().map(|variant| variant.outcomes.len())
    }

    /// Executions of all steps.
    pub fn executions(&self) -> u64 {
        self.part.variants.iter().map(|variant| variant.executions).sum()
    }

    /// Where it runs differently next time, in a sentence.
    pub fn mismatch(&self) -> Option<String> {
        self.nondeterminism.as_ref().map(|found| format!("{} on {found}", self.part.id))
    }
}

/// A series that was run.
#[derive(Clone, Debug)]
pub struct Checked {
    pub steps: Vec<Step>,
    pub scenarios: Vec<Scenario>,
    /// How many comparisons were asked for.
    pub wanted: usize,
    /// The run ended before all scenarios were compared.
    pub cut_short: bool,
}

impl Checked {
    /// Whether every execution stands for each comparison that says anything.
    pub fn is_exhaustive(&self) -> bool {
        let mut parts = self.scenarios.iter().map(|scenario| &scenario.part);
        parts.all(|part| part.gap().is_some() || part.is_exhaustive())
    }

    /// How many comparisons say anything.
    pub fn explored(&self) -> usize {
        self.scenarios.iter().filter(|scenario| scenario.part.gap().is_none()).count()
    }
}

/// Compares the steps on the scenarios that the options select.
pub fn check(bench: &mut Bench, steps: Vec<Step>, options: &Options) -> Result<Checked, Trouble> {
    memory_model(&options.memory).map_err(Trouble::Usage)?;
    let wanted = select_listed(&bench.listed, &options.scenario)?;
    let both = match options.repairs.unwrap_or(RepairsArgument::None) {
        RepairsArgument::None => &[false][..],
        RepairsArgument::All => &[true],
        RepairsArgument::Both => &[false, true],
    };
    let count = wanted.len() * both.len();
    let progress = session::Progress::new(count);
    let mut checked = Checked { steps, scenarios: Vec::new(), wanted: count, cut_short: false };
    for &scenario in &wanted {
        for &repaired in both {
            let id = &bench.listed.scenarios[scenario];
            if session::is_ending() {
                checked.cut_short = true;
                return Ok(checked);
            }
            progress.says(id);
            let request = request(scenario, repaired, checked.steps.len(), options);
            let answer = match bench.runner.ask(&request) {
                Ok(answer) => answer,
                Err(_) if session::is_ending() => {
                    checked.cut_short = true;
                    return Ok(checked);
                }
                Err(Failure::Died(words)) => return Err(Trouble::Subject(words)),
                Err(failure) => return Err(Trouble::Subject(format!("{id}: {failure}"))),
            };
            let read = serde_json::from_value(answer).map_err(|error| Trouble::Subject(format!("{id}: {error}")));
            checked.scenarios.push(read?);
            progress.advances();
        }
    }
    Ok(checked)
}

fn request(scenario: usize, repaired: bool, steps: usize, options: &Options) -> Value {
    json!({
        "kind": "compare",
        "scenario": scenario,
        "repaired": repaired,
        "variants": (0..steps).collect::<Vec<_>>(),
        "exhaustive_max": options.exhaustive_max,
        "preemptions": options.preemptions,
        "enumerated": options.enumerated,
        "executions": options.executions,
        "seed": options.seed,
        "memory": options.memory,
        "jobs": crate::compare::jobs(options),
    })
}
