//! Schedules as strategies: cut down, written down, and run again.

use crate::common;
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Ordering::Relaxed};
use lockstep::{End, Entry, Explicit, RunConfig, Schedule, run, schedules, thread};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestError, TestRunner};

/// Two threads that add to a word without a lock, each with some work of its own before and behind.
fn adders() {
    let count = Atomic::named("count", 0_u32);
    thread::scope(|scope| {
        for number in 0..2 {
            scope.spawn(("adder", number), move || {
                let own = Atomic::named(("own", number), 0_u32);
                (0..4).for_each(|value| own.store(value, Relaxed));
                count.store(count.load(Relaxed) + 1, Relaxed);
                (0..4).for_each(|value| own.store(value, Relaxed));
            });
        }
    });
    observe(u64::from(count.load(Relaxed)));
}

/// Runs the property that no addition is lost, so many new cases of it.
fn search(config: Config) -> Result<(), TestError<Schedule>> {
    TestRunner::new(config).run(&schedules::all(&common::program(&adders)), |schedule| {
        let execution = run(&common::program(&adders), &schedule, &RunConfig::default());
        // No addition is lost.
        prop_assert_eq!(&execution.outcome.columns[0].entries, &[Entry::Word(2)]);
        Ok(())
    })
}

#[test]
fn what_fails_is_cut_down_to_what_it_needs() {
    let mut explicit = 0;
    for seed in 0..8 {
        let config = Config { failure_persistence: None, rng_seed: RngSeed::Fixed(seed), ..Config::default() };
        let Err(TestError::Fail(_, schedule)) = search(config) else { panic!("seed {seed}: nothing was found") };
        if let Schedule::Explicit(Explicit { order, decisions }) = schedule {
            // One thread gives way between its load and its store, perhaps the other on its way, and perhaps the second begins.
            assert!(order.len() <= 1 && (1..=2).contains(&decisions.len()), "seed {seed}: {order:?} {decisions:?}");
            explicit += 1;
        }
    }
    assert!(explicit > 0, "all of them were random");
}

const REGRESSIONS: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/schedules.regressions");

#[test]
fn a_regression_is_kept_with_value_and_seed() {
    let _ = std::fs::remove_file(REGRESSIONS);
    let persistence = || Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS)) as Box<_>);
    // Steps of cutting down are counted from the cases if nobody says how many: none, of no new case.
    let nothing_new =
        || Config { cases: 0, failure_persistence: persistence(), max_shrink_iters: 10_000, ..Config::default() };
    assert_eq!(search(nothing_new()), Ok(()));
    let Err(TestError::Fail(_, found)) = search(Config { cases: 1_000, ..nothing_new() }) else {
        panic!("nothing was found")
    };
    let kept = std::fs::read_to_string(REGRESSIONS).expect("what was found is written down");
    let line = kept.lines().find(|line| line.starts_with("cc ")).expect("there is a line for it");
    assert!(line.contains("# shrinks to"), "{line}");
    assert!(line.ends_with(&format!("{found:?}")), "{line}");
    // Without any new case it is found again, by its seed.
    let Err(TestError::Fail(_, again)) = search(nothing_new()) else { panic!("it was forgotten") };
    assert_eq!(again, found);
}

proptest! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

    #[test]
    fn every_schedule_runs_to_an_end_and_twice_alike(schedule in schedules::all(&common::program(&adders))) {
        let execution = run(&common::program(&adders), &schedule, &RunConfig::default());
        prop_assert_eq!(&execution.end, &End::Completed);
        prop_assert_eq!(run(&common::program(&adders), &schedule, &RunConfig::default()), execution);
    }
}
