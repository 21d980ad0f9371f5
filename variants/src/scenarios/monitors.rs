//! The rules that hold whatever the design, watched in every execution.
//!
//! Promise: a broken rule is part of the outcome of the thread that broke it. For every rule
//! "after" is the order in which ghost cells are written and read: an API return writes, a
//! callback's entry reads, search treats the two as dependent, and the memory model takes no
//! ordering from them. What counts as "told" is therefore the moment of the return, except for
//! being held, which counts from the decision under the lock.
//!
//! Limits: a rule is armed only where the scenario can break it, for each cell costs an event. Two
//! threads that call `set_events` for one engine at once are judged by the later return.

use lockstep::sync::Ghost;

use super::program::{Op, Scenario, TaskOp, When};
use crate::kernel::sigset::{SigSet, Signal};
use crate::kernel::substrate::Watch;
use crate::kernel::syscall::Body;
use crate::kernel::task::TaskId;
use crate::observation::Rule;
use crate::utrace::engine::{CallbackKind, ENGINES_MAX, EngineId, Errno, Events, Ops, ResumeAction, Verdict};
use crate::utrace::{Callback, Machine};

/// Which rules a scenario can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Armed {
    pub detach: bool,
    pub events: bool,
    pub hold: bool,
    pub ending: bool,
    pub examine: bool,
    /// Not for a rule: a goal asks whether a task has come back to its CPU.
    pub returns: bool,
}

impl Armed {
    /// Reads it off the data: what no operation can bring about needs no cell.
    pub fn of(scenario: &Scenario) -> Armed {
        let mut armed = Armed::default();
        let answers = scenario.engines.iter().flat_map(|engine| engine.answers.iter());
        let ops = scenario
            .setup
            .iter()
            .chain(scenario.tracers.iter().flat_map(|tracer| tracer.ops.iter()))
            .chain(answers.clone().flat_map(|answer| answer.ops.iter()));
        let mut wanted = scenario.engines.iter().fold(Events::NONE, |events, engine| events.or(engine.events));
        for op in ops {
            match op {
                Op::Control { action: ResumeAction::Detach, .. } => armed.detach = true,
                Op::Control { action: ResumeAction::Stop, .. } => armed.hold = true,
                Op::SetEvents { events, .. } => {
                    armed.events = true;
                    wanted = wanted.or(*events);
                }
                Op::Send { signal, .. } => armed.ending |= may_kill(*signal),
                Op::Reap { .. } => armed.ending = true,
                Op::PrepareExamine { .. } => armed.examine = true,
                _ => {}
            }
        }
        armed.hold |= answers.clone().any(|answer| answer.action == ResumeAction::Stop);
        armed.ending |= answers.clone().any(|answer| answer.result.is_some_and(kills));
        let exits = |op: &TaskOp| matches!(op, TaskOp::Syscall(Body::Exit(_) | Body::ExitGroup(_)));
        armed.ending |= scenario.tasks.iter().any(|task| task.ops.iter().any(exits));
        armed.ending &= wanted.intersects(Events::DEATH_EVENTS.or(Events::REAP));
        armed.returns = scenario.goals.iter().any(|goal| matches!(goal.when, When::DoneBeforeItRan(_)));
        armed
    }

    /// What the kernel has to watch for these rules.
    pub fn watch(self, scenario: &Scenario) -> Watch {
        Watch {
            kills: self.hold,
            process_kills: false,
            pending_kills: false,
            runs: self.examine || self.returns,
            wakeups: scenario.watch_wakeups,
        }
    }
}

/// Does the signal end a process that leaves it to the kernel?
fn may_kill(signal: Signal) -> bool {
    !SigSet::STOPS.has(signal) && !SigSet::IGNORED_BY_DEFAULT.has(signal)
}

/// Does this disposition, chosen by an engine, end the process?
fn kills(result: u32) -> bool {
    matches!(result & Verdict::SIGNAL_MASK, Verdict::SIGNAL_TERM | Verdict::SIGNAL_CORE)
}

/// One engine's cells.
#[derive(Clone, Copy)]
struct Cells {
    detached: Ghost<bool>,
    disabled: Ghost<Events>,
    held: Ghost<bool>,
    ending: Ghost<u8>,
}

