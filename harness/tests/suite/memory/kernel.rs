//! Barriers and orderings of the kernel's own under the memory models.

use super::{ALL, NEVER, WEAK, check};
use crate::memory_models;
use lockstep::sync::Barrier;
use lockstep::sync::Ordering::{Acquire, Relaxed, Release};
use lockstep::{MemoryModel, Strategy};
use memory_models::Op::{Add, AddFully, AddRelease, AddSilently, Fence, Load, Lock, Store, StoreRelease, Unlock};
use memory_models::{FENCE, MB, Op, WORDS, X, Y, Z, explored, graphs, outcome, outcomes};

/// Reported: f04.
#[test]
fn a_write_barrier_of_the_kernel_orders_no_reads() {
    let reader = vec![Load(Y, Relaxed), Fence(Barrier::Read), Load(X, Relaxed)];
    let middle = |barrier| vec![Load(X, Relaxed), Fence(barrier), Store(Y, 1, Relaxed)];
    let program = |barrier| [vec![Store(X, 1, Relaxed)], middle(barrier), reader.clone()];
    check(&program(Barrier::Write), &[&[], &[1], &[1, 0]], WEAK);
    // A release fence does if the read was told something, and so does a full barrier, whatever was read.
    check(&program(Barrier::Full), &[&[], &[1], &[1, 0]], NEVER);
    // Writes it orders, and with them what they tell.
    let writer = |first| vec![first, Fence(Barrier::Write), Store(Y, 1, Relaxed)];
    check(&[writer(Store(X, 1, Relaxed)), reader.clone()], &[&[], &[1, 0]], NEVER);
    let released = vec![Store(X, 1, Relaxed), StoreRelease(Z, 1), Fence(Barrier::Write), Store(Y, 1, Relaxed)];
    check(&[released, reader.clone()], &[&[], &[1, 0]], NEVER);
    let relaxed = vec![Store(X, 1, Relaxed), Store(Z, 1, Relaxed)];
    let passed = vec![Load(Z, Acquire), Fence(Barrier::Write), Store(Y, 1, Relaxed)];
    check(&[relaxed, passed, reader], &[&[], &[1], &[1, 0]], WEAK);
}

/// Reported: f06.
#[test]
fn a_releasing_store_of_the_kernel_comes_after_what_was_read() {
    let shown = |last: Op| {
        let program = [vec![Store(X, 2, Relaxed), StoreRelease(Y, 1)], vec![Load(Y, Relaxed), last]];
        let exploration = explored(&program, MemoryModel::Weak, Strategy::Exhaustive, ALL);
        let outcomes = outcomes(&program, &exploration);
        assert_eq!(
            graphs::shown(&program, MemoryModel::Weak, u64::MAX).map(|shown| shown.outcomes),
            Some(outcomes.clone())
        );
        outcomes.contains(&outcome(&[Vec::new(), vec![1]], &[2, 1, 0]))
    };
    assert_eq!([Store(X, 1, Release), StoreRelease(X, 1)].map(shown), [true, false]);
    // It tells what was read.
    let program = |last: Op| {
        let first = vec![Store(X, 1, Relaxed), StoreRelease(Y, 1)];
        [first, vec![Load(Y, Relaxed), last], vec![Load(Z, Acquire), Load(X, Relaxed)]]
    };
    check(&program(Store(Z, 1, Release)), &[&[], &[1], &[1, 0]], WEAK);
    check(&program(StoreRelease(Z, 1)), &[&[], &[1], &[1, 0]], NEVER);
}

/// Whether some execution under the weak model shows that, machine and graphs alike.
#[track_caller]
fn ends(program: &[Vec<Op>], histories: &[&[u64]], words: [u64; WORDS]) -> bool {
    let exploration = explored(program, MemoryModel::Weak, Strategy::Exhaustive, ALL);
    let outcomes = outcomes(program, &exploration);
    let graphs = graphs::shown(program, MemoryModel::Weak, u64::MAX).expect("there is no limit");
    assert_eq!(graphs.outcomes, outcomes);
    let histories: Vec<Vec<u64>> = histories.iter().map(|history| history.to_vec()).collect();
    outcomes.contains(&outcome(&histories, &words))
}

