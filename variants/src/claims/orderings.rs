//! C14: which orderings does a design stand on? "If we are in fact relying on any implicit barrier semantics like that, we should have a clear comment
//! about it" (Roland, 2009-08-03). Here: the places at which there is one.
//!
//! Promise: every place of the kernel model and of a design at which some execution takes or drops a lock, passes a barrier or makes an ordered
//! access is a place to look at, with the scenarios in which it is passed; what depends on it is found in `dependence`. Beside the places
//! there is one more: the scheduler as a whole, the implicit barrier between a wake-up and `schedule` (C4).
//!
//! Limits: only places that the executions looked at have passed are known.

use std::collections::BTreeMap;

use lockstep::{CompareConfig, Kind, RunConfig, Schedule, Weakened, What, run};

use super::laboratory::{run_config, scenario_of, variant_of};
use super::subject::{About, FILES, Subject};
use crate::scenarios::program::Scenario;

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
    /// The scenarios in which it was passed.
    pub scenarios: Vec<&'static str>,
}

/// The scheduler as a whole, which every scenario passes.
pub fn wake_up(scenarios: &[&'static str]) -> OrderingSite {
    let weakened = Weakened { file: "kernel/sched.rs", at: None };
    let (function, object) = ("schedule and try_to_wake_up".to_owned(), "everything".to_owned());
    OrderingSite { function, what: "implicit barrier", object, weakened, scenarios: scenarios.to_vec() }
}

/// The places of a variant that order something in these scenarios.
pub fn ordering_sites(
    variant: &'static str,
    scenarios: &[&'static str],
    config: &CompareConfig<'_>,
) -> Vec<OrderingSite> {
    let mut found = BTreeMap::new();
    for &id in scenarios {
        let schedules = (0..LOOKED_AT).map(|seed| Schedule::uniform(config.seed.wrapping_add(seed)));
        for schedule in schedules.chain([Schedule::in_order()]) {
            sites_of(variant, (id, scenario_of(id)), &schedule, &run_config(config), &mut found);
        }
    }
    found.into_values().collect()
}

fn sites_of(
    variant: &'static str,
    (id, scenario): (&'static str, &'static Scenario),
    schedule: &Schedule,
    run_config: &RunConfig,
    found: &mut BTreeMap<Weakened, OrderingSite>,
) {
    let one = |subject: Subject| {
        subject
            .with_programs(&[variant_of(variant)], scenario, |programs| run(&programs[0].program, schedule, run_config))
    };
    let execution = one(Subject::PLAIN);
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
                if let Some(site) = found.get_mut(&weakened) {
                    if !site.scenarios.contains(&id) {
                        site.scenarios.push(id);
                    }
                    continue;
                }
                // Of the read-modify-writes some are relaxed anyway.
                let subject = Subject { about: About::Weakened(weakened), ..Subject::PLAIN };
                if kind == Kind::Update && one(subject).weakenings == 0 {
                    continue;
                }
                let object = match kind {
                    Kind::Fence => String::new(),
                    _ => execution.objects.name(object).split('[').next().unwrap_or("").to_owned(),
                };
                let function = inside.last().copied().unwrap_or("the thread").to_owned();
                let site = OrderingSite { function, what: kind.name(), object, weakened, scenarios: vec![id] };
                found.insert(weakened, site);
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
