//! S13: attaching while a report is made, and `barrier` against a callback.
//!
//! From the description of the API: an engine created by a callback is not told of the event that
//! created it, and `barrier` returns when no callback is in progress. The thread argues (Oleg,
//! 2009-08-03) over what else may be called back. S13b detaches instead of changing the mask; S13c
//! attaches from outside.
//!
//! S13d has no mail: it is what mutants of `do_stop` differ in that no other scenario noticed.
//! `do_stop` asks for no report when an interrupt is due, for get_signal will report soon anyway.
//! But the pass of get_signal looks at answers only and not at ENGINE_STOP, so the stop that was
//! asked for does not come: in all designs alike. A tracer waits with `barrier` beside it: what one
//! thread does alone needs no search.
//!
//! S13e comes from mutants too, of `finish_jctl`: an engine attaches to a task that was taken over
//! from a group stop and then killed. `attach` sets `report`, by which the task knows that somebody
//! is new; a task that changes the word of that bit without the lock can lose it. That the second
//! STOP returns 0 shows that the engine was attached before the task cleared `stopped`: so it must
//! hear of the exit.

use std::borrow::Cow;

use super::program::{
    Answer, E0, E1, E2, EngineProgram, GROUP_STOPPED, Goal, ONE_CALL, Op, Scenario, T0, TaskOp, TaskProgram, USER_MODE,
    When, control, engine, goal, kill, tracer,
};
use crate::kernel::sigset::{SIGKILL, SIGSTOP};
use crate::kernel::syscall::Body;
use crate::observation::{Call, EndState};
use crate::utrace::engine::{CallbackKind, Errno, Events, ResumeAction};

const MAIL: &str = "2009-08-03 Oleg Nesterov";

const TWO_CALLS: TaskProgram =
    TaskProgram { ops: Cow::Borrowed(&[TaskOp::Syscall(Body::Quick), TaskOp::Syscall(Body::Quick)]), ..ONE_CALL };

const ATTACHES: &[Answer] = &[Answer {
    to: CallbackKind::SyscallEntry,
    action: ResumeAction::Resume,
    result: None,
    forever: false,
    ops: Cow::Borrowed(&[
        Op::Attach { engine: E1, exclusive: false },
        Op::SetEvents { engine: E1, events: Events::SYSCALL_ENTRY },
    ]),
}];

const INTERRUPTS_AND_STOPS: &[Answer] = &[Answer {
    to: CallbackKind::SyscallEntry,
    action: ResumeAction::Resume,
    result: None,
    forever: false,
    ops: Cow::Borrowed(&[control(E0, ResumeAction::Interrupt), control(E1, ResumeAction::Stop)]),
}];

/// One engine's callback interrupts, and stops for the other, which hears of nothing.
fn interrupted_and_stopped() -> Scenario {
    Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("the stop is asked for", When::Controlled(E1, ResumeAction::Stop, Errno::EINPROGRESS)),
                    goal("the task reports before any signal", When::Called(E0, CallbackKind::Signal)),
                    goal("the task runs in the end", When::Ended(T0, EndState::Running)),
                ]
            },
        ),
        tasks: Cow::Borrowed(const { &[ONE_CALL] }),
        engines: Cow::Owned(vec![
            engine(1, Events::SYSCALL_ENTRY.or(Events::QUIESCE), INTERRUPTS_AND_STOPS),
            engine(2, Events::NONE, &[]),
        ]),
        tracers: Cow::Owned(vec![tracer("tracer", const { &[Op::Barrier { engine: E1 }] })]),
        ..Scenario::asking(
            "S13d",
            "a callback interrupts and stops",
            "a mutant",
            "Does a stop come that is asked for while an interrupt is due?",
        )
    }
}

