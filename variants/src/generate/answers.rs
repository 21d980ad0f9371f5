//! Engines: what they want to hear, and how they answer.

use std::borrow::Cow;

use super::random::Random;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGCONT, SIGKILL, SIGUSR1};
use crate::kernel::task::TaskId;
use crate::scenarios::program::{Answer, EngineProgram, Op, answer};
use crate::utrace::engine::{CallbackKind, EngineId, Events, ResumeAction, Verdict};

/// A callback with the event that asks for it. The first ones are where tasks can stop.
const HEARD: [(u32, CallbackKind, Events); 13] = [
    (34, CallbackKind::SyscallEntry, Events::SYSCALL_ENTRY),
    (20, CallbackKind::Quiesce, Events::QUIESCE),
    (10, CallbackKind::Signal, Events::SIGNAL_ALL),
    (4, CallbackKind::Signal, Events::SIGNAL),
    (3, CallbackKind::Signal, Events::SIGNAL_TERM),
    (3, CallbackKind::Signal, Events::SIGNAL_STOP),
    (9, CallbackKind::SyscallExit, Events::SYSCALL_EXIT),
    (6, CallbackKind::Jctl, Events::JCTL),
    (5, CallbackKind::Exit, Events::EXIT),
    (5, CallbackKind::Death, Events::DEATH),
    (3, CallbackKind::Reap, Events::REAP),
    (2, CallbackKind::Clone, Events::CLONE),
    (2, CallbackKind::Exec, Events::EXEC),
];

pub(super) fn engines(random: &mut Random, tasks: usize) -> Vec<EngineProgram> {
    let count = random.weighted(&[(68, 1), (28, 2), (4, 3)]);
    let mut engines: Vec<EngineProgram> = (0..count).map(|number| engine(random, number, tasks)).collect();
    // Somebody stops a task, in all but few scenarios.
    let first_entry = |answer: &&Answer| answer.to == CallbackKind::SyscallEntry;
    let stops = engines[0].answers.iter().find(first_entry).is_some_and(|answer| answer.action == ResumeAction::Stop);
    if !stops && random.chance(95) {
        let first = &mut engines[0];
        first.events = first.events.or(Events::SYSCALL_ENTRY);
        first.answers.to_mut().insert(0, answer(CallbackKind::SyscallEntry, ResumeAction::Stop));
    }
    engines
}

fn engine(random: &mut Random, number: usize, tasks: usize) -> EngineProgram {
    let task = TaskId(if number == 0 || random.chance(60) { 0 } else { random.below(tasks) as u8 });
    let class = if random.chance(90) { number as u8 + 1 } else { 1 };
    let heard: Vec<(CallbackKind, Events)> = (0..random.weighted(&[(45, 1), (40, 2), (15, 3)]))
        .map(|_| random.weighted(&HEARD.map(|(weight, kind, events)| (weight, (kind, events)))))
        .collect();
    let events = heard.iter().fold(Events::NONE, |events, (_, one)| events.or(*one));
    let mut answers = Vec::new();
    for (kind, _) in heard {
        if random.chance(75) {
            answers.push(one_answer(random, kind, EngineId(number as u8), task));
        }
    }
    EngineProgram { task, class: Some(class), attached: random.chance(88), events, answers: Cow::Owned(answers) }
}

fn one_answer(random: &mut Random, to: CallbackKind, engine: EngineId, task: TaskId) -> Answer {
    let action = random.weighted(&[
        (52, ResumeAction::Stop),
        (10, ResumeAction::Resume),
        (10, ResumeAction::Report),
        (12, ResumeAction::Interrupt),
        (10, ResumeAction::Detach),
        (4, ResumeAction::Singlestep),
        (2, ResumeAction::Blockstep),
    ]);
    let result = match to {
        CallbackKind::Signal if random.chance(40) => Some(random.pick(&[
            Verdict::SIGNAL_DELIVER,
            Verdict::SIGNAL_IGN,
            Verdict::SIGNAL_TERM,
            Verdict::SIGNAL_CORE,
            Verdict::SIGNAL_STOP,
            Verdict::SIGNAL_HOLD,
        ])),
        CallbackKind::SyscallEntry if random.chance(12) => Some(Verdict::SYSCALL_ABORT),
        _ => None,
    };
    // What asks for another report and is answered so for ever never comes to an end, and so does a
    // signal pushed back for ever.
    let ends = matches!(action, ResumeAction::Stop | ResumeAction::Resume | ResumeAction::Detach);
    let forever = ends && result != Some(Verdict::SIGNAL_HOLD) && random.chance(8);
    let ops = if !forever && random.chance(10) { vec![inner_op(random, engine, task)] } else { Vec::new() };
    Answer { result, forever, ops: Cow::Owned(ops), ..answer(to, action) }
}

/// What an engine does from within a callback. Nothing that waits: a task that waits in its own
/// callback for itself says nothing.
fn inner_op(random: &mut Random, engine: EngineId, task: TaskId) -> Op {
    match random.below(5) {
        0 => Op::Control { engine, action: random.pick(&[ResumeAction::Stop, ResumeAction::Interrupt]) },
        1 => Op::Control { engine, action: ResumeAction::Detach },
        2 => Op::SetEvents { engine, events: random.pick(&[Events::NONE, Events::QUIESCE, Events::SIGNAL_ALL]) },
        3 => Op::Send { signal: random.pick(&[SIGUSR1, SIGCONT]), task, scope: Scope::Group },
        _ => Op::Send { signal: SIGKILL, task, scope: Scope::Group },
    }
}
