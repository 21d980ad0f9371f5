//! S4: store, wake-up, schedule, look.
//!
//! Oleg, 2009-08-04: any wake-up must be a barrier with respect to `schedule`. If one does
//! `VAR = 1; try_to_wake_up(TASK)`, then the task can do
//! `set_current_state(); schedule(); BUG_ON(VAR != 1)`, "even if the task does not sleep, in case
//! it is woken before it enters schedule()". The claim (C4) covers every `schedule` whose turn
//! under the run queue's lock follows that of the wake-up, also when the wake-up found the state
//! not matching.

use std::borrow::Cow;

use super::program::{Condition, Goal, ONE_CALL, Op, Scenario, T0, TaskOp, TaskProgram, When, goal, tracer};
use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGUSR1, SigSet};
use crate::kernel::task::TaskState;

const MAIL: &str = "2009-08-04 Oleg Nesterov";

const SLEEPER: TaskProgram = TaskProgram {
    ops: Cow::Borrowed(&[TaskOp::SetState(TaskState::INTERRUPTIBLE), TaskOp::Schedule, TaskOp::Look]),
    ..ONE_CALL
};

const WAKE: Op = Op::WakeUp { task: T0, mask: TaskState::INTERRUPTIBLE };

fn pattern(scenario: Scenario, goals: &'static [Goal], waker: &'static [Op]) -> Scenario {
    Scenario {
        goals: Cow::Borrowed(goals),
        tasks: Cow::Borrowed(&[SLEEPER]),
        tracers: Cow::Owned(vec![tracer("waker", waker)]),
        watch_wakeups: true,
        ..scenario
    }
}

pub fn scenarios() -> Vec<Scenario> {
    let slept = Scenario::asking("S4", "woken from sleep", MAIL, "Does a task that slept see what its waker wrote?");
    let early = Scenario::asking(
        "S4b",
        "woken before it slept",
        MAIL,
        "Does a task that was woken before it came to sleep see what its waker wrote?",
    );
    let unmatched = Scenario::asking(
        "S4c",
        "a wake-up that did not match",
        MAIL,
        "Does a task whose state did not match, and which a signal kept awake, see what its waker wrote?",
    );
    let pending = Scenario {
        handlers: Cow::Borrowed(const { &[Handlers { ignored: SigSet::EMPTY, handled: SigSet::of(SIGUSR1) }] }),
        setup: Cow::Borrowed(&[Op::Send { signal: SIGUSR1, task: T0, scope: Scope::Thread }]),
        ..unmatched
    };
    vec![
        pattern(
            slept,
            const { &[goal("it looks behind the wake-up", When::Looked(true))] },
            const { &[Op::Await(Condition::HasSlept(T0)), Op::Store, WAKE] },
        ),
        pattern(
            early,
            const {
                &[
                    goal("it looks behind the wake-up", When::Looked(true)),
                    goal("it was woken before it slept", When::WokenBeforeItSlept),
                ]
            },
            const { &[Op::Await(Condition::State(T0, TaskState::INTERRUPTIBLE)), Op::Store, WAKE] },
        ),
        pattern(
            pending,
            const {
                &[
                    goal("it looks behind a wake-up that did not match", When::LookedUnmatched),
                    goal("it looks before the wake-up", When::Looked(false)),
                    goal("the handler runs", When::Delivered(SIGUSR1)),
                ]
            },
            const { &[Op::Store, WAKE] },
        ),
    ]
}
