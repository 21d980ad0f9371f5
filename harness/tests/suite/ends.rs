//! Ends are values: whatever a subject does wrong, the run goes on and says what and where.

use crate::common;
use common::{exhaust, program, schedules};
use lockstep::probe::{Observer, bug, observe, warn};
use lockstep::sync::{Atomic, Mutex, Ordering::SeqCst, Plain, ReadWriteLock, SpinLock, WaitQueue};
use lockstep::thread::{idle, scope, spawn, yield_now};
use lockstep::{
    Blocked, End, Entry, Execution, ExploreConfig, Fault, OBSERVERS_MAX, Place, RunConfig, Schedule, Strategy,
    THREADS_MAX, explore, run,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every schedule ends the body in one of the given kinds, and each of them occurs.
#[track_caller]
fn check(body: impl Fn() + Sync, expected: &[&str]) {
    common::assert_outcomes(&body, expected);
}

#[track_caller]
fn in_order(body: impl Fn() + Sync) -> Execution {
    run(&program(&body), &Schedule::in_order(), &RunConfig::default())
}

#[track_caller]
fn fault(end: End) -> Fault {
    match end {
        End::Bug(fault) | End::Race(fault) | End::Panic(fault) | End::Misuse(fault) | End::StackLow(fault) => fault,
        end => panic!("no fault: {end}"),
    }
}

/// Line and file of a place, as ends say it.
fn line(place: Option<Place>) -> u32 {
    let place = place.expect("ends have places");
    assert!(place.file().ends_with("ends.rs"), "{place}");
    place.line()
}

fn cross(first: SpinLock, second: SpinLock) {
    first.lock();
    second.lock();
    second.unlock();
    first.unlock();
}

#[test]
fn locks_taken_crosswise_can_deadlock() {
    let body = || {
        let (first, second) = (SpinLock::named("first"), SpinLock::named("second"));
        scope(|threads| {
            threads.spawn("a", || cross(first, second));
            threads.spawn("b", || cross(second, first));
        });
    };
    check(body, &["", "deadlock: a b main"]);
}

#[test]
fn a_deadlock_names_the_cycle_and_its_places() {
    let acquired = line!() + 5;
    let body = || {
        let (first, second) = (SpinLock::named("first"), SpinLock::named("second"));
        scope(|threads| {
            threads.spawn("a", || {
                first.lock();
                second.lock();
            });
            threads.spawn("b", || {
                second.lock();
                first.lock();
            });
        });
    };
    let deadlocks =
        schedules(200).filter_map(|schedule| match run(&program(&body), &schedule, &RunConfig::default()).end {
            End::Deadlock { cycle: 2, blocked } => Some(blocked),
            _ => None,
        });
    let mut seen = 0;
    for blocked in deadlocks {
        let [a, b, main]: [Blocked; 3] = blocked.try_into().expect("three are blocked");
        assert_eq!((a.name.as_str(), a.waits, a.object.as_str(), a.holder), ("a", "lock", "second", Some(2)));
        assert_eq!((b.name.as_str(), b.waits, b.object.as_str(), b.holder), ("b", "lock", "first", Some(1)));
        assert_eq!((main.name.as_str(), main.waits, main.object.as_str()), ("main", "end of", "a"));
        assert_eq!(line(a.place), acquired + 1);
        assert_eq!(line(a.held_since), acquired + 4);
        assert_eq!(line(b.place), acquired + 5);
        assert_eq!(line(b.held_since), acquired);
        seen += 1;
    }
    assert!(seen > 10);
}

#[test]
fn threads_that_join_one_another_deadlock() {
    let body = || {
        let handles = Arc::new(Mutex::new(None));
        let turn = Atomic::named("turn", 0_u64);
        let theirs = Arc::clone(&handles);
        let first = spawn(move || {
            lockstep::sync::await_until(|| turn.load(SeqCst) == 1);
            let second: lockstep::thread::JoinHandle<()> = theirs.lock().unwrap().take().unwrap();
            second.join().unwrap();
        });
        let second = spawn(move || first.join().unwrap());
        *handles.lock().unwrap() = Some(second);
        turn.store(1, SeqCst);
    };
    check(body, &["deadlock: thread thread"]);
}

#[test]
fn a_lock_that_a_thread_forgot_to_release_is_found_with_its_place() {
    let taken = line!() + 4;
    let body = || {
        let lock = SpinLock::named("lock");
        scope(|threads| {
            threads.spawn("forgetful", || lock.lock()).join();
            threads.spawn("waiter", || lock.lock());
        });
    };
    let End::Deadlock { cycle: 0, blocked } = in_order(body).end else { panic!() };
    let waiter = blocked.iter().find(|one| one.name == "waiter").unwrap();
    assert_eq!((waiter.object.as_str(), waiter.holder), ("lock", Some(1)));
    assert_eq!(line(waiter.held_since), taken);
    check(body, &["stuck: main waiter"]);
}

#[test]
fn a_thread_that_takes_its_own_lock_again_waits_for_itself() {
    let body = || {
        let lock = SpinLock::named("lock");
        lock.lock();
        lock.lock();
    };
    check(body, &["deadlock: main"]);
}

#[test]
fn a_lock_held_by_readers_is_not_said_to_be_taken_by_an_earlier_writer() {
    let body = || {
        let lock = ReadWriteLock::named("lock");
        lock.write_lock();
        lock.write_unlock();
        lock.read_lock();
        lock.write_lock();
    };
    let End::Deadlock { blocked, .. } = in_order(body).end else { panic!() };
    assert_eq!(blocked[0].holder, None);
    assert_eq!(blocked[0].held_since, None);
}

#[test]
fn a_sleeper_that_nobody_wakes_is_stuck() {
    let body = || {
        let (lock, queue) = (SpinLock::named("lock"), WaitQueue::named("queue"));
        lock.lock();
        queue.wait(&lock);
    };
    check(body, &["stuck: main"]);
    let End::Deadlock { blocked, .. } = in_order(body).end else { panic!() };
    assert_eq!((blocked[0].waits, blocked[0].object.as_str()), ("wake-up in", "queue"));
}

#[test]
fn an_endless_loop_over_choice_points_reaches_the_limit() {
    let body = || {
        loop {
            yield_now();
        }
    };
    assert_eq!(in_order(body).end, End::StepLimit(RunConfig::default().steps_max));
    let config = RunConfig { steps_max: 17, ..RunConfig::default() };
    let execution = run(&program(&body), &Schedule::uniform(1), &config);
    assert_eq!(execution.end, End::StepLimit(17));
    assert!(execution.steps <= 18);
}

#[test]
fn the_limit_also_stops_threads_that_wake_one_another_for_ever() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("a", || {
                loop {
                    lockstep::sync::await_until(|| word.load(SeqCst) == 0);
                    word.store(1, SeqCst);
                }
            });
            loop {
                lockstep::sync::await_until(|| word.load(SeqCst) == 1);
                word.store(0, SeqCst);
            }
        })
    };
    for schedule in schedules(5) {
        let end = run(&program(&body), &schedule, &RunConfig::default()).end;
        assert!(matches!(end, End::StepLimit(_)), "{end}");
    }
}

