//! Cutting a scenario down: every way to make it smaller by one piece.
//!
//! Promise: every reduction is well-formed and smaller by [`size`], so cutting down comes to an
//! end; large pieces come first. What is left out keeps the rest as it is, but for numbers of tasks
//! and engines, which close up.

use std::borrow::Cow;

use crate::kernel::process::Handlers;
use crate::kernel::sigset::SigSet;
use crate::kernel::syscall::Body;
use crate::kernel::task::TaskId;
use crate::scenarios::program::{Condition, List, Op, Scenario, TaskOp};
use crate::scenarios::well_formed::{named, ops, well_formed};
use crate::utrace::engine::{EngineId, Events};

/// How much there is to read: threads, operations, engines, answers, and what is said of each.
pub fn size(scenario: &Scenario) -> usize {
    let mut size = 4 * (scenario.tasks.len() + scenario.tracers.len() + scenario.engines.len());
    size += 2 * ops(scenario).count();
    for op in ops(scenario) {
        if let Op::SetEvents { events, .. } = op {
            size += events.0.count_ones() as usize;
        }
    }
    for task in scenario.tasks.iter() {
        size += 2 * task.ops.len() + task.birth.blocked.0.count_ones() as usize + task.birth.process;
        size += task.ops.iter().filter(|op| !matches!(op, TaskOp::Syscall(Body::Quick))).count();
    }
    for engine in scenario.engines.iter() {
        size += engine.events.0.count_ones() as usize + usize::from(!engine.attached);
        for answer in engine.answers.iter() {
            size += 2 + usize::from(answer.forever) + usize::from(answer.result.is_some());
        }
    }
    let signals = |handlers: &Handlers| handlers.handled.0.count_ones() + handlers.ignored.0.count_ones() + 1;
    size + scenario.handlers.iter().map(|handlers| signals(handlers) as usize).sum::<usize>()
}

/// Everything that is the scenario without one piece.
pub fn reductions(scenario: &Scenario) -> Vec<Scenario> {
    let mut all = Vec::new();
    without_threads(scenario, &mut all);
    without_engines(scenario, &mut all);
    without_operations(scenario, &mut all);
    simpler_engines(scenario, &mut all);
    simpler_tasks(scenario, &mut all);
    let size_before = size(scenario);
    all.retain(|smaller| well_formed(smaller).is_ok() && size(smaller) < size_before);
    all
}

/// Adds the scenario with something changed.
fn change(scenario: &Scenario, all: &mut Vec<Scenario>, change: impl FnOnce(&mut Scenario)) {
    let mut changed = scenario.clone();
    change(&mut changed);
    all.push(changed);
}

fn without_threads(scenario: &Scenario, all: &mut Vec<Scenario>) {
    for number in 0..scenario.tracers.len() {
        change(scenario, all, |smaller| drop(smaller.tracers.to_mut().remove(number)));
    }
    for number in 0..scenario.tasks.len() {
        let gone = TaskId(number as u8);
        let mut smaller = scenario.clone();
        for engine in (0..scenario.engines.len()).rev().filter(|&engine| scenario.engines[engine].task == gone) {
            smaller = without_engine(&smaller, EngineId(engine as u8));
        }
        smaller.tasks.to_mut().remove(number);
        keep_ops(&mut smaller, |op| named(op).1 != Some(gone));
        renumber(&mut smaller, |_| {}, |task| task.0 -= u8::from(task.0 > gone.0));
        for engine in smaller.engines.to_mut() {
            engine.task.0 -= u8::from(engine.task.0 > gone.0);
        }
        all.push(smaller);
    }
    // One tracer does what two did, one after the other.
    for number in 1..scenario.tracers.len() {
        change(scenario, all, |smaller| {
            let tracers = smaller.tracers.to_mut();
            let second = tracers.remove(number);
            tracers[number - 1].ops.to_mut().extend_from_slice(&second.ops);
        });
    }
    let processes = scenario.handlers.len();
    if processes > 1 {
        change(scenario, all, |smaller| {
            smaller.handlers.to_mut().truncate(1);
            smaller.tasks.to_mut().iter_mut().for_each(|task| task.birth.process = 0);
        });
    }
}

fn without_engines(scenario: &Scenario, all: &mut Vec<Scenario>) {
    let engines = (0..scenario.engines.len()).map(|number| EngineId(number as u8));
    all.extend(engines.map(|engine| without_engine(scenario, engine)));
}

fn without_engine(scenario: &Scenario, gone: EngineId) -> Scenario {
    let mut smaller = scenario.clone();
    smaller.engines.to_mut().remove(gone.index());
    keep_ops(&mut smaller, |op| named(op).0 != Some(gone));
    renumber(&mut smaller, |engine| engine.0 -= u8::from(engine.0 > gone.0), |_| {});
    smaller
}

