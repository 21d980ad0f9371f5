//! The graph search against the definitions: every candidate graph of a small program, and the axioms over matrices.
#![allow(missing_docs)]

mod axioms;
mod candidates;

use candidates::{Op, Script};
use lockstep::graph::{Ending, Final, Model, graphs};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// How often the search ends in each final state.
fn found(script: &Script, model: Model) -> BTreeMap<Final, u64> {
    let mut found = BTreeMap::new();
    let counts = graphs(&mut script.clone(), model, 1_000_000, &mut |ending, last| {
        if ending == Ending::Complete {
            *found.entry(last()).or_default() += 1;
        }
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
        .prop_map(|threads| Script::new(threads))
        .prop_filter("few candidates", |script| script.candidates() <= 4_000)
}

fn cases() -> ProptestConfig {
    ProptestConfig { cases: 1_500, failure_persistence: None, max_global_rejects: 100_000, ..ProptestConfig::default() }
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

#[test]
fn two_updates_of_one_word_are_ordered_either_way() {
    let script = Script::new(vec![vec![Op::add(0)], vec![Op::add(0)]]);
    for model in [Model::Sc, Model::Tso, Model::Weak] {
        assert_eq!(found(&script, model).values().sum::<u64>(), 2);
        check(&script, model);
    }
}
