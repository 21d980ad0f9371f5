//! Writing a scenario.

use super::{HEAD, HEAD_WITH_GOALS, goal, names};
use crate::describe::action_name;
use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::syscall::Body;
use crate::scenarios::program::{Answer, Condition, EngineProgram, Op, Scenario, TaskOp, TaskProgram};

/// The scenario as text, of the earliest version that can say it.
pub fn write_scenario(scenario: &Scenario) -> String {
    let head = if scenario.goals.is_empty() { HEAD } else { HEAD_WITH_GOALS };
    let mut lines = vec![head.to_owned()];
    lines.push(format!("id {}", scenario.id));
    lines.push(format!("name {}", scenario.name));
    lines.push(format!("question {}", scenario.question));
    lines.push(format!("source {}", scenario.mail));
    lines.extend(scenario.goals.iter().map(goal::write));
    lines.extend(scenario.handlers.iter().enumerate().map(|(number, handlers)| process(number, handlers)));
    for (number, program) in scenario.tasks.iter().enumerate() {
        lines.push(task(number, program));
        lines.extend(program.ops.iter().map(|one| format!("  {}", task_op(*one))));
    }
    for (number, program) in scenario.engines.iter().enumerate() {
        lines.push(engine(number, program));
        for one in program.answers.iter() {
            lines.push(answer(one));
            lines.extend(one.ops.iter().map(|one| format!("    {}", op(one))));
        }
    }
    if !scenario.setup.is_empty() {
        lines.push("setup".to_owned());
        lines.extend(scenario.setup.iter().map(|one| format!("  {}", op(one))));
    }
    for tracer in scenario.tracers.iter() {
        lines.push(format!("tracer {}", tracer.name));
        lines.extend(tracer.ops.iter().map(|one| format!("  {}", op(one))));
    }
    if scenario.watch_wakeups {
        lines.push("watch-wakeups".to_owned());
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn process(number: usize, handlers: &Handlers) -> String {
    let mut line = format!("process {number}");
    for (verb, set) in [("handles", handlers.handled), ("ignores", handlers.ignored)] {
        if !set.is_empty() {
            line += &format!(" {verb} {}", names::signals(set));
        }
    }
    line
}

fn task(number: usize, task: &TaskProgram) -> String {
    let mut line = format!("task {number} process {}", task.birth.process);
    if !task.birth.blocked.is_empty() {
        line += &format!(" blocks {}", names::signals(task.birth.blocked));
    }
    if task.birth.kernel_thread {
        line += " kernel-thread";
    }
    line
}

fn task_op(op: TaskOp) -> String {
    match op {
        TaskOp::Syscall(body) => match body {
            Body::Quick => "syscall quick".to_owned(),
            Body::Pause => "syscall pause".to_owned(),
            Body::Clone => "syscall clone".to_owned(),
            Body::Vfork => "syscall vfork".to_owned(),
            Body::Exec => "syscall exec".to_owned(),
            Body::Exit(code) => format!("syscall exit {code}"),
            Body::ExitGroup(code) => format!("syscall exit-group {code}"),
        },
        TaskOp::Interrupt => "interrupt".to_owned(),
        TaskOp::SetState(state) => format!("set-state {}", names::state(state)),
        TaskOp::Schedule => "schedule".to_owned(),
        TaskOp::Look => "look".to_owned(),
    }
}

fn engine(number: usize, engine: &EngineProgram) -> String {
    let class = engine.class.map_or("no-ops".to_owned(), |class| format!("class {class}"));
    let attached = if engine.attached { "attached" } else { "unattached" };
    format!("engine {number} task {} {class} {attached} events {}", engine.task.0, names::events(engine.events))
}

fn answer(answer: &Answer) -> String {
    let mut line = format!("  answer {} {}", names::kind(answer.to), action_name(answer.action));
    if let Some(result) = answer.result {
        line += &format!(" result {result:#x}");
    }
    if answer.forever {
        line += " forever";
    }
    line
}

fn op(op: &Op) -> String {
    match *op {
        Op::Attach { engine, exclusive: false } => format!("attach {}", engine.0),
        Op::Attach { engine, exclusive: true } => format!("attach-exclusive {}", engine.0),
        Op::Find { engine } => format!("find {}", engine.0),
        Op::SetEvents { engine, events } => format!("set-events {} {}", engine.0, names::events(events)),
        Op::Control { engine, action } => format!("control {} {}", engine.0, action_name(action)),
        Op::Barrier { engine } => format!("barrier {}", engine.0),
        Op::PrepareExamine { engine } => format!("prepare-examine {}", engine.0),
        Op::FinishExamine { engine } => format!("finish-examine {}", engine.0),
        Op::Send { signal, task, scope: Scope::Group } => format!("kill {} {}", names::signal(signal), task.0),
        Op::Send { signal, task, scope: Scope::Thread } => format!("tkill {} {}", names::signal(signal), task.0),
        Op::Reap { task } => format!("reap {}", task.0),
        Op::Await(condition) => match condition {
            Condition::HasStopped(task) => format!("await stopped {}", task.0),
            Condition::State(task, state) => format!("await state {} {}", task.0, names::state(state)),
            Condition::HasSlept(task) => format!("await slept {}", task.0),
            Condition::Dying(task) => format!("await dying {}", task.0),
            Condition::GroupStopped => "await group-stopped".to_owned(),
        },
        Op::Store => "store".to_owned(),
        Op::WakeUp { task, mask } => format!("wake-up {} {}", task.0, names::state(mask)),
    }
}
