//! S5: SIGCONT right behind `wakeup`'s TRACED to STOPPED.
//!
//! Oleg, 2009-08-04: "If we were woken by SIGCONT which comes right after utrace_wakeup() does
//! s/TRACED/STOPPED/, I think we must see the result of ->stopped = 0 in utrace_wakeup()." Both
//! take siglock (C6).
//!
//! S5b asks about the same bookkeeping from the other side: a group stop is being collected while
//! one of its members stops for an engine and is resumed. 66e070534eb and 2edad7d1d57 are about it,
//! and the base has both: the last to stop says that the group is stopped, and a wake-up leaves a
//! member STOPPED while others are still to come. Whoever is the last tells nobody, if that is a
//! member that stops for its engine; what tells is the rule that no group stop counts on somebody
//! once nothing can happen any more.

use std::borrow::Cow;

use super::program::{
    E0, EngineProgram, GROUP_STOPPED, Goal, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, T1, USER_MODE,
    When, control, engine, goal, kill, tracer,
};
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGCONT, SIGSTOP};
use crate::kernel::tracehook::ChildEvent;
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{Events, ResumeAction};

const GOALS: &[Goal] = &[
    goal("the tracee is left in the group stop", When::Inside(Milestone::LeftStopped)),
    goal("the parent hears of the stop", When::Told(ChildEvent::Stopped)),
    goal("the parent hears of SIGCONT", When::Told(ChildEvent::Continued)),
    goal("the system call is let through", When::LetThrough(true)),
    goal("the tracee runs in the end", When::Ended(T0, EndState::Running)),
];

const TRACER: &[Op] = &[HAS_STOPPED, kill(SIGSTOP), GROUP_STOPPED, control(E0, ResumeAction::Resume)];

pub fn scenarios() -> Vec<Scenario> {
    let behind = Scenario {
        goals: Cow::Borrowed(GOALS),
        tasks: Cow::Borrowed(&[ONE_CALL, USER_MODE]),
        engines: Cow::Owned(vec![engine(1, Events::SYSCALL_ENTRY, STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![
            tracer("tracer", TRACER),
            tracer("continuer", const { &[GROUP_STOPPED, kill(SIGCONT)] }),
        ]),
        ..Scenario::asking(
            "S5",
            "SIGCONT behind TRACED to STOPPED",
            "2009-08-04 Oleg Nesterov",
            "Does a tracee woken by SIGCONT just after the tracer let it go know that it was let go?",
        )
    };
    let collecting = Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the tracee is the last to stop", When::Inside(Milestone::LastToStop)),
                    goal("it is resumed while the stop is collected", When::Inside(Milestone::WakeupDuringGroupStop)),
                    goal("the parent hears of the stop", When::Told(ChildEvent::Stopped)),
                    goal("the system call is let through", When::LetThrough(true)),
                ]
            },
        ),
        // The second engine is on the other task and does nothing but hear of job control, which
        // opens siglock there.
        engines: Cow::Owned(vec![
            engine(1, Events::SYSCALL_ENTRY, STOP_AT_ENTRY),
            EngineProgram { task: T1, ..engine(2, Events::JCTL, &[]) },
        ]),
        tracers: Cow::Owned(vec![
            tracer("tracer", const { &[HAS_STOPPED, control(E0, ResumeAction::Resume)] }),
            tracer("stopper", const { &[Op::Send { signal: SIGSTOP, task: T1, scope: Scope::Thread }] }),
        ]),
        id: Cow::Borrowed("S5b"),
        name: Cow::Borrowed("a group stop against stop and resume"),
        question: Cow::Borrowed("Does a group stop complete when a member of it stops for an engine meanwhile?"),
        ..behind.clone()
    };
    vec![behind, collecting]
}
