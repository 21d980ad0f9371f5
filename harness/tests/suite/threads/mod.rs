//! Threads: starting, joining, results, scopes.

mod results;

use crate::common;
use common::{program, schedules};
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Ordering::SeqCst};
use lockstep::thread::{Scope, ScopedJoinHandle, Status, current, scope, spawn, status, yield_now};
use lockstep::{ExploreConfig, MemoryModel, RunConfig, Strategy, explore, run};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::mem::forget;

#[track_caller]
fn check(body: impl Fn() + Sync, expected: &[&str]) {
    common::assert_outcomes(&body, expected);
}

/// The outcomes of an exhaustive search under each memory model: all that these schedules show, and no others.
#[track_caller]
fn check_everywhere(body: impl Fn() + Sync, expected: &[&str]) {
    for memory in MemoryModel::ALL {
        let config =
            ExploreConfig { strategy: Strategy::Exhaustive, memory, steps_max: 400, ..ExploreConfig::default() };
        let result = explore(&program(&body), &config);
        assert!(result.evidence.is_exhaustive(), "{}: {}", memory.name(), result.evidence);
        let texts: BTreeSet<String> = result.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect();
        assert_eq!(texts, expected.iter().map(|&text| text.to_owned()).collect(), "{}", memory.name());
        for schedule in schedules(100) {
            let execution = run(&program(&body), &schedule, &RunConfig { memory, ..RunConfig::default() });
            assert!(texts.contains(&common::text(&execution.outcome)), "{}: {schedule:?}", memory.name());
        }
    }
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

#[test]
fn a_scope_waits_for_threads_that_its_threads_start() {
    let body = || {
        let x = Atomic::named("x", 0_u64);
        scope(|threads| {
            threads.spawn("outer", move || {
                threads.spawn("inner", move || x.store(1, SeqCst));
            });
        });
        observe(x.load(SeqCst));
    };
    check_everywhere(body, &["main 1"]);
}

/// Starts a thread of the scope when it is dropped.
struct Starts<'scope, 'env>(&'scope Scope<'scope, 'env>, &'scope Cell<u64>, Atomic<u64>);

impl Drop for Starts<'_, '_> {
    fn drop(&mut self) {
        start_late(self.0, self.1, self.2);
    }
}

fn start_late<'scope, 'env>(threads: &'scope Scope<'scope, 'env>, cell: &'scope Cell<u64>, word: Atomic<u64>) {
    threads.spawn("late", move || {
        word.store(1, SeqCst);
        cell.set(cell.get() + 1);
    });
}

#[test]
fn what_a_destructor_starts_in_a_scope_ends_with_it() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        let cell = Box::new(Cell::new(0));
        scope(|threads| {
            let cell = &*cell;
            threads.spawn("first", move || Starts(threads, cell, word));
        });
        observe(cell.get());
        observe(word.load(SeqCst));
    };
    check_everywhere(body, &["main 1 1"]);
}

/// Joins a thread of the scope when it is dropped.
struct Joins<'scope>(&'scope Cell<Option<ScopedJoinHandle<'scope, Vec<u64>>>>);

impl Drop for Joins<'_> {
    fn drop(&mut self) {
        self.0.take().expect("it is there").join();
    }
}

#[test]
fn a_forgotten_handle_of_a_scope_is_a_misuse() {
    // The library never leaves these scopes. What would be left of their threads may borrow, start threads and join others.
    let starts = || {
        let (word, cell) = (Atomic::named("word", 0_u64), Box::new(Cell::new(0)));
        scope(|threads| {
            let cell = &*cell;
            forget(threads.spawn("first", move || Starts(threads, cell, word)));
        });
        observe(1);
    };
    let joins = || {
        scope(|threads| {
            let slot = Box::leak(Box::new(Cell::new(None)));
            slot.set(Some(threads.spawn("low", || vec![1])));
            forget(threads.spawn("high", || Joins(slot)));
        });
        observe(1);
    };
    let plain = || {
        scope(|threads| forget(threads.spawn("first", || 1)));
        observe(1);
    };
    let bodies: [&(dyn Fn() + Sync); 3] = [&starts, &joins, &plain];
    bodies.into_iter().for_each(|body| check_everywhere(body, &["misuse"]));
    let panics = || {
        scope(|threads| {
            forget(threads.spawn("first", || vec![1]));
            panic!("the scope cannot be left by that either");
        });
    };
    for schedule in schedules(20) {
        let execution = run(&program(&panics), &schedule, &RunConfig::default());
        assert!(matches!(execution.end.name(), "misuse" | "panic"), "{}", execution.end);
    }
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