impl Cells {
    fn new(number: u32) -> Cells {
        Cells {
            detached: Ghost::named(("told detached", number), false),
            disabled: Ghost::named(("told disabled", number), Events::NONE),
            held: Ghost::named(("holds", number), false),
            ending: Ghost::named(("last report", number), 0),
        }
    }
}

/// All monitors of a world.
#[derive(Clone, Copy)]
pub struct Monitors {
    pub armed: Armed,
    cells: [Cells; ENGINES_MAX],
}

impl Monitors {
    pub fn new(armed: Armed, engines: usize) -> Monitors {
        let mut cells = [Cells::new(0); ENGINES_MAX];
        for (number, slot) in cells.iter_mut().enumerate().take(engines).skip(1) {
            *slot = Cells::new(number as u32);
        }
        Monitors { armed, cells }
    }

    /// A callback begins; tells each rule that it breaks.
    pub fn entry(&self, machine: &Machine<'_>, callback: Callback, mut broken: impl FnMut(Rule)) {
        let cells = &self.cells[callback.engine.index()];
        if self.armed.detach && cells.detached.get() {
            broken(Rule::CallbackAfterDetach);
        }
        if self.armed.events && callback.wanted.without(cells.disabled.get()).is_empty() {
            broken(Rule::CallbackForDisabledEvent);
        }
        if self.armed.hold && cells.held.get() && !killed(machine, callback.task) {
            broken(Rule::CallbackWhileHeld);
        }
        if self.armed.ending {
            let last = cells.ending.get();
            match callback.kind {
                CallbackKind::Reap => {
                    if last == 2 {
                        broken(Rule::ReapNotLast);
                    }
                    cells.ending.set(2);
                }
                CallbackKind::Death => {
                    if last != 0 {
                        broken(Rule::DeathNotLast);
                    }
                    cells.ending.set(1);
                }
                _ if last != 0 => broken(if last == 1 { Rule::DeathNotLast } else { Rule::ReapNotLast }),
                _ => {}
            }
        }
    }

    /// The task stops, under the lock: from here the engines hold it that answered STOP, or whose
    /// request for STOP has come to this. A `control` that overtook the answer does not count, for
    /// the answer overrides it.
    pub fn stopping(&self, machine: &Machine<'_>, engine: EngineId) {
        // Both words are written by the task itself or under the lock, so looking without an event
        // misses nothing.
        let subject = machine.engine(engine);
        let wants = subject.ops.peek() == Ops::Live && subject.flags.peek().intersects(Events::ENGINE_STOP);
        if self.armed.hold && wants {
            self.cells[engine.index()].held.set(true);
        }
    }

    /// `control` decided, under the lock.
    pub fn controlled(&self, engine: EngineId, action: ResumeAction, succeeded: bool) {
        if self.armed.hold {
            let held = &self.cells[engine.index()].held;
            match action {
                ResumeAction::Stop if succeeded => held.set(true),
                ResumeAction::Stop => {}
                _ => held.set(false),
            }
        }
    }

    /// `control` returned.
    pub fn control_returned(&self, engine: EngineId, action: ResumeAction, result: Errno) {
        if self.armed.detach && action == ResumeAction::Detach && result == Errno::Ok {
            self.cells[engine.index()].detached.set(true);
        }
    }

    /// `set_events` is called: what it asks for may be reported from now on. Returns what was off
    /// before.
    pub fn set_events_called(&self, engine: EngineId, events: Events) -> Events {
        if !self.armed.events {
            return Events::NONE;
        }
        let disabled = &self.cells[engine.index()].disabled;
        let before = disabled.get();
        disabled.set(before.without(events));
        before
    }

    /// `set_events` returned; `before` was off when it was called, and still is if it failed.
    pub fn set_events_returned(&self, engine: EngineId, events: Events, before: Events, result: Errno) {
        if self.armed.events && result != Errno::EINPROGRESS {
            let off = if result == Errno::Ok { Events(!0).without(events) } else { before };
            self.cells[engine.index()].disabled.set(off);
        }
    }

    /// A task returns to user mode.
    pub fn user_mode(&self, machine: &Machine<'_>, task: TaskId, engine: EngineId, broken: impl FnOnce()) {
        if self.armed.hold && self.cells[engine.index()].held.get() && !killed(machine, task) {
            broken();
        }
    }
}

/// SIGKILL has been in the pending set, however it got there.
fn killed(machine: &Machine<'_>, task: TaskId) -> bool {
    machine.kernel.task(task).killed.get()
}