#[test]
fn a_bug_ends_the_execution_with_its_place() {
    let here = line!() + 1;
    let fault = fault(in_order(|| bug("the list is corrupt")).end);
    assert_eq!((fault.thread, fault.message.as_str(), line(fault.place)), (0, "the list is corrupt", here));
}

#[test]
fn after_a_bug_nothing_runs() {
    let body = || {
        scope(|threads| {
            threads.spawn("a", || observe(1));
            bug("stop");
        });
    };
    check(body, &["bug"]);
}

#[test]
fn a_warning_is_recorded_and_the_thread_goes_on() {
    let body = || {
        observe(1);
        warn("this is odd");
        observe(2);
    };
    check(body, &["main 1 \"this is odd\" 2"]);
    let execution = in_order(body);
    assert_eq!(execution.end, End::Completed);
    assert_eq!(execution.outcome.columns[0].entries[1], Entry::Warning("this is odd"));
}

#[test]
fn a_panic_is_an_end_with_its_message() {
    let number = 7;
    let fixed = fault(in_order(|| panic!("fixed")).end);
    assert_eq!((fixed.thread, fixed.message.as_str()), (0, "fixed"));
    let formatted = fault(in_order(|| panic!("number {number}")).end);
    assert_eq!(formatted.message, "number 7");
    let other = fault(in_order(|| std::panic::panic_any(7)).end);
    assert_eq!(other.message, "a panic without a message");
}

