//! What has the shape of the standard library's: attempts that fail for no reason, locks that are
//! tried, readers and writers, what is done once, and meeting points.

use crate::common;
use lockstep::probe::observe;
use lockstep::sync::std_atomic::{AtomicI8, AtomicU16, AtomicU64};
use lockstep::sync::{
    Atomic, Condvar, Mutex, Once, OnceLock, Ordering::Relaxed, Ordering::SeqCst, RwLock, ThreadBarrier, TryLockError,
};
use lockstep::thread::{scope, yield_now};
use lockstep::{ExploreConfig, Label, MemoryModel, RunConfig, Strategy, explore, run};
use std::collections::BTreeSet;

/// The outcomes of every schedule, by search; each witness shows its outcome again.
#[track_caller]
fn outcomes(body: &(dyn Fn() + Sync), memory: MemoryModel) -> BTreeSet<String> {
    let config = ExploreConfig {
        strategy: Strategy::Exhaustive,
        executions: common::EXECUTIONS_MAX,
        memory,
        ..ExploreConfig::default()
    };
    let all = explore(&common::program(body), &config);
    assert!(all.evidence.is_exhaustive(), "{}", all.evidence);
    for seen in all.outcomes.iter() {
        let config = RunConfig { memory, ..RunConfig::default() };
        let again = run(&common::program(body), &seen.witness, &config);
        assert_eq!((again.outcome.id, again.skipped), (seen.outcome.id, 0), "{:?}", seen.witness);
    }
    all.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect()
}

/// By search under each memory model, and under the first one also by every schedule.
#[track_caller]
fn check(body: impl Fn() + Sync, expected: &[&str]) {
    let texts: BTreeSet<String> = expected.iter().map(|&text| text.to_owned()).collect();
    for memory in [MemoryModel::Sc, MemoryModel::Tso, MemoryModel::Weak] {
        assert_eq!(outcomes(&body, memory), texts, "{}", memory.name());
    }
    common::assert_outcomes(&body, expected);
}

// ---- attempts that fail for no reason ----

#[test]
fn a_weak_exchange_may_fail_though_the_value_is_there() {
    let body = || {
        let word = Atomic::named("word", 7_u64);
        observe(u64::from(word.compare_exchange_weak(7, 8, SeqCst, Relaxed) == Err(7)));
        observe(word.load(SeqCst));
    };
    check(body, &["main 0 8", "main 1 7"]);
}

#[test]
fn a_weak_exchange_does_not_fail_for_no_reason_twice_in_a_row() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        let tries = (1..).find(|_| word.compare_exchange_weak(0, 1, SeqCst, Relaxed).is_ok());
        observe(tries.expect("some try succeeds"));
    };
    check(body, &["main 1", "main 2"]);
}

#[test]
fn a_weak_exchange_that_finds_another_value_fails_with_that() {
    let body = || {
        let word = Atomic::named("word", 3_u64);
        observe(word.compare_exchange_weak(0, 1, SeqCst, Relaxed).unwrap_err());
    };
    check(body, &["main 3"]);
}

#[test]
fn loops_over_weak_exchanges_end_and_lose_nothing() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, move || {
                    let mut old = word.load(Relaxed);
                    while let Err(found) = word.compare_exchange_weak(old, old + 1, SeqCst, Relaxed) {
                        old = found;
                    }
                });
            }
        });
        observe(word.load(SeqCst));
    };
    check(body, &["main 2"]);
}

#[test]
fn a_trace_tells_a_failure_for_no_reason() {
    let body = || {
        let word = Atomic::named("word", 7_u64);
        observe(u64::from(word.compare_exchange_weak(7, 8, SeqCst, Relaxed).is_err()));
    };
    let told = |seed| {
        let execution = run(&common::program(&body), &lockstep::Schedule::uniform(seed), &RunConfig::default());
        let has_failed = common::text(&execution.outcome) == "main 1";
        assert_eq!(execution.remarks.iter().any(|remark| remark.contains("for no reason")), has_failed, "{seed}");
        has_failed
    };
    let told: BTreeSet<bool> = (0..20).map(told).collect();
    assert_eq!(told, BTreeSet::from([false, true]));
}

