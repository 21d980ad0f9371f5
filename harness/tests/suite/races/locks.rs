//! Races between accesses that locks order, or do not.

use super::Races::{Always, Never, Sometimes};
use super::{check, ignore};
use lockstep::sync::{Mutex, Plain, ReadWriteLock, SpinLock, UnlockWait, WaitQueue};
use lockstep::thread::scope;

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
