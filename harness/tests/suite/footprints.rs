//! Footprints say which events depend on each other: by them the workload has as many traces as theory says.

use crate::workload;
use lockstep::{Abandon, Footprint, Program, RunConfig, Schedule, What, probe, run};
use std::collections::{BTreeMap, BTreeSet};

workload!(ours:
    use lockstep::sync::{Arc, Condvar, Mutex, std_atomic::{AtomicU32, Ordering::SeqCst}};
    use lockstep::thread::spawn;
);

/// What the order of dependent events was: for each object the accesses in order, with reads between two writes as a set
/// (Mazurkiewicz). Two executions with the same value differ only in the order of independent events.
type Dependence = BTreeMap<usize, Vec<(bool, BTreeSet<(u8, usize)>)>>;

fn dependence(program: &Program<'_>, schedule: &Schedule) -> Dependence {
    let execution = run(program, schedule, &RunConfig::default());
    let mut counts: BTreeMap<u8, usize> = BTreeMap::new();
    let mut orders = Dependence::new();
    for event in &execution.trace {
        let What::Access { footprint: Footprint { first, second }, .. } = event.what else { continue };
        let count = counts.entry(event.thread).or_default();
        *count += 1;
        for (object, writes) in [first, second].into_iter().flatten() {
            let order = orders.entry(object.number()).or_default();
            match order.last_mut() {
                Some((false, reads)) if !writes => {
                    reads.insert((event.thread, *count));
                }
                _ => order.push((writes, BTreeSet::from([(event.thread, *count)]))),
            }
        }
    }
    orders
}

#[test]
fn the_workload_has_thirty_six_traces() {
    let body = || probe::observe(u64::from(ours::body()));
    let program = Program { body: &body, abandon: Abandon::Unwind };
    // Uniform schedules alone meet the rarest trace once in a million; bugs of depth 4 are what PCT is for.
    let schedules = (0..20_000).flat_map(|seed| [Schedule::uniform(seed), Schedule::pct(seed, 4, 33)]);
    let traces: BTreeSet<Dependence> = schedules.map(|schedule| dependence(&program, &schedule)).collect();
    assert_eq!(traces.len(), 36);
}
