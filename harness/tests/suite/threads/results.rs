//! Results of threads: who drops them, when, and how often.

use super::check_everywhere;
use crate::common;
use common::{program, schedules};
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Mutex, MutexGuard, Ordering::SeqCst, Plain};
use lockstep::thread::{scope, spawn, yield_now};
use lockstep::{End, ExploreConfig, RunConfig, Weakened, explore, probe, run};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn closures_and_results_are_dropped_once() {
    let (made, drops) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let make = || {
        made.fetch_add(1, Ordering::Relaxed);
        Counted(&drops)
    };
    let body = || {
        scope(|threads| {
            let captured = make();
            let joined = threads.spawn("joined", move || captured);
            let large = (make(), [0_u64; 100]);
            let unjoined = threads.spawn("unjoined", move || large);
            let captured = make();
            threads.spawn("dropped", move || {
                yield_now();
                drop(captured);
                make()
            });
            let _ = unjoined;
            drop(joined.join());
        });
        assert_eq!(made.load(Ordering::Relaxed), drops.load(Ordering::Relaxed), "results outlive their scope");
    };
    for schedule in schedules(200) {
        let execution = run(&program(&body), &schedule, &RunConfig::default());
        assert_eq!(execution.end, End::Completed);
        assert_eq!(made.load(Ordering::Relaxed), drops.load(Ordering::Relaxed));
    }
    assert!(made.load(Ordering::Relaxed) > 2_000);
}

/// Uses a primitive when dropped.
struct Unlocks<'a>(#[allow(dead_code)] MutexGuard<'a, u64>);

#[test]
fn a_result_that_nobody_takes_is_dropped_before_the_scope_ends() {
    let body = || {
        let mutex = Mutex::new(0_u64);
        scope(|threads| {
            threads.spawn("a", || Unlocks(mutex.lock().unwrap()));
        });
        *mutex.lock().unwrap() += 1;
        observe(mutex.into_inner());
    };
    // Who returns its lock without anybody taking the result releases it, if its handle is gone by then. Else who drops the handle does, who
    // does not hold it.
    let result = explore(&program(&body), &ExploreConfig { executions: 500, ..Default::default() });
    let mut ends: Vec<_> = result.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect();
    ends.sort();
    assert_eq!(ends, ["main 1", "misuse"]);
}

#[test]
fn a_result_that_nobody_takes_is_dropped_in_its_execution() {
    let alive = AtomicUsize::new(0);
    struct Alive<'a>(&'a AtomicUsize, Arc<Mutex<u64>>);
    impl Drop for Alive<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
            drop(self.1.lock());
        }
    }
    // A static reference, for a thread that is not scoped.
    let alive: &'static AtomicUsize = Box::leak(Box::new(alive));
    let body = move || {
        assert_eq!(alive.load(Ordering::Relaxed), 0, "something of the execution before is left");
        let mutex = Arc::new(Mutex::new(0));
        spawn(move || {
            alive.fetch_add(1, Ordering::Relaxed);
            Alive(alive, mutex)
        });
    };
    let result = explore(&program(&body), &ExploreConfig { executions: 500, ..Default::default() });
    let ends: Vec<_> = result.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect();
    assert_eq!(ends, [""]);
    assert_eq!(alive.load(Ordering::Relaxed), 0);
}

/// Stores when it is dropped.
struct Stores(Atomic<u64>);

impl Drop for Stores {
    fn drop(&mut self) {
        self.0.store(1, SeqCst);
    }
}

#[test]
fn a_thread_whose_handle_is_gone_drops_its_result() {
    let body = || {
        let (x, y) = (Atomic::named("x", 0_u64), Atomic::named("y", 0_u64));
        scope(|threads| {
            threads.spawn("a", move || {
                y.store(1, SeqCst);
                Stores(x)
            });
            threads.spawn("b", move || {
                observe(y.load(SeqCst));
                observe(x.load(SeqCst));
            });
        });
        // The end of the thread comes after that.
        assert_eq!(x.load(SeqCst), 1);
    };
    check_everywhere(body, &["b 0 0", "b 0 1", "b 1 0", "b 1 1"]);
}

#[test]
fn who_drops_the_handle_of_an_ended_thread_drops_its_result() {
    let body = || {
        let (x, y) = (Atomic::named("x", 0_u64), Atomic::named("y", 0_u64));
        let handle = spawn(move || {
            y.store(1, SeqCst);
            Stores(x)
        });
        observe(y.load(SeqCst));
        drop(handle);
        // If the thread had let go of it before, it is dropped now. Else the thread drops it some time.
        observe(x.load(SeqCst));
        lockstep::thread::idle();
        observe(x.load(SeqCst));
    };
    check_everywhere(body, &["main 0 0 1", "main 0 1 1", "main 1 0 1", "main 1 1 1"]);
    let body = || {
        let x = Atomic::named("x", 0_u64);
        let handle = spawn(move || Stores(x));
        lockstep::thread::idle();
        observe(x.load(SeqCst));
        drop(handle);
        observe(x.load(SeqCst));
    };
    check_everywhere(body, &["main 0 1"]);
}

