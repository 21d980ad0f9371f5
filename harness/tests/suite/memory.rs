//! The memory models: what they show and what they never show, by name and against references that share nothing with them.

use crate::memory_models;
use lockstep::sync::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use lockstep::sync::{Atomic, Barrier, Plain, SpinLock, UnlockWait, await_until};
use lockstep::thread::{idle, scope};
use lockstep::{
    Abandon, Describe, End, ExploreConfig, MemoryModel, Program, RunConfig, Schedule, Step, Strategy, Token, explicit,
    explore, run, trace_lines,
};
use memory_models::Op::{
    Add, AddFully, AddRelease, AddSilently, Exchange, ExchangeFully, Fence, IsLocked, Load, Lock, Store, StoreRelease,
    TryLock, Unlock,
};
use memory_models::generate::{self, chains, consistent_programs, programs, runner};
use memory_models::{FENCE, MB, Op, WORDS, X, Y, Z, explored, graphs, outcome, outcomes, rc11, tso};
use proptest::prelude::{prop, prop_assert, prop_assert_eq};
use proptest::strategy::Strategy as Generator;
use std::collections::BTreeSet;

/// More executions than any program here has.
const ALL: u64 = 2_000_000;

/// Under which models some execution shows what the threads see, whatever the words are at the end. Machine and graphs show the same.
#[track_caller]
fn check(program: &[Vec<Op>], histories: &[&[u64]], expected: &[MemoryModel]) {
    check_among(&MemoryModel::ALL, program, histories, expected);
}

