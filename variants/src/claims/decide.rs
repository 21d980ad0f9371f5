//! Deciding a claim: explores what it names and says what became of it.
//!
//! Promise: "holds" of something that is never seen rests on the weakest evidence of all its scenarios, which the decision carries; each scenario
//! was about its subject (its goals were reached), or the claim stays open. "Refuted" of that rests on one execution. What compares
//! two variants without having exhausted both first looks for what only one has shown in the other, as every comparison does.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use lockstep::{
    CompareConfig, Control, Evidence, Exploration, ExploreConfig, Outcome, OutcomeId, Program, RunConfig, Schedule,
    Seen, Strategy, Variant, compare, explore, minimize,
};

use super::subject::Subject;
use super::{Asked, Claim, Decision, How, Statement, Verdict, Witness};
use crate::scenarios::program::Scenario;
use crate::scenarios::protocol::Watching;
use crate::scenarios::scenarios;
use crate::utrace::Repairs;
use crate::variants::{VariantInfo, variants};

/// What has been explored so far, for claims that ask for the same.
#[derive(Debug, Default)]
pub struct Laboratory {
    explorations: BTreeMap<(&'static str, &'static str, Watching), Exploration>,
}

impl Laboratory {
    /// Explores the variant on the scenario, watched like that, if that has not been done.
    fn exploration(
        &mut self,
        (variant, id): (&'static str, &'static str),
        subject: Subject,
        config: &CompareConfig<'_>,
    ) -> Result<&Exploration, Undecided> {
        let watching = subject.claim.map_or(Watching::NONE, Claim::watching);
        Ok(match self.explorations.entry((variant, id, watching)) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let explore = |programs: &[Variant<'_>]| explored(&programs[0].program, config);
                let exploration = subject.with_programs(&[variant_of(variant)], scenario_of(id), explore)?;
                entry.insert(exploration)
            }
        })
    }
}

/// The subject that nobody watches.
const UNWATCHED: Subject = Subject { repairs: Repairs::NONE, claim: None, weakened: None };

/// Why nothing was decided.
pub enum Undecided {
    Cancelled,
    Goal(String),
}

impl Undecided {
    fn verdict(self) -> Verdict {
        Verdict::Open(match self {
            Undecided::Cancelled => "the run ended before it was explored".to_owned(),
            Undecided::Goal(goal) => format!("not reached: {goal}"),
        })
    }
}

/// Decides the claim for one of the variants that it asks about.
pub fn decide(
    claim: &'static Claim,
    asked: Asked,
    config: &CompareConfig<'_>,
    laboratory: &mut Laboratory,
) -> Decision {
    let decided = match (asked.how, claim.statement) {
        (How::NotAtAll(reason), _) | (_, Statement::Elsewhere(reason)) => {
            Ok((Verdict::NotApplicable(reason), Evidence::default(), None))
        }
        (_, Statement::Never(_, shows)) => never(claim, asked, shows, config, laboratory),
        (_, Statement::Sometimes(_, shows)) => sometimes(claim, asked, shows, config, laboratory),
        (How::Against(other), statement) => sets(claim, asked, (other, statement), config, laboratory),
        (How::Alone, Statement::Equal | Statement::Within | Statement::Differs) => {
            unreachable!("{}: outcome sets are compared with those of another variant", claim.id)
        }
    };
    let (verdict, evidence, witness) =
        decided.unwrap_or_else(|undecided| (undecided.verdict(), Evidence::default(), None));
    Decision { claim, asked, memory: config.memory, verdict, evidence, witness }
}

type Decided = Result<(Verdict, Evidence, Option<Witness>), Undecided>;

/// The scenario of that id. Claims name only those that exist, which a test checks.
pub fn scenario_of(id: &str) -> &'static Scenario {
    scenarios().iter().find(|scenario| scenario.id == id).expect("a claim names scenarios that exist")
}

/// The variant of that name, likewise.
pub fn variant_of(name: &str) -> &'static VariantInfo {
    variants().iter().find(|variant| variant.name == name).expect("a claim names variants that exist")
}

/// No execution shows it.
fn never(
    claim: &'static Claim,
    asked: Asked,
    shows: fn(&Outcome) -> bool,
    config: &CompareConfig<'_>,
    laboratory: &mut Laboratory,
) -> Decided {
    let (evidence, witness) = search(claim, asked, shows, config, laboratory)?;
    let verdict = if witness.is_some() { Verdict::Refuted } else { Verdict::Holds };
    Ok((verdict, evidence, witness))
}

