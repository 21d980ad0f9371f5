//! Preemption-bounded enumeration: every schedule with at most so many preemptions.
//!
//! After Musuvathi and Qadeer, "Iterative context bounding for systematic testing of multithreaded programs" (PLDI 2007). A change of
//! thread is a preemption when the running thread could have gone on; other changes, and choices among alternatives, are free. So
//! the bound limits executions to polynomially many in their length, and the schedules found are the simplest there are.
//!
//! Executions are the nodes of a tree: a path differs from its parent in one more answer, given to a question behind all
//! others that it answers, so each schedule is run once. The tree is walked level by level (fewest preemptions first); the last
//! level is not stored, its paths are run where they arise.

use super::control::Noted;
use super::replay::{explicit_of, is_preemption};
use super::{Evidence, Exploration, ExploreConfig, Program};
use crate::schedule::{Arrival, Plan, Schedule, Step};
use crate::sim::{Bounds, Runner};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Paths whose schedules share a number of preemptions; the stored part of the tree. More would not fit memory, and the search ends below its bound.
const LEVEL_MAX: usize = 4_000_000;

type Path = Vec<Step>;

/// What all workers share.
struct Search<'a> {
    program: &'a Program<'a>,
    config: &'a ExploreConfig<'a>,
    bounds: Bounds,
    /// Executions begun by all workers, to stay within the budget.
    begun: AtomicU64,
}

/// What one worker found at one level.
struct Found {
    result: Exploration,
    /// Paths with one more preemption, by the index of the path they come from.
    deeper: Vec<(usize, Vec<Path>)>,
    /// Some path with one more preemption exists that was not kept.
    left_out: bool,
    /// The budget ended.
    cut_short: bool,
}

pub(super) fn explore(program: &Program<'_>, config: &ExploreConfig<'_>, preemptions: u32) -> Exploration {
    let bounds = Bounds { steps_max: config.steps_max, tracing: config.tracing, logging: true };
    let search = Search { program, config, bounds, begun: AtomicU64::new(0) };
    let mut total = Exploration::new();
    let mut level: Vec<Path> = vec![Vec::new()];
    // Levels below the last are stored; the last one is run from the one before it.
    for depth in 0..=preemptions {
        let runs_deeper = depth + 1 == preemptions;
        let found = search.level(&level, runs_deeper, depth == preemptions);
        total.merge(found.result);
        if found.cut_short {
            if depth > 0 {
                total.evidence = Evidence::Bounded { preemptions: depth - 1 };
            } else if total.executions > 0 {
                total.evidence = Evidence::Sampled { executions: total.executions, seed: 0 };
            }
            break;
        }
        let covered = if runs_deeper { depth + 1 } else { depth };
        if found.deeper.is_empty() && !found.left_out {
            total.evidence = Evidence::Exhaustive;
            break;
        }
        total.evidence = Evidence::Bounded { preemptions: covered };
        if covered == preemptions {
            break;
        }
        level = found.deeper.into_iter().flat_map(|(_, paths)| paths).collect();
        if level.len() > LEVEL_MAX {
            break;
        }
    }
    total
}

impl Search<'_> {
    /// Runs all paths of a level, on all cores. With `runs_deeper` also those with one more preemption; with `last` those are not made.
    fn level(&self, paths: &[Path], runs_deeper: bool, last: bool) -> Found {
        let next = AtomicUsize::new(0);
        let jobs = self.config.jobs.clamp(1, paths.len().max(1));
        let parts = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for worker in 0..jobs {
                let (next, parts) = (&next, &parts);
                scope.spawn(move || {
                    let part = self.work(paths, next, runs_deeper, last, worker);
                    parts.lock().expect("no worker panics").push(part);
                });
            }
        });
        let mut all = Found { result: Exploration::new(), deeper: Vec::new(), left_out: false, cut_short: false };
        for part in parts.into_inner().expect("no worker panics") {
            all.result.merge(part.result);
            all.deeper.extend(part.deeper);
            all.left_out |= part.left_out;
            all.cut_short |= part.cut_short;
        }
        all.deeper.sort_by_key(|(from, _)| *from);
        all
    }

    fn work(&self, paths: &[Path], next: &AtomicUsize, runs_deeper: bool, last: bool, worker: usize) -> Found {
        let mut runner = Runner::new();
        let mut found = Found { result: Exploration::new(), deeper: Vec::new(), left_out: false, cut_short: false };
        let mut stack: Vec<(Path, bool)> = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(at) else { break };
            let mut deeper = Vec::new();
            stack.push((path.clone(), false));
            while let Some((path, is_deeper)) = stack.pop() {
                if !self.may_run() {
                    found.cut_short = true;
                    found.result.stopped |= self.config.control.is_some_and(|control| control.is_stopped());
                    return found;
                }
                let arrivals = self.execute(&mut runner, &path, &mut found.result, worker);
                branch(&path, &arrivals, |child, preempts| {
                    if !preempts {
                        stack.push((child, is_deeper));
                    } else if is_deeper || last {
                        found.left_out = true;
                    } else if runs_deeper {
                        stack.push((child, true));
                    } else {
                        deeper.push(child);
                    }
                });
            }
            if !deeper.is_empty() {
                found.deeper.push((at, deeper));
            }
        }
        found
    }

    fn may_run(&self) -> bool {
        let stopped = self.config.control.is_some_and(|control| control.is_stopped());
        !stopped && self.begun.fetch_add(1, Ordering::Relaxed) < self.config.executions
    }

    fn execute(&self, runner: &mut Runner, path: &[Step], result: &mut Exploration, worker: usize) -> Vec<Arrival> {
        if let Some(control) = self.config.control {
            let mut words = [0; 10];
            for (word, step) in words.iter_mut().zip(path) {
                *word = u64::from(step.question) << 8 | u64::from(step.choice);
            }
            control.begin(worker, Noted::Path(words, path.len()));
            control.count(1);
        }
        runner.run(self.program.body, Plan::Path(path), &self.bounds, self.program.abandon, |machine| {
            let arrivals = machine.arrivals().to_vec();
            let rank = rank(&arrivals);
            result.outcomes.count(machine, rank, || Schedule::Explicit(explicit_of(&arrivals)));
            result.count(machine);
            arrivals
        })
    }
}

/// Orders witnesses: fewest preemptions first, then fewest decisions, then by what they decide, so that the first of an outcome does
/// not depend on the order of the search.
fn rank(arrivals: &[Arrival]) -> u64 {
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
        let choices = match arrival.thread {
            Some(_) => arrival.options,
            None => ((1_u64 << arrival.options.min(32)) - 1) as u32,
        };
        let mut left = choices & !(1 << arrival.chosen);
        while left != 0 {
            let choice = left.trailing_zeros() as u8;
            left &= left - 1;
            let mut steps = Vec::with_capacity(path.len() + 1);
            steps.extend_from_slice(path);
            steps.push(Step { question: question as u32, choice });
            let preempts = arrival.thread.is_some_and(|thread| arrival.options & (1 << thread) != 0);
            child(steps, preempts);
        }
    }
}
