//! S10: SIGCONT followed at once by SIGKILL.
//!
//! Roland, 2009-08-03: "I wonder if it might not make sense anyway to suppress this for the SIGKILL
//! case. Not just the tracing, but the entire CLD_CONTINUED notification. A parent doesn't really
//! need a SIGCHLD,CLD_CONTINUED immediately followed by a SIGCHLD,CLD_KILLED." Oleg, 2009-08-04:
//! the flags are gone by then anyway. What remains is a kill between the two (A4). In S10b an
//! engine hears of job control, and shows what the parent was not told of.
//!
//! S10c is what Oleg said on 2009-08-03 and took back the day after (C10): the tracer holds the
//! tracee, so that SIGCONT does not wake it and only SIGKILL does, which the tracer sends
//! afterwards. If `control` returned 0 and CLD_CONTINUED is reported all the same, a killed tracee
//! reported job control while its tracer took it for stopped. In S10d somebody else kills, so that
//! the tracer may still be inside `control`.
//!
//! S10e asks what else may be reported on the way from a group stop to get_signal (Roland,
//! 2009-08-03: CLD_CONTINUED is "literally the only thing that happens", C18): another thread may
//! begin the next group stop before the first one to wake gets there.

use std::borrow::Cow;

use super::program::{
    E0, GROUP_STOPPED, Goal, Op, Scenario, T0, T1, USER_MODE, When, control, engine, goal, kill, tracer,
};
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGCONT, SIGKILL, SIGSTOP};
use crate::kernel::task::TaskState;
use crate::kernel::tracehook::ChildEvent;
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, Errno, Events, ResumeAction};

const STEPPED: When = When::Controlled(E0, ResumeAction::Singlestep, Errno::Ok);

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
    let inside = Scenario {
        id: Cow::Borrowed("S10d"),
        name: Cow::Borrowed("the same while the tracer is inside control"),
        question: Cow::Borrowed("And while the tracer has the lock and takes it for stopped?"),
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the tracee is taken over from the group stop", When::Inside(Milestone::TakenOver)),
                    goal("SIGCONT comes while the tracer holds it", When::Sent(SIGCONT, TaskState::TRACED)),
                    goal("the tracer steps a stopped tracee", STEPPED),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        tracers: Cow::Owned(vec![
            tracer(
                "tracer",
                const { &[GROUP_STOPPED, control(E0, ResumeAction::Stop), control(E0, ResumeAction::Singlestep)] },
            ),
            tracer("sender", const { &[GROUP_STOPPED, kill(SIGCONT), kill(SIGKILL)] }),
        ]),
        ..heard.clone()
    };
    let again = Scenario {
        id: Cow::Borrowed("S10e"),
        name: Cow::Borrowed("SIGCONT and the next group stop"),
        question: Cow::Borrowed("What is reported between waking from a group stop and get_signal?"),
        goals: Cow::Borrowed(
            const {
                &[
                    goal("job control is reported", When::Called(E0, CallbackKind::Jctl)),
                    goal("the parent hears of SIGCONT", When::Told(ChildEvent::Continued)),
                    goal("the tracee ends in a group stop", When::Ended(T0, EndState::Stopped)),
                ]
            },
        ),
        tasks: Cow::Borrowed(&[USER_MODE, USER_MODE]),
        tracers: Cow::Owned(vec![tracer(
            "sender",
            const { &[GROUP_STOPPED, kill(SIGCONT), Op::Send { signal: SIGSTOP, task: T1, scope: Scope::Thread }] },
        )]),
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
        inside,
        again,
    ]
}
