//! Exhaustive search beyond sequential consistency: exactly the outcomes of all schedules.
#![allow(missing_docs)]

#[allow(dead_code)]
mod anything;
#[allow(dead_code)]
mod common;
#[allow(dead_code)]
mod model;

use lockstep::{Exploration, ExploreConfig, MemoryModel, RunConfig, Strategy, explore, run};
use std::cell::Cell;
use std::collections::BTreeSet;

const CONFIG: ExploreConfig<'static> = ExploreConfig {
    strategy: Strategy::Exhaustive,
    executions: 30_000,
    seed: 0,
    skip: 0,
    jobs: 1,
    memory: MemoryModel::Sc,
    steps_max: 400,
    tracing: false,
    control: None,
};

/// Schedules of one program that are enumerated; of a program with more, those found must be among the outcomes.
const ENUMERATED_MAX: u64 = 3_000;

fn search(body: &(dyn Fn() + Sync), config: ExploreConfig<'_>) -> Exploration {
    explore(&common::program(body), &config)
}

/// The outcomes of the search; none if it is too long. Each witness shows its outcome, whoever searches.
#[track_caller]
fn exhaust(program: &anything::Program, memory: MemoryModel) -> Option<Exploration> {
    let body = anything::body(program);
    let all = search(&body, ExploreConfig { memory, ..CONFIG });
    if !all.evidence.exhaustive {
        return None;
    }
    for seen in all.outcomes.iter() {
        let again = run(&common::program(&body), &seen.witness, &RunConfig { memory, ..RunConfig::default() });
        assert_eq!(again.outcome.id, seen.outcome.id, "{} {program:?} {:?}", memory.name(), seen.witness);
        assert_eq!(again.skipped, 0, "{} {program:?} {:?}", memory.name(), seen.witness);
    }
    Some(all)
}

/// Compares the search with the enumeration. Whether both are complete.
#[track_caller]
fn check(program: &anything::Program, memory: MemoryModel, enumerated: u64) -> bool {
    let Some(all) = exhaust(program, memory) else { return false };
    let body = anything::body(program);
    let strategy = Strategy::Bounded { preemptions: u32::MAX };
    let some = search(&body, ExploreConfig { strategy, memory, executions: enumerated, ..CONFIG });
    let texts = |exploration: &Exploration| -> BTreeSet<String> {
        exploration.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect()
    };
    let (shown, expected) = (texts(&all), texts(&some));
    let missing: Vec<_> = some.outcomes.iter().filter(|seen| !all.outcomes.contains(seen.outcome.id)).collect();
    assert!(missing.is_empty(), "{} {program:?}: {:?} {:?}", memory.name(), &expected - &shown, missing[0].witness);
    if some.evidence.exhaustive {
        let more: Vec<_> = all.outcomes.iter().filter(|seen| !some.outcomes.contains(seen.outcome.id)).collect();
        assert!(more.is_empty(), "{} {program:?}: {more:?}", memory.name());
        assert!(all.executions <= some.executions, "{program:?}: {} of {}", all.executions, some.executions);
        assert_eq!(all.goals, some.goals, "{program:?}");
    }
    some.evidence.exhaustive
}

/// Compares random programs. `PROPTEST_CASES` makes it a soak.
fn check_generated(memory: MemoryModel, cases: u32) {
    let cases = proptest::test_runner::Config::default().cases.max(cases);
    let compared = Cell::new(0);
    let result = model::generate::runner(cases).run(&anything::programs(), |program| {
        compared.set(compared.get() + u32::from(check(&program, memory, ENUMERATED_MAX)));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(compared.get() > cases / 8, "only {} of {cases} programs were small enough", compared.get());
}

#[test]
fn generated_programs_have_exactly_the_outcomes_of_their_schedules_under_tso() {
    check_generated(MemoryModel::Tso, 600);
}

#[test]
fn generated_programs_have_exactly_the_outcomes_of_their_schedules_under_tso_with_lax_locks() {
    check_generated(MemoryModel::TsoLaxLocks, 300);
}

#[test]
fn generated_programs_have_exactly_the_outcomes_of_their_schedules_under_weak() {
    check_generated(MemoryModel::Weak, 600);
}

#[test]
fn the_number_of_system_threads_changes_nothing() {
    let result = model::generate::runner(100).run(&anything::programs(), |program| {
        for memory in [MemoryModel::Tso, MemoryModel::Weak] {
            let body = anything::body(&program);
            let config = ExploreConfig { memory, executions: 5_000, ..CONFIG };
            assert_eq!(search(&body, ExploreConfig { jobs: 3, ..config }), search(&body, config), "{program:?}");
        }
        Ok(())
    });
    result.unwrap();
}
