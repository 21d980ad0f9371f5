//! What the claims of the thread speak of, kept in ghost cells: who has stopped a task and let it
//! go, and who takes it for stopped.
//!
//! Promise: an execution that is not watched has none of these cells and none of their events. In
//! one that is, cells order nothing for the memory model, and search treats reads and writes of one
//! cell as dependent, so that an exhaustive search sees every order of them. What is found is
//! observed by the thread that finds it.
//!
//! Limits: a cell is written beside what it stands for, not in the same step. Each is written
//! before the step becomes visible and read behind the look that is judged, or the other way round,
//! whichever cannot accuse anybody falsely; an order that is missed so is found in another
//! execution.

use std::cell::Cell;

use lockstep::sync::Ghost;

use crate::kernel::task::{TASKS_MAX, TaskId};
use crate::kernel::tracehook::ChildEvent;
use crate::observation::Finding;
use crate::utrace::engine::CallbackKind;
use crate::utrace::{Callback, Machine, Moment, Slept};

/// What an execution is watched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Watching(u16);

impl Watching {
    /// For nothing: the execution is what it always is.
    pub const NONE: Watching = Watching(0);

    pub const fn of(findings: &[Finding]) -> Watching {
        let mut bits = 0;
        let mut at = 0;
        while at < findings.len() {
            bits |= 1 << findings[at] as u16;
            at += 1;
        }
        Watching(bits)
    }

    fn has(self, finding: Finding) -> bool {
        self.0 & 1 << finding as u16 != 0
    }

    fn has_any(self, findings: &[Finding]) -> bool {
        self.0 & Watching::of(findings).0 != 0
    }

    /// Whether it is about who was killed.
    pub fn needs_kills(self) -> bool {
        self.has_any(&[Finding::ClearThoughKilled, Finding::SetThoughLetGo])
    }

    /// Whether it is about whose process was killed.
    pub fn needs_process_kills(self) -> bool {
        self.has(Finding::SetThoughLetGo)
    }

    /// Whether it is about where SIGKILL is pending.
    pub fn needs_pending_kills(self) -> bool {
        self.has_any(&[Finding::KilledWithoutKill, Finding::SetWithoutKill, Finding::SetWithoutOwnKill])
    }

    /// For what either is watched for.
    pub fn and(self, other: Watching) -> Watching {
        Watching(self.0 | other.0)
    }

    fn needs_standing(self) -> bool {
        use Finding::{ClearThoughKilled, MissedOwnStop, MissedTakeOver, SetThoughLetGo};
        self.has_any(&[ClearThoughKilled, MissedOwnStop, MissedTakeOver, SetThoughLetGo])
    }
}

/// Whose word on a task's stop was the last.
mod standing {
    /// Nobody's, or the task went on by itself.
    pub const NONE: u8 = 0;
    /// The task's own: it set `stopped`.
    pub const OWN: u8 = 1;
    /// `do_stop`'s.
    pub const HELD: u8 = 2;
    /// `wakeup`'s, which begins to clear `stopped`.
    pub const LET_GO: u8 = 3;
}

/// One task's cells.
#[derive(Clone, Copy)]
struct Cells {
    standing: Ghost<u8>,
    passed: Ghost<bool>,
    believed: Ghost<bool>,
    sending: Ghost<bool>,
}

/// The cells of a world, if it is watched.
pub struct Protocol {
    watching: Watching,
    cells: [Option<Cells>; TASKS_MAX],
    /// The task is between a group stop and get_signal. Its own thread alone asks, so this is no
    /// memory of the machine.
    on_the_way: [Cell<bool>; TASKS_MAX],
}

impl Protocol {
    pub fn new(watching: Watching, tasks: impl Iterator<Item = TaskId>) -> Protocol {
        let mut cells = [None; TASKS_MAX];
        for task in tasks.filter(|_| watching != Watching::NONE) {
            let number = task.number();
            cells[task.index()] = Some(Cells {
                standing: Ghost::named(("last word on the stop", number), standing::NONE),
                passed: Ghost::named(("past its stop", number), false),
                believed: Ghost::named(("taken for stopped", number), false),
                sending: Ghost::named(("a signal is sent", number), false),
            });
        }
        Protocol { watching, cells, on_the_way: Default::default() }
    }

    /// The task stops, both locks held.
    pub fn stopping(&self, task: TaskId) {
        self.stands(task, standing::OWN);
        self.passes(task, false);
    }

    /// `do_stop` is about to turn STOPPED into TRACED, siglock held as it should be (C13).
    pub fn taking_over(&self, mut found: impl FnMut(Finding, TaskId)) {
        if self.watching.has(Finding::SignalWithinDoStop) {
            for (number, cells) in self.cells.iter().enumerate() {
                if cells.is_some_and(|cells| cells.sending.get()) {
                    found(Finding::SignalWithinDoStop, TaskId(number as u8));
                }
            }
        }
    }

    /// A callback begins.
    pub fn entry(&self, callback: Callback, mut found: impl FnMut(Finding, u16)) {
        let Callback { kind, task, argument, .. } = callback;
        let believed = |cells: Cells| cells.believed.get();
        if self.watching.has(Finding::CallbackWhileBelieved) && self.cells[task.index()].is_some_and(believed) {
            found(Finding::CallbackWhileBelieved, kind as u16);
        }
        let continued = kind == CallbackKind::Jctl && argument & 0xff == ChildEvent::Continued as u32;
        let watched = self.watching.has(Finding::CallbackBeforeGetSignal);
        // The reaper calls back from a thread of its own, when the task is past everything.
        if watched && self.on_the_way[task.index()].get() && !continued && kind != CallbackKind::Reap {
            found(Finding::CallbackBeforeGetSignal, kind as u16);
        }
    }

