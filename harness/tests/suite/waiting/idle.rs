//! Idle threads, which wait for all others to end or to sleep.

use super::{check, check_everywhere, room};
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Ordering::Relaxed, Ordering::SeqCst, SpinLock, await_until};
use lockstep::thread::{Status, idle, scope, spawn, status};

#[test]
fn idle_waits_until_all_others_have_ended_or_sleep() {
    let body = || {
        let room = room();
        spawn(move || room.word.store(1, SeqCst));
        let sleeper = spawn(move || room.wait_for(2));
        idle();
        observe(room.word.peek());
        observe(u64::from(status(sleeper.number()) == Status::Blocked));
    };
    check(body, &["main 1 1; resting: thread"]);
}

#[test]
fn after_idle_the_sleepers_can_be_woken() {
    let body = || {
        let room = room();
        let sleeper = spawn(move || room.wait_for(1));
        idle();
        room.set(1);
        idle();
        observe(u64::from(status(sleeper.number()) == Status::Finished));
    };
    check(body, &["main 1"]);
}

#[test]
fn a_scope_ends_at_rest_after_idle() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || room.wait_for(1));
            idle();
            observe(7);
        });
        observe(8);
    };
    check(body, &["main 7; resting: sleeper"]);
}

#[test]
fn idle_does_not_hide_a_deadlock() {
    let body = || {
        let (first, second) = (SpinLock::named("first"), SpinLock::named("second"));
        for (one, other) in [(first, second), (second, first)] {
            spawn(move || {
                one.lock();
                other.lock();
                other.unlock();
                one.unlock();
            });
        }
        idle();
    };
    check(body, &["", "deadlock: thread thread"]);
}

#[test]
fn idle_threads_go_on_in_any_order() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        let handles: Vec<_> = (1..=3)
            .map(|number| {
                spawn(move || {
                    idle();
                    observe(word.swap(number, SeqCst));
                })
            })
            .collect();
        handles.into_iter().for_each(|handle| handle.join().unwrap());
    };
    let orders = [[0, 1, 2], [0, 3, 1], [2, 0, 1], [3, 0, 2], [2, 3, 0], [3, 1, 0]];
    let mut expected: Vec<String> = orders
        .iter()
        .map(|[first, second, third]| format!("thread {first}; thread {second}; thread {third}"))
        .collect();
    expected.sort();
    check_everywhere(body, &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn every_idle_thread_of_a_scope_goes_on() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    word.fetch_add(1, SeqCst);
                    idle();
                    observe(word.load(SeqCst));
                });
            }
        });
        observe(3);
    };
    check_everywhere(body, &["main 3; a 2; b 2"]);
}

#[test]
fn a_scope_ends_at_rest_whoever_is_idle_beside_it_or_woken_meanwhile() {
    let beside = || {
        let (word, room) = (Atomic::named("word", 0_u64), room());
        scope(|threads| {
            threads.spawn("sleeper", || room.wait_for(1));
            threads.spawn("idler", || {
                idle();
                observe(word.load(SeqCst));
            });
            idle();
            observe(1);
        });
        observe(2);
    };
    check_everywhere(beside, &["main 1; idler 0; resting: sleeper"]);
    let woken = || {
        let (word, room) = (Atomic::named("word", 0_u64), room());
        scope(|threads| {
            threads.spawn("sleeper", || room.wait_for(1));
            threads.spawn("woken", || await_until(|| word.load(SeqCst) == 1));
            idle();
            word.store(1, Relaxed);
        });
        observe(2);
    };
    check_everywhere(woken, &["resting: sleeper"]);
    // Who joins by hand waits for ever.
    let joins = || {
        let room = room();
        let sleeper = spawn(move || room.wait_for(1));
        idle();
        sleeper.join().unwrap();
    };
    check_everywhere(joins, &["stuck: main thread"]);
}

#[test]
fn who_waits_for_a_lock_of_the_idle_thread_is_blocked_for_ever() {
    let body = || {
        let room = room();
        scope(|threads| {
            room.lock.lock();
            threads.spawn("waiter", || room.sleep());
            idle();
            room.lock.unlock();
        });
    };
    check_everywhere(body, &["stuck: waiter"]);
}
