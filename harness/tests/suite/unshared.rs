//! Where threads have nothing to do with each other nothing is explored, and comparisons say so.

use crate::common;
use common::program;
use lockstep::sync::{Atomic, Ordering::Relaxed, Plain, SpinLock};
use lockstep::{CompareConfig, RunConfig, Unshared, Variant, compare, probe, thread, unshared};

fn of(body: &(dyn Fn() + Sync)) -> Option<Unshared> {
    unshared(&program(body), &RunConfig::default())
}

#[test]
fn one_thread_has_nobody_to_share_with() {
    let alone = || probe::observe(1);
    let with_a_word = || _ = Atomic::named("x", 0_u64).fetch_add(1, Relaxed);
    let one_after_the_other = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            for number in 0..2 {
                scope.spawn(("thread", number), move || _ = x.fetch_add(1, Relaxed)).join();
            }
        });
        probe::observe(x.load(Relaxed));
    };
    let after_rest = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            scope.spawn("thread", move || _ = x.fetch_add(1, Relaxed));
            thread::idle();
            probe::observe(x.load(Relaxed));
        });
    };
    let bodies: [&(dyn Fn() + Sync); 4] = [&alone, &with_a_word, &one_after_the_other, &after_rest];
    for (number, body) in bodies.into_iter().enumerate() {
        assert_eq!(of(body), Some(Unshared::OneThread), "{number}");
    }
}

#[test]
fn threads_that_touch_nothing_in_common_explore_nothing() {
    let own_words = || {
        thread::scope(|scope| {
            for number in 0..2 {
                scope.spawn(("thread", number), move || {
                    let own = Atomic::named(("own", number), 0_u64);
                    own.store(1, Relaxed);
                    probe::observe(own.load(Relaxed));
                });
            }
        });
    };
    let invisible = || {
        // What the machine does not see.
        let x = std::sync::atomic::AtomicU64::new(0);
        thread::scope(|scope| {
            for number in 0..2 {
                let x = &x;
                scope.spawn(("thread", number), move || probe::observe(x.fetch_add(1, Relaxed)));
            }
        });
    };
    let results = || {
        // Their destructors do nothing that the machine sees.
        thread::scope(|scope| {
            drop(scope.spawn("a", || vec![1]));
            drop(scope.spawn("b", || vec![2]));
        });
    };
    assert_eq!(of(&own_words), Some(Unshared::NothingInCommon));
    assert_eq!(of(&results), Some(Unshared::NothingInCommon));
    assert_eq!(of(&invisible), Some(Unshared::NothingInCommon));
}

#[test]
fn one_object_that_two_threads_touch_beside_each_other_is_shared() {
    let word = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            scope.spawn("reader", move || _ = x.load(Relaxed));
            scope.spawn("writer", move || x.store(1, Relaxed));
        });
    };
    let with_main = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            scope.spawn("thread", move || x.store(1, Relaxed));
            x.load(Relaxed);
        });
    };
    let lock = || {
        let lock = SpinLock::named("lock");
        thread::scope(|scope| {
            for number in 0..2 {
                scope.spawn(("thread", number), move || drop(lock.guard()));
            }
        });
    };
    let plain = || {
        let x = Plain::named("x", 0_u64);
        thread::scope(|scope| {
            for number in 0..2 {
                let x = &x;
                scope.spawn(("thread", number), move || x.set(1));
            }
        });
    };
    let of_a_grandchild = || {
        let x = Atomic::named("x", 0_u64);
        thread::spawn(move || {
            thread::spawn(move || x.store(1, Relaxed));
        })
        .join()
        .expect("it ends");
        // The child has ended, its child need not have.
        x.store(2, Relaxed);
    };
    let bodies: [&(dyn Fn() + Sync); 5] = [&word, &with_main, &lock, &plain, &of_a_grandchild];
    for (number, body) in bodies.into_iter().enumerate() {
        assert_eq!(of(body), None, "{number}");
    }
}

#[test]
fn where_the_first_execution_ends_early_others_are_looked_at() {
    let body = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            scope.spawn("hasty", || {
                thread::yield_now();
                probe::bug("too soon");
            });
            for number in 0..2 {
                scope.spawn(("thread", number), move || _ = x.fetch_add(1, Relaxed));
            }
        });
    };
    assert_eq!(of(&body), None);
    let never = || probe::bug("at once");
    assert_eq!(of(&never), Some(Unshared::EndsEarly));
    // The first thread takes all the steps there are.
    let long = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            for number in 0..2 {
                scope.spawn(("thread", number), move || (0..200).for_each(|_| _ = x.fetch_add(1, Relaxed)));
            }
        });
    };
    assert_eq!(unshared(&program(&long), &RunConfig { steps_max: 100, ..RunConfig::default() }), None);
}

#[test]
fn a_comparison_of_what_shares_nothing_has_no_verdict_unless_something_differs() {
    let saying = |word: u64| move || probe::observe(word);
    let (one, same, other) = (saying(1), saying(1), saying(2));
    let compared = |bodies: [&(dyn Fn() + Sync); 2]| {
        let variants = bodies.map(|body| Variant { name: "variant", program: program(body) });
        compare(&variants, &CompareConfig::default())
    };
    let nothing = compared([&one, &same]);
    assert_eq!(nothing.unshared, Some(Unshared::OneThread));
    assert!(nothing.pairs.is_empty() && nothing.executions() > 0);
    let differing = compared([&one, &other]);
    assert_eq!((differing.unshared, differing.divergences.len()), (None, 2));
    // In one step threads share something: that was explored.
    let sharing = || {
        let x = Atomic::named("x", 0_u64);
        thread::scope(|scope| {
            scope.spawn("reader", move || _ = x.load(Relaxed));
            scope.spawn("other reader", move || _ = x.load(Relaxed));
        });
    };
    let apart = || {
        thread::scope(|scope| {
            scope.spawn("reader", || {});
            scope.spawn("other reader", || {});
        });
    };
    let shared = compared([&sharing, &apart]);
    assert_eq!((shared.unshared, shared.pairs.len()), (None, 1));
    assert_eq!(compared([&apart, &apart]).unshared, Some(Unshared::NothingInCommon));
}
