//! S11: `prepare_examine` and `finish_examine` against SIGKILL.
//!
//! The rule behind it: an examination that ended with 0 looked at a task that did not run. The thread does not name
//! these two calls; they rely on the stop that Roland (2009-08-03) wants never to be mistaken, and they take no utrace
//! lock, so what a design does with that lock cannot help them. The engine's answer holds the task, so nobody asks for
//! STOP again. In S11b a lower signal is pending beside SIGKILL.

use std::borrow::Cow;

use super::program::{E0, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, When, engine, goal, kill, tracer};
use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGHUP, SIGKILL, SigSet};
use crate::observation::{Call, EndState};
use crate::utrace::engine::{Errno, Events};

const EXAMINER: &[Op] = &[HAS_STOPPED, Op::PrepareExamine { engine: E0 }, Op::FinishExamine { engine: E0 }];

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
    vec![alone, beside]
}
