//! Search around one schedule: it, it with any one decision added, changed or removed, and with
//! some pairs of them.
//!
//! For outcomes that one variant shows and another was not seen to show: what is rare for random
//! schedules is often one decision away from the schedule that shows it elsewhere.

use super::evidence::{Covered, Evidence, Tried};
use super::replay::is_preemption;
use super::{Exploration, Program, Replayer, RunConfig};
use crate::schedule::{Decision, Explicit, Schedule, scramble};
use crate::sim::Machine;

/// Executions of one search.
const RUNS_MAX: u64 = 2_000;

/// Runs the schedule and its neighbours on the program.
pub fn explore_nearby(program: &Program<'_>, schedule: &Schedule, config: &RunConfig<'_>) -> Exploration {
    let mut replayer = Replayer::new();
    let mut result = Exploration::new();
    let base = match schedule {
        Schedule::Explicit(explicit) => explicit.clone(),
        _ => replayer.explicit(program, schedule, config),
    };
    let arrivals = replayer.look(program, &Schedule::Explicit(base.clone()), config, |machine| {
        count(&mut result, machine, &base);
        machine.arrivals().to_vec()
    });
    for at in 0..base.decisions.len() {
        let mut decisions = base.decisions.clone();
        decisions.remove(at);
        try_one(&mut replayer, program, &Explicit { decisions, ..base.clone() }, config, &mut result);
    }
    let mut changes: Vec<Decision> = Vec::new();
    for arrival in arrivals {
        changes.extend(arrival.others().map(|choice| Decision { key: arrival.key, choice }));
    }
    for change in changes.iter().take(RUNS_MAX as usize / 2) {
        try_one(&mut replayer, program, &changed(&base, &[*change]), config, &mut result);
    }
    // Two changes are too many to try all; which are tried is fixed.
    let mut number = 0;
    while result.executions < RUNS_MAX && changes.len() > 1 {
        let random = scramble(number);
        let pick = |half: u64| changes[(half % changes.len() as u64) as usize];
        let pair = [pick(random & 0xffff_ffff), pick(random >> 32)];
        try_one(&mut replayer, program, &changed(&base, &pair), config, &mut result);
        number += 1;
    }
    let tried = Tried { enumerated: result.executions, gaps: result.gaps, ..Tried::NOTHING };
    result.evidence = Evidence::of(Covered::NOTHING, tried);
    result
}

/// The schedule with other decisions at some keys.
fn changed(base: &Explicit, changes: &[Decision]) -> Explicit {
    let is_kept = |decision: &&Decision| changes.iter().all(|change| change.key != decision.key);
    let kept = base.decisions.iter().filter(is_kept).copied();
    Explicit { order: base.order.clone(), decisions: kept.chain(changes.iter().copied()).collect() }
}

fn try_one(
    replayer: &mut Replayer,
    program: &Program<'_>,
    explicit: &Explicit,
    config: &RunConfig<'_>,
    result: &mut Exploration,
) {
    let schedule = Schedule::Explicit(explicit.clone());
    replayer.look(program, &schedule, config, |machine| count(result, machine, explicit));
}

/// Witnesses found here come behind those of an enumeration with as many preemptions.
fn count(result: &mut Exploration, machine: &Machine, explicit: &Explicit) {
    let preemptions = machine.arrivals().iter().filter(|arrival| is_preemption(arrival)).count() as u64;
    let rank = preemptions.min(127) << 56 | 1 << 55 | explicit.decisions.len() as u64;
    result.outcomes.count(machine, rank, || Schedule::Explicit(explicit.clone()));
    result.count(machine);
}