/// A task taken over from a group stop and killed by a tracer that then attaches a second engine.
fn attached_in_group_stop() -> Scenario {
    Scenario {
        goals: Cow::Borrowed(
            const {
                &[
                    goal("an engine is attached", When::Returned(Call::Attach, E1, Errno::Ok)),
                    goal("the task counts as stopped", When::Controlled(E0, ResumeAction::Stop, Errno::Ok)),
                    goal("the new engine hears of the exit", When::Called(E1, CallbackKind::Exit)),
                    goal("the task dies", When::Ended(T0, EndState::Dead)),
                ]
            },
        ),
        tasks: Cow::Borrowed(const { &[USER_MODE] }),
        engines: Cow::Owned(vec![engine(1, Events::EXIT, &[]), newcomer()]),
        setup: Cow::Borrowed(const { &[kill(SIGSTOP)] }),
        tracers: Cow::Owned(vec![tracer(
            "tracer",
            const {
                &[
                    GROUP_STOPPED,
                    control(E0, ResumeAction::Stop),
                    kill(SIGKILL),
                    Op::Attach { engine: E1, exclusive: false },
                    Op::SetEvents { engine: E1, events: Events::EXIT },
                    control(E0, ResumeAction::Stop),
                ]
            },
        )]),
        ..Scenario::asking(
            "S13e",
            "attach to a task taken over and killed",
            "a mutant",
            "Does an engine hear of the exit that was attached while the killed task still counted as stopped?",
        )
    }
}

fn newcomer() -> EngineProgram {
    EngineProgram { attached: false, ..engine(2, Events::NONE, &[]) }
}

fn reporting(
    scenario: Scenario,
    newcomers: usize,
    task: TaskProgram,
    answers: &'static [Answer],
    goals: &'static [Goal],
    ops: &'static [Op],
) -> Scenario {
    let mut engines = vec![engine(1, Events::SYSCALL_ENTRY, answers)];
    engines.extend((0..newcomers).map(|_| newcomer()));
    Scenario {
        goals: Cow::Borrowed(goals),
        tasks: Cow::Owned(vec![task]),
        engines: Cow::Owned(engines),
        tracers: Cow::Owned(vec![tracer("tracer", ops)]),
        ..scenario
    }
}

pub fn scenarios() -> Vec<Scenario> {
    vec![
        reporting(
            Scenario::asking(
                "S13",
                "a callback attaches; set_events and barrier",
                MAIL,
                "Is a new engine told of the event that created it, and a muted one called back behind barrier?",
            ),
            1,
            TWO_CALLS,
            ATTACHES,
            const {
                &[
                    goal("a callback is in progress", When::Returned(Call::SetEvents, E0, Errno::EINPROGRESS)),
                    goal("none is", When::Returned(Call::SetEvents, E0, Errno::Ok)),
                    goal("barrier ends", When::Returned(Call::Barrier, E0, Errno::Ok)),
                    goal("the callback attaches an engine", When::Returned(Call::Attach, E1, Errno::Ok)),
                    goal("the new engine hears of the next call", When::Called(E1, CallbackKind::SyscallEntry)),
                ]
            },
            const { &[Op::SetEvents { engine: E0, events: Events::NONE }, Op::Barrier { engine: E0 }] },
        ),
        reporting(
            Scenario::asking(
                "S13b",
                "detach and barrier against a callback",
                MAIL,
                "Is a detached engine called back behind barrier?",
            ),
            0,
            ONE_CALL,
            &[],
            const {
                &[
                    goal("a callback is in progress", When::Controlled(E0, ResumeAction::Detach, Errno::EINPROGRESS)),
                    goal("none is", When::Controlled(E0, ResumeAction::Detach, Errno::Ok)),
                    goal("barrier finds the engine gone", When::Returned(Call::Barrier, E0, Errno::ESRCH)),
                ]
            },
            const { &[control(E0, ResumeAction::Detach), Op::Barrier { engine: E0 }] },
        ),
        reporting(
            Scenario::asking(
                "S13c",
                "attach from outside while a report is made",
                MAIL,
                "Is an engine that attaches from outside told of no event, or of whole ones?",
            ),
            2,
            ONE_CALL,
            &[],
            const {
                &[
                    goal("an engine is attached", When::Returned(Call::Attach, E1, Errno::Ok)),
                    goal("a second of its class is refused", When::Returned(Call::AttachExclusive, E2, Errno::EEXIST)),
                    goal("the new engine hears of the call", When::Called(E1, CallbackKind::SyscallEntry)),
                    goal("it hears of the way back", When::Called(E1, CallbackKind::Quiesce)),
                ]
            },
            const {
                &[
                    Op::Attach { engine: E1, exclusive: false },
                    Op::SetEvents { engine: E1, events: Events::SYSCALL_ENTRY.or(Events::QUIESCE) },
                    Op::Attach { engine: E2, exclusive: true },
                ]
            },
        ),
        interrupted_and_stopped(),
        attached_in_group_stop(),
    ]
}
