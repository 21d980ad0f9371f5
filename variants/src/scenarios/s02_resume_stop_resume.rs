//! S2: resume, stop, resume, all before the tracee is scheduled.
//!
//! Roland, 2009-08-01: "I think there is also a racier version without jctl stops at all, just
//! where utrace_wakeup+utrace_do_stop+utrace_wakeup all came and went before we actually got
//! scheduled."
//!
//! S2b has no mail: it is what a mutant of `do_stop` differs in that no other scenario noticed. The
//! rule is that of `attach`, too: `report` set implies TIF_NOTIFY_RESUME set. If the flag comes
//! first, the tracee can be through with its report when `report` is set, and then nobody asks for
//! a report again.

use std::borrow::Cow;

use super::program::{
    E0, E1, Goal, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, USER_MODE, When, control, engine, goal,
    tracer,
};
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, Errno, Events, ResumeAction};

const GOALS: &[Goal] = &[
    goal("the tracee stops", When::Inside(Milestone::Stopped)),
    goal("the second stop finds it awake", When::Controlled(E0, ResumeAction::Stop, Errno::EINPROGRESS)),
    goal("the tracer is done before the tracee is scheduled", When::DoneBeforeItRan(T0)),
    goal("it reports before user mode", When::Called(E0, CallbackKind::Quiesce)),
    goal("it runs in the end", When::Ended(T0, EndState::Running)),
];

const TRACER: &[Op] = &[
    HAS_STOPPED,
    control(E0, ResumeAction::Resume),
    control(E0, ResumeAction::Stop),
    control(E0, ResumeAction::Resume),
];

pub fn scenarios() -> Vec<Scenario> {
    let scenario = Scenario {
        goals: Cow::Borrowed(GOALS),
        tasks: Cow::Borrowed(&[ONE_CALL]),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY.or(Events::QUIESCE), STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![tracer("tracer", TRACER)]),
        ..Scenario::asking(
            "S2",
            "resume, stop, resume",
            "2009-08-01 Roland McGrath",
            "Can a tracee miss a resume when it is resumed, stopped and resumed before it is scheduled?",
        )
    };
    let report = Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the stop finds it awake", When::Controlled(E0, ResumeAction::Stop, Errno::EINPROGRESS)),
                    goal("the tracee stops", When::Inside(Milestone::Stopped)),
                    goal("it reports before user mode", When::Called(E1, CallbackKind::Quiesce)),
                    goal("it runs in the end", When::Ended(T0, EndState::Running)),
                ]
            },
        ),
        tasks: Cow::Borrowed(&[USER_MODE]),
        engines: Cow::Owned(vec![engine(1, Events::NONE, &[]), engine(2, Events::QUIESCE, &[])]),
        tracers: Cow::Owned(vec![tracer(
            "tracer",
            const {
                &[
                    control(E0, ResumeAction::Stop),
                    HAS_STOPPED,
                    control(E0, ResumeAction::Resume),
                    control(E1, ResumeAction::Report),
                ]
            },
        )]),
        ..Scenario::asking(
            "S2b",
            "stop, resume, and then a report",
            "a mutant",
            "Is a report made that is asked for behind a stop and a resume?",
        )
    };
    vec![scenario, report]
}
