//! Same input, same execution: bit for bit, in debug and release, for any number of jobs, after whatever ran before.
#![allow(missing_docs)]

#[allow(dead_code)]
#[path = "suite/common/mod.rs"]
mod common;
#[allow(dead_code)]
#[path = "suite/model/mod.rs"]
mod model;

#[macro_use]
#[path = "../benches/workload/mod.rs"]
mod workload;

use lockstep::probe::{observe, site, site_n, warn};
use lockstep::sync::{Atomic, Ghost, Ordering::SeqCst, Plain, ReadWriteLock, SpinLock, WaitQueue, await_until, smp_mb};
use lockstep::thread::{scope, yield_now};
use lockstep::{
    Execution, ExploreConfig, Kind, RunConfig, Schedule, Strategy, What, explicit, explore, first_mismatch, run,
};
use model::generate::{programs, runner};

workload!(ours:
    use lockstep::sync::{Arc, Condvar, Mutex, std_atomic::{AtomicU32, Ordering::SeqCst}};
    use lockstep::thread::spawn;
);

fn workload_body() {
    observe(u64::from(ours::body()));
}

/// Something of everything that an execution can contain.
fn everything() {
    let (lock, shared, queue) =
        (SpinLock::named("lock"), ReadWriteLock::named(("shared", 1)), WaitQueue::named("queue"));
    let (word, plain, ghost) =
        (Atomic::named("word", 0_u64), Plain::named("plain", 0_u64), Ghost::named("ghost", 0_u64));
    scope(|threads| {
        for number in 0..3 {
            threads.spawn(("thread", number), move || {
                let _outer = site("outer");
                for round in 0..2 {
                    let _round = site_n("round", round);
                    lock.lock();
                    plain.set(plain.get() + 1);
                    if plain.get() % 2 == 1 && word.load(SeqCst) < 3 {
                        queue.wait(&lock);
                    }
                    lock.unlock();
                    word.fetch_add(1, SeqCst);
                    queue.wake_one();
                    shared.read_lock();
                    observe(word.read_once());
                    shared.read_unlock();
                    smp_mb();
                    if lock.try_lock() {
                        lock.unlock();
                    }
                    ghost.set(u64::from(number));
                }
                warn("done");
                yield_now();
            });
        }
        await_until(|| word.load(SeqCst) > 3);
        shared.write_lock();
        observe(ghost.get());
        shared.write_unlock();
        lock.lock();
        queue.wake_all();
        lock.unlock();
    });
}

