//! Two explorers that check each other: the search of the machine's schedules and the search of graphs, on the same random programs.
//!
//! They share neither what they search nor how: one runs coroutines on buffers or messages and reverses races (source-DPOR), the other adds
//! events to graphs that a predicate calls consistent. Each is tested against definitions in places of its own.

use crate::memory_models;
use lockstep::{End, MemoryModel, Strategy};
use memory_models::generate::{self, consistent_programs, kernel_chains, locking_programs, programs};
use memory_models::graphs::{self, Shown};
use memory_models::{Op, explored, outcomes};
use proptest::prelude::{Strategy as Generator, prop_assert_eq};

/// Programs with more executions of the machine are left out.
const EXECUTIONS_MAX: u64 = 20_000;

/// What the machine shows, if all of it can be shown.
fn machine(program: &[Vec<Op>], memory: MemoryModel) -> Option<Shown> {
    let exploration = explored(program, memory, Strategy::Exhaustive, EXECUTIONS_MAX);
    let deadlocks = exploration.outcomes.iter().any(|seen| matches!(seen.outcome.end, End::Deadlock { .. }));
    let shown = || Shown { outcomes: outcomes(program, &exploration), deadlocks };
    exploration.evidence.is_exhaustive().then(shown)
}

/// Compares the explorers. `PROPTEST_CASES` makes it a soak.
fn check(memory: MemoryModel, (cases, programs): (u32, impl Generator<Value = Vec<Vec<Op>>>)) {
    let cases = proptest::test_runner::Config::default().cases.max(cases);
    generate::check((cases, programs), |program| {
        let Some(machine) = machine(program, memory) else { return Ok(false) };
        prop_assert_eq!(Some(machine), graphs::shown(program, memory, u64::MAX), "{} {:?}", memory.name(), program);
        Ok(true)
    });
}

#[test]
fn the_explorers_agree_under_sc() {
    check(MemoryModel::Sc, (1_000, programs()));
    check(MemoryModel::Sc, (1_000, locking_programs()));
}

#[test]
fn the_explorers_agree_under_tso() {
    check(MemoryModel::Tso, (1_000, programs()));
    check(MemoryModel::Tso, (1_000, locking_programs()));
}

#[test]
fn the_explorers_agree_under_weak() {
    check(MemoryModel::Weak, (1_000, programs()));
    check(MemoryModel::Weak, (1_000, consistent_programs()));
    check(MemoryModel::Weak, (3_000, kernel_chains()));
    check(MemoryModel::Weak, (1_000, locking_programs()));
}
