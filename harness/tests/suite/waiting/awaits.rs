//! Awaited conditions: which writes a thread that awaits one sees, and what it costs.

use super::{check, check_everywhere};
use crate::common;
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Ordering::Relaxed, Ordering::SeqCst, SpinLock, await_until};
use lockstep::thread::scope;
use lockstep::{End, RunConfig, run};

#[test]
fn an_await_goes_on_wherever_the_write_lands() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("waiter", || {
                await_until(|| word.load(SeqCst) == 2);
                observe(word.load(SeqCst));
            });
            word.store(1, SeqCst);
            word.store(2, SeqCst);
        });
    };
    check(body, &["waiter 2"]);
}

#[test]
fn an_await_can_miss_what_does_not_last() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| word.load(SeqCst) == 1));
            word.store(1, SeqCst);
            word.store(0, SeqCst);
        });
    };
    check(body, &["", "stuck: main waiter"]);
}

#[test]
fn an_await_watches_every_word_it_has_read() {
    let body = || {
        let (left, right) = (Atomic::named("left", 0_u64), Atomic::named("right", 0_u64));
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| left.load(SeqCst) + right.load(SeqCst) == 2));
            threads.spawn("writer", || left.store(1, SeqCst));
            right.store(1, SeqCst);
        });
        observe(left.peek() + right.peek());
    };
    check(body, &["main 2"]);
}

#[test]
fn an_await_on_a_lock_word_wakes_at_the_release() {
    let body = || {
        let lock = SpinLock::named("lock");
        lock.lock();
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| !lock.is_locked()));
            lock.unlock();
        });
    };
    check(body, &[""]);
}

#[test]
fn an_await_may_try_a_lock() {
    let body = || {
        let lock = SpinLock::named("lock");
        lock.lock();
        scope(|threads| {
            threads.spawn("waiter", || {
                await_until(|| lock.try_lock());
                lock.unlock();
            });
            lock.unlock();
        });
    };
    check(body, &[""]);
}

#[test]
fn an_await_that_tries_a_lock_sees_some_time_that_it_is_free() {
    let body = || {
        let lock = SpinLock::named("lock");
        scope(|threads| {
            threads.spawn("waiter", || {
                await_until(|| lock.try_lock());
                lock.unlock();
            });
            threads.spawn("holder", || {
                lock.lock();
                lock.unlock();
            });
        });
    };
    check_everywhere(body, &[""]);
}

#[test]
fn an_await_after_a_store_of_its_own_is_searched_to_its_end() {
    // Under total store order the awaiting thread is alone with its buffer some time.
    let body = || {
        let (x, y) = (Atomic::named("x", 0_u64), Atomic::named("y", 0_u64));
        scope(|threads| {
            threads.spawn("a", || y.store(1, Relaxed));
            x.store(1, Relaxed);
            await_until(|| x.load(Relaxed) + y.load(Relaxed) == 2);
        });
    };
    check_everywhere(body, &[""]);
}

#[test]
fn an_await_may_test_and_set() {
    let body = || {
        let word = Atomic::named("word", true);
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| !word.swap(true, SeqCst)));
            word.store(false, SeqCst);
        });
        observe(u64::from(word.peek()));
    };
    check(body, &["main 1"]);
}

#[test]
fn an_await_may_compare_and_exchange() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| word.compare_exchange(1, 2, SeqCst, SeqCst).is_ok()));
            word.store(1, SeqCst);
        });
        observe(word.peek());
    };
    check(body, &["main 2"]);
}

#[test]
fn waiting_costs_no_steps() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("waiter", || await_until(|| word.load(SeqCst) == 1));
            threads.spawn("worker", || {
                for _ in 0..100 {
                    lockstep::thread::yield_now();
                }
                word.store(1, SeqCst);
            });
        });
    };
    for schedule in common::schedules(300) {
        let execution = run(&common::program(&body), &schedule, &RunConfig::default());
        assert_eq!(execution.end, End::Completed);
        // 2 spawns, 2 joins, 100 yields, a store, at most 2 loads and one await.
        assert!(execution.steps <= 108, "{} steps", execution.steps);
    }
}

#[test]
fn an_await_of_what_nobody_writes_is_seen_as_one() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        await_until(|| word.load(SeqCst) == 1);
    };
    check(body, &["stuck: main"]);
}

#[test]
fn an_await_that_reads_nothing_is_a_mistake_with_a_message() {
    let execution =
        run(&common::program(&|| await_until(|| false)), &lockstep::Schedule::in_order(), &RunConfig::default());
    let End::Panic(fault) = execution.end else { panic!("{}", execution.end) };
    assert!(fault.message.contains("reads no shared word"), "{}", fault.message);
}
