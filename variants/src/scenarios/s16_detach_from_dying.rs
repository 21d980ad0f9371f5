//! S16: a task dies, and is let go of without a word to it.
//!
//! No mail: found by generated scenarios (`lockstep hunt`, seed 0, case 192). `control(DETACH)`
//! takes the engine off the list itself when the task is dead to it, which it reads off
//! `exit_state` without a lock. The task looked at that list without a lock when it reported its
//! exit, and nothing that both take lies between: `exit_signals` leaves siglock alone where the
//! thread is the only one of its process, and `exit_state` is written under tasklist_lock, which
//! `control` does not take. So the change and the last look race, as the C language counts races,
//! in every design alike. What orders them in practice is the full barrier of `do_exit` and a
//! control dependency on `exit_state`; where process accounting is configured, siglock orders the
//! first two designs.
//!
//! S16b has a second engine, which waits for the death report. Of a dying task that can still be
//! detached from, `control` of the last design lets `reset` take all events but REAP (fc30d206810):
//! so the other engine may not hear of the death.

use std::borrow::Cow;

use super::program::{
    Condition, E0, E1, Goal, ONE_CALL, Op, Scenario, T0, TaskOp, TaskProgram, When, control, engine, goal,
    goal_of_some, tracer,
};
use crate::kernel::syscall::Body;
use crate::observation::EndState;
use crate::utrace::engine::{CallbackKind, Errno, Events, ResumeAction};

const GOALS: &[Goal] = &[
    goal("the exit is reported", When::Called(E0, CallbackKind::Exit)),
    goal_of_some("the engine is detached at once", When::Controlled(E0, ResumeAction::Detach, Errno::Ok)),
    goal("the task is dead in the end", When::Ended(T0, EndState::Dead)),
];

const EXITS: TaskProgram = TaskProgram { ops: Cow::Borrowed(&[TaskOp::Syscall(Body::ExitGroup(0))]), ..ONE_CALL };

pub fn scenarios() -> Vec<Scenario> {
    let alone = Scenario {
        goals: Cow::Borrowed(GOALS),
        tasks: Cow::Borrowed(const { &[EXITS] }),
        engines: Cow::Owned(vec![engine(1, Events::EXIT, &[])]),
        tracers: Cow::Owned(vec![tracer("tracer", const { &[control(E0, ResumeAction::Detach)] })]),
        ..Scenario::asking(
            "S16",
            "DETACH from a dying task",
            "generated",
            "Is the list of engines changed behind the last look that the dying task takes at it?",
        )
    };
    let watched = Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal_of_some(
                        "the engine is detached at once",
                        When::Controlled(E0, ResumeAction::Detach, Errno::Ok),
                    ),
                    goal("the other engine hears of the death", When::Called(E1, CallbackKind::Death)),
                    goal("the task is dead in the end", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        engines: Cow::Owned(vec![engine(1, Events::DEATH, &[]), engine(2, Events::DEATH, &[])]),
        tracers: Cow::Owned(vec![tracer(
            "tracer",
            const { &[Op::Await(Condition::Dying(T0)), control(E0, ResumeAction::Detach)] },
        )]),
        ..Scenario {
            id: Cow::Borrowed("S16b"),
            name: Cow::Borrowed("DETACH from a dying task that another engine watches"),
            mail: Cow::Borrowed("a review"),
            question: Cow::Borrowed("Does an engine hear of the death when another one is detached just before?"),
            ..alone.clone()
        }
    };
    vec![alone, watched]
}
