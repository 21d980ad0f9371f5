//! Loops that wait by reading: they end, nothing is missed because of them, and what counts is no such loop.

use lockstep::probe::observe;
use lockstep::sync::Ordering::{Acquire, Relaxed, Release};
use lockstep::sync::{Atomic, Plain, SpinLock, await_until, smp_rmb, smp_wmb};
use lockstep::thread::{scope, spawn, yield_now};
use lockstep::{Abandon, End, Exploration, ExploreConfig, MemoryModel, Program, explore};
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::hint::black_box;

const MODELS: [MemoryModel; 3] = [MemoryModel::Sc, MemoryModel::Tso, MemoryModel::Weak];
const STRONG: [MemoryModel; 2] = [MemoryModel::Sc, MemoryModel::Tso];

fn searched(body: &(dyn Fn() + Sync), memory: MemoryModel) -> Exploration {
    let program = Program { body, abandon: Abandon::Unwind };
    let config = ExploreConfig {
        strategy: lockstep::Strategy::Exhaustive,
        executions: 200_000,
        memory,
        ..ExploreConfig::default()
    };
    explore(&program, &config)
}

fn ends(exploration: &Exploration) -> Vec<&'static str> {
    let mut ends: Vec<_> = exploration.outcomes.iter().map(|seen| seen.outcome.end.name()).collect();
    ends.sort_unstable();
    ends.dedup();
    ends
}

#[track_caller]
fn check(body: impl Fn() + Sync, models: &[MemoryModel], outcomes: usize, executions: u64, expected: &[&str]) {
    for &memory in models {
        let found = searched(&body, memory);
        assert!(found.evidence.is_exhaustive(), "{memory:?}: {}", found.evidence);
        assert_eq!((found.outcomes.len(), &ends(&found)[..]), (outcomes, expected), "{memory:?}");
        assert!(found.executions <= executions, "{memory:?}: {} executions", found.executions);
    }
}

/// Goes round until a flag is set, with this between two looks.
fn polled(pause: fn()) {
    let flag = Atomic::named("flag", 0_u32);
    scope(|threads| {
        threads.spawn("writer", || flag.store(1, Release));
        while flag.load(Acquire) == 0 {
            pause();
        }
    });
    observe(1);
}

#[test]
fn a_flag_that_is_polled() {
    check(|| polled(|| ()), &MODELS, 1, 12, &["completed"]);
}

#[test]
fn a_flag_that_is_polled_politely() {
    check(|| polled(yield_now), &MODELS, 1, 40, &["completed"]);
}

#[test]
fn a_flag_that_nobody_sets() {
    let body = || {
        let flag = Atomic::named("flag", 0_u32);
        scope(|threads| {
            threads.spawn("poller", || while flag.load(Acquire) == 0 {});
        });
    };
    check(body, &MODELS, 1, 1, &["livelock"]);
}

#[test]
fn a_loop_that_counts_is_no_loop_that_waits() {
    let body = || {
        let flag = Atomic::named("flag", 0_u32);
        let poller = spawn(move || {
            for turn in 0..5_u64 {
                if flag.load(Relaxed) == 1 {
                    return turn;
                }
            }
            100
        });
        flag.store(1, Relaxed);
        observe(poller.join().expect("it ends"));
    };
    check(body, &MODELS, 6, 60, &["completed"]);
}

#[test]
fn readers_of_a_sequence_lock_try_again() {
    let body = || {
        let (sequence, a, b) = (Atomic::named("sequence", 0_u32), Atomic::named("a", 0_u32), Atomic::named("b", 0_u32));
        scope(|threads| {
            threads.spawn("writer", || {
                sequence.write_once(1);
                smp_wmb();
                a.write_once(1);
                b.write_once(1);
                smp_wmb();
                sequence.write_once(2);
            });
            let pair = loop {
                let begin = sequence.read_once();
                smp_rmb();
                let pair = (a.read_once(), b.read_once());
                smp_rmb();
                if begin & 1 == 0 && sequence.read_once() == begin {
                    break pair;
                }
            };
            observe(u64::from(pair.0 * 2 + pair.1));
        });
    };
    check(body, &STRONG, 2, 400, &["completed"]);
}

