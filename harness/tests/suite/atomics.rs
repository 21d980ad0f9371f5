//! Shared words: what each operation does, alone and against others; ghost cells and observers beside them.

use crate::common;
use lockstep::probe::{Observer, observe};
use lockstep::sync::{Atomic, Ghost, Number, Ordering, Ordering::SeqCst, Word, smp_mb, std_atomic};
use lockstep::thread::scope;
use proptest::prelude::*;
use std::fmt::Debug;

#[track_caller]
fn check(body: impl Fn() + Sync, expected: &[&str]) {
    common::assert_outcomes(&body, expected);
}

#[test]
fn a_read_modify_write_is_one_step() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            threads.spawn("a", || word.fetch_add(1, SeqCst));
            threads.spawn("b", || word.fetch_add(2, Ordering::Relaxed));
        });
        observe(word.peek());
    };
    check(body, &["main 3"]);
}

#[test]
fn one_of_two_exchanges_wins() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| {
            for thread in [1, 2] {
                let word = &word;
                threads.spawn(("thread", thread as u32), move || observe(word.cmpxchg(0, thread)));
            }
        });
    };
    check(body, &["thread[1] 0; thread[2] 1", "thread[1] 2; thread[2] 0"]);
}

#[test]
fn store_buffering_is_not_seen_under_sequential_consistency() {
    for barrier in [(|| ()) as fn(), smp_mb] {
        let body = || {
            let (x, y) = (Atomic::named("x", 0_u64), Atomic::named("y", 0_u64));
            scope(|threads| {
                for (name, mine, other) in [("a", x, y), ("b", y, x)] {
                    threads.spawn(name, move || {
                        mine.write_once(1);
                        barrier();
                        observe(other.read_once());
                    });
                }
            });
        };
        check(body, &["a 0; b 1", "a 1; b 0", "a 1; b 1"]);
    }
}

#[test]
fn message_passing_shows_three_of_four_results() {
    let body = || {
        let (data, flag) = (Atomic::named("data", 0_u64), Atomic::named("flag", 0_u64));
        scope(|threads| {
            threads.spawn("a", || {
                observe(flag.read_once());
                observe(data.read_once());
            });
            data.write_once(1);
            flag.write_once(1);
        });
    };
    check(body, &["a 0 0", "a 0 1", "a 1 1"]);
}

#[test]
fn two_readers_agree_on_the_order_of_two_writes() {
    let body = || {
        let (x, y) = (Atomic::named("x", 0_u64), Atomic::named("y", 0_u64));
        scope(|threads| {
            for (name, first, second) in [("a", x, y), ("b", y, x)] {
                threads.spawn(name, move || {
                    let first = first.read_once();
                    observe(first * 2 + second.read_once());
                });
            }
            threads.spawn("writer", || x.write_once(1));
            y.write_once(1);
        });
    };
    let config = lockstep::ExploreConfig { executions: 60_000, ..Default::default() };
    let result = lockstep::explore(&common::program(&body), &config);
    let seen: Vec<String> = result.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect();
    assert_eq!(seen.len(), 15, "{seen:?}");
    assert!(!seen.contains(&"a 2; b 2".to_owned()), "the readers disagree");
}

/// One operation on a word, here and in the standard library.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Load,
    Store(u64),
    Swap(u64),
    Exchange(u64, u64),
    Add(u64),
    Sub(u64),
    And(u64),
    Or(u64),
    Xor(u64),
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let value = prop_oneof![0..4_u64, any::<u64>(), Just(u64::MAX), Just(1 << 63), Just(255), Just(128)];
    let operation = (0..9_u8, value.clone(), value).prop_map(|(kind, a, b)| match kind {
        0 => Operation::Load,
        1 => Operation::Store(a),
        2 => Operation::Swap(a),
        3 => Operation::Exchange(a, b),
        4 => Operation::Add(a),
        5 => Operation::Sub(a),
        6 => Operation::And(a),
        7 => Operation::Or(a),
        _ => Operation::Xor(a),
    });
    prop::collection::vec(operation, 1..12)
}

macro_rules! like_std {
    ($test:ident $word:ty, $atomic:ty) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
            #[test]
            fn $test(operations in operations()) {
                let run_ours = |operations: &[Operation]| alone(|| {
                    let word = Atomic::named("word", 0 as $word);
                    operations.iter().map(|&operation| match operation {
                        Operation::Load => word.load(SeqCst),
                        Operation::Store(a) => { word.store(a as $word, SeqCst); word.peek() }
                        Operation::Swap(a) => word.swap(a as $word, SeqCst),
                        Operation::Exchange(a, b) => {
                            word.compare_exchange(a as $word, b as $word, SeqCst, SeqCst).unwrap_or_else(|found| !found)
                        }
                        Operation::Add(a) => word.fetch_add(a as $word, SeqCst),
                        Operation::Sub(a) => word.fetch_sub(a as $word, SeqCst),
                        Operation::And(a) => word.fetch_and(a as $word, SeqCst),
                        Operation::Or(a) => word.fetch_or(a as $word, SeqCst),
                        Operation::Xor(a) => word.fetch_xor(a as $word, SeqCst),
                    }).collect::<Vec<$word>>()
                });
                let word = <$atomic>::new(0);
                let theirs: Vec<$word> = operations.iter().map(|&operation| match operation {
                    Operation::Load => word.load(SeqCst),
                    Operation::Store(a) => { word.store(a as $word, SeqCst); word.load(SeqCst) }
                    Operation::Swap(a) => word.swap(a as $word, SeqCst),
                    Operation::Exchange(a, b) => {
                        word.compare_exchange(a as $word, b as $word, SeqCst, SeqCst).unwrap_or_else(|found| !found)
                    }
                    Operation::Add(a) => word.fetch_add(a as $word, SeqCst),
                    Operation::Sub(a) => word.fetch_sub(a as $word, SeqCst),
                    Operation::And(a) => word.fetch_and(a as $word, SeqCst),
                    Operation::Or(a) => word.fetch_or(a as $word, SeqCst),
                    Operation::Xor(a) => word.fetch_xor(a as $word, SeqCst),
                }).collect();
                prop_assert_eq!(run_ours(&operations), theirs);
            }
        }
    };
}

