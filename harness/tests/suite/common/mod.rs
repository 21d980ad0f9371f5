//! What the tests share: all outcomes of a small body, as texts.

use lockstep::{Abandon, End, Entry, Exploration, ExploreConfig, Outcome, Program, Schedule, Strategy, explore};
use std::collections::BTreeSet;

/// More than any body of these tests has; reaching it fails the test.
pub const EXECUTIONS_MAX: u64 = 2_000_000;

pub fn program<'a>(body: &'a (dyn Fn() + Sync)) -> Program<'a> {
    Program { body, abandon: Abandon::Unwind }
}

/// Explores every schedule of the body that the machine offers. That is not every schedule there is where a panic unwinds or
/// a limit is reached: those tests are about what happens then.
#[track_caller]
pub fn exhaust(body: &(dyn Fn() + Sync)) -> Exploration {
    let strategy = Strategy::Bounded { preemptions: u32::MAX };
    let config = ExploreConfig { strategy, executions: EXECUTIONS_MAX, steps_max: 400, ..ExploreConfig::default() };
    let result = explore(&program(body), &config);
    let lockstep::Gaps { cut, strayed, .. } = result.gaps;
    let is_whole = result.executions < EXECUTIONS_MAX && cut + strayed == 0;
    assert!(is_whole, "too large to exhaust: {} executions, {}", result.executions, result.evidence);
    result
}

/// What was observed by each thread and observer, and how the execution ended unless it completed: `main 1 2; a 3; deadlock: b a`.
pub fn text(outcome: &Outcome) -> String {
    let mut parts = Vec::new();
    for column in outcome.columns.iter().filter(|column| !column.entries.is_empty()) {
        let mut part = column.name.clone();
        for entry in &column.entries {
            part += &match entry {
                Entry::Word(word) => format!(" {word}"),
                Entry::Warning(message) => format!(" {message:?}"),
            };
        }
        parts.push(part);
    }
    let names = |blocked: &[lockstep::Blocked]| blocked.iter().map(|one| format!(" {}", one.name)).collect::<String>();
    match &outcome.end {
        End::Completed => {}
        End::Resting(blocked) => parts.push(format!("resting:{}", names(blocked))),
        End::Deadlock { cycle: 0, blocked } => parts.push(format!("stuck:{}", names(blocked))),
        End::Deadlock { blocked, .. } => parts.push(format!("deadlock:{}", names(blocked))),
        end => parts.push(end.name().to_owned()),
    }
    parts.join("; ")
}

/// The texts of all outcomes that some schedule shows.
#[track_caller]
pub fn outcomes(body: &(dyn Fn() + Sync)) -> BTreeSet<String> {
    exhaust(body).outcomes.iter().map(|seen| text(&seen.outcome)).collect()
}

/// Asserts the set: nothing unexpected, nothing missing.
#[track_caller]
pub fn assert_outcomes(body: &(dyn Fn() + Sync), expected: &[&str]) {
    let expected: BTreeSet<String> = expected.iter().map(|&text| text.to_owned()).collect();
    assert_eq!(outcomes(body), expected);
}

/// Random and explicit schedules of all kinds.
pub fn schedules(count: u64) -> impl Iterator<Item = Schedule> {
    let random = (0..count).flat_map(|number| {
        let uniform = Schedule::uniform(number);
        [uniform, Schedule::pct(number, 1, 20), Schedule::pct(number, 3, 20), Schedule::pos(number)]
    });
    std::iter::once(Schedule::in_order()).chain(random)
}
