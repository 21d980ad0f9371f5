//! One workload on shuttle, on loom and on Lockstep, on one core, in one run.
//!
//! Criterion measures each of them; the summary at the end is what to quote: rates drift with the machine and with what else
//! it does, so there the explorers take turns, and the ratio is the median of the ratios of the rounds.
//!
//! Shuttle is measured as it comes, without vector clocks; Lockstep always keeps them, since it checks plain data for races. To
//! compare like with like add `--features shuttle/vector-clocks`, which costs shuttle a fifth to a third of its speed.
//!
//! Executions under different schedulers are not equally long, so the summary says how often each asks its scheduler: where
//! the killer comes first the tracee does not stop. Lockstep's uniform schedule seldom asks before a thread is started or
//! joined, which shortens executions by a tenth; per question the ratio is less.
//!
//! Limits: one workload of about 30 choice points, made for none of the three. Shuttle and Lockstep sample, loom searches, so loom's
//! figure is a rate of executions and says nothing of how many executions a search needs.
//!
//! `cargo bench -p lockstep-benches --bench peers` builds with fat link-time optimization, `--profile release` with thin.

#[macro_use]
mod workload;

use criterion::Criterion;
use lockstep::{Abandon, ExploreConfig, Program, Strategy, explore, probe};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

workload!(on_lockstep:
    use lockstep::sync::{Arc, Condvar, Mutex, std_atomic::{AtomicU32, Ordering::SeqCst}};
    use lockstep::thread::spawn;
);
workload!(on_shuttle:
    use shuttle::sync::{Arc, Condvar, Mutex, atomic::{AtomicU32, Ordering::SeqCst}};
    use shuttle::thread::spawn;
);
workload!(on_loom:
    use loom::sync::{Arc, Condvar, Mutex, atomic::{AtomicU32, Ordering::SeqCst}};
    use loom::thread::spawn;
);

/// Ordering constraints of the bugs that PCT looks for.
const DEPTH: u32 = 3;
const SEED: u64 = 1;
const UNIFORM: Strategy = Strategy::Uniform;
const PCT: Strategy = Strategy::Pct { depth: DEPTH, length: None };

/// Makes `executions` executions; returns how long that took.
type Run = fn(executions: u64) -> Duration;

fn lockstep(strategy: Strategy, tracing: bool, executions: u64) -> Duration {
    let body = || probe::observe(u64::from(on_lockstep::body()));
    let program = Program { body: &body, abandon: Abandon::Unwind };
    let config = ExploreConfig { strategy, executions, seed: SEED, jobs: 1, tracing, ..ExploreConfig::default() };
    let begin = Instant::now();
    let exploration = explore(&program, &config);
    let elapsed = begin.elapsed();
    assert_eq!(exploration.executions, executions);
    elapsed
}

fn shuttle(scheduler: impl shuttle::scheduler::Scheduler + 'static, executions: u64) -> Duration {
    let mut config = shuttle::Config::new();
    // Warnings about what shuttle does not model; the workload uses none of it.
    config.silence_warnings = true;
    let begin = Instant::now();
    let made = shuttle::Runner::new(scheduler, config).run(|| {
        black_box(on_shuttle::body());
    });
    let elapsed = begin.elapsed();
    assert_eq!(made as u64, executions);
    elapsed
}

fn random(executions: u64) -> impl shuttle::scheduler::Scheduler {
    shuttle::scheduler::RandomScheduler::new_from_seed(SEED, executions as usize)
}

fn pct(executions: u64) -> impl shuttle::scheduler::Scheduler {
    shuttle::scheduler::PctScheduler::new_from_seed(SEED, DEPTH as usize, executions as usize)
}

/// A scheduler that counts its questions.
struct Counted<S> {
    scheduler: S,
    questions: Arc<AtomicU64>,
}

impl<S: shuttle::scheduler::Scheduler> shuttle::scheduler::Scheduler for Counted<S> {
    fn new_execution(&mut self) -> Option<shuttle::scheduler::Schedule> {
        self.scheduler.new_execution()
    }

    fn next_task(
        &mut self,
        runnable: &[&shuttle::scheduler::Task],
        current: Option<shuttle::scheduler::TaskId>,
        is_yielding: bool,
    ) -> Option<shuttle::scheduler::TaskId> {
        self.questions.fetch_add(1, Ordering::Relaxed);
        self.scheduler.next_task(runnable, current, is_yielding)
    }

