//! Data races on plain data: found where nothing orders two accesses, whatever their interleaving, and only there.

mod locks;
mod messages;

use crate::common;
use lockstep::sync::{Ghost, Plain};
use lockstep::thread::{scope, spawn};
use lockstep::{End, Place, RunConfig, Schedule, run};
use std::collections::BTreeSet;

/// Every schedule ends with a race, some do, or none does.
#[derive(Debug, PartialEq)]
enum Races {
    Always,
    Sometimes,
    Never,
}
use Races::{Always, Never, Sometimes};

fn ignore<T>(_: T) {}

#[track_caller]
fn check(body: impl Fn() + Sync, expected: Races) {
    let result = common::exhaust(&body);
    let ends: BTreeSet<&str> = result.outcomes.iter().map(|seen| seen.outcome.end.name()).collect();
    let found = match ends.into_iter().collect::<Vec<_>>()[..] {
        ["data race"] => Always,
        ["completed", "data race"] => Sometimes,
        ["completed"] => Never,
        ref ends => panic!("{ends:?}"),
    };
    assert_eq!(found, expected, "in {} executions", result.executions);
}

/// Two threads beside main, which makes the data.
#[track_caller]
fn check_two(first: impl Fn(Plain<u64>) + Sync, second: impl Fn(Plain<u64>) + Sync, expected: Races) {
    let body = || {
        let data = Plain::named("data", 0_u64);
        scope(|threads| {
            threads.spawn("first", || first(data));
            threads.spawn("second", || second(data));
        });
    };
    check(body, expected);
}

#[test]
fn accesses_without_a_lock_race_under_every_schedule() {
    check_two(|data| data.set(1), |data| data.set(2), Always);
    check_two(|data| data.set(1), |data| ignore(data.get()), Always);
    check_two(|data| ignore(data.get()), |data| data.set(1), Always);
}

#[test]
fn reads_do_not_race() {
    check_two(|data| ignore(data.get()), |data| ignore(data.get()), Never);
}

#[test]
fn a_look_without_an_access_does_not_race() {
    check_two(|data| data.set(1), |data| ignore(data.peek()), Never);
}

#[test]
fn spawn_and_join_order() {
    let body = || {
        let data = Plain::named("data", 0_u64);
        data.set(1);
        let thread = spawn(move || data.set(data.get() + 1));
        thread.join().unwrap();
        data.set(data.get() + 1);
        scope(|threads| {
            threads.spawn("scoped", || data.set(data.get() + 1));
        });
        assert_eq!(data.get(), 4);
    };
    check(body, Never);
}

#[test]
fn what_the_parent_does_after_the_spawn_or_before_the_join_races() {
    let body = || {
        let data = Plain::named("data", 0_u64);
        let thread = spawn(move || data.set(1));
        data.set(2);
        thread.join().unwrap();
    };
    check(body, Always);
}

#[test]
fn a_thread_that_is_not_joined_is_not_ordered() {
    let body = || {
        let data = Plain::named("data", 0_u64);
        spawn(move || data.set(1));
        let other = spawn(|| ());
        other.join().unwrap();
        data.set(2);
    };
    check(body, Always);
}

#[test]
fn ghost_cells_order_nothing() {
    let body = || {
        let (data, ghost) = (Plain::named("data", 0_u64), Ghost::named("ghost", 0_u64));
        scope(|threads| {
            threads.spawn("a", || {
                data.set(1);
                ghost.set(1);
            });
            threads.spawn("b", || {
                if ghost.get() == 1 {
                    data.set(2);
                }
            });
        });
    };
    check(body, Sometimes);
}

#[test]
fn a_race_names_both_accesses() {
    let write = line!() + 5;
    let body = || {
        let data = Plain::named(("data", 3), 0_u64);
        scope(|threads| {
            threads.spawn("reader", || ignore(data.get()));
            threads.spawn("writer", || data.set(1));
        });
    };
    let mut seen = BTreeSet::new();
    for schedule in common::schedules(200) {
        let End::Race(fault) = run(&common::program(&body), &schedule, &RunConfig::default()).end else { panic!() };
        let line = |place: Option<Place>| place.expect("a race has two places").line();
        let places = (line(fault.place), line(fault.other));
        match fault.message.as_str() {
            "write of data[3] by writer is not ordered after the read by reader" => {
                assert_eq!(places, (write, write - 1))
            }
            "read of data[3] by reader is not ordered after the write by writer" => {
                assert_eq!(places, (write - 1, write))
            }
            message => panic!("{message}"),
        }
        seen.insert(places);
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_race_is_found_without_any_preemption() {
    let body = || {
        let data = Plain::named("data", 0_u64);
        scope(|threads| {
            threads.spawn("a", || data.set(1));
            threads.spawn("b", || data.set(2));
        });
    };
    let execution = run(&common::program(&body), &Schedule::in_order(), &RunConfig::default());
    assert_eq!(execution.preemptions, 0);
    assert!(matches!(execution.end, End::Race(_)));
}
