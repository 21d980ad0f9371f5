//! No search claims more than it has done: each is run on programs made to be cut, crowded or left out of,
//! under every memory model, and what it claims is held against outcomes that the program provably has.

use crate::common;
use common::{program, text};
use lockstep::sync::{Arc, Atomic, Ordering::Relaxed, SpinLock, WaitQueue, smp_mb};
use lockstep::{
    CompareConfig, End, Evidence, Exploration, ExploreConfig, MemoryModel, OBSERVERS_MAX, RunConfig, Schedule,
    Strategy, THREADS_MAX, Variant, compare, explore, explore_nearby, probe, thread,
};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::AtomicU64;

type Outcomes = BTreeSet<String>;

/// What searches are given here.
#[derive(Clone, Copy)]
struct Limits {
    executions: u64,
    steps_max: u64,
}

const LIMITS: Limits = Limits { executions: 3_000, steps_max: 20_000 };

fn config(strategy: Strategy, memory: MemoryModel, limits: Limits) -> ExploreConfig<'static> {
    let Limits { executions, steps_max } = limits;
    ExploreConfig { strategy, executions, memory, steps_max, seed: 1, ..ExploreConfig::default() }
}

/// What every search makes of the body, and what some of them make of it together.
fn explorations(body: &(dyn Fn() + Sync), memory: MemoryModel, limits: Limits) -> Vec<(String, Exploration)> {
    let subject = program(body);
    let bounded = [0, 1, 2, 1_000].map(|preemptions| Strategy::Bounded { preemptions });
    let random = [
        Strategy::Uniform,
        Strategy::Pct { depth: 3, length: None },
        Strategy::Pos,
        Strategy::Portfolio { length: None },
    ];
    let mut all: Vec<(String, Exploration)> = Vec::new();
    for strategy in random.into_iter().chain(bounded).chain([Strategy::Exhaustive]) {
        let executions = if random.contains(&strategy) { 200 } else { limits.executions };
        let config = config(strategy, memory, Limits { executions, ..limits });
        all.push((strategy.to_string(), explore(&subject, &config)));
    }
    let config = ExploreConfig { jobs: 3, ..config(Strategy::Exhaustive, memory, limits) };
    all.push(("exhaustive on three".to_owned(), explore(&subject, &config)));
    let run = RunConfig { memory, steps_max: limits.steps_max, control: None };
    all.push(("nearby".to_owned(), explore_nearby(&subject, &Schedule::in_order(), &run)));
    let compared = CompareConfig {
        exhaustive_max: limits.executions,
        enumerated_max: limits.executions,
        sampled: 100,
        confirmed: 100,
        memory,
        steps_max: limits.steps_max,
        ..CompareConfig::default()
    };
    let comparison = compare(&[Variant { name: "it", program: subject }], &compared);
    all.extend(comparison.explorations.into_iter().map(|one| ("comparison".to_owned(), one)));
    let mut merged = Exploration::clone(&all[0].1);
    for (_, other) in &all[1..] {
        merged.merge(other.clone());
    }
    all.push(("all together".to_owned(), merged));
    all
}

fn outcomes(exploration: &Exploration) -> Outcomes {
    exploration.outcomes.iter().map(|seen| text(&seen.outcome)).collect()
}

