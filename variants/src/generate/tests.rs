//! What generated scenarios are, and what their executions reach.

use super::strategy::GeneratedScenarios;
use super::{CHART, generate, reductions, size};
use crate::kernel::sigset::SIGKILL;
use crate::scenarios::program::{Op, Scenario, When};
use crate::scenarios::well_formed::{ops, well_formed};
use crate::utrace::Milestone;
use crate::{Repairs, run, variants};
use lockstep::{Abandon, End, Event, GlanceConfig, Kind, Program, Replayer, THREADS_MAX, What, portfolio};
use proptest::prelude::prop_assert;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use std::borrow::Cow;
use std::collections::BTreeSet;

#[test]
fn equal_numbers_give_equal_scenarios_and_others_others() {
    let mut different = BTreeSet::new();
    for number in 0..500 {
        let scenario = generate(number);
        assert_eq!(scenario, generate(number));
        assert_eq!(well_formed(&scenario), Ok(()), "{number}");
        different.insert(scenario.program_lines());
    }
    assert!(different.len() > 490, "{}", different.len());
}

/// A change of the generator makes cases of running hunts mean something else: raise its version
/// with it.
#[test]
fn the_generator_is_frozen() {
    let scenario = Scenario { goals: Cow::Borrowed(&[]), ..generate(4) };
    let text = crate::scenarios::text::write_scenario(&scenario);
    assert_eq!(text.lines().skip(5).map(str::trim).collect::<Vec<_>>(), FROZEN);
}

const FROZEN: [&str; 21] = [
    "process 0",
    "task 0 process 0",
    "syscall quick",
    "task 1 process 0",
    "interrupt",
    "task 2 process 0",
    "engine 0 task 0 class 1 attached events QUIESCE|SYSCALL_ENTRY",
    "answer SYSCALL_ENTRY STOP",
    "answer QUIESCE STOP",
    "answer SYSCALL_ENTRY RESUME result 0x10",
    "tracer first",
    "await stopped 0",
    "kill SIGKILL 0",
    "control 0 STOP",
    "tracer second",
    "await stopped 0",
    "control 0 RESUME",
    "tracer third",
    "await stopped 0",
    "control 0 INTERRUPT",
    "control 0 RESUME",
];

#[test]
fn reductions_are_smaller_and_come_to_an_end() {
    for number in 0..200 {
        let mut scenario = generate(number);
        let mut rounds = 0;
        loop {
            let smaller = reductions(&scenario);
            assert!(smaller.iter().all(|one| size(one) < size(&scenario) && well_formed(one).is_ok()), "{number}");
            // The last is as good as any; trying all would take the square.
            let Some(next) = smaller.into_iter().nth(number as usize % 3) else { break };
            scenario = next;
            rounds += 1;
            assert!(rounds < 200, "{number}");
        }
        assert!(scenario.tracers.len() <= 2, "{number}: {:?}", scenario.program_lines());
    }
}

/// The share of executions that reach one of these edges.
fn share(reached: &[u64], wanted: &[Milestone]) -> usize {
    let is_wanted = |when: &When| matches!(when, When::Inside(milestone) if wanted.contains(milestone));
    let mask =
        CHART.iter().enumerate().filter(|(_, goal)| is_wanted(&goal.when)).fold(0, |mask, (bit, _)| mask | 1 << bit);
    assert_ne!(mask, 0);
    100 * reached.iter().filter(|&&goals| goals & mask != 0).count() / reached.len()
}

/// Whether some task was woken.
fn wakes(trace: &[Event]) -> bool {
    let is_wake = |event: &Event| match event.what {
        What::Access { kind: Kind::Wake, written, .. } => written.is_some_and(|woken| woken != 0),
        _ => false,
    };
    trace.iter().any(is_wake)
}

