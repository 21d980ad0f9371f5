//! Threads that wait for each other, or for nobody.

use super::{check, in_order, line};
use crate::common;
use common::{program, schedules};
use lockstep::sync::{Atomic, Mutex, Ordering::SeqCst, ReadWriteLock, SpinLock, WaitQueue};
use lockstep::thread::{scope, spawn};
use lockstep::{Blocked, End, RunConfig, run};
use std::sync::Arc;

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
