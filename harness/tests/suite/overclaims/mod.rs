//! No search claims more than it has done: each is run on programs made to be cut, crowded or left out of,
//! under every memory model, and what it claims is held against outcomes that the program provably has.

mod limits;
mod memory;

use crate::common;
use common::{program, text};
use lockstep::sync::{Arc, Atomic, Ordering::Relaxed, SpinLock, WaitQueue};
use lockstep::{
    CompareConfig, End, Evidence, Exploration, ExploreConfig, MemoryModel, RunConfig, Schedule, Strategy, Variant,
    compare, explore, explore_nearby, probe, thread,
};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::AtomicU64;

type Outcomes = BTreeSet<String>;

/// What searches are given here.
#[derive(Clone, Copy)]
struct Limits {
    executions: u64,
    steps_max: u64,
}

const LIMITS: Limits = Limits { executions: 3_000, steps_max: 20_000 };

fn config(strategy: Strategy, memory: MemoryModel, limits: Limits) -> ExploreConfig<'static> {
    let Limits { executions, steps_max } = limits;
    ExploreConfig { strategy, executions, memory, steps_max, seed: 1, ..ExploreConfig::default() }
}

/// What every search makes of the body, and what some of them make of it together.
fn explorations(body: &(dyn Fn() + Sync), memory: MemoryModel, limits: Limits) -> Vec<(String, Exploration)> {
    let subject = program(body);
    let bounded = [0, 1, 2, 1_000].map(|preemptions| Strategy::Bounded { preemptions });
    let random = [
        Strategy::Uniform,
        Strategy::Pct { depth: 3, length: None },
        Strategy::Pos,
        Strategy::Portfolio { length: None },
    ];
    let mut all: Vec<(String, Exploration)> = Vec::new();
    for strategy in random.into_iter().chain(bounded).chain([Strategy::Exhaustive]) {
        let executions = if random.contains(&strategy) { 200 } else { limits.executions };
        let config = config(strategy, memory, Limits { executions, ..limits });
        all.push((strategy.to_string(), explore(&subject, &config)));
    }
    let config = ExploreConfig { jobs: 3, ..config(Strategy::Exhaustive, memory, limits) };
    all.push(("exhaustive on three".to_owned(), explore(&subject, &config)));
    let run = RunConfig { memory, steps_max: limits.steps_max, control: None };
    all.push(("nearby".to_owned(), explore_nearby(&subject, &Schedule::in_order(), &run)));
    let compared = CompareConfig {
        exhaustive_max: limits.executions,
        enumerated_max: limits.executions,
        sampled: 100,
        confirmed: 100,
        memory,
        steps_max: limits.steps_max,
        ..CompareConfig::default()
    };
    let comparison = compare(&[Variant { name: "it", program: subject }], &compared);
    all.extend(comparison.explorations.into_iter().map(|one| ("comparison".to_owned(), one)));
    let mut merged = Exploration::clone(&all[0].1);
    for (_, other) in &all[1..] {
        merged.merge(other.clone());
    }
    all.push(("all together".to_owned(), merged));
    all
}

fn outcomes(exploration: &Exploration) -> Outcomes {
    exploration.outcomes.iter().map(|seen| text(&seen.outcome)).collect()
}

/// Fails if any search claims more than it has seen. `has` are outcomes that the body has under the model. Returns who
/// claims to have seen everything.
#[track_caller]
fn check(body: &(dyn Fn() + Sync), memory: MemoryModel, limits: Limits, has: &Outcomes) -> Vec<String> {
    let mut complete = Vec::new();
    for (search, exploration) in explorations(body, memory, limits) {
        let (evidence, seen) = (exploration.evidence, outcomes(&exploration));
        let named = format!("{search}, {}: '{evidence}'", memory.name());
        if evidence.is_exhaustive() {
            let missed: Vec<&String> = has.difference(&seen).collect();
            assert!(missed.is_empty(), "{named}, but {missed:?} can happen");
            let is_cut = |end: &End| matches!(end, End::StepLimit(_) | End::StackLow(_));
            let cut = exploration.outcomes.iter().any(|seen| is_cut(&seen.outcome.end));
            assert!(!cut, "{named}, but an execution was cut");
            assert!(evidence.gaps().is_empty(), "{named}");
            assert_eq!(evidence.to_string(), "exhaustive");
            complete.push(search);
        } else {
            assert_ne!(evidence.absence(), "never", "{named}");
            let gaps = exploration.gaps;
            assert_eq!(evidence.gaps().is_empty(), gaps.is_empty(), "{named} says nothing of {gaps:?}");
        }
    }
    complete
}

