//! Panics of a subject, and what runs while they unwind.

use super::{OnDrop, check, fault, in_order};
use crate::common;
use common::exhaust;
use lockstep::probe::{bug, observe};
use lockstep::sync::{Atomic, Mutex, Ordering::SeqCst, SpinLock};
use lockstep::thread::{scope, spawn, yield_now};
use std::sync::Arc;

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
