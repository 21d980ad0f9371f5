//! C14: which orderings does a design stand on? "If we are in fact relying on any implicit barrier
//! semantics like that, we should have a clear comment about it" (Roland, 2009-08-03). Here: the
//! places at which there is one.
//!
//! Promise: every place of the kernel model and of a design at which some execution takes or drops
//! a lock, passes a barrier or makes an ordered access is a place to look at, with the scenarios in
//! which it was seen to be passed; what depends on it is found in `dependence`. Beside the places
//! there is one more: the scheduler as a whole, the implicit barrier between a wake-up and
//! `schedule` (C4). The model has no loads and stores that acquire or release, so none are listed.
//!
//! A place is named by its function in our source, what it does there, to what, and its number
//! among those of which all that is the same. So a name lasts when lines move.
//!
//! Limits: only places that the executions looked at have passed are known, and of a place only the
//! scenarios in which they have. A place that a scenario passes in rarer executions is not looked
//! at there.

use std::collections::{BTreeMap, BTreeSet};

use lockstep::{CompareConfig, Event, Kind, Place, RunConfig, Schedule, Weakened, What, portfolio, run};

use super::files::{FILES, function_at};
use super::laboratory::{run_config, scenario_of, variant_of};
use super::subject::TokenSubject;
use crate::scenarios::program::Scenario;

/// Random executions of each scenario, of all kinds in turn, in which places are looked for, beside
/// the one in order.
const LOOKED_AT: u64 = 400;

/// Choice points that an execution of a scenario has, about: PCT wants to know.
const LENGTH: u32 = 200;

/// A place that orders something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderingSite {
    /// The function it is in.
    pub function: String,
    /// What is done there: `lock`, `unlock`, `fence` and so on.
    pub what: &'static str,
    /// The lock or word, without its number; empty for a barrier.
    pub object: String,
    /// Its number among the places of which the function, what is done and the object are the same,
    /// in the order of the source.
    pub number: usize,
    /// The place.
    pub weakened: Weakened,
    /// Scenarios in which it was seen to be passed; there may be more.
    pub scenarios: Vec<&'static str>,
}

impl OrderingSite {
    /// What is done there to what, such as `lock siglock (2)`.
    pub fn ordering(&self) -> String {
        what_is_done(self.what, &self.object, self.number)
    }
}

/// What is done to which object, and at which of several places.
pub fn what_is_done(what: &str, object: &str, number: usize) -> String {
    let number = if number > 1 { format!(" ({number})") } else { String::new() };
    let object = if object.is_empty() { String::new() } else { format!(" {object}") };
    format!("{what}{object}{number}")
}

/// The scheduler as a whole, which every scenario passes.
fn wake_up(scenarios: &[&'static str]) -> OrderingSite {
    let weakened = Weakened { file: "kernel/sched.rs", at: None };
    let (function, object) = ("schedule and try_to_wake_up".to_owned(), "of the wake-up".to_owned());
    OrderingSite { function, what: "implicit barrier", object, number: 1, weakened, scenarios: scenarios.to_vec() }
}

/// The places of a variant that order something in these scenarios, in the order of the source, and
/// the scheduler as a whole.
pub fn ordering_sites(
    variant: &'static str,
    scenarios: &[&'static str],
    config: &CompareConfig<'_>,
) -> Vec<OrderingSite> {
    let mut known = Known::default();
    for &id in scenarios {
        let schedules = (0..LOOKED_AT).map(|number| portfolio(config.seed, number, LENGTH));
        for schedule in schedules.chain([Schedule::in_order()]) {
            sites_of(variant, (id, scenario_of(id)), &schedule, &run_config(config), &mut known);
        }
    }
    let mut sites: Vec<OrderingSite> = known.sites.into_values().collect();
    let mut counts: BTreeMap<(String, &'static str, String), usize> = BTreeMap::new();
    for site in &mut sites {
        let count = counts.entry((site.function.clone(), site.what, site.object.clone())).or_default();
        *count += 1;
        site.number = *count;
    }
    sites.push(wake_up(scenarios));
    sites
}

/// What executions have shown so far.
#[derive(Default)]
struct Known {
    sites: BTreeMap<Weakened, OrderingSite>,
    /// Read-modify-writes that are relaxed anyway.
    relaxed: BTreeSet<Weakened>,
}

fn sites_of(
    variant: &'static str,
    (id, scenario): (&'static str, &'static Scenario),
    schedule: &Schedule,
    run_config: &RunConfig<'_>,
    known: &mut Known,
) {
    let one = |subject: TokenSubject| {
        subject
            .with_programs(&[variant_of(variant)], scenario, |programs| run(&programs[0].program, schedule, run_config))
    };
    let execution = one(TokenSubject::PLAIN);
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
                let is_it = |(file, _): &&(&'static str, &str)| event.place.file().ends_with(file);
                let Some(&(file, _)) = FILES.iter().find(is_it) else { continue };
                let weakened = Weakened { file, at: Some((event.place.line(), event.place.column())) };
                if known.relaxed.contains(&weakened) {
                    continue;
                }
                if let Some(site) = known.sites.get_mut(&weakened) {
                    if !site.scenarios.contains(&id) {
                        site.scenarios.push(id);
                    }
                    continue;
                }
                if kind == Kind::Update {
                    let without = one(TokenSubject::weakened(weakened));
                    if without.weakenings == 0 {
                        // Only an execution that passes the place without losing an order there
                        // says that there is none.
                        if without.trace.iter().any(|other| is_update_at(other, event.place)) {
                            known.relaxed.insert(weakened);
                        }
                        continue;
                    }
                }
                let object = match kind {
                    Kind::Fence => String::new(),
                    _ => execution.objects.name(object).split('[').next().unwrap_or("").to_owned(),
                };
                let function = function_at(file, event.place.line()).to_owned();
                let (what, number, scenarios) = (kind.name(), 1, vec![id]);
                known.sites.insert(weakened, OrderingSite { function, what, object, number, weakened, scenarios });
            }
            _ => {}
        }
    }
}

fn is_update_at(event: &Event, place: Place) -> bool {
    event.place == place && matches!(event.what, What::Access { kind: Kind::Update, .. })
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
