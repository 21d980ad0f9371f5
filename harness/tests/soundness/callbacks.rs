//! Code of a subject that the machine calls: functions of updates, conversions, remarks.

use super::{in_order, program};
use lockstep::probe::{observe, remark};
use lockstep::sync::{Atomic, Ordering::SeqCst, Word};
use lockstep::thread::scope;
use lockstep::{End, ExploreConfig, MemoryModel, RunConfig, Schedule, Strategy, explore, run};
use std::panic::catch_unwind;

#[test]
fn a_function_of_an_update_that_acts_is_a_misuse() {
    for memory in MemoryModel::ALL {
        let body = || {
            let (a, b) = (Atomic::named("a", 0_u64), Atomic::named("b", 0_u64));
            scope(|threads| {
                for number in 0..2 {
                    threads.spawn(("adder", number), move || {
                        a.fetch_update_word(SeqCst, |value| {
                            b.fetch_add(1, SeqCst);
                            value + 1
                        });
                    });
                }
            });
        };
        let config = ExploreConfig { strategy: Strategy::Uniform, executions: 50, memory, ..ExploreConfig::default() };
        for seen in explore(&program(&body), &config).outcomes.iter() {
            match &seen.outcome.end {
                End::Misuse(fault) => assert!(fault.message.contains("used the machine"), "{fault}"),
                other => panic!("{memory:?}: {other}"),
            }
        }
    }
}

/// A word whose conversions act on another one.
#[cfg(not(any(miri, lockstep_os_threads)))]
#[derive(Clone, Copy)]
struct Acting(u64, Atomic<u64>);

#[cfg(not(any(miri, lockstep_os_threads)))]
thread_local!(static OTHER: std::cell::Cell<Option<Atomic<u64>>> = const { std::cell::Cell::new(None) });

#[cfg(not(any(miri, lockstep_os_threads)))]
impl Word for Acting {
    fn to_word(self) -> u64 {
        self.1.fetch_add(1, SeqCst);
        self.0
    }

    fn from_word(word: u64) -> Acting {
        let other = OTHER.get().expect("set by the body");
        other.fetch_add(1, SeqCst);
        Acting(word, other)
    }
}

#[cfg(not(any(miri, lockstep_os_threads)))]
#[test]
fn conversions_of_a_word_run_outside_of_the_machine() {
    let body = |update: bool| {
        let other = Atomic::named("other", 0_u64);
        OTHER.set(Some(other));
        let word = Atomic::named("word", Acting(1, other));
        word.store(Acting(2, other), SeqCst);
        observe(word.load(SeqCst).0);
        if update {
            word.swap(Acting(3, other), SeqCst);
        }
        observe(other.load(SeqCst));
    };
    let execution = in_order(|| body(false));
    assert_eq!(execution.end, End::Completed);
    assert_eq!(execution.outcome.columns[0].entries, [lockstep::Entry::Word(2), lockstep::Entry::Word(3)]);
    assert!(matches!(in_order(|| body(true)).end, End::Misuse(_)));
}

#[test]
fn a_function_of_an_update_may_look_and_panic() {
    for memory in MemoryModel::ALL {
        let body = || {
            let (a, b) = (Atomic::named("a", 1_u64), Atomic::named("b", 5_u64));
            let caught = catch_unwind(|| a.fetch_update_word(SeqCst, |_| panic!("on purpose")));
            assert!(caught.is_err());
            a.fetch_update_word(SeqCst, |value| value + b.peek());
            observe(a.load(SeqCst));
        };
        let config = RunConfig { memory, ..RunConfig::default() };
        let execution = run(&program(&body), &Schedule::in_order(), &config);
        assert_eq!(execution.end, End::Completed);
        assert_eq!(execution.outcome.columns[0].entries, [lockstep::Entry::Word(6)]);
    }
}

#[test]
fn a_remark_that_acts_is_a_misuse() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        remark(|| word.load(SeqCst).to_string());
    };
    assert!(matches!(in_order(body).end, End::Misuse(_)));
}