/// Two threads add one to plain data under a lock made of words.
fn locked(lock: impl Fn(Atomic<u32>, Atomic<u32>) + Sync, unlock: impl Fn(Atomic<u32>, Atomic<u32>) + Sync) {
    let (next, now, data) = (Atomic::named("next", 0), Atomic::named("now", 0), Plain::named("data", 0_u64));
    scope(|threads| {
        for name in ["a", "b"] {
            threads.spawn(name, || {
                lock(next, now);
                data.set(data.get() + 1);
                unlock(next, now);
            });
        }
    });
    observe(data.get());
}

#[test]
fn locks_made_of_words_exclude() {
    let ticket = || {
        let lock = |next: Atomic<u32>, now: Atomic<u32>| {
            let mine = next.fetch_add(1, Relaxed);
            while now.load(Acquire) != mine {}
        };
        locked(lock, |_, now| now.store(now.load(Relaxed) + 1, Release));
    };
    let swapped = || {
        let lock = |_, now: Atomic<u32>| while now.swap(1, Acquire) == 1 {};
        locked(lock, |_, now| now.store(0, Release));
    };
    let exchanged = || {
        let lock = |_, now: Atomic<u32>| while now.compare_exchange(0, 1, Acquire, Relaxed).is_err() {};
        locked(lock, |_, now| now.store(0, Release));
    };
    let looked = || {
        let lock = |_, now: Atomic<u32>| {
            while now.swap(1, Acquire) == 1 {
                while now.load(Relaxed) == 1 {
                    yield_now();
                }
            }
        };
        locked(lock, |_, now| now.store(0, Release));
    };
    check(ticket, &MODELS, 1, 200, &["completed"]);
    check(swapped, &STRONG, 1, 200, &["completed"]);
    check(exchanged, &MODELS, 1, 200, &["completed"]);
    check(looked, &STRONG, 1, 400, &["completed"]);
}

#[test]
fn a_lock_that_is_only_tried() {
    let body = || {
        let (lock, data) = (SpinLock::named("lock"), Plain::named("data", 0_u64));
        scope(|threads| {
            for name in ["a", "b"] {
                threads.spawn(name, || {
                    while !lock.try_lock() {}
                    data.set(data.get() + 1);
                    lock.unlock();
                });
            }
        });
        observe(data.get());
    };
    check(body, &STRONG, 1, 100, &["completed"]);
}

/// Whatever others or a client can tell keeps a loop from being one that waits: it goes on to the step limit.
#[test]
fn a_loop_with_an_effect_is_no_loop_that_waits() {
    type Effect = fn(Atomic<u32>, SpinLock, Plain<u64>);
    let effects: [Effect; 6] = [
        |_, _, _| observe(7),
        |word, _, _| word.store(1, Relaxed),
        |word, _, _| _ = word.fetch_add(1, Relaxed),
        |_, lock, _| {
            lock.lock();
            lock.unlock();
        },
        |_, _, data| data.set(1),
        |_, _, data| _ = data.get(),
    ];
    for (nth, effect) in effects.into_iter().enumerate() {
        let body = || {
            let (flag, word) = (Atomic::named("flag", 0_u32), Atomic::named("word", 0_u32));
            let (lock, data) = (SpinLock::named("lock"), Plain::named("data", 0_u64));
            scope(|threads| {
                threads.spawn("poller", || {
                    while flag.load(Acquire) == 0 {
                        effect(word, lock, data);
                    }
                });
            });
        };
        for memory in MODELS {
            let program = Program { body: &body, abandon: Abandon::Unwind };
            let config = ExploreConfig { executions: 1, steps_max: 200, memory, ..ExploreConfig::default() };
            let found = explore(&program, &config);
            assert_eq!(ends(&found), ["step limit"], "effect {nth} under {memory:?}");
        }
    }
}

