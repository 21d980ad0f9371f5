//! S7: stop at the entry of a system call, group stop, resume, and long after it SIGKILL.
//!
//! Oleg, 2009-08-04: "Suppose that (say) utrace_report_syscall_entry() does utrace_stop() and
//! sleeps in TASK_TRACED. Another thread starts the group stop and sets SIGNAL_STOP_STOPPED.
//! utrace_wakeup() clears ->stopped, notices SIGNAL_STOP_STOPPED and doesn't wake up. Now, we can
//! sleep a long time. Then SIGKILL kills us, but finish_utrace_stop() returns false." So the call
//! is let through (C9). In S7b a signal that is dequeued before SIGKILL is pending beside it.

use std::borrow::Cow;

use super::program::{
    E0, GROUP_STOPPED, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, USER_MODE, When, control, engine, goal,
    kill, tracer,
};
use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGHUP, SIGKILL, SIGSTOP, SigSet};
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{Events, ResumeAction};

const MAIL: &str = "2009-08-04 Oleg Nesterov";

const TRACER: &[Op] = &[HAS_STOPPED, kill(SIGSTOP), GROUP_STOPPED, control(E0, ResumeAction::Resume), kill(SIGKILL)];

pub fn scenarios() -> Vec<Scenario> {
    let alone = Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the tracee is left in the group stop", When::Inside(Milestone::LeftStopped)),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        tasks: Cow::Borrowed(&[ONE_CALL, USER_MODE]),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY, STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![tracer("tracer", TRACER)]),
        ..Scenario::asking(
            "S7",
            "killed at syscall entry, out of a group stop",
            MAIL,
            "Is a system call let through although its task was killed while stopped at its entry?",
        )
    };
    let beside = Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the tracee is left in the group stop", When::Inside(Milestone::LeftStopped)),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        handlers: Cow::Borrowed(const { &[Handlers { ignored: SigSet::EMPTY, handled: SigSet::of(SIGHUP) }] }),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY.or(Events::SIGNAL), STOP_AT_ENTRY)]),
        setup: Cow::Borrowed(&[Op::Send { signal: SIGHUP, task: T0, scope: Scope::Thread }]),
        ..alone.clone()
    };
    let beside = Scenario {
        id: Cow::Borrowed("S7b"),
        name: Cow::Borrowed("the same with SIGHUP pending"),
        question: Cow::Borrowed("And what does a killed task report when a lower signal is pending beside SIGKILL?"),
        ..beside
    };
    vec![alone, beside]
}