/// A hash of all that a trace says but its places: lines of this file are not behaviour. (FNV-1a.)
fn hash(execution: &Execution) -> u64 {
    let mut text = String::new();
    for event in &execution.trace {
        let what = match event.what {
            What::Access { kind, object, key, read, written, .. } => {
                let name = match kind.name() {
                    "join" | "spawn" => "",
                    _ => execution.objects.name(object),
                };
                format!("{} {name} {:x} {read:?} {written:?}", kind.name(), key.0)
            }
            What::Enter(name, number) => format!("enter {name} {number:?}"),
            What::Leave(name) => format!("leave {name}"),
            What::Observe(column, word) => format!("observe {column} {word}"),
            What::Warn(message) => format!("warn {message}"),
            What::Remark(number) => format!("remark {number}"),
        };
        text += &format!("{} {what}\n", event.thread);
    }
    text += &format!("{} {} {}", execution.end.name(), execution.steps, execution.outcome.id.0);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The traces of a body under four fixed schedules have these hashes, in every build.
#[track_caller]
fn check(body: &(dyn Fn() + Sync), expected: [u64; 4]) {
    let schedules = [Schedule::in_order(), Schedule::uniform(42), Schedule::pct(42, 3, 40), Schedule::pos(42)];
    let hashes = schedules.map(|schedule| hash(&run(&common::program(body), &schedule, &RunConfig::default())));
    assert_eq!(hashes, expected, "{hashes:#018x?}");
}

#[test]
fn traces_are_the_same_in_debug_and_release_and_for_ever() {
    check(&workload_body, [0x8b84_7aac_b6b4_94db, 0x9d43_1ccc_3a41_77d2, 0x8575_5950_01f6_19b9, 0xe867_f570_f504_7c1d]);
    check(&everything, [0x2de2_22c0_67d1_568d, 0xdfd4_d59f_6126_cf07, 0xbb56_57c0_bd35_925c, 0xb107_8de4_ad24_d888]);
}

#[test]
fn the_same_schedule_gives_the_same_execution() {
    let result = runner(200).run(&programs(), |program| {
        let body = model::body(&program);
        for schedule in common::schedules(3) {
            assert_eq!(first_mismatch(&common::program(&body), &schedule, &RunConfig::default()), None);
        }
        Ok(())
    });
    result.unwrap();
    for body in [&workload_body as &(dyn Fn() + Sync), &everything] {
        for schedule in common::schedules(100) {
            assert_eq!(first_mismatch(&common::program(body), &schedule, &RunConfig::default()), None);
        }
    }
}

#[test]
fn an_execution_does_not_depend_on_its_os_thread_or_on_its_place_in_memory() {
    let program = common::program(&everything);
    for schedule in common::schedules(20) {
        let here = run(&program, &schedule, &RunConfig::default());
        let _moved = vec![0_u8; 1 << 20];
        let there = std::thread::scope(|threads| {
            threads.spawn(|| run(&program, &schedule, &RunConfig::default())).join().unwrap()
        });
        assert_eq!(here, there);
    }
}

#[test]
fn an_explicit_schedule_repeats_what_a_random_one_did() {
    let result = runner(200).run(&programs(), |program| {
        let body = model::body(&program);
        let program = common::program(&body);
        for schedule in common::schedules(5) {
            let random = run(&program, &schedule, &RunConfig::default());
            let explicit = explicit(&program, &schedule, &RunConfig::default());
            let again = run(&program, &Schedule::Explicit(explicit), &RunConfig::default());
            assert_eq!(again, random);
        }
        Ok(())
    });
    result.unwrap();
}

#[test]
fn an_exploration_does_not_depend_on_the_number_of_jobs() {
    for body in [&workload_body as &(dyn Fn() + Sync), &everything] {
        for (strategy, executions) in [
            (Strategy::Uniform, 5_000),
            (Strategy::Pct { depth: 3, length: None }, 5_000),
            (Strategy::Bounded { preemptions: 1 }, 1_000_000),
        ] {
            let explored = |jobs| {
                let config = ExploreConfig { strategy, executions, seed: 7, jobs, ..ExploreConfig::default() };
                explore(&common::program(body), &config)
            };
            let one = explored(1);
            assert!(one.executions > 0);
            assert_eq!(explored(2), one, "{strategy}");
            assert_eq!(explored(3), one, "{strategy}");
        }
    }
}

#[test]
fn tracing_changes_nothing_but_the_trace() {
    for strategy in [Strategy::Uniform, Strategy::Pct { depth: 3, length: None }, Strategy::Bounded { preemptions: 1 }]
    {
        let explored = |tracing| {
            let config = ExploreConfig { strategy, executions: 5_000, tracing, ..ExploreConfig::default() };
            explore(&common::program(&everything), &config)
        };
        assert_eq!(explored(true), explored(false), "{strategy}");
    }
}

#[test]
fn seeds_give_different_executions_and_equal_seeds_equal_ones() {
    let explored = |seed| {
        let config = ExploreConfig { executions: 500, seed, ..ExploreConfig::default() };
        let result = explore(&common::program(&everything), &config);
        result.outcomes.iter().map(|seen| (seen.outcome.id, seen.count)).collect::<Vec<_>>()
    };
    assert_eq!(explored(1), explored(1));
    assert_ne!(explored(1), explored(2));
}

#[test]
fn every_event_has_the_key_at_which_it_was_announced() {
    // No two announcements of an execution share a key here, so no two events do, and the decisions that are at events are at theirs.
    let mut found = 0;
    for schedule in common::schedules(200) {
        let execution = run(&common::program(&everything), &schedule, &RunConfig::default());
        let mut keys: Vec<_> = execution
            .trace
            .iter()
            .filter_map(|event| match event.what {
                What::Access { kind: Kind::PlainRead | Kind::PlainWrite, .. } => None,
                What::Access { key, .. } => Some(key),
                _ => None,
            })
            .collect();
        let events = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), events);
        let explicit = explicit(&common::program(&everything), &schedule, &RunConfig::default());
        let at_events = explicit.decisions.iter().filter(|decision| keys.binary_search(&decision.key).is_ok()).count();
        // Others are at the ends of the four threads, or choose whom to wake.
        assert!(explicit.decisions.len() - at_events <= 4 + 9, "{:?}", explicit.decisions);
        found += at_events;
    }
    assert!(found > 1_000);
}
