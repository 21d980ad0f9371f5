//! S15: SIGKILL, and then the same tracer lets the task go on step by step.
//!
//! No mail: found by generated scenarios (`lockstep hunt`, seed 0, case 53). S3 asks the same with
//! RESUME, and there designs 1 and 2 cannot be told apart, for RESUME returns 0 whether the task
//! was stopped or not. Stepping does not: 0 says that the task was stopped and that this call ended
//! the stop. With the lock (design 1) the task then finds `stopped` cleared and runs its system
//! call. Without it (design 2) the task can have read `stopped` as set before the tracer cleared
//! it; that false positive (Oleg, 2009-08-03) is taken for a kill, which C3 allows, for SIGKILL is
//! pending, though it is not what ended the stop as the tracer was told. The system call is
//! aborted. In the last design it always is.
//!
//! S15b has no mail either: it is what a mutant of the last design's `stop` differs in that no
//! other scenario noticed. SIGKILL may now come before the task stops. The last design never says 0
//! to the step, for a killed task is not TRACED, and a dying one is told of by an error.

use std::borrow::Cow;

use super::program::{
    E0, Goal, HAS_STOPPED, ONE_CALL, STOP_AT_ENTRY, Scenario, T0, When, control, engine, goal, goal_of_some, kill,
    tracer,
};
use crate::kernel::sigset::SIGKILL;
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{Errno, Events, ResumeAction};

const GOALS: &[Goal] = &[
    goal_of_some("the tracer is told that it ended the stop", When::Controlled(E0, ResumeAction::Blockstep, Errno::Ok)),
    goal_of_some("`stopped` is cleared between the look and the lock", When::Inside(Milestone::ClearedBeforeLock)),
    goal("the system call is aborted", When::LetThrough(false)),
    goal("the task dies", When::Ended(T0, EndState::Dead)),
];

pub fn scenarios() -> Vec<Scenario> {
    let stopped = Scenario {
        goals: Cow::Borrowed(GOALS),
        tasks: Cow::Borrowed(&[ONE_CALL]),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY, STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![tracer(
            "tracer",
            const { &[HAS_STOPPED, kill(SIGKILL), control(E0, ResumeAction::Blockstep)] },
        )]),
        ..Scenario::asking(
            "S15",
            "SIGKILL, then a step",
            "generated",
            "Is a stop that the tracer was told it ended ever taken for one that SIGKILL ended?",
        )
    };
    let stopping = Scenario {
        id: Cow::Borrowed("S15b"),
        name: Cow::Borrowed("the same on a task that may not have stopped yet"),
        question: Cow::Borrowed("And is a task that was killed before it stopped ever taken for stopped?"),
        mail: Cow::Borrowed("a mutant"),
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the task is killed before it stops", When::Inside(Milestone::KilledBeforeStop)),
                    goal("the task stops", When::Inside(Milestone::Stopped)),
                    goal_of_some("the step finds it stopped", When::Controlled(E0, ResumeAction::Blockstep, Errno::Ok)),
                    goal("the step finds it awake", When::Controlled(E0, ResumeAction::Blockstep, Errno::EAGAIN)),
                    goal("the task dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY.or(Events::DEATH), STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![tracer("tracer", const { &[kill(SIGKILL), control(E0, ResumeAction::Blockstep)] })]),
        ..stopped.clone()
    };
    vec![stopped, stopping]
}