    fn next_u64(&mut self) -> u64 {
        self.scheduler.next_u64()
    }
}

/// Questions per execution that shuttle's scheduler is asked.
fn shuttle_length(scheduler: impl shuttle::scheduler::Scheduler + 'static, executions: u64) -> f64 {
    let questions = Arc::new(AtomicU64::new(0));
    shuttle(Counted { scheduler, questions: questions.clone() }, executions);
    questions.load(Ordering::Relaxed) as f64 / executions as f64
}

/// The same of Lockstep.
fn lockstep_length(strategy: Strategy, executions: u64) -> f64 {
    let body = || probe::observe(u64::from(on_lockstep::body()));
    let program = Program { body: &body, abandon: Abandon::Unwind };
    let config = ExploreConfig { strategy, executions, seed: SEED, jobs: 1, ..ExploreConfig::default() };
    explore(&program, &config).steps as f64 / executions as f64
}

/// The first executions of loom's full search, which has 390,350.
fn loom_search(executions: u64) -> Duration {
    let mut builder = loom::model::Builder::new();
    builder.max_permutations = Some(executions as usize);
    // The bound is looked at once in so many executions.
    builder.checkpoint_interval = executions as usize;
    let begin = Instant::now();
    builder.check(|| {
        black_box(on_loom::body());
    });
    begin.elapsed()
}

/// Each explorer with the executions of one round of the summary, about 50 ms.
const EXPLORERS: [(&str, Run, u64); 7] = [
    ("shuttle random", |executions| shuttle(random(executions), executions), 4_000),
    ("lockstep uniform", |executions| lockstep(UNIFORM, false, executions), 60_000),
    ("lockstep uniform, traced", |executions| lockstep(UNIFORM, true, executions), 60_000),
    ("shuttle pct 3", |executions| shuttle(pct(executions), executions), 4_000),
    ("lockstep pct 3", |executions| lockstep(PCT, false, executions), 60_000),
    ("lockstep pct 3, traced", |executions| lockstep(PCT, true, executions), 60_000),
    ("loom search", loom_search, 400),
];

/// Which explorer each one is compared with, in the order of `EXPLORERS`.
const AGAINST: [usize; 7] = [0, 0, 0, 3, 3, 3, 0];

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// All explorers take turns; prints rates and ratios.
fn summary(rounds: usize, share: u64) {
    let mut rates = vec![Vec::new(); EXPLORERS.len()];
    // The first round warms up.
    for round in 0..=rounds {
        for (at, (_, run, executions)) in EXPLORERS.iter().enumerate() {
            let executions = (executions / share).max(1);
            let rate = executions as f64 / run(executions).as_secs_f64();
            if round > 0 {
                rates[at].push(rate);
            }
        }
    }
    println!("\none core, {rounds} rounds in turn, medians");
    println!("{:<26}{:>14}  ratio", "", "executions/s");
    for (at, (name, ..)) in EXPLORERS.iter().enumerate() {
        let peer = AGAINST[at];
        let ratios = rates[at].iter().zip(&rates[peer]).map(|(mine, theirs)| mine / theirs).collect();
        let ratio = format!("{:.2} x {}", median(ratios), EXPLORERS[peer].0);
        println!("{name:<26}{:>14.0}  {}", median(rates[at].clone()), if at == peer { "" } else { &ratio });
    }
    let executions = (20_000 / share).max(1);
    println!("\nquestions per execution");
    println!("{:<26}{:>14.1}", "shuttle random", shuttle_length(random(executions), executions));
    println!("{:<26}{:>14.1}", "lockstep uniform", lockstep_length(UNIFORM, executions));
    println!("{:<26}{:>14.1}", "shuttle pct 3", shuttle_length(pct(executions), executions));
    println!("{:<26}{:>14.1}", "lockstep pct 3", lockstep_length(PCT, executions));
}

fn main() {
    let measures = std::env::args().any(|argument| argument == "--bench");
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(20)
        .configure_from_args();
    for (name, run, _) in EXPLORERS {
        criterion.bench_function(name, |bencher| bencher.iter_custom(run));
    }
    criterion.final_summary();
    // Without `--bench`, as in `cargo test --benches`, everything runs once to see that it does.
    if measures { summary(21, 1) } else { summary(1, 1_000) }
}
