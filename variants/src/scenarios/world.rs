//! What a scenario knows beside the kernel, and the client of utrace that its engines are.

use std::cell::Cell;

use lockstep::probe::{self, Observer};
use lockstep::sync::{Atomic, Ghost, Ordering};

use super::monitors::Monitors;
use super::perform::perform;
use super::program::{Condition, EngineProgram, Op, Scenario, When};
use super::protocol::Protocol;
use crate::kernel::parent::ChildEvent;
use crate::kernel::sigset::Signal;
use crate::kernel::task::{TASKS_MAX, TaskId};
use crate::observation::{Call, Finding, Observation, Rule};
use crate::utrace::engine::{CallbackKind, ENGINES_MAX, EngineId, ResumeAction, Verdict};
use crate::utrace::{Callback, Client, Machine, Milestone, Moment};

/// What a scenario knows beside the kernel.
pub struct World<'a> {
    pub scenario: &'a Scenario,
    pub monitors: Monitors,
    protocol: Protocol,
    /// SIGCHLDs.
    parent: Observer,
    /// The word of S4.
    pub stored: Atomic<u32>,
    /// A wake-up found the state not matching (S4).
    pub unmatched: Ghost<bool>,
    /// The tasks that have stopped for an engine. Relaxed, so that waiting for it orders nothing.
    pub has_stopped: Atomic<u32>,
    /// The parent was told of a group stop. Likewise.
    pub group_stopped: Atomic<bool>,
    /// How many callbacks of each kind an engine has had, four bits a kind. Only its task counts, so this is no memory
    /// of the machine: nobody else looks, and traces are for what the kernel does.
    counts: [Cell<u64>; ENGINES_MAX],
    /// What each task's engines hear of its reaping. It is called by whoever is last, the reaper or the task itself;
    /// a client is told of the task either way, so it has a column of the task's own.
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

    fn find(&self, finding: Finding, task: TaskId, argument: u16) {
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
    fn awaits(&self, condition: Condition) -> bool {
        let mut ops = self.scenario.tracers.iter().flat_map(|tracer| tracer.ops.iter());
        ops.any(|op| *op == Op::Await(condition))
    }

    fn engines_of(&self, task: TaskId) -> impl Iterator<Item = EngineId> {
        let engines = self.scenario.engines.iter().take(ENGINES_MAX).enumerate();
        engines.filter(move |(_, engine)| engine.task == task).map(|(number, _)| EngineId(number as u8))
    }

    pub fn program(&self, engine: EngineId) -> &'a EngineProgram {
        &self.scenario.engines[engine.index()]
    }

    /// The place of this callback among those of its kind. A reap comes once, and from whoever reaps.
    fn count(&self, callback: Callback) -> u64 {
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

impl Client for World<'_> {
    fn callback(&self, machine: &Machine<'_>, callback: Callback) -> Verdict {
        let _site = probe::site("callback");
        let Callback { kind, task, engine, .. } = callback;
        self.monitors.entry(machine, callback, |rule| self.observe(Observation::Rule { rule, task, engine }));
        self.protocol.entry(callback, |finding, argument| self.find(finding, task, argument));
        let place = self.count(callback);
        let answers = || self.program(engine).answers.iter().filter(|answer| answer.to == kind);
        let answer = answers().nth(place as usize).or_else(|| answers().next_back().filter(|answer| answer.forever));
        let action = answer.map_or(ResumeAction::Resume, |answer| answer.action);
        let result = answer.and_then(|answer| answer.result).unwrap_or(callback.offered.result());
        let verdict = Verdict::new(action, result);
        self.observe(Observation::Callback {
            kind,
            task,
            engine,
            offered: callback.offered.0 as u16,
            argument: callback.argument as u16,
            verdict: verdict.0 as u16,
        });
        let mut examiner = None;
        for op in answer.map_or(&[][..], |answer| &answer.ops) {
            perform(machine, self, Some(task), op, &mut examiner);
        }
        verdict
    }

    fn stopping(&self, machine: &Machine<'_>, current: TaskId) {
        self.reach(When::Inside(Milestone::Stopped));
        if self.awaits(Condition::HasStopped(current)) {
            self.has_stopped.fetch_or(current.bit(), Ordering::Relaxed);
        }
        for engine in self.engines_of(current) {
            self.monitors.stopping(machine, engine);
        }
        self.protocol.stopping(current);
    }

    fn controlled(&self, engine: EngineId, action: ResumeAction, stopped: bool) {
        self.monitors.controlled(engine, action, stopped);
    }

    fn entering_user_mode(&self, machine: &Machine<'_>, current: TaskId) {
        for engine in self.engines_of(current) {
            self.monitors.user_mode(machine, current, engine, || {
                self.observe(Observation::Rule { rule: Rule::UserModeWhileHeld, task: current, engine });
            });
        }
    }

    fn delivered(&self, current: TaskId, signal: Signal) {
        self.observe(Observation::Delivered { task: current, signal });
    }

    fn notified_parent(&self, child: TaskId, event: ChildEvent, status: u32) {
        self.parent.note(Observation::Parent { task: child, event, status: status as u16 }.to_word());
        if event == ChildEvent::Stopped && self.awaits(Condition::GroupStopped) {
            self.group_stopped.write_once(true);
        }
        self.reach(When::Told(event));
    }

    fn milestone(&self, milestone: Milestone) {
        self.reach(When::Inside(milestone));
        if milestone == Milestone::TakenOver {
            self.protocol.taking_over(|finding, task| self.find(finding, task, 0));
        }
    }

    fn moment(&self, machine: &Machine<'_>, task: TaskId, moment: Moment) {
        self.protocol.moment(machine, task, moment, |finding| self.find(finding, task, 0));
    }
}
