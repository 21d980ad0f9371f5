//! The scenarios reach what they are about, on every design, and each observation can be read back.

use std::collections::BTreeSet;

use lockstep::{Abandon, Entry, ExploreConfig, Program, Strategy, explore};
use utrace_variants::{Repairs, Scenario, VariantInfo, describe, run, scenarios, variants};

/// Random executions of each kind of schedule. Every goal is reached within a fifth of these.
const EXECUTIONS: u64 = 3_000;

/// Explores the scenario on the three designs and returns the goals that were missed, by one that should reach them or
/// by all.
fn check(repairs: Repairs, scenario: &Scenario) -> Vec<String> {
    let series = variants().iter().filter(|variant| variant.main_series);
    let reached: Vec<(&str, u64)> = series.map(|variant| (variant.name, goals(variant, repairs, scenario))).collect();
    let missing = |goal: usize| {
        let missing: Vec<&str> =
            reached.iter().filter(|(_, goals)| goals & (1 << goal) == 0).map(|(name, _)| *name).collect();
        let enough = if scenario.goals[goal].of_all { missing.is_empty() } else { missing.len() < reached.len() };
        if enough { Vec::new() } else { missing }
    };
    let all = scenario.goals.iter().enumerate();
    all.flat_map(|(number, goal)| {
        missing(number).into_iter().map(|name| format!("{} on {name}: {}", scenario.id, goal.name)).collect::<Vec<_>>()
    })
    .collect()
}

/// Explores and returns the goals that were reached.
fn goals(variant: &VariantInfo, repairs: Repairs, scenario: &Scenario) -> u64 {
    let body = || run(variant, repairs, scenario);
    let program = Program { body: &body, abandon: Abandon::Unwind };
    let mut goals = 0;
    for strategy in [Strategy::Uniform, Strategy::Pct { depth: 3, length: None }] {
        let config = ExploreConfig { strategy, executions: EXECUTIONS, jobs: 2, ..ExploreConfig::default() };
        let exploration = explore(&program, &config);
        goals |= exploration.goals;
        assert_eq!(exploration.gaps.cut, 0, "{} on {}: the step limit was reached", scenario.id, variant.name);
        for seen in exploration.outcomes.iter() {
            for entry in seen.outcome.columns.iter().flat_map(|column| &column.entries) {
                if let Entry::Word(word) = entry {
                    assert!(!describe(*word).starts_with("unknown"), "{}: {word:#x}", scenario.id);
                }
            }
        }
    }
    goals
}

#[test]
fn every_goal_is_reached_on_every_design() {
    let missed: Vec<String> = scenarios().iter().flat_map(|scenario| check(Repairs::NONE, scenario)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn every_goal_is_reached_with_the_repairs() {
    let missed: Vec<String> = scenarios().iter().flat_map(|scenario| check(Repairs::ALL, scenario)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn ids_are_those_of_the_thirteen_situations_and_unique() {
    let ids: Vec<&str> = scenarios().iter().map(|scenario| &*scenario.id).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len());
    for number in 1..=13 {
        assert!(unique.contains(format!("S{number}").as_str()), "S{number} is missing");
    }
}

#[test]
fn names_of_variants_are_unique_and_three_form_the_series() {
    let names: BTreeSet<&str> = variants().iter().map(|variant| variant.name).collect();
    assert_eq!(names.len(), variants().len());
    let series: Vec<&str> =
        variants().iter().filter(|variant| variant.main_series).map(|variant| variant.name).collect();
    assert_eq!(series, ["stopped-locked", "stopped-lockless", "stopped-removed"]);
}
