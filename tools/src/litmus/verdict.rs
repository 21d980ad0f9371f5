//! What an exploration says about the question of a litmus test.
//!
//! Promise: *Never* and *Always* are said only of what was explored exhaustively; without that, and
//! without an example to the contrary, the answer is that nothing is proven. Deviation: herd counts
//! executions, we count final states. How many executions there are depends on what counts as one;
//! the states do not.

use super::assumed;
use super::ast::{Item, Program, Quantifier};
use super::error::LitmusError;
use super::flag::Flag;
use super::graphs::{self, FinalStates};
use super::interpret::{self, observed_values};
use super::placing;
use super::search::{SearchConfig, all_races, all_states, sampled_races, sampled_states};
use super::visit;
use lockstep::{End, Entry, Evidence, Exploration, Outcome};
use std::collections::BTreeSet;
use std::fmt;

/// The answer to a litmus test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The final states that pass the filter, with the values of [`Program::shown`].
    pub states: BTreeSet<Vec<i64>>,
    /// How many of them satisfy the condition's proposition.
    pub positive: usize,
    /// How many do not.
    pub negative: usize,
    /// What else was seen.
    pub flags: BTreeSet<Flag>,
    /// What stands behind it.
    pub evidence: Evidence,
    /// Whether some loop was followed no further.
    pub is_cut: bool,
}

/// How often the proposition of the condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// In no final state.
    Never,
    /// In some.
    Sometimes,
    /// In each.
    Always,
    /// In none or in each of those seen, which may not be all.
    Unproven,
}

/// Whether the condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It does.
    Ok,
    /// It does not.
    No,
    /// What was seen does not say.
    Unproven,
}

/// Asks a program its question. An error names the limit that executions go beyond.
///
/// The graph search proves what it can; the machine only checks it, by samples, if it can run the
/// program. Where the memory model has no predicate on graphs, the machine proves alone.
pub fn ask(program: &Program, search: &SearchConfig<'_>) -> Result<Verdict, LitmusError> {
    let program = placing::placed(program);
    if !graphs::searches(search.memory) {
        return by_machine(&program, search);
    }
    let program = &assumed::assuming(program);
    let final_states = graphs::search(program, search);
    if !interpret::fits(program) {
        return Ok(judge(program, final_states));
    }
    let mut shown_by_machine = seen(program, &sampled_states(program, search))?;
    if assumed::assumes(program) {
        // The machine assumes nothing.
        shown_by_machine.states.retain(|values| passes(program, &program.observed(), values));
        shown_by_machine.flags.clear();
    } else {
        check_races(program, search, &final_states);
    }
    Ok(judge(program, final_states.and(shown_by_machine)))
}

/// The answer of the machine alone.
fn by_machine(program: &Program, search: &SearchConfig<'_>) -> Result<Verdict, LitmusError> {
    if !interpret::fits(program) {
        let message = format!("the memory model '{}' has no search for this program", search.memory.name());
        return Err(LitmusError::of_file(message));
    }
    let mut final_states = seen(program, &all_states(program, search))?;
    if visit::has_plain_accesses(program) {
        let raced = all_races(program, search);
        if shows_race(&raced) {
            final_states.flags.insert(Flag::DataRace);
        } else {
            final_states.evidence = final_states.evidence.weaker(raced.evidence);
        }
    }
    Ok(judge(program, final_states))
}

fn shows_race(exploration: &Exploration) -> bool {
    exploration.outcomes.iter().any(|seen| matches!(seen.outcome.end, End::Race(_)))
}

/// A race that the machine shows is one of the graphs too.
fn check_races(program: &Program, search: &SearchConfig<'_>, final_states: &FinalStates) {
    if !visit::has_plain_accesses(program)
        || !final_states.evidence.is_exhaustive()
        || final_states.flags.contains(&Flag::DataRace)
    {
        return;
    }
    assert!(!shows_race(&sampled_races(program, search)), "the machine shows a race, which no execution graph does");
}

