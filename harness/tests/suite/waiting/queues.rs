//! Wait queues and condition variables: no wake-up is lost and none comes from nowhere.

use super::{check, room};
use crate::common;
use lockstep::probe::observe;
use lockstep::sync::{Condvar, Mutex, Ordering::SeqCst};
use lockstep::thread::{Status, idle, scope, spawn, status};
use lockstep::{End, RunConfig, run};

#[test]
fn a_wake_up_under_the_lock_is_never_lost() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || room.wait_for(1));
            room.set(1);
        });
        observe(room.word.peek());
    };
    check(body, &["main 1"]);
}

#[test]
fn a_wake_up_after_the_lock_is_never_lost() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || room.wait_for(1));
            room.lock.lock();
            room.word.store(1, SeqCst);
            room.lock.unlock();
            room.queue.wake_one();
        });
    };
    check(body, &[""]);
}

#[test]
fn a_wake_up_before_the_sleep_is_not_remembered() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || room.sleep());
            room.queue.wake_one();
        });
    };
    check(body, &["", "stuck: main sleeper"]);
}

#[test]
fn a_flag_outside_of_the_lock_loses_a_wake_up() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || {
                if room.word.load(SeqCst) == 0 {
                    room.sleep();
                }
            });
            room.word.store(1, SeqCst);
            room.queue.wake_one();
        });
    };
    check(body, &["", "stuck: main sleeper"]);
}

#[test]
fn nothing_but_a_wake_up_ends_a_sleep() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || {
                room.sleep();
                observe(room.word.load(SeqCst));
            });
            room.lock.lock();
            room.lock.unlock();
            room.word.store(1, SeqCst);
            room.queue.wake_all();
        });
    };
    check(body, &["sleeper 1", "stuck: main sleeper"]);
}

#[test]
fn a_sleeper_is_woken_once() {
    let body = || {
        let room = room();
        let sleeper = spawn(move || {
            room.sleep();
            observe(1);
            room.sleep();
            observe(2);
        });
        idle();
        room.queue.wake_one();
        idle();
        observe(u64::from(status(sleeper.number()) == Status::Blocked));
    };
    check(body, &["main 1; thread 1; resting: thread"]);
}

#[test]
fn wake_one_chooses_any_sleeper() {
    let body = || {
        let room = room();
        for _ in 0..3 {
            spawn(move || {
                room.sleep();
                observe(1);
            });
        }
        idle();
        observe(3);
        room.queue.wake_one();
        idle();
    };
    let result = common::exhaust(&body);
    let mut woken: Vec<Vec<usize>> = result
        .outcomes
        .iter()
        .map(|seen| {
            let columns = seen.outcome.columns.iter().enumerate().skip(1);
            columns.filter(|(_, column)| !column.entries.is_empty()).map(|(thread, _)| thread).collect()
        })
        .collect();
    woken.sort();
    assert_eq!(woken, [[1], [2], [3]]);
}

#[test]
fn wake_all_wakes_all() {
    let body = || {
        let room = room();
        scope(|threads| {
            for name in ["a", "b", "c"] {
                threads.spawn(name, || room.sleep());
            }
            idle();
            room.queue.wake_all();
        });
    };
    // Three sleepers in all orders are many schedules: a preemption or two and random ones show as much.
    for schedule in common::schedules(2_000) {
        assert_eq!(run(&common::program(&body), &schedule, &RunConfig::default()).end, End::Completed);
    }
}

#[test]
fn who_is_woken_has_the_lock_when_it_goes_on() {
    let body = || {
        let room = room();
        scope(|threads| {
            threads.spawn("sleeper", || {
                room.lock.lock();
                while room.word.load(SeqCst) == 0 {
                    room.queue.wait(&room.lock);
                }
                room.word.store(room.word.load(SeqCst) + 1, SeqCst);
                room.lock.unlock();
            });
            room.set(1);
            room.lock.lock();
            room.word.store(room.word.load(SeqCst) + 1, SeqCst);
            room.lock.unlock();
        });
        observe(room.word.peek());
    };
    check(body, &["main 3"]);
}

#[test]
fn a_condvar_waits_while_its_condition_holds() {
    let body = || {
        let (mutex, condvar) = (Mutex::new(0_u64), Condvar::new());
        scope(|threads| {
            threads.spawn("sleeper", || {
                let mut value = condvar.wait_while(mutex.lock().unwrap(), |value| *value == 0).unwrap();
                *value += 10;
            });
            *mutex.lock().unwrap() = 1;
            condvar.notify_all();
        });
        observe(mutex.into_inner());
    };
    check(body, &["main 11"]);
}