/// The result of one thread alone.
fn alone<T: Send>(body: impl Fn() -> T + Sync) -> T {
    let result = std::sync::Mutex::new(None);
    let body = || *result.lock().unwrap() = Some(body());
    lockstep::run(&common::program(&body), &lockstep::Schedule::in_order(), &lockstep::RunConfig::default());
    result.into_inner().unwrap().expect("the body completes")
}

like_std!(a_u64_does_what_the_standard_one_does u64, std::sync::atomic::AtomicU64);
like_std!(a_u8_does_what_the_standard_one_does u8, std::sync::atomic::AtomicU8);
like_std!(an_i8_does_what_the_standard_one_does i8, std::sync::atomic::AtomicI8);
like_std!(an_i64_does_what_the_standard_one_does i64, std::sync::atomic::AtomicI64);

#[track_caller]
fn round_trip<T: Word + Number + PartialEq + Debug>(values: &[T]) {
    for &value in values {
        assert_eq!(T::from_word(value.to_word()), value);
    }
}

#[test]
fn every_number_survives_the_way_through_a_word() {
    round_trip(&[i8::MIN, -1, 0, 1, i8::MAX]);
    round_trip(&[i32::MIN, -1, 0, 1, i32::MAX]);
    round_trip(&[i64::MIN, -1, 0, 1, i64::MAX]);
    round_trip(&[u16::MAX, 0]);
    round_trip(&[usize::MAX, 0]);
}

#[test]
fn the_names_of_the_standard_library_work() {
    use std_atomic::{AtomicBool, AtomicI32, AtomicUsize, fence};
    let body = || {
        let flag = AtomicBool::new(false);
        let (count, signed) = (AtomicUsize::new(1), AtomicI32::new(-1));
        fence(SeqCst);
        observe(u64::from(flag.swap(true, SeqCst)));
        observe(count.fetch_sub(1, SeqCst) as u64);
        observe(u64::from(signed.load(SeqCst) == -1 && flag.load(SeqCst)));
    };
    check(body, &["main 0 1 1"]);
}

#[test]
fn the_order_of_notes_is_an_outcome() {
    let body = || {
        let observer = Observer::named("order");
        scope(|threads| {
            threads.spawn("a", || observer.note(1));
            threads.spawn("b", || observer.note(2));
        });
    };
    check(body, &["order 1 2", "order 2 1"]);
}

#[test]
fn the_order_of_observations_of_two_threads_is_none() {
    let body = || {
        scope(|threads| {
            threads.spawn("a", || observe(1));
            threads.spawn("b", || observe(2));
        });
    };
    check(body, &["a 1; b 2"]);
}

#[test]
fn a_ghost_cell_sees_the_order_of_its_accesses() {
    let body = || {
        let ghost = Ghost::named("ghost", 0_u64);
        scope(|threads| {
            threads.spawn("a", || ghost.set(1));
            threads.spawn("b", || observe(ghost.get()));
        });
        observe(ghost.peek());
    };
    check(body, &["main 1; b 0", "main 1; b 1"]);
}

#[test]
fn goals_are_those_that_some_execution_reached() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        lockstep::probe::reach(0);
        scope(|threads| {
            threads.spawn("a", || word.store(1, SeqCst));
            if word.load(SeqCst) == 1 {
                lockstep::probe::reach(63);
            } else {
                lockstep::probe::reach(5);
            }
        });
    };
    assert_eq!(common::exhaust(&body).goals, 1 | 1 << 5 | 1 << 63);
    let in_order = lockstep::run(&common::program(&body), &lockstep::Schedule::in_order(), &Default::default());
    assert_eq!(in_order.goals, 1 | 1 << 5);
}

/// How a body ends that does one thing.
#[track_caller]
fn check_refused(refused: impl Fn(Atomic<u32>) + Sync, message: &str) {
    let body = || refused(Atomic::named("word", 0));
    let exploration = lockstep::explore(&common::program(&body), &lockstep::ExploreConfig::default());
    let ends: Vec<String> = exploration.outcomes.iter().map(|seen| seen.outcome.end.to_string()).collect();
    assert!(!ends.is_empty() && ends.iter().all(|end| end.contains(message)), "{ends:?}");
}

#[test]
fn orders_that_the_standard_library_refuses_panic_in_the_subject() {
    use Ordering::{AcqRel, Acquire, Relaxed, Release};
    check_refused(|word| _ = word.load(Release), "there is no such thing as a release load");
    check_refused(|word| _ = word.load(AcqRel), "there is no such thing as an acquire-release load");
    check_refused(|word| word.store(1, Acquire), "there is no such thing as an acquire store");
    check_refused(|word| word.store(1, AcqRel), "there is no such thing as an acquire-release store");
    let failing = |order| move |word: Atomic<u32>| _ = word.compare_exchange(0, 1, SeqCst, order);
    check_refused(failing(Release), "there is no such thing as a release failure ordering");
    check_refused(failing(AcqRel), "there is no such thing as an acquire-release failure ordering");
    check_refused(|_| std_atomic::fence(Relaxed), "there is no such thing as a relaxed fence");
}
