//! Exhaustive search finds every outcome, and makes as many executions as there are orders of dependent steps.

use crate::workload;
use crate::{anything, common, model};
use lockstep::probe::{bug, observe};
use lockstep::sync::{Atomic, Mutex, Ordering::SeqCst, Plain, SpinLock, WaitQueue};
use lockstep::thread::{scope, yield_now};
use lockstep::{Control, Exploration, ExploreConfig, RunConfig, Strategy, explore, run};
use model::{Op, Program};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;

workload!(ours:
    use lockstep::sync::{Arc, Condvar, Mutex, std_atomic::{AtomicU32, Ordering::SeqCst}};
    use lockstep::thread::spawn;
);

const CONFIG: ExploreConfig<'static> = ExploreConfig {
    strategy: Strategy::Exhaustive,
    executions: common::EXECUTIONS_MAX,
    seed: 0,
    skip: 0,
    jobs: 1,
    memory: lockstep::MemoryModel::Sc,
    steps_max: 400,
    gives_way_after: None,
    tracing: false,
    control: None,
};

fn search(body: &(dyn Fn() + Sync), config: ExploreConfig<'_>) -> Exploration {
    explore(&common::program(body), &config)
}

/// Everything is found; each witness shows its outcome; the number of OS threads does not matter.
#[track_caller]
fn exhaust(body: &(dyn Fn() + Sync)) -> Exploration {
    let all = search(body, CONFIG);
    assert!(all.evidence.is_exhaustive(), "{}, {} executions", all.evidence, all.executions);
    assert_eq!(all.outcomes.iter().map(|seen| seen.count).sum::<u64>(), all.executions);
    assert_eq!(search(body, ExploreConfig { jobs: 3, ..CONFIG }), all);
    for seen in all.outcomes.iter() {
        let again = run(&common::program(body), &seen.witness, &RunConfig::default());
        assert_eq!(again.outcome, seen.outcome, "{:?}", seen.witness);
        assert_eq!(again.skipped, 0, "{:?}", seen.witness);
    }
    all
}

/// As many executions as there are orders, and no more than so many runs in vain.
#[track_caller]
fn assert_orders(body: &(dyn Fn() + Sync), orders: u64, redundant: u64) {
    let all = exhaust(body);
    assert_eq!(all.executions, orders);
    assert!(all.redundant <= redundant, "{} redundant runs", all.redundant);
}

// ---- counts known beforehand ----

#[test]
fn the_workload_has_its_three_outcomes_in_36_orders() {
    let body = || observe(u64::from(ours::body()));
    assert_orders(&body, 36, 5);
    assert_eq!(exhaust(&body).outcomes.len(), 3);
}

fn increments(threads_count: u32, times: u32) -> impl Fn() + Sync {
    move || {
        let sum = Mutex::new(0);
        scope(|threads| {
            for number in 0..threads_count {
                threads.spawn(("thread", number), || (0..times).for_each(|_| *sum.lock().unwrap() += 1));
            }
        });
        observe(sum.into_inner());
    }
}

#[test]
fn mutex_increments_have_as_many_orders_as_their_critical_sections() {
    for (times, orders) in [(1, 2), (2, 6), (3, 20), (4, 70), (5, 252), (6, 924)] {
        assert_orders(&increments(2, times), orders, 0);
    }
    assert_orders(&increments(3, 1), 6, 0);
    assert_orders(&increments(3, 2), 90, 0);
    assert_orders(&increments(3, 3), 1_680, 0);
    assert_orders(&increments(4, 1), 24, 0);
}

#[test]
fn a_search_that_is_divided_makes_every_execution_once() {
    assert_orders(&increments(3, 4), 34_650, 100);
}

#[test]
fn readers_of_one_write_see_it_or_not() {
    for readers in 1..=8 {
        let body = move || {
            let word = Atomic::named("word", 0_u64);
            scope(|threads| {
                threads.spawn("writer", move || word.store(1, SeqCst));
                for reader in 0..readers {
                    threads.spawn(("reader", reader), move || observe(word.load(SeqCst)));
                }
            });
        };
        assert_orders(&body, 1 << readers, 0);
    }
}

