//! S2: resume, stop, resume, all before the tracee is scheduled.
//!
//! Roland, 2009-08-01: "I think there is also a racier version without jctl stops at all, just where
//! utrace_wakeup+utrace_do_stop+utrace_wakeup all came and went before we actually got scheduled."

use std::borrow::Cow;

use super::program::{
    E0, Goal, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, When, control, engine, goal, tracer,
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
    vec![scenario]
}
