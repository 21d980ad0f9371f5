//! Preemption-bounded enumeration: every schedule with at most so many preemptions.
//!
//! After Musuvathi and Qadeer, "Iterative context bounding for systematic testing of multithreaded
//! programs" (PLDI 2007). A change of thread is a preemption when the running thread could have
//! gone on; other changes, and choices among alternatives, are free. So the bound limits executions
//! to polynomially many in their length, and the schedules found are the simplest there are. Beyond
//! sequential consistency a choice of memory counts as a preemption too: that a store does not land
//! at once, or lands before somebody who could go on, that a read does not see the newest write, or
//! that a write or a full barrier does not come last.
//!
//! A bound is covered if no execution up to it has a gap: one that was cut off, left alternatives
//! out, or did not follow its path may have had children that nobody knows.
//!
//! Executions are the nodes of a tree: a path differs from its parent in one more answer, given to
//! a question behind all others that it answers, so each schedule is run once. The tree is walked
//! level by level, fewest preemptions first.

use super::control::{Noted, WORKERS_MAX};
use super::evidence::{Covered, Evidence, Tried};
use super::repeats::doubts;
use super::replay::{explicit_of, is_preemption};
use super::{Exploration, ExploreConfig, Program};
use crate::schedule::{Arrival, Plan, Schedule, Step};
use crate::sim::{Bounds, Gaps, Runner};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Paths whose schedules share a number of preemptions; the stored part of the tree. More would not
/// fit memory, and the search ends below its bound.
const LEVEL_MAX: usize = 2_000_000;

type Path = Vec<Step>;

/// What all workers share.
struct Enumeration<'a> {
    program: &'a Program<'a>,
    config: &'a ExploreConfig<'a>,
    bounds: Bounds,
}

/// A path of a level and what is left to do below it.
struct Item {
    /// Paths to run.
    open: Vec<Path>,
    /// Paths of the next level.
    deeper: Vec<Path>,
}

/// What a level has shown.
struct Level {
    result: Exploration,
    deeper: Vec<Path>,
    /// Some path with one more preemption exists that was not kept.
    left_out: bool,
    /// The budget ended, or the search was cancelled.
    cut_short: bool,
}

pub(super) fn explore(program: &Program<'_>, config: &ExploreConfig<'_>, preemptions: u32) -> Exploration {
    let bounds = Bounds {
        memory: config.memory,
        steps_max: config.steps_max,
        tracing: config.tracing,
        logging: true,
        rounds_max: 1,
    };
    let search = Enumeration { program, config, bounds };
    let mut total = Exploration::new();
    let mut level: Vec<Path> = vec![Vec::new()];
    let mut covered = Covered::NOTHING;
    for depth in 0..=preemptions {
        let found = search.level(level, depth == preemptions, config.executions.saturating_sub(total.executions));
        total.merge(found.result);
        if found.cut_short {
            break;
        }
        let is_everything = found.deeper.is_empty() && !found.left_out;
        // What has a gap is no more than tried, and so is all that comes after it.
        if total.gaps.is_empty() {
            covered = Covered {
                everything: is_everything,
                preemptions: (!is_everything).then_some(depth),
                executions: total.executions,
                gaps: Gaps::NONE,
            };
        }
        if is_everything || found.deeper.len() > LEVEL_MAX {
            break;
        }
        level = found.deeper;
    }
    if covered != Covered::NOTHING {
        let strayed = doubts(program, config, &total.outcomes, false).strayed;
        total.gaps.strayed += strayed;
        if strayed > 0 {
            covered = Covered::NOTHING;
        }
    }
    let enumerated = total.executions - covered.executions;
    total.evidence = Evidence::of(covered, Tried { enumerated, gaps: total.gaps, ..Tried::NOTHING });
    total
}

