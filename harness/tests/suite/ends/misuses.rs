//! What no subject may do, and more than the machine has room for.

use super::{check, fault, in_order, line, recurse};
use crate::common;
use common::{program, schedules};
use lockstep::probe::{Observer, observe};
use lockstep::sync::{Atomic, ReadWriteLock, SpinLock, WaitQueue};
use lockstep::thread::{scope, yield_now};
use lockstep::{End, OBSERVERS_MAX, RunConfig, THREADS_MAX, run};

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
