//! S11: `prepare_examine` and `finish_examine` against SIGKILL.
//!
//! The rule behind it: an examination that ended with 0 looked at a task that did not run. The
//! thread does not name these two calls; they rely on the stop that Roland (2009-08-03) wants never
//! to be mistaken, and they take no utrace lock, so what a design does with that lock cannot help
//! them. The engine's answer holds the task, so nobody asks for STOP again. In S11b a lower signal
//! is pending beside SIGKILL.
//!
//! S11c comes from mutants of `finish_jctl`, those that always take the lock: they were thought to
//! be equivalent, for who is kept waiting by the lock could have been through before it was taken.
//! Not if somebody has looked into the section behind it: `prepare_examine` reads ENGINE_STOP
//! without the lock, so that it returns 0 says that `control` is at work on a task in its group
//! stop. SIGCONT then wakes that task. A task that waited for the lock would find `report` set and
//! stop before user mode; in every design, none of which waits there for a task that was not
//! killed, it goes on to user mode and to its next system call while `control` is still at work.
//! `control` has promised nothing then (EINPROGRESS).

use std::borrow::Cow;

use super::program::{
    E0, GROUP_STOPPED, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, TaskOp, TaskProgram, When, control,
    engine, goal, kill, tracer,
};
use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGCONT, SIGHUP, SIGKILL, SIGSTOP, SigSet};
use crate::kernel::syscall::Body;
use crate::observation::{Call, EndState};
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, Errno, Events, ResumeAction};

const EXAMINER: &[Op] = &[HAS_STOPPED, Op::PrepareExamine { engine: E0 }, Op::FinishExamine { engine: E0 }];

const STOPPED_THEN_CALLS: TaskProgram =
    TaskProgram { ops: Cow::Borrowed(&[TaskOp::Interrupt, TaskOp::Syscall(Body::Quick)]), ..ONE_CALL };

/// A task in a group stop, a tracer that asks for a stop, and an examiner that continues the
/// process.
fn continued() -> Scenario {
    Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the task is taken over from the group stop", When::Inside(Milestone::TakenOver)),
                    goal("the stop is asked for", When::Controlled(E0, ResumeAction::Stop, Errno::EINPROGRESS)),
                    goal("the examination begins", When::Returned(Call::PrepareExamine, E0, Errno::Ok)),
                    goal("nobody has asked for a stop yet", When::Returned(Call::PrepareExamine, E0, Errno::EINVAL)),
                    goal("the task makes its system call", When::Called(E0, CallbackKind::SyscallEntry)),
                ]
            },
        ),
        tasks: Cow::Borrowed(&[STOPPED_THEN_CALLS]),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY, &[])]),
        setup: Cow::Borrowed(const { &[kill(SIGSTOP)] }),
        tracers: Cow::Owned(vec![
            tracer("tracer", const { &[GROUP_STOPPED, control(E0, ResumeAction::Stop)] }),
            tracer("examiner", const { &[GROUP_STOPPED, Op::PrepareExamine { engine: E0 }, kill(SIGCONT)] }),
        ]),
        ..Scenario::asking(
            "S11c",
            "SIGCONT inside control(STOP), examined",
            "a mutant",
            "Does a task that SIGCONT wakes run its program while control is at work on it?",
        )
    }
}

pub fn scenarios() -> Vec<Scenario> {
    let alone = Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the examination holds", When::Returned(Call::FinishExamine, E0, Errno::Ok)),
                    goal("the examination does not hold", When::Returned(Call::FinishExamine, E0, Errno::EAGAIN)),
                    goal("it cannot begin", When::Returned(Call::PrepareExamine, E0, Errno::EAGAIN)),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        tasks: Cow::Borrowed(&[ONE_CALL]),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY, STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![
            tracer("examiner", EXAMINER),
            tracer("killer", const { &[HAS_STOPPED, kill(SIGKILL)] }),
        ]),
        ..Scenario::asking(
            "S11",
            "an examination against SIGKILL",
            "2009-08-03 Roland McGrath",
            "Can an examination end well although the task ran meanwhile?",
        )
    };
    let beside = Scenario {
        id: Cow::Borrowed("S11b"),
        name: Cow::Borrowed("the same with SIGHUP pending"),
        question: Cow::Borrowed("And when the killed task has a signal to report first?"),
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the examination holds", When::Returned(Call::FinishExamine, E0, Errno::Ok)),
                    goal("the examination does not hold", When::Returned(Call::FinishExamine, E0, Errno::EAGAIN)),
                ]
            },
        ),
        handlers: Cow::Borrowed(const { &[Handlers { ignored: SigSet::EMPTY, handled: SigSet::of(SIGHUP) }] }),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY.or(Events::SIGNAL), STOP_AT_ENTRY)]),
        setup: Cow::Borrowed(&[Op::Send { signal: SIGHUP, task: T0, scope: Scope::Thread }]),
        ..alone.clone()
    };
    vec![alone, beside, continued()]
}
