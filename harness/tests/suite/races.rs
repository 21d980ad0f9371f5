//! Data races on plain data: found where nothing orders two accesses, whatever their interleaving, and only there.

use crate::common;
use lockstep::sync::{
    Atomic, Ghost, Mutex, Ordering, Ordering::*, Plain, ReadWriteLock, SpinLock, UnlockWait, WaitQueue, await_until,
    smp_mb, smp_rmb, smp_wmb, std_atomic::fence,
};
use lockstep::thread::{scope, spawn};
use lockstep::{End, Place, RunConfig, Schedule, run};
use std::collections::BTreeSet;

/// Every schedule ends with a race, some do, or none does.
#[derive(Debug, PartialEq)]
enum Races {
    Always,
    Sometimes,
    Never,
}
use Races::{Always, Never, Sometimes};

fn ignore<T>(_: T) {}

#[track_caller]
fn check(body: impl Fn() + Sync, expected: Races) {
    let result = common::exhaust(&body);
    let ends: BTreeSet<&str> = result.outcomes.iter().map(|seen| seen.outcome.end.name()).collect();
    let found = match ends.into_iter().collect::<Vec<_>>()[..] {
        ["data race"] => Always,
        ["completed", "data race"] => Sometimes,
        ["completed"] => Never,
        ref ends => panic!("{ends:?}"),
    };
    assert_eq!(found, expected, "in {} executions", result.executions);
}

/// Two threads beside main, which makes the data.
#[track_caller]
fn check_two(first: impl Fn(Plain<u64>) + Sync, second: impl Fn(Plain<u64>) + Sync, expected: Races) {
    let body = || {
        let data = Plain::named("data", 0_u64);
        scope(|threads| {
            threads.spawn("first", || first(data));
            threads.spawn("second", || second(data));
        });
    };
    check(body, expected);
}

/// The second thread reads the data if it sees the flag that the first sets after it wrote them.
#[track_caller]
fn check_message(publish: impl Fn(Atomic<u64>) + Sync, see: impl Fn(Atomic<u64>) -> bool + Sync, expected: Races) {
    let body = || {
        let (data, flag) = (Plain::named("data", 0_u64), Atomic::named("flag", 0_u64));
        scope(|threads| {
            threads.spawn("first", || {
                data.set(1);
                publish(flag);
            });
            threads.spawn("second", || {
                if see(flag) {
                    assert_eq!(data.get(), 1);
                }
            });
        });
    };
    check(body, expected);
}

#[test]
fn accesses_without_a_lock_race_under_every_schedule() {
    check_two(|data| data.set(1), |data| data.set(2), Always);
    check_two(|data| data.set(1), |data| ignore(data.get()), Always);
    check_two(|data| ignore(data.get()), |data| data.set(1), Always);
}

#[test]
fn reads_do_not_race() {
    check_two(|data| ignore(data.get()), |data| ignore(data.get()), Never);
}

#[test]
fn a_look_without_an_access_does_not_race() {
    check_two(|data| data.set(1), |data| ignore(data.peek()), Never);
}

#[test]
fn accesses_under_one_lock_do_not_race() {
    let body = || {
        let (data, lock) = (Plain::named("data", 0_u64), SpinLock::named("lock"));
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    lock.lock();
                    data.set(data.get() + 1);
                    lock.unlock();
                });
            }
        });
        assert_eq!(data.get(), 2);
    };
    check(body, Never);
}

#[test]
fn accesses_under_two_locks_race() {
    let body = || {
        let data = Plain::named("data", 0_u64);
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, move || {
                    let lock = SpinLock::named((name, 0));
                    lock.lock();
                    data.set(1);
                    lock.unlock();
                });
            }
        });
    };
    check(body, Always);
}

#[test]
fn one_access_outside_of_the_lock_races_unless_the_lock_orders_it() {
    let body = || {
        let (data, lock) = (Plain::named("data", 0_u64), SpinLock::named("lock"));
        scope(|threads| {
            threads.spawn("inside", || {
                lock.lock();
                data.set(1);
                lock.unlock();
            });
            lock.lock();
            lock.unlock();
            data.set(2);
        });
    };
    check(body, Sometimes);
}

#[test]
fn a_trylock_and_a_mutex_order_as_a_lock_does() {
    let body = || {
        let (data, lock) = (Plain::named("data", 0_u64), SpinLock::named("lock"));
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    if lock.try_lock() {
                        data.set(1);
                        lock.unlock();
                    }
                });
            }
        });
    };
    check(body, Never);
    let body = || {
        let (data, lock) = (Plain::named("data", 0_u64), Mutex::new(()));
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    let _guard = lock.lock();
                    data.set(1);
                });
            }
        });
    };
    check(body, Never);
}

