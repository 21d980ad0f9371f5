//! S9: `control` and `set_events` on a dying and on a dead task, against the reaper.
//!
//! Roland, 2009-08-03: "There is no meaning to UTRACE_STOP for a dying or dead task. It counts as
//! quiescent for purposes of utrace_control knowing what it can do, that's all. If it's not
//! quiescent yet, it won't ever stop, it will just finish dying" (C11). S9 has a death report to
//! come, S9b has none, S9c changes the mask instead, S9d comes in while the task is exiting and not
//! yet dying. The engines of S9 and S9b ask for the reap callback, which no design makes: since
//! d4bcb571247 the flags are cleared before they are asked (`reap`). The variant reap-reported
//! makes it.

use std::borrow::Cow;

use super::program::{
    Condition, E0, Goal, HAS_STOPPED, ONE_CALL, Op, Scenario, T0, TaskOp, TaskProgram, When, answer, control, engine,
    goal, tracer,
};
use crate::kernel::syscall::Body;
use crate::observation::{Call, EndState};
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, EngineId, Errno, Events, ResumeAction};

const MAIL: &str = "2009-08-03 Roland McGrath";

const EXITING: TaskProgram = TaskProgram { ops: Cow::Borrowed(&[TaskOp::Syscall(Body::ExitGroup(3))]), ..ONE_CALL };

const DYING: Op = Op::Await(Condition::Dying(T0));

const fn set_events(engine: EngineId, events: Events) -> Op {
    Op::SetEvents { engine, events }
}

fn dying(scenario: Scenario, events: Events, goals: &'static [Goal], ops: &'static [Op]) -> Scenario {
    Scenario {
        goals: Cow::Borrowed(goals),
        tasks: Cow::Borrowed(&[EXITING]),
        engines: Cow::Owned(vec![engine(1, events, &[])]),
        tracers: Cow::Owned(vec![tracer("tracer", ops), tracer("reaper", const { &[Op::Reap { task: T0 }] })]),
        ..scenario
    }
}

pub fn scenarios() -> Vec<Scenario> {
    vec![
        dying(
            Scenario::asking(
                "S9",
                "control on a dying task",
                MAIL,
                "What does a tracer of a dying task hear, and what is called back after it heard it?",
            ),
            Events::DEATH.or(Events::REAP),
            const {
                &[
                    goal("a death report is in progress", When::Controlled(E0, ResumeAction::Detach, Errno::EALREADY)),
                    goal("detached", When::Controlled(E0, ResumeAction::Detach, Errno::Ok)),
                    goal("too late", When::Controlled(E0, ResumeAction::Detach, Errno::ESRCH)),
                    goal("death is reported", When::Called(E0, CallbackKind::Death)),
                    goal("somebody reaps", When::Reaped),
                ]
            },
            const { &[DYING, control(E0, ResumeAction::Stop), control(E0, ResumeAction::Detach)] },
        ),
        dying(
            Scenario::asking(
                "S9b",
                "control on a dying task without death events",
                MAIL,
                "And when nothing but the reaping is still to be reported?",
            ),
            Events::REAP,
            const {
                &[
                    goal("detached", When::Controlled(E0, ResumeAction::Detach, Errno::Ok)),
                    goal("too late", When::Controlled(E0, ResumeAction::Detach, Errno::ESRCH)),
                    goal("somebody reaps", When::Reaped),
                ]
            },
            const { &[DYING, control(E0, ResumeAction::Detach)] },
        ),
        dying(
            Scenario::asking(
                "S9c",
                "set_events on a dying task",
                MAIL,
                "Can an engine that was told that death is off still hear of it?",
            ),
            Events::DEATH,
            const {
                &[
                    goal("death is off", When::Returned(Call::SetEvents, E0, Errno::Ok)),
                    goal("too late for that", When::Returned(Call::SetEvents, E0, Errno::EALREADY)),
                    goal("death is reported", When::Called(E0, CallbackKind::Death)),
                    goal("somebody reaps", When::Reaped),
                ]
            },
            const { &[DYING, set_events(E0, Events::NONE)] },
        ),
        Scenario {
            goals: Cow::Borrowed(
                const {
                    &[
                        goal("it stops while exiting", When::Inside(Milestone::Stopped)),
                        goal("death is reported", When::Called(E0, CallbackKind::Death)),
                        goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                    ]
                },
            ),
            tasks: Cow::Borrowed(&[EXITING]),
            engines: Cow::Owned(vec![engine(
                1,
                Events::EXIT.or(Events::DEATH),
                const { &[answer(CallbackKind::Exit, ResumeAction::Stop)] },
            )]),
            tracers: Cow::Owned(vec![tracer(
                "tracer",
                const {
                    &[
                        HAS_STOPPED,
                        control(E0, ResumeAction::Resume),
                        control(E0, ResumeAction::Stop),
                        control(E0, ResumeAction::Detach),
                    ]
                },
            )]),
            ..Scenario::asking(
                "S9d",
                "control on an exiting task",
                MAIL,
                "Does a task that is exiting and not yet dying stop where it may, and die whatever is asked?",
            )
        },
    ]
}
