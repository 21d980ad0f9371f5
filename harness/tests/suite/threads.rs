//! Threads: starting, joining, results, scopes.

use crate::common;
use common::{program, schedules};
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Mutex, MutexGuard, Ordering::SeqCst, Plain};
use lockstep::thread::{Scope, ScopedJoinHandle, Status, current, scope, spawn, status, yield_now};
use lockstep::{End, ExploreConfig, MemoryModel, RunConfig, Strategy, Weakened, explore, probe, run};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind};
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
