//! Enumeration finds exactly what can happen, runs every schedule once, and sampling finds nothing else.

use crate::workload;
use crate::{common, model};
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Mutex, Ordering::SeqCst};
use lockstep::thread::scope;
use lockstep::{Entry, Exploration, ExploreConfig, RunConfig, Strategy, explore, run};
use model::generate::{programs, runner};
use model::{Op, Program};
use proptest::strategy::Strategy as _;
use std::cell::Cell;
use std::collections::BTreeSet;

workload!(ours:
    use lockstep::sync::{Arc, Condvar, Mutex, std_atomic::{AtomicU32, Ordering::SeqCst}};
    use lockstep::thread::spawn;
);

fn bounded(body: &(dyn Fn() + Sync), preemptions: u32) -> Exploration {
    let strategy = Strategy::Bounded { preemptions };
    let config = ExploreConfig { strategy, executions: common::EXECUTIONS_MAX, steps_max: 400, ..Default::default() };
    explore(&common::program(body), &config)
}

fn sampled(body: &(dyn Fn() + Sync), strategy: Strategy, executions: u64) -> Exploration {
    let config = ExploreConfig { strategy, executions, steps_max: 400, ..Default::default() };
    explore(&common::program(body), &config)
}

/// The enumeration of the program finds what the interpreter finds, by as many schedules; each witness shows its outcome; bounds find
/// more and more of it and samples nothing else.
#[track_caller]
fn check(program: &[Vec<Op>]) {
    let (expected, schedules) = model::exhaust(program);
    let body = model::body(program);
    let all = common::exhaust(&body);
    let found: BTreeSet<_> = all.outcomes.iter().map(|seen| model::result(program, &seen.outcome)).collect();
    assert_eq!(found, expected, "{program:?}");
    assert_eq!(all.executions, schedules, "{program:?}");
    assert_eq!(all.outcomes.iter().map(|seen| seen.count).sum::<u64>(), schedules);
    for seen in all.outcomes.iter() {
        let again = run(&common::program(&body), &seen.witness, &RunConfig::default());
        assert_eq!(again.outcome, seen.outcome, "{program:?} {:?}", seen.witness);
        assert_eq!(again.skipped, 0, "{program:?} {:?}", seen.witness);
    }
    let mut before = BTreeSet::new();
    let mut executions = 0;
    for preemptions in 0..3 {
        let some = bounded(&body, preemptions);
        let ids: BTreeSet<_> = some.outcomes.ids().collect();
        assert!(before.is_subset(&ids), "{program:?}");
        assert!(ids.iter().all(|&id| all.outcomes.contains(id)), "{program:?}");
        assert!(some.executions >= executions && some.executions <= schedules, "{program:?}");
        assert_eq!(some.evidence.is_exhaustive(), some.executions == schedules, "{program:?}");
        for seen in some.outcomes.iter() {
            let execution = run(&common::program(&body), &seen.witness, &RunConfig::default());
            assert!(execution.preemptions <= preemptions as usize, "{program:?} {:?}", seen.witness);
        }
        (before, executions) = (ids, some.executions);
    }
    for strategy in [Strategy::Uniform, Strategy::Pct { depth: 3, length: None }] {
        let some = sampled(&body, strategy, 100);
        assert!(some.outcomes.ids().all(|id| all.outcomes.contains(id)), "{program:?}");
    }
}

#[test]
fn small_programs_have_exactly_their_outcomes_and_schedules() {
    use Op::*;
    check(&[]);
    check(&[vec![]]);
    check(&[vec![], vec![], vec![]]);
    check(&[vec![Load(0), Store(0, 1)], vec![Load(0), Store(0, 2)]]);
    check(&[vec![Lock(0), Lock(1), Unlock(1), Unlock(0)], vec![Lock(1), Lock(0), Unlock(0), Unlock(1)]]);
    check(&[vec![Lock(0), Wait(0), Unlock(0)], vec![Lock(0), WakeOne, Unlock(0)]]);
    check(&[vec![Lock(0), Wait(0)], vec![Lock(1), Wait(1)], vec![WakeOne]]);
    check(&[vec![Await(0, 1), Load(1)], vec![Store(1, 1), Store(0, 1)]]);
    check(&[vec![Await(0, 2)], vec![Store(0, 1), Store(0, 2), Store(0, 3)]]);
    check(&[vec![Unlock(0)], vec![Load(0)]]);
    check(&[vec![TryLock(0), Unlock(0)], vec![TryLock(0), Unlock(0)]]);
    check(&[vec![Add(0, 1)], vec![Add(0, 2)], vec![Load(0), Load(0)]]);
}