/// `pb` of the kernel's model: what comes after the barrier by any chain of reading, program order where something orders it, and overwriting.
#[test]
fn a_full_barrier_of_the_kernel_is_for_all_who_come_after_it_by_any_chain() {
    let writer = |barrier| vec![Store(X, 1, Relaxed), barrier, Store(Y, 1, Relaxed)];
    let reader = vec![Load(Z, Acquire), Load(X, Relaxed)];
    let chain = |barrier, middle: &[Op]| [writer(barrier), middle.to_vec(), reader.clone()];
    // ISA2. A fence of C++ is for those who have synchronized.
    let relaxed = [Load(Y, Acquire), Store(Z, 1, Relaxed)];
    check(&chain(MB, &relaxed), &[&[], &[1], &[1, 0]], NEVER);
    check(&chain(FENCE, &relaxed), &[&[], &[1], &[1, 0]], WEAK);
    check(&chain(Fence(Barrier::Write), &relaxed), &[&[], &[1], &[1, 0]], WEAK);
    // Nothing orders what the thread in the middle does.
    check(&chain(MB, &[Load(Y, Relaxed), Store(Z, 1, Relaxed)]), &[&[], &[1], &[1, 0]], WEAK);
    check(&chain(MB, &[Load(Y, Relaxed), Fence(Barrier::Write), Store(Z, 1, Relaxed)]), &[&[], &[1], &[1, 0]], WEAK);
    check(&chain(MB, &[Load(Y, Relaxed), StoreRelease(Z, 1)]), &[&[], &[1], &[1, 0]], NEVER);
    check(&chain(MB, &[Load(Y, Relaxed), Fence(Barrier::Acquire), Store(Z, 1, Relaxed)]), &[&[], &[1], &[1, 0]], NEVER);
    // A write comes after what its thread has read or written of the word.
    let passed = |barrier| {
        [writer(barrier), vec![Load(Y, Relaxed), Store(Y, 2, Relaxed)], vec![Load(Y, Acquire), Load(X, Relaxed)]]
    };
    check(&passed(MB), &[&[], &[1], &[2, 0]], NEVER);
    check(&passed(FENCE), &[&[], &[1], &[2, 0]], WEAK);
    // Z6.2: the write at the end of the chain is overwritten.
    let overwriter = vec![Store(Z, 2, Relaxed), MB, Load(X, Relaxed)];
    let overwritten = |barrier, middle: &[Op]| [writer(barrier), middle.to_vec(), overwriter.clone()];
    let shown = |program: &[Vec<Op>]| ends(program, &[&[], &[1], &[0]], [1, 1, 2]);
    assert!(!shown(&overwritten(MB, &[Load(Y, Relaxed), StoreRelease(Z, 1)])));
    assert!(!shown(&overwritten(MB, &[Load(Y, Acquire), Store(Z, 1, Relaxed)])));
    assert!(shown(&overwritten(MB, &[Load(Y, Relaxed), Store(Z, 1, Relaxed)])));
    assert!(shown(&overwritten(FENCE, &[Load(Y, Relaxed), Store(Z, 1, Release)])));
    // The same with an update, which is a full barrier on either side.
    let updater = vec![Store(X, 1, Relaxed), AddFully(Y, 1)];
    check(&[updater, relaxed.to_vec(), chain(MB, &relaxed)[2].clone()], &[&[0], &[1], &[1, 0]], NEVER);
}

#[test]
fn a_read_barrier_of_the_kernel_orders_no_writes() {
    let writer = vec![Store(X, 2, Relaxed), Fence(Barrier::Write), Store(Y, 1, Relaxed)];
    let shown = |then: &[Op]| {
        let reader = [&[Load(Y, Relaxed), Fence(Barrier::Read)], then].concat();
        ends(&[writer.clone(), reader], &[&[], &[1]], [2, 1, 0])
    };
    assert!(shown(&[Store(X, 1, Relaxed)]));
    assert!(shown(&[AddSilently(Z, 0), Store(X, 1, Relaxed)]));
    // What orders reads before later writes does so after it, too.
    assert!(!shown(&[StoreRelease(X, 1)]));
    assert!(!shown(&[Store(X, 1, Release)]));
    assert!(!shown(&[MB, Store(X, 1, Relaxed)]));
    assert!(!shown(&[FENCE, Store(X, 1, Relaxed)]));
    assert!(!shown(&[Fence(Barrier::Acquire), Store(X, 1, Relaxed)]));
    assert!(!shown(&[Lock(0), Store(X, 1, Relaxed), Unlock(0)]));
    // A read behind the barrier that acquires, or of the same word.
    let reads = |first: Op| {
        let reader = vec![Load(Y, Relaxed), Fence(Barrier::Read), first, Store(X, 1, Relaxed)];
        ends(&[writer.clone(), reader], &[&[], &[1, 0]], [2, 1, 0])
    };
    assert!(reads(Load(Z, Relaxed)));
    assert!(!reads(Load(Z, Acquire)));
    let updates = |update: Op, seen: &[u64]| {
        let reader = vec![Load(Y, Relaxed), Fence(Barrier::Read), update];
        ends(&[writer.clone(), reader], &[&[], seen], [2, 1, 0])
    };
    assert!(!updates(Add(X, 1, Relaxed), &[1, 0]));
    assert!(updates(AddSilently(X, 1), &[1]));
    // Such a write is not seen again: a read comes after the barrier.
    let reader = vec![Load(Y, Relaxed), Fence(Barrier::Read), Store(X, 1, Relaxed), Load(X, Relaxed)];
    assert!(!ends(&[writer.clone(), reader], &[&[], &[1, 1]], [2, 1, 0]));
}