/// Fails if any search claims more than it has seen. `has` are outcomes that the body has under the model. Returns who
/// claims to have seen everything.
#[track_caller]
fn check(body: &(dyn Fn() + Sync), memory: MemoryModel, limits: Limits, has: &Outcomes) -> Vec<String> {
    let mut complete = Vec::new();
    for (search, exploration) in explorations(body, memory, limits) {
        let (evidence, seen) = (exploration.evidence, outcomes(&exploration));
        let named = format!("{search}, {}: '{evidence}'", memory.name());
        if evidence.is_exhaustive() {
            let missed: Vec<&String> = has.difference(&seen).collect();
            assert!(missed.is_empty(), "{named}, but {missed:?} can happen");
            let is_cut = |end: &End| matches!(end, End::StepLimit(_) | End::StackLow(_));
            let cut = exploration.outcomes.iter().any(|seen| is_cut(&seen.outcome.end));
            assert!(!cut, "{named}, but an execution was cut");
            assert!(evidence.gaps().is_empty(), "{named}");
            assert_eq!(evidence.to_string(), "exhaustive");
            complete.push(search);
        } else {
            assert_ne!(evidence.absence(), "never", "{named}");
            let gaps = exploration.gaps;
            assert_eq!(evidence.gaps().is_empty(), gaps.is_empty(), "{named} says nothing of {gaps:?}");
        }
    }
    complete
}

/// As `check`, of a body that has a gap, so that nobody can have seen everything.
#[track_caller]
fn check_nobody(body: &(dyn Fn() + Sync), memory: MemoryModel, limits: Limits, gap: fn(&Evidence) -> u64) {
    assert_eq!(check(body, memory, limits, &Outcomes::new()), Vec::<String>::new());
    for (search, exploration) in explorations(body, memory, limits) {
        if search == Strategy::Exhaustive.to_string() {
            assert!(gap(&exploration.evidence) > 0, "{search}: '{}'", exploration.evidence);
        }
    }
}

/// One thread writes 1 to `count`, one after the other, and then a flag; who sees the flag may see any of them.
fn many_writes(count: u64) -> impl Fn() + Sync {
    move || {
        let (x, flag) = (Atomic::named("x", 0_u64), Atomic::named("flag", 0_u64));
        thread::scope(|scope| {
            scope.spawn("writer", move || {
                (1..=count).for_each(|value| x.store(value, Relaxed));
                flag.store(1, Relaxed);
            });
            scope.spawn("reader", move || {
                probe::observe(if flag.load(Relaxed) == 1 { x.load(Relaxed) } else { 9_999 });
            });
        });
    }
}

#[test]
fn old_writes_that_a_choice_cannot_name_rule_out_that_everything_was_seen() {
    for count in [31, 40, 255, 256] {
        for memory in MemoryModel::ALL {
            let seen: BTreeSet<u64> = match memory {
                MemoryModel::Weak => (0..=count).chain([9_999]).collect(),
                _ => [count, 9_999].into(),
            };
            let has = seen.iter().map(|value| format!("reader {value}")).collect();
            let complete = check(&many_writes(count), memory, LIMITS, &has);
            let is_named = memory != MemoryModel::Weak || count < 256;
            assert_eq!(complete.contains(&"exhaustive".to_owned()), is_named, "{count}, {}", memory.name());
        }
    }
}

/// What comes after so many writes to one word, all of which it may not have seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Swap,
    Store,
    StoreAndLoad,
}

#[test]
fn places_for_a_write_and_for_an_update_that_a_choice_cannot_name_count_as_well() {
    use Last::{Store, StoreAndLoad, Swap};
    for (count, last) in [(40, Swap), (40, StoreAndLoad), (300, Swap), (300, Store)] {
        let body = move || {
            let (x, flag) = (Atomic::named("x", 0_u64), Atomic::named("flag", 0_u64));
            thread::scope(|scope| {
                scope.spawn("writer", move || {
                    (1..=count).for_each(|value| x.store(value, Relaxed));
                    flag.store(1, Relaxed);
                });
                scope.spawn("other", move || {
                    if flag.load(Relaxed) == 0 {
                        return;
                    }
                    if last == Swap {
                        probe::observe(x.swap(1_000, Relaxed));
                    } else {
                        x.store(1_000, Relaxed);
                    }
                    if last == StoreAndLoad {
                        probe::observe(x.load(Relaxed));
                    }
                });
            });
        };
        for memory in MemoryModel::ALL {
            let weak = memory == MemoryModel::Weak;
            let values: Vec<u64> = match last {
                Swap if weak => (0..=count).collect(),
                Swap => vec![count],
                StoreAndLoad if weak => (1..=count).chain([1_000]).collect(),
                StoreAndLoad => vec![1_000],
                Store => vec![],
            };
            let has = values.iter().map(|value| format!("other {value}")).chain(["".to_owned()]).collect();
            let complete = check(&body, memory, LIMITS, &has);
            let is_named = !weak || count < 256;
            assert_eq!(complete.contains(&"exhaustive".to_owned()), is_named, "{count}, {last:?}, {}", memory.name());
        }
    }
}