fn without_operations(scenario: &Scenario, all: &mut Vec<Scenario>) {
    for number in 0..scenario.tracers.len() {
        for place in 0..scenario.tracers[number].ops.len() {
            change(scenario, all, |smaller| {
                smaller.tracers.to_mut()[number].ops.to_mut().remove(place);
            });
        }
    }
    for place in 0..scenario.setup.len() {
        change(scenario, all, |smaller| {
            smaller.setup.to_mut().remove(place);
        });
    }
    for number in 0..scenario.tasks.len() {
        for place in 0..scenario.tasks[number].ops.len() {
            change(scenario, all, |smaller| {
                smaller.tasks.to_mut()[number].ops.to_mut().remove(place);
            });
        }
    }
}

fn simpler_engines(scenario: &Scenario, all: &mut Vec<Scenario>) {
    for (number, engine) in scenario.engines.iter().enumerate() {
        if !engine.attached {
            change(scenario, all, |smaller| {
                smaller.engines.to_mut()[number].attached = true;
                keep_ops(smaller, |op| !matches!(op, Op::Attach { engine, .. } if engine.index() == number));
            });
        }
        for (place, answer) in engine.answers.iter().enumerate() {
            let mut simpler = |f: &dyn Fn(&mut crate::scenarios::program::Answer)| {
                change(scenario, all, |smaller| f(&mut smaller.engines.to_mut()[number].answers.to_mut()[place]));
            };
            for at in 0..answer.ops.len() {
                simpler(&|answer| {
                    answer.ops.to_mut().remove(at);
                });
            }
            if answer.forever {
                simpler(&|answer| answer.forever = false);
            }
            if answer.result.is_some() {
                simpler(&|answer| answer.result = None);
            }
            change(scenario, all, |smaller| {
                smaller.engines.to_mut()[number].answers.to_mut().remove(place);
            });
        }
        for event in bits(engine.events.0) {
            change(scenario, all, |smaller| {
                let events = &mut smaller.engines.to_mut()[number].events;
                *events = events.without(Events(event));
            });
        }
    }
    for (number, tracer) in scenario.tracers.iter().enumerate() {
        for (place, op) in tracer.ops.iter().enumerate() {
            let Op::SetEvents { engine, events } = *op else { continue };
            for event in bits(events.0) {
                let events = events.without(Events(event));
                change(scenario, all, |smaller| {
                    smaller.tracers.to_mut()[number].ops.to_mut()[place] = Op::SetEvents { engine, events };
                });
            }
        }
    }
}

fn simpler_tasks(scenario: &Scenario, all: &mut Vec<Scenario>) {
    for number in 0..scenario.handlers.len() {
        change(scenario, all, |smaller| smaller.handlers.to_mut()[number].handled = SigSet::EMPTY);
        change(scenario, all, |smaller| smaller.handlers.to_mut()[number].ignored = SigSet::EMPTY);
    }
    for (number, task) in scenario.tasks.iter().enumerate() {
        change(scenario, all, |smaller| smaller.tasks.to_mut()[number].birth.blocked = SigSet::EMPTY);
        for place in 0..task.ops.len() {
            change(scenario, all, |smaller| {
                smaller.tasks.to_mut()[number].ops.to_mut()[place] = TaskOp::Syscall(Body::Quick);
            });
        }
    }
}

/// Each bit of a word alone.
fn bits(word: u32) -> impl Iterator<Item = u32> {
    (0..u32::BITS).map(|bit| 1 << bit).filter(move |bit| word & bit != 0)
}

/// Every list of operations of the scenario.
fn for_each_list(scenario: &mut Scenario, mut f: impl FnMut(&mut List<Op>)) {
    f(&mut scenario.setup);
    scenario.tracers.to_mut().iter_mut().for_each(|tracer| f(&mut tracer.ops));
    for engine in scenario.engines.to_mut() {
        engine.answers.to_mut().iter_mut().for_each(|answer| f(&mut answer.ops));
    }
}

fn keep_ops(scenario: &mut Scenario, keep: impl Fn(&Op) -> bool) {
    for_each_list(scenario, |list: &mut Cow<'static, [Op]>| list.to_mut().retain(&keep));
}

fn renumber(scenario: &mut Scenario, engines: impl Fn(&mut EngineId), tasks: impl Fn(&mut TaskId)) {
    for_each_list(scenario, |list| {
        for op in list.to_mut() {
            match op {
                Op::Attach { engine, .. }
                | Op::Find { engine }
                | Op::SetEvents { engine, .. }
                | Op::Control { engine, .. }
                | Op::Barrier { engine }
                | Op::PrepareExamine { engine }
                | Op::FinishExamine { engine } => engines(engine),
                Op::Send { task, .. } | Op::Reap { task } | Op::WakeUp { task, .. } => tasks(task),
                Op::Await(
                    Condition::HasStopped(task)
                    | Condition::State(task, _)
                    | Condition::HasSlept(task)
                    | Condition::Dying(task),
                ) => tasks(task),
                Op::Await(Condition::GroupStopped) | Op::Store => {}
            }
        }
    });
}