/// Whether somebody touched what a call of a tracer, begun and not ended, had touched, one of them
/// writing. Calls that only wait do not count.
fn overlaps(trace: &[Event]) -> bool {
    let mut calls: [Option<Vec<(usize, bool)>>; THREADS_MAX] = Default::default();
    for event in trace {
        let me = usize::from(event.thread);
        match event.what {
            What::Enter("tracer op", _) => calls[me] = Some(Vec::new()),
            What::Leave("tracer op") => calls[me] = None,
            What::Access { kind, object, .. } if object.number() != 0 && kind != Kind::Await => {
                let (object, writes) = (object.number(), kind.writes());
                let meets = |call: &Vec<(usize, bool)>| {
                    let has_written = call.iter().any(|&(_, wrote)| wrote);
                    has_written && call.iter().any(|&(other, wrote)| other == object && (wrote || writes))
                };
                let others = calls.iter().enumerate().filter(|(thread, _)| *thread != me);
                if others.filter_map(|(_, call)| call.as_ref()).any(meets) {
                    return true;
                }
                if let Some(call) = &mut calls[me] {
                    call.push((object, writes));
                }
            }
            _ => {}
        }
    }
    false
}

#[test]
fn most_executions_reach_what_matters() {
    let variant = &variants()[0];
    let mut replayer = Replayer::new();
    let config = GlanceConfig { tracing: true, ..GlanceConfig::default() };
    let (mut reached, mut cut, mut schedule_matters, mut woken, mut overlapped) = (Vec::new(), 0, 0, 0, 0);
    let scenarios = 400;
    for number in 0..scenarios {
        let scenario = generate(number);
        let body = || run(variant, Repairs::NONE, &scenario);
        let program = Program { body: &body, abandon: Abandon::Unwind };
        let mut outcomes = BTreeSet::new();
        for execution in 0..40 {
            let schedule = portfolio(number, execution, 100);
            replayer.glance(&program, &schedule, &config, |glance| {
                reached.push(glance.goals());
                cut += usize::from(glance.is_cut());
                woken += usize::from(wakes(glance.trace()));
                overlapped += usize::from(overlaps(glance.trace()));
                outcomes.insert(glance.id());
                let end = glance.outcome().end;
                assert!(!matches!(end, End::Misuse(_)), "{number}: {end:?}");
            });
        }
        schedule_matters += usize::from(outcomes.len() > 1);
    }
    let percent = |part: usize| 100 * part / reached.len();
    let stops = share(&reached, &[Milestone::Stopped, Milestone::TakenOver]);
    let schedule_matters = 100 * schedule_matters / scenarios as usize;
    let edges = reached.iter().fold(0, |all, goals| all | goals).count_ones();
    let measured = format!(
        "of {} executions {stops} % stop a task, {} % wake one, {} % overlap, {cut} are cut off; of {scenarios} scenarios the schedule \
         matters in {schedule_matters} %; {edges} of {} edges of the chart",
        reached.len(),
        percent(woken),
        percent(overlapped),
        CHART.len(),
    );
    assert!(stops >= 70 && percent(woken) >= 52 && percent(overlapped) >= 50 && schedule_matters >= 70, "{measured}");
    assert!(cut * 200 < reached.len() && edges >= 58, "{measured}");
}

/// The runner of proptest cuts a scenario down to what its test needs, and no further.
#[test]
fn the_strategy_cuts_down_to_what_matters() {
    let config = Config { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..Config::default() };
    let kills = |op: &Op| matches!(op, Op::Send { signal: SIGKILL, .. });
    let result = TestRunner::new(config).run(&GeneratedScenarios, |scenario| {
        prop_assert!(!ops(&scenario).any(kills));
        Ok(())
    });
    let Err(TestError::Fail(_, smallest)) = result else { panic!("some scenario kills: {result:?}") };
    assert_eq!((ops(&smallest).count(), smallest.tasks.len()), (1, 1), "{:?}", smallest.program_lines());
    assert!(smallest.engines.len() <= 1 && smallest.tracers.len() <= 1, "{:?}", smallest.program_lines());
}
