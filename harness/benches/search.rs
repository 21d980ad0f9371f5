//! Exhaustive search of critical sections: graphs and the simulated machine under each memory model, loom.
//!
//! `threads × sections`: each thread so often takes one lock, adds 1 to a word by a load and a store, and releases the lock. All orders of the
//! sections differ in what they show, so there are (threads · sections)! / (sections!)^threads executions, and both of our
//! searches complete just as many under every model. An element of criterion's throughput is a complete execution.
//!
//! For comparison, not run here: GenMC 0.11 completes 1,500 to 2,200 executions per second on programs of 3 threads with 36 to 48 events on
//! the machine of this project, its compilation included.
//!
//! Limits: the largest program is searched under the weak model and by the machine only, so that the bench takes less than a
//! minute. loom does not see that spawning and joining are independent, and so needs more executions (378 for 70); it runs the smallest
//! program only.

use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use lockstep::graph::{Label, Model, Order, Step, Threads, graphs};
use lockstep::sync::{Atomic, SpinLock};
use lockstep::{Abandon, ExploreConfig, MemoryModel, Program, Strategy, explore, probe, thread};
use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::Duration;

const LOCK: usize = 0;
const WORD: usize = 1;

/// The program as threads that say what they do next.
struct Sections {
    threads: usize,
    sections: usize,
    /// For each thread, the events it has made.
    made: Vec<usize>,
}

impl Threads for Sections {
    fn initial(&self) -> Vec<u64> {
        vec![0; 2]
    }

    fn restart(&mut self) -> usize {
        self.made.clear();
        self.made.resize(self.threads, 0);
        self.threads
    }

    fn advance(&mut self, thread: usize, answer: u64) -> Step {
        let made = self.made[thread];
        self.made[thread] += 1;
        let order = Order::Relaxed;
        let label = match made % 4 {
            0 if made == 4 * self.sections => Label::End,
            0 => Label::Lock(LOCK),
            1 => Label::Read { location: WORD, order },
            2 => Label::Write { location: WORD, value: answer + 1, order },
            _ => Label::Unlock(LOCK),
        };
        label.into()
    }
}

/// (threads · sections)! / (sections!)^threads
fn executions(threads: u64, sections: u64) -> u64 {
    let factorial = |number: u64| (1..=number).product::<u64>();
    factorial(threads * sections) / factorial(sections).pow(threads as u32)
}

fn search_graphs(threads: usize, sections: usize, model: Model) {
    let mut program = Sections { threads, sections, made: Vec::new() };
    let counts = graphs(&mut program, model, u64::MAX, &mut |_, _| ControlFlow::Continue(()));
    assert!(counts.exhausted);
    assert_eq!(counts.complete, executions(threads as u64, sections as u64));
}

fn search_machine(threads: usize, sections: usize, memory: MemoryModel) {
    let body = || {
        let (lock, word) = (SpinLock::named("lock"), Atomic::named("word", 0_u64));
        let work = || {
            for _ in 0..sections {
                lock.lock();
                word.write_once(word.read_once() + 1);
                lock.unlock();
            }
        };
        thread::scope(|scope| {
            for number in 1..threads {
                scope.spawn(("thread", number as u32), work);
            }
            work();
        });
        probe::observe(word.peek());
    };
    let strategy = Strategy::Exhaustive;
    let config = ExploreConfig { strategy, executions: u64::MAX, memory, ..ExploreConfig::default() };
    let exploration = explore(&Program { body: &body, abandon: Abandon::Unwind }, &config);
    assert!(exploration.evidence.is_exhaustive());
    assert_eq!(exploration.executions, executions(threads as u64, sections as u64));
}

fn search_loom(threads: usize, sections: usize) {
    loom::model(move || {
        let word = loom::sync::Arc::new(loom::sync::Mutex::new(0_u64));
        let work = move |word: &loom::sync::Mutex<u64>| {
            for _ in 0..sections {
                *word.lock().expect("no thread panics") += 1;
            }
        };
        let others: Vec<_> = (1..threads)
            .map(|_| {
                let word = loom::sync::Arc::clone(&word);
                loom::thread::spawn(move || work(&word))
            })
            .collect();
        work(&word);
        others.into_iter().for_each(|other| other.join().expect("no thread panics"));
        black_box(*word.lock().expect("no thread panics"));
    });
}

fn bench(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, search: impl Fn()) {
    group.bench_function(name, |bencher| bencher.iter_batched(|| (), |()| search(), BatchSize::PerIteration));
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for (threads, sections) in [(2, 4), (3, 3), (3, 4)] {
        let mut group = criterion.benchmark_group(format!("{threads}x{sections} sections"));
        group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(500));
        group.throughput(Throughput::Elements(executions(threads as u64, sections as u64)));
        for (name, model) in [("graphs sc", Model::Sc), ("graphs tso", Model::Tso), ("graphs weak", Model::Weak)] {
            if sections == 4 && threads == 3 && model != Model::Weak {
                continue;
            }
            bench(&mut group, name, || search_graphs(threads, sections, model));
        }
        for (name, memory) in
            [("machine sc", MemoryModel::Sc), ("machine tso", MemoryModel::Tso), ("machine weak", MemoryModel::Weak)]
        {
            bench(&mut group, name, || search_machine(threads, sections, memory));
        }
        if (threads, sections) == (2, 4) {
            bench(&mut group, "loom", || search_loom(threads, sections));
        }
        group.finish();
    }
    criterion.final_summary();
}
