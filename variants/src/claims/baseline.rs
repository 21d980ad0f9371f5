//! What a design shows as it is, and what is new beside that.
//!
//! Promise: an outcome is new if clients did not see it before; a claim is touched if what it says
//! never happens, or says happens and was not seen to, is seen now. What a monitor finds is no
//! outcome for clients.
//!
//! Limits: where the design as it is was not exhausted, a new outcome might have been missed in it.
//! There only faults count (races, BUG and WARN, broken rules, lost wake-ups), and only those of
//! which it showed none of the same words; before one counts, it is looked for in the design as it
//! is, around the schedule that shows it ([`Baseline::is_possible`]).
//!
//! A claim of the kind "sometimes" that the design keeps is not asked. Taking an ordering away adds
//! executions and removes none, so what could be seen can still be seen; at most a data race ends
//! the execution before, and then the race is what is new.

use std::collections::BTreeSet;

use lockstep::{CompareConfig, End, Entry, Evidence, Exploration, Outcome, Schedule, Seen, end_lines, explore_nearby};

use super::claim::{Claim, Statement};
use super::claims;
use super::laboratory::{explored, run_config, scenario_of, variant_of};
use super::subject::TokenSubject;
use crate::observation::Observation;

/// What clients see of an outcome.
pub(super) type Visible = (Vec<(String, Vec<Entry>)>, End);

/// What a design shows as it is in one scenario.
#[derive(Debug)]
pub struct Baseline {
    pub(super) variant: &'static str,
    /// The scenario.
    pub scenario: &'static str,
    /// What it rests on.
    pub evidence: Evidence,
    /// Runs that it took.
    pub(super) runs: u64,
    pub(super) visible: BTreeSet<Visible>,
    faults: BTreeSet<String>,
    /// Claims that ask about the variant in this scenario and of which nothing was seen that they
    /// speak of.
    untouched: Vec<&'static Claim>,
}

/// Something that a design does not show as it is.
#[derive(Clone, Debug)]
pub(super) struct News<'a> {
    /// The claim that it touches, or none for an outcome that clients see.
    pub claim: Option<&'static Claim>,
    /// What it is, in a line.
    pub what: String,
    /// Races are last, for who looks for an example: whatever is behind one has no meaning.
    pub is_race: bool,
    pub seen: &'a Seen,
}

/// Explores the variant as it is. Nothing if the run was ended.
pub fn baseline(variant: &'static str, scenario: &'static str, config: &CompareConfig<'_>) -> Option<Baseline> {
    let exploration = explored(TokenSubject::AS_IT_IS, (variant, scenario), config).ok()?;
    let outcomes = || exploration.outcomes.iter().map(|seen| &seen.outcome);
    let is_untouched =
        |claim: &&Claim| touches(claim, variant, scenario).is_some_and(|touches| !outcomes().any(touches));
    Some(Baseline {
        variant,
        scenario,
        evidence: exploration.evidence,
        runs: exploration.executions + exploration.redundant,
        visible: outcomes().map(visible).collect(),
        faults: outcomes().flat_map(faults).collect(),
        untouched: claims().into_iter().filter(is_untouched).collect(),
    })
}

/// What touches the claim, if it asks about executions of the variant in this scenario.
pub(super) fn touches(claim: &Claim, variant: &str, scenario: &str) -> Option<fn(&Outcome) -> bool> {
    let is_asked = claim.asked.iter().any(|asked| asked.variant == variant && asked.how == super::claim::How::Alone);
    match claim.statement {
        Statement::Never(_, shows) | Statement::Sometimes(_, shows)
            if is_asked && claim.scenarios.contains(&scenario) =>
        {
            Some(shows)
        }
        _ => None,
    }
}