#[test]
fn updates_by_a_function_retry_and_give_up() {
    let body = || {
        let word = AtomicU64::named("word", 1_u64);
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, move || {
                    let _ = word.fetch_update(SeqCst, Relaxed, |value| (value < 3).then_some(value + 2));
                });
            }
        });
        observe(word.load(SeqCst));
        observe(word.fetch_update(SeqCst, Relaxed, |_| None).unwrap_err());
    };
    check(body, &["main 3 3"]);
}

#[test]
fn arithmetic_is_that_of_the_width_and_sign() {
    let body = || {
        let (short, signed) = (AtomicU16::new(u16::MAX), AtomicI8::new(-3));
        assert_eq!((short.fetch_add(2, SeqCst), short.load(SeqCst)), (u16::MAX, 1));
        assert_eq!((short.fetch_max(9, SeqCst), short.fetch_min(4, SeqCst), short.load(SeqCst)), (1, 9, 4));
        assert_eq!((signed.fetch_max(-5, SeqCst), signed.fetch_min(2, SeqCst)), (-3, -3));
        assert_eq!((signed.fetch_min(-128, SeqCst), signed.load(SeqCst)), (-3, -128));
        assert_eq!((short.fetch_nand(6, SeqCst), short.load(SeqCst)), (4, !4));
        let flag = Atomic::new(true);
        assert_eq!((flag.fetch_nand(true, SeqCst), flag.load(SeqCst)), (true, false));
    };
    check(body, &[""]);
}

// ---- locks with data ----

#[test]
fn a_mutex_that_is_tried_is_had_or_not() {
    let body = || {
        let sum = Mutex::named("sum", 0_u64);
        scope(|threads| {
            for number in 0..2 {
                let sum = &sum;
                threads.spawn(("thread", number), move || match sum.try_lock() {
                    Ok(mut sum) => {
                        *sum += 1;
                        yield_now();
                    }
                    Err(error) => assert!(matches!(error, TryLockError::WouldBlock)),
                });
            }
        });
        observe(sum.into_inner());
    };
    check(body, &["main 1", "main 2"]);
}

#[test]
fn readers_meet_and_writers_do_not() {
    let body = || {
        let (lock, inside) = (RwLock::named("lock", 0_u64), Atomic::named("inside", 0_u64));
        let most = Atomic::named("most", 0_u64);
        let enter = move || {
            most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
            inside.fetch_sub(1, SeqCst);
        };
        scope(|threads| {
            for number in 0..2 {
                let lock = &lock;
                threads.spawn(("reader", number), move || {
                    let data = lock.read().unwrap();
                    assert!(*data == 0 || *data == 5);
                    enter();
                });
            }
        });
        let readers = most.swap(0, SeqCst);
        scope(|threads| {
            threads.spawn("writer", || {
                let mut data = lock.write().unwrap();
                *data = 4;
                enter();
                *data += 1;
            });
            threads.spawn("reader", || {
                let data = lock.read().unwrap();
                assert!(*data == 0 || *data == 5);
                enter();
            });
        });
        observe(readers);
        observe(most.load(SeqCst));
        observe(lock.into_inner());
    };
    check(body, &["main 1 1 5", "main 2 1 5"]);
}

#[test]
fn who_reads_twice_and_who_writes_between_wait_for_nobody() {
    let body = || {
        let lock = RwLock::new(0_u64);
        scope(|threads| {
            threads.spawn("reader", || {
                let first = lock.read().unwrap();
                // Writers that wait keep no reader out: that they may is not modelled.
                let second = lock.read().unwrap();
                assert_eq!(*first, *second);
            });
            threads.spawn("writer", || *lock.write().unwrap() += 1);
        });
    };
    check(body, &[""]);
}

#[test]
fn a_reader_that_wants_to_write_waits_for_itself() {
    let body = || {
        let lock = RwLock::named("lock", 0_u64);
        let reading = lock.read().unwrap();
        *lock.write().unwrap() = *reading;
    };
    // Who reads is not known by name, so this is no cycle of locks.
    check(body, &["stuck: main"]);
}