#[test]
fn a_panic_in_a_started_thread_ends_the_execution() {
    let body = || {
        let thread = spawn(|| panic!("in the thread"));
        yield_now();
        thread.join().unwrap();
    };
    check(body, &["panic"]);
    let fault = fault(in_order(body).end);
    assert_eq!((fault.thread, fault.message.as_str()), (1, "in the thread"));
}

#[test]
fn a_panic_with_a_held_guard_is_a_panic_under_every_schedule() {
    let body = || {
        let mutex = Mutex::new(0);
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    let guard = mutex.lock().unwrap();
                    assert!(*guard > 0, "the guarded value is too small");
                });
            }
        });
    };
    check(body, &["panic"]);
}

#[test]
fn while_a_panic_unwinds_nobody_else_runs() {
    // The guard is dropped by the unwinding. If that gave way, the other thread would end the execution first, in a fault of its own.
    let body = || {
        let mutex = Arc::new(Mutex::new(()));
        let theirs = Arc::clone(&mutex);
        let flag = Atomic::named("flag", false);
        let other = spawn(move || {
            let guard = theirs.lock().unwrap();
            if flag.load(SeqCst) {
                bug("ran while the panic unwound");
            }
            drop(guard);
        });
        let guard = mutex.lock().unwrap();
        flag.store(true, SeqCst);
        let inner = Mutex::new(());
        let inner = inner.lock().unwrap();
        if flag.load(SeqCst) {
            panic!("with two guards");
        }
        drop(inner);
        drop(guard);
        other.join().unwrap();
    };
    check(body, &["panic"]);
}

/// Does things when dropped, as guards of a subject do.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn a_destructor_may_use_primitives_while_a_panic_unwinds() {
    let body = || {
        let (lock, word) = (SpinLock::named("lock"), Atomic::named("word", 0_u64));
        let other = spawn(move || {
            if word.load(SeqCst) > 0 {
                bug("ran while the panic unwound");
            }
        });
        let _guard = OnDrop(|| {
            word.store(1, SeqCst);
            lock.lock();
            lock.unlock();
            yield_now();
        });
        if word.load(SeqCst) == 0 {
            panic!("with a destructor");
        }
        other.join().unwrap();
    };
    check(body, &["panic"]);
}

#[test]
fn a_destructor_that_breaks_a_rule_while_a_panic_unwinds_does_not_kill_the_run() {
    let body = || {
        let lock = SpinLock::named("lock");
        let _guard = OnDrop(|| lock.unlock());
        panic!("and unlocks what it does not hold");
    };
    check(body, &["panic"]);
}

#[test]
fn a_panic_inside_of_a_scope_ends_the_execution() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        let owned = [1, 2, 3];
        scope(|threads| {
            threads.spawn("a", || word.store(owned[0], SeqCst));
            if word.load(SeqCst) < 2 {
                panic!("in the scope");
            }
        });
    };
    check(body, &["panic"]);
}

#[test]
fn a_panic_in_a_scoped_thread_ends_the_execution() {
    let body = || {
        let owned = [1, 2, 3];
        scope(|threads| {
            threads.spawn("a", || assert!(owned.len() > 3, "too short"));
            threads.spawn("b", || observe(owned.len() as u64));
        });
    };
    check(body, &["b 3; panic", "panic"]);
}

