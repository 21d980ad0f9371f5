//! Schedules as strategies of proptest, for whoever tests a subject of their own by its runner.
//! Needs the feature `proptest`.
//!
//! A property takes a scenario and a schedule, and the runner cuts both down:
//!
//! ```
//! use lockstep::sync::Atomic;
//! use lockstep::{Abandon, End, Program, RunConfig, Schedule, run, schedules, thread};
//! use proptest::prelude::*;
//! use proptest::test_runner::{Config, TestError, TestRunner};
//!
//! /// The scenario is how often each thread adds. The bug: to add is to read, and then to write.
//! fn add(times: &[u32]) {
//!     let count = Atomic::named("count", 0_u32);
//!     thread::scope(|scope| {
//!         for (number, &times) in (0..).zip(times) {
//!             scope.spawn(("adder", number), move || {
//!                 (0..times).for_each(|_| count.write_once(count.read_once() + 1));
//!             });
//!         }
//!     });
//!     assert_eq!(count.read_once(), times.iter().sum::<u32>());
//! }
//!
//! let scenarios = prop::collection::vec(1..4_u32, 1..4);
//! let cases = scenarios.prop_flat_map(|times| {
//!     let schedules = schedules::all(&Program { body: &|| add(&times), abandon: Abandon::Unwind });
//!     (Just(times), schedules)
//! });
//! // The default persistence writes what fails, value and seed, beside the source of the test, and tries it first the next time.
//! let config = Config { failure_persistence: None, ..Config::default() };
//! let found = TestRunner::new(config).run(&cases, |(times, schedule)| {
//!     let program = Program { body: &|| add(&times), abandon: Abandon::Unwind };
//!     let execution = run(&program, &schedule, &RunConfig::default());
//!     prop_assert_eq!(execution.end, End::Completed);
//!     Ok(())
//! });
//! let Err(TestError::Fail(_, (times, schedule))) = found else { panic!("an addition is lost") };
//! assert!(times.len() >= 2);
//! assert_ne!(schedule, Schedule::in_order());
//! ```
//!
//! Promise: every value is a schedule that runs on every program. What fails becomes smaller
//! towards [`Schedule::in_order`]: decisions and the order of threads are taken out of an explicit
//! schedule one after the other. Limits: a random schedule has nothing that could be taken out;
//! where one fails, [`crate::minimize`] makes an explicit one of it. A scenario that is cut down
//! has other keys, so a schedule is drawn anew for it.

use crate::explore::{Program, RunConfig, run};
use crate::schedule::{Decision, Explicit, Key, Schedule};
use crate::sim::What;
use proptest::prelude::*;

/// Decisions of an explicit schedule that is generated, at most: more are rarely needed, and they
/// take long to cut down.
pub const DECISIONS_GENERATED_MAX: usize = 12;

/// Schedules of all kinds for the program: without preemptions, with a few at its choice points,
/// and random ones.
pub fn all(program: &Program<'_>) -> BoxedStrategy<Schedule> {
    let execution = run(program, &Schedule::in_order(), &RunConfig::default());
    let keys = execution.trace.iter().filter_map(|event| match event.what {
        What::Access { key, .. } => Some(key),
        _ => None,
    });
    let length = u32::try_from(execution.steps.max(1)).unwrap_or(u32::MAX);
    let threads = execution.threads.len() as u8;
    prop_oneof![
        1 => Just(Schedule::in_order()),
        4 => explicit(keys.collect(), threads),
        4 => random(length),
    ]
    .boxed()
}

/// Explicit schedules: any order of so many threads, and a few decisions at these keys.
pub fn explicit(keys: Vec<Key>, threads: u8) -> BoxedStrategy<Schedule> {
    let order = prop::collection::vec(0..threads.max(1), 0..=usize::from(threads));
    if keys.is_empty() {
        let alone = |order| Schedule::Explicit(Explicit { order, decisions: Vec::new() });
        return order.prop_map(alone).boxed();
    }
    let decision = (prop::sample::select(keys), 0..threads.max(1)).prop_map(|(key, choice)| Decision { key, choice });
    let decisions = prop::collection::vec(decision, 0..=DECISIONS_GENERATED_MAX);
    (order, decisions).prop_map(|(order, decisions)| Schedule::Explicit(Explicit { order, decisions })).boxed()
}

/// Random schedules of every kind. `length` is about how many choice points an execution has.
pub fn random(length: u32) -> BoxedStrategy<Schedule> {
    // A smaller seed is no simpler schedule.
    let seed = || any::<u64>().no_shrink();
    prop_oneof![
        seed().prop_map(Schedule::uniform),
        seed().prop_map(Schedule::pos),
        (seed(), 1..=5_u32).prop_map(move |(number, depth)| Schedule::pct(number, depth, length)),
    ]
    .boxed()
}
