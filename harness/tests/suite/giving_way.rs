//! A search that cannot end gives way to other strategies, wherever that is asked for.

use crate::common;
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Ordering::SeqCst};
use lockstep::thread::scope;
use lockstep::{CompareConfig, ExploreConfig, Strategy, Variant, compare, explore};

/// Two threads count down, and begin again where the other one has counted in between: so they may
/// go round for ever, with another count each time.
fn countdown() {
    let count = Atomic::named("count", 1_i64);
    scope(|threads| {
        for number in 0..2 {
            threads.spawn(("thread", number), move || {
                while {
                    let left = count.fetch_sub(1, SeqCst) - 1;
                    left <= 0 && count.compare_exchange(left, 1, SeqCst, SeqCst).is_err()
                } {}
            });
        }
    });
    observe(u64::from(count.load(SeqCst) == 1));
}

const SEARCH: ExploreConfig<'static> = ExploreConfig {
    strategy: Strategy::Exhaustive,
    executions: 1_000_000,
    seed: 0,
    skip: 0,
    jobs: 1,
    memory: lockstep::MemoryModel::Sc,
    steps_max: 400,
    gives_way_after: Some(20_000),
    tracing: false,
    control: None,
};

#[test]
fn a_search_gives_way_after_so_many_choice_points() {
    let body = countdown;
    let config = ExploreConfig { steps_max: 20_000, ..SEARCH };
    let some = explore(&common::program(&body), &config);
    assert!(!some.evidence.is_exhaustive(), "{}", some.evidence);
    // The execution in which the budget ends is the last one of its search; 48 search at a time.
    assert!((20_000..20_000 + 48 * 400).contains(&some.steps), "{} choice points", some.steps);
    let others = explore(&common::program(&body), &ExploreConfig { jobs: 3, ..config });
    assert_eq!(others, some, "whatever the number of OS threads");
}

#[test]
fn a_search_gives_way_when_an_execution_was_cut_off() {
    let body = countdown;
    let config = ExploreConfig { steps_max: 60, gives_way_after: Some(u64::MAX), ..SEARCH };
    let some = explore(&common::program(&body), &config);
    assert!(some.gaps.cut > 0 && !some.evidence.is_exhaustive(), "{}", some.evidence);
    assert_eq!(explore(&common::program(&body), &ExploreConfig { jobs: 3, ..config }), some);
    // Who wants everything gets more than that.
    let stubborn = explore(&common::program(&body), &ExploreConfig { gives_way_after: None, ..config });
    assert!(stubborn.gaps.cut > some.gaps.cut, "{} executions were cut off", stubborn.gaps.cut);
}

#[test]
fn a_search_that_ends_within_the_budget_does_not_give_way() {
    let body = || {
        let word = Atomic::named("word", 0_u64);
        scope(|threads| (0..3).for_each(|_| _ = threads.spawn("adds", move || _ = word.fetch_add(1, SeqCst))));
    };
    let all = explore(&common::program(&body), &SEARCH);
    assert!(all.evidence.is_exhaustive(), "{}", all.evidence);
}

#[test]
fn a_comparison_samples_what_it_cannot_exhaust() {
    let body = countdown;
    let variants = ["a", "b"].map(|name| Variant { name, program: common::program(&body) });
    let config = CompareConfig { exhaustive_max: 2_000, sampled: 500, confirmed: 500, ..CompareConfig::default() };
    let comparison = compare(&variants, &config);
    for one in &comparison.explorations {
        assert!(one.evidence.sampled() > 0 && !one.evidence.is_exhaustive(), "{}", one.evidence);
    }
    assert!(comparison.divergences.is_empty());
}