/// Counts where neither a register nor the stack of its caller shows it. Whether that is enough.
#[inline(never)]
fn is_tired(turns: &Cell<u64>) -> bool {
    turns.set(turns.get() + 1);
    turns.get() >= 50
}

/// Where state lies on the heap, the machine does not see that a loop counts: it must not claim to have seen everything.
#[test]
fn a_loop_that_counts_on_the_heap_is_found_out() {
    let told = || {
        let flag = Atomic::named("flag", 0_u32);
        let poller = spawn(move || {
            let turns = black_box(Box::new(Cell::new(0_u64)));
            while flag.load(Relaxed) == 0 {
                is_tired(&turns);
            }
            turns.get()
        });
        flag.store(1, Relaxed);
        observe(poller.join().expect("it ends"));
    };
    let bounded = || {
        let flag = Atomic::named("flag", 0_u32);
        let poller = spawn(move || {
            let turns = black_box(Box::new(Cell::new(0_u64)));
            while flag.load(Relaxed) == 0 && !is_tired(&turns) {}
        });
        poller.join().expect("it ends");
    };
    for body in [&told as &(dyn Fn() + Sync), &bounded] {
        let found = searched(body, MemoryModel::Sc);
        assert!(!found.evidence.is_exhaustive(), "{}", found.evidence);
        assert!(found.gaps.unseen > 0);
    }
}

/// What a thread of a random program does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Store(usize, u32),
    Add(usize),
    Load(usize),
    /// Until the word is at least so large.
    Wait(usize, u32),
    /// Until both words are the same.
    WaitEqual,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..2_usize, 1..3_u32).prop_map(|(word, value)| Act::Store(word, value)),
        (0..2_usize).prop_map(Act::Add),
        (0..2_usize).prop_map(Act::Load),
        (0..2_usize, 1..3_u32).prop_map(|(word, value)| Act::Wait(word, value)),
        Just(Act::WaitEqual),
    ]
}

/// The program, with loops that read in place of awaits or not.
fn program(threads: &[Vec<Act>], polls: bool) {
    let words = [0_u32, 1].map(|number| Atomic::named(("word", number), 0_u32));
    let wait = |holds: &dyn Fn() -> bool| {
        if polls {
            while !holds() {}
        } else {
            await_until(holds);
        }
    };
    scope(|scope| {
        for (number, acts) in threads.iter().enumerate() {
            scope.spawn(("thread", number as u32), move || {
                for &act in acts {
                    match act {
                        Act::Store(word, value) => words[word].store(value, Release),
                        Act::Add(word) => observe(u64::from(words[word].fetch_add(1, Relaxed))),
                        Act::Load(word) => observe(u64::from(words[word].load(Acquire))),
                        Act::Wait(word, value) => wait(&|| words[word].load(Acquire) >= value),
                        Act::WaitEqual => wait(&|| words[0].load(Acquire) == words[1].load(Acquire)),
                    }
                }
            });
        }
    });
}

/// Outcomes; that a thread waits in a loop or asleep makes no difference.
fn told(exploration: &Exploration) -> BTreeSet<String> {
    let text = |outcome: &lockstep::Outcome| {
        let end = match &outcome.end {
            End::Livelock(blocked) | End::Deadlock { cycle: 0, blocked } => {
                blocked.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join(" ")
            }
            end => end.to_string(),
        };
        format!("{:?} {end}", outcome.columns)
    };
    exploration.outcomes.iter().map(|seen| text(&seen.outcome)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// `await_until` is what such a loop means. Its outcomes are found by another part of the machine.
    #[test]
    fn a_loop_that_reads_is_an_await(threads in vec(vec(act(), 1..4), 2..4)) {
        for memory in STRONG {
            let found = [true, false].map(|polls| searched(&|| program(&threads, polls), memory));
            if found.iter().any(|found| found.executions > 20_000) {
                continue;
            }
            for found in &found {
                prop_assert!(found.evidence.is_exhaustive(), "{memory:?}: {}", found.evidence);
            }
            prop_assert_eq!(told(&found[0]), told(&found[1]), "{:?}", memory);
        }
    }
}
