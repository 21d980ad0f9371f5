//! Claims that compare two variants: which outcomes only one of them shows.
//!
//! Promise: where both variants were exhausted an outcome that only one shows is a difference, and
//! that is all. Where one was not, the other's outcomes are first looked for in it, as every
//! comparison does, and a difference carries what its absence there rests on: an outcome that was
//! not observed may still be possible.

use lockstep::{CompareConfig, Evidence, Exploration, OutcomeId, Schedule, Seen, compare};

use super::claim::{Asked, Claim, Statement};
use super::decision::{Absent, Witness};
use super::laboratory::{
    Laboratory, SearchResult, Undecided, minimized, reaches, scenario_of, simpler, variant_of, weakest,
};
use super::subject::TokenSubject;

/// An outcome that one of two variants shows and the other does not: who, and a schedule.
struct Difference {
    outcome: OutcomeId,
    shown_by: &'static str,
    absent: Absent,
    schedule: Schedule,
}

/// The outcome sets of two variants, compared in every scenario.
pub fn sets(
    claim: &'static Claim,
    asked: Asked,
    (other, statement): (&'static str, Statement),
    config: &CompareConfig<'_>,
    laboratory: &mut Laboratory,
) -> SearchResult {
    let mut evidence: Option<Evidence> = None;
    let (mut proven, mut chance) = (None, None);
    for id in claim.scenarios {
        let (differences, rests_on) = differences(id, (asked.variant, other), config, laboratory)?;
        evidence = weakest(evidence, rests_on);
        let counts = |one: &&Difference| !matches!(statement, Statement::Within) || one.shown_by == asked.variant;
        let mut counted = differences.iter().filter(counts);
        if let Some(difference) = counted.clone().find(|one| one.absent.evidence.is_exhaustive()) {
            proven = simpler(proven, Some(difference.witness(id, config)));
        } else if let Some(difference) = counted.next() {
            chance = simpler(chance, Some(difference.witness(id, config)));
        }
    }
    Ok((evidence.unwrap_or_default(), proven.or(chance)))
}

impl Difference {
    fn witness(&self, scenario: &'static str, config: &CompareConfig<'_>) -> Witness {
        let named = (self.shown_by, scenario);
        let (schedule, preemptions) = minimized(named, TokenSubject::PLAIN, (&self.schedule, self.outcome), config);
        Witness {
            scenario,
            subject: TokenSubject::PLAIN,
            variant: self.shown_by,
            absent: Some(self.absent),
            schedule,
            preemptions,
            outcome: self.outcome,
        }
    }
}

fn differences(
    id: &'static str,
    (variant, other): (&'static str, &'static str),
    config: &CompareConfig<'_>,
    laboratory: &mut Laboratory,
) -> Result<(Vec<Difference>, Evidence), Undecided> {
    for name in [variant, other] {
        let exploration = laboratory.exploration((name, id), TokenSubject::PLAIN, config)?;
        if !exploration.evidence.is_exhaustive() {
            return compared(id, (variant, other), config);
        }
        reaches(scenario_of(id), exploration)?;
    }
    let (Some(mine), Some(theirs)) = (laboratory.known(variant, id), laboratory.known(other, id)) else {
        return Err(Undecided::Cancelled);
    };
    let evidence = mine.evidence.weaker(theirs.evidence);
    let mut differences = only((mine, variant), (theirs, other));
    differences.extend(only((theirs, other), (mine, variant)));
    Ok((differences, evidence))
}

/// What the first shows and the second does not, what was seen first at the head.
fn only(
    (one, shown_by): (&Exploration, &'static str),
    (other, variant): (&Exploration, &'static str),
) -> Vec<Difference> {
    let mut missing: Vec<&Seen> =
        one.outcomes.iter().filter(|seen| !other.outcomes.contains(seen.outcome.id)).collect();
    missing.sort_by_key(|seen| seen.first);
    let absent = Absent { variant, evidence: other.evidence };
    let difference =
        |seen: &Seen| Difference { outcome: seen.outcome.id, shown_by, absent, schedule: seen.witness.clone() };
    missing.into_iter().map(difference).collect()
}

/// Where not everything could be explored a difference may be chance, so it is confirmed first.
fn compared(
    id: &'static str,
    names: (&'static str, &'static str),
    config: &CompareConfig<'_>,
) -> Result<(Vec<Difference>, Evidence), Undecided> {
    let selected = [variant_of(names.0), variant_of(names.1)];
    let comparison =
        TokenSubject::PLAIN.with_programs(&selected, scenario_of(id), |programs| compare(programs, config));
    if comparison.cancelled {
        return Err(Undecided::Cancelled);
    }
    for exploration in &comparison.explorations {
        reaches(scenario_of(id), exploration)?;
    }
    let name = |at: usize| if at == 0 { names.0 } else { names.1 };
    let differences = comparison.divergences.iter().map(|one| Difference {
        outcome: one.outcome,
        shown_by: name(one.shown_by),
        absent: Absent { variant: name(one.not_by), evidence: comparison.explorations[one.not_by].evidence },
        schedule: one.witness.clone(),
    });
    Ok((differences.collect(), comparison.evidence()))
}
