//! S12: two engines on one task, of which one holds it while the other does something else.
//!
//! The thread takes it for granted, and Roland (2009-08-03) speaks of what control can know of it:
//! the task stays stopped until every engine has let it go. S12: both resume; S12b: one resumes,
//! the other detaches; S12c: one interrupts, the other resumes; S12d: one holds for good.
//!
//! S12e to S12g have no mail: they are what mutants differ in that no other scenario noticed. In
//! S12e one engine answers REPORT and the other STOP, so that the tracee must stop and report again
//! when it is resumed, before it takes a signal. In S12f and S12g one engine holds the tracee while
//! the other's tracer changes the bits of utrace, and SIGKILL comes. These bits share one word that
//! is loaded, changed and stored under the lock; a tracee that clears `stopped` without it can find
//! it set again (the BUG of `start_report`).

use std::borrow::Cow;

use super::program::{
    E0, E1, GROUP_STOPPED, Goal, HAS_STOPPED, ONE_CALL, Op, STOP_AT_ENTRY, Scenario, T0, USER_MODE, When, answer,
    control, engine, goal, kill, tracer,
};
use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGHUP, SIGKILL, SIGSTOP, SigSet};
use crate::observation::EndState;
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, Errno, Events, ResumeAction};

const MAIL: &str = "2009-08-03 Roland McGrath";

const MUTANT: &str = "a mutant";

const RUNS: &[Goal] = &[
    goal("the tracee stops", When::Inside(Milestone::Stopped)),
    goal("the system call is let through", When::LetThrough(true)),
    goal("the tracee runs in the end", When::Ended(T0, EndState::Running)),
];

fn both(scenario: Scenario, goals: &'static [Goal], first: &'static [Op], second: &'static [Op]) -> Scenario {
    let wants = Events::SYSCALL_ENTRY;
    Scenario {
        goals: Cow::Borrowed(goals),
        tasks: Cow::Borrowed(&[ONE_CALL]),
        engines: Cow::Owned(vec![engine(1, wants.or(Events::QUIESCE), STOP_AT_ENTRY), engine(2, wants, STOP_AT_ENTRY)]),
        tracers: Cow::Owned(vec![tracer("first tracer", first), tracer("second tracer", second)]),
        ..scenario
    }
}

/// A tracee that one of two engines stops on its way to user mode, while the other asks for one
/// more report.
fn stopped_and_reporting() -> Scenario {
    let goals = const {
        &[
            goal("the tracee stops", When::Inside(Milestone::Stopped)),
            goal("it reports before any signal", When::Called(E0, CallbackKind::Signal)),
            goal("the handler runs in the end", When::Delivered(SIGHUP)),
            goal("the tracee runs in the end", When::Ended(T0, EndState::Running)),
        ]
    };
    let sighup = const { &[HAS_STOPPED, Op::Send { signal: SIGHUP, task: T0, scope: Scope::Thread }] };
    Scenario {
        goals: Cow::Borrowed(goals),
        handlers: Cow::Borrowed(const { &[Handlers { ignored: SigSet::EMPTY, handled: SigSet::of(SIGHUP) }] }),
        tasks: Cow::Borrowed(&[USER_MODE]),
        engines: Cow::Owned(vec![
            engine(1, Events::QUIESCE, const { &[answer(CallbackKind::Quiesce, ResumeAction::Report)] }),
            engine(2, Events::QUIESCE, const { &[answer(CallbackKind::Quiesce, ResumeAction::Stop)] }),
        ]),
        setup: Cow::Borrowed(const { &[control(E0, ResumeAction::Report)] }),
        tracers: Cow::Owned(vec![
            tracer("tracer", const { &[HAS_STOPPED, control(E1, ResumeAction::Resume)] }),
            tracer("sender", sighup),
        ]),
        ..Scenario::asking(
            "S12e",
            "one asks for a report, the other stops",
            MUTANT,
            "Is the report that one engine asked for made when the stop that the other asked for is over?",
        )
    }
}