impl Baseline {
    /// What of the exploration is new: of the outcomes and of each claim the simplest that shows
    /// it.
    pub(super) fn news<'a>(&self, exploration: &'a Exploration) -> Vec<News<'a>> {
        let mut news: Vec<News<'a>> = self.new_outcome(exploration).into_iter().collect();
        for &claim in &self.untouched {
            let Some(touches) = touches(claim, self.variant, self.scenario) else { continue };
            let seen = exploration.outcomes.iter().filter(|seen| touches(&seen.outcome)).min_by_key(|seen| seen.first);
            let new = |seen| News { claim: Some(claim), what: claim.says.to_owned(), is_race: false, seen };
            news.extend(seen.map(new));
        }
        news
    }

    /// The simplest outcome that clients did not see before, new faults first and races last of
    /// them.
    fn new_outcome<'a>(&self, exploration: &'a Exploration) -> Option<News<'a>> {
        let new_fault = |seen: &Seen| faults(&seen.outcome).into_iter().find(|fault| !self.faults.contains(fault));
        let is_new = |seen: &&Seen| match self.evidence.is_exhaustive() {
            true => !self.visible.contains(&visible(&seen.outcome)),
            false => new_fault(seen).is_some(),
        };
        let is_race = |seen: &Seen| matches!(seen.outcome.end, End::Race(_));
        let order = |seen: &&Seen| (is_race(seen), new_fault(seen).is_none(), seen.first);
        let seen = exploration.outcomes.iter().filter(is_new).min_by_key(order)?;
        let what = new_fault(seen).unwrap_or_else(|| format!("{ANOTHER}{}", seen.outcome.id));
        Some(News { claim: None, what, is_race: is_race(seen), seen })
    }

    /// Whether the design as it is can show the same after all: where it was not exhausted, looks
    /// around this schedule.
    pub(super) fn is_possible(
        &self,
        claim: Option<&'static Claim>,
        what: &str,
        schedule: &Schedule,
        config: &CompareConfig<'_>,
    ) -> bool {
        if self.evidence.is_exhaustive() {
            return false;
        }
        let nearby =
            TokenSubject::AS_IT_IS.with_programs(&[variant_of(self.variant)], scenario_of(self.scenario), |programs| {
                explore_nearby(&programs[0].program, schedule, &run_config(config))
            });
        nearby.outcomes.iter().any(|seen| is_shown((self.variant, self.scenario), claim, what, &seen.outcome))
    }
}

/// Whether the outcome shows the news: of a claim what touches it, of clients what the line says.
pub(super) fn is_shown(
    (variant, scenario): (&str, &str),
    claim: Option<&Claim>,
    what: &str,
    outcome: &Outcome,
) -> bool {
    match claim.and_then(|claim| touches(claim, variant, scenario)) {
        Some(touches) => touches(outcome),
        // A claim about two variants is touched by an outcome, which the line names.
        None => shows(what, outcome),
    }
}

/// Whether the outcome is what the line says: the same fault, or the outcome of that identity.
fn shows(what: &str, outcome: &Outcome) -> bool {
    let is_another = |rest: &str| rest.split(':').next() == Some(&outcome.id.to_string());
    faults(outcome).iter().any(|fault| fault == what) || what.strip_prefix(ANOTHER).is_some_and(is_another)
}

/// What stands before the identity of an outcome that is no fault.
pub const ANOTHER: &str = "another outcome, ";

pub(super) fn visible(outcome: &Outcome) -> Visible {
    let is_seen = |entry: &Entry| match entry {
        Entry::Warning(_) => true,
        Entry::Word(word) => !matches!(Observation::from_word(*word), Some(Observation::Finding { .. })),
    };
    let columns = outcome.columns.iter().map(|column| {
        let entries = column.entries.iter().copied().filter(is_seen);
        (column.name.clone(), entries.collect())
    });
    (columns.collect(), outcome.end.clone())
}

/// What of the outcome nobody can want, each in a line.
pub(super) fn faults(outcome: &Outcome) -> Vec<String> {
    let mut faults = Vec::new();
    if outcome.end.is_fault() {
        faults.extend(end_lines(&outcome.end).into_iter().next());
    }
    let entries = outcome.columns.iter().flat_map(|column| column.entries.iter());
    faults.extend(entries.copied().filter_map(|entry| match entry {
        Entry::Warning(message) => Some(format!("sim: WARN: {message}")),
        Entry::Word(word) => match Observation::from_word(word)? {
            Observation::Rule { .. } | Observation::End { lost: true, .. } => Some(crate::describe::describe(word)),
            _ => None,
        },
    }));
    faults
}
