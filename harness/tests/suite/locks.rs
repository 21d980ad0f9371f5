//! Locks exclude as they say and nothing more.

use crate::common;
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Mutex, Ordering::SeqCst, ReadWriteLock, SpinLock, UnlockWait};
use lockstep::thread::{scope, yield_now};

#[track_caller]
fn check(body: impl Fn() + Sync, expected: &[&str]) {
    common::assert_outcomes(&body, expected);
}

/// Two threads each increment a word by a load and a store, between `take` and `give`.
#[track_caller]
fn check_increments(take: impl Fn(&SpinLock) + Sync, give: impl Fn(&SpinLock) + Sync, expected: &[&str]) {
    let body = || {
        let (lock, word) = (SpinLock::named("lock"), Atomic::named("word", 0_u64));
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    take(&lock);
                    word.store(word.load(SeqCst) + 1, SeqCst);
                    give(&lock);
                });
            }
        });
        observe(word.peek());
    };
    check(body, expected);
}

#[test]
fn a_lock_excludes() {
    check_increments(SpinLock::lock, SpinLock::unlock, &["main 2"]);
}

#[test]
fn without_a_lock_an_increment_gets_lost() {
    check_increments(|_| (), |_| (), &["main 1", "main 2"]);
}

#[test]
fn a_trylock_that_succeeds_excludes() {
    let take = |lock: &SpinLock| {
        if !lock.try_lock() {
            lock.lock();
        }
    };
    check_increments(take, SpinLock::unlock, &["main 2"]);
}

#[test]
fn a_guard_excludes_until_it_is_dropped() {
    let body = || {
        let (lock, word) = (SpinLock::named("lock"), Atomic::named("word", 0_u64));
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    let _guard = lock.guard();
                    word.store(word.load(SeqCst) + 1, SeqCst);
                });
            }
        });
        observe(word.peek());
        observe(u64::from(lock.is_locked()));
    };
    check(body, &["main 2 0"]);
}

