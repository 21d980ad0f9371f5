//! S6: a signal against `do_stop`.
//!
//! Oleg, 2009-08-04: "Now we should worry about SIGKILL racing with utrace_do_stop(). Again, both
//! take ->siglock, etc." Roland, same day: "It can't actually race with utrace_do_stop, because
//! that holds siglock while touching ->stopped" (C13). SIGKILL wakes STOPPED and TRACED alike and
//! excuses whatever the task does then, so the outcome must say by other means what `do_stop` met
//! and left. The killer waits to see the task STOPPED: if the tracer was quicker, it is TRACED, and
//! nobody kills it. A task that is killed reports its exit, which is a BUG if somebody has marked
//! it stopped behind its back; it stops there once more for the engine that holds it, and the
//! tracer lets it go, so that it looks at what woke it with no SIGKILL pending any more. The killer
//! steps it at once, and is told whether it counts as stopped. S6b asks the same of SIGCONT, which
//! wakes a STOPPED task and must not wake a TRACED one.
//!
//! S6c has no mail: it is what mutants of `do_stop` differ in that no other scenario noticed.
//! `do_stop` asks for a report by a bit and a flag. The flag alone brings the tracee to its resume
//! hook; by the bit get_signal knows that the report comes before any signal.
//!
//! S6d comes from mutants of `stop` that look for SIGKILL before they take siglock. With SIGKILL
//! that makes no difference: it breaks a stop that has begun as it keeps one from beginning. Any
//! other fatal signal does not: a task that is TRACED does not want it, so it stays pending, and
//! only a task that runs begins a group exit for it. So whom SIGHUP kills has not stopped in its
//! system call. Generated scenarios told these mutants apart first. The last design differs here as
//! in S8b: it dequeues SIGKILL alone, so that SIGKILL does not keep the task from stopping in its
//! exit report.

use std::borrow::Cow;

use super::program::{
    Condition, E0, GROUP_STOPPED, Goal, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, USER_MODE, When,
    answer, control, engine, goal, kill, tracer,
};
use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGCONT, SIGHUP, SIGKILL, SIGSTOP, SigSet};
use crate::kernel::task::TaskState;
use crate::kernel::tracehook::ChildEvent;
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, Errno, Events, ResumeAction};

const MAIL: &str = "2009-08-04 Roland McGrath";

const KILL_GOALS: &[Goal] = &[
    goal("the tracee is taken over from the group stop", When::Inside(Milestone::TakenOver)),
    goal("control(STOP) says that it is stopped", When::Controlled(E0, ResumeAction::Stop, Errno::Ok)),
    goal("control(STOP) comes too late", When::Controlled(E0, ResumeAction::Stop, Errno::EINPROGRESS)),
    goal("the killer is told that it runs", When::Controlled(E0, ResumeAction::Singlestep, Errno::EAGAIN)),
    goal("the tracee reports its exit", When::Called(E0, CallbackKind::Exit)),
    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
    goal("the tracee stays with its tracer, and nobody kills it", When::Ended(T0, EndState::Traced)),
];

const CONTINUE_GOALS: &[Goal] = &[
    goal("the tracee is taken over from the group stop", When::Inside(Milestone::TakenOver)),
    goal("control(STOP) says that it is stopped", When::Controlled(E0, ResumeAction::Stop, Errno::Ok)),
    goal("control(STOP) comes too late", When::Controlled(E0, ResumeAction::Stop, Errno::EINPROGRESS)),
    goal("the parent hears of SIGCONT", When::Told(ChildEvent::Continued)),
    goal("the tracee stays with its tracer", When::Ended(T0, EndState::Traced)),
];

const TRACER: &[Op] = &[GROUP_STOPPED, control(E0, ResumeAction::Stop)];

