//! C14: which orderings does a design stand on? "If we are in fact relying on any implicit barrier semantics like that, we should have a clear comment
//! about it" (Roland, 2009-08-03).
//!
//! Promise: every place of the kernel model and of a design at which some execution takes or drops a lock, passes a barrier or makes an ordered
//! access is a place to look at; each is weakened alone, and what the design then shows is compared with what it shows as it is. Beside
//! the places there is one more: the scheduler as a whole, the implicit barrier between a wake-up and `schedule` (C4).
//!
//! Limits: only places that the executions looked at have passed are known. Where the design as it is was not exhausted, a new outcome might have
//! been missed in it, so there only faults count: races, BUG and WARN, broken rules, lost wake-ups. That nothing depends on an
//! ordering is said of the scenarios explored, with their evidence; two orderings of which either suffices are both without need.

use std::collections::BTreeMap;

use lockstep::{
    CompareConfig, Entry, Evidence, Exploration, Kind, Outcome, RunConfig, Schedule, Seen, Token, Weakened, What,
    end_lines, minimize, run,
};

use super::decide::{Undecided, explored, scenario_of, variant_of};
use super::subject::{FILES, Subject};
use crate::observation::Observation;
use crate::scenarios::program::Scenario;
use crate::utrace::Repairs;

/// Random executions of each scenario in which places are looked for, beside the one in order.
const LOOKED_AT: u64 = 24;

/// A place that orders something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderingSite {
    /// The function it is in, by the site that traces name.
    pub function: String,
    /// What is done there: `lock`, `unlock`, `fence` and so on.
    pub what: &'static str,
    /// The lock or word, without its number; empty for a barrier.
    pub object: String,
    /// The place.
    pub weakened: Weakened,
}