#[test]
fn a_read_barrier_of_the_kernel_does_not_order_what_an_atomic_without_a_result_reads() {
    let writer = vec![Store(X, 1, Relaxed), Fence(Barrier::Write), Store(Y, 1, Relaxed)];
    let shown = |update: Op, then: &[Op], seen: &[u64]| {
        let reader = [&[update], then, &[Load(X, Relaxed)]].concat();
        ends(&[writer.clone(), reader], &[&[], seen], [1, 2, 0])
    };
    assert!(shown(AddSilently(Y, 1), &[Fence(Barrier::Read)], &[0]));
    assert!(!shown(Add(Y, 1, Relaxed), &[Fence(Barrier::Read)], &[1, 0]));
    assert!(!shown(AddSilently(Y, 1), &[MB], &[0]));
    assert!(!shown(AddSilently(Y, 1), &[Fence(Barrier::Read), MB], &[0]));
    // A later release comes after it, as after all that was read, and tells it.
    let writer = vec![Store(X, 2, Relaxed), Fence(Barrier::Write), Store(Y, 1, Relaxed)];
    let last = |last: Op| ends(&[writer.clone(), vec![AddSilently(Y, 1), last]], &[&[], &[]], [2, 2, 0]);
    assert!(last(Store(X, 1, Relaxed)));
    assert!(!last(StoreRelease(X, 1)));
}

#[test]
fn a_releasing_update_of_the_kernel_comes_after_what_was_read() {
    let released = vec![Store(X, 2, Relaxed), StoreRelease(Y, 1)];
    let last = |last: Op| ends(&[released.clone(), vec![Load(Y, Relaxed), last]], &[&[], &[1, 0]], [2, 1, 0]);
    // An update reads what it overwrites: the first value.
    assert!(last(Add(X, 1, Release)));
    assert!(!last(AddRelease(X, 1)));
    // It tells what was read.
    let program = |last: Op| {
        let first = vec![Store(X, 1, Relaxed), StoreRelease(Y, 1)];
        [first, vec![Load(Y, Relaxed), last], vec![Load(Z, Acquire), Load(X, Relaxed)]]
    };
    check(&program(Add(Z, 1, Release)), &[&[], &[1, 0], &[1, 0]], WEAK);
    check(&program(AddRelease(Z, 1)), &[&[], &[1, 0], &[1, 0]], NEVER);
}

/// The kernel's model says never: see `harness/docs/weak.md`.
#[test]
fn what_is_told_otherwise_than_by_the_kernel_is_as_the_document_has_it() {
    let program = [
        vec![Store(X, 1, Relaxed), StoreRelease(Y, 1)],
        vec![Load(Y, Relaxed), StoreRelease(Z, 1), Load(Z, Acquire), Load(X, Relaxed)],
        vec![Load(Z, Acquire), Store(Z, 2, Relaxed)],
    ];
    check(&program, &[&[], &[1, 2, 0], &[1]], WEAK);
    // `x` is read as it was, so what was read before that comes after it in the kernel's model.
    let program = [
        vec![Store(X, 1, Relaxed), StoreRelease(Y, 1)],
        vec![Store(Z, 1, Relaxed), MB, Store(Z, 2, Relaxed)],
        vec![Load(Y, Relaxed), StoreRelease(Y, 2), Load(Z, Acquire), Load(X, Relaxed)],
        vec![Load(Y, Acquire), Load(Z, Relaxed)],
    ];
    assert!(ends(&program, &[&[], &[], &[1, 2, 0], &[2, 0]], [1, 2, 2]));
}