/// Counts in `left` what of `body` is never dropped and in `twice` what is dropped more than once.
struct Counted<'a> {
    drops: &'a AtomicUsize,
}

impl<'a> Counted<'a> {
    fn new(made: &AtomicUsize, drops: &'a AtomicUsize) -> Counted<'a> {
        made.fetch_add(1, Ordering::Relaxed);
        Counted { drops }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::Relaxed);
    }
}

/// Under every schedule everything that the body makes is dropped once.
#[track_caller]
fn check_drops(body: impl Fn(&AtomicUsize, &AtomicUsize) + Sync) {
    let (made, drops) = (AtomicUsize::new(0), AtomicUsize::new(0));
    for schedule in schedules(100) {
        run(&program(&|| body(&made, &drops)), &schedule, &RunConfig { steps_max: 200, ..RunConfig::default() });
        assert_eq!(made.load(Ordering::Relaxed), drops.load(Ordering::Relaxed), "{schedule:?}");
    }
    assert!(made.load(Ordering::Relaxed) > 0);
}

#[test]
fn unwinding_drops_once_what_blocked_threads_own() {
    check_drops(|made, drops| {
        let (lock, queue) = (SpinLock::named("lock"), WaitQueue::named("queue"));
        scope(|threads| {
            let captured = Counted::new(made, drops);
            threads.spawn("sleeper", move || {
                let _captured = captured;
                let _local = Counted::new(made, drops);
                let _guard = lock.guard();
                queue.wait(&lock);
            });
            let never_begun = Counted::new(made, drops);
            threads.spawn("late", move || {
                let _captured = never_begun;
                yield_now();
            });
            let _local = Counted::new(made, drops);
            if lock.is_locked() {
                bug("stop");
            }
        });
    });
}

#[test]
fn a_step_limit_drops_once_what_all_threads_own() {
    check_drops(|made, drops| {
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    let _local = Counted::new(made, drops);
                    loop {
                        yield_now();
                    }
                });
            }
        });
    });
}

#[test]
fn what_a_thread_borrows_outlives_its_destructors() {
    // The main thread owns the vector; the blocked thread reads it in a destructor.
    let sum = AtomicUsize::new(0);
    let body = || {
        let lock = SpinLock::named("lock");
        let owned: Vec<usize> = (0..1_000).collect();
        lock.lock();
        scope(|threads| {
            let (lock, owned, sum) = (&lock, &owned, &sum);
            threads.spawn("a", move || {
                let _reader = OnDrop(|| sum.store(owned.iter().sum(), Ordering::Relaxed));
                lock.lock();
            });
            let late = OnDrop(|| sum.store(owned.iter().sum(), Ordering::Relaxed));
            threads.spawn("late", move || {
                let _late = &late;
                yield_now();
            });
        });
    };
    for schedule in schedules(50) {
        sum.store(0, Ordering::Relaxed);
        run(&program(&body), &schedule, &RunConfig::default());
        assert_eq!(sum.load(Ordering::Relaxed), 499_500);
    }
}

#[test]
fn what_a_thread_borrows_outlives_its_destructors_when_the_scope_panics() {
    let wrong = AtomicUsize::new(0);
    let body = || {
        let lock = SpinLock::named("lock");
        let owned: Vec<usize> = (0..1_000).collect();
        lock.lock();
        scope(|threads| {
            let (lock, owned, wrong) = (&lock, &owned, &wrong);
            threads.spawn("a", move || {
                let _reader = OnDrop(|| {
                    if owned.iter().sum::<usize>() != 499_500 {
                        wrong.fetch_add(1, Ordering::Relaxed);
                    }
                });
                lock.lock();
            });
            yield_now();
            panic!("in the scope");
        });
    };
    for schedule in schedules(50) {
        let end = run(&program(&body), &schedule, &RunConfig::default()).end;
        assert_eq!(fault(end).message, "in the scope");
    }
    assert_eq!(wrong.load(Ordering::Relaxed), 0);
}

