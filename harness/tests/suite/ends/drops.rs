//! What an execution that ends early drops, once and in time.

use super::{OnDrop, check, fault};
use crate::common;
use common::{program, schedules};
use lockstep::probe::bug;
use lockstep::sync::{SpinLock, WaitQueue};
use lockstep::thread::{scope, spawn, yield_now};
use lockstep::{RunConfig, run};
use std::sync::atomic::{AtomicUsize, Ordering};

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
