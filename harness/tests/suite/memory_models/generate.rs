//! Generated programs of accesses, fences and locks.

use super::Op::{
    Add, AddFully, AddRelease, AddSilently, Exchange, ExchangeFully, Fence, IsLocked, Load, Lock, Store, StoreRelease,
    TryLock, Unlock,
};
use super::{FENCE, LOCKS, MB, Op, WORDS};
use lockstep::sync::Barrier;
use lockstep::sync::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use proptest::prelude::{prop, prop_oneof};
use proptest::strategy::Strategy as Generator;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestCaseError, TestRng, TestRunner};
use std::cell::Cell;

/// A runner that draws the same programs in every run; others for each `PROPTEST_RNG_SEED`, which a soak counts up.
pub fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut seed = [11; 32];
    if let RngSeed::Fixed(shard) = config.rng_seed {
        seed[..8].copy_from_slice(&shard.to_le_bytes());
    }
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// Compares random programs with a reference. `compare` leaves out those that are too large, which most are not.
pub fn check(
    (cases, programs): (u32, impl Generator<Value = Vec<Vec<Op>>>),
    compare: impl Fn(&[Vec<Op>]) -> Result<bool, TestCaseError>,
) {
    let compared = Cell::new(0);
    let result = runner(cases).run(&programs, |program| {
        compared.set(compared.get() + u32::from(compare(&program)?));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(compared.get() > cases / 2, "only {} of {cases} programs were small enough", compared.get());
}

/// An operation on one of so many words.
fn op(words: usize) -> impl Generator<Value = Op> {
    let load = prop::sample::select(vec![Relaxed, Relaxed, Acquire, SeqCst]);
    let store = prop::sample::select(vec![Relaxed, Relaxed, Release, SeqCst]);
    let update = prop::sample::select(vec![Relaxed, Acquire, Release, AcqRel, SeqCst]);
    let barriers = [
        Barrier::Full,
        Barrier::SeqCst,
        Barrier::Read,
        Barrier::Write,
        Barrier::Acquire,
        Barrier::Release,
        Barrier::AcquireRelease,
    ];
    prop_oneof![
        5 => (0..words, load).prop_map(|(word, order)| Load(word, order)),
        5 => (0..words, 1..4_u64, store).prop_map(|(word, value, order)| Store(word, value, order)),
        1 => (0..words, 1..3_u64, update.clone()).prop_map(|(word, value, order)| Add(word, value, order)),
        1 => (0..words, 0..2_u64, 1..4_u64, update, prop::sample::select(vec![Relaxed, Acquire, SeqCst]))
            .prop_map(|(word, old, new, success, failure)| Exchange(word, old, new, success, failure)),
        1 => (0..words, 0..2_u64, 1..3_u64, prop::bool::ANY).prop_map(|(word, old, value, exchanges)| {
            if exchanges { ExchangeFully(word, old, value) } else { AddFully(word, value) }
        }),
        1 => (0..words, 1..4_u64).prop_map(|(word, value)| StoreRelease(word, value)),
        1 => (0..words, 1..4_u64, prop::bool::ANY).prop_map(|(word, value, releases)| {
            if releases { AddRelease(word, value) } else { AddSilently(word, value) }
        }),
        2 => prop::sample::select(barriers.to_vec()).prop_map(Fence),
    ]
}

/// Programs without locks that can be exhausted.
pub fn programs() -> impl Generator<Value = Vec<Vec<Op>>> {
    prop_oneof![
        3 => prop::collection::vec(prop::collection::vec(op(2), 1..4), 2..=2),
        2 => prop::collection::vec(prop::collection::vec(op(2), 1..3), 3..=3),
    ]
}

/// An operation of programs in which many accesses are sequentially consistent.
fn consistent_op(words: usize) -> impl Generator<Value = Op> {
    let load = prop::sample::select(vec![Relaxed, Acquire, SeqCst, SeqCst]);
    let store = prop::sample::select(vec![Relaxed, Release, SeqCst, SeqCst]);
    let update = prop::sample::select(vec![Relaxed, AcqRel, SeqCst]);
    let barriers = [Barrier::SeqCst, Barrier::SeqCst, Barrier::Acquire, Barrier::Release];
    prop_oneof![
        6 => (0..words, load).prop_map(|(word, order)| Load(word, order)),
        6 => (0..words, 1..3_u64, store).prop_map(|(word, value, order)| Store(word, value, order)),
        2 => (0..words, update.clone()).prop_map(|(word, order)| Add(word, 4, order)),
        1 => (0..words, 0..2_u64, update, prop::sample::select(vec![Relaxed, Acquire, SeqCst]))
            .prop_map(|(word, old, success, failure)| Exchange(word, old, 3, success, failure)),
        2 => prop::sample::select(barriers.to_vec()).prop_map(Fence),
    ]
}

/// Programs with many sequentially consistent accesses, some of four threads.
pub fn consistent_programs() -> impl Generator<Value = Vec<Vec<Op>>> {
    prop_oneof![
        3 => prop::collection::vec(prop::collection::vec(consistent_op(2), 1..5), 2..=2),
        3 => prop::collection::vec(prop::collection::vec(consistent_op(2), 1..4), 3..=3),
        2 => prop::collection::vec(prop::collection::vec(consistent_op(WORDS), 2..4), 3..=3),
        2 => prop::collection::vec(prop::collection::vec(consistent_op(2), 1..3), 4..=4),
    ]
}

/// Three threads that access different words, most of them with a fence of C++ in between.
pub fn chains() -> impl Generator<Value = Vec<Vec<Op>>> {
    let store = (0..WORDS, prop::sample::select(vec![Relaxed, Release]));
    chains_of(vec![FENCE], store.prop_map(|(word, order)| Store(word, 1, order)))
}

/// The same with barriers of the kernel's.
pub fn kernel_chains() -> impl Generator<Value = Vec<Vec<Op>>> {
    let store = prop_oneof![
        2 => (0..WORDS, 1..3_u64).prop_map(|(word, value)| Store(word, value, Relaxed)),
        1 => (0..WORDS).prop_map(|word| StoreRelease(word, 3)),
        1 => (0..WORDS).prop_map(|word| AddRelease(word, 4)),
        1 => (0..WORDS).prop_map(|word| AddSilently(word, 8)),
    ];
    chains_of(vec![MB, MB, Fence(Barrier::Read), Fence(Barrier::Write)], store)
}

fn chains_of(barriers: Vec<Op>, store: impl Generator<Value = Op> + Clone) -> impl Generator<Value = Vec<Vec<Op>>> {
    let access = move || {
        prop_oneof![
            (0..WORDS, prop::sample::select(vec![Relaxed, Acquire])).prop_map(|(word, order)| Load(word, order)),
            store.clone(),
        ]
    };
    let between = prop_oneof![
        3 => prop::sample::select(barriers).prop_map(|barrier| vec![barrier]),
        1 => prop::sample::select(vec![Vec::new()]),
    ];
    let thread =
        (access(), between, access()).prop_map(|(one, between, other)| [vec![one], between, vec![other]].concat());
    prop::collection::vec(thread, 3..=3)
}

/// Single operations and critical sections; two locks are taken in either order.
fn sections(words: usize, length: usize) -> impl Generator<Value = Vec<Op>> {
    let inner = || prop::collection::vec(op(words), 0..3);
    let around = |lock, inner: Vec<Op>| [&[Lock(lock)][..], &inner, &[Unlock(lock)]].concat();
    let item = prop_oneof![
        4 => op(words).prop_map(|op| vec![op]),
        3 => (0..LOCKS, inner()).prop_map(move |(lock, inner)| around(lock, inner)),
        1 => (0..LOCKS).prop_map(move |lock| around(lock, vec![Lock(1 - lock), Unlock(1 - lock)])),
        1 => (0..LOCKS).prop_map(|lock| vec![TryLock(lock)]),
        1 => (0..LOCKS).prop_map(|lock| vec![IsLocked(lock)]),
    ];
    prop::collection::vec(item, 1..=length).prop_map(|items| items.concat())
}

/// Programs with locks of which most can be exhausted.
pub fn locking_programs() -> impl Generator<Value = Vec<Vec<Op>>> {
    prop_oneof![
        3 => prop::collection::vec(sections(2, 3), 2..=2),
        2 => prop::collection::vec(sections(2, 2), 3..=3),
        1 => (sections(WORDS, 4), sections(WORDS, 2)).prop_map(|(long, short)| vec![long, short]),
    ]
}