/// What the machine has shown.
pub(super) fn seen(program: &Program, exploration: &Exploration) -> Result<FinalStates, LitmusError> {
    let evidence = exploration.evidence;
    let mut final_states = FinalStates { states: BTreeSet::new(), flags: BTreeSet::new(), evidence, is_cut: false };
    for seen in exploration.outcomes.iter() {
        let flag = match &seen.outcome.end {
            End::Completed => {
                let values = values(&seen.outcome);
                assert_eq!(values.len(), program.observed().len(), "each observed item has a value");
                final_states.states.insert(values);
                continue;
            }
            End::Deadlock { .. } | End::Livelock(_) => Flag::Deadlock,
            End::Misuse(_) => Flag::LockMisuse,
            End::Bug(fault) if fault.message == interpret::INVALID_ADDRESS => Flag::InvalidAddress,
            End::Bug(_) => Flag::DivisionByZero,
            End::StepLimit(limit) => {
                let message = format!("an execution has more choice points than the limit of {limit}");
                return Err(LitmusError::of_file(message));
            }
            end @ (End::Resting(_) | End::Race(_) | End::Panic(_) | End::StackLow(_)) => {
                panic!("an execution of a litmus test ends with {end}")
            }
        };
        final_states.flags.insert(flag);
    }
    Ok(final_states)
}

/// Whether a final state passes the filter.
fn passes(program: &Program, observed: &[Item], values: &[i64]) -> bool {
    let value = |item| values[observed.iter().position(|known| *known == item).expect("the item is observed")];
    program.filter.as_ref().is_none_or(|filter| filter.holds(&value))
}

/// What the final states say.
fn judge(program: &Program, final_states: FinalStates) -> Verdict {
    let observed = program.observed();
    let shown = program.shown().len();
    let FinalStates { states, flags, evidence, is_cut } = final_states;
    let mut verdict = Verdict { states: BTreeSet::new(), positive: 0, negative: 0, flags, evidence, is_cut };
    for values in states {
        let value = |item| values[observed.iter().position(|known| *known == item).expect("the item is observed")];
        if !passes(program, &observed, &values) {
            continue;
        }
        if !verdict.states.insert(values[..shown].to_vec()) {
            continue;
        }
        if program.condition.proposition.holds(&value) {
            verdict.positive += 1;
        } else {
            verdict.negative += 1;
        }
    }
    verdict
}

/// What the main thread observed; nobody else observes.
fn values(outcome: &Outcome) -> Vec<i64> {
    let words = outcome.columns.iter().flat_map(|column| &column.entries).filter_map(|entry| match entry {
        Entry::Word(word) => Some(*word),
        Entry::Warning(_) => None,
    });
    observed_values(&words.collect::<Vec<u64>>())
}

impl Verdict {
    /// How often the proposition of the condition holds.
    pub fn observation(&self) -> Observation {
        match (self.positive, self.negative) {
            (1.., 1..) => Observation::Sometimes,
            _ if !self.evidence.is_exhaustive() => Observation::Unproven,
            (0, _) => Observation::Never,
            (1.., 0) => Observation::Always,
        }
    }

    /// Whether something was asked that was not answered.
    pub fn is_unproven(&self) -> bool {
        self.observation() == Observation::Unproven
    }

    /// Whether the condition holds.
    pub fn answer(&self, quantifier: Quantifier) -> Answer {
        let (example, with) = match quantifier {
            Quantifier::Exists => (self.positive > 0, Answer::Ok),
            Quantifier::NotExists => (self.positive > 0, Answer::No),
            Quantifier::Forall => (self.negative > 0, Answer::No),
        };
        match (example, with) {
            (true, _) => with,
            (false, _) if !self.evidence.is_exhaustive() => Answer::Unproven,
            (false, Answer::Ok) => Answer::No,
            (false, Answer::No | Answer::Unproven) => Answer::Ok,
        }
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Observation::Never => "Never",
            Observation::Sometimes => "Sometimes",
            Observation::Always => "Always",
            Observation::Unproven => "Unproven",
        })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Answer::Ok => "Ok",
            Answer::No => "No",
            Answer::Unproven => "Unproven",
        })
    }
}