#[test]
fn a_write_for_which_there_is_no_room_left_counts_as_left_out() {
    // Whoever has seen the flag puts all its writes in front of the other's, which was there before.
    let body = || {
        let (x, flag) = (Atomic::named("x", 0_u64), Atomic::named("flag", 0_u64));
        thread::scope(|scope| {
            scope.spawn("first", move || {
                x.store(1_000, Relaxed);
                flag.store(1, Relaxed);
            });
            scope.spawn("second", move || {
                probe::observe(flag.load(Relaxed));
                (1..=40).for_each(|value| x.store(value, Relaxed));
            });
        });
        probe::observe(x.load(Relaxed));
    };
    for memory in MemoryModel::ALL {
        let mut has: Outcomes = ["main 1000; second 0".to_owned(), "main 40; second 0".to_owned()].into();
        has.insert("main 40; second 1".to_owned());
        if memory == MemoryModel::Weak {
            has.insert("main 1000; second 1".to_owned());
        }
        check(&body, memory, LIMITS, &has);
    }
}

#[test]
fn a_barrier_that_cannot_go_far_enough_to_the_front_counts_as_left_out() {
    for count in [1, 5, 31, 32, 40] {
        let body = move || {
            let [x, y, z] = ["x", "y", "z"].map(|name| Atomic::named(name, 0_u64));
            thread::scope(|scope| {
                scope.spawn("first", move || {
                    x.store(1, Relaxed);
                    (0..count).for_each(|_| smp_mb());
                    y.store(1, Relaxed);
                });
                scope.spawn("second", move || {
                    if y.load(Relaxed) == 1 {
                        z.store(1, Relaxed);
                    }
                });
                scope.spawn("third", move || {
                    if z.load(Relaxed) == 1 {
                        smp_mb();
                        probe::observe(x.load(Relaxed));
                    }
                });
            });
        };
        for memory in MemoryModel::ALL {
            let zero = (memory == MemoryModel::Weak).then(|| "third 0".to_owned());
            let has = ["".to_owned(), "third 1".to_owned()].into_iter().chain(zero).collect();
            check(&body, memory, LIMITS, &has);
        }
    }
}

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

/// Writes twice when it is dropped.
struct Twice(Atomic<u64>);

impl Drop for Twice {
    fn drop(&mut self) {
        self.0.store(1, Relaxed);
        self.0.store(2, Relaxed);
    }
}

#[test]
fn who_could_go_on_while_a_panic_unwinds_counts_as_left_out() {
    let body = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            scope.spawn("panicking", move || {
                let unwinding = || {
                    let _twice = Twice(x);
                    // As a panic, without a word on standard error.
                    resume_unwind(Box::new("caught"));
                };
                _ = catch_unwind(AssertUnwindSafe(unwinding));
            });
            scope.spawn("other", move || probe::observe(x.load(Relaxed)));
        });
    };
    let has: Outcomes = (0..=2).map(|value| format!("other {value}")).collect();
    for memory in MemoryModel::ALL {
        check(&body, memory, LIMITS, &has);
    }
}

