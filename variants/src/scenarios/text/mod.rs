//! The text form of a scenario: readable, versioned, one statement a line.
//!
//! Promise: reading what was written gives the same scenario; an error names line and column. A
//! text that has goals says that it is of version 2, any other is of version 1, which knew none.
//! Limits: the goals of a scenario that was generated are the whole state chart, and say nothing of
//! it: whoever writes it down leaves them out. Blank lines and lines that begin with `#` mean
//! nothing, and neither does indentation.
//!
//! ```text
//! lockstep-scenario 2
//! id G2a81
//! name resume against SIGKILL
//! question Do the designs agree?
//! source generated
//! goal inside woken-twice : the tracer resumes a task that SIGKILL has woken
//! process 0 handles SIGUSR1
//! task 0 process 0
//!   syscall quick
//! engine 0 task 0 class 1 attached events SYSCALL_ENTRY
//!   answer SYSCALL_ENTRY STOP
//! tracer killer
//!   await stopped 0
//!   kill SIGKILL 0
//! ```

mod goal;
mod line;
mod names;
mod read;
mod write;

pub use line::TextError;
pub(super) use names::kind as callback_name;
pub use read::read_scenario;
pub use write::write_scenario;

/// The first line of the form.
const HEAD: &str = "lockstep-scenario 1";

/// The same for a scenario that says what must be reachable.
const HEAD_WITH_GOALS: &str = "lockstep-scenario 2";

#[cfg(test)]
mod tests {
    use super::{read_scenario, write_scenario};
    use crate::generate::{CHART, generate};
    use crate::scenarios::program::{Goal, Scenario, When};
    use crate::scenarios::scenarios;
    use std::borrow::Cow;

    #[track_caller]
    fn check(scenario: &Scenario) {
        let text = write_scenario(scenario);
        let read = read_scenario(&text);
        assert_eq!(read.as_ref(), Ok(scenario), "{text}");
    }

    #[test]
    fn reading_gives_what_was_written() {
        for scenario in scenarios() {
            check(scenario);
            check(&Scenario { goals: Cow::Borrowed(&[]), ..scenario.clone() });
        }
        for number in 0..3_000 {
            check(&Scenario { goals: Cow::Borrowed(&[]), ..generate(number) });
        }
    }

    #[test]
    fn the_whole_chart_is_read_as_it_was_written() {
        // Task 1 is only there in some.
        let names_task_1 = |goal: &Goal| matches!(goal.when, When::Ended(task, _) if task.0 == 1);
        for number in 0..100 {
            let scenario = generate(number);
            let is_there = |goal: &&Goal| !names_task_1(goal) || scenario.tasks.len() > 1;
            let goals: Vec<Goal> = CHART.iter().filter(is_there).cloned().collect();
            check(&Scenario { goals: Cow::Owned(goals), ..scenario });
        }
    }

    #[test]
    fn only_what_has_goals_is_of_the_version_that_knows_them() {
        let scenario = generate(3);
        assert!(write_scenario(&scenario).starts_with("lockstep-scenario 2\n"));
        let without = Scenario { goals: Cow::Borrowed(&[]), ..scenario };
        assert!(write_scenario(&without).starts_with("lockstep-scenario 1\n"));
    }

    #[track_caller]
    fn check_error(change: (&str, &str), expected: &str) {
        let good = "lockstep-scenario 1\nid G1\nname n\nquestion q\nsource s\nprocess 0\ntask 0 process 0\n  syscall quick\n\
            engine 0 task 0 class 1 attached events QUIESCE\n  answer QUIESCE STOP\ntracer t\n  control 0 RESUME\n";
        assert!(read_scenario(good).is_ok());
        assert!(good.contains(change.0));
        let error = read_scenario(&good.replacen(change.0, change.1, 1)).expect_err("the text is damaged").to_string();
        assert_eq!(error, expected);
    }

    #[test]
    fn damage_is_named_with_its_place() {
        check_error(
            ("lockstep-scenario 1", "lockstep-scenario 3"),
            "line 1, column 1: expected 'lockstep-scenario 1' or 'lockstep-scenario 2', the first line of a scenario of these versions",
        );
        check_error(
            ("source s", "source s\ngoal reaped : r"),
            "line 6, column 1: goals came later: let the first line be 'lockstep-scenario 2'",
        );
        check_error(
            ("syscall quick", "syscall fast"),
            "line 8, column 11: expected a system call: quick, pause, clone, vfork, exec, exit CODE or exit-group CODE, found 'fast'",
        );
        check_error(("control 0 RESUME", "control 3 RESUME"), "line 12, column 11: there is no engine 3");
        check_error(
            ("control 0 RESUME", "control 0"),
            "line 12, column 12: expected an action, found the end of the line",
        );
        check_error(
            ("task 0 process 0", "task 1 process 0"),
            "line 7, column 6: expected 0, the next number, found '1'",
        );
        check_error(("task 0 process 0", "task 0 process 1"), "line 7, column 16: there is no process 1");
        check_error(
            ("QUIESCE STOP", "QUIESCE STOP now"),
            "line 10, column 23: expected the end of the line, found 'now'",
        );
        check_error(("class 1 ", ""), "line 9, column 17: expected 'class' or 'no-ops', found 'attached'");
        check_error(("class 1", "no-ops"), "line 12, column 19: engine 0 is attached from the start, but has no ops");
        check_error(
            ("events QUIESCE", "events QUIET"),
            "line 9, column 41: expected events joined by '|', or 'none', found 'QUIET'",
        );
        check_error(("tracer t", "tracker t"), "line 11, column 1: expected a statement, found 'tracker'");
        check_error(("name n\n", ""), "line 11, column 19: the scenario has no 'name'");
    }

    #[track_caller]
    fn check_goal(goal: &str, expected: &str) {
        let text = format!(
            "lockstep-scenario 2\nid G1\nname n\nquestion q\nsource s\n{goal}\nprocess 0\ntask 0 process 0\n\
             engine 0 task 0 class 1 attached events QUIESCE\n"
        );
        let said = read_scenario(&text).map_or_else(|error| error.to_string(), |read| read.goals.len().to_string());
        assert_eq!(said, expected);
    }

    #[test]
    fn damage_of_a_goal_is_named_with_its_place() {
        check_goal("goal ended 0 dead : it dies", "1");
        check_goal("goal ended 1 dead : it dies", "line 6, column 12: there is no task 1");
        check_goal("goal called 2 EXIT : it exits", "line 6, column 13: there is no engine 2");
        check_goal(
            "goal ended 0 buried : it dies",
            "line 6, column 14: expected an end: running, sleeping, stopped, traced, dead, found 'buried'",
        );
        check_goal("goal ended 0 dead it dies", "line 6, column 19: expected ':', found 'it'");
        check_goal("goal reaped :", "line 6, column 13: a goal has a name: say behind the ':' what was reached");
        check_goal(
            "goal-of-some syscall begun : b",
            "line 6, column 22: expected 'let-through' or 'aborted', found 'begun'",
        );
        check_goal("goals reaped : b", "line 6, column 1: expected a statement, found 'goals'");
    }

    #[test]
    fn no_text_makes_reading_fail_otherwise() {
        // Every cut and every change of one byte of a text gives a scenario or an error.
        let text = write_scenario(&scenarios()[0]);
        for at in 0..text.len() {
            let _ = read_scenario(&text[..at]);
            for byte in [b' ', b'9', b'\n', b'x', b'|'] {
                let mut changed = text.clone().into_bytes();
                changed[at] = byte;
                let _ = read_scenario(&String::from_utf8_lossy(&changed));
            }
        }
    }
}
