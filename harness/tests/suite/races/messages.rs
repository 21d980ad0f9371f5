//! Races between accesses that a message orders: a word that one thread writes and another reads.

use super::Races::{Always, Never, Sometimes};
use super::{Races, check, ignore};
use lockstep::sync::{Atomic, Ordering, Ordering::*, Plain, await_until, smp_mb, smp_rmb, smp_wmb, std_atomic::fence};
use lockstep::thread::scope;

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