#[test]
fn a_reader_writer_lock_orders_writers_against_all_and_readers_against_none() {
    let body = |reader_writes: bool| {
        let (data, lock) = (Plain::named("data", 0_u64), ReadWriteLock::named("lock"));
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    lock.read_lock();
                    if reader_writes {
                        data.set(1)
                    } else {
                        ignore(data.get())
                    }
                    lock.read_unlock();
                });
            }
            lock.write_lock();
            data.set(2);
            lock.write_unlock();
        });
    };
    check(|| body(false), Never);
    // Two readers that write race unless the writer comes between them.
    check(|| body(true), Sometimes);
}

#[test]
fn release_and_acquire_pass_a_message() {
    check_message(|flag| flag.store_release(1), |flag| flag.load_acquire() == 1, Never);
    check_message(|flag| flag.store(1, SeqCst), |flag| flag.load(SeqCst) == 1, Never);
    check_message(|flag| ignore(flag.xchg(1)), |flag| flag.load_acquire() == 1, Never);
    check_message(|flag| flag.store_release(1), |flag| flag.cmpxchg(1, 2) == 1, Never);
}

#[test]
fn a_relaxed_access_passes_no_message_even_if_memory_is_sequentially_consistent() {
    check_message(|flag| flag.write_once(1), |flag| flag.read_once() == 1, Sometimes);
    check_message(|flag| flag.store_release(1), |flag| flag.read_once() == 1, Sometimes);
    check_message(|flag| flag.write_once(1), |flag| flag.load_acquire() == 1, Sometimes);
    check_message(|flag| ignore(flag.swap(1, Relaxed)), |flag| flag.load_acquire() == 1, Sometimes);
    check_message(|flag| ignore(flag.swap(1, Acquire)), |flag| flag.load_acquire() == 1, Sometimes);
}

#[test]
fn fences_pass_a_message_in_pairs() {
    let store = |before: fn()| {
        move |flag: Atomic<u64>| {
            before();
            flag.write_once(1);
        }
    };
    let load = |after: fn()| {
        move |flag: Atomic<u64>| {
            let seen = flag.read_once() == 1;
            after();
            seen
        }
    };
    check_message(store(smp_mb), load(smp_mb), Never);
    check_message(store(smp_wmb), load(smp_rmb), Never);
    check_message(store(|| fence(Release)), load(|| fence(Acquire)), Never);
    check_message(store(|| fence(AcqRel)), load(|| fence(AcqRel)), Never);
    check_message(store(smp_mb), |flag| flag.load_acquire() == 1, Never);
    check_message(|flag| flag.store_release(1), load(smp_rmb), Never);
    check_message(store(|| ()), load(smp_mb), Sometimes);
    check_message(store(smp_mb), load(|| ()), Sometimes);
    check_message(store(smp_rmb), load(smp_mb), Sometimes);
    check_message(store(smp_mb), load(smp_wmb), Sometimes);
}

#[test]
fn a_fence_after_the_store_comes_too_late() {
    let publish = |flag: Atomic<u64>| {
        flag.write_once(1);
        smp_mb();
    };
    check_message(publish, |flag| flag.load_acquire() == 1, Sometimes);
}

/// The first thread publishes with a release store; a third does `between`; the second acquires if it sees 2.
#[track_caller]
fn check_sequence(between: impl Fn(Atomic<u64>) + Sync, expected: Races) {
    let body = || {
        let (data, flag) = (Plain::named("data", 0_u64), Atomic::named("flag", 0_u64));
        scope(|threads| {
            threads.spawn("first", || {
                data.set(1);
                flag.store_release(1);
            });
            threads.spawn("third", || between(flag));
            if flag.load_acquire() == 2 {
                data.get();
            }
        });
    };
    check(body, expected);
}

#[test]
fn a_read_modify_write_continues_a_release_sequence() {
    check_sequence(|flag| ignore(flag.compare_exchange(1, 2, Relaxed, Relaxed)), Never);
}

#[test]
fn a_plain_store_ends_a_release_sequence() {
    let between = |flag: Atomic<u64>| {
        if flag.read_once() == 1 {
            flag.write_once(2);
        }
    };
    check_sequence(between, Sometimes);
}

#[test]
fn a_message_passed_on_stays_ordered() {
    let between = |flag: Atomic<u64>| {
        if flag.load_acquire() == 1 {
            flag.store_release(2);
        }
    };
    check_sequence(between, Never);
}

#[test]
fn spawn_and_join_order() {
    let body = || {
        let data = Plain::named("data", 0_u64);
        data.set(1);
        let thread = spawn(move || data.set(data.get() + 1));
        thread.join().unwrap();
        data.set(data.get() + 1);
        scope(|threads| {
            threads.spawn("scoped", || data.set(data.get() + 1));
        });
        assert_eq!(data.get(), 4);
    };
    check(body, Never);
}

