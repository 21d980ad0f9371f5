//! S10: SIGCONT followed at once by SIGKILL.
//!
//! Roland, 2009-08-03: "I wonder if it might not make sense anyway to suppress this for the SIGKILL case. Not just the
//! tracing, but the entire CLD_CONTINUED notification. A parent doesn't really need a SIGCHLD,CLD_CONTINUED immediately
//! followed by a SIGCHLD,CLD_KILLED." Oleg, 2009-08-04: the flags are gone by then anyway. What remains is a kill
//! between the two (A4). In S10b an engine hears of job control.

use std::borrow::Cow;

use super::program::{GROUP_STOPPED, Goal, Scenario, T0, USER_MODE, When, engine, goal, kill, tracer};
use crate::kernel::parent::ChildEvent;
use crate::kernel::sigset::{SIGCONT, SIGKILL, SIGSTOP};
use crate::observation::EndState;
use crate::utrace::engine::{CallbackKind, Events};

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
        continued(
            Scenario::asking(
                "S10b",
                "the same with an engine that hears of job control",
                MAIL,
                "Can a killed task make a job control report?",
            ),
            Events::JCTL,
            const {
                &[
                    goal("job control is reported", When::Called(CallbackKind::Jctl)),
                    goal("the parent hears of SIGCONT", When::Told(ChildEvent::Continued)),
                    goal("the parent hears of the death", When::Told(ChildEvent::Killed)),
                ]
            },
        ),
    ]
}
