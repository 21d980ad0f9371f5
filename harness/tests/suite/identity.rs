//! The name of an outcome, and with it of a divergence, says what a client saw and nothing of how it was found.

use crate::{common, model};
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Ordering::SeqCst, SpinLock};
use lockstep::thread::scope;
use lockstep::{
    CompareConfig, DivergenceId, ExploreConfig, MemoryModel, OutcomeId, Strategy, Variant, compare, explore,
};
use model::generate::{programs, runner};
use std::collections::{BTreeMap, BTreeSet};

/// Ways to come by outcomes: every strategy, seeds, budgets, jobs and memory models.
fn ways() -> Vec<ExploreConfig<'static>> {
    let base = ExploreConfig { executions: 2_000, steps_max: 400, ..ExploreConfig::default() };
    let pct = Strategy::Pct { depth: 3, length: None };
    let bounded = |preemptions| Strategy::Bounded { preemptions };
    vec![
        ExploreConfig { strategy: Strategy::Exhaustive, executions: 100_000, ..base },
        ExploreConfig { strategy: Strategy::Exhaustive, executions: 100_000, jobs: 2, ..base },
        ExploreConfig { strategy: Strategy::Uniform, ..base },
        ExploreConfig { strategy: Strategy::Uniform, seed: 99, skip: 1_000, executions: 300, jobs: 3, ..base },
        ExploreConfig { strategy: pct, seed: 5, ..base },
        ExploreConfig { strategy: bounded(0), ..base },
        ExploreConfig { strategy: bounded(2), tracing: true, ..base },
        ExploreConfig { strategy: Strategy::Uniform, memory: MemoryModel::Tso, ..base },
        ExploreConfig { strategy: Strategy::Uniform, memory: MemoryModel::Weak, ..base },
    ]
}

#[test]
fn ids_of_outcomes_do_not_depend_on_strategy_seed_budget_jobs_or_memory_model() {
    let result = runner(60).run(&programs(), |program| {
        let body = model::body(&program);
        let (mut texts, mut ids) = (BTreeMap::<OutcomeId, String>::new(), BTreeMap::<String, OutcomeId>::new());
        for config in ways() {
            for seen in explore(&common::program(&body), &config).outcomes.iter() {
                let (id, text) = (seen.outcome.id, format!("{:?} {:?}", seen.outcome.columns, seen.outcome.end));
                assert_eq!(*texts.entry(id).or_insert_with(|| text.clone()), text, "one id, two outcomes: {program:?}");
                assert_eq!(*ids.entry(text).or_insert(id), id, "one outcome, two ids: {program:?}");
            }
        }
        // What is printed has eight digits: enough to tell the outcomes of one program apart.
        let printed: BTreeSet<String> = texts.keys().map(OutcomeId::to_string).collect();
        assert_eq!(printed.len(), texts.len());
        Ok(())
    });
    result.unwrap();
}

/// Counts to two, under a lock or not.
fn counted(locked: bool) {
    let (lock, word) = (SpinLock::named("lock"), Atomic::named("word", 0_u64));
    scope(|threads| {
        for number in 0..2 {
            threads.spawn(("thread", number), move || {
                if locked {
                    lock.lock();
                }
                word.write_once(word.read_once() + 1);
                if locked {
                    lock.unlock();
                }
            });
        }
    });
    observe(word.peek());
}

#[test]
fn ids_of_divergences_are_the_same_for_ever() {
    let (locked, lockless) = (|| counted(true), || counted(false));
    let variants = [
        Variant { name: "locked", program: common::program(&locked) },
        Variant { name: "lockless", program: common::program(&lockless) },
    ];
    let sampled = CompareConfig { exhaustive_max: 0, preemptions: None, sampled: 500, ..CompareConfig::default() };
    let configs = [
        CompareConfig::default(),
        CompareConfig { jobs: 3, seed: 17, ..CompareConfig::default() },
        CompareConfig { preemptions: Some(1), exhaustive_max: 0, sampled: 0, ..CompareConfig::default() },
        sampled,
        CompareConfig { seed: 4_711, ..sampled },
        CompareConfig { memory: MemoryModel::Weak, ..sampled },
    ];
    for config in configs {
        let divergences = compare(&variants, &config).divergences;
        let ids: Vec<String> =
            divergences.iter().map(|one| DivergenceId::new("count", "S1", one.outcome).to_string()).collect();
        // Committed ledgers name it so: if it changes, every ledger is void.
        assert_eq!(ids, ["count.S1.a3754928"]);
    }
}

#[test]
fn a_thread_is_known_by_who_started_it_and_not_by_its_number() {
    // Two threads start one each: which of these has which number is up to the schedule.
    let body = || {
        let order = Atomic::named("order", 0_u64);
        scope(|threads| {
            for number in 0..2_u32 {
                threads.spawn(("parent", number), move || {
                    scope(|inner| _ = inner.spawn(("child", number), move || observe(order.fetch_add(1, SeqCst))));
                });
            }
        });
    };
    for memory in MemoryModel::ALL {
        for strategy in [Strategy::Exhaustive, Strategy::Bounded { preemptions: u32::MAX }] {
            let config = ExploreConfig { strategy, memory, executions: 30_000, ..ExploreConfig::default() };
            let found = explore(&common::program(&body), &config);
            let texts: Vec<String> = found.outcomes.iter().map(|seen| common::text(&seen.outcome)).collect();
            let texts: BTreeSet<&str> = texts.iter().map(String::as_str).collect();
            assert_eq!(texts, ["child[0] 0; child[1] 1", "child[0] 1; child[1] 0"].into(), "{}", memory.name());
        }
    }
}
