//! How many executions each kind of random schedule needs to hit a bug, beside shuttle on the same programs.
//!
//! `cargo bench -p lockstep-benches --bench finding` prints, for each program of `bugs`, the median over seeds of the number of executions until one panics or comes
//! to a stand. A table of tools/docs/hunting.md is made by it; how many executions a second each explorer makes is measured by `--bench peers`.
//!
//! Limits: shuttle chooses at its own choice points, so the two do not draw from the same set of schedules; its PCT learns how long executions are
//! from those before, ours is told by one execution without preemptions.

#[macro_use]
mod bugs;

use lockstep::{
    Abandon, End, OutcomeId, Program, RANDOM_STRATEGIES, Soon, SoonConfig, Strategy, mean_of_medians, soon,
};
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

bugs!(on_lockstep:
    use lockstep::sync::{Arc, Condvar, Mutex, std_atomic::{AtomicU32, Ordering::SeqCst}};
    use lockstep::thread::spawn;
);
bugs!(on_shuttle:
    use shuttle::sync::{Arc, Condvar, Mutex, atomic::{AtomicU32, Ordering::SeqCst}};
    use shuttle::thread::spawn;
);

type Theirs = fn(seed: u64, limit: u64) -> Box<dyn Scheduler + Send>;

const SHUTTLE: [(&str, Theirs); 4] = [
    ("shuttle random", |seed, limit| Box::new(RandomScheduler::new_from_seed(seed, limit as usize))),
    ("shuttle pct 2", |seed, limit| Box::new(PctScheduler::new_from_seed(seed, 2, limit as usize))),
    ("shuttle pct 3", |seed, limit| Box::new(PctScheduler::new_from_seed(seed, 3, limit as usize))),
    ("shuttle pct 5", |seed, limit| Box::new(PctScheduler::new_from_seed(seed, 5, limit as usize))),
];

/// Executions of ours until one hits the bug.
fn ours(body: fn(), strategy: Strategy, config: &SoonConfig) -> Soon {
    let program = Program { body: &body, abandon: Abandon::Unwind };
    let mut known: BTreeMap<OutcomeId, bool> = BTreeMap::new();
    soon(&program, strategy, config, |glance| {
        *known.entry(glance.id()).or_insert_with(|| !matches!(glance.outcome().end, End::Completed))
    })
}

/// Executions of shuttle's until one hits the bug.
fn theirs(body: fn(), make: Theirs, config: &SoonConfig) -> Soon {
    let mut counts: Vec<Soon> =
        (0..config.seeds).map(|seed| one_of_theirs(body, make(seed, config.limit), config)).collect();
    counts.sort_unstable();
    counts[(counts.len() - 1) / 2]
}

fn one_of_theirs(body: fn(), scheduler: Box<dyn Scheduler + Send>, config: &SoonConfig) -> Soon {
    let mut settings = shuttle::Config::new();
    settings.silence_warnings = true;
    settings.failure_persistence = shuttle::FailurePersistence::None;
    let made = std::sync::Arc::new(AtomicU64::new(0));
    let counted = std::sync::Arc::clone(&made);
    let runner = shuttle::Runner::new(scheduler, settings);
    let ran = catch_unwind(AssertUnwindSafe(|| {
        runner.run(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            body();
        })
    }));
    if ran.is_ok() { Soon::Beyond(config.limit) } else { Soon::After(made.load(Ordering::Relaxed)) }
}

fn row(at: usize, config: &SoonConfig) -> Vec<Soon> {
    let (ours_at, theirs_at) = (on_lockstep::BUGS[at].1, on_shuttle::BUGS[at].1);
    let row = RANDOM_STRATEGIES.into_iter().map(|strategy| ours(ours_at, strategy, config));
    row.chain(SHUTTLE.iter().map(|(_, make)| theirs(theirs_at, *make, config))).collect()
}

fn main() {
    let measures = std::env::args().any(|argument| argument == "--bench");
    let (config, taken) = if measures {
        (SoonConfig::default(), on_lockstep::BUGS.len())
    } else {
        (SoonConfig { seeds: 1, limit: 100, ..SoonConfig::default() }, 2)
    };
    // Shuttle says what it hits by panics; that they come is what is counted here.
    std::panic::set_hook(Box::new(|_| {}));
    let ours = RANDOM_STRATEGIES.iter().map(|strategy| strategy.to_string());
    let names: Vec<String> = ours.chain(SHUTTLE.iter().map(|(name, _)| (*name).to_owned())).collect();
    println!("| bug | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
    let rows: Vec<Vec<Soon>> = (0..taken).map(|at| row(at, &config)).collect();
    for ((name, _), row) in on_lockstep::BUGS.iter().zip(&rows) {
        println!("| {name} | {} |", row.iter().map(Soon::to_string).collect::<Vec<_>>().join(" | "));
    }
    let column = |at: usize| mean_of_medians(&rows.iter().map(|row| row[at]).collect::<Vec<_>>());
    let means: Vec<String> = (0..names.len()).map(|at| format!("{:.1}", column(at).0)).collect();
    println!("| geometric mean | {} |", means.join(" | "));
}
