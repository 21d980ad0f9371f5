//! How many executions each kind of random schedule needs to find what is known to differ.
//!
//! `cargo bench -p utrace-variants --bench strategies`. A target is an outcome that one variant shows in a scenario and the other of the pair does
//! not, by comparison. For each strategy: the median, over seeds, of the number of executions of the first variant until it shows a target.
//! The table in docs/hunting.md is made by it.
//!
//! Limits: targets are what a comparison with its budget found, so outcomes that all strategies are bad at are not among them.

use lockstep::{
    Abandon, CompareConfig, GlanceConfig, OutcomeId, Program, Replayer, RunConfig, Schedule, Variant, compare,
    portfolio, run,
};
use std::collections::BTreeSet;
use utrace_variants::{Repairs, Scenario, VariantInfo, run as run_scenario, scenarios, variants};

/// Executions after which a strategy has not found it.
const LIMIT: u64 = 20_000;

/// Pairs of variants: the series, and alternatives with what they were made from.
const PAIRS: [(&str, &str); 8] = [
    ("stopped-locked", "stopped-lockless"),
    ("stopped-lockless", "stopped-removed"),
    ("stopped-locked", "a1-stopped-locked"),
    ("stopped-lockless", "a1-stopped-lockless"),
    ("stopped-lockless", "a2-recalc-first"),
    ("stopped-removed", "a5-no-finish-jctl"),
    ("stopped-removed", "a6-no-finish-stop"),
    ("stopped-removed", "a4-stopped-removed"),
];

type Make = fn(seed: u64, number: u64, length: u32) -> Schedule;

const STRATEGIES: [(&str, Make); 6] = [
    ("uniform", |seed, number, _| Schedule::uniform(seed << 32 | number)),
    ("pct 2", |seed, number, length| Schedule::pct(seed << 32 | number, 2, length)),
    ("pct 3", |seed, number, length| Schedule::pct(seed << 32 | number, 3, length)),
    ("pct 5", |seed, number, length| Schedule::pct(seed << 32 | number, 5, length)),
    ("pos", |seed, number, _| Schedule::pos(seed << 32 | number)),
    ("portfolio", |seed, number, length| portfolio(seed << 32, number, length)),
];

/// Executions until one shows a target.
fn first_hit(
    replayer: &mut Replayer,
    program: &Program<'_>,
    targets: &BTreeSet<OutcomeId>,
    schedule: impl Fn(u64) -> Schedule,
) -> u64 {
    let config = GlanceConfig::default();
    let hits = |number: &u64| {
        let found = replayer.glance(program, &schedule(*number), &config, |glance| glance.id());
        targets.contains(&found)
    };
    (0..LIMIT)
        .find({
            let mut hits = hits;
            move |number| hits(number)
        })
        .map_or(LIMIT, |number| number + 1)
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values[values.len() / 2]
}

/// One row for each direction in which the two differ.
fn rows(pair: [&VariantInfo; 2], scenario: &Scenario, seeds: u64) -> Vec<Vec<u64>> {
    let bodies = pair.map(|variant| move || run_scenario(variant, Repairs::NONE, scenario));
    let program = |at: usize| Program { body: &bodies[at], abandon: Abandon::Forget };
    let both = [0, 1].map(|at| Variant { name: pair[at].name, program: program(at) });
    let config =
        CompareConfig { preemptions: Some(1), sampled: 2_000, confirmed: 4_000, jobs: 2, ..Default::default() };
    let comparison = compare(&both, &config);
    let mut rows = Vec::new();
    for shown in [0, 1] {
        let only = comparison.divergences.iter().filter(|one| one.shown[shown]).map(|one| one.outcome);
        let targets: BTreeSet<OutcomeId> = only.collect();
        if targets.is_empty() {
            continue;
        }
        let length = run(&program(shown), &Schedule::in_order(), &RunConfig::default()).steps as u32;
        let mut replayer = Replayer::new();
        let medians = STRATEGIES.map(|(_, make)| {
            median(
                (0..seeds)
                    .map(|seed| {
                        first_hit(&mut replayer, &program(shown), &targets, |number| make(seed, number, length))
                    })
                    .collect(),
            )
        });
        let side = if shown == 0 { "only the first" } else { "only the second" };
        print!("{:<6}{:<22}{:<22}{side:<17}{:>8}", scenario.id, pair[0].name, pair[1].name, targets.len());
        medians.iter().for_each(|&median| {
            print!("{:>11}", if median == LIMIT { format!("> {LIMIT}") } else { median.to_string() })
        });
        println!();
        rows.push(medians.to_vec());
    }
    rows
}

fn main() {
    let measures = std::env::args().any(|argument| argument == "--bench");
    let (seeds, taken) = if measures { (15, scenarios().len()) } else { (1, 1) };
    print!("{:<67}{:>8}", "", "targets");
    STRATEGIES.iter().for_each(|(name, _)| print!("{name:>11}"));
    println!();
    let find = |name: &str| variants().iter().find(|variant| variant.name == name).expect("the variant exists");
    let mut rows_all: Vec<Vec<u64>> = Vec::new();
    for (first, second) in PAIRS {
        for scenario in scenarios().iter().take(taken) {
            rows_all.extend(rows([find(first), find(second)], scenario, seeds));
        }
    }
    for (what, sum) in [("median of the rows", false), ("geometric mean of the rows", true)] {
        print!("{what:<75}");
        for at in 0..STRATEGIES.len() {
            let column: Vec<u64> = rows_all.iter().map(|row| row[at]).collect();
            if column.is_empty() {
                continue;
            }
            let logs: f64 = column.iter().map(|&count| (count as f64).ln()).sum();
            print!("{:>11.0}", if sum { (logs / column.len() as f64).exp() } else { median(column) as f64 });
        }
        println!();
    }
    let missed = |at: usize| rows_all.iter().filter(|row| row[at] == LIMIT).count();
    print!("{:<75}", "rows with a median beyond the limit");
    (0..STRATEGIES.len()).for_each(|at| print!("{:>11}", missed(at)));
    println!();
}