#[test]
fn a_mutex_guards_its_data() {
    let body = || {
        let data = Mutex::new(Vec::new());
        scope(|threads| {
            for thread in [1_u64, 2] {
                let data = &data;
                threads.spawn(("thread", thread as u32), move || {
                    data.lock().unwrap().push(thread);
                    data.lock().unwrap().push(thread);
                });
            }
        });
        data.into_inner().into_iter().for_each(observe);
    };
    let orders = ["1 1 2 2", "1 2 1 2", "1 2 2 1", "2 1 1 2", "2 1 2 1", "2 2 1 1"];
    let expected: Vec<_> = orders.iter().map(|order| format!("main {order}")).collect();
    check(body, &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn two_locks_do_not_exclude_one_another() {
    let body = || {
        let inside = Atomic::named("inside", 0_u64);
        scope(|threads| {
            for name in ["a", "b"] {
                let inside = &inside;
                threads.spawn(name, move || {
                    let lock = SpinLock::named((name, 0));
                    lock.lock();
                    inside.fetch_add(1, SeqCst);
                    observe(inside.load(SeqCst));
                    inside.fetch_sub(1, SeqCst);
                    lock.unlock();
                });
            }
        });
    };
    check(body, &["a 1; b 1", "a 1; b 2", "a 2; b 1", "a 2; b 2"]);
}

#[test]
fn a_trylock_fails_only_while_the_lock_is_held() {
    let body = || {
        let lock = SpinLock::named("lock");
        scope(|threads| {
            threads.spawn("a", || {
                lock.lock();
                lock.unlock();
            });
            observe(u64::from(lock.try_lock()));
        });
    };
    // If it succeeds and the lock is not given back, the other thread waits for a lock that main, waiting for it, holds.
    check(body, &["main 0", "main 1", "main 1; deadlock: main a"]);
}

#[test]
fn a_trylock_of_ones_own_lock_fails_and_does_not_block() {
    let body = || {
        let lock = SpinLock::named("lock");
        lock.lock();
        observe(u64::from(lock.try_lock()));
        lock.unlock();
        observe(u64::from(lock.try_lock()));
    };
    check(body, &["main 0 1"]);
}

#[test]
fn is_locked_reads_the_lock_as_memory() {
    let body = || {
        let lock = SpinLock::named("lock");
        scope(|threads| {
            threads.spawn("a", || {
                lock.lock();
                lock.unlock();
            });
            observe(u64::from(lock.is_locked()));
        });
        observe(u64::from(lock.is_locked()));
    };
    check(body, &["main 0 0", "main 1 0"]);
}

#[test]
fn unlock_wait_blocks_while_the_lock_is_held() {
    for reading in [UnlockWait::Relaxed, UnlockWait::Acquire, UnlockWait::LockUnlock] {
        let body = || {
            let (lock, word) = (SpinLock::named("lock"), Atomic::named("word", 0_u64));
            scope(|threads| {
                threads.spawn("a", || {
                    lock.lock();
                    word.store(1, SeqCst);
                    lock.unlock();
                });
                if lock.is_locked() {
                    lock.unlock_wait(reading);
                    observe(word.load(SeqCst));
                }
            });
        };
        check(body, &["", "main 1"]);
    }
}

#[test]
fn unlock_wait_can_miss_a_short_release() {
    // The lock is free between two critical sections; who waits may see that or sleep through it.
    for reading in [UnlockWait::Relaxed, UnlockWait::Acquire, UnlockWait::LockUnlock] {
        let body = || {
            let (lock, word) = (SpinLock::named("lock"), Atomic::named("word", 0_u64));
            lock.lock();
            scope(|threads| {
                threads.spawn("a", || {
                    lock.unlock_wait(reading);
                    observe(word.load(SeqCst));
                });
                word.store(1, SeqCst);
                lock.unlock();
                lock.lock();
                word.store(2, SeqCst);
                lock.unlock();
            });
        };
        check(body, &["a 1", "a 2"]);
    }
}

#[test]
fn only_the_reading_as_lock_and_unlock_takes_the_lock() {
    for (reading, expected) in [
        (UnlockWait::Relaxed, &["main 1"][..]),
        (UnlockWait::Acquire, &["main 1"]),
        (UnlockWait::LockUnlock, &["main 0", "main 1"]),
    ] {
        let body = || {
            let lock = SpinLock::named("lock");
            scope(|threads| {
                threads.spawn("a", || lock.unlock_wait(reading));
                let taken = lock.try_lock();
                observe(u64::from(taken));
                if taken {
                    lock.unlock();
                }
            });
        };
        check(body, expected);
    }
}

#[test]
fn readers_share_a_lock() {
    let body = || {
        let (lock, inside) = (ReadWriteLock::named("lock"), Atomic::named("inside", 0_u64));
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    lock.read_lock();
                    inside.fetch_add(1, SeqCst);
                    observe(inside.fetch_sub(1, SeqCst));
                    lock.read_unlock();
                });
            }
        });
    };
    check(body, &["a 1; b 1", "a 1; b 2", "a 2; b 1"]);
}

#[test]
fn a_writer_excludes_readers_and_readers_a_writer() {
    let body = || {
        let (lock, word) = (ReadWriteLock::named("lock"), Atomic::named("word", 0_u64));
        scope(|threads| {
            threads.spawn("reader", || {
                lock.read_lock();
                observe(word.load(SeqCst));
                observe(word.load(SeqCst));
                lock.read_unlock();
            });
            lock.write_lock();
            word.store(1, SeqCst);
            word.store(2, SeqCst);
            lock.write_unlock();
        });
    };
    check(body, &["reader 0 0", "reader 2 2"]);
}

#[test]
fn writers_exclude_one_another() {
    let body = || {
        let (lock, word) = (ReadWriteLock::named("lock"), Atomic::named("word", 0_u64));
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    lock.write_lock();
                    word.store(word.load(SeqCst) + 1, SeqCst);
                    lock.write_unlock();
                });
            }
        });
        observe(word.peek());
    };
    check(body, &["main 2"]);
}

#[test]
fn the_last_of_several_readers_lets_the_writer_in() {
    let body = || {
        let (lock, inside) = (ReadWriteLock::named("lock"), Atomic::named("inside", 0_u64));
        lock.read_lock();
        lock.read_lock();
        scope(|threads| {
            threads.spawn("writer", || {
                lock.write_lock();
                observe(inside.load(SeqCst));
                lock.write_unlock();
            });
            lock.read_unlock();
            yield_now();
            inside.store(1, SeqCst);
            lock.read_unlock();
        });
    };
    check(body, &["writer 1"]);
}
