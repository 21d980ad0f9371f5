//! Exhaustive search under each memory model: exactly the outcomes of all schedules.

use crate::{anything, common, model};
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Ordering::Relaxed, SpinLock};
use lockstep::thread::scope;
use lockstep::{Exploration, ExploreConfig, MemoryModel, RunConfig, Strategy, explore, run};
use proptest::strategy::Strategy as Generator;
use std::cell::Cell;
use std::collections::BTreeSet;

const CONFIG: ExploreConfig<'static> = ExploreConfig {
    strategy: Strategy::Exhaustive,
    executions: 30_000,
    seed: 0,
    skip: 0,
    jobs: 1,
    memory: MemoryModel::Sc,
    steps_max: 400,
    gives_way_after: None,
    tracing: false,
    control: None,
};

/// Schedules of one program that are enumerated; of a program with more, those found must be among the outcomes.
const ENUMERATED_MAX: u64 = 3_000;

fn search(body: &(dyn Fn() + Sync), config: ExploreConfig<'_>) -> Exploration {
    explore(&common::program(body), &config)
}

/// The outcomes of the search; none if it is too long. Each witness shows its outcome, whoever searches.
#[track_caller]
fn exhaust(program: &impl anything::Play, memory: MemoryModel) -> Option<Exploration> {
    let body = anything::body(program);
    let all = search(&body, ExploreConfig { memory, ..CONFIG });
    if !all.evidence.is_exhaustive() {
        return None;
    }
    for seen in all.outcomes.iter() {
        let again = run(&common::program(&body), &seen.witness, &RunConfig { memory, ..RunConfig::default() });
        assert_eq!(again.outcome.id, seen.outcome.id, "{} {program:?} {:?}", memory.name(), seen.witness);
        assert_eq!(again.skipped, 0, "{} {program:?} {:?}", memory.name(), seen.witness);
    }
    Some(all)
}

/// Compares the search with the enumeration. Whether both are complete.
#[track_caller]
fn check(program: &impl anything::Play, memory: MemoryModel, enumerated: u64) -> bool {
    let Some(all) = exhaust(program, memory) else { return false };
    let body = anything::body(program);
    let strategy = Strategy::Bounded { preemptions: u32::MAX };
    let some = search(&body, ExploreConfig { strategy, memory, executions: enumerated, ..CONFIG });
    let texts = |exploration: &Exploration| -> BTreeSet<String> {
        exploration.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect()
    };
    let (shown, expected) = (texts(&all), texts(&some));
    let missing: Vec<_> = some.outcomes.iter().filter(|seen| !all.outcomes.contains(seen.outcome.id)).collect();
    assert!(missing.is_empty(), "{} {program:?}: {:?} {:?}", memory.name(), &expected - &shown, missing[0].witness);
    if some.evidence.is_exhaustive() {
        let more: Vec<_> = all.outcomes.iter().filter(|seen| !some.outcomes.contains(seen.outcome.id)).collect();
        assert!(more.is_empty(), "{} {program:?}: {more:?}", memory.name());
        assert!(all.executions <= some.executions, "{program:?}: {} of {}", all.executions, some.executions);
        assert_eq!(all.goals, some.goals, "{program:?}");
    }
    some.evidence.is_exhaustive()
}

// ---- counts known beforehand ----

/// As many executions under total store order as there are orders of what can be told apart.
#[track_caller]
fn assert_orders(body: &(dyn Fn() + Sync), orders: u64) {
    let all = search(body, ExploreConfig { memory: MemoryModel::Tso, ..CONFIG });
    assert!(all.evidence.is_exhaustive());
    assert_eq!(all.executions, orders);
}

#[test]
fn critical_sections_have_as_many_orders_as_without_buffers() {
    for (times, orders) in [(1, 2), (2, 6), (3, 20), (4, 70)] {
        let body = move || {
            let (lock, word) = (SpinLock::named("lock"), Atomic::named("word", 0_u64));
            let work = || {
                for _ in 0..times {
                    lock.lock();
                    word.write_once(word.read_once() + 1);
                    observe(word.read_once());
                    lock.unlock();
                }
            };
            scope(|threads| (0..2).for_each(|number| _ = threads.spawn(("thread", number), work)));
        };
        assert_orders(&body, orders);
    }
}

#[test]
fn a_store_is_late_or_not() {
    let body = || {
        let words: [Atomic<u64>; 2] = std::array::from_fn(|number| Atomic::named(("word", number as u32), 0));
        scope(|threads| {
            for mine in 0..2 {
                threads.spawn(("thread", mine as u32), move || {
                    words[mine].store(1, Relaxed);
                    observe(words[1 - mine].load(Relaxed));
                });
            }
        });
    };
    assert_orders(&body, 4);
    assert_eq!(search(&body, ExploreConfig { memory: MemoryModel::Tso, ..CONFIG }).outcomes.len(), 4);
}

#[test]
fn where_a_thread_finds_its_own_store_makes_no_difference() {
    let body = || {
        let words: [Atomic<u64>; 3] = std::array::from_fn(|number| Atomic::named(("word", number as u32), 0));
        scope(|threads| {
            for (number, word) in words.into_iter().enumerate() {
                threads.spawn(("thread", number as u32), move || {
                    for value in 1..5 {
                        word.store(value, Relaxed);
                        observe(word.load(Relaxed));
                    }
                });
            }
        });
    };
    assert_orders(&body, 1);
}

// ---- completeness ----

