//! S8: SIGKILL against a tracer inside `control` or `set_events`.
//!
//! Oleg, 2009-08-03: "Currently, if we see ->stopped == T under utrace->lock we know that the
//! tracee can do nothing interesting from utrace pov. [...] If we remove ->stopped, we can't rely
//! on TASK_TRACED in the same manner." Roland, same day: "Even if the only thing that happens is
//! dequeuing SIGKILL, then that could still get to utrace_report_exit()." So: what may be called
//! back after the tracer was told 0 (C10, C12, C15, C20)?
//!
//! In S8 to S8c the engine still holds the task when SIGKILL breaks the stop, and its ENGINE_STOP
//! holds it once more at the exit report, for SIGKILL is dequeued by then: what became of it shows
//! only when the tracer lets go, or with R1.
//!
//! S8 detaches, S8b does so with a lower signal pending, S8c clears the event mask, S8d detaches
//! from a task in a group stop, S8e stops such a task and asks whether it is still stopped, S8f
//! does so with a lower signal pending: nothing asked such a task for a report, so its signal
//! report comes before it takes the utrace lock (Oleg, 2009-08-04; C10).
//!
//! S8g has no mail: it is what a mutant of the last design differs in that no other scenario
//! noticed, one whose `stop` does not wait for the lock. A tracee that stopped in an event's report
//! has `report` set and takes the lock for its next one anyway. One that stopped on its way to user
//! mode has not: only the wait in `finish_stop` keeps it from the list that its tracer is changing.
//!
//! S8h asks whether a tracee can miss that it was taken over (C2). `control` sets `stopped` on a
//! task that is STOPPED and not asleep yet; the same tracer then sends SIGKILL, and the task sees
//! it pending in `schedule`, before the wake-up has come to its run queue. No lock is then passed
//! on from the tracer to the task. On a machine that orders only what locks order the task may read
//! the `stopped` of before, and reports its exit with the bit set, which `start_report` calls a
//! BUG; under `sc` and `tso` it cannot.

use std::borrow::Cow;

use super::program::{
    E0, GROUP_STOPPED, Goal, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, USER_MODE, When, answer, control,
    engine, goal, kill, tracer,
};
use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGHUP, SIGKILL, SIGSTOP, SigSet};
use crate::observation::{Call, EndState};
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, Errno, Events, ResumeAction};

const MAIL: &str = "2009-08-03 Oleg Nesterov, Roland McGrath";

const LIFE: Events = Events::SYSCALL_ENTRY.or(Events::SIGNAL).or(Events::EXIT).or(Events::DEATH);

const DETACH_GOALS: &[Goal] = &[
    goal("the tracer lets a tracee go that SIGKILL has woken", When::Inside(Milestone::WokenTwice)),
    goal("the tracer is told that it is detached", When::Controlled(E0, ResumeAction::Detach, Errno::Ok)),
    goal("the tracee reports its exit", When::Called(E0, CallbackKind::Exit)),
    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
];

const STEPPED: When = When::Controlled(E0, ResumeAction::Singlestep, Errno::Ok);
const RUNS: When = When::Controlled(E0, ResumeAction::Singlestep, Errno::EAGAIN);

const KILLER: &[Op] = &[HAS_STOPPED, kill(SIGKILL)];

/// A tracee stopped at the entry of a system call, a tracer and a killer.
fn at_entry(scenario: Scenario, goals: &'static [Goal], ops: &'static [Op]) -> Scenario {
    Scenario {
        goals: Cow::Borrowed(goals),
        tasks: Cow::Borrowed(&[ONE_CALL]),
        engines: Cow::Owned(vec![engine(1, LIFE, STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![tracer("tracer", ops), tracer("killer", KILLER)]),
        ..scenario
    }
}

/// A tracee in a group stop, likewise.
fn in_group_stop(scenario: Scenario, goals: &'static [Goal], ops: &'static [Op]) -> Scenario {
    Scenario {
        goals: Cow::Borrowed(goals),
        tasks: Cow::Borrowed(&[USER_MODE]),
        engines: Cow::Owned(vec![engine(1, Events::EXIT.or(Events::DEATH), &[])]),
        setup: Cow::Borrowed(const { &[kill(SIGSTOP)] }),
        tracers: Cow::Owned(vec![tracer("tracer", ops), tracer("killer", const { &[GROUP_STOPPED, kill(SIGKILL)] })]),
        ..scenario
    }
}

/// A tracee taken over from a group stop, and killed, by one tracer.
fn before_it_slept() -> Scenario {
    Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the tracee is taken over from the group stop", When::Inside(Milestone::TakenOver)),
                    goal("the tracee reports its exit", When::Called(E0, CallbackKind::Exit)),
                ]
            },
        ),
        tasks: Cow::Borrowed(&[USER_MODE]),
        engines: Cow::Owned(vec![engine(1, Events::EXIT, &[])]),
        setup: Cow::Borrowed(const { &[kill(SIGSTOP)] }),
        tracers: Cow::Owned(vec![tracer(
            "tracer",
            const { &[GROUP_STOPPED, control(E0, ResumeAction::Stop), kill(SIGKILL)] },
        )]),
        ..Scenario::asking(
            "S8h",
            "SIGKILL for a tracee that was taken over before it slept",
            MAIL,
            "Does a tracee that SIGKILL keeps from sleeping see that it was taken over?",
        )
    }
}

