//! The memory models: what they show and what they never show, by name and against references that share nothing with them.

mod bodies;
mod kernel;
mod references;

use crate::memory_models;
use lockstep::sync::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use lockstep::sync::{Atomic, Barrier};
use lockstep::thread::scope;
use lockstep::{Abandon, ExploreConfig, MemoryModel, Program, Strategy, explore};
use memory_models::Op::{Add, AddFully, Exchange, ExchangeFully, Fence, IsLocked, Load, Lock, Store, TryLock, Unlock};
use memory_models::{MB, Op, X, Y, Z, explored, graphs, outcome, outcomes};
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