/// Under which of these models.
#[track_caller]
fn check_among(models: &[MemoryModel], program: &[Vec<Op>], histories: &[&[u64]], expected: &[MemoryModel]) {
    let histories: Vec<Vec<u64>> = histories.iter().map(|history| history.to_vec()).collect();
    let start = outcome(&histories, &[]);
    let shown = models.iter().copied().filter(|&memory| {
        let exploration = explored(program, memory, Strategy::Exhaustive, ALL);
        assert!(exploration.evidence.is_exhaustive(), "{} {}", memory.name(), exploration.evidence);
        let outcomes = outcomes(program, &exploration);
        if memory != MemoryModel::TsoLaxLocks {
            let graphs = graphs::shown(program, memory, u64::MAX).expect("there is no limit");
            assert_eq!(graphs.outcomes, outcomes, "{}", memory.name());
        }
        outcomes.iter().any(|outcome| outcome.starts_with(&start))
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

const NEVER: &[MemoryModel] = &[];
const WEAK: &[MemoryModel] = &[MemoryModel::Weak];
const BUFFERED: &[MemoryModel] = &[MemoryModel::Tso, MemoryModel::TsoLaxLocks, MemoryModel::Weak];
const LAX: &[MemoryModel] = &[MemoryModel::TsoLaxLocks, MemoryModel::Weak];
const EVERYWHERE: &[MemoryModel] = &MemoryModel::ALL;

fn store_buffering(order: Ordering, between: &[Op]) -> Vec<Vec<Op>> {
    let thread = |mine, theirs| [&[Store(mine, 1, order)], between, &[Load(theirs, Acquire)]].concat();
    vec![thread(X, Y), thread(Y, X)]
}

#[test]
fn stores_wait_in_buffers_until_a_full_barrier() {
    check(&store_buffering(Release, &[]), &[&[0], &[0]], BUFFERED);
    check(&store_buffering(Relaxed, &[Fence(Barrier::Write)]), &[&[0], &[0]], BUFFERED);
    check(&store_buffering(Relaxed, &[MB]), &[&[0], &[0]], NEVER);
    // Sequentially consistent stores order nothing before loads of another strength, except where they drain buffers.
    check(&store_buffering(SeqCst, &[]), &[&[0], &[0]], WEAK);
}

#[test]
fn a_thread_sees_its_own_stores_before_others_do() {
    let thread = |mine, theirs| vec![Store(mine, 1, Relaxed), Load(mine, Relaxed), Load(theirs, Relaxed)];
    check(&[thread(X, Y), thread(Y, X)], &[&[1, 0], &[1, 0]], BUFFERED);
}

#[test]
fn messages_pass_in_order_if_they_are_released_and_acquired() {
    let program = |write: Ordering, read: Ordering| {
        vec![vec![Store(X, 1, Relaxed), Store(Y, 1, write)], vec![Load(Y, read), Load(X, Relaxed)]]
    };
    check(&program(Relaxed, Acquire), &[&[], &[1, 0]], WEAK);
    check(&program(Release, Relaxed), &[&[], &[1, 0]], WEAK);
    check(&program(Release, Acquire), &[&[], &[1, 0]], NEVER);
    check(&program(Release, Acquire), &[&[], &[1, 1]], EVERYWHERE);
}

#[test]
fn writes_may_land_in_the_middle() {
    let thread = |first, second| vec![Store(first, 1, Relaxed), Store(second, 2, Relaxed)];
    let program = [thread(X, Y), thread(Y, X)];
    let shown = |memory| {
        let exploration = explored(&program, memory, Strategy::Exhaustive, ALL);
        outcomes(&program, &exploration).contains(&outcome(&[Vec::new(), Vec::new()], &[1, 1, 0]))
    };
    assert_eq!(MemoryModel::ALL.map(shown), [false, false, false, true]);
}

#[test]
fn a_read_modify_write_drains_and_has_nothing_before_it() {
    let add = |order| vec![Add(X, 1, order)];
    for order in [Relaxed, SeqCst] {
        check(&[add(order), add(order)], &[&[0], &[0]], NEVER);
    }
    let drained = |order| store_buffering(Relaxed, &[Add(0, 0, order)]);
    check(&drained(Relaxed), &[&[1, 0], &[0, 0]], WEAK);
    // A full barrier if it is one of the kernel's; not in C++20, where only accesses of the same strength agree with it.
    check(&drained(SeqCst), &[&[1, 0], &[0, 0]], WEAK);
    check(&store_buffering(Relaxed, &[AddFully(X, 0)]), &[&[1, 0], &[0, 0]], NEVER);
}

#[test]
fn a_failing_exchange_drains_nothing() {
    let thread = |mine, theirs| vec![Store(mine, 1, Relaxed), ExchangeFully(mine, 7, 8), Load(theirs, Relaxed)];
    check(&[thread(X, Y), thread(Y, X)], &[&[1, 0], &[1, 0]], BUFFERED);
}

/// The barriers are made in one order and stand in the other: see the module of their line.
#[test]
fn a_barrier_may_stand_in_front_of_an_earlier_one() {
    let program = [
        vec![Store(X, 1, Relaxed), MB, Store(Y, 1, Relaxed)],
        vec![Load(Y, Relaxed), Store(Z, 1, Relaxed)],
        vec![Load(Z, Relaxed), MB, Load(X, Relaxed)],
    ];
    check(&program, &[&[], &[1], &[1, 0]], WEAK);
    // Whoever reads from the first thread itself comes after its barrier.
    let program = [program[0].clone(), vec![Load(Y, Relaxed), MB, Load(X, Relaxed)]];
    check(&program, &[&[], &[1, 0]], NEVER);
}

#[test]
fn readers_disagree_on_the_order_of_writes_unless_barriers_forbid_it() {
    let reader = |first, second, between: &[Op]| [&[Load(first, Acquire)], between, &[Load(second, Acquire)]].concat();
    let program = |between: &[Op]| {
        [vec![Store(X, 1, Release)], vec![Store(Y, 1, Release)], reader(X, Y, between), reader(Y, X, between)]
    };
    check(&program(&[]), &[&[], &[], &[1, 0], &[1, 0]], WEAK);
    check(&program(&[MB]), &[&[], &[], &[1, 0], &[1, 0]], NEVER);
}

#[test]
fn sequentially_consistent_loads_agree_on_stores_that_are_so_as_well() {
    let reader = |first, second, order| vec![Load(first, order), Load(second, order)];
    let program = |write: Ordering, read: Ordering| {
        [vec![Store(X, 1, write)], vec![Store(Y, 1, write)], reader(X, Y, read), reader(Y, X, read)]
    };
    let disagree: &[&[u64]] = &[&[], &[], &[1, 0], &[1, 0]];
    check(&program(Release, SeqCst), disagree, WEAK);
    check(&program(SeqCst, Acquire), disagree, WEAK);
    check(&program(SeqCst, SeqCst), disagree, NEVER);
}

#[test]
fn accesses_order_each_other_if_all_of_them_are_sequentially_consistent() {
    let swapped = |first, second, read| vec![Exchange(first, 0, 1, SeqCst, SeqCst), Load(second, read)];
    check(&[swapped(X, Y, SeqCst), swapped(Y, X, SeqCst)], &[&[0, 0], &[0, 0]], NEVER);
    check(&[swapped(X, Y, SeqCst), swapped(Y, X, Acquire)], &[&[0, 0], &[0, 0]], WEAK);
    let stored = |first, second, read| vec![Store(first, 1, SeqCst), Load(second, read)];
    check(&[stored(X, Y, SeqCst), stored(Y, X, SeqCst)], &[&[0], &[0]], NEVER);
    check(&[stored(X, Y, SeqCst), stored(Y, X, Acquire)], &[&[0], &[0]], WEAK);
    // An update of a third word is no barrier; one that loads instead of a load agrees with stores.
    let updated = vec![Store(X, 1, SeqCst), Add(Z, 1, SeqCst), Load(Y, Acquire)];
    check(&[updated, stored(Y, X, SeqCst)], &[&[0, 0], &[0]], WEAK);
    let added = |first, second| vec![Store(first, 1, SeqCst), Add(second, 0, SeqCst)];
    check(&[added(X, Y), added(Y, X)], &[&[0], &[0]], NEVER);
    // A failing exchange is a load, as strong as it says.
    let failing = |first, second, order| vec![Store(first, 1, SeqCst), Exchange(second, 7, 8, AcqRel, order)];
    check(&[failing(X, Y, SeqCst), failing(Y, X, SeqCst)], &[&[0], &[0]], NEVER);
    check(&[failing(X, Y, SeqCst), failing(Y, X, Acquire)], &[&[0], &[0]], WEAK);
    // A fence agrees with accesses.
    let fenced = vec![Store(Y, 1, Relaxed), MB, Load(X, Relaxed)];
    check(&[stored(X, Y, SeqCst), fenced.clone()], &[&[0], &[0]], NEVER);
    check(&[stored(X, Y, Acquire), fenced], &[&[0], &[0]], WEAK);
}

#[test]
fn stores_that_are_sequentially_consistent_cannot_all_come_last() {
    let thread = |first, second, order| vec![Store(first, 1, order), Store(second, 2, order)];
    let shown = |order| {
        let program = [thread(X, Y, order), thread(Y, X, order)];
        let exploration = explored(&program, MemoryModel::Weak, Strategy::Exhaustive, ALL);
        outcomes(&program, &exploration).contains(&outcome(&[Vec::new(), Vec::new()], &[1, 1, 0]))
    };
    assert_eq!([Release, SeqCst].map(shown), [true, false]);
}

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

#[test]
fn a_release_sequence_is_continued_by_updates_only() {
    let reader = vec![Load(Y, Acquire), Load(X, Relaxed)];
    let writer = |then: Op| vec![Store(X, 1, Relaxed), Store(Y, 1, Release), then];
    check(&[writer(Store(Y, 2, Relaxed)), reader.clone()], &[&[], &[2, 0]], WEAK);
    check(&[writer(Add(Y, 1, Relaxed)), reader.clone()], &[&[1], &[2, 0]], NEVER);
    let other = vec![Add(Y, 1, Relaxed)];
    check(&[vec![Store(X, 1, Relaxed), Store(Y, 1, Release)], other, reader], &[&[], &[1], &[2, 0]], NEVER);
}

/// A pointer with debts of its readers. The reader pays its debt, looks again and reads whether what it points to is freed; the
/// writer frees what nobody has a debt for.
fn sees_freed(memory: MemoryModel, look: Ordering, pay: (Ordering, Ordering)) -> bool {
    let outcomes = all(memory, &move || {
        let (pointer, debt) = (Atomic::named("pointer", 1_u32), Atomic::named("debt", 0_u32));
        let freed = [1_u32, 2].map(|number| Atomic::named(("freed", number), false));
        scope(|threads| {
            threads.spawn("store", move || {
                let old = pointer.swap(2, SeqCst);
                if debt.compare_exchange(old, 0, pay.0, pay.1).is_err() {
                    freed[old as usize - 1].store(true, Relaxed);
                }
            });
            let is_freed = loop {
                let seen = pointer.load(Acquire);
                debt.swap(seen, SeqCst);
                if pointer.load(look) == seen {
                    break freed[seen as usize - 1].load(Relaxed);
                }
                debt.store(0, Release);
            };
            lockstep::probe::observe(u64::from(is_freed));
        });
    });
    outcomes.iter().any(|outcome| outcome.contains("Word(1)"))
}

#[test]
fn an_update_is_not_ordered_before_a_load_of_another_word_that_only_acquires() {
    for memory in MemoryModel::ALL {
        assert_eq!(sees_freed(memory, Acquire, (AcqRel, Acquire)), memory == MemoryModel::Weak, "{}", memory.name());
        assert!(!sees_freed(memory, SeqCst, (SeqCst, SeqCst)), "{}", memory.name());
    }
}

#[test]
fn what_comes_before_a_start_and_after_an_end_of_a_thread_is_in_order() {
    let started = all(MemoryModel::Weak, &|| {
        let (x, y) = (Atomic::named("x", 0), Atomic::named("y", 0));
        scope(|threads| {
            threads.spawn("other", move || {
                y.store(1, SeqCst);
                lockstep::probe::observe(x.load(SeqCst));
            });
            x.store(1, SeqCst);
            threads.spawn("started", move || lockstep::probe::observe(y.load(SeqCst)));
        });
    });
    assert!(!started.iter().any(|outcome| outcome.contains("[Word(0)][Word(0)]")), "{started:?}");
    let ended = all(MemoryModel::Weak, &|| {
        let (x, y) = (Atomic::named("x", 0), Atomic::named("y", 0));
        scope(|threads| {
            let stores = threads.spawn("stores", move || x.store(1, SeqCst));
            threads.spawn("other", move || {
                y.store(1, SeqCst);
                lockstep::probe::observe(x.load(SeqCst));
            });
            stores.join();
            lockstep::probe::observe(y.load(SeqCst));
        });
    });
    assert!(ended.len() > 1 && !ended.iter().any(|outcome| outcome.matches("Word(0)").count() == 2), "{ended:?}");
}

#[test]
fn an_unlock_orders_for_whoever_takes_a_lock_later() {
    let critical = |lock, op| vec![Lock(lock), op, Unlock(lock)];
    // Two critical sections of one thread, seen from outside without any lock.
    let writer = [critical(0, Store(X, 1, Relaxed)), critical(1, Store(Y, 1, Relaxed))].concat();
    let reader = vec![Load(Y, Relaxed), Fence(Barrier::Read), Load(X, Relaxed)];
    check(&[writer, reader], &[&[], &[1, 0]], NEVER);
    let writer = vec![Store(X, 1, Relaxed), MB, Store(Y, 1, Relaxed)];
    let reader = [critical(0, Load(Y, Relaxed)), critical(1, Load(X, Relaxed))].concat();
    check(&[writer, reader], &[&[], &[1, 0]], NEVER);
    // A store is not ordered before a later load by that, but taking a lock drains.
    let thread = |mine, theirs, first, second| {
        [critical(first, Store(mine, 1, Relaxed)), critical(second, Load(theirs, Relaxed))].concat()
    };
    let models = [MemoryModel::Sc, MemoryModel::Tso, MemoryModel::Weak];
    check_among(&models, &[thread(X, Y, 0, 0), thread(Y, X, 1, 1)], &[&[0], &[0]], WEAK);
    let before = |mine, theirs, lock| [vec![Store(mine, 1, Relaxed)], critical(lock, Load(theirs, Relaxed))].concat();
    check(&[before(X, Y, 0), before(Y, X, 1)], &[&[0], &[0]], LAX);
}

#[test]
fn a_lock_may_look_as_it_was() {
    let holder = vec![Lock(0), Store(X, 1, Release), Unlock(0)];
    check(&[holder.clone(), vec![Load(X, Acquire), IsLocked(0)]], &[&[], &[1, 0]], EVERYWHERE);
    check(&[holder.clone(), vec![IsLocked(0), Load(X, Acquire), IsLocked(0)]], &[&[], &[0, 1, 1]], EVERYWHERE);
    // Its release waits in a buffer, or is not seen.
    let told = vec![Lock(0), Unlock(0), Store(X, 1, Relaxed)];
    check(&[told.clone(), vec![Load(X, Acquire), IsLocked(0)]], &[&[], &[1, 1]], WEAK);
    check(&[told, vec![Load(X, Acquire), TryLock(0)]], &[&[], &[1, 0]], WEAK);
}

/// What the body observes of all executions, with how they end.
fn all(memory: MemoryModel, body: &(dyn Fn() + Sync)) -> BTreeSet<String> {
    let program = Program { body, abandon: Abandon::Unwind };
    let config = ExploreConfig { strategy: Strategy::Exhaustive, memory, executions: ALL, ..ExploreConfig::default() };
    let exploration = explore(&program, &config);
    assert!(exploration.evidence.is_exhaustive(), "{}", exploration.evidence);
    let text = |outcome: &lockstep::Outcome| {
        let entries = outcome.columns.iter().map(|column| format!("{:?}", column.entries)).collect::<String>();
        format!("{entries} {}", outcome.end.clone().without_places())
    };
    exploration.outcomes.iter().map(|seen| text(&seen.outcome)).collect()
}

#[test]
fn joining_resting_and_awaiting_see_what_was_stored() {
    for memory in MemoryModel::ALL {
        let joined = all(memory, &|| {
            let x = Atomic::named("x", 0);
            let stored = lockstep::thread::spawn(move || x.store(1, Relaxed));
            stored.join().expect("it ends");
            lockstep::probe::observe(x.load(Relaxed));
        });
        assert_eq!(joined, BTreeSet::from(["[Word(1)][] completed".to_owned()]));
        let rested = all(memory, &|| {
            let x = Atomic::named("x", 0);
            scope(|threads| {
                threads.spawn("stores", move || x.store(1, Relaxed));
                idle();
                lockstep::probe::observe(x.load(Relaxed));
            });
        });
        assert_eq!(rested, BTreeSet::from(["[Word(1)][] completed".to_owned()]));
        let awaited = all(memory, &|| {
            let (x, y) = (Atomic::named("x", 0), Atomic::named("y", 0));
            scope(|threads| {
                threads.spawn("stores", move || {
                    x.store(1, Relaxed);
                    y.store(1, Relaxed);
                });
                await_until(|| y.load(Acquire) == 1 && x.load(Relaxed) == 1);
            });
        });
        assert_eq!(awaited, BTreeSet::from(["[][] completed".to_owned()]));
    }
}

#[test]
fn a_wait_that_cannot_end_is_seen_as_one() {
    for memory in MemoryModel::ALL {
        let stuck = all(memory, &|| {
            let x = Atomic::named("x", 0);
            scope(|threads| {
                threads.spawn("stores", move || x.store(1, Relaxed));
                await_until(|| x.load(Relaxed) == 2);
            });
        });
        assert_eq!(stuck.len(), 1, "{stuck:?}");
        assert!(stuck.iter().all(|end| end.contains("main waits for change of x")), "{stuck:?}");
        let locked = all(memory, &|| {
            let (one, other) = (SpinLock::named("one"), SpinLock::named("other"));
            scope(|threads| {
                threads.spawn("thread", move || {
                    let (_one, _other) = (one.guard(), other.guard());
                });
                let (_other, _one) = (other.guard(), one.guard());
            });
        });
        assert_eq!(locked.len(), 2, "{locked:?}");
        assert!(locked.iter().any(|end| end.contains("deadlock")), "{locked:?}");
    }
}

/// What `spin_unlock_wait` orders behind it matters under the weak model only. (What stands before it may be late under total store order too: C12.)
#[test]
fn waiting_for_an_unlock_orders_what_its_reading_says() {
    let misses = |memory, reading| {
        let outcomes = all(memory, &move || {
            let (lock, x, held) = (SpinLock::named("lock"), Atomic::named("x", 0), Atomic::named("held", false));
            scope(|threads| {
                threads.spawn("holder", move || {
                    lock.lock();
                    held.store(true, Release);
                    x.store(1, Relaxed);
                    lock.unlock();
                });
                await_until(|| held.load(Acquire));
                lock.unlock_wait(reading);
                lockstep::probe::observe(x.load(Relaxed));
            });
        });
        assert!(outcomes.iter().any(|outcome| outcome.contains("Word(1)")), "{outcomes:?}");
        outcomes.iter().any(|outcome| outcome.contains("Word(0)"))
    };
    let readings = [UnlockWait::Relaxed, UnlockWait::Acquire, UnlockWait::LockUnlock];
    for memory in MemoryModel::ALL {
        let expected = [memory == MemoryModel::Weak, false, false];
        assert_eq!(readings.map(|reading| misses(memory, reading)), expected, "{}", memory.name());
    }
}

#[test]
fn races_are_those_of_happens_before_under_every_model() {
    let raced = |memory, order| {
        let outcomes = all(memory, &move || {
            let (data, flag) = (Plain::named("data", 0), Atomic::named("flag", 0));
            scope(|threads| {
                threads.spawn("writes", move || {
                    data.set(1);
                    flag.store(1, order);
                });
                if flag.load(Acquire) == 1 {
                    lockstep::probe::observe(data.get());
                }
            });
        });
        assert!(outcomes.iter().all(|outcome| !outcome.contains("Word(0)")), "{outcomes:?}");
        outcomes.iter().any(|outcome| outcome.contains("data race"))
    };
    for memory in MemoryModel::ALL {
        assert!(!raced(memory, Release));
        assert!(raced(memory, Relaxed));
    }
}

#[test]
fn tokens_replay_under_their_model() {
    let program = store_buffering(Relaxed, &[]);
    let body = memory_models::body(&program);
    let program = Program { body: &body, abandon: Abandon::Unwind };
    for memory in [MemoryModel::Tso, MemoryModel::Weak] {
        let config = RunConfig { memory, ..RunConfig::default() };
        for number in 0..200 {
            for schedule in [Schedule::uniform(number), Schedule::pct(number, 3, 12)] {
                let execution = run(&program, &schedule, &config);
                assert!(matches!(execution.end, End::Completed), "{}", execution.end);
                let schedule = Schedule::Explicit(explicit(&program, &schedule, &config));
                let (subject, scenario) = ("sb".to_owned(), "S1".to_owned());
                let token = Token { subject, scenario, memory, schedule }.to_string();
                let token: Token = token.parse().expect("it is a token");
                assert_eq!(token.memory, memory);
                let again = run(&program, &token.schedule, &config);
                assert_eq!((again.trace, again.outcome), (execution.trace, execution.outcome));
            }
        }
    }
}

#[test]
fn any_schedule_runs_under_every_model() {
    let steps = prop::collection::vec((0..60_u32, prop::num::u8::ANY), 0..12);
    let result = runner(500).run(&(programs(), steps), |(program, mut steps)| {
        steps.sort_unstable();
        steps.dedup_by_key(|step| step.0);
        let path = steps.into_iter().map(|(question, choice)| Step { question, choice }).collect();
        let body = memory_models::body(&program);
        let program = Program { body: &body, abandon: Abandon::Unwind };
        for memory in MemoryModel::ALL {
            let config = RunConfig { memory, ..RunConfig::default() };
            let execution = run(&program, &Schedule::Path(Vec::clone(&path)), &config);
            prop_assert_eq!(&execution.end, &End::Completed);
            let explicit = explicit(&program, &Schedule::Path(Vec::clone(&path)), &config);
            let again = run(&program, &Schedule::Explicit(explicit), &config);
            prop_assert_eq!(again.outcome.id, execution.outcome.id);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn what_memory_does_that_it_usually_does_not_is_said_in_the_trace() {
    let program = [vec![Store(X, 1, Relaxed), Store(X, 2, Relaxed)], vec![Load(X, Relaxed), Store(X, 3, Relaxed)]];
    let body = memory_models::body(&program);
    let program = Program { body: &body, abandon: Abandon::Unwind };
    let said = |memory, text: &str| {
        (0..200).any(|number| {
            let config = RunConfig { memory, ..RunConfig::default() };
            let execution = run(&program, &Schedule::uniform(number), &config);
            trace_lines(&execution, &Numbers).iter().any(|line| line.text.contains(text))
        })
    };
    assert_eq!(MemoryModel::ALL.map(|memory| said(memory, "word[0] := 1 lands")), [false, true, true, false]);
    assert_eq!(
        MemoryModel::ALL.map(|memory| said(memory, "word[0] = 1 (an older write)")),
        [false, false, false, true]
    );
    assert_eq!(MemoryModel::ALL.map(|memory| said(memory, "(in front of a later write)")), [false, false, false, true]);
}

/// Values as they are.
struct Numbers;

impl Describe for Numbers {
    fn word(&self, word: u64) -> String {
        word.to_string()
    }
}

#[test]
fn one_unusual_choice_is_one_preemption() {
    let program = store_buffering(Relaxed, &[]);
    for memory in [MemoryModel::Tso, MemoryModel::Weak] {
        let shows = |preemptions| {
            let exploration = explored(&program, memory, Strategy::Bounded { preemptions }, ALL);
            outcomes(&program, &exploration).contains(&outcome(&[vec![0], vec![0]], &[1, 1, 0]))
        };
        assert_eq!([shows(0), shows(1)], [false, true], "{}", memory.name());
    }
}

// ---- random programs ----

/// Executions of one random program. Programs with more are left out.
const ENUMERATED: u64 = 100_000;

/// Every outcome that the machine shows, if they are few enough to show all.
fn shown(program: &[Vec<Op>], memory: MemoryModel) -> Option<BTreeSet<memory_models::Outcome>> {
    let exploration = explored(program, memory, Strategy::Exhaustive, ENUMERATED);
    exploration.evidence.is_exhaustive().then(|| outcomes(program, &exploration))
}

/// Compares random programs with a reference.
fn check_against(
    memory: MemoryModel,
    cases: (u32, impl Generator<Value = Vec<Vec<Op>>>),
    reference: fn(&[Vec<Op>]) -> BTreeSet<memory_models::Outcome>,
) {
    generate::check(cases, |program| {
        let Some(shown) = shown(program, memory) else { return Ok(false) };
        prop_assert_eq!(shown, reference(program), "{:?}", program);
        Ok(true)
    });
}

#[test]
fn tso_shows_what_its_abstract_machine_shows() {
    check_against(MemoryModel::Tso, (200, programs()), tso::outcomes);
}

#[test]
fn weak_shows_what_the_axioms_of_rc11_allow() {
    let of_cpp = || programs().prop_filter("C++ has it", |program| rc11::covers(program));
    check_against(MemoryModel::Weak, (200, of_cpp()), rc11::outcomes);
    check_against(MemoryModel::Weak, (40, chains()), rc11::outcomes);
    check_against(MemoryModel::Weak, (200, consistent_programs()), rc11::outcomes);
}

#[test]
fn each_model_shows_what_the_stronger_one_shows() {
    let of_cpp = programs().prop_filter("C++ has it", |program| rc11::covers(program));
    let result = runner(200).run(&of_cpp, |program| {
        let sc = shown(&program, MemoryModel::Sc);
        let (tso, weak) = (tso::outcomes(&program), rc11::outcomes(&program));
        if let Some(sc) = sc {
            prop_assert!(sc.is_subset(&tso), "{:?}", program);
            prop_assert!(sc.is_subset(&weak), "{:?}", program);
        }
        prop_assert!(tso.is_subset(&weak), "{:?}", program);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn random_schedules_show_nothing_else_and_in_the_end_everything() {
    let result = runner(25).run(&programs(), |program| {
        for memory in [MemoryModel::Tso, MemoryModel::Weak] {
            let Some(all) = shown(&program, memory) else { continue };
            for strategy in [Strategy::Uniform, Strategy::Pct { depth: 3, length: None }] {
                let sampled = outcomes(&program, &explored(&program, memory, strategy, 1_000));
                prop_assert!(sampled.is_subset(&all), "{} {:?}", memory.name(), program);
            }
            let sampled = outcomes(&program, &explored(&program, memory, Strategy::Uniform, 30_000));
            prop_assert!(sampled.len() * 10 >= all.len() * 9, "{} {} {}", memory.name(), sampled.len(), all.len());
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
