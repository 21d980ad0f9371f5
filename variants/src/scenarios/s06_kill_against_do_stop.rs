//! S6: a signal against `do_stop`.
//!
//! Oleg, 2009-08-04: "Now we should worry about SIGKILL racing with utrace_do_stop(). Again, both take ->siglock,
//! etc." Roland, same day: "It can't actually race with utrace_do_stop, because that holds siglock while touching
//! ->stopped" (C13). SIGKILL alone cannot tell whether that is so: it wakes STOPPED and TRACED alike, and excuses whatever
//! the task does then. So in S6 it comes behind SIGCONT, and the task sleeps in a stop of its own when it is taken over from the group stop: only
//! there does it look at what woke it. What siglock in `do_stop`, TRACED there, and the order in `wakeup` are for shows
//! before SIGKILL comes to hide it. S6b asks the same of SIGCONT alone and of a task that sleeps in the group stop itself.
//!
//! S6c has no mail: it is what mutants of `do_stop` differ in that no other scenario noticed. `do_stop` asks for a report by a bit and a flag.
//! The flag alone brings the tracee to its resume hook; by the bit get_signal knows that the report comes before any signal.
//!
//! S6d comes from mutants of `stop` that look for SIGKILL before they take siglock. With SIGKILL that makes no difference: it breaks a stop that has begun as it
//! keeps one from beginning. Any other fatal signal does not: a task that is TRACED does not want it, so it stays pending, and only a task that runs begins a group exit for it.
//! So whom SIGHUP kills has not stopped in its system call. Generated scenarios told these mutants apart first. The last design differs here as in S8b: it dequeues
//! SIGKILL alone, so that SIGKILL does not keep the task from stopping in its exit report.

use std::borrow::Cow;

use super::program::{
    Condition, E0, GROUP_STOPPED, Goal, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, USER_MODE, When,
    answer, control, engine, goal, kill, tracer,
};
use crate::kernel::parent::ChildEvent;
use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGCONT, SIGHUP, SIGKILL, SIGSTOP, SigSet};
use crate::kernel::task::TaskState;
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, Errno, Events, ResumeAction};

const MAIL: &str = "2009-08-04 Roland McGrath";

const KILL_GOALS: &[Goal] = &[
    goal("the tracee is left in the group stop", When::Inside(Milestone::LeftStopped)),
    goal("the tracee is taken over from it", When::Inside(Milestone::TakenOver)),
    goal("SIGCONT comes while the tracer holds it", When::Sent(SIGCONT, TaskState::TRACED)),
    goal("control(STOP) comes too late", When::Controlled(E0, ResumeAction::Stop, Errno::EINPROGRESS)),
    goal("the system call is let through", When::LetThrough(true)),
    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
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

/// A tracee that was left in a group stop, in the middle of a stop of its own, and is taken over.
fn left_and_killed() -> Scenario {
    Scenario {
        goals: Cow::Borrowed(KILL_GOALS),
        tasks: Cow::Borrowed(&[ONE_CALL, USER_MODE]),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY, STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![
            tracer(
                "tracer",
                const {
                    &[
                        kill(SIGSTOP),
                        control(E0, ResumeAction::Resume),
                        control(E0, ResumeAction::Stop),
                        control(E0, ResumeAction::Resume),
                    ]
                },
            ),
            tracer(
                "killer",
                const { &[Op::Await(Condition::State(T0, TaskState::STOPPED)), kill(SIGCONT), kill(SIGKILL)] },
            ),
        ]),
        ..Scenario::asking(
            "S6",
            "SIGKILL behind SIGCONT against do_stop",
            MAIL,
            "Does a signal find a tracee half taken over from a group stop?",
        )
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

/// A tracee that stops at the entry of its system call, or is killed by another signal than SIGKILL before.
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
        left_and_killed(),
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