/// Some execution shows it. That none was seen decides nothing unless all were.
fn sometimes(
    claim: &'static Claim,
    asked: Asked,
    shows: fn(&Outcome) -> bool,
    config: &CompareConfig<'_>,
    laboratory: &mut Laboratory,
) -> Decided {
    let (evidence, witness) = search(claim, asked, shows, config, laboratory)?;
    let verdict = match &witness {
        Some(_) => Verdict::Holds,
        None if evidence.exhaustive => Verdict::Refuted,
        None => Verdict::Open(evidence.absence()),
    };
    Ok((verdict, evidence, witness))
}

/// Looks in every scenario for an outcome that shows it; of all the one with the simplest witness.
fn search(
    claim: &'static Claim,
    asked: Asked,
    shows: fn(&Outcome) -> bool,
    config: &CompareConfig<'_>,
    laboratory: &mut Laboratory,
) -> Result<(Evidence, Option<Witness>), Undecided> {
    let subject = Subject { claim: Some(claim).filter(|one| one.watching() != Watching::NONE), ..UNWATCHED };
    let mut evidence: Option<Evidence> = None;
    let mut witness: Option<Witness> = None;
    for id in claim.scenarios {
        let exploration = laboratory.exploration((asked.variant, id), subject, config)?;
        let rests_on = exploration.evidence;
        evidence = Some(evidence.map_or(rests_on, |before: Evidence| before.weaker(rests_on)));
        let seen = exploration.outcomes.iter().filter(|seen| shows(&seen.outcome)).min_by_key(|seen| seen.first);
        match seen {
            Some(seen) => witness = simpler(witness, Some(smallest(seen, (asked.variant, id), subject, config))),
            None => reaches(scenario_of(id), exploration)?,
        }
    }
    Ok((evidence.unwrap_or_default(), witness))
}

fn simpler(one: Option<Witness>, other: Option<Witness>) -> Option<Witness> {
    let size = |witness: &Witness| (witness.preemptions, decisions(&witness.schedule));
    match (one, other) {
        (Some(one), Some(other)) => Some(if size(&other) < size(&one) { other } else { one }),
        (one, other) => one.or(other),
    }
}

fn decisions(schedule: &Schedule) -> usize {
    match schedule {
        Schedule::Explicit(explicit) => explicit.decisions.len(),
        _ => usize::MAX,
    }
}

fn smallest(
    seen: &Seen,
    (variant, scenario): (&'static str, &'static str),
    subject: Subject,
    config: &CompareConfig<'_>,
) -> Witness {
    let outcome = seen.outcome.id;
    let (schedule, preemptions) = minimized((variant, scenario), subject, (&seen.witness, outcome), config);
    Witness { scenario, subject, variant, not_by: None, schedule, preemptions, outcome }
}

/// The smallest schedule that ends in the outcome, and its preemptions.
fn minimized(
    (variant, scenario): (&str, &str),
    subject: Subject,
    (schedule, outcome): (&Schedule, OutcomeId),
    config: &CompareConfig<'_>,
) -> (Schedule, usize) {
    subject.with_programs(&[variant_of(variant)], scenario_of(scenario), |programs| {
        minimize(&programs[0].program, schedule, outcome, &run_config(config))
    })
}

/// An exploration that never met what its scenario is about proves nothing. Goals of some of the designs do not count.
fn reaches(scenario: &Scenario, exploration: &Exploration) -> Result<(), Undecided> {
    let is_missed = |at: usize| scenario.goals[at].of_all && exploration.goals & 1 << at == 0;
    match (0..scenario.goals.len()).find(|&at| is_missed(at)) {
        Some(at) => Err(Undecided::Goal(format!("{}: {}", scenario.id, scenario.goals[at].name))),
        None => Ok(()),
    }
}

fn run_config(config: &CompareConfig<'_>) -> RunConfig {
    RunConfig { memory: config.memory, steps_max: config.steps_max }
}

fn is_cancelled(config: &CompareConfig<'_>) -> bool {
    config.control.is_some_and(Control::is_cancelled)
}