/// Schedules of one generated program; more would take too long here.
const SCHEDULES_MAX: u64 = 40_000;

#[test]
fn generated_programs_have_exactly_their_outcomes_and_schedules() {
    let (blocked, largest) = (Cell::new(0), Cell::new(0));
    let is_small = |program: &Program| model::exhaust(program).1 <= SCHEDULES_MAX;
    let result = runner(320).run(&programs().prop_filter("has too many schedules", is_small), |program| {
        let (results, _) = model::exhaust(&program);
        blocked.set(blocked.get() + usize::from(results.iter().any(|result| !result.blocked.is_empty())));
        largest.set(largest.get().max(results.len()));
        check(&program);
        Ok(())
    });
    result.unwrap();
    let (blocked, largest) = (blocked.get(), largest.get());
    assert!(blocked > 100 && largest > 5, "the programs are too tame: {blocked} can block, at most {largest} outcomes");
}

#[test]
fn the_workload_has_exactly_its_three_outcomes() {
    let body = || observe(u64::from(ours::body()));
    let bits = |exploration: &Exploration| -> Vec<u64> {
        let word = |entry| match entry {
            Entry::Word(word) => word,
            Entry::Warning(_) => u64::MAX,
        };
        let mut bits: Vec<u64> = exploration
            .outcomes
            .iter()
            .inspect(|seen| assert!(!seen.outcome.end.is_fault(), "{}", seen.outcome.end))
            .map(|seen| word(seen.outcome.columns[0].entries[0]))
            .collect();
        bits.sort_unstable();
        bits
    };
    assert_eq!(bits(&sampled(&body, Strategy::Uniform, 50_000)), [0, 3, 5]);
    assert_eq!(bits(&sampled(&body, Strategy::Pct { depth: 3, length: None }, 50_000)), [0, 3, 5]);
    assert_eq!(bits(&bounded(&body, 2)), [0, 3, 5]);
}

#[test]
fn an_enumeration_that_is_cut_short_claims_no_more_than_it_did() {
    let program: Program = vec![vec![Op::Load(0); 4], vec![Op::Store(0, 1); 4]];
    let body = model::body(&program);
    let all = common::exhaust(&body).executions;
    for executions in [0, 1, 2, 10, 100, all - 1] {
        let strategy = Strategy::Bounded { preemptions: u32::MAX };
        let some = explore(&common::program(&body), &ExploreConfig { strategy, executions, ..Default::default() });
        assert!(!some.evidence.is_exhaustive(), "{executions}");
        assert!(some.executions <= executions);
        if let Some(preemptions) = some.evidence.preemptions() {
            assert!(bounded(&body, preemptions).executions <= executions);
        }
        assert_eq!(some.evidence.is_nothing(), executions == 0);
    }
}

#[test]
fn mutexes_count_up_in_the_known_number_of_orders() {
    // Two threads that take a mutex n times each: the order of critical sections is all that can be told.
    for (times, orders) in [(1, 2), (2, 6), (3, 20)] {
        let body = || {
            let order = Mutex::new(Vec::new());
            scope(|threads| {
                for thread in [1, 2] {
                    let order = &order;
                    threads.spawn(("thread", thread as u32), move || {
                        for _ in 0..times {
                            order.lock().unwrap().push(thread);
                        }
                    });
                }
            });
            order.into_inner().into_iter().for_each(observe);
        };
        let found = if times < 3 { common::exhaust(&body) } else { bounded(&body, 4) };
        assert_eq!(found.outcomes.len(), orders, "{times}");
    }
}

#[test]
fn more_preemptions_find_what_fewer_cannot() {
    // Thread b must run between each two steps of a.
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("a", || {
                for expected in [0, 2, 4] {
                    if word.compare_exchange(expected, expected + 1, SeqCst, SeqCst).is_err() {
                        return;
                    }
                }
                observe(1);
            });
            threads.spawn("b", || {
                for expected in [1, 3] {
                    if word.compare_exchange(expected, expected + 1, SeqCst, SeqCst).is_err() {
                        return;
                    }
                }
            });
        });
    };
    let found = |preemptions| bounded(&body, preemptions).outcomes.len();
    assert_eq!([found(0), found(1), found(2), found(3), found(4)], [1, 1, 1, 2, 2]);
}
