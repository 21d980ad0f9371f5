//! What a choice point costs as executions grow, and what a second core brings.
//!
//! Two threads of one execution work on shared words and a lock until the execution has had so many choice points. The cost of one is the
//! time of the whole exploration divided by their number, so at ten choice points it includes making and ending the two threads.

use criterion::Criterion;
use lockstep::sync::{Atomic, Ordering, SpinLock};
use lockstep::{Abandon, ExploreConfig, Program, Strategy, explore, thread};
use std::time::{Duration, Instant};

/// Choice points of one execution.
const LENGTHS: [u64; 4] = [10, 100, 1_000, 10_000];
/// Choice points measured at a time.
const POINTS: u64 = 4_000_000;
const ROUNDS: usize = 15;

/// Two threads with about `length` choice points in all.
fn body(length: u64) {
    let lock = SpinLock::named("lock");
    let word = Atomic::named("word", 0_u64);
    // Starting and joining the second thread are choice points too, and so are the ends.
    let turns = length.saturating_sub(2) / 8;
    let work = move || {
        for turn in 0..turns {
            lock.lock();
            let seen = word.load(Ordering::Relaxed);
            word.store(seen + turn, Ordering::Release);
            lock.unlock();
        }
    };
    let other = thread::spawn(work);
    work();
    other.join().expect("the other thread ends");
}

/// Explores `executions` executions of a length; returns the time and the choice points.
fn run(strategy: Strategy, length: u64, executions: u64, jobs: usize) -> (Duration, u64) {
    let body = move || body(length);
    let program = Program { body: &body, abandon: Abandon::Unwind };
    let config = ExploreConfig { strategy, executions, jobs, steps_max: 1_000_000, ..ExploreConfig::default() };
    let begin = Instant::now();
    let exploration = explore(&program, &config);
    (begin.elapsed(), exploration.steps)
}

/// Nanoseconds for one choice point.
fn cost(strategy: Strategy, length: u64, points: u64, jobs: usize) -> f64 {
    let (elapsed, steps) = run(strategy, length, (points / length).max(1), jobs);
    elapsed.as_nanos() as f64 / steps as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Lengths and numbers of jobs take turns; prints medians.
fn summary(rounds: usize, points: u64) {
    for strategy in [Strategy::Uniform, Strategy::Pct { depth: 3, length: None }] {
        println!("\n{strategy}, one core, {rounds} rounds in turn, medians");
        println!("{:>14}  ns per choice point", "choice points");
        let mut costs = vec![Vec::new(); LENGTHS.len()];
        for _ in 0..rounds {
            for (at, length) in LENGTHS.into_iter().enumerate() {
                costs[at].push(cost(strategy, length, points, 1));
            }
        }
        for (length, costs) in LENGTHS.into_iter().zip(costs) {
            println!("{length:>14}  {:.1}", median(costs));
        }
        // Means something only while a second core is free: on a busy machine two jobs share what one has.
        let speedups =
            (0..rounds).map(|_| cost(strategy, 100, points, 1) / cost(strategy, 100, 2 * points, 2)).collect();
        println!("two jobs: {:.2} x one", median(speedups));
    }
}

fn main() {
    let measures = std::env::args().any(|argument| argument == "--bench");
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(20)
        .configure_from_args();
    let mut group = criterion.benchmark_group("execution");
    for length in LENGTHS {
        group.bench_function(format!("{length} choice points"), |bencher| {
            bencher.iter_custom(|executions| run(Strategy::Uniform, length, executions, 1).0);
        });
    }
    group.finish();
    criterion.final_summary();
    // Without `--bench`, as in `cargo test --benches`, everything runs once to see that it does.
    if measures { summary(ROUNDS, POINTS) } else { summary(1, 1_000) }
}
