//! Subjects that depend on more than the schedule are caught, and shown where two executions first part.

use crate::{common, model};
use lockstep::probe::observe;
use lockstep::sync::Atomic;
use lockstep::thread::scope;
use lockstep::{CompareConfig, Comparison, Nondeterminism, Repetition, Variant, compare, repeat, repeat_again};
use model::generate::{programs, runner};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Random schedules only: what is not repeatable must not be searched step by step.
const SAMPLED: CompareConfig<'_> =
    CompareConfig { exhaustive_max: 0, preemptions: None, sampled: 500, confirmed: 0, ..QUICK };
const QUICK: CompareConfig<'_> = CompareConfig {
    exhaustive_max: 10_000,
    preemptions: Some(1),
    enumerated_max: 1_000,
    sampled: 200,
    confirmed: 200,
    seed: u64::MAX,
    jobs: 1,
    memory: lockstep::MemoryModel::Sc,
    steps_max: 1_000,
    control: None,
};

/// Two threads that count in a word; `told` says what the second observes of it.
fn two_threads(told: impl Fn(u64) -> u64 + Sync) {
    let word = Atomic::named("word", 0_u64);
    scope(|threads| {
        threads.spawn("first", move || word.write_once(word.read_once() + 1));
        threads.spawn("second", || observe(told(word.read_once())));
    });
}

fn steady() {
    two_threads(|seen| seen);
}

fn check(second: &(dyn Fn() + Sync), config: &CompareConfig<'_>) -> (Repetition, Repetition, Comparison) {
    let program = |body| common::program(body);
    let variants =
        [Variant { name: "steady", program: program(&steady) }, Variant { name: "other", program: program(second) }];
    let before = repeat(&variants, config);
    let comparison = compare(&variants, config);
    let after = repeat_again(before.clone(), &variants, &comparison, config);
    (before, after, comparison)
}

#[track_caller]
fn said(found: Option<&Nondeterminism>) -> String {
    let found = found.expect("it is caught");
    assert_eq!(found.variant, 1);
    found.parting.to_string()
}

#[test]
fn a_subject_that_counts_its_executions_is_caught_before_it_is_explored() {
    let executions = AtomicU64::new(0);
    let counting = || two_threads(|_| 100 + executions.fetch_add(1, Relaxed));
    let (before, ..) = check(&counting, &SAMPLED);
    let said = said(before.nondeterminism.as_ref());
    assert!(said.starts_with("the same schedule ran differently: event "), "{said}");
    assert!(said.contains("second: observes 101, at ") && said.contains("then 'second: observes 102, at "), "{said}");
}

#[test]
fn what_does_not_repeat_itself_is_not_compared() {
    let executions = AtomicU64::new(0);
    let counting = || two_threads(|_| executions.fetch_add(1, Relaxed));
    let program = common::program;
    let variants =
        [Variant { name: "steady", program: program(&steady) }, Variant { name: "other", program: program(&counting) }];
    let comparison = repeat(&variants, &QUICK).compare(&variants, &QUICK);
    assert!(comparison.cancelled && comparison.divergences.is_empty() && comparison.executions() > 0);
    let comparison = repeat(&variants[..1], &QUICK).compare(&variants[..1], &QUICK);
    assert!(!comparison.cancelled && comparison.evidence().is_exhaustive());
}

#[test]
fn a_subject_that_changes_while_it_is_explored_is_caught_behind_it() {
    let executions = AtomicU64::new(0);
    let tiring = || two_threads(|seen| if executions.fetch_add(1, Relaxed) < 300 { seen } else { seen + 7 });
    let (before, after, _) = check(&tiring, &SAMPLED);
    assert_eq!(before.nondeterminism, None);
    assert!(said(after.nondeterminism.as_ref()).contains("second: observes"));
}

#[test]
fn an_outcome_that_was_shown_once_and_never_again_is_caught_by_its_witness() {
    let executions = AtomicU64::new(0);
    let once = || two_threads(|seen| if executions.fetch_add(1, Relaxed) == 300 { 7 } else { seen });
    let (before, after, comparison) = check(&once, &SAMPLED);
    assert_eq!(before.nondeterminism, None);
    assert_eq!(comparison.divergences.len(), 1);
    assert_eq!(
        said(after.nondeterminism.as_ref()),
        "the same schedule ran differently: it showed an outcome that it shows no more"
    );
}

#[test]
fn a_subject_that_errs_under_preemption_alone_is_caught() {
    let executions = AtomicU64::new(0);
    let hiding = || two_threads(|seen| if seen == 0 { executions.fetch_add(1, Relaxed) } else { seen });
    let (before, ..) = check(&hiding, &SAMPLED);
    assert!(said(before.nondeterminism.as_ref()).contains("observes"));
}

#[test]
fn repeatable_subjects_are_repeated_and_not_blamed() {
    let plus = || two_threads(|seen| seen + 1);
    let (before, after, comparison) = check(&plus, &QUICK);
    assert_eq!((before.nondeterminism, &after.nondeterminism), (None, &None));
    assert_eq!(before.schedules, 2 * (1 + 3 * 4));
    assert_eq!(after.schedules, before.schedules + comparison.divergences.len() as u64);
    let result = runner(60).run(&programs(), |program| {
        let body = model::body(&program);
        let (_, after, _) = check(&body, &QUICK);
        assert_eq!(after.nondeterminism, None, "{program:?}");
        Ok(())
    });
    result.unwrap();
}