#[test]
fn many_who_wait_are_woken_in_every_order_or_nothing_is_claimed() {
    const WAITERS: u64 = 3;
    let body = || {
        let (lock, queue) = (SpinLock::named("lock"), WaitQueue::named("queue"));
        let count = Atomic::named("count", 0_u64);
        thread::scope(|scope| {
            for number in 0..WAITERS as u32 {
                scope.spawn(("waiter", number), move || {
                    lock.lock();
                    count.fetch_add(1, Relaxed);
                    queue.wait(&lock);
                    probe::observe(count.fetch_add(1, Relaxed));
                    lock.unlock();
                });
            }
            scope.spawn("waker", move || {
                for _ in 0..WAITERS {
                    lock.lock();
                    if count.load(Relaxed) >= WAITERS {
                        queue.wake_one();
                    }
                    lock.unlock();
                }
            });
        });
    };
    let orders = [[3, 4, 5], [3, 5, 4], [4, 3, 5], [4, 5, 3], [5, 3, 4], [5, 4, 3]];
    let line = |[a, b, c]: [u64; 3]| format!("waiter[0] {a}; waiter[1] {b}; waiter[2] {c}");
    let has: Outcomes = orders.into_iter().map(line).collect();
    for memory in [MemoryModel::Sc, MemoryModel::Tso, MemoryModel::Weak] {
        check(&body, memory, Limits { executions: 2_000, ..LIMITS }, &has);
    }
}

#[test]
fn many_stores_in_buffers_are_all_seen_or_nothing_is_claimed() {
    const STORES: u64 = 12;
    let body = || {
        let (x, y) = (Atomic::named("x", 0_u64), Atomic::named("y", 0_u64));
        thread::scope(|scope| {
            scope.spawn("many", move || {
                (1..=STORES).for_each(|value| x.store(value, Relaxed));
                probe::observe(y.load(Relaxed));
            });
            scope.spawn("one", move || {
                y.store(1, Relaxed);
                probe::observe(x.load(Relaxed));
            });
        });
    };
    let line = |(many, one): (u64, u64)| format!("many {many}; one {one}");
    for memory in MemoryModel::ALL {
        let early = if memory == MemoryModel::Sc { STORES } else { 0 };
        let pairs = (0..=STORES).map(|one| (1, one)).chain((early..=STORES).map(|one| (0, one)));
        let complete = check(&body, memory, LIMITS, &pairs.map(line).collect());
        assert!(complete.contains(&"exhaustive".to_owned()), "{}", memory.name());
    }
}

#[test]
fn who_is_the_last_to_let_go_of_an_arc_is_not_varied_and_nothing_is_claimed_of_it() {
    let body = || {
        probe::unseen();
        let shared = Arc::new(());
        thread::scope(|scope| {
            for number in 1..=2_u32 {
                let shared = Arc::clone(&shared);
                scope.spawn(("thread", number), move || probe::observe(u64::from(Arc::into_inner(shared).is_some())));
            }
            drop(shared);
        });
    };
    for memory in MemoryModel::ALL {
        check_nobody(&body, memory, LIMITS, |evidence| evidence.gaps().unseen);
    }
}

#[test]
fn a_subject_that_depends_on_more_than_its_schedule_proves_nothing() {
    let runs = AtomicU64::new(0);
    let body = || {
        let run = runs.fetch_add(1, Relaxed);
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            for number in 0..2 {
                let times = if run == 0 { 3 } else { run % 2 };
                scope.spawn(("thread", number), move || {
                    (0..=times).for_each(|_| _ = x.fetch_add(1, Relaxed));
                });
            }
        });
        probe::observe(x.load(Relaxed));
    };
    let subject = program(&body);
    for strategy in [Strategy::Bounded { preemptions: 1_000 }, Strategy::Exhaustive] {
        runs.store(0, Relaxed);
        let some = explore(&subject, &config(strategy, MemoryModel::Sc, Limits { executions: 100_000, ..LIMITS }));
        assert!(!some.evidence.is_exhaustive() && some.evidence.gaps().strayed > 0, "{strategy}: '{}'", some.evidence);
    }
}