#[test]
fn what_touches_nothing_in_common_has_one_order() {
    assert_orders(&|| {}, 1, 0);
    let body = || {
        scope(|threads| (0..3).for_each(|number| _ = threads.spawn(("thread", number), || ())));
    };
    assert_orders(&body, 1, 0);
    let body = || {
        let words: [Atomic<u64>; 3] = std::array::from_fn(|number| Atomic::named(("word", number as u32), 0));
        scope(|threads| {
            for (number, word) in words.into_iter().enumerate() {
                threads.spawn(("thread", number as u32), move || (0..5).for_each(|_| _ = word.fetch_add(1, SeqCst)));
            }
        });
    };
    assert_orders(&body, 1, 0);
}

#[test]
fn failed_attempts_are_reads() {
    // Of two exchanges of the same value the first succeeds; the load behind the second sees what the first wrote either way.
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("a", move || observe(word.cmpxchg(0, 42)));
            threads.spawn("b", move || {
                observe(word.cmpxchg(0, 17));
                observe(word.load(SeqCst));
            });
        });
    };
    assert_orders(&body, 2, 0);
    // Those who find the lock taken may do so in any order.
    let body = || {
        let lock = SpinLock::named("lock");
        lock.lock();
        scope(|threads| {
            (0..3).for_each(|number| _ = threads.spawn(("thread", number), move || observe(lock.try_lock().into())));
        });
    };
    assert_orders(&body, 1, 0);
}

#[test]
fn every_sleeper_may_be_the_one_that_is_woken() {
    let body = || {
        let (lock, queue) = (SpinLock::named("lock"), WaitQueue::named("queue"));
        let asleep = Atomic::named("asleep", 0_u64);
        scope(|threads| {
            for number in 0..3 {
                threads.spawn(("sleeper", number), move || {
                    lock.lock();
                    asleep.fetch_add(1, SeqCst);
                    queue.wait(&lock);
                    lock.unlock();
                    observe(1);
                });
            }
            threads.spawn("waker", move || {
                lockstep::sync::await_until(|| asleep.load(SeqCst) == 3);
                lock.lock();
                queue.wake_one();
                lock.unlock();
            });
        });
    };
    let all = exhaust(&body);
    let texts: BTreeSet<String> = all.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect();
    let expected = (0..3).map(|woken| {
        let others = (0..3).filter(|&sleeper| sleeper != woken).map(|sleeper| format!(" sleeper[{sleeper}]"));
        format!("sleeper[{woken}] 1; stuck: main{}", others.collect::<String>())
    });
    assert_eq!(texts, expected.collect());
}

#[test]
fn a_race_on_plain_data_is_found_from_both_sides() {
    let body = || {
        let (data, flag) = (Plain::named("data", 0_u64), Atomic::named("flag", false));
        scope(|threads| {
            threads.spawn("a", move || {
                data.set(1);
                flag.store(true, SeqCst);
            });
            threads.spawn("b", move || {
                flag.load(SeqCst);
                data.set(2);
            });
        });
    };
    let all = exhaust(&body);
    let ends: BTreeSet<String> = all.outcomes.iter().map(|seen| seen.outcome.end.to_string()).collect();
    let race =
        |second, first| format!("sim: data race: write of data by {second} is not ordered after the write by {first}");
    assert_eq!(ends, BTreeSet::from(["completed".to_owned(), race("a", "b"), race("b", "a")]));
}

#[test]
fn what_others_had_done_when_a_fault_ends_everything_is_found() {
    let body = || {
        scope(|threads| {
            threads.spawn("a", || {
                (1..=3).for_each(|number| {
                    yield_now();
                    observe(number);
                });
            });
            threads.spawn("b", || {
                yield_now();
                bug("the end")
            });
        });
    };
    assert_eq!(exhaust(&body).outcomes.len(), 4);
}

#[test]
fn a_deadlock_is_found_from_both_sides() {
    let program = [vec![Op::Lock(0), Op::Lock(1), Op::Unlock(1), Op::Unlock(0)], vec![Op::Lock(1), Op::Lock(0)]];
    check(&program);
    let body = model::body(&program);
    assert_orders(&body, 3, 0);
}

