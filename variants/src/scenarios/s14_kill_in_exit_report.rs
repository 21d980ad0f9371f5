//! S14: SIGKILL comes while the task is stopped in its exit report.
//!
//! No mail: found by generated scenarios (`lockstep hunt`, seed 0, case 280), cut down to S14b, and
//! put more plainly in S14. Roland, 2009-08-04: "I was not confident that a local pending SIGKILL
//! would always be there. [...] It might not have been a valid worry even then." A process that is
//! on its way out has GROUP_EXIT set. A SIGKILL that comes then changes nothing any more, but it is
//! queued, for the process and not for the task, and it wakes: so the task wakes with `stopped` set
//! and nothing in its own `pending`. Both designs that keep `stopped` warn, in S14 in every
//! execution; the last asks nothing. The worry was valid (C5b). That it is so in the kernel of the
//! time, link by link and with the author's own words of 2013, stands in
//! `claims::reads_of_stopped`.

use std::borrow::Cow;

use super::program::{
    E0, Goal, HAS_STOPPED, ONE_CALL, STOP_AT_ENTRY, Scenario, T0, T1, TaskOp, TaskProgram, USER_MODE, When, answer,
    engine, goal, kill, tracer,
};
use crate::kernel::sigset::{SIGKILL, SIGQUIT};
use crate::kernel::syscall::Body;
use crate::kernel::task::TaskState;
use crate::kernel::tracehook::ChildEvent;
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, Events, ResumeAction};

const SOURCE: &str = "generated";

const GOALS: &[Goal] = &[
    goal("the exit is reported", When::Called(E0, CallbackKind::Exit)),
    goal("the task stops there", When::Inside(Milestone::Stopped)),
    goal("SIGKILL has woken it", When::Sent(SIGKILL, TaskState::RUNNING)),
    goal("the parent hears of the exit", When::Told(ChildEvent::Exited)),
    goal("the task is dead in the end", When::Ended(T0, EndState::Dead)),
];

const GOALS_OF_TWO: &[Goal] = &[
    goal("the exit is reported", When::Called(E0, CallbackKind::Exit)),
    goal("the parent hears of a core dump", When::Told(ChildEvent::Dumped)),
    goal("the other task dies too", When::Ended(T1, EndState::Dead)),
];

const EXITS: TaskProgram = TaskProgram { ops: Cow::Borrowed(&[TaskOp::Syscall(Body::ExitGroup(0))]), ..ONE_CALL };

pub fn scenarios() -> Vec<Scenario> {
    let stops = const { &[answer(CallbackKind::Exit, ResumeAction::Stop)] };
    let alone = Scenario {
        goals: Cow::Borrowed(GOALS),
        tasks: Cow::Borrowed(const { &[EXITS, USER_MODE] }),
        engines: Cow::Owned(vec![engine(1, Events::EXIT, stops)]),
        tracers: Cow::Owned(vec![tracer("killer", const { &[HAS_STOPPED, kill(SIGKILL)] })]),
        ..Scenario::asking(
            "S14",
            "SIGKILL against a stop in the exit report",
            SOURCE,
            "Is SIGKILL pending for a task that wakes with `stopped` set, when its process is exiting already?",
        )
    };
    let dumped = Scenario {
        goals: Cow::Borrowed(GOALS_OF_TWO),
        tasks: Cow::Borrowed(&[ONE_CALL, USER_MODE]),
        engines: Cow::Owned(vec![engine(1, Events::EXIT.or(Events::SYSCALL_ENTRY), STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![tracer("killer", const { &[kill(SIGQUIT), kill(SIGKILL)] })]),
        ..Scenario::asking(
            "S14b",
            "the same behind a core dump",
            SOURCE,
            "And when another thread's core dump made it exit?",
        )
    };
    vec![alone, dumped]
}