/// A tracee that the first engine holds, the tracer of the second, and a killer.
fn held_and_killed() -> Vec<Scenario> {
    let at_entry = Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the tracee stops", When::Inside(Milestone::Stopped)),
                    goal("the interrupt is taken", When::Controlled(E1, ResumeAction::Interrupt, Errno::Ok)),
                    goal("the tracee reports behind the stop", When::Called(E0, CallbackKind::SyscallExit)),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        tasks: Cow::Borrowed(&[ONE_CALL]),
        engines: Cow::Owned(vec![
            engine(1, Events::SYSCALL_ENTRY.or(Events::SYSCALL_EXIT), STOP_AT_ENTRY),
            engine(2, Events::NONE, &[]),
        ]),
        tracers: Cow::Owned(vec![
            tracer("tracer", const { &[HAS_STOPPED, control(E1, ResumeAction::Interrupt)] }),
            tracer("killer", const { &[HAS_STOPPED, kill(SIGKILL)] }),
        ]),
        ..Scenario::asking(
            "S12f",
            "one holds, the other interrupts, SIGKILL comes",
            MUTANT,
            "Does a killed tracee ever make a report while utrace takes it for stopped?",
        )
    };
    let taken_over = Scenario {
        id: Cow::Borrowed("S12g"),
        name: Cow::Borrowed("the same on a tracee taken over from a group stop"),
        question: Cow::Borrowed("And when it was stopped by job control?"),
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the tracee is taken over from the group stop", When::Inside(Milestone::TakenOver)),
                    goal("the interrupt is taken", When::Controlled(E1, ResumeAction::Interrupt, Errno::Ok)),
                    goal("the tracee reports its exit", When::Called(E0, CallbackKind::Exit)),
                    goal("the tracee dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        tasks: Cow::Borrowed(&[USER_MODE]),
        engines: Cow::Owned(vec![engine(1, Events::EXIT, &[]), engine(2, Events::NONE, &[])]),
        setup: Cow::Borrowed(const { &[kill(SIGSTOP)] }),
        tracers: Cow::Owned(vec![
            tracer(
                "tracer",
                const { &[GROUP_STOPPED, control(E0, ResumeAction::Stop), control(E1, ResumeAction::Interrupt)] },
            ),
            tracer("killer", const { &[GROUP_STOPPED, kill(SIGKILL)] }),
        ]),
        ..at_entry.clone()
    };
    vec![at_entry, taken_over]
}

pub fn scenarios() -> Vec<Scenario> {
    let resumed = vec![
        both(
            Scenario::asking("S12", "two engines resume", MAIL, "Does the task run once both have let it go?"),
            RUNS,
            const { &[HAS_STOPPED, control(E0, ResumeAction::Resume)] },
            const { &[HAS_STOPPED, control(E1, ResumeAction::Resume)] },
        ),
        both(
            Scenario::asking(
                "S12b",
                "one resumes, the other detaches",
                MAIL,
                "Does a task whose last holder detaches run, and without calling it back?",
            ),
            RUNS,
            const { &[HAS_STOPPED, control(E0, ResumeAction::Resume)] },
            const { &[HAS_STOPPED, control(E1, ResumeAction::Detach)] },
        ),
        both(
            Scenario::asking(
                "S12c",
                "one interrupts, the other resumes",
                MAIL,
                "Does an interrupt that one engine asks for reach a task that another holds?",
            ),
            const {
                &[
                    goal("the tracee stops", When::Inside(Milestone::Stopped)),
                    goal("it reports before any signal", When::Called(E0, CallbackKind::Signal)),
                    goal("the tracee runs in the end", When::Ended(T0, EndState::Running)),
                ]
            },
            const { &[HAS_STOPPED, control(E0, ResumeAction::Interrupt)] },
            const { &[HAS_STOPPED, control(E1, ResumeAction::Resume)] },
        ),
        both(
            Scenario::asking(
                "S12d",
                "one holds, the other stops and resumes",
                MAIL,
                "Does a task that one engine holds stay stopped whatever the other does?",
            ),
            const {
                &[
                    goal("the tracee stops", When::Inside(Milestone::Stopped)),
                    goal("the tracee stays stopped", When::Ended(T0, EndState::Traced)),
                ]
            },
            const {
                &[
                    HAS_STOPPED,
                    control(E0, ResumeAction::Resume),
                    control(E0, ResumeAction::Stop),
                    control(E0, ResumeAction::Resume),
                ]
            },
            const { &[HAS_STOPPED, control(E1, ResumeAction::Stop)] },
        ),
    ];
    [resumed, vec![stopped_and_reporting()], held_and_killed()].concat()
}