/// What came of weakening a place.
#[derive(Clone, Debug)]
pub struct Dependence {
    /// The first outcome found that the design as it is does not show: where, what, and a token.
    pub shown: Option<(&'static str, String, Token)>,
    /// What the verdict rests on if there is none: the weakest of all scenarios.
    pub evidence: Evidence,
}

/// What a design shows as it is, for each scenario.
pub type Baseline = Vec<(&'static str, Exploration)>;

const AS_IT_IS: Subject = Subject { repairs: Repairs::NONE, claim: None, weakened: None };

/// The scheduler as a whole.
pub fn wake_up() -> OrderingSite {
    let weakened = Weakened { file: "kernel/sched.rs", at: None };
    let (function, object) = ("schedule and try_to_wake_up".to_owned(), "everything".to_owned());
    OrderingSite { function, what: "implicit barrier", object, weakened }
}

/// The places of a variant that order something in these scenarios.
pub fn ordering_sites(
    variant: &'static str,
    scenarios: &[&'static str],
    config: &CompareConfig<'_>,
) -> Vec<OrderingSite> {
    let mut found = BTreeMap::new();
    for id in scenarios {
        let schedules = (0..LOOKED_AT).map(|seed| Schedule::uniform(config.seed.wrapping_add(seed)));
        for schedule in schedules.chain([Schedule::in_order()]) {
            sites_of(variant, scenario_of(id), &schedule, config, &mut found);
        }
    }
    found.into_values().collect()
}

fn sites_of(
    variant: &'static str,
    scenario: &'static Scenario,
    schedule: &Schedule,
    config: &CompareConfig<'_>,
    found: &mut BTreeMap<Weakened, OrderingSite>,
) {
    let run_config = RunConfig { memory: config.memory, steps_max: config.steps_max };
    let one = |subject: Subject| {
        subject.with_programs(&[variant_of(variant)], scenario, |programs| {
            run(&programs[0].program, schedule, &run_config)
        })
    };
    let execution = one(AS_IT_IS);
    let mut functions: Vec<Vec<&'static str>> = vec![Vec::new(); execution.threads.len()];
    for event in &execution.trace {
        let inside = &mut functions[usize::from(event.thread)];
        match event.what {
            What::Enter(name, _) => inside.push(name),
            What::Leave(_) => {
                inside.pop();
            }
            // Before the threads start nothing needs an order.
            What::Access { kind, object, .. } if orders(kind) && !inside.contains(&"set up") => {
                let Some(file) = FILES.iter().find(|file| event.place.file().ends_with(**file)) else { continue };
                let weakened = Weakened { file, at: Some((event.place.line(), event.place.column())) };
                if found.contains_key(&weakened) {
                    continue;
                }
                // Of the read-modify-writes some are relaxed anyway.
                let subject = Subject { weakened: Some(weakened), ..AS_IT_IS };
                if kind == Kind::Update && one(subject).weakenings == 0 {
                    continue;
                }
                let object = match kind {
                    Kind::Fence => String::new(),
                    _ => execution.objects.name(object).split('[').next().unwrap_or("").to_owned(),
                };
                let function = inside.last().copied().unwrap_or("the thread").to_owned();
                found.insert(weakened, OrderingSite { function, what: kind.name(), object, weakened });
            }
            _ => {}
        }
    }
}

fn orders(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Lock
            | Kind::Unlock
            | Kind::ReadLock
            | Kind::ReadUnlock
            | Kind::Wait
            | Kind::Fence
            | Kind::UnlockWait
            | Kind::Update
    )
}

/// Explores the variant as it is. Nothing if the run was ended.
pub fn baseline(variant: &'static str, scenarios: &[&'static str], config: &CompareConfig<'_>) -> Option<Baseline> {
    let one = |id: &&'static str| explored_as(AS_IT_IS, variant, id, config).ok().map(|exploration| (*id, exploration));
    scenarios.iter().map(one).collect()
}

fn explored_as(
    subject: Subject,
    variant: &'static str,
    id: &'static str,
    config: &CompareConfig<'_>,
) -> Result<Exploration, Undecided> {
    subject.with_programs(&[variant_of(variant)], scenario_of(id), |programs| explored(&programs[0].program, config))
}

/// Weakens the place and looks for what the variant did not show before. Nothing if the run was ended.
pub fn dependence(
    variant: &'static str,
    site: &OrderingSite,
    baseline: &Baseline,
    config: &CompareConfig<'_>,
) -> Option<Dependence> {
    let subject = Subject { weakened: Some(site.weakened), ..AS_IT_IS };
    let mut evidence: Option<Evidence> = None;
    for (id, known) in baseline {
        let exploration = explored_as(subject, variant, id, config).ok()?;
        let rests_on = exploration.evidence.weaker(known.evidence);
        evidence = Some(evidence.map_or(rests_on, |before| before.weaker(rests_on)));
        let is_new = |seen: &&Seen| {
            let unknown = !known.outcomes.contains(seen.outcome.id);
            unknown && (known.evidence.exhaustive || fault(&seen.outcome).is_some())
        };
        let simplest =
            exploration.outcomes.iter().filter(is_new).min_by_key(|seen| (fault(&seen.outcome).is_none(), seen.first));
        if let Some(seen) = simplest {
            let what = fault(&seen.outcome).unwrap_or_else(|| format!("another outcome, {}", seen.outcome.id));
            let token = witness(subject, variant, id, seen, config);
            return Some(Dependence { shown: Some((id, what, token)), evidence: rests_on });
        }
    }
    Some(Dependence { shown: None, evidence: evidence.unwrap_or_default() })
}

fn witness(subject: Subject, variant: &'static str, id: &str, seen: &Seen, config: &CompareConfig<'_>) -> Token {
    let run_config = RunConfig { memory: config.memory, steps_max: config.steps_max };
    let (schedule, _) = subject.with_programs(&[variant_of(variant)], scenario_of(id), |programs| {
        minimize(&programs[0].program, &seen.witness, seen.outcome.id, &run_config)
    });
    Token { subject: subject.name(), scenario: id.to_owned(), memory: config.memory, schedule }
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
