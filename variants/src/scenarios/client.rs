//! The client of utrace that the engines of a scenario are.

use lockstep::probe;
use lockstep::sync::Ordering;

use super::perform::perform;
use super::program::{Condition, When};
use super::world::World;
use crate::kernel::sigset::Signal;
use crate::kernel::task::TaskId;
use crate::kernel::tracehook::ChildEvent;
use crate::observation::{Observation, Rule};
use crate::utrace::engine::{EngineId, ResumeAction, Verdict};
use crate::utrace::{Callback, Client, Machine, Milestone, Moment};

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