/// Everything, if that is not too much; else all schedules with few preemptions, and random ones.
pub fn explored(program: &Program<'_>, config: &CompareConfig<'_>) -> Result<Exploration, Undecided> {
    let base = ExploreConfig {
        strategy: Strategy::Exhaustive,
        executions: config.exhaustive_max,
        seed: config.seed,
        jobs: config.jobs,
        memory: config.memory,
        steps_max: config.steps_max,
        control: config.control,
        ..ExploreConfig::default()
    };
    let mut total = explore(program, &base);
    let preemptions = config.preemptions.unwrap_or(0);
    let further = [
        (Strategy::Bounded { preemptions }, config.enumerated_max),
        (Strategy::Portfolio { length: None }, config.sampled),
    ];
    for (strategy, executions) in further {
        if !total.evidence.exhaustive && !is_cancelled(config) {
            total.merge(explore(program, &ExploreConfig { strategy, executions, ..base }));
        }
    }
    if is_cancelled(config) { Err(Undecided::Cancelled) } else { Ok(total) }
}

/// An outcome that one of two variants shows and the other does not: who, and a schedule.
struct Difference {
    outcome: OutcomeId,
    shown_by: &'static str,
    not_by: &'static str,
    schedule: Schedule,
}

/// The outcome sets of two variants, compared in every scenario.
fn sets(
    claim: &'static Claim,
    asked: Asked,
    (other, statement): (&'static str, Statement),
    config: &CompareConfig<'_>,
    laboratory: &mut Laboratory,
) -> Decided {
    let mut evidence: Option<Evidence> = None;
    let mut witness = None;
    for id in claim.scenarios {
        let (differences, rests_on) = differences(id, (asked.variant, other), config, laboratory)?;
        evidence = Some(evidence.map_or(rests_on, |before| before.weaker(rests_on)));
        let counts = |one: &&Difference| !matches!(statement, Statement::Within) || one.shown_by == asked.variant;
        if let Some(difference) = differences.iter().find(counts) {
            witness = simpler(witness, Some(difference.witness(id, config)));
        }
    }
    let differs = witness.is_some();
    let verdict = match statement {
        Statement::Differs => match (differs, evidence.unwrap_or_default()) {
            (true, _) => Verdict::Holds,
            (false, evidence) if evidence.exhaustive => Verdict::Refuted,
            (false, evidence) => Verdict::Open(evidence.absence()),
        },
        _ if differs => Verdict::Refuted,
        _ => Verdict::Holds,
    };
    Ok((verdict, evidence.unwrap_or_default(), witness))
}

impl Difference {
    fn witness(&self, scenario: &'static str, config: &CompareConfig<'_>) -> Witness {
        let named = (self.shown_by, scenario);
        let (schedule, preemptions) = minimized(named, UNWATCHED, (&self.schedule, self.outcome), config);
        Witness {
            scenario,
            subject: UNWATCHED,
            variant: self.shown_by,
            not_by: Some(self.not_by),
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
        reaches(scenario_of(id), laboratory.exploration((name, id), UNWATCHED, config)?)?;
    }
    let of = |name| &laboratory.explorations[&(name, id, Watching::NONE)];
    let (mine, theirs) = (of(variant), of(other));
    let evidence = mine.evidence.weaker(theirs.evidence);
    if !evidence.exhaustive {
        return compared(id, (variant, other), config);
    }
    let only = |one: &Exploration, two: &Exploration, shown_by: &'static str, not_by: &'static str| {
        let missing = one.outcomes.iter().filter(|seen| !two.outcomes.contains(seen.outcome.id));
        let mut missing: Vec<&Seen> = missing.collect();
        missing.sort_by_key(|seen| seen.first);
        let difference =
            |seen: &Seen| Difference { outcome: seen.outcome.id, shown_by, not_by, schedule: seen.witness.clone() };
        missing.into_iter().map(difference).collect::<Vec<_>>()
    };
    let mut differences = only(mine, theirs, variant, other);
    differences.extend(only(theirs, mine, other, variant));
    Ok((differences, evidence))
}

/// Where not everything could be explored a difference may be chance, so it is confirmed first.
fn compared(
    id: &'static str,
    names: (&'static str, &'static str),
    config: &CompareConfig<'_>,
) -> Result<(Vec<Difference>, Evidence), Undecided> {
    let selected = [variant_of(names.0), variant_of(names.1)];
    let comparison = UNWATCHED.with_programs(&selected, scenario_of(id), |programs| compare(programs, config));
    if comparison.cancelled {
        return Err(Undecided::Cancelled);
    }
    let name = |at: usize| if at == 0 { names.0 } else { names.1 };
    let differences = comparison.divergences.iter().map(|one| Difference {
        outcome: one.outcome,
        shown_by: name(one.shown_by),
        not_by: name(one.not_by),
        schedule: one.witness.clone(),
    });
    Ok((differences.collect(), comparison.evidence()))
}
