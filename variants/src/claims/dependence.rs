//! C14, the other half: what depends on an ordering. The place is weakened, and what the design then shows is compared with what it shows as it is.
//!
//! Promise: an outcome depends on an ordering if the weakened design shows one to clients that the design as it is does not; a claim depends on
//! it if the claim says that no execution shows something, the design keeps that as it is, and the weakened design does not. Executions are
//! watched for all such claims, each in the scenarios that it names; what a monitor finds is no outcome for clients.
//!
//! Limits: where the design as it is was not exhausted, a new outcome might have been missed in it, so there only faults count (races, BUG and
//! WARN, broken rules, lost wake-ups), and only those of which it showed none of the same words; that a claim is kept then rests on the same
//! evidence. That nothing depends on an ordering is said of the scenarios that pass it, with their evidence; of two orderings of which
//! either suffices each is free. Claims that compare variants are not asked: weakening changes both.

use lockstep::{CompareConfig, End, Entry, Evidence, Exploration, Outcome, Seen, Token, end_lines};

use super::laboratory::{explored, minimized, weakest};
use super::orderings::OrderingSite;
use super::subject::{About, Subject};
use super::{Claim, claims};
use crate::observation::Observation;

/// What came of weakening a place.
#[derive(Clone, Debug, Default)]
pub struct Dependence {
    /// What the design as it is does not show: a new outcome first, if there is one, then claims in the order of their numbers.
    pub shown: Vec<Shown>,
    /// What the verdict rests on, as far as it rests on what was not seen: the weakest of all scenarios.
    pub evidence: Evidence,
}

/// Something that the design does not show as it is.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The claim that it breaks, or none for an outcome that clients see.
    pub claim: Option<&'static Claim>,
    /// The scenario.
    pub scenario: &'static str,
    /// What it is, in a line.
    pub what: String,
    /// An execution that shows it.
    pub token: Token,
}

/// What a design shows as it is, for each scenario.
pub type Baseline = Vec<(&'static str, Exploration)>;

const AS_IT_IS: Subject = Subject { about: About::Claims, ..Subject::PLAIN };

/// Explores the variant as it is. Nothing if the run was ended.
pub fn baseline(variant: &'static str, scenarios: &[&'static str], config: &CompareConfig<'_>) -> Option<Baseline> {
    let one = |id: &&'static str| Some((*id, explored(AS_IT_IS, (variant, id), config).ok()?));
    scenarios.iter().map(one).collect()
}

/// Weakens the place and looks for what the variant did not show before, in every scenario that passes it. Nothing if the run was ended.
pub fn dependence(
    variant: &'static str,
    site: &OrderingSite,
    baseline: &Baseline,
    config: &CompareConfig<'_>,
) -> Option<Dependence> {
    let subject = Subject { about: About::Weakened(site.weakened), ..Subject::PLAIN };
    let mut evidence: Option<Evidence> = None;
    let mut shown: Vec<Shown> = Vec::new();
    for (id, known) in baseline.iter().filter(|(id, _)| site.scenarios.contains(id)) {
        let exploration = explored(subject, (variant, id), config).ok()?;
        evidence = weakest(evidence, exploration.evidence.weaker(known.evidence));
        let mut show = |claim: Option<&'static Claim>, what: String, seen: &Seen| {
            let (schedule, _) = minimized((variant, id), subject, (&seen.witness, seen.outcome.id), config);
            let token = Token { subject: subject.name(), scenario: (*id).to_owned(), memory: config.memory, schedule };
            shown.push(Shown { claim, scenario: id, what, token });
        };
        if let Some((what, seen)) = new_outcome(known, &exploration) {
            show(None, what, seen);
        }
        for claim in claims() {
            if let Some(seen) = claim.breach(variant, id).and_then(|breaks| new_breach(known, &exploration, breaks)) {
                show(Some(claim), claim.says.to_owned(), seen);
            }
        }
    }
    // One of each is enough: that of the scenario that comes first.
    shown.sort_by_key(|one| one.claim.map(Claim::number));
    shown.dedup_by_key(|one| one.claim.map(|claim| claim.id));
    Some(Dependence { shown, evidence: evidence.unwrap_or_default() })
}

/// The simplest execution that breaks a claim which nothing broke before.
fn new_breach<'a>(known: &Exploration, found: &'a Exploration, breaks: fn(&Outcome) -> bool) -> Option<&'a Seen> {
    if known.outcomes.iter().any(|seen| breaks(&seen.outcome)) {
        return None;
    }
    found.outcomes.iter().filter(|seen| breaks(&seen.outcome)).min_by_key(|seen| seen.first)
}

/// The simplest outcome that clients did not see before, faults first, in a line.
fn new_outcome<'a>(known: &Exploration, found: &'a Exploration) -> Option<(String, &'a Seen)> {
    let fresh: Vec<&Seen> = if known.evidence.exhaustive {
        let before: Vec<Visible> = known.outcomes.iter().map(|seen| visible(&seen.outcome)).collect();
        found.outcomes.iter().filter(|seen| !before.contains(&visible(&seen.outcome))).collect()
    } else {
        let before: Vec<Option<String>> = known.outcomes.iter().map(|seen| fault(&seen.outcome)).collect();
        let is_new = |seen: &&Seen| fault(&seen.outcome).is_some_and(|fault| !before.contains(&Some(fault)));
        found.outcomes.iter().filter(is_new).collect()
    };
    let seen = fresh.into_iter().min_by_key(|seen| (fault(&seen.outcome).is_none(), seen.first))?;
    Some((fault(&seen.outcome).unwrap_or_else(|| format!("another outcome, {}", seen.outcome.id)), seen))
}

/// What clients see of an outcome.
type Visible<'a> = (Vec<(&'a str, Vec<Entry>)>, &'a End);

fn visible(outcome: &Outcome) -> Visible<'_> {
    let is_seen = |entry: &Entry| match entry {
        Entry::Warning(_) => true,
        Entry::Word(word) => !matches!(Observation::from_word(*word), Some(Observation::Finding { .. })),
    };
    let columns = outcome.columns.iter().map(|column| {
        let entries = column.entries.iter().copied().filter(is_seen);
        (column.name.as_str(), entries.collect())
    });
    (columns.collect(), &outcome.end)
}

/// What of the outcome nobody can want, in a line.
fn fault(outcome: &Outcome) -> Option<String> {
    if outcome.end.is_fault() {
        return end_lines(&outcome.end).into_iter().next();
    }
    let entries = outcome.columns.iter().flat_map(|column| column.entries.iter());
    entries.copied().find_map(|entry| match entry {
        Entry::Warning(message) => Some(format!("sim: WARN: {message}")),
        Entry::Word(word) => match Observation::from_word(word)? {
            Observation::Rule { .. } | Observation::End { lost: true, .. } => Some(crate::describe::describe(word)),
            _ => None,
        },
    })
}