fn against(scenario: Scenario, goals: &'static [Goal], sender: &'static [Op]) -> Scenario {
    Scenario {
        goals: Cow::Borrowed(goals),
        tasks: Cow::Borrowed(&[USER_MODE]),
        engines: Cow::Owned(vec![engine(1, Events::NONE, &[])]),
        setup: Cow::Borrowed(const { &[kill(SIGSTOP)] }),
        tracers: Cow::Owned(vec![tracer("tracer", TRACER), tracer("sender", sender)]),
        ..scenario
    }
}

/// A tracee that is asked to stop with a signal pending, before it runs.
fn pending() -> Scenario {
    Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the tracee reports", When::Called(E0, CallbackKind::Signal)),
                    goal("the tracee stops", When::Inside(Milestone::Stopped)),
                    goal("the handler runs in the end", When::Delivered(SIGHUP)),
                ]
            },
        ),
        handlers: Cow::Borrowed(const { &[Handlers { ignored: SigSet::EMPTY, handled: SigSet::of(SIGHUP) }] }),
        tasks: Cow::Borrowed(&[USER_MODE]),
        engines: Cow::Owned(vec![engine(
            1,
            Events::QUIESCE,
            const { &[answer(CallbackKind::Signal, ResumeAction::Stop)] },
        )]),
        setup: Cow::Borrowed(
            const { &[Op::Send { signal: SIGHUP, task: T0, scope: Scope::Thread }, control(E0, ResumeAction::Stop)] },
        ),
        tracers: Cow::Owned(vec![tracer("tracer", const { &[HAS_STOPPED, control(E0, ResumeAction::Resume)] })]),
        ..Scenario::asking(
            "S6c",
            "do_stop with a signal pending",
            "a mutant",
            "Does a tracee that is asked to stop report before it takes a signal that was pending already?",
        )
    }
}

/// A tracee that stops at the entry of its system call, or is killed by another signal than SIGKILL
/// before.
fn hung_up() -> Scenario {
    Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the signal comes before the stop", When::Inside(Milestone::KilledBeforeStop)),
                    goal("the tracee stops, and is let go", When::Controlled(E0, ResumeAction::Resume, Errno::Ok)),
                    goal("the system call is let through", When::LetThrough(true)),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        tasks: Cow::Borrowed(&[ONE_CALL]),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY.or(Events::EXIT), STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![tracer(
            "tracer",
            const {
                &[
                    Op::Send { signal: SIGHUP, task: T0, scope: Scope::Thread },
                    HAS_STOPPED,
                    control(E0, ResumeAction::Resume),
                ]
            },
        )]),
        ..Scenario::asking(
            "S6d",
            "SIGHUP against a stop that begins",
            "a mutant",
            "Does a task stop that a signal other than SIGKILL has killed?",
        )
    }
}

pub fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario {
            goals: Cow::Borrowed(KILL_GOALS),
            tasks: Cow::Borrowed(&[USER_MODE]),
            engines: Cow::Owned(vec![engine(1, Events::EXIT, &[])]),
            setup: Cow::Borrowed(const { &[kill(SIGSTOP)] }),
            tracers: Cow::Owned(vec![
                tracer(
                    "tracer",
                    const {
                        &[
                            GROUP_STOPPED,
                            control(E0, ResumeAction::Stop),
                            HAS_STOPPED,
                            control(E0, ResumeAction::Resume),
                        ]
                    },
                ),
                tracer(
                    "killer",
                    const {
                        &[
                            Op::Await(Condition::State(T0, TaskState::STOPPED)),
                            kill(SIGKILL),
                            control(E0, ResumeAction::Singlestep),
                        ]
                    },
                ),
            ]),
            ..Scenario::asking(
                "S6",
                "SIGKILL against do_stop",
                MAIL,
                "Does SIGKILL find a tracee half taken over from a group stop?",
            )
        },
        against(
            Scenario::asking(
                "S6b",
                "SIGCONT against do_stop",
                MAIL,
                "Can SIGCONT wake a tracee that its tracer was told is stopped?",
            ),
            CONTINUE_GOALS,
            const { &[GROUP_STOPPED, kill(SIGCONT)] },
        ),
        pending(),
        hung_up(),
    ]
}
