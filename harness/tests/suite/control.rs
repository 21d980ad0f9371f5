//! What is known from outside of an execution that never ends, and how explorations are cancelled.

use lockstep::{
    Abandon, Control, ExploreConfig, Noted, Program, Schedule, Strategy, WORKERS_MAX, explore, run, thread,
};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The careless thread loops, without any choice point, until this is set.
static RELEASED: AtomicBool = AtomicBool::new(false);

/// Executions in which it did not have to.
static HARMLESS: AtomicU64 = AtomicU64::new(0);

fn careless() {
    thread::scope(|scope| {
        scope.spawn("careful", || {});
        scope.spawn("careless", || {
            if HARMLESS.fetch_add(1, Ordering::Relaxed) >= 10 {
                while !RELEASED.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            }
        });
    });
}

#[test]
fn an_execution_that_loops_without_choice_points_is_known_by_schedule_and_thread() {
    let control = Control::new();
    let program = Program { body: &careless, abandon: Abandon::Unwind };
    let config = ExploreConfig { executions: 20, seed: 5, control: Some(&control), ..ExploreConfig::default() };
    std::thread::scope(|scope| {
        scope.spawn(|| explore(&program, &config));
        let stuck = loop {
            let pulse = control.pulse(0);
            if pulse.begun == 11 && pulse.thread == 2 {
                break pulse;
            }
            std::thread::yield_now();
        };
        let schedule = stuck.schedule.schedule();
        assert!(matches!(schedule, Some(Schedule::Uniform { .. })), "{schedule:?}");
        RELEASED.store(true, Ordering::Relaxed);
        // The schedule that was written down before the execution began is the one that repeats it.
        let again = run(&program, &schedule.expect("it is uniform"), &Default::default());
        assert_eq!(again.threads.len(), 3);
    });
    assert_eq!(control.pulse(0).schedule, Noted::Resting);
    assert_eq!(control.pulse(0).begun, 21, "twenty executions and the rest");
}

#[test]
fn a_cancelled_exploration_keeps_what_it_has() {
    let control = Control::new();
    control.cancel();
    let body = || {};
    let program = Program { body: &body, abandon: Abandon::Unwind };
    for strategy in [Strategy::Uniform, Strategy::Bounded { preemptions: 1 }] {
        let config =
            ExploreConfig { strategy, executions: 1_000_000, control: Some(&control), ..ExploreConfig::default() };
        let exploration = explore(&program, &config);
        assert!(exploration.cancelled);
        assert!(exploration.executions < 1_000);
        assert!(!exploration.evidence.is_exhaustive());
    }
}

#[test]
fn each_of_more_than_64_workers_is_followed_by_itself_and_none_changes_the_result() {
    let body = || {
        thread::scope(|scope| {
            let word = lockstep::sync::Atomic::named("word", 0_u64);
            for number in 0..2 {
                scope.spawn(("thread", number), move || {
                    lockstep::probe::observe(word.fetch_add(1, Ordering::Relaxed));
                });
            }
        });
    };
    let program = Program { body: &body, abandon: Abandon::Unwind };
    // Each worker takes 64 executions at a time, so all of them find some.
    let config = ExploreConfig { executions: 64 * 100 * 20, ..ExploreConfig::default() };
    let alone = explore(&program, &config);
    let control = Control::new();
    let many = explore(&program, &ExploreConfig { jobs: 100, control: Some(&control), ..config });
    assert_eq!(many, alone);
    // One rest each, and what it has run.
    let begun: Vec<u64> = (0..control.workers()).map(|worker| control.pulse(worker).begun).collect();
    assert_eq!(begun.iter().sum::<u64>(), config.executions + 100);
    assert!(begun[..100].iter().all(|&begun| begun > 0) && begun[100..].iter().all(|&begun| begun == 0));
    assert_eq!(control.pulse(WORKERS_MAX).begun, 0, "beyond all there is nobody");
}
