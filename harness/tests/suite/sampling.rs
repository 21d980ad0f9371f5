//! How random schedules spread over what can happen.

use crate::common;
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Ordering::Relaxed};
use lockstep::{Entry, ExploreConfig, RunConfig, Schedule, Strategy, explore, portfolio, run, thread};
use std::collections::BTreeMap;

/// A thread reads a word twice while the main thread writes it.
fn reads_around_a_write() {
    let word = Atomic::named("word", 0_u32);
    thread::scope(|scope| {
        scope.spawn("reader", move || {
            observe(u64::from(word.load(Relaxed)));
            observe(u64::from(word.load(Relaxed)));
        });
        word.store(1, Relaxed);
    });
}

/// Of so many executions, in thousandths, how many see the write before both reads, between them, and behind them.
fn shares(strategy: Strategy) -> [f64; 3] {
    let config = ExploreConfig { strategy, executions: 60_000, ..ExploreConfig::default() };
    let exploration = explore(&common::program(&reads_around_a_write), &config);
    let of = |wanted: [u64; 2]| {
        let wanted = wanted.map(Entry::Word);
        let seen = exploration.outcomes.iter().find(|seen| seen.outcome.columns[1].entries == wanted);
        1_000.0 * seen.map_or(0, |seen| seen.count) as f64 / 60_000.0
    };
    [of([1, 1]), of([0, 1]), of([0, 0])]
}

#[track_caller]
fn check(shares: [f64; 3], expected: [f64; 3]) {
    let is_near = |(share, expected): (&f64, &f64)| (share - expected).abs() < 10.0;
    assert!(shares.iter().zip(&expected).all(is_near), "{shares:?} instead of {expected:?}");
}

/// The write comes first if its priority is above that of the reader's start or of its first read: two thirds. Else the first read happens, and the
/// write draws anew: both orders to the second read are as likely. With the first draw it would be 1/12 and 1/4.
#[test]
fn an_event_that_lost_a_race_draws_anew() {
    check(shares(Strategy::Pos), [2000.0 / 3.0, 1000.0 / 6.0, 1000.0 / 6.0]);
}

/// The write comes first if the first toss says so, or one of sixteen that are made before the reader's first event though it was chosen
/// for that. Then there is one more toss. If to begin were an event like any other it would be 3/4, 1/8 and 1/8.
#[test]
fn a_uniform_walk_tosses_once_for_each_event() {
    check(shares(Strategy::Uniform), [17_000.0 / 32.0, 7_500.0 / 32.0, 7_500.0 / 32.0]);
}

/// A thread counts up while two others look, three times each: more outcomes than are counted in one place.
fn looks_at_a_counter() {
    let word = Atomic::named("word", 0_u32);
    thread::scope(|scope| {
        for name in ["one", "other"] {
            let word = &word;
            scope.spawn(name, move || (0..3).for_each(|_| observe(u64::from(word.load(Relaxed)))));
        }
        (1..=4).for_each(|value| word.store(value, Relaxed));
    });
}

#[test]
fn outcomes_are_counted_as_if_one_by_one() {
    let program = common::program(&looks_at_a_counter);
    let config = ExploreConfig { executions: 20_000, seed: 3, ..ExploreConfig::default() };
    let mut expected = BTreeMap::new();
    for number in 0..config.executions {
        let outcome = run(&program, &Strategy::Uniform.schedule(config.seed, number, 1), &RunConfig::default()).outcome;
        let (_, count) = expected.entry(outcome.id).or_insert((number, 0));
        *count += 1;
    }
    assert!(expected.len() > 100, "{}", expected.len());
    for jobs in [1, 3] {
        let found = explore(&program, &ExploreConfig { jobs, ..config });
        // The first one of each is what its witness is.
        let found = found.outcomes.iter().map(|seen| {
            let first = seen.first & !(1 << 63);
            assert_eq!(seen.witness, Strategy::Uniform.schedule(config.seed, first, 1));
            (seen.outcome.id, (first, seen.count))
        });
        assert_eq!(found.collect::<BTreeMap<_, _>>(), expected, "{jobs} jobs");
    }
}

#[test]
fn a_portfolio_takes_turns() {
    let schedules = [0, 1, 2, 3, 4].map(|number| portfolio(7, number, 30));
    let matches = [
        matches!(schedules[0], Schedule::Uniform { .. }),
        matches!(schedules[1], Schedule::Pos { .. }),
        matches!(schedules[2], Schedule::Pct { depth: 2, length: 30, .. }),
        matches!(schedules[3], Schedule::Pct { depth: 3, length: 30, .. }),
        matches!(schedules[4], Schedule::Uniform { .. }),
    ];
    assert_eq!(matches, [true; 5]);
    assert_eq!(shares(Strategy::Portfolio { length: None }).iter().sum::<f64>(), 1_000.0);
}