#[test]
fn a_panic_leaves_a_scope_when_its_threads_have_ended() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        let left = std::panic::catch_unwind(|| {
            scope(|threads| {
                threads.spawn("a", move || word.store(1, SeqCst));
                std::panic::resume_unwind(Box::new("in the scope"));
            })
        });
        observe(u64::from(left.is_err()));
        observe(word.load(SeqCst));
    };
    let exploration = exhaust(&body);
    let texts: Vec<String> = exploration.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect();
    assert_eq!(texts, ["main 1 1"]);
    assert!(exploration.evidence.is_exhaustive(), "nothing is left out: '{}'", exploration.evidence);
}

#[test]
fn a_destructor_that_joins_a_blocked_thread_does_not_kill_the_run() {
    let body = || {
        let lock = SpinLock::named("lock");
        lock.lock();
        let mut handle = Some(spawn(move || lock.lock()));
        let _joins = OnDrop(move || drop(handle.take().unwrap().join()));
        bug("stop");
    };
    check(body, &["bug"]);
}

#[test]
fn a_subject_that_catches_every_panic_does_not_kill_the_run() {
    let body = || {
        let lock = SpinLock::named("lock");
        lock.lock();
        spawn(move || {
            let _ = std::panic::catch_unwind(|| lock.lock());
            lock.unlock();
        });
        bug("stop");
    };
    check(body, &["bug"]);
}

#[test]
fn an_unlock_of_a_lock_that_another_holds_is_a_misuse() {
    let body = || {
        let lock = SpinLock::named("lock");
        lock.lock();
        scope(|threads| {
            threads.spawn("a", || lock.unlock());
        });
    };
    check(body, &["misuse"]);
    let fault = fault(in_order(body).end);
    assert_eq!((fault.thread, fault.message.as_str()), (1, "unlock of lock, which the thread does not hold"));
}

#[test]
fn an_unlock_of_a_free_lock_is_a_misuse() {
    check(|| SpinLock::named("lock").unlock(), &["misuse"]);
    check(|| ReadWriteLock::named("lock").write_unlock(), &["misuse"]);
    check(|| ReadWriteLock::named("lock").read_unlock(), &["misuse"]);
}

#[test]
fn to_sleep_without_the_lock_is_a_misuse() {
    check(|| WaitQueue::named("queue").wait(&SpinLock::named("lock")), &["misuse"]);
}

fn recurse(word: Atomic<u64>, depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    if word.load(SeqCst) == u64::MAX { depth } else { recurse(word, depth + 1) + room[depth as usize % 64] }
}

#[test]
fn recursion_over_choice_points_ends_before_the_stack_does() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("deep", || observe(recurse(word, 0)));
            yield_now();
        });
    };
    for schedule in schedules(20) {
        let fault = fault(run(&program(&body), &schedule, &RunConfig::default()).end);
        assert_eq!(fault.thread, 1);
        assert!(fault.message.contains("stack ran low"), "{}", fault.message);
        line(fault.place);
    }
}

#[test]
fn sixteen_threads_run_and_a_seventeenth_is_a_misuse() {
    let body = |count: usize| {
        scope(|threads| {
            for thread in 1..count {
                threads.spawn(("thread", thread as u32), yield_now);
            }
        });
    };
    for schedule in schedules(20) {
        let full = run(&program(&|| body(THREADS_MAX)), &schedule, &RunConfig::default());
        assert_eq!(full.end, End::Completed);
        assert_eq!(full.threads.len(), THREADS_MAX);
        let fault = fault(run(&program(&|| body(THREADS_MAX + 1)), &schedule, &RunConfig::default()).end);
        assert_eq!(fault.message, "more than 16 threads in one execution");
    }
}

#[test]
fn more_observers_than_there_are_columns_is_a_misuse() {
    let body = |count: usize| {
        for number in 0..count {
            Observer::named(("observer", number as u32)).note(1);
        }
    };
    assert_eq!(in_order(|| body(OBSERVERS_MAX)).end, End::Completed);
    assert!(matches!(in_order(|| body(OBSERVERS_MAX + 1)).end, End::Misuse(_)));
}

