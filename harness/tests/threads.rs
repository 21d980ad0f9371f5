//! Threads: starting, joining, results, scopes.
#![allow(missing_docs)]

#[allow(dead_code)]
mod common;

use common::{program, schedules};
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Mutex, MutexGuard, Ordering::SeqCst};
use lockstep::thread::{Status, current, scope, spawn, status, yield_now};
use lockstep::{End, RunConfig, explore, run};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[track_caller]
fn check(body: impl Fn() + Sync, expected: &[&str]) {
    common::assert_outcomes(&body, expected);
}

#[test]
fn a_join_returns_the_result() {
    check(|| observe(spawn(|| 42).join().unwrap()), &["main 42"]);
    check(|| observe(scope(|threads| threads.spawn("a", || 42).join())), &["main 42"]);
}

#[test]
fn a_scope_returns_the_result_of_its_closure_and_waits_for_its_threads() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        let result = scope(|threads| {
            threads.spawn("a", || word.store(1, SeqCst));
            threads.spawn("b", || {
                yield_now();
                word.fetch_add(10, SeqCst);
            });
            7
        });
        observe(result);
        observe(u64::from(word.peek() == 11 || word.peek() == 1));
    };
    check(body, &["main 7 1"]);
}

#[test]
fn threads_run_in_any_order() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            for thread in 1..=3 {
                let word = &word;
                threads
                    .spawn(("thread", thread as u32), move || word.fetch_update_word(SeqCst, |old| old * 10 + thread));
            }
        });
        observe(word.peek());
    };
    check(body, &["main 123", "main 132", "main 213", "main 231", "main 312", "main 321"]);
}

#[test]
fn large_and_aligned_closures_and_results_arrive_whole() {
    #[derive(Clone, Copy)]
    #[repr(align(64))]
    struct Aligned([u64; 100]);
    let body = || {
        let large: [u64; 1_000] = std::array::from_fn(|at| at as u64);
        let aligned = Aligned(std::array::from_fn(|at| at as u64 * 3));
        let first = spawn(move || {
            yield_now();
            large.map(|word| word + 1)
        });
        let second = spawn(move || {
            assert_eq!((&raw const aligned).addr() % 64, 0);
            aligned
        });
        let exact = [7_u8; 256];
        let third = spawn(move || exact);
        observe(first.join().unwrap().iter().sum());
        observe(second.join().unwrap().0.iter().sum());
        observe(third.join().unwrap().iter().map(|&byte| u64::from(byte)).sum());
    };
    check(body, &["main 500500 14850 1792"]);
}

#[test]
fn a_thread_knows_its_number() {
    let body = || {
        observe(current() as u64);
        let handles = [spawn(current), spawn(current)];
        let numbers = handles.each_ref().map(|handle| handle.number());
        let known = handles.map(|handle| handle.join().unwrap());
        assert_eq!(numbers, known);
        known.into_iter().for_each(|number| observe(number as u64));
    };
    check(body, &["main 0 1 2"]);
}

#[test]
fn a_dropped_handle_lets_the_thread_run_on() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        let _ = spawn(move || word.store(1, SeqCst));
        lockstep::sync::await_until(|| word.load(SeqCst) == 1);
        observe(1);
    };
    check(body, &["main 1"]);
}

#[test]
fn the_execution_goes_on_after_the_main_thread() {
    let body = || {
        spawn(|| {
            yield_now();
            yield_now();
            observe(1);
        });
    };
    check(body, &["thread 1"]);
}

#[test]
fn a_status_tells_who_has_ended() {
    let body = || {
        let thread = spawn(|| ());
        yield_now();
        observe(u64::from(status(thread.number()) == Status::Finished));
        let number = thread.number();
        thread.join().unwrap();
        observe(u64::from(status(number) == Status::Finished));
    };
    check(body, &["main 0 1", "main 1 1"]);
}

#[test]
fn threads_start_threads() {
    let body = || {
        let inner =
            spawn(|| spawn(|| scope(|threads| threads.spawn("inmost", || 3_u64).join() + 1)).join().unwrap() + 1);
        observe(inner.join().unwrap());
    };
    check(body, &["main 5"]);
}

#[test]
fn a_join_of_an_ended_thread_does_not_block() {
    let body = || {
        let thread = spawn(|| 1);
        lockstep::thread::idle();
        observe(thread.join().unwrap());
    };
    check(body, &["main 1"]);
}

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
    // Who returns its lock without anybody taking the result has not released it: the scope does, as the one who drops it.
    let result = explore(&program(&body), &lockstep::ExploreConfig { executions: 500, ..Default::default() });
    assert_eq!(result.outcomes.len(), 1);
    let ends: Vec<_> = result.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect();
    assert!(ends == ["misuse"] || ends == ["main 1"], "{ends:?}");
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
    let result = explore(&program(&body), &lockstep::ExploreConfig { executions: 500, ..Default::default() });
    let ends: Vec<_> = result.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect();
    assert_eq!(ends, [""]);
    assert_eq!(alive.load(Ordering::Relaxed), 0);
}

#[test]
fn a_program_can_be_run_from_several_os_threads() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("a", || word.fetch_add(1, SeqCst));
            threads.spawn("b", || word.fetch_add(1, SeqCst));
        });
        observe(word.peek());
    };
    std::thread::scope(|os_threads| {
        for _ in 0..3 {
            os_threads.spawn(|| check(body, &["main 2"]));
        }
    });
}
