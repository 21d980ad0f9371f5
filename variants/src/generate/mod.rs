//! Scenarios that nobody thought of: generated from a number, and cut down again.
//!
//! Promise: equal numbers give equal scenarios, for ever within one version of the generator
//! ([`GENERATOR_VERSION`]); every scenario is well-formed; weights are such that most executions
//! stop a task, wake one, and have operations that overlap (the test
//! `most_executions_reach_what_matters` measures how many). [`reductions`] cuts a scenario down in
//! every way that leaves it well-formed. With the feature `proptest`, [`generated_scenarios`] is
//! both as a strategy of that crate.
//!
//! Limits: what is generated is what the model has; weights are a guess at what matters, and what
//! they make rare is rarely tried. Kernel threads, sleepers woken by hand (S4) and engines without
//! ops are left to scenarios written down.

mod answers;
mod chart;
mod random;
mod reduce;
#[cfg(any(test, feature = "proptest"))]
mod strategy;
mod tracers;

use std::borrow::Cow;

pub use chart::CHART;
pub use reduce::{reductions, size};
#[cfg(feature = "proptest")]
pub use strategy::{GeneratedScenarios, ScenarioTree, generated_scenarios};

pub use random::GENERATOR_VERSION;

use self::random::Random;
use crate::kernel::process::Handlers;
use crate::kernel::sigset::{SIGCONT, SIGHUP, SIGTERM, SIGUSR1, SigSet};
use crate::kernel::syscall::Body;
use crate::kernel::task::Birth;
use crate::scenarios::program::{EngineProgram, Op, Scenario, TaskOp, TaskProgram, TracerProgram};
use crate::scenarios::well_formed::well_formed;

/// The scenario with this number. Unrelated numbers give unrelated scenarios, and so do neighbours.
pub fn generate(number: u64) -> Scenario {
    let mut random = Random::new(number);
    let tasks = tasks(&mut random);
    let handlers = handlers(&mut random, &tasks);
    let mut engines = answers::engines(&mut random, tasks.len());
    let mut tracers = tracers::tracers(&mut random, tasks.len(), &mut engines);
    attach_the_rest(&mut random, &engines, &mut tracers);
    let mut scenario = Scenario {
        goals: Cow::Borrowed(CHART),
        handlers: Cow::Owned(handlers),
        tasks: Cow::Owned(tasks),
        engines: Cow::Owned(engines),
        tracers: Cow::Owned(tracers),
        ..Scenario::asking("", "", "generated", "Do the designs agree?")
    };
    scenario.id = Cow::Owned(id_of(number));
    scenario.name = Cow::Owned(format!("generated, number {number}"));
    debug_assert_eq!(well_formed(&scenario), Ok(()));
    scenario
}

/// What the scenario of a number is called: tokens name it so.
fn id_of(number: u64) -> String {
    format!("G{GENERATOR_VERSION}-{number:x}")
}

/// The scenario of that id, if it is that of a generated one.
pub fn generated(id: &str) -> Option<Scenario> {
    let number = id.strip_prefix(&format!("G{GENERATOR_VERSION}-"))?;
    let number = u64::from_str_radix(number, 16).ok()?;
    (id_of(number) == id).then(|| generate(number))
}

fn tasks(random: &mut Random) -> Vec<TaskProgram> {
    let count = random.weighted(&[(55, 1), (40, 2), (5, 3)]);
    let second_process = count > 1 && random.chance(15);
    (0..count)
        .map(|number| {
            let process = usize::from(second_process && number == count - 1);
            let blocks = random.chance(8);
            let blocked = if blocks { SigSet::of(random.pick(&[SIGHUP, SIGUSR1, SIGTERM])) } else { SigSet::EMPTY };
            let birth = Birth { process, blocked, kernel_thread: false };
            TaskProgram { birth, ops: Cow::Owned(task_ops(random, number == 0)) }
        })
        .collect()
}

/// The first task enters the kernel by itself more often than the others do.
fn task_ops(random: &mut Random, first: bool) -> Vec<TaskOp> {
    let weights: &[(u32, usize)] = if first { &[(75, 1), (25, 2)] } else { &[(45, 0), (45, 1), (10, 2)] };
    let count = random.weighted(weights);
    let mut ops: Vec<TaskOp> = (0..count)
        .map(|_| match random.weighted(&[(70, 0), (12, 1), (5, 2), (2, 3), (4, 4), (17, 5)]) {
            0 => TaskOp::Syscall(Body::Quick),
            1 => TaskOp::Syscall(Body::Pause),
            2 => TaskOp::Syscall(Body::Clone),
            3 => TaskOp::Syscall(Body::Vfork),
            4 => TaskOp::Syscall(Body::Exec),
            _ => TaskOp::Interrupt,
        })
        .collect();
    if first && random.chance(70) {
        ops[0] = TaskOp::Syscall(Body::Quick);
    }
    if random.chance(12) {
        let body = if random.chance(50) { Body::Exit(1) } else { Body::ExitGroup(2) };
        ops.push(TaskOp::Syscall(body));
    }
    ops
}

fn handlers(random: &mut Random, tasks: &[TaskProgram]) -> Vec<Handlers> {
    let processes = 1 + tasks.iter().map(|task| task.birth.process).max().unwrap_or(0);
    (0..processes)
        .map(|_| {
            let handled =
                if random.chance(15) { SigSet::of(random.pick(&[SIGUSR1, SIGHUP, SIGCONT])) } else { SigSet::EMPTY };
            let ignored = if random.chance(8) { SigSet::of(random.pick(&[SIGUSR1, SIGTERM])) } else { SigSet::EMPTY };
            Handlers { ignored: ignored.without(handled), handled }
        })
        .collect()
}

/// An engine that is not attached from the start is attached by somebody, or all that names it
/// would be in vain.
fn attach_the_rest(random: &mut Random, engines: &[EngineProgram], tracers: &mut [TracerProgram]) {
    for (number, engine) in engines.iter().enumerate() {
        if !engine.attached {
            let engine_id = crate::utrace::engine::EngineId(number as u8);
            let tracer = random.below(tracers.len());
            let exclusive = random.chance(20);
            let ops = tracers[tracer].ops.to_mut();
            ops.insert(0, Op::Attach { engine: engine_id, exclusive });
            ops.insert(1, Op::SetEvents { engine: engine_id, events: engine.events });
        }
    }
}

#[cfg(test)]
mod tests;
