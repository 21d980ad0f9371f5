//! The steps of a series, built and compared: which patch brings and which removes what a client can see.

use crate::arguments::{Options, RepairsArgument};
use crate::selection::unknown;
use crate::session;
use crate::steps::Step;
use crate::workshop::{Failure, Package, Place, Runner, select_listed};
use lockstep::MemoryModel;
use serde_json::{Value, json};

/// What one scenario showed.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub id: String,
    pub question: String,
    pub repaired: bool,
    pub evidence: String,
    pub executions: u64,
    /// How many outcomes each step shows.
    pub outcomes: Vec<u64>,
    /// Goals that nothing reached.
    pub missed: Vec<String>,
    pub divergences: Vec<Divergence>,
    /// Where the same schedule gave two executions.
    pub nondeterminism: Option<String>,
}

/// An outcome that some steps show and others do not.
#[derive(Clone, Debug)]
pub struct Divergence {
    pub outcome: String,
    pub shown: Vec<bool>,
    pub introduced: Vec<usize>,
    pub removed: Vec<usize>,
    pub preemptions: u64,
    pub witness: String,
    pub difference: String,
}

impl Divergence {
    /// Both ends of the series agree on it, and something in between does not: what only who bisects meets.
    pub fn is_in_between(&self) -> bool {
        self.shown.first() == self.shown.last()
    }
}

/// A series that was run.
#[derive(Clone, Debug)]
pub struct Checked {
    pub steps: Vec<Step>,
    pub scenarios: Vec<Scenario>,
    /// The run ended before all scenarios were compared.
    pub cut_short: bool,
}

/// Why there is no result.
pub enum Trouble {
    /// The command makes no sense.
    Usage(String),
    /// The subject could not be built or run.
    Subject(String),
}

/// Builds the package and compares the steps on the scenarios that the options select.
pub fn check(package: &Package, place: &Place, steps: Vec<Step>, options: &Options) -> Result<Checked, Trouble> {
    if MemoryModel::from_name(&options.memory).is_none() {
        let known = MemoryModel::ALL.map(MemoryModel::name).into_iter();
        return Err(Trouble::Usage(unknown("memory model", &options.memory, known)));
    }
    let program = package.build(place).map_err(Trouble::Subject)?;
    let mut runner = Runner::start(&program).map_err(Trouble::Subject)?;
    let listed = runner.list().map_err(|failure| Trouble::Subject(failure.to_string()))?;
    let wanted = select_listed(&listed, &options.scenario).map_err(Trouble::Usage)?;
    let both = match options.repairs.unwrap_or(RepairsArgument::None) {
        RepairsArgument::None => &[false][..],
        RepairsArgument::All => &[true],
        RepairsArgument::Both => &[false, true],
    };
    let progress = session::Progress::new(wanted.len() * both.len());
    let mut checked = Checked { steps, scenarios: Vec::new(), cut_short: false };
    for &scenario in &wanted {
        for &repaired in both {
            let (id, question) = &listed.scenarios[scenario];
            if session::is_ending() {
                checked.cut_short = true;
                return Ok(checked);
            }
            progress.says(id);
            let request = request(scenario, repaired, checked.steps.len(), options);
            let answer = match runner.ask_until(&request, session::is_ending) {
                Ok(answer) => answer,
                Err(_) if session::is_ending() => {
                    checked.cut_short = true;
                    return Ok(checked);
                }
                Err(Failure::Died(words)) => return Err(Trouble::Subject(words)),
                Err(failure) => return Err(Trouble::Subject(format!("{id}: {failure}"))),
            };
            checked.scenarios.push(scenario_of(&answer, id, question, repaired));
            progress.advances();
        }
    }
    Ok(checked)
}

fn request(scenario: usize, repaired: bool, steps: usize, options: &Options) -> Value {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
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
        "jobs": options.jobs.map_or_else(cores, usize::from),
    })
}

fn scenario_of(answer: &Value, id: &str, question: &str, repaired: bool) -> Scenario {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let places = |value: &Value| list(value).iter().filter_map(Value::as_u64).map(|at| at as usize).collect();
    let divergence = |one: &Value| Divergence {
        outcome: text(&one["outcome"]),
        shown: list(&one["shown"]).iter().filter_map(Value::as_bool).collect(),
        introduced: places(&one["introduced"]),
        removed: places(&one["removed"]),
        preemptions: one["preemptions"].as_u64().unwrap_or(0),
        witness: text(&one["witness"]),
        difference: text(&one["difference"]),
    };
    Scenario {
        id: id.to_owned(),
        question: question.to_owned(),
        repaired,
        evidence: text(&answer["evidence"]),
        executions: answer["executions"].as_u64().unwrap_or(0),
        outcomes: list(&answer["outcomes"]).iter().filter_map(Value::as_u64).collect(),
        missed: list(&answer["missed"]).iter().map(text).collect(),
        divergences: list(&answer["divergences"]).iter().map(divergence).collect(),
        nondeterminism: answer["nondeterminism"].as_str().map(|found| format!("{id} on {found}")),
    }
}