impl Enumeration<'_> {
    /// Runs all paths of a level within the budget. Rounds deal out equal shares of what is left of
    /// it, so that which executions are made when it ends does not depend on the number of OS
    /// threads.
    fn level(&self, paths: Vec<Path>, last: bool, budget: u64) -> Level {
        let mut found = Level { result: Exploration::new(), deeper: Vec::new(), left_out: false, cut_short: false };
        let item = |path| Item { open: vec![path], deeper: Vec::new() };
        let mut items: Vec<Item> = paths.into_iter().map(item).collect();
        while items.iter().any(|item| !item.open.is_empty()) {
            let open = items.iter().filter(|item| !item.open.is_empty()).count() as u64;
            let left = budget - found.result.executions;
            if left == 0 || found.result.cancelled {
                found.cut_short = true;
                break;
            }
            let share = (left / open).max(1);
            items = self.round(items, last, share, left.min(open), &mut found);
        }
        found.deeper = items.into_iter().flat_map(|item| item.deeper).collect();
        found
    }

    /// Runs `share` executions of each of the first `turns` items that have something to do.
    fn round(&self, items: Vec<Item>, last: bool, share: u64, turns: u64, found: &mut Level) -> Vec<Item> {
        let mut turns = turns;
        let shares: Vec<u64> = items
            .iter()
            .map(|item| {
                let turn = u64::from(turns > 0 && !item.open.is_empty());
                turns -= turn;
                share * turn
            })
            .collect();
        let items: Vec<Mutex<Item>> = items.into_iter().map(Mutex::new).collect();
        let next = AtomicUsize::new(0);
        let jobs = self.config.jobs.min(WORKERS_MAX).clamp(1, items.len().max(1));
        let parts = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for worker in 0..jobs {
                let (items, shares, next, parts) = (&items, &shares, &next, &parts);
                scope.spawn(move || {
                    let part = self.work(items, shares, next, last, worker);
                    parts.lock().expect("no worker panics").push(part);
                });
            }
        });
        for (result, left_out) in parts.into_inner().expect("no worker panics") {
            found.result.merge(result);
            found.left_out |= left_out;
        }
        items.into_iter().map(|item| item.into_inner().expect("no worker panics")).collect()
    }

    fn work(
        &self,
        items: &[Mutex<Item>],
        shares: &[u64],
        next: &AtomicUsize,
        last: bool,
        worker: usize,
    ) -> (Exploration, bool) {
        let mut runner = Runner::new();
        let mut result = Exploration::new();
        let mut left_out = false;
        'items: loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { break };
            let mut item = item.lock().expect("no worker panics");
            for _ in 0..shares[at] {
                if self.config.control.is_some_and(|control| control.is_cancelled()) {
                    result.cancelled = true;
                    break 'items;
                }
                let Some(path) = item.open.pop() else { break };
                let arrivals = self.execute(&mut runner, &path, &mut result, worker);
                branch(&path, &arrivals, |child, preempts| match (preempts, last) {
                    (false, _) => item.open.push(child),
                    (true, false) => item.deeper.push(child),
                    (true, true) => left_out = true,
                });
            }
        }
        if let Some(control) = self.config.control {
            control.begin(worker, Noted::Resting);
        }
        (result, left_out)
    }

    fn execute(&self, runner: &mut Runner, path: &[Step], result: &mut Exploration, worker: usize) -> Vec<Arrival> {
        if let Some(control) = self.config.control {
            control.begin(worker, Noted::path(path.iter().copied()));
            control.count(1);
        }
        let unobserved = AtomicUsize::new(0);
        let turn = self.config.control.map_or(&unobserved, |control| control.turn(worker));
        let Program { body, abandon } = *self.program;
        runner.run_observed(body, Plan::Path(path), &self.bounds, abandon, turn, |machine| {
            let arrivals = machine.arrivals().to_vec();
            let follows =
                |step: &Step| arrivals.get(step.question as usize).is_some_and(|one| one.chosen == step.choice);
            result.gaps.strayed += u64::from(!path.iter().all(follows));
            let rank = rank(&arrivals);
            result.outcomes.count(machine, rank, || Schedule::Explicit(explicit_of(&arrivals)));
            result.count(machine);
            arrivals
        })
    }
}

/// Orders witnesses: fewest preemptions first, then fewest decisions, then by what they decide, so
/// that the first of an outcome does not depend on the order of the search.
pub(super) fn rank(arrivals: &[Arrival]) -> u64 {
    let preemptions = arrivals.iter().filter(|arrival| is_preemption(arrival)).count() as u64;
    let decisions = arrivals.iter().filter(|arrival| arrival.chosen != arrival.usual).count() as u64;
    let mut hash = 0_u64;
    for arrival in arrivals {
        hash = crate::schedule::mix(hash ^ u64::from(arrival.key.0), 0x9e37_79b9_7f4a_7c15 ^ u64::from(arrival.chosen));
    }
    preemptions << 56 | decisions.min(0xffff) << 40 | hash >> 24
}

/// The children of a path: one more answer, to a question behind those that it answers.
fn branch(path: &[Step], arrivals: &[Arrival], mut child: impl FnMut(Path, bool)) {
    let from = path.last().map_or(0, |step| step.question as usize + 1);
    for (question, arrival) in arrivals.iter().enumerate().skip(from) {
        for choice in arrival.others() {
            let mut steps = Vec::with_capacity(path.len() + 1);
            steps.extend_from_slice(path);
            steps.push(Step { question: question as u32, choice });
            let preempts = arrival.thread.map_or(arrival.is_costly, |thread| arrival.options & (1 << thread) != 0);
            child(steps, preempts);
        }
    }
}
