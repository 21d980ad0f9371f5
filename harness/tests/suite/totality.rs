//! Every schedule runs on every program: decisions that cannot apply are skipped and counted, never an error.

use crate::{common, model};
use lockstep::{Decision, Explicit, Key, RunConfig, Schedule, What, explicit, run};
use model::Program;
use model::generate::programs;
use proptest::prelude::*;

/// The schedule runs on the program, twice alike, and shows one of its outcomes.
#[track_caller]
fn check(program: &Program, schedule: &Schedule) -> lockstep::Execution {
    let body = model::body(program);
    let execution = run(&common::program(&body), schedule, &RunConfig::default());
    let (results, _) = model::exhaust(program);
    assert!(results.contains(&model::result(program, &execution.outcome)), "{program:?}");
    let again = run(&common::program(&body), schedule, &RunConfig::default());
    assert_eq!(again, execution, "{program:?}");
    if let Schedule::Explicit(explicit) = schedule {
        assert!(execution.skipped <= explicit.decisions.len());
    }
    execution
}

/// Keys of the program's events without preemptions, where decisions find their place.
fn keys(program: &Program) -> Vec<Key> {
    let body = model::body(program);
    let execution = run(&common::program(&body), &Schedule::in_order(), &RunConfig::default());
    let key = |event: &lockstep::Event| match event.what {
        What::Access { key, .. } => Some(key),
        _ => None,
    };
    execution.trace.iter().filter_map(key).collect()
}

fn decisions(keys: Vec<Key>) -> impl Strategy<Value = Vec<Decision>> {
    let known = prop::sample::select(if keys.is_empty() { vec![Key(0)] } else { keys });
    let key = prop_oneof![3 => known, 1 => any::<u32>().prop_map(Key)];
    let choice = prop_oneof![3 => 0..4_u8, 1 => any::<u8>()];
    prop::collection::vec((key, choice).prop_map(|(key, choice)| Decision { key, choice }), 0..40)
}

fn explicits() -> impl Strategy<Value = (Program, Schedule)> {
    programs().prop_flat_map(|program| {
        let decisions = decisions(keys(&program));
        let order = prop::collection::vec(prop_oneof![3 => 0..4_u8, 1 => any::<u8>()], 0..20);
        (Just(program), order, decisions)
            .prop_map(|(program, order, decisions)| (program, Schedule::Explicit(Explicit { order, decisions })))
    })
}

fn randoms() -> impl Strategy<Value = Schedule> {
    let number = prop_oneof![any::<u32>(), 0..4_u32, Just(u32::MAX)];
    prop_oneof![
        any::<u64>().prop_map(|seed| Schedule::Uniform { seed }),
        any::<u64>().prop_map(|seed| Schedule::Pos { seed }),
        (any::<u64>(), number.clone(), number).prop_map(|(seed, depth, length)| Schedule::Pct { seed, depth, length }),
    ]
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn any_explicit_schedule_runs_on_any_program((program, schedule) in explicits()) {
        check(&program, &schedule);
    }

    #[test]
    fn any_random_schedule_runs_on_any_program(program in programs(), schedule in randoms()) {
        check(&program, &schedule);
    }

    #[test]
    fn a_schedule_made_for_one_program_runs_on_another(made_for in programs(), program in programs(), number in any::<u64>()) {
        let body = model::body(&made_for);
        let schedule = Schedule::uniform(number);
        let explicit = explicit(&common::program(&body), &schedule, &RunConfig::default());
        check(&program, &Schedule::Explicit(explicit));
    }

    #[test]
    fn decisions_at_no_place_are_all_skipped(program in programs(), unknown in prop::collection::vec(any::<u32>(), 0..100)) {
        let body = model::body(&program);
        let known = keys(&program);
        let decisions: Vec<Decision> =
            unknown.into_iter().map(Key).filter(|key| !known.contains(key)).map(|key| Decision { key, choice: 1 }).collect();
        let count = decisions.len();
        let explicit = Explicit { order: Vec::new(), decisions };
        let execution = check(&program, &Schedule::Explicit(explicit));
        prop_assert_eq!(execution.skipped, count);
        prop_assert_eq!(execution.outcome, run(&common::program(&body), &Schedule::in_order(), &RunConfig::default()).outcome);
    }
}

#[test]
fn schedules_of_any_length_run() {
    let program: Program = vec![vec![model::Op::Load(0); 4], vec![model::Op::Store(0, 1); 4]];
    for count in [16, 17, 100_000] {
        let decisions = (0..count as u32).map(|number| Decision { key: Key(number), choice: number as u8 }).collect();
        let order = (0..count).map(|number| number as u8).rev().collect();
        let execution = check(&program, &Schedule::Explicit(Explicit { order, decisions }));
        assert_eq!(execution.skipped, count);
    }
}

#[test]
fn of_two_decisions_at_one_place_the_second_is_skipped() {
    let program: Program = vec![vec![model::Op::Load(0)], vec![model::Op::Store(0, 1)]];
    let body = model::body(&program);
    let explicit = (0..)
        .map(|number| explicit(&common::program(&body), &Schedule::uniform(number), &RunConfig::default()))
        .find(|explicit| explicit.decisions.len() == 1)
        .unwrap();
    let once = check(&program, &Schedule::Explicit(explicit.clone()));
    assert_eq!(once.skipped, 0);
    for times in [2, 40] {
        let mut decisions = explicit.decisions.repeat(times);
        decisions[1..].iter_mut().for_each(|later| later.choice ^= 3);
        let order = explicit.order.clone();
        let several = check(&program, &Schedule::Explicit(Explicit { decisions, order }));
        assert_eq!((several.skipped, &several.trace), (times - 1, &once.trace));
    }
}
