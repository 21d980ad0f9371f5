//! What a design costs, counted in executions: lock acquisitions, barriers and atomic accesses on
//! its paths.
//!
//! Promise: the counts come from traces of executions, by the named sites of the designs; nothing
//! is read off the source. Each passage counts everything its thread does between entering and
//! leaving the site, what it calls included. Limit: the executions are a fixed sample of uniform
//! schedules, equal for all designs, so the least and the most are those of the sample.

use crate::document::{CostPart, RangePart};
use lockstep::{Describe, Execution, Kind, MemoryModel, RunConfig, Schedule, What, run};
use std::collections::{BTreeMap, BTreeSet};
use utrace_variants::{Repairs, Scenario, VariantInfo, Words, with_programs};

/// Random executions of each scenario.
const EXECUTIONS: u64 = 16;

/// The paths by their sites, in the order in which a tracee meets them.
const PATHS: [(&str, &str); 7] = [
    ("utrace_stop", "stop: the tracee stops for a tracer (utrace_stop)"),
    ("utrace_do_stop", "stop: the tracer stops a sleeping tracee (utrace_do_stop)"),
    ("utrace_wakeup", "resume: the tracer wakes the tracee (utrace_wakeup)"),
    ("finish_utrace_stop", "resume: the tracee goes on (finish_utrace_stop)"),
    (KILLED, "kill: the same once SIGKILL was sent"),
    ("utrace_finish_jctl", "out of a group stop (utrace_finish_jctl)"),
    ("utrace_control", "any call of utrace_control"),
];

/// Stands for `finish_utrace_stop` behind a SIGKILL.
const KILLED: &str = "finish_utrace_stop, killed";

/// The word that holds a design's state bits.
const STATE: &str = "utrace bits";

/// What one passage did.
#[derive(Clone, Copy, Default)]
struct Passage {
    locks: u64,
    lock_waits: u64,
    barriers: u64,
    updates: u64,
    accesses: u64,
}

/// What a variant costs.
pub struct Costs {
    /// By path, those that were passed.
    pub paths: Vec<CostPart>,
    /// State bits that were seen to be set.
    pub state_bits: Vec<String>,
}

/// Runs the scenarios and counts.
pub fn costs(variant: &'static VariantInfo, scenarios: &[&Scenario], repairs: Repairs, memory: MemoryModel) -> Costs {
    let mut passages: BTreeMap<&str, Vec<Passage>> = BTreeMap::new();
    let mut bits = BTreeSet::new();
    let config = RunConfig { memory, ..RunConfig::default() };
    for scenario in scenarios {
        with_programs(&[variant], repairs, scenario, |programs| {
            for seed in 0..EXECUTIONS {
                let execution = run(&programs[0].program, &Schedule::uniform(seed), &config);
                count(&execution, &mut passages);
                collect_bits(&execution, &mut bits);
            }
        });
    }
    let part = |(site, path): (&str, &str)| Some(cost_part(path, passages.get(site)?));
    Costs { paths: PATHS.into_iter().filter_map(part).collect(), state_bits: bits.into_iter().collect() }
}

/// Counts the passages of an execution. Those that its end cut off are not counted.
fn count(execution: &Execution, passages: &mut BTreeMap<&'static str, Vec<Passage>>) {
    let mut open: Vec<Vec<(&'static str, Passage)>> = vec![Vec::new(); execution.threads.len()];
    let mut killed = false;
    for event in &execution.trace {
        let open = &mut open[usize::from(event.thread)];
        match event.what {
            What::Enter(name, _) => open.push((name, Passage::default())),
            What::Leave(_) => {
                if let Some((name, passage)) = open.pop() {
                    let name = if killed && name == "finish_utrace_stop" { KILLED } else { name };
                    passages.entry(name).or_default().push(passage);
                }
            }
            What::Access { kind, .. } => open.iter_mut().for_each(|(_, passage)| passage.add(kind)),
            What::Remark(number) => killed |= execution.remarks[number as usize].starts_with("sends SIGKILL"),
            What::Observe(..) | What::Warn(_) => {}
        }
    }
}

impl Passage {
    fn add(&mut self, kind: Kind) {
        match kind {
            Kind::Lock | Kind::ReadLock | Kind::TryLock => self.locks += 1,
            Kind::UnlockWait => self.lock_waits += 1,
            Kind::Fence => self.barriers += 1,
            Kind::Update => self.updates += 1,
            Kind::Load | Kind::Store => self.accesses += 1,
            _ => {}
        }
    }
}

fn collect_bits(execution: &Execution, bits: &mut BTreeSet<String>) {
    for event in &execution.trace {
        let What::Access { object, written: Some(written), .. } = event.what else { continue };
        let name = execution.objects.name(object);
        if name.starts_with(STATE) {
            let text = Words.value(name, written);
            bits.extend(text.split('|').filter(|bit| *bit != "none").map(str::to_owned));
        }
    }
}

fn cost_part(path: &str, passages: &[Passage]) -> CostPart {
    let range = |count: fn(&Passage) -> u64| {
        let mut counts: Vec<u64> = passages.iter().map(count).collect();
        counts.sort_unstable();
        let at = |place: usize| counts.get(place).copied().unwrap_or_default();
        RangePart { least: at(0), median: at((counts.len() - 1) / 2), most: at(counts.len() - 1) }
    };
    CostPart {
        path: path.to_owned(),
        passages: passages.len() as u64,
        locks: range(|passage| passage.locks),
        lock_waits: range(|passage| passage.lock_waits),
        barriers: range(|passage| passage.barriers),
        updates: range(|passage| passage.updates),
        accesses: range(|passage| passage.accesses),
    }
}
