//! Bodies with threads, waits and plain data under each memory model, their schedules and traces.

use super::{ALL, all, store_buffering};
use crate::memory_models;
use lockstep::sync::Ordering::{Acquire, Relaxed, Release};
use lockstep::sync::{Atomic, Plain, SpinLock, UnlockWait, await_until};
use lockstep::thread::{idle, scope};
use lockstep::{
    Abandon, Describe, End, MemoryModel, Program, RunConfig, Schedule, Step, Strategy, Token, explicit, run,
    trace_lines,
};
use memory_models::Op::{Load, Store};
use memory_models::generate::{programs, runner};
use memory_models::{X, explored, outcome, outcomes};
use proptest::prelude::{prop, prop_assert_eq};
use std::collections::BTreeSet;

#[test]
fn joining_resting_and_awaiting_see_what_was_stored() {
    for memory in MemoryModel::ALL {
        let joined = all(memory, &|| {
            let x = Atomic::named("x", 0);
            let stored = lockstep::thread::spawn(move || x.store(1, Relaxed));
            stored.join().expect("it ends");
            lockstep::probe::observe(x.load(Relaxed));
        });
        assert_eq!(joined, BTreeSet::from(["[Word(1)][] completed".to_owned()]));
        let rested = all(memory, &|| {
            let x = Atomic::named("x", 0);
            scope(|threads| {
                threads.spawn("stores", move || x.store(1, Relaxed));
                idle();
                lockstep::probe::observe(x.load(Relaxed));
            });
        });
        assert_eq!(rested, BTreeSet::from(["[Word(1)][] completed".to_owned()]));
        let awaited = all(memory, &|| {
            let (x, y) = (Atomic::named("x", 0), Atomic::named("y", 0));
            scope(|threads| {
                threads.spawn("stores", move || {
                    x.store(1, Relaxed);
                    y.store(1, Relaxed);
                });
                await_until(|| y.load(Acquire) == 1 && x.load(Relaxed) == 1);
            });
        });
        assert_eq!(awaited, BTreeSet::from(["[][] completed".to_owned()]));
    }
}

#[test]
fn a_wait_that_cannot_end_is_seen_as_one() {
    for memory in MemoryModel::ALL {
        let stuck = all(memory, &|| {
            let x = Atomic::named("x", 0);
            scope(|threads| {
                threads.spawn("stores", move || x.store(1, Relaxed));
                await_until(|| x.load(Relaxed) == 2);
            });
        });
        assert_eq!(stuck.len(), 1, "{stuck:?}");
        assert!(stuck.iter().all(|end| end.contains("main waits for change of x")), "{stuck:?}");
        let locked = all(memory, &|| {
            let (one, other) = (SpinLock::named("one"), SpinLock::named("other"));
            scope(|threads| {
                threads.spawn("thread", move || {
                    let (_one, _other) = (one.guard(), other.guard());
                });
                let (_other, _one) = (other.guard(), one.guard());
            });
        });
        assert_eq!(locked.len(), 2, "{locked:?}");
        assert!(locked.iter().any(|end| end.contains("deadlock")), "{locked:?}");
    }
}

/// What `spin_unlock_wait` orders behind it matters under the weak model only. (What stands before it may be late under total store order too: C12.)
#[test]
fn waiting_for_an_unlock_orders_what_its_reading_says() {
    let misses = |memory, reading| {
        let outcomes = all(memory, &move || {
            let (lock, x, held) = (SpinLock::named("lock"), Atomic::named("x", 0), Atomic::named("held", false));
            scope(|threads| {
                threads.spawn("holder", move || {
                    lock.lock();
                    held.store(true, Release);
                    x.store(1, Relaxed);
                    lock.unlock();
                });
                await_until(|| held.load(Acquire));
                lock.unlock_wait(reading);
                lockstep::probe::observe(x.load(Relaxed));
            });
        });
        assert!(outcomes.iter().any(|outcome| outcome.contains("Word(1)")), "{outcomes:?}");
        outcomes.iter().any(|outcome| outcome.contains("Word(0)"))
    };
    let readings = [UnlockWait::Relaxed, UnlockWait::Acquire, UnlockWait::LockUnlock];
    for memory in MemoryModel::ALL {
        let expected = [memory == MemoryModel::Weak, false, false];
        assert_eq!(readings.map(|reading| misses(memory, reading)), expected, "{}", memory.name());
    }
}

