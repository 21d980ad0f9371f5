//! The smallest schedule that still shows an outcome: it shows it, it is no larger, and it is the same every time.

use crate::{common, model};
use lockstep::{Explicit, RunConfig, Schedule, explicit, minimize, run};
use model::Program;
use model::generate::programs;
use proptest::prelude::*;

/// Minimizes the schedule for what it shows on the program, and says how many decisions and preemptions are left.
fn check(program: &Program, schedule: &Schedule) -> Result<(usize, usize), TestCaseError> {
    let body = model::body(program);
    let (subject, config) = (common::program(&body), RunConfig::default());
    let before = run(&subject, schedule, &config);
    let (witness, preemptions) = minimize(&subject, schedule, before.outcome.id, &config);
    prop_assert_eq!(minimize(&subject, schedule, before.outcome.id, &config), (witness.clone(), preemptions));
    let after = run(&subject, &witness, &config);
    prop_assert_eq!(&after.outcome, &before.outcome, "it slipped to another outcome");
    prop_assert_eq!(after.preemptions, preemptions);
    prop_assert!(preemptions <= before.preemptions, "{} of {}", preemptions, before.preemptions);
    let Schedule::Explicit(Explicit { decisions, .. }) = &witness else { return Ok((0, preemptions)) };
    prop_assert!(decisions.len() <= explicit(&subject, schedule, &config).decisions.len());
    // No single decision can go without losing the outcome, or making it no smaller.
    for at in 0..decisions.len() {
        let Schedule::Explicit(mut fewer) = witness.clone() else { unreachable!("seen above") };
        fewer.decisions.remove(at);
        let execution = run(&subject, &Schedule::Explicit(fewer), &config);
        let is_smaller =
            execution.preemptions < preemptions || execution.preemptions == preemptions && execution.skipped == 0;
        prop_assert!(execution.outcome != before.outcome || !is_smaller, "decision {} is superfluous", at);
    }
    Ok((decisions.len(), preemptions))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_left_shows_the_same_outcome_and_nothing_superfluous(program in programs(), number in any::<u64>(), kind in 0..3_u8) {
        let schedule = match kind {
            0 => Schedule::uniform(number),
            1 => Schedule::pos(number),
            _ => Schedule::pct(number, 3, 20),
        };
        check(&program, &schedule)?;
    }
}

#[test]
fn what_needs_no_preemption_is_left_without_decisions() {
    let program: Program = vec![vec![model::Op::Load(0)], vec![model::Op::Store(1, 1)]];
    for number in 0..50 {
        assert_eq!(check(&program, &Schedule::uniform(number)).ok(), Some((0, 0)));
    }
}
