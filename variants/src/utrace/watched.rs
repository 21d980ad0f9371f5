//! A design with somebody looking on: says at each call what the monitors of claims want to hear.
//!
//! Promise: every call is handed to the design as it is, and nothing is changed by looking. It stands around the design only in
//! executions that are watched. Limit: calls of a design's functions among themselves stay its own, so what happens inside of
//! `stop` the design says itself, in one place ([`Machine::looks_at_stopped`]).

use super::{Design, Looks, Machine, Moment, Slept, Standing};
use crate::kernel::task::TaskId;

pub struct Watched<'a> {
    pub inner: &'a dyn Design,
}

impl Design for Watched<'_> {
    fn standing(&self, machine: &Machine<'_>, target: TaskId) -> Standing {
        let standing = self.inner.standing(machine, target);
        // A dying task is let go of or refused; nobody takes it for one that waits.
        if standing.stopped && !standing.dying {
            machine.client.moment(machine, target, Moment::Believed);
        }
        standing
    }

    fn is_stopped(&self, machine: &Machine<'_>, target: TaskId) -> bool {
        let stopped = self.inner.is_stopped(machine, target);
        if stopped {
            machine.client.moment(machine, target, Moment::Believed);
        }
        stopped
    }

    fn stop(&self, machine: &Machine<'_>, current: TaskId, report: bool) -> bool {
        let killed = self.inner.stop(machine, current, report);
        machine.client.moment(machine, current, Moment::Passed { slept: Slept::InStop, killed });
        killed
    }

    fn finish_stop(&self, machine: &Machine<'_>, current: TaskId) -> bool {
        self.inner.finish_stop(machine, current)
    }

    fn finish_jctl(&self, machine: &Machine<'_>, current: TaskId) {
        self.inner.finish_jctl(machine, current);
        machine.client.moment(machine, current, Moment::Passed { slept: Slept::InGroupStop, killed: false });
    }

    fn do_stop(&self, machine: &Machine<'_>, target: TaskId) -> bool {
        let stopped = self.inner.do_stop(machine, target);
        if stopped {
            machine.client.moment(machine, target, Moment::Held);
        }
        stopped
    }

    fn wakeup(&self, machine: &Machine<'_>, target: TaskId) {
        machine.client.moment(machine, target, Moment::LetGo);
        self.inner.wakeup(machine, target);
    }

    fn reset_wakes(&self, machine: &Machine<'_>, target: TaskId, looks: Looks) -> bool {
        self.inner.reset_wakes(machine, target, looks)
    }

    fn was_killed(&self, machine: &Machine<'_>, current: TaskId, result: bool) -> bool {
        self.inner.was_killed(machine, current, result)
    }
}
