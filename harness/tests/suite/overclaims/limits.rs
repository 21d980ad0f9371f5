//! Searches of executions that a limit cuts.

use super::{LIMITS, Limits, Outcomes, check, check_nobody, config, outcomes};
use crate::common;
use common::program;
use lockstep::sync::{Atomic, Ordering::Relaxed};
use lockstep::{
    CompareConfig, MemoryModel, OBSERVERS_MAX, Strategy, THREADS_MAX, Variant, compare, explore, probe, thread,
};

#[test]
fn no_step_limit_however_small_lets_an_engine_claim_what_it_has_not_seen() {
    let counting = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            for number in 0..2 {
                scope.spawn(("thread", number), move || {
                    (0..2).for_each(|_| probe::observe(x.fetch_add(1, Relaxed)));
                });
            }
        });
    };
    let has: Outcomes = ["0 1|2 3", "0 2|1 3", "0 3|1 2", "1 2|0 3", "1 3|0 2", "2 3|0 1"]
        .into_iter()
        .map(|both| both.split_once('|').expect("two threads"))
        .map(|(first, second)| format!("thread[0] {first}; thread[1] {second}"))
        .collect();
    for memory in MemoryModel::ALL {
        for steps_max in (0..=14).chain([20_000]) {
            let complete = check(&counting, memory, Limits { steps_max, ..LIMITS }, &has);
            if steps_max == 20_000 {
                assert!(complete.contains(&"exhaustive".to_owned()), "{}", memory.name());
            }
        }
    }
    // With at most one preemption: what the enumeration shows with enough steps, it has to have seen if it says so.
    let with_one = |steps_max| {
        let limits = Limits { steps_max, ..LIMITS };
        explore(&program(&counting), &config(Strategy::Bounded { preemptions: 1 }, MemoryModel::Sc, limits))
    };
    let whole = outcomes(&with_one(20_000));
    for steps_max in 0..=14 {
        let some = with_one(steps_max);
        let claims = some.evidence.preemptions() == Some(1) || some.evidence.is_exhaustive();
        assert!(!claims || outcomes(&some) == whole, "{steps_max}: '{}'", some.evidence);
        assert!(claims || some.evidence.gaps().cut > 0, "{steps_max}: '{}'", some.evidence);
    }
}

#[test]
fn a_loop_that_is_cut_is_told_and_proves_nothing() {
    let spinning = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            scope.spawn("writer", move || (0..3).for_each(|_| x.store(1, Relaxed)));
            scope.spawn("spinner", move || {
                while x.load(Relaxed) == 0 {
                    thread::yield_now();
                }
            });
        });
    };
    for memory in MemoryModel::ALL {
        for steps_max in [5, 14, 60] {
            check(&spinning, memory, Limits { steps_max, executions: 5_000 }, &Outcomes::new());
        }
    }
    // All executions are cut: nothing was seen of how they end.
    let long = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            scope.spawn("one", move || {
                (0..200).for_each(|_| _ = x.fetch_add(1, Relaxed));
                probe::observe(1);
            });
        });
    };
    for memory in MemoryModel::ALL {
        check_nobody(&long, memory, Limits { steps_max: 100, executions: 500 }, |evidence| evidence.gaps().cut);
    }
}

#[test]
fn two_programs_of_which_every_execution_is_cut_are_not_known_to_be_the_same() {
    let counting = |answer: u64, threads: u32| {
        move || {
            let count = Atomic::named("count", 0_u64);
            thread::scope(|scope| {
                for number in 0..threads {
                    scope.spawn(("asker", number), move || {
                        (0..110).for_each(|_| _ = count.fetch_add(1, Relaxed));
                        probe::observe(answer);
                    });
                }
            });
        }
    };
    for (threads, memory) in [1, 2].into_iter().flat_map(|threads| MemoryModel::ALL.map(|memory| (threads, memory))) {
        let (one, other) = (counting(1, threads), counting(2, threads));
        let compared = |steps_max: u64| {
            let config = CompareConfig {
                exhaustive_max: 50,
                enumerated_max: 50,
                sampled: 50,
                confirmed: 50,
                memory,
                steps_max,
                ..CompareConfig::default()
            };
            let variants =
                [Variant { name: "one", program: program(&one) }, Variant { name: "other", program: program(&other) }];
            compare(&variants, &config)
        };
        let cut = compared(100);
        let evidence = cut.evidence();
        assert!(cut.divergences.is_empty() && cut.unshared.is_none());
        assert!(!evidence.is_exhaustive() && evidence.preemptions().is_none(), "'{evidence}'");
        let executions = evidence.gaps().cut;
        assert_eq!(executions, cut.executions());
        assert!(
            evidence.to_string().ends_with(&format!(", {executions} executions cut by the step limit")),
            "'{evidence}'"
        );
        assert_eq!(cut.pairs[0].evidence, evidence);
        let whole = compared(20_000);
        assert_eq!(whole.divergences.len(), 2, "they differ when the limit allows to see it");
        assert!(whole.evidence().gaps().is_empty());
    }
}

#[test]
fn limits_of_the_machine_are_not_those_of_the_subject() {
    let threads = || {
        thread::scope(|scope| {
            for number in 0..THREADS_MAX as u32 + 2 {
                scope.spawn(("thread", number), || probe::observe(1)).join();
            }
        });
    };
    let observers = || {
        for number in 0..OBSERVERS_MAX as u32 + 1 {
            probe::Observer::named(("observer", number)).note(1);
        }
    };
    fn recurse(word: Atomic<u64>, depth: u64) -> u64 {
        let room = std::hint::black_box([depth; 64]);
        if word.load(Relaxed) == depth { room[1] } else { recurse(word, depth + 1) + room[depth as usize % 64] }
    }
    let deep = || probe::observe(recurse(Atomic::named("word", 2_000), 0));
    for memory in MemoryModel::ALL {
        check_nobody(&threads, memory, LIMITS, |evidence| evidence.gaps().limited);
        check_nobody(&observers, memory, LIMITS, |evidence| evidence.gaps().limited);
        check_nobody(&deep, memory, LIMITS, |evidence| evidence.gaps().limited);
    }
}
