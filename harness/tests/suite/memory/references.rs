//! The memory models against references that share nothing with them, on generated programs.

use crate::memory_models;
use lockstep::{MemoryModel, Strategy};
use memory_models::generate::{self, chains, consistent_programs, programs, runner};
use memory_models::{Op, explored, outcomes, rc11, tso};
use proptest::prelude::{prop_assert, prop_assert_eq};
use proptest::strategy::Strategy as Generator;
use std::collections::BTreeSet;

// ---- random programs ----

/// Executions of one random program. Programs with more are left out.
const ENUMERATED: u64 = 100_000;

/// Every outcome that the machine shows, if they are few enough to show all.
fn shown(program: &[Vec<Op>], memory: MemoryModel) -> Option<BTreeSet<memory_models::Outcome>> {
    let exploration = explored(program, memory, Strategy::Exhaustive, ENUMERATED);
    exploration.evidence.is_exhaustive().then(|| outcomes(program, &exploration))
}

/// Compares random programs with a reference.
fn check_against(
    memory: MemoryModel,
    cases: (u32, impl Generator<Value = Vec<Vec<Op>>>),
    reference: fn(&[Vec<Op>]) -> BTreeSet<memory_models::Outcome>,
) {
    generate::check(cases, |program| {
        let Some(shown) = shown(program, memory) else { return Ok(false) };
        prop_assert_eq!(shown, reference(program), "{:?}", program);
        Ok(true)
    });
}

#[test]
fn tso_shows_what_its_abstract_machine_shows() {
    check_against(MemoryModel::Tso, (200, programs()), tso::outcomes);
}

#[test]
fn weak_shows_what_the_axioms_of_rc11_allow() {
    let of_cpp = || programs().prop_filter("C++ has it", |program| rc11::covers(program));
    check_against(MemoryModel::Weak, (200, of_cpp()), rc11::outcomes);
    check_against(MemoryModel::Weak, (40, chains()), rc11::outcomes);
    check_against(MemoryModel::Weak, (200, consistent_programs()), rc11::outcomes);
}

#[test]
fn each_model_shows_what_the_stronger_one_shows() {
    let of_cpp = programs().prop_filter("C++ has it", |program| rc11::covers(program));
    let result = runner(200).run(&of_cpp, |program| {
        let sc = shown(&program, MemoryModel::Sc);
        let (tso, weak) = (tso::outcomes(&program), rc11::outcomes(&program));
        if let Some(sc) = sc {
            prop_assert!(sc.is_subset(&tso), "{:?}", program);
            prop_assert!(sc.is_subset(&weak), "{:?}", program);
        }
        prop_assert!(tso.is_subset(&weak), "{:?}", program);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn random_schedules_show_nothing_else_and_in_the_end_everything() {
    let result = runner(25).run(&programs(), |program| {
        for memory in [MemoryModel::Tso, MemoryModel::Weak] {
            let Some(all) = shown(&program, memory) else { continue };
            for strategy in [Strategy::Uniform, Strategy::Pct { depth: 3, length: None }] {
                let sampled = outcomes(&program, &explored(&program, memory, strategy, 1_000));
                prop_assert!(sampled.is_subset(&all), "{} {:?}", memory.name(), program);
            }
            let sampled = outcomes(&program, &explored(&program, memory, Strategy::Uniform, 30_000));
            prop_assert!(sampled.len() * 10 >= all.len() * 9, "{} {} {}", memory.name(), sampled.len(), all.len());
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
