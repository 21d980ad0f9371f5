//! The operations of tracers, and of engines within callbacks.

use lockstep::probe;
use lockstep::sync::await_until;

use super::program::{Condition, Op, Scenario, When};
use super::words;
use super::world::World;
use crate::kernel::parent;
use crate::kernel::sched::try_to_wake_up;
use crate::kernel::signal::send_signal;
use crate::kernel::task::TaskId;
use crate::observation::{Call, Observation, Rule};
use crate::utrace::engine::{EngineId, Errno};
use crate::utrace::examine::{Examiner, finish_examine, prepare_examine};
use crate::utrace::{Machine, api, attach};

/// One operation, by a tracer or within a callback of `caller`.
pub fn perform(
    machine: &Machine<'_>,
    world: &World<'_>,
    caller: Option<TaskId>,
    op: &Op,
    examiner: &mut Option<(Examiner, u32)>,
) {
    let kernel = &machine.kernel;
    if !matches!(op, Op::FinishExamine { .. }) || examiner.is_some() {
        say(world.scenario, op);
    }
    let returned = |call: Call, engine: EngineId, argument: u32, result: Errno| {
        let task = world.program(engine).task;
        world.observe(Observation::Api { call, task, engine, argument: argument as u16, result });
    };
    let target = |engine: EngineId| world.program(engine).task;
    match *op {
        Op::Attach { engine, exclusive } => {
            let call = if exclusive { Call::AttachExclusive } else { Call::Attach };
            let result = attach::attach(machine, target(engine), engine, exclusive);
            returned(call, engine, u32::from(engine.0), result.err().unwrap_or(Errno::Ok));
        }
        Op::Find { engine } => {
            let result = attach::find(machine, target(engine), engine);
            let found = result.map_or(0, |found| u32::from(found.0));
            returned(Call::Find, engine, found, result.err().unwrap_or(Errno::Ok));
        }
        Op::SetEvents { engine, events } => {
            let before = world.monitors.set_events_called(engine, events);
            let result = api::set_events(machine, caller, target(engine), engine, events);
            world.monitors.set_events_returned(engine, events, before, result);
            returned(Call::SetEvents, engine, events.0, result);
        }
        Op::Control { engine, action } => {
            let result = api::control(machine, target(engine), engine, action);
            world.monitors.control_returned(engine, action, result);
            returned(Call::Control, engine, action as u32, result);
        }
        Op::Barrier { engine } => {
            let result = api::barrier(machine, caller, target(engine), engine);
            returned(Call::Barrier, engine, 0, result);
        }
        Op::PrepareExamine { engine } => {
            let result = prepare_examine(machine, target(engine), engine);
            if let Ok(prepared) = result {
                // Off its CPU for the n-th time a task has run n - 1 times since it first left it.
                // Not read from `runs` here, for the task may have run since the answer was found.
                *examiner = Some((prepared, prepared.switches.saturating_sub(1)));
            }
            returned(Call::PrepareExamine, engine, 0, result.err().unwrap_or(Errno::Ok));
        }
        Op::FinishExamine { engine } => {
            if let Some((prepared, runs)) = examiner.take() {
                let task = target(engine);
                let ran = kernel.task(task).runs.get() != runs;
                let result = finish_examine(machine, task, engine, prepared);
                if ran && result == Errno::Ok {
                    world.observe(Observation::Rule { rule: Rule::RanWhileExamined, task, engine });
                }
                returned(Call::FinishExamine, engine, 0, result);
            }
        }
        Op::Send { signal, task, scope } => {
            send_signal(machine, signal, task, scope);
            // As it was when siglock was dropped.
            world.reach(When::Sent(signal, kernel.task(task).state.peek()));
        }
        Op::Reap { task } => {
            let zombie = kernel.task(task);
            await_until(|| zombie.exit_state.read_once().is_set());
            if parent::reap(machine, task) {
                world.reach(When::Reaped);
            }
        }
        Op::Await(condition) => wait_for(machine, world, condition),
        Op::Store => world.stored.write_once(1),
        Op::WakeUp { task, mask } => {
            if !try_to_wake_up(kernel, task, mask) {
                world.unmatched.set(true);
            }
        }
    }
}

/// What begins, for readers of a trace. Sending says so itself, and a store is an event.
fn say(scenario: &Scenario, op: &Op) {
    match op {
        Op::Send { .. } | Op::Store => {}
        Op::Await(_) | Op::Reap { .. } => probe::remark(|| format!("begins to {}", words::op(scenario, op))),
        _ => probe::remark(|| format!("{} begins", words::op(scenario, op))),
    }
}

fn wait_for(machine: &Machine<'_>, world: &World<'_>, condition: Condition) {
    let task = |task: TaskId| machine.kernel.task(task);
    match condition {
        Condition::HasStopped(id) => await_until(|| world.has_stopped.read_once() & id.bit() != 0),
        Condition::State(id, state) => await_until(|| task(id).state.read_once() == state),
        // The state is set before the task is off its queue, and RUNNING again only behind that.
        Condition::HasSlept(id) => await_until(|| !task(id).on_rq.read_once()),
        Condition::Dying(id) => await_until(|| task(id).exit_state.read_once().is_set()),
        Condition::GroupStopped => await_until(|| world.group_stopped.read_once()),
    }
}
