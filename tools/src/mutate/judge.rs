//! Running the mutants: each against the unbroken code, scenario after scenario, until a client sees the difference.

use super::crew::ask_each;
use super::fate::{BROKE_DOWN, Fate, Kill};
use super::record::Record;
use super::schemata::Mutant;
use crate::cli::session;
use crate::workshop::{Failure, Runner};
use serde_json::{Value, json};
use std::path::Path;

/// What is asked of each.
#[derive(Clone, Debug)]
pub struct Trial {
    pub mutant: Mutant,
    /// The variants in which it may show, by number.
    pub variants: Vec<usize>,
    /// The reason, if it is listed as equivalent.
    pub listed: Option<String>,
    /// What is known of it, if it is listed as a survivor.
    pub excuse: Option<String>,
    /// What a committed table says of it, if that is checked.
    pub record: Option<Record>,
}

/// How mutants are run.
#[derive(Debug)]
pub struct Plan<'a> {
    pub program: &'a Path,
    /// Number and id of the scenarios.
    pub scenarios: Vec<(usize, String)>,
    /// What is explored; the rest of each request is filled in.
    pub request: Value,
    /// Every execution of originals and survivors is searched.
    pub proves: bool,
    pub repaired: Vec<bool>,
    pub jobs: usize,
    /// The memory model shows orderings.
    pub shows_orderings: bool,
}

/// The fates in the order of the trials. Nothing for those that the run did not come to.
pub fn judge(plan: &Plan<'_>, trials: &[Trial]) -> Result<Vec<Option<Fate>>, String> {
    let progress = session::Progress::new(trials.len());
    ask_each((plan.program, plan.jobs), trials, |trial, runner| {
        progress.says(&trial.mutant.id);
        let fate = match recorded(plan, trial, runner)? {
            Some(fate) => fate,
            None => fate(plan, trial, runner)?,
        };
        let fate = match (fate, &trial.excuse) {
            (Fate::Survived { .. }, Some(excuse)) => Fate::Survived { note: Some(excuse.clone()) },
            (fate, _) => fate,
        };
        session::tell(&format!("{}: {}", trial.mutant.id, fate.in_words()));
        progress.advances();
        // A fate that an interrupt brought about says nothing.
        Ok((!session::is_ending()).then_some(fate))
    })
}

/// Whether the scenario notices the mutant, within the bound on preemptions or the random executions.
pub fn notices(
    plan: &Plan<'_>,
    trial: &Trial,
    runner: &mut Runner,
    scenario: &(usize, String),
) -> Result<bool, String> {
    Ok(matches!(pass(plan, trial, runner, std::slice::from_ref(scenario), Effort::Usual)?, Passed::Killed(_)))
}

/// What is recorded of a mutant, if it comes about again: a kill in its scenario, or that nobody notices at a glance. A mutant that is
/// noticed now is killed; whatever else is not as recorded is left to be judged in full.
fn recorded(plan: &Plan<'_>, trial: &Trial, runner: &mut Runner) -> Result<Option<Fate>, String> {
    let Some(record) = trial.record.as_ref().filter(|_| is_judged(plan, trial)) else { return Ok(None) };
    let Record::Killed(scenario) = record else {
        return Ok(match pass(plan, trial, runner, &plan.scenarios, Effort::Glance)? {
            Passed::Killed(kill) => Some(Fate::Killed(kill)),
            _ => record.unnoticed(trial.listed.as_ref()),
        });
    };
    let at: Vec<(usize, String)> = plan.scenarios.iter().filter(|(_, id)| id == scenario).cloned().collect();
    for effort in [Effort::Usual, Effort::Everything] {
        if effort == Effort::Everything && !plan.proves {
            break;
        }
        if let Passed::Killed(kill) = pass(plan, trial, runner, &at, effort)? {
            return Ok(Some(Fate::Killed(kill)));
        }
    }
    Ok(None)
}

/// Whether the memory model can show what the mutant does.
fn is_judged(plan: &Plan<'_>, trial: &Trial) -> bool {
    plan.shows_orderings || !trial.mutant.operator.is_ordering()
}

