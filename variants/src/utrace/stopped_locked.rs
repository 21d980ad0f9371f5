//! Design 1: the bit `stopped`, checked under the lock. The base of the series: 3e0a686d625, patch 4/6 applied.
//!
//! `stopped` says: the task is in `stop` (or in a group stop that an engine took over) and can do nothing that
//! utrace can see before it has taken `lock` and cleared the bit. A waker clears it first, then wakes; so a task
//! that wakes up and finds it set was woken by SIGKILL.
//!
//! Behind a group stop the look is without the lock already (`finish_jctl`, ad2497adf7e, patch 2/6): only behind a stop
//! of utrace's own does the task take it first.

use lockstep::probe;

use super::engine::Events;
use super::reset::{group_stop_in_force, keep_report, stop_is_unwanted, take_part_in_group_stop};
use super::{Bit, Design, Looks, Machine, Milestone, Slept, Standing};
use crate::kernel::sched::{schedule, set_current_state_relaxed, try_to_wake_up};
use crate::kernel::signal::{fatal_signal_pending, recalc_sigpending, sigkill_pending};
use crate::kernel::task::{TaskId, TaskState};

pub struct StoppedLocked;

impl Design for StoppedLocked {
    fn standing(&self, machine: &Machine<'_>, target: TaskId) -> Standing {
        let dying = machine.kernel.task(target).exit_state.read_once().is_set();
        Standing { stopped: machine.utrace(target).bits.read(Bit::Stopped), dying }
    }

    fn is_stopped(&self, machine: &Machine<'_>, target: TaskId) -> bool {
        machine.utrace(target).bits.read(Bit::Stopped)
    }

    fn stop(&self, machine: &Machine<'_>, current: TaskId, report: bool) -> bool {
        let _site = probe::site("utrace_stop");
        let utrace = machine.utrace(current);
        let process = machine.kernel.process(current);
        if utrace.bits.read(Bit::Stopped) {
            probe::bug("`stopped` is set on entry to stop");
        }
        utrace.lock.lock();
        if stop_is_unwanted(machine, current, report) {
            utrace.lock.unlock();
            return fatal_signal_pending(&machine.kernel, current);
        }
        process.siglock.lock();
        if sigkill_pending(&machine.kernel, current) {
            process.siglock.unlock();
            utrace.lock.unlock();
            machine.client.milestone(Milestone::KilledBeforeStop);
            return true;
        }
        keep_report(machine, current, report);
        utrace.bits.set(Bit::Stopped);
        set_current_state_relaxed(&machine.kernel, current, TaskState::TRACED);
        take_part_in_group_stop(machine, current);
        machine.client.stopping(machine, current);
        process.siglock.unlock();
        utrace.lock.unlock();
        schedule(&machine.kernel, current);
        if machine.policy.recalc_first {
            process.siglock.lock();
            recalc_sigpending(machine, current);
            process.siglock.unlock();
        }
        let killed = self.finish_stop(machine, current);
        if !machine.policy.recalc_first {
            process.siglock.lock();
            recalc_sigpending(machine, current);
            process.siglock.unlock();
        }
        killed
    }

    fn finish_stop(&self, machine: &Machine<'_>, current: TaskId) -> bool {
        let _site = probe::site("finish_utrace_stop");
        let utrace = machine.utrace(current);
        let siglock = machine.kernel.process(current).siglock;
        let mut killed = false;
        utrace.lock.lock();
        if machine.looks_at_stopped(current, Slept::InStop) {
            siglock.lock();
            if !sigkill_pending(&machine.kernel, current) {
                probe::warn("`stopped` is set on waking, but no SIGKILL is pending");
            }
            siglock.unlock();
            utrace.bits.clear(&[Bit::Stopped]);
            killed = true;
        }
        utrace.lock.unlock();
        killed
    }

    fn finish_jctl(&self, machine: &Machine<'_>, current: TaskId) {
        let utrace = machine.utrace(current);
        if machine.looks_at_stopped(current, Slept::InGroupStop) {
            utrace.lock.lock();
            utrace.bits.clear(&[Bit::Stopped]);
            utrace.lock.unlock();
        }
    }

    fn do_stop(&self, machine: &Machine<'_>, target: TaskId) -> bool {
        let _site = probe::site("utrace_do_stop");
        let utrace = machine.utrace(target);
        let task = machine.kernel.task(target);
        let process = machine.kernel.process(target);
        let mut stopped = false;
        process.siglock.lock();
        if task.exit_state.read_once().is_set() {
            // Quiescent only if it has been through its death report, or never will.
            if !machine.task_flags(target).intersects(Events::DEATH_EVENTS) {
                utrace.bits.set(Bit::Stopped);
                stopped = true;
            }
        } else if task.state.read_once().is_stopped() {
            machine.client.milestone(Milestone::TakenOver);
            task.state.write_once(TaskState::TRACED);
            utrace.bits.set(Bit::Stopped);
            stopped = true;
        } else if !utrace.bits.any(&[Bit::Report, Bit::Interrupt]) {
            utrace.bits.set(Bit::Report);
            task.set_notify_resume();
        }
        process.siglock.unlock();
        stopped
    }

    fn wakeup(&self, machine: &Machine<'_>, target: TaskId) {
        let _site = probe::site("utrace_wakeup");
        let utrace = machine.utrace(target);
        let task = machine.kernel.task(target);
        let process = machine.kernel.process(target);
        utrace.bits.clear(&[Bit::Stopped]);
        process.siglock.lock();
        if task.state.read_once().is_stopped_or_traced() {
            if group_stop_in_force(machine, target) {
                machine.client.milestone(Milestone::LeftStopped);
                task.state.write_once(TaskState::STOPPED);
            } else {
                try_to_wake_up(&machine.kernel, target, TaskState::STOPPED_BIT.or(TaskState::TRACED_BIT));
            }
        } else {
            machine.client.milestone(Milestone::WokenTwice);
        }
        process.siglock.unlock();
    }

    fn reset_wakes(&self, _machine: &Machine<'_>, _target: TaskId, looks: Looks) -> bool {
        looks.outside && !looks.dying && !looks.stop_wanted
    }

    fn was_killed(&self, machine: &Machine<'_>, current: TaskId, result: bool) -> bool {
        if machine.policy.asks_fatal_signal {
            return fatal_signal_pending(&machine.kernel, current);
        }
        result
    }
}
