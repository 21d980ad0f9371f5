//! S12: two engines on one task, of which one holds it while the other does something else.
//!
//! The thread takes it for granted, and Roland (2009-08-03) speaks of what control can know of it: the task stays
//! stopped until every engine has let it go. S12: both resume; S12b: one resumes, the other detaches; S12c: one
//! interrupts, the other resumes; S12d: one holds for good.

use std::borrow::Cow;

use super::program::{
    E0, E1, Goal, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, When, control, engine, goal, tracer,
};
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, Events, ResumeAction};

const MAIL: &str = "2009-08-03 Roland McGrath";

const RUNS: &[Goal] = &[
    goal("the tracee stops", When::Inside(Milestone::Stopped)),
    goal("the system call is let through", When::LetThrough(true)),
    goal("the tracee runs in the end", When::Ended(T0, EndState::Running)),
];

fn both(scenario: Scenario, goals: &'static [Goal], first: &'static [Op], second: &'static [Op]) -> Scenario {
    let wants = Events::SYSCALL_ENTRY;
    Scenario {
        goals: Cow::Borrowed(goals),
        tasks: Cow::Borrowed(&[ONE_CALL]),
        engines: Cow::Owned(vec![engine(1, wants.or(Events::QUIESCE), STOP_AT_ENTRY), engine(2, wants, STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![tracer("first tracer", first), tracer("second tracer", second)]),
        ..scenario
    }
}

pub fn scenarios() -> Vec<Scenario> {
    vec![
        both(
            Scenario::asking("S12", "two engines resume", MAIL, "Does the task run once both have let it go?"),
            RUNS,
            const { &[HAS_STOPPED, control(E0, ResumeAction::Resume)] },
            const { &[HAS_STOPPED, control(E1, ResumeAction::Resume)] },
        ),
        both(
            Scenario::asking(
                "S12b",
                "one resumes, the other detaches",
                MAIL,
                "Does a task whose last holder detaches run, and without calling it back?",
            ),
            RUNS,
            const { &[HAS_STOPPED, control(E0, ResumeAction::Resume)] },
            const { &[HAS_STOPPED, control(E1, ResumeAction::Detach)] },
        ),
        both(
            Scenario::asking(
                "S12c",
                "one interrupts, the other resumes",
                MAIL,
                "Does an interrupt that one engine asks for reach a task that another holds?",
            ),
            const {
                &[
                    goal("the tracee stops", When::Inside(Milestone::Stopped)),
                    goal("it reports before any signal", When::Called(E0, CallbackKind::Signal)),
                    goal("the tracee runs in the end", When::Ended(T0, EndState::Running)),
                ]
            },
            const { &[HAS_STOPPED, control(E0, ResumeAction::Interrupt)] },
            const { &[HAS_STOPPED, control(E1, ResumeAction::Resume)] },
        ),
        both(
            Scenario::asking(
                "S12d",
                "one holds, the other stops and resumes",
                MAIL,
                "Does a task that one engine holds stay stopped whatever the other does?",
            ),
            const {
                &[
                    goal("the tracee stops", When::Inside(Milestone::Stopped)),
                    goal("the tracee stays stopped", When::Ended(T0, EndState::Traced)),
                ]
            },
            const {
                &[
                    HAS_STOPPED,
                    control(E0, ResumeAction::Resume),
                    control(E0, ResumeAction::Stop),
                    control(E0, ResumeAction::Resume),
                ]
            },
            const { &[HAS_STOPPED, control(E1, ResumeAction::Stop)] },
        ),
    ]
}