#[test]
fn what_the_parent_does_after_the_spawn_or_before_the_join_races() {
    let body = || {
        let data = Plain::named("data", 0_u64);
        let thread = spawn(move || data.set(1));
        data.set(2);
        thread.join().unwrap();
    };
    check(body, Always);
}

#[test]
fn a_thread_that_is_not_joined_is_not_ordered() {
    let body = || {
        let data = Plain::named("data", 0_u64);
        spawn(move || data.set(1));
        let other = spawn(|| ());
        other.join().unwrap();
        data.set(2);
    };
    check(body, Always);
}

#[test]
fn sleeping_and_waking_order_through_the_lock() {
    let body = || {
        let (data, ready) = (Plain::named("data", 0_u64), Plain::named("ready", false));
        let (lock, queue) = (SpinLock::named("lock"), WaitQueue::named("queue"));
        scope(|threads| {
            threads.spawn("sleeper", || {
                lock.lock();
                while !ready.get() {
                    queue.wait(&lock);
                }
                lock.unlock();
                data.set(data.get() + 1);
            });
            data.set(1);
            lock.lock();
            ready.set(true);
            queue.wake_one();
            lock.unlock();
        });
    };
    check(body, Never);
}

#[test]
fn an_await_orders_as_its_loads_do() {
    let body = |order: Ordering| {
        let (data, flag) = (Plain::named("data", 0_u64), Atomic::named("flag", 0_u64));
        scope(|threads| {
            threads.spawn("waiter", || {
                await_until(|| flag.load(order) == 1);
                data.set(2);
            });
            data.set(1);
            flag.store_release(1);
        });
    };
    check(|| body(Acquire), Never);
    check(|| body(Relaxed), Always);
}

#[test]
fn unlock_wait_orders_by_its_reading() {
    let body = |reading: UnlockWait| {
        let (data, lock) = (Plain::named("data", 0_u64), SpinLock::named("lock"));
        lock.lock();
        scope(|threads| {
            threads.spawn("waiter", || {
                lock.unlock_wait(reading);
                data.set(2);
            });
            data.set(1);
            lock.unlock();
        });
    };
    check(|| body(UnlockWait::Relaxed), Always);
    check(|| body(UnlockWait::Acquire), Never);
    check(|| body(UnlockWait::LockUnlock), Never);
}

#[test]
fn is_locked_orders_nothing() {
    let body = || {
        let (data, lock) = (Plain::named("data", 0_u64), SpinLock::named("lock"));
        lock.lock();
        scope(|threads| {
            threads.spawn("looker", || {
                if !lock.is_locked() {
                    data.set(2);
                }
            });
            data.set(1);
            lock.unlock();
        });
    };
    check(body, Sometimes);
}

#[test]
fn ghost_cells_order_nothing() {
    let body = || {
        let (data, ghost) = (Plain::named("data", 0_u64), Ghost::named("ghost", 0_u64));
        scope(|threads| {
            threads.spawn("a", || {
                data.set(1);
                ghost.set(1);
            });
            threads.spawn("b", || {
                if ghost.get() == 1 {
                    data.set(2);
                }
            });
        });
    };
    check(body, Sometimes);
}

#[test]
fn a_race_names_both_accesses() {
    let write = line!() + 5;
    let body = || {
        let data = Plain::named(("data", 3), 0_u64);
        scope(|threads| {
            threads.spawn("reader", || ignore(data.get()));
            threads.spawn("writer", || data.set(1));
        });
    };
    let mut seen = BTreeSet::new();
    for schedule in common::schedules(200) {
        let End::Race(fault) = run(&common::program(&body), &schedule, &RunConfig::default()).end else { panic!() };
        let line = |place: Option<Place>| place.expect("a race has two places").line();
        let places = (line(fault.place), line(fault.other));
        match fault.message.as_str() {
            "write of data[3] by writer is not ordered after the read by reader" => {
                assert_eq!(places, (write, write - 1))
            }
            "read of data[3] by reader is not ordered after the write by writer" => {
                assert_eq!(places, (write - 1, write))
            }
            message => panic!("{message}"),
        }
        seen.insert(places);
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_race_is_found_without_any_preemption() {
    let body = || {
        let data = Plain::named("data", 0_u64);
        scope(|threads| {
            threads.spawn("a", || data.set(1));
            threads.spawn("b", || data.set(2));
        });
    };
    let execution = run(&common::program(&body), &Schedule::in_order(), &RunConfig::default());
    assert_eq!(execution.preemptions, 0);
    assert!(matches!(execution.end, End::Race(_)));
}