// ---- completeness ----

/// What the interpreter finds, by no more executions than there are schedules.
#[track_caller]
fn check(program: &[Vec<Op>]) -> Exploration {
    let (expected, schedules) = model::exhaust(program);
    let all = exhaust(&model::body(program));
    let found: BTreeSet<_> = all.outcomes.iter().map(|seen| model::result(program, &seen.outcome)).collect();
    assert_eq!(found, expected, "{program:?}");
    assert!(all.executions <= schedules, "{program:?}: {} of {schedules}", all.executions);
    all
}

#[test]
fn generated_programs_have_exactly_the_outcomes_of_the_interpreter() {
    let (executions, redundant) = (Cell::new(0), Cell::new(0));
    let result = model::generate::runner(1_000).run(&model::generate::programs(), |program: Program| {
        let all = check(&program);
        executions.set(executions.get() + all.executions);
        redundant.set(redundant.get() + all.redundant);
        Ok(())
    });
    result.unwrap();
    let (executions, redundant) = (executions.get(), redundant.get());
    assert!(redundant * 10 < executions, "{redundant} redundant runs beside {executions} executions");
}

/// Schedules of one program that are enumerated; of a program with more, those found must be among the outcomes.
const ENUMERATED_MAX: u64 = 2_000;

#[test]
fn generated_programs_of_everything_have_exactly_the_outcomes_of_their_schedules() {
    let (compared, largest) = (Cell::new(0), Cell::new(0));
    let result = model::generate::runner(1_500).run(&anything::programs(), |program| {
        let body = anything::body(&program);
        let all = search(&body, ExploreConfig { executions: 20_000, ..CONFIG });
        if !all.evidence.is_exhaustive() {
            return Ok(());
        }
        let strategy = Strategy::Bounded { preemptions: u32::MAX };
        let some = search(&body, ExploreConfig { strategy, executions: ENUMERATED_MAX, ..CONFIG });
        let ids = |exploration: &Exploration| exploration.outcomes.ids().collect::<BTreeSet<_>>();
        let missing: Vec<_> = some.outcomes.iter().filter(|seen| !all.outcomes.contains(seen.outcome.id)).collect();
        assert!(missing.is_empty(), "{program:?}: {missing:#?}");
        if some.evidence.is_exhaustive() {
            assert_eq!(ids(&some), ids(&all), "{program:?}");
            assert!(all.executions <= some.executions, "{program:?}: {} of {}", all.executions, some.executions);
            assert_eq!(all.goals, some.goals, "{program:?}");
            compared.set(compared.get() + 1);
        }
        largest.set(largest.get().max(all.outcomes.len()));
        assert_eq!(search(&body, ExploreConfig { executions: 20_000, jobs: 2, ..CONFIG }), all, "{program:?}");
        Ok(())
    });
    result.unwrap();
    let (compared, largest) = (compared.get(), largest.get());
    assert!(
        compared > 500 && largest > 10,
        "the programs are too tame: {compared} compared, at most {largest} outcomes"
    );
}

/// As many outcomes as the schedules of the program have.
#[track_caller]
fn check_anything(threads: &[&[anything::Op]], main: anything::Main) {
    let program = anything::Program { threads: threads.iter().map(|ops| ops.to_vec()).collect(), main };
    let body = anything::body(&program);
    let strategy = Strategy::Bounded { preemptions: u32::MAX };
    let every = search(&body, ExploreConfig { strategy, ..CONFIG });
    assert!(every.evidence.is_exhaustive(), "{program:?}: {}", every.evidence);
    let texts = |some: &Exploration| some.outcomes.iter().map(|seen| seen.outcome.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&exhaust(&body)), texts(&every), "{program:?}");
}

