//! S10: SIGCONT followed at once by SIGKILL.
//!
//! Roland, 2009-08-03: "I wonder if it might not make sense anyway to suppress this for the SIGKILL case. Not just the
//! tracing, but the entire CLD_CONTINUED notification. A parent doesn't really need a SIGCHLD,CLD_CONTINUED immediately
//! followed by a SIGCHLD,CLD_KILLED." Oleg, 2009-08-04: the flags are gone by then anyway. What remains is a kill
//! between the two (A4). In S10b an engine hears of job control, and shows what the parent was not told of.
//!
//! S10c is what Oleg said on 2009-08-03 and took back the day after (C10): the tracer holds the tracee, so that SIGCONT
//! does not wake it and only SIGKILL does, which the tracer sends afterwards. If `control` returned 0 and CLD_CONTINUED
//! is reported all the same, a killed tracee reported job control while its tracer took it for stopped.

use std::borrow::Cow;

use super::program::{E0, GROUP_STOPPED, Goal, Scenario, T0, USER_MODE, When, control, engine, goal, kill, tracer};
use crate::kernel::parent::ChildEvent;
use crate::kernel::sigset::{SIGCONT, SIGKILL, SIGSTOP};
use crate::kernel::task::TaskState;
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, Errno, Events, ResumeAction};

const MAIL: &str = "2009-08-03 Roland McGrath";

fn continued(scenario: Scenario, events: Events, goals: &'static [Goal]) -> Scenario {
    Scenario {
        goals: Cow::Borrowed(goals),
        tasks: Cow::Borrowed(&[USER_MODE]),
        engines: Cow::Owned(vec![engine(1, events, &[])]),
        setup: Cow::Borrowed(const { &[kill(SIGSTOP)] }),
        tracers: Cow::Owned(vec![tracer("sender", const { &[GROUP_STOPPED, kill(SIGCONT), kill(SIGKILL)] })]),
        ..scenario
    }
}

pub fn scenarios() -> Vec<Scenario> {
    let heard = continued(
        Scenario::asking(
            "S10b",
            "the same with an engine that hears of job control",
            MAIL,
            "Is the parent told of every SIGCONT that the engine was told it would be told of?",
        ),
        Events::JCTL,
        const {
            &[
                goal("job control is reported", When::Called(E0, CallbackKind::Jctl)),
                goal("the parent hears of SIGCONT", When::Told(ChildEvent::Continued)),
                goal("the parent hears of the death", When::Told(ChildEvent::Killed)),
            ]
        },
    );
    let held = Scenario {
        id: Cow::Borrowed("S10c"),
        name: Cow::Borrowed("the same on a tracee that is taken over and then killed"),
        question: Cow::Borrowed("Can a killed tracee report job control while its tracer takes it for stopped?"),
        mail: Cow::Borrowed("2009-08-03 Oleg Nesterov"),
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the tracee is taken over from the group stop", When::Inside(Milestone::TakenOver)),
                    goal("SIGCONT comes while the tracer holds it", When::Sent(SIGCONT, TaskState::TRACED)),
                    goal("the tracer comes too late", When::Controlled(E0, ResumeAction::Stop, Errno::EINPROGRESS)),
                    goal("the parent hears of SIGCONT", When::Told(ChildEvent::Continued)),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        tracers: Cow::Owned(vec![
            tracer("tracer", const { &[GROUP_STOPPED, control(E0, ResumeAction::Stop), kill(SIGKILL)] }),
            tracer("sender", const { &[GROUP_STOPPED, kill(SIGCONT)] }),
        ]),
        ..heard.clone()
    };
    vec![
        continued(
            Scenario::asking("S10", "SIGCONT, then SIGKILL", MAIL, "Which notifications does the parent see?"),
            Events::NONE,
            const {
                &[
                    goal("the parent hears of the stop", When::Told(ChildEvent::Stopped)),
                    goal("the parent hears of SIGCONT", When::Told(ChildEvent::Continued)),
                    goal("the parent hears of the death", When::Told(ChildEvent::Killed)),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        heard,
        held,
    ]
}
