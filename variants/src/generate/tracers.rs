//! Tracers: what they wait for and what they call.

use std::borrow::Cow;

use super::random::Random;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::{SIGCHLD, SIGCONT, SIGHUP, SIGKILL, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP, SIGUSR1, Signal};
use crate::kernel::task::{TaskId, TaskState};
use crate::scenarios::program::{Condition, EngineProgram, Op, TracerProgram};
use crate::utrace::engine::{EngineId, Events, ResumeAction};

const SIGNALS: [(u32, Signal); 9] = [
    (42, SIGKILL),
    (16, SIGSTOP),
    (22, SIGCONT),
    (8, SIGUSR1),
    (7, SIGHUP),
    (3, SIGTSTP),
    (2, SIGCHLD),
    (2, SIGTERM),
    (2, SIGQUIT),
];

const ACTIONS: [(u32, ResumeAction); 7] = [
    (52, ResumeAction::Resume),
    (18, ResumeAction::Stop),
    (14, ResumeAction::Detach),
    (10, ResumeAction::Interrupt),
    (9, ResumeAction::Report),
    (4, ResumeAction::Singlestep),
    (3, ResumeAction::Blockstep),
];

pub(super) fn tracers(random: &mut Random, tasks: usize, engines: &mut [EngineProgram]) -> Vec<TracerProgram> {
    let count = random.weighted(&[(12, 1), (68, 2), (20, 3)]);
    let mut tracers: Vec<Vec<Op>> = (0..count).map(|_| tracer(random, tasks, engines)).collect();
    if random.chance(65) {
        // Who stops a task mostly lets it go again.
        let last = tracers.len() - 1;
        tracers[last].push(Op::Control { engine: EngineId(0), action: ResumeAction::Resume });
    }
    if random.chance(22) {
        group_stop(random, tasks, &mut tracers);
    }
    let named = |ops: Vec<Op>| TracerProgram { name: Cow::Borrowed(""), ops: Cow::Owned(ops) };
    let names = ["first", "second", "third"];
    let all = tracers.into_iter().enumerate();
    all.map(|(number, ops)| TracerProgram { name: Cow::Owned(names[number].to_owned()), ..named(ops) }).collect()
}

fn tracer(random: &mut Random, tasks: usize, engines: &[EngineProgram]) -> Vec<Op> {
    let mut ops = Vec::new();
    ops.extend(first_wait(random, tasks, engines).map(Op::Await));
    let count = random.weighted(&[(28, 1), (38, 2), (24, 3), (10, 4)]);
    for _ in 0..count {
        push_op(random, tasks, engines, &mut ops);
    }
    ops
}

/// Most tracers begin when there is something to do.
fn first_wait(random: &mut Random, tasks: usize, engines: &[EngineProgram]) -> Option<Condition> {
    let engine = engines[if random.chance(75) { 0 } else { random.below(engines.len()) }].task;
    let task = TaskId(random.below(tasks) as u8);
    match random.weighted(&[(80, 0), (3, 1), (2, 2), (1, 3), (14, 4)]) {
        0 => Some(Condition::HasStopped(engine)),
        1 => Some(Condition::State(engine, TaskState::TRACED)),
        2 => Some(Condition::State(task, TaskState::STOPPED)),
        3 => Some(Condition::Dying(task)),
        _ => None,
    }
}

fn push_op(random: &mut Random, tasks: usize, engines: &[EngineProgram], ops: &mut Vec<Op>) {
    // Those who meet at one task race.
    let engine = EngineId(if random.chance(60) { 0 } else { random.below(engines.len()) } as u8);
    let task = if random.chance(85) { engines[engine.index()].task } else { TaskId(random.below(tasks) as u8) };
    match random.weighted(&[(48, 0), (28, 1), (7, 2), (6, 3), (7, 4), (3, 5), (2, 6), (1, 7)]) {
        0 => ops.push(Op::Control { engine, action: random.weighted(&ACTIONS) }),
        1 => {
            let scope = if random.chance(80) { Scope::Group } else { Scope::Thread };
            ops.push(Op::Send { signal: random.weighted(&SIGNALS), task, scope });
        }
        2 => {
            let masks = [Events::NONE, Events::QUIESCE, Events::SIGNAL_ALL, Events::DEATH, Events::SYSCALL];
            ops.push(Op::SetEvents { engine, events: random.pick(&masks) });
        }
        3 => ops.push(Op::Barrier { engine }),
        4 => {
            ops.push(Op::PrepareExamine { engine });
            if random.chance(30) {
                ops.push(Op::Control { engine, action: random.weighted(&ACTIONS) });
            }
            ops.push(Op::FinishExamine { engine });
        }
        5 => ops.push(Op::Reap { task }),
        6 => ops.push(Op::Find { engine }),
        _ => ops.push(Op::Await(Condition::Dying(task))),
    }
}

/// One of them starts a group stop, and one continues behind its end.
fn group_stop(random: &mut Random, tasks: usize, tracers: &mut [Vec<Op>]) {
    let task = TaskId(random.below(tasks) as u8);
    let stops = random.below(tracers.len());
    let place = random.below(tracers[stops].len() + 1);
    tracers[stops].insert(place, Op::Send { signal: SIGSTOP, task, scope: Scope::Group });
    if random.chance(70) {
        tracers[stops].insert(place + 1, Op::Await(Condition::GroupStopped));
    }
    if random.chance(50) {
        let continues = random.below(tracers.len());
        if random.chance(50) {
            tracers[continues].push(Op::Await(Condition::GroupStopped));
        }
        tracers[continues].push(Op::Send { signal: SIGCONT, task, scope: Scope::Group });
    }
}
