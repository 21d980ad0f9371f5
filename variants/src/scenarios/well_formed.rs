//! What makes a scenario one that can be run: numbers name something, and nothing exceeds the
//! model.
//!
//! Promise: a well-formed scenario never makes the model itself fail; whatever ends an execution
//! then is the doing of the kernel or of the designs. Limits: that a situation can come about at
//! all is not asked; a thread may wait for ever.

use super::program::{Condition, Op, Scenario};
use crate::kernel::process::PROCESSES_MAX;
use crate::kernel::task::{TASKS_MAX, TaskId};
use crate::utrace::engine::{ENGINES_MAX, EngineId, Events, Verdict};
use lockstep::THREADS_MAX;
use std::fmt;

/// What is wrong with a scenario that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IllFormed(String);

impl fmt::Display for IllFormed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for IllFormed {}

/// Says what is wrong with the scenario.
pub fn well_formed(scenario: &Scenario) -> Result<(), IllFormed> {
    let Scenario { handlers, tasks, engines, setup, tracers, .. } = scenario;
    let counts = [
        ("process", handlers.len(), 1, PROCESSES_MAX),
        ("task", tasks.len(), 1, TASKS_MAX),
        ("engine", engines.len(), 0, ENGINES_MAX),
        ("tracer", tracers.len(), 0, THREADS_MAX - 1 - tasks.len().min(TASKS_MAX)),
        ("goal", scenario.goals.len(), 0, 64),
    ];
    for (what, count, least, most) in counts {
        if count < least || count > most {
            return Err(IllFormed(format!("the number of each {what} is {least} to {most}, not {count}")));
        }
    }
    if let Some(number) = tasks.iter().position(|task| task.birth.process >= handlers.len()) {
        return Err(IllFormed(format!("task {number} is of no process")));
    }
    for (number, engine) in engines.iter().enumerate() {
        let Some(task) = tasks.get(engine.task.index()) else {
            return Err(IllFormed(format!("engine {number} is for no task")));
        };
        if engine.attached && engine.class.is_none() {
            return Err(IllFormed(format!("engine {number} is attached from the start, but has no ops")));
        }
        if engine.attached && task.birth.kernel_thread {
            return Err(IllFormed(format!("engine {number} is attached from the start, but to a kernel thread")));
        }
        let results = Verdict::SIGNAL_MASK | Verdict::SIGNAL_HOLD;
        if engine.answers.iter().any(|answer| answer.result.is_some_and(|result| result & !results != 0)) {
            return Err(IllFormed(format!("a result of engine {number} has bits beyond {results:#x}")));
        }
    }
    if setup.iter().any(|op| matches!(op, Op::Await(_) | Op::Reap { .. } | Op::Barrier { .. })) {
        return Err(IllFormed("the setup waits, and nobody else runs yet".to_owned()));
    }
    let masks = engines.iter().map(|engine| engine.events);
    let events = masks.chain(ops(scenario).filter_map(|op| match op {
        Op::SetEvents { events, .. } => Some(*events),
        _ => None,
    }));
    if events.into_iter().any(|events| events.intersects(Events::ENGINE_STOP) || events.0 > 0xffff) {
        return Err(IllFormed("an event mask has bits that are no events".to_owned()));
    }
    for op in ops(scenario) {
        let (engine, task) = named(op);
        if let Some(engine) = engine.filter(|engine| engine.index() >= engines.len()) {
            return Err(IllFormed(format!("an operation names engine {}, which does not exist", engine.0)));
        }
        if let Some(task) = task.filter(|task| task.index() >= tasks.len()) {
            return Err(IllFormed(format!("an operation names task {}, which does not exist", task.0)));
        }
        if let Op::Send { signal: 0 | 32.., .. } = op {
            return Err(IllFormed("signals are 1 to 31".to_owned()));
        }
    }
    Ok(())
}

/// All operations: of the setup, of the tracers, and within callbacks.
pub fn ops(scenario: &Scenario) -> impl Iterator<Item = &Op> {
    let answers = scenario.engines.iter().flat_map(|engine| engine.answers.iter());
    let tracers = scenario.tracers.iter().flat_map(|tracer| tracer.ops.iter());
    scenario.setup.iter().chain(tracers).chain(answers.flat_map(|answer| answer.ops.iter()))
}

/// The engine and the task that an operation names.
pub fn named(op: &Op) -> (Option<EngineId>, Option<TaskId>) {
    match *op {
        Op::Attach { engine, .. }
        | Op::Find { engine }
        | Op::SetEvents { engine, .. }
        | Op::Control { engine, .. }
        | Op::Barrier { engine }
        | Op::PrepareExamine { engine }
        | Op::FinishExamine { engine } => (Some(engine), None),
        Op::Send { task, .. } | Op::Reap { task } | Op::WakeUp { task, .. } => (None, Some(task)),
        Op::Await(condition) => match condition {
            Condition::HasStopped(task)
            | Condition::State(task, _)
            | Condition::HasSlept(task)
            | Condition::Dying(task) => (None, Some(task)),
            Condition::GroupStopped => (None, None),
        },
        Op::Store => (None, None),
    }
}
