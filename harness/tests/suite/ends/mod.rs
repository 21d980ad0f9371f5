//! Ends are values: whatever a subject does wrong, the run goes on and says what and where.

mod deadlocks;
mod drops;
mod misuses;
mod panics;

use crate::common;
use common::{exhaust, program, schedules};
use lockstep::probe::{bug, observe, warn};
use lockstep::sync::{Atomic, Mutex, Ordering::SeqCst, Plain, SpinLock, WaitQueue};
use lockstep::thread::{idle, scope, spawn, yield_now};
use lockstep::{
    End, Entry, Execution, ExploreConfig, Fault, Place, RunConfig, Schedule, Strategy, THREADS_MAX, explore, run,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every schedule ends the body in one of the given kinds, and each of them occurs.
#[track_caller]
fn check(body: impl Fn() + Sync, expected: &[&str]) {
    common::assert_outcomes(&body, expected);
}

#[track_caller]
fn in_order(body: impl Fn() + Sync) -> Execution {
    run(&program(&body), &Schedule::in_order(), &RunConfig::default())
}

#[track_caller]
fn fault(end: End) -> Fault {
    match end {
        End::Bug(fault) | End::Race(fault) | End::Panic(fault) | End::Misuse(fault) | End::StackLow(fault) => fault,
        end => panic!("no fault: {end}"),
    }
}

/// Line and file of a place, as ends say it.
fn line(place: Option<Place>) -> u32 {
    let place = place.expect("ends have places");
    assert!(place.file().contains("suite/ends/"), "{place}");
    place.line()
}

#[test]
fn an_endless_loop_over_choice_points_reaches_the_limit() {
    let body = || {
        loop {
            yield_now();
        }
    };
    assert_eq!(in_order(body).end, End::StepLimit(RunConfig::default().steps_max));
    let config = RunConfig { steps_max: 17, ..RunConfig::default() };
    let execution = run(&program(&body), &Schedule::uniform(1), &config);
    assert_eq!(execution.end, End::StepLimit(17));
    assert!(execution.steps <= 18);
}

#[test]
fn the_limit_also_stops_threads_that_wake_one_another_for_ever() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("a", || {
                loop {
                    lockstep::sync::await_until(|| word.load(SeqCst) == 0);
                    word.store(1, SeqCst);
                }
            });
            loop {
                lockstep::sync::await_until(|| word.load(SeqCst) == 1);
                word.store(0, SeqCst);
            }
        })
    };
    for schedule in schedules(5) {
        let end = run(&program(&body), &schedule, &RunConfig::default()).end;
        assert!(matches!(end, End::StepLimit(_)), "{end}");
    }
}

/// Does things when dropped, as guards of a subject do.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn a_bug_ends_the_execution_with_its_place() {
    let here = line!() + 1;
    let fault = fault(in_order(|| bug("the list is corrupt")).end);
    assert_eq!((fault.thread, fault.message.as_str(), line(fault.place)), (0, "the list is corrupt", here));
}

#[test]
fn after_a_bug_nothing_runs() {
    let body = || {
        scope(|threads| {
            threads.spawn("a", || observe(1));
            bug("stop");
        });
    };
    check(body, &["bug"]);
}

#[test]
fn a_warning_is_recorded_and_the_thread_goes_on() {
    let body = || {
        observe(1);
        warn("this is odd");
        observe(2);
    };
    check(body, &["main 1 \"this is odd\" 2"]);
    let execution = in_order(body);
    assert_eq!(execution.end, End::Completed);
    assert_eq!(execution.outcome.columns[0].entries[1], Entry::Warning("this is odd"));
}

fn recurse(word: Atomic<u64>, depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    if word.load(SeqCst) == u64::MAX { depth } else { recurse(word, depth + 1) + room[depth as usize % 64] }
}

/// Ends in as many ways as there are, by a word that counts the executions of one runner.
fn misbehave(way: usize) {
    let (lock, queue) = (SpinLock::named("lock"), WaitQueue::named("queue"));
    let mutex = Arc::new(Mutex::new(0_u64));
    let plain = Plain::named("plain", 0_u64);
    let theirs = Arc::clone(&mutex);
    spawn(move || {
        let _guard = theirs.lock().unwrap();
        lock.lock();
    });
    match way {
        0 => bug("on purpose"),
        1 => {
            let _guard = mutex.lock().unwrap();
            panic!("on purpose");
        }
        2 => lock.unlock(),
        3 => loop {
            yield_now();
        },
        4 => {
            spawn(move || plain.set(1));
            plain.set(2);
        }
        5 => observe(recurse(Atomic::named("word", 0), 0)),
        6 => {
            for _ in 0..THREADS_MAX {
                spawn(|| ());
            }
        }
        7 => {
            lock.lock();
            queue.wait(&lock);
            queue.wait(&lock);
        }
        8 => scope(|threads| {
            threads.spawn("scoped", move || lock.lock());
            panic!("on purpose");
        }),
        _ => {
            lock.lock();
            idle();
        }
    }
}

#[test]
fn no_end_changes_the_executions_that_follow_it() {
    let well = || {
        let word = Atomic::named("word", 0_u64);
        let mutex = Mutex::new(0_u64);
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    *mutex.lock().unwrap() += 1;
                    observe(word.load(SeqCst));
                    word.store(word.load(SeqCst) + 1, SeqCst);
                });
            }
        });
        observe(word.load(SeqCst) + mutex.into_inner() * 10);
    };
    let config = |seed| ExploreConfig { executions: 1_000, seed, ..ExploreConfig::default() };
    for seed in 0..2 {
        let alone = explore(&program(&well), &config(seed));
        // On one runner: every second execution misbehaves. The well-behaved ones are the odd numbers of the same seed.
        let count = AtomicUsize::new(0);
        let mixed = || {
            let nth = count.fetch_add(1, Ordering::Relaxed);
            if nth.is_multiple_of(2) { misbehave(nth / 2 % 10) } else { well() }
        };
        let result = explore(&program(&mixed), &config(seed));
        let completed: Vec<_> = result.outcomes.iter().filter(|seen| seen.outcome.end == End::Completed).collect();
        let total: u64 = completed.iter().map(|seen| seen.count).sum();
        assert_eq!(total, 500);
        let mut faults = 0;
        for seen in result.outcomes.iter().filter(|seen| seen.outcome.end != End::Completed) {
            faults += seen.count;
            assert!(!seen.outcome.columns.iter().any(|column| column.name == "a"), "{}", seen.outcome.end);
        }
        assert_eq!(faults, 500);
        for seen in completed {
            let known = alone.outcomes.get(seen.outcome.id).expect("the outcome also occurs without bad neighbours");
            assert_eq!(known.outcome, seen.outcome);
            let again = run(&program(&well), &seen.witness, &RunConfig::default());
            assert_eq!(again.outcome, seen.outcome);
        }
    }
}

#[test]
fn every_end_can_be_enumerated() {
    for way in [0, 1, 2, 4, 6, 7, 8, 9] {
        let result = exhaust_to(1, &|| misbehave(way));
        assert!(!result.outcomes.is_empty());
        assert!(result.outcomes.iter().all(|seen| seen.outcome.end.is_fault()), "{way}");
    }
    drop(exhaust(&|| ()));
}

fn exhaust_to(preemptions: u32, body: &(dyn Fn() + Sync)) -> lockstep::Exploration {
    let strategy = Strategy::Bounded { preemptions };
    explore(&program(body), &ExploreConfig { strategy, executions: 2_000, ..ExploreConfig::default() })
}