    pub fn moment(&self, machine: &Machine<'_>, task: TaskId, moment: Moment, mut found: impl FnMut(Finding)) {
        let Some(cells) = self.cells[task.index()] else { return };
        match moment {
            Moment::Looked { slept, set } => self.looked(machine, task, (slept, set), &mut found),
            Moment::Passed { slept, killed } => {
                if self.watching.has(Finding::KilledWithoutKill) && killed && !is_kill_pending(machine, task) {
                    found(Finding::KilledWithoutKill);
                }
                self.stands(task, standing::NONE);
                self.passes(task, true);
                self.on_the_way[task.index()].set(slept == Slept::InGroupStop);
            }
            Moment::Held => {
                self.believes(task, true);
                // A dying task counts as stopped and does not stop (C11).
                if !machine.kernel.task(task).exit_state.peek().is_set() {
                    self.stands(task, standing::HELD);
                    self.passes(task, false);
                }
            }
            Moment::Believed => {
                let dying = machine.kernel.task(task).exit_state.peek().is_set();
                if self.watching.has(Finding::SetBehindFinish) && !dying && cells.passed.get() {
                    found(Finding::SetBehindFinish);
                }
                self.believes(task, true);
            }
            Moment::LetGo => {
                self.stands(task, standing::LET_GO);
                self.believes(task, false);
            }
            Moment::Released => self.believes(task, false),
            Moment::Sending(begins) => {
                if self.watching.has(Finding::SignalWithinDoStop) {
                    cells.sending.set(begins);
                }
            }
            Moment::GetSignal => self.on_the_way[task.index()].set(false),
        }
    }

    /// The task, awake, has looked at `stopped`. What is asked here is asked behind the look.
    fn looked(
        &self,
        machine: &Machine<'_>,
        task: TaskId,
        (slept, set): (Slept, bool),
        found: &mut impl FnMut(Finding),
    ) {
        let watches = |finding: Finding| self.watching.has(finding);
        let standing = if self.watching.needs_standing() { self.standing(task) } else { standing::NONE };
        let in_stop = slept == Slept::InStop;
        if set {
            if in_stop && self.watching.has_any(&[Finding::SetWithoutKill, Finding::SetWithoutOwnKill]) {
                self.set_without_kill(machine, task, found);
            }
            if watches(Finding::SetThoughLetGo) && standing == standing::LET_GO && !was_sent_kill(machine, task) {
                found(Finding::SetThoughLetGo);
            }
            return;
        }
        if watches(Finding::MissedOwnStop) && in_stop && standing == standing::OWN {
            found(Finding::MissedOwnStop);
        }
        if watches(Finding::MissedTakeOver) && in_stop && standing == standing::HELD {
            found(Finding::MissedTakeOver);
        }
        let is_stopped = matches!(standing, standing::OWN | standing::HELD);
        if watches(Finding::ClearThoughKilled) && in_stop && is_stopped && was_killed(machine, task) {
            found(Finding::ClearThoughKilled);
        }
    }

    /// The task, awake, has read `stopped` as set: where is the SIGKILL that woke it?
    fn set_without_kill(&self, machine: &Machine<'_>, task: TaskId, found: &mut impl FnMut(Finding)) {
        if machine.kernel.task(task).kill_pending.get() {
            return;
        }
        if self.watching.has(Finding::SetWithoutOwnKill) {
            found(Finding::SetWithoutOwnKill);
        }
        if self.watching.has(Finding::SetWithoutKill) && !machine.kernel.process(task).kill_pending.get() {
            found(Finding::SetWithoutKill);
        }
    }

    fn standing(&self, task: TaskId) -> u8 {
        self.cells[task.index()].map_or(standing::NONE, |cells| cells.standing.get())
    }

    fn stands(&self, task: TaskId, value: u8) {
        if let Some(cells) = self.cells[task.index()].filter(|_| self.watching.needs_standing()) {
            cells.standing.set(value);
        }
    }

    fn passes(&self, task: TaskId, value: bool) {
        if let Some(cells) = self.cells[task.index()].filter(|_| self.watching.has(Finding::SetBehindFinish)) {
            cells.passed.set(value);
        }
    }

    /// Only who has the utrace lock writes this, so that it may look at the old value without an
    /// event.
    fn believes(&self, task: TaskId, value: bool) {
        let watched = self.watching.has(Finding::CallbackWhileBelieved);
        if let Some(cells) = self.cells[task.index()].filter(|cells| watched && cells.believed.peek() != value) {
            cells.believed.set(value);
        }
    }
}

/// SIGKILL is pending now, for the task or for its process.
fn is_kill_pending(machine: &Machine<'_>, task: TaskId) -> bool {
    machine.kernel.task(task).kill_pending.get() || machine.kernel.process(task).kill_pending.get()
}

/// SIGKILL has been in its own pending set or in that of its process.
fn was_sent_kill(machine: &Machine<'_>, task: TaskId) -> bool {
    was_killed(machine, task) || machine.kernel.process(task).killed.get()
}

/// SIGKILL has been in its own pending set, however it got there.
fn was_killed(machine: &Machine<'_>, task: TaskId) -> bool {
    machine.kernel.task(task).killed.get()
}
