//! Running the mutants: each against the unbroken code, scenario after scenario, until a client
//! sees the difference.

use super::crew::ask_each;
use super::fate::{BROKE_DOWN, Fate, Kill};
use super::record::Record;
use super::schemata::Mutant;
use crate::cli::progress::Progress;
use crate::cli::session;
use crate::cli::trouble::Trouble;
use crate::workshop::Runner;
use lockstep::{BadEnd, MemoryModel};
use lockstep_runner::protocol::{self, Break, Effort, How, Judged, Killed, Setting, Verdict};
use lockstep_runner::{Bench, Failure};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

/// What is asked of each.
#[derive(Clone, Debug)]
pub struct Trial {
    pub mutant: Mutant,
    /// The variants in which it may show, by name.
    pub variants: Vec<String>,
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
    /// The scenarios, by id.
    pub scenarios: Vec<String>,
    /// What is explored of each.
    pub effort: Effort,
    pub memory: MemoryModel,
    /// Every execution of originals and survivors is searched.
    pub proves: bool,
    pub repaired: Vec<bool>,
    pub jobs: usize,
    /// The memory model shows orderings.
    pub shows_orderings: bool,
    /// What the unbroken code was seen to end in and nobody can want.
    pub originals: OriginalEnds,
}

/// Kinds of ends that unbroken code shows and nobody can want, with the scenarios that show them.
#[derive(Debug, Default)]
pub struct OriginalEnds(Mutex<BTreeMap<String, BTreeSet<String>>>);

impl OriginalEnds {
    fn note(&self, scenario: &str, kinds: Vec<String>) {
        let mut all = self.0.lock().expect("nobody panics while holding it");
        for kind in kinds {
            all.entry(kind).or_default().insert(scenario.to_owned());
        }
    }

    /// Each kind, the gravest first, with its scenarios.
    pub fn all(&self) -> Vec<(BadEnd, Vec<String>)> {
        let all = self.0.lock().expect("nobody panics while holding it");
        let of = |kind: BadEnd| Some((kind, all.get(kind.name())?.iter().cloned().collect()));
        BadEnd::ALL.into_iter().filter_map(of).collect()
    }
}

impl Plan<'_> {
    /// The mutant of a trial, somewhere.
    pub fn mutant(
        &self,
        trial: &Trial,
        scenario: &str,
        variant: &str,
        repaired: bool,
        effort: Effort,
    ) -> protocol::Mutant {
        let setting = Setting { scenario: scenario.to_owned(), repaired, memory: self.memory };
        protocol::Mutant { setting, variant: variant.to_owned(), mutant: trial.mutant.number, effort }
    }
}