#[test]
fn programs_that_were_once_searched_wrongly_have_exactly_their_outcomes() {
    use anything::Main::{Goes, Joins};
    use anything::Op::*;
    // Whether main ends at rest or waits depends on who else can go on, and a yield touches nothing.
    check_anything(&[&[Lock(1), Wait(1), Unlock(1), Yield, UnlockWait(1)]], Goes(vec![WakeAll, Lock(1)]));
    check_anything(&[&[Await(0, 1), Lock(0), Wait(0)]], Goes(vec![WakeOne, Exchange(0, 0, 1)]));
    // A thread is kept out by a lock when a fault ends everything.
    check_anything(&[&[WriteLock, Unlock(1)], &[ReadLock, SpawnJoin(2), ReadUnlock]], Joins);
    // What a thread that is kept out would have touched behind the lock is not known.
    check_anything(&[&[WriteLock, PlainWrite(1)], &[ReadLock], &[PlainWrite(1), Store(1, 1)], &[]], Joins);
    // What a step touches beside its event depends on what it reads: here, whether it is the last of its thread.
    check_anything(&[&[AwaitUnlocked(0)], &[Lock(0)], &[Fence, Status(1)]], Joins);
    check_anything(&[&[Exchange(0, 0, 1), Store(1, 1)], &[Store(0, 2)], &[Fence, Peek(1)]], Joins);
    // A thread is kept out when all others are asleep.
    check_anything(&[&[StoreRelease(0)], &[Lock(0), Lock(1)], &[Lock(0), Spawn(0)], &[TryLock(1)]], Joins);
}

// ---- what cannot be exhausted ----

#[test]
fn a_search_that_is_cut_short_claims_no_more_than_it_did() {
    let body = increments(3, 4);
    for executions in [0, 1, 2, 100, 600, 5_000, 34_649] {
        let some = search(&body, ExploreConfig { executions, ..CONFIG });
        assert!(!some.evidence.is_exhaustive(), "{executions}");
        assert_eq!(some.executions + some.redundant, executions);
        assert_eq!(some.evidence.enumerated(), some.executions);
        assert_eq!(search(&body, ExploreConfig { executions, jobs: 4, ..CONFIG }), some);
    }
}

#[test]
fn a_search_with_executions_beyond_the_step_limit_is_not_exhaustive() {
    let body = || {
        let word = Atomic::named("word", false);
        scope(|threads| {
            // A loop that counts is none that waits.
            threads.spawn("spinner", move || _ = (0..100).any(|_| word.load(SeqCst)));
            threads.spawn("writer", move || word.store(true, SeqCst));
        });
    };
    let some = search(&body, ExploreConfig { steps_max: 30, executions: 10_000, ..CONFIG });
    assert!(some.gaps.cut > 0 && !some.evidence.is_exhaustive(), "{} cut, {}", some.gaps.cut, some.evidence);
}

#[test]
fn a_cancelled_search_ends() {
    let control = Control::new();
    control.cancel();
    let some = search(&increments(3, 4), ExploreConfig { control: Some(&control), ..CONFIG });
    assert!(some.cancelled && !some.evidence.is_exhaustive());
    assert_eq!(some.executions, 0);
}

#[test]
fn a_subject_that_depends_on_more_than_its_schedule_proves_nothing() {
    let runs = AtomicU64::new(0);
    let body = || {
        // What it does differs from run to run.
        let run = runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            for number in 0..2 {
                threads.spawn(("thread", number), move || (0..=run % 3).for_each(|_| _ = word.fetch_add(1, SeqCst)));
            }
        });
    };
    let some = search(&body, ExploreConfig { executions: 10_000, ..CONFIG });
    assert!(!some.evidence.is_exhaustive());
}

#[test]
fn a_subject_that_observes_more_than_its_schedule_proves_nothing() {
    let runs = AtomicU64::new(0);
    let body = || {
        // Nothing that the machine sees depends on it.
        let run = runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        increments(2, 1)();
        observe(u64::from(run == 1));
    };
    for strategy in [Strategy::Exhaustive, Strategy::Bounded { preemptions: 1 }] {
        runs.store(0, std::sync::atomic::Ordering::Relaxed);
        let some = search(&body, ExploreConfig { strategy, ..CONFIG });
        let evidence = some.evidence;
        assert!(!evidence.is_exhaustive() && evidence.preemptions().is_none(), "'{evidence}'");
        assert!(evidence.gaps().strayed > 0, "'{evidence}'");
    }
}