/// Ends in as many ways as there are, by a word that counts the executions of one runner.
fn misbehave(way: usize) {
    let (lock, queue) = (SpinLock::named("lock"), WaitQueue::named("queue"));
    let mutex = Arc::new(Mutex::new(0_u64));
    let plain = Plain::named("plain", 0_u64);
    let theirs = Arc::clone(&mutex);
    spawn(move || {
        let _guard = theirs.lock().unwrap();
        lock.lock();
    });
    match way {
        0 => bug("on purpose"),
        1 => {
            let _guard = mutex.lock().unwrap();
            panic!("on purpose");
        }
        2 => lock.unlock(),
        3 => loop {
            yield_now();
        },
        4 => {
            spawn(move || plain.set(1));
            plain.set(2);
        }
        5 => observe(recurse(Atomic::named("word", 0), 0)),
        6 => {
            for _ in 0..THREADS_MAX {
                spawn(|| ());
            }
        }
        7 => {
            lock.lock();
            queue.wait(&lock);
            queue.wait(&lock);
        }
        8 => scope(|threads| {
            threads.spawn("scoped", move || lock.lock());
            panic!("on purpose");
        }),
        _ => {
            lock.lock();
            idle();
        }
    }
}

#[test]
fn no_end_changes_the_executions_that_follow_it() {
    let well = || {
        let word = Atomic::named("word", 0_u64);
        let mutex = Mutex::new(0_u64);
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    *mutex.lock().unwrap() += 1;
                    observe(word.load(SeqCst));
                    word.store(word.load(SeqCst) + 1, SeqCst);
                });
            }
        });
        observe(word.load(SeqCst) + mutex.into_inner() * 10);
    };
    let config = |seed| ExploreConfig { executions: 1_000, seed, ..ExploreConfig::default() };
    for seed in 0..2 {
        let alone = explore(&program(&well), &config(seed));
        // On one runner: every second execution misbehaves. The well-behaved ones are the odd numbers of the same seed.
        let count = AtomicUsize::new(0);
        let mixed = || {
            let nth = count.fetch_add(1, Ordering::Relaxed);
            if nth.is_multiple_of(2) { misbehave(nth / 2 % 10) } else { well() }
        };
        let result = explore(&program(&mixed), &config(seed));
        let completed: Vec<_> = result.outcomes.iter().filter(|seen| seen.outcome.end == End::Completed).collect();
        let total: u64 = completed.iter().map(|seen| seen.count).sum();
        assert_eq!(total, 500);
        let mut faults = 0;
        for seen in result.outcomes.iter().filter(|seen| seen.outcome.end != End::Completed) {
            faults += seen.count;
            assert!(!seen.outcome.columns.iter().any(|column| column.name == "a"), "{}", seen.outcome.end);
        }
        assert_eq!(faults, 500);
        for seen in completed {
            let known = alone.outcomes.get(seen.outcome.id).expect("the outcome also occurs without bad neighbours");
            assert_eq!(known.outcome, seen.outcome);
            let again = run(&program(&well), &seen.witness, &RunConfig::default());
            assert_eq!(again.outcome, seen.outcome);
        }
    }
}

#[test]
fn every_end_can_be_enumerated() {
    for way in [0, 1, 2, 4, 6, 7, 8, 9] {
        let result = exhaust_to(1, &|| misbehave(way));
        assert!(!result.outcomes.is_empty());
        assert!(result.outcomes.iter().all(|seen| seen.outcome.end.is_fault()), "{way}");
    }
    drop(exhaust(&|| ()));
}

fn exhaust_to(preemptions: u32, body: &(dyn Fn() + Sync)) -> lockstep::Exploration {
    let strategy = Strategy::Bounded { preemptions };
    explore(&program(body), &ExploreConfig { strategy, executions: 2_000, ..ExploreConfig::default() })
}
