//! Deciding a claim: explores what it names and says what became of it.
//!
//! Promise: "holds" of something that is never seen rests on the weakest evidence of all its
//! scenarios, which the decision carries; each scenario was about its subject (its goals were
//! reached), or the claim stays open. "Refuted" of that rests on one execution. What compares two
//! variants is decided in `sets`; that they differ is said only where the one that lacks an outcome
//! was searched whole.

use lockstep::{CompareConfig, Evidence, Outcome, Seen};

use super::claim::{Asked, Claim, How, Statement};
use super::decision::{Decision, Verdict, Witness};
use super::laboratory::{Laboratory, SearchResult, minimized, reaches, scenario_of, simpler, weakest};
use super::sets::sets;
use super::subject::{About, TokenSubject};
use crate::scenarios::protocol::Watching;

/// Decides the claim for one of the variants that it asks about.
pub fn decide(
    claim: &'static Claim,
    asked: Asked,
    config: &CompareConfig<'_>,
    laboratory: &mut Laboratory,
) -> Decision {
    let found = match (asked.how, claim.statement) {
        (How::NotAtAll(reason), _) | (_, Statement::Elsewhere(reason)) => {
            let (verdict, evidence) = (Verdict::NotApplicable(reason), Evidence::default());
            return Decision { claim, asked, memory: config.memory, verdict, evidence, witness: None };
        }
        (_, Statement::Never(_, shows) | Statement::Sometimes(_, shows)) => {
            search(claim, asked, shows, config, laboratory)
        }
        (How::Against(other), statement) => sets(claim, asked, (other, statement), config, laboratory),
        (How::Alone, Statement::Equal | Statement::Within | Statement::Differs) => {
            unreachable!("{}: outcome sets are compared with those of another variant", claim.id)
        }
    };
    let (verdict, evidence, witness) = match found {
        Ok((evidence, witness)) => {
            let verdict = unproven_absence(witness.as_ref())
                .unwrap_or_else(|| verdict(claim.statement, witness.is_some(), evidence));
            (verdict, evidence, witness)
        }
        Err(undecided) => (undecided.verdict(), Evidence::default(), None),
    };
    Decision { claim, asked, memory: config.memory, verdict, evidence, witness }
}

/// An outcome that one of two variants shows decides nothing as long as the other may show it, too.
fn unproven_absence(witness: Option<&Witness>) -> Option<Verdict> {
    let (witness, absent) = witness.and_then(|witness| Some((witness, witness.absent?)))?;
    let absence = absent.evidence.absence_of(witness.preemptions);
    let says = || {
        let (shown_by, scenario) = (witness.variant, witness.scenario);
        Verdict::Open(format!("an outcome is shown by {shown_by} in {scenario}; by {} {absence}", absent.variant))
    };
    (!absent.evidence.is_exhaustive()).then(says)
}

/// What it says of a statement that something was seen or was not. That nothing was seen refutes
/// nothing unless everything was.
fn verdict(statement: Statement, seen: bool, evidence: Evidence) -> Verdict {
    let wants_it = matches!(statement, Statement::Sometimes(..) | Statement::Differs);
    match (wants_it, seen) {
        (true, true) | (false, false) => Verdict::Holds,
        (true, false) if !evidence.is_exhaustive() => Verdict::Open(evidence.absence()),
        (true, false) | (false, true) => Verdict::Refuted,
    }
}

/// Looks in every scenario for an outcome that shows it; of all the one with the simplest witness.
fn search(
    claim: &'static Claim,
    asked: Asked,
    shows: fn(&Outcome) -> bool,
    config: &CompareConfig<'_>,
    laboratory: &mut Laboratory,
) -> SearchResult {
    let about = if claim.watching() == Watching::NONE { About::Nothing } else { About::Claim(claim) };
    let subject = TokenSubject { about, ..TokenSubject::PLAIN };
    let mut evidence: Option<Evidence> = None;
    let mut witness: Option<Witness> = None;
    for id in claim.scenarios {
        let exploration = laboratory.exploration((asked.variant, id), subject, config)?;
        evidence = weakest(evidence, exploration.evidence);
        let seen = exploration.outcomes.iter().filter(|seen| shows(&seen.outcome)).min_by_key(|seen| seen.first);
        match seen {
            Some(seen) => witness = simpler(witness, Some(smallest(seen, (asked.variant, id), subject, config))),
            None => reaches(scenario_of(id), exploration)?,
        }
    }
    Ok((evidence.unwrap_or_default(), witness))
}

fn smallest(
    seen: &Seen,
    (variant, scenario): (&'static str, &'static str),
    subject: TokenSubject,
    config: &CompareConfig<'_>,
) -> Witness {
    let outcome = seen.outcome.id;
    let (schedule, preemptions) = minimized((variant, scenario), subject, (&seen.witness, outcome), config);
    Witness { scenario, subject, variant, absent: None, schedule, preemptions, outcome }
}
