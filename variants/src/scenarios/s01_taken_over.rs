//! S1: may the tracee, waking, still read `stopped` as set?
//!
//! Roland, 2009-08-01: it stops for one debugger; a group stop completes; the debugger resumes it,
//! and it stays in the group stop; another debugger takes it over, SIGCONT comes along, and that
//! debugger resumes it. "Now ->stopped was just an instant ago set and then cleared on the other
//! CPU and we are running."

use std::borrow::Cow;

use super::program::{
    Condition, E0, E1, GROUP_STOPPED, Goal, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, USER_MODE, When,
    control, engine, goal, kill, tracer,
};
use crate::kernel::sigset::{SIGCONT, SIGSTOP};
use crate::kernel::task::TaskState;
use crate::kernel::tracehook::ChildEvent;
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{Errno, Events, ResumeAction};

const GOALS: &[Goal] = &[
    goal("the first debugger leaves it in the group stop", When::Inside(Milestone::LeftStopped)),
    goal("the second takes it over", When::Inside(Milestone::TakenOver)),
    goal("SIGCONT comes while the second holds it", When::Sent(SIGCONT, TaskState::TRACED)),
    goal("the second comes too late", When::Controlled(E1, ResumeAction::Stop, Errno::EINPROGRESS)),
    goal("the parent hears of SIGCONT", When::Told(ChildEvent::Continued)),
    goal("the tracee runs in the end", When::Ended(T0, EndState::Running)),
];

const DEBUGGERS: &[Op] = &[
    HAS_STOPPED,
    kill(SIGSTOP),
    GROUP_STOPPED,
    control(E0, ResumeAction::Resume),
    control(E1, ResumeAction::Stop),
    control(E1, ResumeAction::Resume),
];

pub fn scenarios() -> Vec<Scenario> {
    vec![Scenario {
        goals: Cow::Borrowed(GOALS),
        tasks: Cow::Borrowed(&[ONE_CALL, USER_MODE]),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY, STOP_AT_ENTRY), engine(2, Events::NONE, &[])]),
        tracers: Cow::Owned(vec![
            tracer("debuggers", DEBUGGERS),
            tracer("continuer", const { &[Op::Await(Condition::State(T0, TaskState::STOPPED)), kill(SIGCONT)] }),
        ]),
        ..Scenario::asking(
            "S1",
            "taken over from a group stop, then SIGCONT",
            "2009-08-01 Roland McGrath",
            "Does a tracee that one debugger left in a group stop and another took over wake up as if killed?",
        )
    }]
}
