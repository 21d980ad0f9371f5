//! How many executions each kind of random schedule needs to find what is known to differ.
//!
//! `cargo bench -p utrace-variants --bench strategies`. A target is an outcome that one variant shows in a scenario and the other of the pair does
//! not, by comparison. For each strategy: the median, over seeds, of the number of executions of the first variant until it shows a target.
//! The tables in tools/docs/hunting.md are made by it.
//!
//! Limits: targets are what a comparison with its budget found, so outcomes that all strategies are bad at are not among them.

use lockstep::{
    CompareConfig, MemoryModel, OutcomeId, RANDOM_STRATEGIES, Soon, SoonConfig, compare, mean_of_medians, soon,
};
use std::collections::BTreeSet;
use utrace_variants::{Repairs, Scenario, VariantInfo, scenarios, variants, with_programs};

/// Two variants, the memory model, and the scenarios; all of them, if none is named.
struct Pair {
    names: [&'static str; 2],
    memory: MemoryModel,
    scenarios: &'static [&'static str],
}

const fn everywhere(first: &'static str, second: &'static str) -> Pair {
    Pair { names: [first, second], memory: MemoryModel::Sc, scenarios: &[] }
}

const fn weakly(first: &'static str, second: &'static str, scenarios: &'static [&'static str]) -> Pair {
    Pair { names: [first, second], memory: MemoryModel::Weak, scenarios }
}

/// The series, and alternatives with what they were made from; and where exhaustive search does not reach.
const PAIRS: [Pair; 10] = [
    everywhere("stopped-locked", "stopped-lockless"),
    everywhere("stopped-lockless", "stopped-removed"),
    everywhere("stopped-locked", "a1-stopped-locked"),
    everywhere("stopped-lockless", "a1-stopped-lockless"),
    everywhere("stopped-lockless", "a2-recalc-first"),
    everywhere("stopped-removed", "a5-no-finish-jctl"),
    everywhere("stopped-removed", "a6-no-finish-stop"),
    everywhere("stopped-removed", "a4-stopped-removed"),
    weakly("stopped-lockless", "stopped-removed", &["S7", "S8b", "S8e", "S15", "S16"]),
    weakly("stopped-locked", "no-wakeup-barrier", &["S4", "S4b"]),
];

/// One row for each direction in which the two differ.
fn rows(pair: &Pair, scenario: &Scenario, config: &SoonConfig) -> Vec<Vec<Soon>> {
    let find = |name: &str| variants().iter().find(|variant| variant.name == name).expect("the variant exists");
    let both: [&VariantInfo; 2] = pair.names.map(find);
    let budget = CompareConfig {
        preemptions: Some(1),
        sampled: 4_000,
        confirmed: 8_000,
        jobs: 2,
        memory: pair.memory,
        ..Default::default()
    };
    with_programs(&both, Repairs::NONE, scenario, |programs| {
        let comparison = compare(programs, &budget);
        let mut rows = Vec::new();
        for shown in [0, 1] {
            let only = comparison.divergences.iter().filter(|one| one.shown[shown]).map(|one| one.outcome);
            let targets: BTreeSet<OutcomeId> = only.collect();
            if targets.is_empty() {
                continue;
            }
            let of =
                |strategy| soon(&programs[shown].program, strategy, config, |glance| targets.contains(&glance.id()));
            let medians: Vec<Soon> = RANDOM_STRATEGIES.into_iter().map(of).collect();
            let [shown_by, not_by] = [pair.names[shown], pair.names[1 - shown]];
            let model = if pair.memory == MemoryModel::Sc { "" } else { " weak" };
            let cells: Vec<String> = medians.iter().map(Soon::to_string).collect();
            println!("| {}{model} | {shown_by} | {not_by} | {} |", scenario.id, cells.join(" | "));
            rows.push(medians);
        }
        rows
    })
}

fn main() {
    let measures = std::env::args().any(|argument| argument == "--bench");
    let (config, taken) = if measures {
        (SoonConfig::default(), scenarios().len())
    } else {
        (SoonConfig { seeds: 1, limit: 100, ..SoonConfig::default() }, 1)
    };
    let names: Vec<String> = RANDOM_STRATEGIES.iter().map(|strategy| strategy.to_string()).collect();
    println!("| scenario | shown by | not by | {} |\n|---|---|---|{}", names.join(" | "), "---|".repeat(names.len()));
    let mut all: Vec<Vec<Soon>> = Vec::new();
    for pair in &PAIRS {
        let asked = |scenario: &&Scenario| pair.scenarios.is_empty() || pair.scenarios.contains(&&*scenario.id);
        for scenario in scenarios().iter().take(taken).filter(asked) {
            all.extend(rows(pair, scenario, &config));
        }
    }
    let column = |at: usize| mean_of_medians(&all.iter().map(|row| row[at]).collect::<Vec<_>>());
    let columns: Vec<(f64, usize)> = (0..names.len()).map(column).collect();
    let means: Vec<String> = columns.iter().map(|(mean, _)| format!("{mean:.1}")).collect();
    let beyond: Vec<String> = columns.iter().map(|(_, beyond)| beyond.to_string()).collect();
    println!("| geometric mean of {} rows | | | {} |", all.len(), means.join(" | "));
    println!("| not found in {} | | | {} |", config.limit, beyond.join(" | "));
}
