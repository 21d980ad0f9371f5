//! Sampling: executions under random schedules, numbered, on all cores.

use super::control::{Noted, WORKERS_MAX};
use super::evidence::{Covered, Evidence, Tried};
use super::tally::Tally;
use super::{Exploration, ExploreConfig, Program, Replayer, Strategy};
use crate::schedule::{Plan, Schedule, scramble};
use crate::sim::{Bounds, Machine, Runner};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Executions a worker takes at a time. Large enough that the shared counter costs nothing, small
/// enough that cancelling is prompt.
const BATCH: u64 = 64;

/// Set in the numbers of sampled executions, so that witnesses found by enumeration, which are
/// simpler, come before them.
const SAMPLED: u64 = 1 << 63;

pub(super) fn explore(program: &Program<'_>, config: &ExploreConfig<'_>) -> Exploration {
    let next = AtomicU64::new(0);
    let length = match config.strategy {
        Strategy::Pct { length: Some(length), .. } | Strategy::Portfolio { length: Some(length) } => length,
        Strategy::Pct { length: None, .. } | Strategy::Portfolio { length: None } => length_of(program, config),
        _ => 1,
    };
    let mut result = Exploration::new();
    let jobs = config.jobs.min(WORKERS_MAX);
    if jobs <= 1 {
        result.merge(work(program, config, length, &next, 0));
    } else {
        let next = &next;
        let parts = std::thread::scope(|scope| {
            let workers = (0..jobs).map(|worker| scope.spawn(move || work(program, config, length, next, worker)));
            let workers: Vec<_> = workers.collect();
            workers.into_iter().map(|worker| worker.join().expect("a worker does not panic")).collect::<Vec<_>>()
        });
        parts.into_iter().for_each(|part| result.merge(part));
    }
    let Exploration { executions: sampled, gaps, .. } = result;
    result.evidence =
        Evidence::of(Covered::NOTHING, Tried { sampled, seed: Some(config.seed), gaps, ..Tried::NOTHING });
    result
}

/// Choice points of the execution without preemptions: PCT's estimate of how long executions are.
pub(crate) fn length_of(program: &Program<'_>, config: &ExploreConfig<'_>) -> u32 {
    let steps = Replayer::new().look(program, &Schedule::in_order(), &config.run(), Machine::steps);
    steps.clamp(1, u64::from(u32::MAX)) as u32
}

impl Strategy {
    /// The random schedule of this seed and number. `length` is PCT's estimate of how many choice
    /// points an execution has, where the strategy itself has none. Of what is not random it is a
    /// uniform one.
    pub fn schedule(self, seed: u64, number: u64, length: u32) -> Schedule {
        let unrelated = scramble(seed) ^ number;
        match self {
            Strategy::Pct { depth, length: own } => Schedule::pct(unrelated, depth, own.unwrap_or(length)),
            Strategy::Pos => Schedule::pos(unrelated),
            Strategy::Portfolio { length: own } => portfolio(seed, number, own.unwrap_or(length)),
            Strategy::Uniform | Strategy::Bounded { .. } | Strategy::Exhaustive => Schedule::uniform(unrelated),
        }
    }
}

/// The schedule of a portfolio with this number: the kinds of random schedules take turns, so that
/// no kind of bug is left to one that is bad at it. `length` is PCT's estimate of how many choice
/// points an execution has.
pub fn portfolio(seed: u64, number: u64, length: u32) -> Schedule {
    let unrelated = scramble(seed) ^ number;
    match number % 4 {
        0 => Schedule::uniform(unrelated),
        1 => Schedule::pos(unrelated),
        2 => Schedule::pct(unrelated, 2, length),
        _ => Schedule::pct(unrelated, 3, length),
    }
}

fn work(
    program: &Program<'_>,
    config: &ExploreConfig<'_>,
    length: u32,
    next: &AtomicU64,
    worker: usize,
) -> Exploration {
    let (mut result, mut outcomes) = (Exploration::new(), Tally::new());
    let mut runner = Runner::new();
    let unobserved = AtomicUsize::new(0);
    let turn = config.control.map_or(&unobserved, |control| control.turn(worker));
    let bounds = Bounds {
        memory: config.memory,
        steps_max: config.steps_max,
        tracing: config.tracing,
        logging: false,
        rounds_max: 1,
    };
    loop {
        let begin = next.fetch_add(BATCH, Ordering::Relaxed);
        let end = (begin + BATCH).min(config.executions);
        if begin >= end {
            break;
        }
        for number in begin..end {
            let schedule = config.strategy.schedule(config.seed, number + config.skip, length);
            if let Some(control) = config.control {
                control.begin(worker, Noted::of(&schedule));
            }
            let plan = Plan::Schedule(&schedule);
            runner.run_observed(program.body, plan, &bounds, program.abandon, turn, |machine| {
                outcomes.count(machine, SAMPLED | (number + config.skip), || schedule.clone());
                result.count(machine);
            });
        }
        if let Some(control) = config.control {
            control.count(end - begin);
            if control.is_cancelled() {
                result.cancelled = true;
                break;
            }
        }
    }
    if let Some(control) = config.control {
        control.begin(worker, Noted::Resting);
    }
    result.outcomes = outcomes.into_set();
    result
}

impl Exploration {
    /// Counts what is not part of the outcome.
    #[inline]
    pub(super) fn count(&mut self, machine: &Machine) {
        self.executions += 1;
        self.steps += machine.steps();
        self.goals |= machine.goals();
        self.count_gaps(machine);
    }

    /// Counts what the execution has missed, if anything.
    #[inline]
    pub(super) fn count_gaps(&mut self, machine: &Machine) {
        let lacks = machine.lacks();
        if !lacks.is_nothing() {
            self.gaps = self.gaps.and(lacks.gaps());
        }
    }
}
