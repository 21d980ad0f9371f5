//! Executions per second of each scenario on each design, under uniform schedules on one core.
//!
//! `cargo bench -p utrace-variants`. The rates say how much a budget buys; they are no comparison of the designs.

use lockstep::{Abandon, ExploreConfig, Program, explore};
use std::time::Instant;
use utrace_variants::{Repairs, run, scenarios, variants};

/// Executions of one measurement; some ten milliseconds.
const EXECUTIONS: u64 = 4_000;

/// Measurements of which the median is shown.
const ROUNDS: usize = 5;

/// Executions per second, and choice points an execution.
fn measure(program: &Program<'_>, executions: u64) -> (f64, f64) {
    let config = ExploreConfig { executions, ..ExploreConfig::default() };
    let begin = Instant::now();
    let exploration = explore(program, &config);
    let rate = executions as f64 / begin.elapsed().as_secs_f64();
    (rate, exploration.steps as f64 / executions as f64)
}

fn main() {
    // Without `--bench`, as in `cargo test --benches`, everything runs once to see that it does.
    let executions = if std::env::args().any(|argument| argument == "--bench") { EXECUTIONS } else { 10 };
    let series: Vec<_> = variants().iter().filter(|variant| variant.main_series).collect();
    print!("{:<6}{:>14}", "", "choice points");
    series.iter().for_each(|variant| print!("{:>20}", variant.name));
    println!();
    for scenario in scenarios() {
        let measured = series.iter().map(|variant| {
            let body = || run(variant, Repairs::NONE, scenario);
            let program = Program { body: &body, abandon: Abandon::Unwind };
            let mut rounds: Vec<(f64, f64)> = (0..ROUNDS).map(|_| measure(&program, executions)).collect();
            rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
            rounds[ROUNDS / 2]
        });
        let measured: Vec<(f64, f64)> = measured.collect();
        print!("{:<6}{:>14.0}", scenario.id, measured[0].1);
        measured.iter().for_each(|(rate, _)| print!("{rate:>20.0}"));
        println!();
    }
}