/// A test of random programs under each of these memory models. `PROPTEST_CASES` makes it a soak.
macro_rules! have_exactly_the_outcomes_of_their_schedules {
    ($kind:ident: $programs:expr; $($test:ident $memory:ident $cases:expr),*) => {
        mod $kind {
            use super::*;
            $(
                #[test]
                fn $test() {
                    check_all(MemoryModel::$memory, ($cases, $programs));
                }
            )*
        }
    };
}

have_exactly_the_outcomes_of_their_schedules!(generated_programs: anything::programs();
    under_tso Tso 600, under_tso_with_lax_locks TsoLaxLocks 300, under_weak Weak 600);

// Their threads have more to do with each other.
have_exactly_the_outcomes_of_their_schedules!(dense_programs: anything::dense::programs(4);
    under_sc Sc 400, under_tso Tso 400, under_tso_with_lax_locks TsoLaxLocks 400, under_weak Weak 400);

// They panic and catch it, with threads inside of threads.
have_exactly_the_outcomes_of_their_schedules!(nested_programs: anything::nested::programs();
    under_sc Sc 50, under_tso Tso 50, under_tso_with_lax_locks TsoLaxLocks 50, under_weak Weak 50);

fn check_all(memory: MemoryModel, (cases, programs): (u32, impl Generator<Value = impl anything::Play>)) {
    let cases = proptest::test_runner::Config::default().cases.max(cases);
    let compared = Cell::new(0);
    let result = model::generate::runner(cases).run(&programs, |program| {
        compared.set(compared.get() + u32::from(check(&program, memory, ENUMERATED_MAX)));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(compared.get() > cases / 8, "only {} of {cases} programs were small enough", compared.get());
}

#[test]
fn nested_programs_that_were_once_searched_wrongly_have_exactly_their_outcomes() {
    use anything::Op::{Add, Await, Exchange, Load, Store};
    use anything::nested::Node::{Catch, CatchAndLock, CatchAndStore, Does, Make, Panics, ReadMade, Scope, Section};
    use anything::nested::{Node, Program};
    let check_each = |threads: &[&[Node]], main: &[Node]| {
        let program = Program { threads: threads.iter().map(|nodes| nodes.to_vec()).collect(), main: main.to_vec() };
        for memory in MemoryModel::ALL {
            // Buffers go on like threads, and nothing may while a panic unwinds.
            let is_whole = exhaust(&program, memory).is_some();
            let has_buffers = !matches!(memory, MemoryModel::Sc | MemoryModel::Weak);
            assert!(is_whole || has_buffers, "{} {program:?}", memory.name());
            check(&program, memory, ENUMERATED_MAX);
        }
    };
    // Which thread has which number depends on the schedule, and is not what tells outcomes apart.
    check_each(&[&[Scope(vec![Does(Load(1))])], &[Does(Add(1))]], &[Does(Store(1, 1))]);
    // What main has stored when it comes to the end of its scope may land later than that.
    check_each(&[&[Does(Exchange(1, 1, 2))], &[Does(Add(1))]], &[Does(Store(1, 1))]);
    // What a destructor does while a panic unwinds is part of the step that has read why. Here nobody else can go on meanwhile.
    check_each(
        &[&[Does(Await(0, 1)), CatchAndStore(0, 1, vec![Panics(1, 0)])]],
        &[Does(Store(1, 1)), Does(Store(0, 1))],
    );
    check_each(&[&[Does(Await(0, 1)), CatchAndLock(1, vec![Panics(1, 0)])]], &[Does(Store(0, 1))]);
    // Who is alone and waits until its own stores have landed is held up by nobody.
    let panics = CatchAndLock(0, vec![Section(0, vec![Panics(0, 0)])]);
    let threads = vec![vec![panics, Catch(vec![Does(Load(0))])], vec![]];
    let program = Program { threads, main: vec![Does(Store(0, 1))] };
    MemoryModel::ALL.into_iter().for_each(|memory| _ = check(&program, memory, ENUMERATED_MAX));
    // Several objects of one name are told apart where a schedule decides.
    check_each(&[&[Make(0), Make(1)], &[ReadMade]], &[]);
}

/// Under each memory model.
#[track_caller]
fn check_each(threads: &[&[anything::Op]]) {
    let threads = threads.iter().map(|ops| ops.to_vec()).collect();
    let program = anything::Program { threads, main: anything::Main::Joins };
    for memory in MemoryModel::ALL {
        assert!(check(&program, memory, ENUMERATED_MAX), "{} {program:?}", memory.name());
    }
}

#[test]
fn who_is_let_in_by_the_step_that_ends_everything_could_have_come_first() {
    use anything::Op::*;
    check_each(&[&[Lock(0), Load(0), Unlock(0), BugSeen(0)], &[Lock(0), Store(0, 1), Unlock(0)]]);
    check_each(&[&[Lock(0), Unlock(0), PlainWrite(0)], &[PlainWrite(0), Lock(0), Unlock(0)]]);
    check_each(&[&[ReadLock, Load(0), ReadUnlock, BugSeen(0)], &[WriteLock, Store(0, 1), WriteUnlock]]);
    check_each(&[&[WriteLock, WriteUnlock, PlainWrite(0)], &[PlainWrite(0), ReadLock]]);
}

#[test]
fn the_number_of_system_threads_changes_nothing() {
    let result = model::generate::runner(100).run(&anything::programs(), |program| {
        for memory in [MemoryModel::Tso, MemoryModel::Weak] {
            let body = anything::body(&program);
            let config = ExploreConfig { memory, executions: 5_000, ..CONFIG };
            assert_eq!(search(&body, ExploreConfig { jobs: 3, ..config }), search(&body, config), "{program:?}");
        }
        Ok(())
    });
    result.unwrap();
}
