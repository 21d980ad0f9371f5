//! quick
#[macro_use]
#[path = "../benches/workload/mod.rs"]
mod workload;
workload!(ours: use lockstep::sync::{Arc, Condvar, Mutex, std_atomic::{AtomicU32, Ordering::SeqCst}}; use lockstep::thread::spawn;);
use lockstep::*;
fn main() {
    let body = || probe::observe(u64::from(ours::body()));
    let program = Program { body: &body, abandon: Abandon::Unwind };
    for tracing in [false, true] {
        for strategy in [Strategy::Uniform, Strategy::Pct { depth: 3 }] {
            for jobs in [1, 2] {
                let config = ExploreConfig { strategy, executions: 2_000_000, jobs, tracing, ..Default::default() };
                let t = std::time::Instant::now();
                let r = explore(&program, &config);
                let e = t.elapsed();
                println!(
                    "{strategy} jobs {jobs} tracing {tracing}: {:.0}/s, {:.1} ns/step, steps {:.1}",
                    r.executions as f64 / e.as_secs_f64(),
                    e.as_nanos() as f64 / r.steps as f64,
                    r.steps as f64 / r.executions as f64
                );
                for s in r.outcomes.iter() {
                    print!("  {:?} {} {};", s.outcome.columns[0].entries, s.outcome.end, s.count);
                }
                println!();
            }
        }
    }
    for k in 0..5 {
        let config = ExploreConfig {
            strategy: Strategy::Bounded { preemptions: k },
            executions: 20_000_000,
            jobs: 2,
            ..Default::default()
        };
        let t = std::time::Instant::now();
        let r = explore(&program, &config);
        let e = t.elapsed();
        println!("{} {} {:?} {}", r.evidence, r.executions, e, r.outcomes.len());
    }
}