#[test]
fn races_are_those_of_happens_before_under_every_model() {
    let raced = |memory, order| {
        let outcomes = all(memory, &move || {
            let (data, flag) = (Plain::named("data", 0), Atomic::named("flag", 0));
            scope(|threads| {
                threads.spawn("writes", move || {
                    data.set(1);
                    flag.store(1, order);
                });
                if flag.load(Acquire) == 1 {
                    lockstep::probe::observe(data.get());
                }
            });
        });
        assert!(outcomes.iter().all(|outcome| !outcome.contains("Word(0)")), "{outcomes:?}");
        outcomes.iter().any(|outcome| outcome.contains("data race"))
    };
    for memory in MemoryModel::ALL {
        assert!(!raced(memory, Release));
        assert!(raced(memory, Relaxed));
    }
}

#[test]
fn tokens_replay_under_their_model() {
    let program = store_buffering(Relaxed, &[]);
    let body = memory_models::body(&program);
    let program = Program { body: &body, abandon: Abandon::Unwind };
    for memory in [MemoryModel::Tso, MemoryModel::Weak] {
        let config = RunConfig { memory, ..RunConfig::default() };
        for number in 0..200 {
            for schedule in [Schedule::uniform(number), Schedule::pct(number, 3, 12)] {
                let execution = run(&program, &schedule, &config);
                assert!(matches!(execution.end, End::Completed), "{}", execution.end);
                let schedule = Schedule::Explicit(explicit(&program, &schedule, &config));
                let (subject, scenario) = ("sb".to_owned(), "S1".to_owned());
                let token = Token { subject, scenario, memory, schedule }.to_string();
                let token: Token = token.parse().expect("it is a token");
                assert_eq!(token.memory, memory);
                let again = run(&program, &token.schedule, &config);
                assert_eq!((again.trace, again.outcome), (execution.trace, execution.outcome));
            }
        }
    }
}

#[test]
fn any_schedule_runs_under_every_model() {
    let steps = prop::collection::vec((0..60_u32, prop::num::u8::ANY), 0..12);
    let result = runner(500).run(&(programs(), steps), |(program, mut steps)| {
        steps.sort_unstable();
        steps.dedup_by_key(|step| step.0);
        let path = steps.into_iter().map(|(question, choice)| Step { question, choice }).collect();
        let body = memory_models::body(&program);
        let program = Program { body: &body, abandon: Abandon::Unwind };
        for memory in MemoryModel::ALL {
            let config = RunConfig { memory, ..RunConfig::default() };
            let execution = run(&program, &Schedule::Path(Vec::clone(&path)), &config);
            prop_assert_eq!(&execution.end, &End::Completed);
            let explicit = explicit(&program, &Schedule::Path(Vec::clone(&path)), &config);
            let again = run(&program, &Schedule::Explicit(explicit), &config);
            prop_assert_eq!(again.outcome.id, execution.outcome.id);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn what_memory_does_that_it_usually_does_not_is_said_in_the_trace() {
    let program = [vec![Store(X, 1, Relaxed), Store(X, 2, Relaxed)], vec![Load(X, Relaxed), Store(X, 3, Relaxed)]];
    let body = memory_models::body(&program);
    let program = Program { body: &body, abandon: Abandon::Unwind };
    let said = |memory, text: &str| {
        (0..200).any(|number| {
            let config = RunConfig { memory, ..RunConfig::default() };
            let execution = run(&program, &Schedule::uniform(number), &config);
            trace_lines(&execution, &Numbers).iter().any(|line| line.text.contains(text))
        })
    };
    assert_eq!(MemoryModel::ALL.map(|memory| said(memory, "word[0] := 1 lands")), [false, true, true, false]);
    assert_eq!(
        MemoryModel::ALL.map(|memory| said(memory, "word[0] = 1 (an older write)")),
        [false, false, false, true]
    );
    assert_eq!(MemoryModel::ALL.map(|memory| said(memory, "(in front of a later write)")), [false, false, false, true]);
}

/// Values as they are.
struct Numbers;

impl Describe for Numbers {
    fn word(&self, word: u64) -> String {
        word.to_string()
    }
}

#[test]
fn one_unusual_choice_is_one_preemption() {
    let program = store_buffering(Relaxed, &[]);
    for memory in [MemoryModel::Tso, MemoryModel::Weak] {
        let shows = |preemptions| {
            let exploration = explored(&program, memory, Strategy::Bounded { preemptions }, ALL);
            outcomes(&program, &exploration).contains(&outcome(&[vec![0], vec![0]], &[1, 1, 0]))
        };
        assert_eq!([shows(0), shows(1)], [false, true], "{}", memory.name());
    }
}