#[test]
fn what_drops_a_result_comes_after_what_let_go_of_it() {
    // Neither order is a race on the plain data.
    struct Writes(Plain<u64>);
    impl Drop for Writes {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let body = || {
        let plain = Plain::named("plain", 0_u64);
        scope(|threads| {
            let handle = threads.spawn("a", move || Writes(plain));
            plain.set(1);
            drop(handle);
        });
        observe(plain.get());
    };
    check_everywhere(body, &["main 2"]);
    let body = || {
        let plain = Plain::named("plain", 0_u64);
        drop(spawn(move || {
            plain.set(1);
            Writes(plain)
        }));
    };
    check_everywhere(body, &[""]);
}

#[test]
fn a_joined_result_is_the_joiners() {
    let body = || {
        let x = Atomic::named("x", 0_u64);
        let result = spawn(move || Stores(x)).join().unwrap();
        observe(x.load(SeqCst));
        drop(result);
        observe(x.load(SeqCst));
    };
    check_everywhere(body, &["main 0 1"]);
}

#[test]
fn a_handle_is_a_result_itself() {
    let body = || {
        let x = Atomic::named("x", 0_u64);
        scope(|threads| {
            threads.spawn("outer", move || threads.spawn("inner", move || Stores(x)));
        });
        observe(x.load(SeqCst));
    };
    check_everywhere(body, &["main 1"]);
}

#[test]
fn a_result_that_panics_when_it_is_dropped_is_a_panic_of_who_drops_it() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let body = || drop(spawn(|| Panics));
    check_everywhere(body, &["panic"]);
    let result = common::exhaust(&body);
    let blamed = result.outcomes.iter().map(|seen| match &seen.outcome.end {
        End::Panic(fault) if fault.message == "dropped" => fault.thread,
        other => panic!("{other}"),
    });
    assert_eq!(blamed.collect::<BTreeSet<_>>(), BTreeSet::from([0, 1]));
}

#[test]
fn nobody_catches_the_panic_of_a_result_that_is_dropped() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let body = || {
        let handle = spawn(|| Panics);
        let caught = catch_unwind(AssertUnwindSafe(|| drop(handle)));
        observe(1 + u64::from(caught.is_err()));
    };
    // The thread drops it after the main thread has gone on.
    check_everywhere(body, &["main 1; panic", "panic"]);
}

#[test]
fn the_words_of_results_lose_no_ordering() {
    struct Writes(Plain<u64>);
    impl Drop for Writes {
        fn drop(&mut self) {
            self.0.set(9);
        }
    }
    let body = || {
        probe::weaken(Weakened { file: "threads.rs", at: None });
        let plain = Plain::named("plain", 0_u64);
        drop(spawn(move || {
            plain.set(1);
            yield_now();
            Writes(plain)
        }));
    };
    // That the library counts in order is no matter of the place where the thread was last.
    check_everywhere(body, &[""]);
    assert_eq!(run(&program(&body), &lockstep::Schedule::in_order(), &RunConfig::default()).weakenings, 0);
}

#[test]
fn results_are_dropped_once_however_the_execution_ends() {
    let (made, drops) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let make = || {
        made.fetch_add(1, Ordering::Relaxed);
        Counted(&drops)
    };
    let body = || {
        let gate = Atomic::named("gate", 0_u64);
        scope(|threads| {
            for number in 0..3 {
                threads.spawn(("thread", number), move || {
                    assert!(gate.fetch_add(1, SeqCst) < 2, "the last one panics");
                    make()
                });
            }
        });
    };
    for schedule in schedules(200) {
        let execution = run(&program(&body), &schedule, &RunConfig::default());
        assert_eq!(execution.end.name(), "panic");
        assert_eq!(made.load(Ordering::Relaxed), drops.load(Ordering::Relaxed));
    }
}

#[test]
fn a_handle_that_outlives_its_execution_is_dropped_for_nothing() {
    let stash = std::sync::Mutex::new(Vec::new());
    let body = || {
        let old: Vec<_> = std::mem::take(&mut *stash.lock().unwrap());
        drop(old);
        let handle = spawn(|| vec![1]);
        stash.lock().unwrap().push(handle);
    };
    for schedule in schedules(20) {
        assert_eq!(run(&program(&body), &schedule, &RunConfig::default()).end, End::Completed);
    }
    drop(stash);
}