#[test]
fn a_queue_with_a_name_is_woken() {
    let body = || {
        let (data, queue) = (Mutex::named("data", 0_u64), Condvar::named("queue"));
        scope(|threads| {
            threads.spawn("waiter", || {
                let data = queue.wait_while(data.lock().unwrap(), |data| *data == 0).unwrap();
                observe(*data);
            });
            threads.spawn("setter", || {
                *data.lock().unwrap() = 3;
                queue.notify_one();
            });
        });
    };
    check(body, &["waiter 3"]);
}

// ---- once ----

#[test]
fn a_value_is_made_once_and_seen_by_all_who_ask_for_it() {
    let body = || {
        let (cell, made) = (OnceLock::new(), Atomic::named("made", 0_u64));
        scope(|threads| {
            for number in 0..2_u64 {
                let cell = &cell;
                threads.spawn(("thread", number as u32), move || {
                    let value = cell.get_or_init(|| {
                        made.fetch_add(1, Relaxed);
                        vec![number; 3]
                    });
                    assert_eq!(value.len(), 3);
                });
            }
        });
        observe(made.load(Relaxed));
        observe(cell.get().unwrap()[0]);
        assert_eq!(cell.set(Vec::new()), Err(Vec::new()));
        observe(cell.into_inner().unwrap()[0]);
    };
    check(body, &["main 1 0 0", "main 1 1 1"]);
}

#[test]
fn a_value_is_there_or_not_for_who_only_looks() {
    let body = || {
        let cell = OnceLock::new();
        scope(|threads| {
            threads.spawn("maker", || assert!(cell.set(vec![7_u64]).is_ok()));
            threads.spawn("looker", || observe(cell.get().map_or(0, |value| value[0])));
        });
    };
    check(body, &["looker 0", "looker 7"]);
}

#[test]
fn what_is_done_once_is_done_when_the_call_returns() {
    let body = || {
        let (once, count) = (Once::new(), Atomic::named("count", 0_u64));
        assert!(!once.is_completed());
        scope(|threads| {
            for name in ["a", "b"] {
                let once = &once;
                threads.spawn(name, move || {
                    once.call_once(|| _ = count.fetch_add(1, Relaxed));
                    assert_eq!(count.load(Relaxed), 1);
                });
            }
        });
        assert!(once.is_completed());
    };
    check(body, &[""]);
}

#[test]
fn who_makes_a_value_with_itself_waits_for_itself() {
    let body = || {
        let cell: OnceLock<u64> = OnceLock::new();
        cell.get_or_init(|| *cell.get_or_init(|| 1));
    };
    check(body, &["deadlock: main"]);
}

// ---- meeting points ----

#[test]
fn nobody_passes_a_barrier_before_all_have_come_and_one_leads() {
    let body = || {
        let (barrier, come) = (ThreadBarrier::new(2), Atomic::named("come", 0_u64));
        let leaders = Atomic::named("leaders", 0_u64);
        scope(|threads| {
            for name in ["a", "b"] {
                let barrier = &barrier;
                threads.spawn(name, move || {
                    for round in 1..=2 {
                        come.fetch_add(1, Relaxed);
                        leaders.fetch_add(barrier.wait().is_leader().into(), Relaxed);
                        assert!(come.load(Relaxed) >= 2 * round);
                    }
                });
            }
        });
        observe(leaders.load(Relaxed));
    };
    check(body, &["main 2"]);
}

#[test]
fn a_barrier_for_more_than_come_lets_nobody_pass() {
    let body = || {
        let barrier = ThreadBarrier::new(3);
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || _ = barrier.wait());
            }
        });
    };
    check(body, &["stuck: main a b"]);
}

#[test]
fn a_name_may_be_numbered_by_an_index() {
    let names: Vec<String> = [3_usize, 4].iter().map(|&index| Label::nth("slot", index).to_string()).collect();
    assert_eq!(names, ["slot[3]", "slot[4]"]);
    assert_eq!(Label::nth("slot", 3), Label::from(("slot", 3)));
}
