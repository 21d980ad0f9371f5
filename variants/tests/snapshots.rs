//! The committed comparisons: one snapshot a scenario, the three designs as they were and with the repairs.

mod common;

use common::{CLAIMS, CLAIMS_RELAXED, folder, settings};
use insta::assert_snapshot;
use lockstep::{CompareConfig, MemoryModel, compare, render};
use std::collections::BTreeSet;
use utrace_variants::{Repairs, Scenario, VariantInfo, Words, heading, scenarios, variants, with_programs};

/// What the snapshots rest on. The number of OS threads changes nothing.
fn config() -> CompareConfig<'static> {
    CompareConfig {
        exhaustive_max: 400_000,
        preemptions: Some(1),
        enumerated_max: 20_000,
        sampled: 3_000,
        confirmed: 12_000,
        jobs: 2,
        ..CompareConfig::default()
    }
}

fn series() -> Vec<&'static VariantInfo> {
    variants().iter().filter(|variant| variant.main_series).collect()
}

fn text(scenario: &Scenario) -> String {
    let goals: Vec<&str> = scenario.goal_names().collect();
    let program = scenario.program_lines();
    let part = |repairs: Repairs| {
        with_programs(&series(), repairs, scenario, |programs| {
            let comparison = compare(programs, &config());
            let wanted = (1_u64 << goals.len()) - 1;
            assert_eq!(comparison.goals() & wanted, wanted, "{}: a goal was not reached", scenario.id);
            render(&heading(scenario, repairs, MemoryModel::Sc, &goals, &program), programs, &comparison, &Words)
        })
    };
    let (without, with) = (part(Repairs::NONE), part(Repairs::ALL));
    format!("{without}\n==== with the repair R1 ====\n\n{with}")
}

#[test]
fn every_scenario_behaves_as_committed() {
    settings().bind(|| {
        for scenario in scenarios() {
            assert_snapshot!(scenario.id.to_string(), text(scenario));
        }
    });
}

#[test]
fn every_snapshot_belongs_to_a_scenario_and_every_scenario_has_one() {
    let files = std::fs::read_dir(folder()).expect("the folder of snapshots exists");
    let names = files.map(|file| file.expect("the folder can be read").file_name().to_string_lossy().into_owned());
    let found: BTreeSet<String> = names.filter_map(|name| name.strip_suffix(".snap").map(str::to_owned)).collect();
    let mut wanted: BTreeSet<String> = scenarios().iter().map(|scenario| scenario.id.to_string()).collect();
    wanted.extend([CLAIMS, CLAIMS_RELAXED].map(str::to_owned));
    assert_eq!(found, wanted, "left: snapshots, right: scenarios");
}
