//! Safe code can do anything but break the machine: keep handles, catch what is thrown, panic where it hurts.
#![forbid(unsafe_code)]
#![allow(missing_docs)]

mod callbacks;
mod guards;
mod handles;

use lockstep::probe::bug;
use lockstep::sync::{Atomic, Condvar, Mutex, Ordering::SeqCst, Plain, SpinLock, await_until};
use lockstep::thread::{scope, spawn, yield_now};
use lockstep::{
    Abandon, End, Execution, ExploreConfig, Program, RunConfig, Schedule, Strategy, THREADS_MAX, explore, run,
};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicUsize, Ordering};

fn program<'a>(body: &'a (dyn Fn() + Sync)) -> Program<'a> {
    Program { body, abandon: Abandon::Unwind }
}

fn in_order(body: impl Fn() + Sync) -> Execution {
    run(&program(&body), &Schedule::in_order(), &RunConfig::default())
}

/// The end of the body under some schedules, every time the same.
#[track_caller]
fn end_of(body: impl Fn() + Sync) -> End {
    let end = in_order(&body).end.without_places();
    for seed in 0..20 {
        let other = run(&program(&body), &Schedule::uniform(seed), &RunConfig::default()).end.without_places();
        assert_eq!((seed, other.name()), (seed, end.name()));
    }
    end
}

#[track_caller]
fn assert_foreign(end: &End) {
    match end {
        End::Misuse(fault) => assert!(fault.message.contains("a handle of another execution"), "{fault}"),
        other => panic!("a handle of another execution was accepted: {other}"),
    }
}

/// What `make` makes in one execution is used in the next, of the same runner and of another.
#[track_caller]
fn check_foreign<T: Send + Sync>(make: impl Fn() -> T + Sync, use_it: impl Fn(&T) + Sync) {
    let kept = std::sync::OnceLock::new();
    let count = AtomicUsize::new(0);
    let body = || {
        // As many objects of other kinds as the handle can have been the number of.
        let first = count.fetch_add(1, Ordering::Relaxed) == 0;
        if first {
            assert!(kept.set(make()).is_ok());
        }
        for _ in 0..4 {
            let _others = (Atomic::new(0_u64), Plain::new(0_u64), SpinLock::named("lock"), spawn(|| ()));
        }
        if !first {
            use_it(kept.get().expect("made before"));
            bug("went on");
        }
    };
    let config = ExploreConfig { executions: 3, jobs: 1, ..ExploreConfig::default() };
    let result = explore(&program(&body), &config);
    assert_eq!(result.outcomes.len(), 2);
    let end = &result.outcomes.iter().find(|seen| seen.outcome.end != End::Completed).expect("misused").outcome.end;
    assert_foreign(end);
    assert_foreign(&in_order(body).end);
}

#[test]
fn unwinding_that_is_caught_for_ever_ends_all_the_same() {
    fn catch_for_ever() {
        let gate = Atomic::new(0_u32);
        loop {
            let _ = catch_unwind(|| await_until(|| gate.read_once() == 9));
        }
    }
    fn keep_for_ever() {
        let gate = Atomic::new(0_u32);
        loop {
            std::mem::forget(catch_unwind(|| await_until(|| gate.read_once() == 9)));
        }
    }
    fn caught_twice() {
        let gate = Atomic::new(0_u32);
        loop {
            let _ = catch_unwind(|| {
                loop {
                    let caught = catch_unwind(|| await_until(|| gate.read_once() == 9));
                    let _ = catch_unwind(AssertUnwindSafe(|| drop(caught)));
                    yield_now();
                }
            });
        }
    }
    let over = |thread: fn()| {
        move || {
            spawn(thread);
            yield_now();
            bug("over");
        }
    };
    for thread in [catch_for_ever, keep_for_ever, caught_twice] {
        assert_eq!(end_of(over(thread)).name(), "bug");
    }
    // In a scope and in the main thread.
    let scoped = || {
        scope(|threads| {
            threads.spawn("scoped", catch_for_ever);
            yield_now();
            bug("over");
        });
    };
    assert_eq!(end_of(scoped).name(), "bug");
    assert_eq!(end_of(catch_for_ever).name(), "deadlock");
    assert_eq!(end_of(caught_twice).name(), "deadlock");
}

#[test]
fn a_stack_that_is_given_up_stays_as_it_was() {
    // Thousands of them, one after the other, and executions after them go on as ever.
    let body = || {
        let gate = Atomic::new(0_u32);
        spawn(move || {
            loop {
                std::mem::forget(catch_unwind(|| await_until(|| gate.read_once() == 9)));
            }
        });
        yield_now();
        bug("over");
    };
    let config = ExploreConfig { strategy: Strategy::Uniform, executions: 50, jobs: 1, ..ExploreConfig::default() };
    let result = explore(&program(&body), &config);
    assert_eq!((result.executions, result.outcomes.len()), (50, 1));
}

struct Bomb(u32);

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 > 0 {
            panic_any(Bomb(self.0 - 1));
        }
    }
}

#[test]
fn a_panic_whose_destructor_panics_is_a_panic() {
    for depth in [1, 3, 100] {
        assert_eq!(end_of(|| panic_any(Bomb(depth))).name(), "panic");
        // And where the panic is that of a destructor, after the end.
        let body = || {
            spawn(move || {
                let _bomb = Bomb(depth);
                yield_now();
            });
            let bomb = Bomb(depth);
            spawn(move || drop(bomb));
            bug("over");
        };
        assert_eq!(in_order(body).end.name(), "bug");
    }
}

#[test]
fn an_execution_inside_of_another_is_a_panic_of_the_subject() {
    let body = || drop(in_order(|| ()));
    match end_of(body) {
        End::Panic(fault) => assert!(fault.message.contains("inside of another one"), "{fault}"),
        other => panic!("{other}"),
    }
}

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn destructors_can_do_anything_after_the_end() {
    let acts: [fn(); 8] = [
        || _ = spawn(|| ()),
        || drop(spawn(|| 5).join()),
        || scope(|threads| _ = threads.spawn("late", || ())),
        || drop(Mutex::new(5).lock().unwrap()),
        || drop(catch_unwind(|| bug("again"))),
        || drop(catch_unwind(|| in_order(|| ()))),
        || (0..2 * THREADS_MAX).for_each(|_| _ = spawn(|| drop(OnDrop(|| _ = spawn(|| ()))))),
        || {
            let (mutex, condvar) = (Mutex::new(false), Condvar::new());
            drop(condvar.wait(mutex.lock().unwrap()));
        },
    ];
    for act in acts {
        let body = || {
            let captured = OnDrop(act);
            spawn(move || {
                let _local = OnDrop(act);
                let _captured = captured;
                SpinLock::named("lock").lock();
                loop {
                    yield_now();
                }
            });
            let never_begun = OnDrop(act);
            yield_now();
            spawn(move || drop(never_begun));
            let _result = spawn(move || OnDrop(act));
            let _local = OnDrop(act);
            bug("over");
        };
        assert_eq!(end_of(body).name(), "bug");
    }
}

#[test]
fn a_destructor_that_loops_after_the_end_is_given_up() {
    let body = || {
        let word = Atomic::new(0_u32);
        spawn(move || {
            loop {
                std::mem::forget(catch_unwind(|| word.load(SeqCst)));
            }
        });
        yield_now();
        bug("over");
    };
    assert_eq!(end_of(body).name(), "bug");
}
