//! What a scenario knows beside the kernel.

use std::cell::Cell;

use lockstep::probe::{self, Observer};
use lockstep::sync::{Atomic, Ghost};

use super::monitors::Monitors;
use super::program::{Condition, EngineProgram, Op, Scenario, When};
use super::protocol::Protocol;
use crate::kernel::task::{TASKS_MAX, TaskId};
use crate::observation::{Call, Finding, Observation};
use crate::utrace::Callback;
use crate::utrace::engine::{CallbackKind, ENGINES_MAX, EngineId, ResumeAction};

/// What a scenario knows beside the kernel.
pub struct World<'a> {
    pub scenario: &'a Scenario,
    pub monitors: Monitors,
    pub(super) protocol: Protocol,
    /// SIGCHLDs.
    pub(super) parent: Observer,
    /// The word of S4.
    pub stored: Atomic<u32>,
    /// A wake-up found the state not matching (S4).
    pub unmatched: Ghost<bool>,
    /// The tasks that have stopped for an engine. Relaxed, so that waiting for it orders nothing.
    pub has_stopped: Atomic<u32>,
    /// The parent was told of a group stop. Likewise.
    pub group_stopped: Atomic<bool>,
    /// How many callbacks of each kind an engine has had, four bits a kind. Only its task counts,
    /// so this is no memory of the machine: nobody else looks, and traces are for what the kernel
    /// does.
    counts: [Cell<u64>; ENGINES_MAX],
    /// What each task's engines hear of its reaping. It is called by whoever is last, the reaper or
    /// the task itself; a client is told of the task either way, so it has a column of the task's
    /// own.
    reaping: [Option<Observer>; TASKS_MAX],
}

impl<'a> World<'a> {
    pub fn new(scenario: &'a Scenario, monitors: Monitors, protocol: Protocol) -> World<'a> {
        let mut ops = scenario.tracers.iter().flat_map(|tracer| tracer.ops.iter());
        let reaps = ops.any(|op| matches!(op, Op::Reap { .. }));
        let mut reaping = [None; TASKS_MAX];
        for (number, slot) in reaping.iter_mut().enumerate().take(scenario.tasks.len()) {
            *slot = reaps.then(|| Observer::named(("reaping of task", number as u32)));
        }
        World {
            scenario,
            monitors,
            protocol,
            parent: Observer::named("parent"),
            stored: Atomic::named("VAR", 0),
            unmatched: Ghost::named("wake-up did not match", false),
            has_stopped: Atomic::named("stopped for an engine", 0),
            group_stopped: Atomic::named("the parent was told of a group stop", false),
            counts: Default::default(),
            reaping,
        }
    }

    pub fn observe(&self, observation: Observation) {
        let column = match observation {
            Observation::Callback { kind: CallbackKind::Reap, task, .. } => self.reaping[task.index()],
            _ => None,
        };
        match column {
            Some(observer) => observer.note(observation.to_word()),
            None => probe::observe(observation.to_word()),
        }
        match observation {
            Observation::Api { call: Call::Control, engine, argument, result, .. } => {
                let action = ResumeAction::from_number(u32::from(argument));
                self.reach(When::Controlled(engine, action, result));
            }
            Observation::Api { call, engine, result, .. } => self.reach(When::Returned(call, engine, result)),
            Observation::Callback { kind, engine, .. } => self.reach(When::Called(engine, kind)),
            Observation::Syscall { let_through, .. } => self.reach(When::LetThrough(let_through)),
            Observation::Delivered { signal, .. } => self.reach(When::Delivered(signal)),
            Observation::End { task, end, .. } => self.reach(When::Ended(task, end)),
            Observation::Look { .. } | Observation::Parent { .. } | Observation::Rule { .. } => {}
            Observation::Finding { .. } => {}
        }
    }

    pub(super) fn find(&self, finding: Finding, task: TaskId, argument: u16) {
        self.observe(Observation::Finding { finding, task, argument });
    }

    pub fn reach(&self, when: When) {
        for (number, goal) in self.scenario.goals.iter().enumerate() {
            if goal.when == when {
                probe::reach(number as u32);
            }
        }
    }

    /// Does any thread wait for this? What nobody waits for costs no event.
    pub(super) fn awaits(&self, condition: Condition) -> bool {
        let mut ops = self.scenario.tracers.iter().flat_map(|tracer| tracer.ops.iter());
        ops.any(|op| *op == Op::Await(condition))
    }

    pub(super) fn engines_of(&self, task: TaskId) -> impl Iterator<Item = EngineId> {
        let engines = self.scenario.engines.iter().take(ENGINES_MAX).enumerate();
        engines.filter(move |(_, engine)| engine.task == task).map(|(number, _)| EngineId(number as u8))
    }

    pub fn program(&self, engine: EngineId) -> &'a EngineProgram {
        &self.scenario.engines[engine.index()]
    }

    /// The place of this callback among those of its kind. A reap comes once, and from whoever
    /// reaps.
    pub(super) fn count(&self, callback: Callback) -> u64 {
        if callback.kind == CallbackKind::Reap {
            return 0;
        }
        let counts = &self.counts[callback.engine.index()];
        let shift = 4 * callback.kind as u64;
        let before = counts.get();
        let place = (before >> shift) & 0xf;
        if place < 0xf {
            counts.set(before + (1 << shift));
        }
        place
    }
}