/// A tracee that stopped in its report before user mode, a tracer that lets go of it, and a killer.
fn before_user_mode() -> Scenario {
    Scenario {
        goals: Cow::Borrowed(DETACH_GOALS),
        tasks: Cow::Borrowed(&[USER_MODE]),
        engines: Cow::Owned(vec![engine(
            1,
            Events::QUIESCE.or(Events::EXIT),
            const { &[answer(CallbackKind::Quiesce, ResumeAction::Stop)] },
        )]),
        setup: Cow::Borrowed(const { &[control(E0, ResumeAction::Report)] }),
        tracers: Cow::Owned(vec![
            tracer("tracer", const { &[HAS_STOPPED, control(E0, ResumeAction::Detach)] }),
            tracer("killer", KILLER),
        ]),
        ..Scenario::asking(
            "S8g",
            "SIGKILL against control(DETACH) before user mode",
            "a mutant",
            "Is the list of engines changed while a killed tracee, stopped before user mode, looks at it?",
        )
    }
}

pub fn scenarios() -> Vec<Scenario> {
    let detach = at_entry(
        Scenario::asking(
            "S8",
            "SIGKILL against control(DETACH)",
            MAIL,
            "Is a detached engine called back when SIGKILL wakes its tracee?",
        ),
        DETACH_GOALS,
        const { &[HAS_STOPPED, control(E0, ResumeAction::Detach)] },
    );
    let lower = Scenario {
        id: Cow::Borrowed("S8b"),
        name: Cow::Borrowed("the same with SIGHUP pending"),
        question: Cow::Borrowed("And when a signal that comes before SIGKILL is pending?"),
        goals: Cow::Borrowed(
            const {
                &[
                    goal(
                        "the tracer is told that it is detached",
                        When::Controlled(E0, ResumeAction::Detach, Errno::Ok),
                    ),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        handlers: Cow::Borrowed(const { &[Handlers { ignored: SigSet::EMPTY, handled: SigSet::of(SIGHUP) }] }),
        setup: Cow::Borrowed(&[Op::Send { signal: SIGHUP, task: T0, scope: Scope::Thread }]),
        ..detach.clone()
    };
    let stop = in_group_stop(
        Scenario::asking(
            "S8e",
            "SIGKILL against control(STOP) in a group stop",
            MAIL,
            "What may a tracee do that its tracer was told is stopped?",
        ),
        const {
            &[
                goal("the tracee is taken over from the group stop", When::Inside(Milestone::TakenOver)),
                goal("the tracer steps a stopped tracee", STEPPED),
                goal("the tracer is told that it runs", RUNS),
                goal("the tracee reports its exit", When::Called(E0, CallbackKind::Exit)),
                goal("the tracee dies", When::Ended(T0, EndState::Dead)),
            ]
        },
        const { &[GROUP_STOPPED, control(E0, ResumeAction::Stop), control(E0, ResumeAction::Singlestep)] },
    );
    let report = Scenario {
        id: Cow::Borrowed("S8f"),
        name: Cow::Borrowed("the same with SIGHUP pending"),
        question: Cow::Borrowed("Can such a tracee report a signal before it takes the utrace lock?"),
        mail: Cow::Borrowed("2009-08-04 Oleg Nesterov"),
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the tracee is taken over from the group stop", When::Inside(Milestone::TakenOver)),
                    goal("the tracer steps a stopped tracee", STEPPED),
                    goal("the tracer is told that it runs", RUNS),
                    goal("the tracee reports a signal", When::Called(E0, CallbackKind::Signal)),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        handlers: lower.handlers.clone(),
        engines: Cow::Owned(vec![engine(1, LIFE, &[])]),
        tracers: Cow::Owned(vec![
            tracer(
                "tracer",
                const {
                    &[
                        GROUP_STOPPED,
                        Op::Send { signal: SIGHUP, task: T0, scope: Scope::Thread },
                        control(E0, ResumeAction::Stop),
                        control(E0, ResumeAction::Singlestep),
                    ]
                },
            ),
            tracer("killer", const { &[GROUP_STOPPED, kill(SIGKILL)] }),
        ]),
        ..stop.clone()
    };
    vec![
        detach,
        lower,
        at_entry(
            Scenario::asking(
                "S8c",
                "SIGKILL against set_events",
                MAIL,
                "Is an engine called back for an event after it was told that the event is off?",
            ),
            const {
                &[
                    goal("the tracer is told that the events are off", When::Returned(Call::SetEvents, E0, Errno::Ok)),
                    goal("the tracee reports its exit", When::Called(E0, CallbackKind::Exit)),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
            const { &[HAS_STOPPED, Op::SetEvents { engine: E0, events: Events::NONE }] },
        ),
        in_group_stop(
            Scenario::asking(
                "S8d",
                "SIGKILL against control(DETACH) in a group stop",
                MAIL,
                "Is a detached engine called back when SIGKILL wakes its tracee from a group stop?",
            ),
            const {
                &[
                    goal("the tracee is taken over from the group stop", When::Inside(Milestone::TakenOver)),
                    goal(
                        "the tracer is told that it is detached",
                        When::Controlled(E0, ResumeAction::Detach, Errno::Ok),
                    ),
                    goal("the tracee reports its exit", When::Called(E0, CallbackKind::Exit)),
                    goal("the tracee reports its death", When::Called(E0, CallbackKind::Death)),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
            const { &[GROUP_STOPPED, control(E0, ResumeAction::Detach)] },
        ),
        stop,
        report,
        before_user_mode(),
        before_it_slept(),
    ]
}
