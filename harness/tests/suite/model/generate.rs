//! Generated programs.

use super::{LOCKS, Op, Program, WORDS};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed, TestRng, TestRunner};

/// A runner that draws the same programs in every run; others for each `PROPTEST_RNG_SEED`, which a soak counts up.
pub fn runner(cases: u32) -> TestRunner {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut seed = [7; 32];
    if let RngSeed::Fixed(shard) = config.rng_seed {
        seed[..8].copy_from_slice(&shard.to_le_bytes());
    }
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// Any operation, with such locks and values that it often does something.
fn op() -> impl Strategy<Value = Op> {
    let word = 0..WORDS;
    let lock = 0..LOCKS;
    prop_oneof![
        4 => word.clone().prop_map(Op::Load),
        4 => (word.clone(), 1..4_u64).prop_map(|(word, value)| Op::Store(word, value)),
        2 => (word.clone(), 1..3_u64).prop_map(|(word, value)| Op::Add(word, value)),
        1 => (word.clone(), 0..2_u64, 1..4_u64).prop_map(|(word, old, new)| Op::Exchange(word, old, new)),
        1 => (word, 0..3_u64).prop_map(|(word, value)| Op::Await(word, value)),
        1 => lock.clone().prop_map(Op::TryLock),
        1 => lock.clone().prop_map(Op::IsLocked),
        1 => lock.clone().prop_map(Op::UnlockWait),
        1 => lock.clone().prop_map(Op::Unlock),
        1 => lock.prop_map(Op::Lock),
        1 => Just(Op::WakeOne),
        1 => Just(Op::WakeAll),
        1 => Just(Op::Private),
        1 => Just(Op::Fence),
        1 => Just(Op::Yield),
    ]
}

/// Single operations and critical sections, some of which sleep.
fn ops(length: usize) -> impl Strategy<Value = Vec<Op>> {
    let section = (0..LOCKS, op(), 0..4_u8).prop_map(|(lock, inner, kind)| match kind {
        0 => vec![Op::Lock(lock), Op::Wait(lock), inner, Op::Unlock(lock)],
        1 => vec![Op::Lock(lock), Op::Lock(1 - lock), Op::Unlock(1 - lock), Op::Unlock(lock)],
        _ => vec![Op::Lock(lock), inner, Op::Unlock(lock)],
    });
    let item = prop_oneof![3 => op().prop_map(|op| vec![op]), 2 => section];
    prop::collection::vec(item, length / 2..=length).prop_map(move |items| {
        let mut ops = items.concat();
        ops.truncate(length);
        ops
    })
}

/// Programs of two or three threads that can be exhausted.
pub fn programs() -> impl Strategy<Value = Program> {
    prop_oneof![
        4 => prop::collection::vec(ops(4), 2..=2),
        2 => (ops(6), ops(2)).prop_map(|(long, short)| vec![long, short]),
        3 => prop::collection::vec(ops(2), 3..=3),
        2 => (ops(3), ops(1), ops(1)).prop_map(|(long, short, last)| vec![short, long, last]),
    ]
}