/// The fates in the order of the trials. Nothing for those that the run did not come to.
pub fn judge(plan: &Plan<'_>, trials: &[Trial]) -> Result<Vec<Option<Fate>>, Trouble> {
    let progress = Progress::new(trials.len());
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

/// Whether the scenario notices the mutant, within the bound on preemptions or the random
/// executions.
pub fn notices(plan: &Plan<'_>, trial: &Trial, runner: &mut Runner, scenario: &String) -> Result<bool, Trouble> {
    Ok(matches!(pass(plan, trial, runner, std::slice::from_ref(scenario), Pass::Usual)?, Passed::Killed(_)))
}

/// What is recorded of a mutant, if it comes about again: a kill in its scenario, or that nobody
/// notices at a glance. A mutant that is noticed now is killed; whatever else is not as recorded is
/// left to be judged in full.
fn recorded(plan: &Plan<'_>, trial: &Trial, runner: &mut Runner) -> Result<Option<Fate>, Trouble> {
    let Some(record) = &trial.record else { return Ok(None) };
    let Record::Killed(scenario) = record else {
        return Ok(match pass(plan, trial, runner, &plan.scenarios, Pass::Glance)? {
            Passed::Killed(kill) => Some(Fate::Killed(kill)),
            _ => record.unnoticed(trial.listed.as_ref()),
        });
    };
    let at: Vec<String> = plan.scenarios.iter().filter(|id| *id == scenario).cloned().collect();
    for closely in [Pass::Usual, Pass::Everything] {
        if closely == Pass::Everything && !plan.proves {
            break;
        }
        if let Passed::Killed(kill) = pass(plan, trial, runner, &at, closely)? {
            return Ok(Some(Fate::Killed(kill)));
        }
    }
    Ok(None)
}

/// What becomes of a mutant. Where the memory model shows no orderings, one that only takes an
/// ordering away can still let plain data race; if it does not, nothing is known of it.
fn fate(plan: &Plan<'_>, trial: &Trial, runner: &mut Runner) -> Result<Fate, Trouble> {
    match looked_at(plan, trial, runner)? {
        Fate::Survived { .. } | Fate::Equivalent { .. }
            if !plan.shows_orderings && trial.mutant.operator.is_ordering() =>
        {
            Ok(Fate::NotJudged)
        }
        fate => Ok(fate),
    }
}

fn looked_at(plan: &Plan<'_>, trial: &Trial, runner: &mut Runner) -> Result<Fate, Trouble> {
    let all = &plan.scenarios[..];
    if trial.listed.is_none() {
        match pass(plan, trial, runner, all, Pass::Usual)? {
            Passed::Killed(kill) => return Ok(Fate::Killed(kill)),
            _ if !plan.proves => return Ok(Fate::Survived { note: None }),
            _ => {}
        }
    }
    Ok(match (pass(plan, trial, runner, all, Pass::Everything)?, &trial.listed) {
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

/// How closely a mutant is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// A part of what is usual, for what was looked at in full before.
    Glance,
    /// The bound on preemptions, and random executions where nothing is proved.
    Usual,
    /// Every execution, as far as is allowed.
    Everything,
}

impl Pass {
    /// What is explored.
    fn effort(self, usual: Effort) -> Effort {
        match self {
            Pass::Glance => Effort {
                exhaustive_max: usual.exhaustive_max.min(1_000),
                enumerated: usual.enumerated.min(150),
                executions: usual.executions.min(100),
                ..usual
            },
            Pass::Usual | Pass::Everything => usual,
        }
    }
}

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
    scenarios: &[String],
    closely: Pass,
) -> Result<Passed, Trouble> {
    let effort = closely.effort(plan.effort);
    let mut passed = Passed::Equal;
    for id in scenarios {
        for variant in &trial.variants {
            for &repaired in &plan.repaired {
                if session::is_ending() {
                    return Ok(Passed::Unknown(id.clone()));
                }
                let asked = Break {
                    mutant: plan.mutant(trial, id, variant, repaired, effort),
                    exact: plan.proves,
                    covers: closely == Pass::Everything,
                };
                let verdict = ask_twice(plan, runner, &asked)?.map(|judged| {
                    plan.originals.note(id, judged.original_ends);
                    judged.verdict
                });
                match verdict {
                    Ok(Verdict::Killed(killed)) => return Ok(Passed::Killed(kill(killed, id))),
                    Ok(Verdict::Unnoticed { exhaustive: true }) => {}
                    Ok(Verdict::Unnoticed { .. }) if matches!(passed, Passed::Equal) => {
                        passed = Passed::Unknown(id.clone());
                    }
                    Ok(Verdict::Unnoticed { .. }) => {}
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

/// What a runner that breaks down says counts only if it breaks down again: somebody may have
/// killed it, or the memory run out.
fn ask_twice(plan: &Plan<'_>, runner: &mut Runner, asked: &Break) -> Result<Result<Judged, Failure>, Trouble> {
    let mut answer = runner.judge(asked.clone());
    for is_last in [false, true] {
        if matches!(answer, Ok(_) | Err(Failure::Stopped)) {
            break;
        }
        *runner = Runner::start(plan.program)?;
        if !is_last {
            answer = runner.judge(asked.clone());
        }
    }
    Ok(answer)
}

fn kill(Killed { how, executions, preemptions, difference }: Killed, scenario: &str) -> Kill {
    let how = match how {
        How::New => "new",
        How::Lost => "lost",
    };
    Kill { scenario: scenario.to_owned(), how: how.to_owned(), executions, preemptions, difference }
}
