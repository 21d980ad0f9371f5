//! The graph search against the definitions: every candidate graph of a small program, and the axioms over matrices.

mod axioms;
mod candidates;
mod sections;

use candidates::{Op, Script};
use lockstep::graph::{Ending, Final, Model, SharedConfig, graphs, graphs_shared};
use proptest::prelude::*;
use sections::{Sections, interleave};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// How often the search ends in each final state.
fn found(script: &Script, model: Model) -> BTreeMap<Final, u64> {
    let mut found = BTreeMap::new();
    let counts = graphs(&mut script.clone(), model, 1_000_000, &mut |ending, last| {
        if ending == Ending::Complete {
            *found.entry(last()).or_default() += 1;
        }
        ControlFlow::Continue(())
    });
    assert!(counts.exhausted && !counts.strayed, "{script:?}");
    found
}

#[track_caller]
fn check(script: &Script, model: Model) {
    let expected = candidates::consistent(script, model);
    assert_eq!(found(script, model), expected, "{model:?}: {script:?}");
}

fn scripts() -> impl Strategy<Value = Script> {
    let thread = prop::collection::vec(candidates::ops(), 1..4);
    prop::collection::vec(thread, 2..4)
        .prop_map(Script::new)
        .prop_filter("few candidates", |script| script.candidates() <= 4_000)
}

fn cases() -> ProptestConfig {
    let cases = ProptestConfig::default().cases.max(1_500);
    ProptestConfig { cases, failure_persistence: None, max_global_rejects: 100_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn graphs_under_sc_are_those_that_the_axioms_allow(script in scripts()) {
        check(&script, Model::Sc);
    }

    #[test]
    fn graphs_under_tso_are_those_that_the_axioms_allow(script in scripts()) {
        check(&script, Model::Tso);
    }

    #[test]
    fn graphs_under_weak_are_those_that_the_axioms_allow(script in scripts()) {
        check(&script, Model::Weak);
    }
}

/// Under SC graphs are what interleavings differ in; the search makes each once, and sees all deadlocks.
#[track_caller]
fn check_interleavings(program: &Sections) {
    let reached = interleave(program);
    let (mut finals, mut deadlocks) = (BTreeSet::new(), BTreeSet::new());
    let counts = graphs(&mut program.clone(), Model::Sc, 1_000_000, &mut |ending, last| {
        match ending {
            Ending::Complete => _ = finals.insert(last()),
            Ending::Blocked => _ = deadlocks.insert(last().memory),
            Ending::Cut => {}
        }
        ControlFlow::Continue(())
    });
    assert!(counts.exhausted && !counts.strayed, "{program:?}");
    assert_eq!(finals, reached.finals, "{program:?}");
    assert_eq!(counts.complete, reached.complete.len() as u64, "{program:?}");
    assert_eq!(deadlocks, reached.deadlocks, "{program:?}");
}

/// What is stronger allows less.
#[track_caller]
fn check_strength(program: &Sections) {
    let finals = [Model::Sc, Model::Tso, Model::Weak].map(|model| {
        let mut finals = BTreeSet::new();
        let counts = graphs(&mut program.clone(), model, 1_000_000, &mut |ending, last| {
            if ending == Ending::Complete {
                finals.insert(last());
            }
            ControlFlow::Continue(())
        });
        assert!(counts.exhausted && !counts.strayed, "{program:?}");
        finals
    });
    assert!(finals[0].is_subset(&finals[1]), "{program:?}");
    assert!(finals[1].is_subset(&finals[2]), "{program:?}");
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn graphs_with_locks_under_sc_are_what_interleavings_differ_in(program in sections::programs(9)) {
        check_interleavings(&program);
    }

    #[test]
    fn stronger_models_allow_less(program in sections::programs(12)) {
        check_strength(&program);
    }
}

/// Each of 5 threads adds to one word 2 times.
fn adders() -> Script {
    Script::new(vec![vec![Op::add(0), Op::add(0)]; 5])
}

#[test]
fn threads_of_the_system_change_nothing() {
    let count = |jobs, runs| {
        let config = SharedConfig { model: Model::Weak, jobs, runs };
        graphs_shared(&adders, &config, &|_, _| ControlFlow::Continue(()))
    };
    let alone = graphs(&mut adders(), Model::Weak, u64::MAX, &mut |_, _| ControlFlow::Continue(()));
    // (5 · 2)! / 2!^5
    assert_eq!(alone.complete, 113_400);
    assert_eq!(count(1, u64::MAX), alone);
    assert_eq!(count(3, u64::MAX), alone);
    let some = count(1, 20_000);
    assert_eq!((some.runs(), some.exhausted), (20_000, false));
    assert_eq!(count(2, 20_000), some);
}

#[test]
fn a_search_ends_when_it_is_told_to() {
    let config = SharedConfig { model: Model::Sc, jobs: 2, runs: u64::MAX };
    let counts = graphs_shared(&adders, &config, &|_, _| ControlFlow::Break(()));
    assert!(!counts.exhausted && counts.runs() < 100, "{counts:?}");
}

#[test]
fn two_updates_of_one_word_are_ordered_either_way() {
    let script = Script::new(vec![vec![Op::add(0)], vec![Op::add(0)]]);
    for model in [Model::Sc, Model::Tso, Model::Weak] {
        assert_eq!(found(&script, model).values().sum::<u64>(), 2);
        check(&script, model);
    }
}
