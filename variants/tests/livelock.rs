//! What a hunt found beside divergences: a killed task that never dies.
//!
//! An engine that answers every report without a signal with STOP and a stop signal keeps the task in `get_signal`. STOP asks for another report, which comes
//! before any signal is dequeued; `do_signal_stop` gives up, because the process is being killed; so the loop begins again, and SIGKILL stays in the
//! queue. The three designs alike, under every schedule tried, with the repairs or without: no divergence, and no scenario of the series.

use lockstep::{Abandon, End, ExploreConfig, Program, Strategy, explore};
use utrace_variants::{Repairs, read_scenario, run, variants};

/// The engine answers so for ever, or so many times.
fn scenario(answers: &str) -> String {
    format!(
        "lockstep-scenario 1\nid L1\nname killed, and stopped by every report\nquestion Does the task die?\nsource generated\n\
         process 0\ntask 0 process 0\n  syscall quick\nengine 0 task 0 class 1 attached events QUIESCE|SYSCALL_ENTRY\n\
         \x20 answer SYSCALL_ENTRY STOP\n{answers}tracer t\n  await stopped 0\n  kill SIGKILL 0\n  control 0 REPORT\n"
    )
}

/// How executions end on each design: cut off by the limit, or not.
#[track_caller]
fn check(answers: &str, expected: [bool; 2]) {
    let scenario = read_scenario(&scenario(answers)).expect("the scenario is well-formed");
    for variant in variants().iter().filter(|variant| variant.main_series) {
        for repairs in [Repairs::NONE, Repairs::ALL] {
            let body = || run(variant, repairs, &scenario);
            let program = Program { body: &body, abandon: Abandon::Unwind };
            let strategy = Strategy::Portfolio { length: None };
            let config = ExploreConfig { strategy, executions: 64, steps_max: 3_000, ..ExploreConfig::default() };
            let exploration = explore(&program, &config);
            let is_cut = |end: &End| matches!(end, End::StepLimit(_));
            let cut = exploration.outcomes.iter().any(|seen| is_cut(&seen.outcome.end));
            let ended = exploration.outcomes.iter().any(|seen| !is_cut(&seen.outcome.end));
            assert_eq!([cut, ended], expected, "{}", variant.name);
        }
    }
}

#[test]
fn a_killed_task_never_dies_while_every_report_is_answered_with_a_stop_signal() {
    check("  answer SIGNAL STOP result 0x40 forever\n", [true, false]);
}

#[test]
fn it_dies_when_the_engine_relents() {
    check("  answer SIGNAL STOP result 0x40\n  answer SIGNAL STOP result 0x40\n", [false, true]);
}

#[test]
fn it_dies_when_the_answer_is_only_to_stop() {
    check("  answer SIGNAL STOP forever\n", [false, true]);
}
