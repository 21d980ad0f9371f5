//! S3: the tracer clears `stopped` between the tracee's lockless look and its taking the lock.
//!
//! Oleg, 2009-08-03: "Of course, we can have the false positive. Even simpler: by the time
//! finish_utrace_stop() takes utrace->lock the tracer can clear ->stopped even if it was really set
//! after schedule()." The tracee must be awake for that while the tracer resumes it, and only
//! SIGKILL wakes it so. Of the three only the second design looks so.

use std::borrow::Cow;

use super::program::{
    E0, Goal, HAS_STOPPED, ONE_CALL, STOP_AT_ENTRY, Scenario, T0, When, control, engine, goal, goal_of_some, kill,
    tracer,
};
use crate::kernel::sigset::SIGKILL;
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{Events, ResumeAction};

const GOALS: &[Goal] = &[
    goal("the tracer resumes a tracee that SIGKILL has woken", When::Inside(Milestone::WokenTwice)),
    goal_of_some("`stopped` is cleared between the look and the lock", When::Inside(Milestone::ClearedBeforeLock)),
    goal("the system call is aborted", When::LetThrough(false)),
    goal("the system call is let through", When::LetThrough(true)),
    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
];

pub fn scenarios() -> Vec<Scenario> {
    vec![Scenario {
        goals: Cow::Borrowed(GOALS),
        tasks: Cow::Borrowed(&[ONE_CALL]),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY, STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![
            tracer("tracer", const { &[HAS_STOPPED, control(E0, ResumeAction::Resume)] }),
            tracer("killer", const { &[HAS_STOPPED, kill(SIGKILL)] }),
        ]),
        ..Scenario::asking(
            "S3",
            "resume against SIGKILL",
            "2009-08-03 Oleg Nesterov",
            "Is a stop that the tracer ended ever taken for one that SIGKILL ended, or the other way round?",
        )
    }]
}