/// As `check`, of a body that has a gap, so that nobody can have seen everything.
#[track_caller]
fn check_nobody(body: &(dyn Fn() + Sync), memory: MemoryModel, limits: Limits, gap: fn(&Evidence) -> u64) {
    assert_eq!(check(body, memory, limits, &Outcomes::new()), Vec::<String>::new());
    for (search, exploration) in explorations(body, memory, limits) {
        if search == Strategy::Exhaustive.to_string() {
            assert!(gap(&exploration.evidence) > 0, "{search}: '{}'", exploration.evidence);
        }
    }
}

/// Writes twice when it is dropped.
struct Twice(Atomic<u64>);

impl Drop for Twice {
    fn drop(&mut self) {
        self.0.store(1, Relaxed);
        self.0.store(2, Relaxed);
    }
}

#[test]
fn who_could_go_on_while_a_panic_unwinds_counts_as_left_out() {
    let body = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            scope.spawn("panicking", move || {
                let unwinding = || {
                    let _twice = Twice(x);
                    // As a panic, without a word on standard error.
                    resume_unwind(Box::new("caught"));
                };
                _ = catch_unwind(AssertUnwindSafe(unwinding));
            });
            scope.spawn("other", move || probe::observe(x.load(Relaxed)));
        });
    };
    let has: Outcomes = (0..=2).map(|value| format!("other {value}")).collect();
    for memory in MemoryModel::ALL {
        check(&body, memory, LIMITS, &has);
    }
}

#[test]
fn many_who_wait_are_woken_in_every_order_or_nothing_is_claimed() {
    const WAITERS: u64 = 3;
    let body = || {
        let (lock, queue) = (SpinLock::named("lock"), WaitQueue::named("queue"));
        let count = Atomic::named("count", 0_u64);
        thread::scope(|scope| {
            for number in 0..WAITERS as u32 {
                scope.spawn(("waiter", number), move || {
                    lock.lock();
                    count.fetch_add(1, Relaxed);
                    queue.wait(&lock);
                    probe::observe(count.fetch_add(1, Relaxed));
                    lock.unlock();
                });
            }
            scope.spawn("waker", move || {
                for _ in 0..WAITERS {
                    lock.lock();
                    if count.load(Relaxed) >= WAITERS {
                        queue.wake_one();
                    }
                    lock.unlock();
                }
            });
        });
    };
    let orders = [[3, 4, 5], [3, 5, 4], [4, 3, 5], [4, 5, 3], [5, 3, 4], [5, 4, 3]];
    let line = |[a, b, c]: [u64; 3]| format!("waiter[0] {a}; waiter[1] {b}; waiter[2] {c}");
    let has: Outcomes = orders.into_iter().map(line).collect();
    for memory in [MemoryModel::Sc, MemoryModel::Tso, MemoryModel::Weak] {
        check(&body, memory, Limits { executions: 2_000, ..LIMITS }, &has);
    }
}

#[test]
fn who_is_the_last_to_let_go_of_an_arc_is_not_varied_and_nothing_is_claimed_of_it() {
    let body = || {
        probe::unseen();
        let shared = Arc::new(());
        thread::scope(|scope| {
            for number in 1..=2_u32 {
                let shared = Arc::clone(&shared);
                scope.spawn(("thread", number), move || probe::observe(u64::from(Arc::into_inner(shared).is_some())));
            }
            drop(shared);
        });
    };
    for memory in MemoryModel::ALL {
        check_nobody(&body, memory, LIMITS, |evidence| evidence.gaps().unseen);
    }
}

#[test]
fn a_subject_that_depends_on_more_than_its_schedule_proves_nothing() {
    let runs = AtomicU64::new(0);
    let body = || {
        let run = runs.fetch_add(1, Relaxed);
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            for number in 0..2 {
                let times = if run == 0 { 3 } else { run % 2 };
                scope.spawn(("thread", number), move || {
                    (0..=times).for_each(|_| _ = x.fetch_add(1, Relaxed));
                });
            }
        });
        probe::observe(x.load(Relaxed));
    };
    let subject = program(&body);
    for strategy in [Strategy::Bounded { preemptions: 1_000 }, Strategy::Exhaustive] {
        runs.store(0, Relaxed);
        let some = explore(&subject, &config(strategy, MemoryModel::Sc, Limits { executions: 100_000, ..LIMITS }));
        assert!(!some.evidence.is_exhaustive() && some.evidence.gaps().strayed > 0, "{strategy}: '{}'", some.evidence);
    }
}
