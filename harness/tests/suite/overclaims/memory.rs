//! Searches that leave out what a memory model may do: places of writes and of barriers, stores in
//! buffers.

use super::{LIMITS, Outcomes, check};
use lockstep::sync::{Atomic, Ordering::Relaxed, smp_mb};
use lockstep::{MemoryModel, probe, thread};
use std::collections::BTreeSet;

/// One thread writes 1 to `count`, one after the other, and then a flag; who sees the flag may see any of them.
fn many_writes(count: u64) -> impl Fn() + Sync {
    move || {
        let (x, flag) = (Atomic::named("x", 0_u64), Atomic::named("flag", 0_u64));
        thread::scope(|scope| {
            scope.spawn("writer", move || {
                (1..=count).for_each(|value| x.store(value, Relaxed));
                flag.store(1, Relaxed);
            });
            scope.spawn("reader", move || {
                probe::observe(if flag.load(Relaxed) == 1 { x.load(Relaxed) } else { 9_999 });
            });
        });
    }
}

#[test]
fn old_writes_that_a_choice_cannot_name_rule_out_that_everything_was_seen() {
    for count in [31, 40, 255, 256] {
        for memory in MemoryModel::ALL {
            let seen: BTreeSet<u64> = match memory {
                MemoryModel::Weak => (0..=count).chain([9_999]).collect(),
                _ => [count, 9_999].into(),
            };
            let has = seen.iter().map(|value| format!("reader {value}")).collect();
            let complete = check(&many_writes(count), memory, LIMITS, &has);
            let is_named = memory != MemoryModel::Weak || count < 256;
            assert_eq!(complete.contains(&"exhaustive".to_owned()), is_named, "{count}, {}", memory.name());
        }
    }
}

/// What comes after so many writes to one word, all of which it may not have seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Swap,
    Store,
    StoreAndLoad,
}

#[test]
fn places_for_a_write_and_for_an_update_that_a_choice_cannot_name_count_as_well() {
    use Last::{Store, StoreAndLoad, Swap};
    for (count, last) in [(40, Swap), (40, StoreAndLoad), (300, Swap), (300, Store)] {
        let body = move || {
            let (x, flag) = (Atomic::named("x", 0_u64), Atomic::named("flag", 0_u64));
            thread::scope(|scope| {
                scope.spawn("writer", move || {
                    (1..=count).for_each(|value| x.store(value, Relaxed));
                    flag.store(1, Relaxed);
                });
                scope.spawn("other", move || {
                    if flag.load(Relaxed) == 0 {
                        return;
                    }
                    if last == Swap {
                        probe::observe(x.swap(1_000, Relaxed));
                    } else {
                        x.store(1_000, Relaxed);
                    }
                    if last == StoreAndLoad {
                        probe::observe(x.load(Relaxed));
                    }
                });
            });
        };
        for memory in MemoryModel::ALL {
            let weak = memory == MemoryModel::Weak;
            let values: Vec<u64> = match last {
                Swap if weak => (0..=count).collect(),
                Swap => vec![count],
                StoreAndLoad if weak => (1..=count).chain([1_000]).collect(),
                StoreAndLoad => vec![1_000],
                Store => vec![],
            };
            let has = values.iter().map(|value| format!("other {value}")).chain(["".to_owned()]).collect();
            let complete = check(&body, memory, LIMITS, &has);
            let is_named = !weak || count < 256;
            assert_eq!(complete.contains(&"exhaustive".to_owned()), is_named, "{count}, {last:?}, {}", memory.name());
        }
    }
}

#[test]
fn a_write_for_which_there_is_no_room_left_counts_as_left_out() {
    // Whoever has seen the flag puts all its writes in front of the other's, which was there before.
    let body = || {
        let (x, flag) = (Atomic::named("x", 0_u64), Atomic::named("flag", 0_u64));
        thread::scope(|scope| {
            scope.spawn("first", move || {
                x.store(1_000, Relaxed);
                flag.store(1, Relaxed);
            });
            scope.spawn("second", move || {
                probe::observe(flag.load(Relaxed));
                (1..=40).for_each(|value| x.store(value, Relaxed));
            });
        });
        probe::observe(x.load(Relaxed));
    };
    for memory in MemoryModel::ALL {
        let mut has: Outcomes = ["main 1000; second 0".to_owned(), "main 40; second 0".to_owned()].into();
        has.insert("main 40; second 1".to_owned());
        if memory == MemoryModel::Weak {
            has.insert("main 1000; second 1".to_owned());
        }
        check(&body, memory, LIMITS, &has);
    }
}

#[test]
fn a_barrier_that_cannot_go_far_enough_to_the_front_counts_as_left_out() {
    for count in [1, 5, 31, 32, 40] {
        let body = move || {
            let [x, y, z] = ["x", "y", "z"].map(|name| Atomic::named(name, 0_u64));
            thread::scope(|scope| {
                scope.spawn("first", move || {
                    x.store(1, Relaxed);
                    (0..count).for_each(|_| smp_mb());
                    y.store(1, Relaxed);
                });
                scope.spawn("second", move || {
                    if y.load(Relaxed) == 1 {
                        z.store(1, Relaxed);
                    }
                });
                scope.spawn("third", move || {
                    if z.load(Relaxed) == 1 {
                        smp_mb();
                        probe::observe(x.load(Relaxed));
                    }
                });
            });
        };
        for memory in MemoryModel::ALL {
            let zero = (memory == MemoryModel::Weak).then(|| "third 0".to_owned());
            let has = ["".to_owned(), "third 1".to_owned()].into_iter().chain(zero).collect();
            check(&body, memory, LIMITS, &has);
        }
    }
}

#[test]
fn many_stores_in_buffers_are_all_seen_or_nothing_is_claimed() {
    const STORES: u64 = 12;
    let body = || {
        let (x, y) = (Atomic::named("x", 0_u64), Atomic::named("y", 0_u64));
        thread::scope(|scope| {
            scope.spawn("many", move || {
                (1..=STORES).for_each(|value| x.store(value, Relaxed));
                probe::observe(y.load(Relaxed));
            });
            scope.spawn("one", move || {
                y.store(1, Relaxed);
                probe::observe(x.load(Relaxed));
            });
        });
    };
    let line = |(many, one): (u64, u64)| format!("many {many}; one {one}");
    for memory in MemoryModel::ALL {
        let early = if memory == MemoryModel::Sc { STORES } else { 0 };
        let pairs = (0..=STORES).map(|one| (1, one)).chain((early..=STORES).map(|one| (0, one)));
        let complete = check(&body, memory, LIMITS, &pairs.map(line).collect());
        assert!(complete.contains(&"exhaustive".to_owned()), "{}", memory.name());
    }
}