fn fate(plan: &Plan<'_>, trial: &Trial, runner: &mut Runner) -> Result<Fate, String> {
    if !is_judged(plan, trial) {
        return Ok(Fate::NotJudged);
    }
    let all = &plan.scenarios[..];
    if trial.listed.is_none() {
        match pass(plan, trial, runner, all, Effort::Usual)? {
            Passed::Killed(kill) => return Ok(Fate::Killed(kill)),
            _ if !plan.proves => return Ok(Fate::Survived { note: None }),
            _ => {}
        }
    }
    Ok(match (pass(plan, trial, runner, all, Effort::Everything)?, &trial.listed) {
        (Passed::Killed(kill), _) => Fate::Killed(kill),
        (Passed::Equal, Some(reason)) => Fate::Equivalent { reason: reason.clone() },
        (Passed::Equal, None) => {
            let note = "every execution of every scenario was covered, and the outcomes are equal: is there a reason?";
            Fate::Survived { note: Some(note.to_owned()) }
        }
        (Passed::Unknown(id), Some(_)) => {
            Fate::Survived { note: Some(format!("listed as equivalent, but the search of {id} was not exhaustive")) }
        }
        (Passed::Unknown(id), None) => Fate::Survived { note: Some(format!("the search of {id} was not exhaustive")) },
    })
}

/// How much is explored of a mutant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// A part of what is usual, for what was looked at in full before: at most so much as [`GLANCE`].
    Glance,
    /// The bound on preemptions, and random executions where nothing is proved.
    Usual,
    /// Every execution, as far as is allowed.
    Everything,
}

/// What a glance is given at most.
const GLANCE: [(&str, u64); 3] = [("exhaustive_max", 2_000), ("enumerated", 300), ("executions", 200)];

/// What all scenarios said of a mutant.
enum Passed {
    Killed(Kill),
    /// Every execution was covered, and nobody noticed.
    Equal,
    /// Nobody noticed; in this scenario not every execution was covered.
    Unknown(String),
}

fn pass(
    plan: &Plan<'_>,
    trial: &Trial,
    runner: &mut Runner,
    scenarios: &[(usize, String)],
    effort: Effort,
) -> Result<Passed, String> {
    let mut passed = Passed::Equal;
    for (scenario, id) in scenarios {
        for &variant in &trial.variants {
            for &repaired in &plan.repaired {
                if session::is_ending() {
                    return Ok(Passed::Unknown(id.clone()));
                }
                let mut request = plan.request.clone();
                request["kind"] = json!("break");
                request["scenario"] = json!(scenario);
                request["variant"] = json!(variant);
                request["repaired"] = json!(repaired);
                request["mutant"] = json!(trial.mutant.number);
                request["exact"] = json!(plan.proves);
                request["covers"] = json!(effort == Effort::Everything);
                if effort == Effort::Glance {
                    for (name, most) in GLANCE {
                        request[name] = json!(request[name].as_u64().unwrap_or(most).min(most));
                    }
                }
                match ask_twice(plan, runner, &request)? {
                    Ok(answer) if answer["killed"] == json!(true) => return Ok(Passed::Killed(kill(&answer, id))),
                    Ok(answer) if answer["exhaustive"] == json!(true) => {}
                    Ok(_) if matches!(passed, Passed::Equal) => passed = Passed::Unknown(id.clone()),
                    Ok(_) => {}
                    Err(Failure::Stopped) => return Ok(Passed::Unknown(id.clone())),
                    Err(failure) => {
                        let (difference, how) = (failure.to_string(), BROKE_DOWN.to_owned());
                        let scenario = id.clone();
                        return Ok(Passed::Killed(Kill { scenario, how, executions: 0, preemptions: 0, difference }));
                    }
                }
            }
        }
    }
    Ok(passed)
}

/// What a runner that breaks down says counts only if it breaks down again: somebody may have killed it, or the memory run out.
fn ask_twice(plan: &Plan<'_>, runner: &mut Runner, request: &Value) -> Result<Result<Value, Failure>, String> {
    let mut answer = runner.ask(request);
    for is_last in [false, true] {
        if matches!(answer, Ok(_) | Err(Failure::Stopped)) {
            break;
        }
        *runner = Runner::start(plan.program)?;
        if !is_last {
            answer = runner.ask(request);
        }
    }
    Ok(answer)
}

fn kill(answer: &Value, scenario: &str) -> Kill {
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| answer[name].as_u64().unwrap_or(0);
    Kill {
        scenario: scenario.to_owned(),
        how: text("how"),
        executions: number("executions"),
        preemptions: number("preemptions"),
        difference: text("difference"),
    }
}
