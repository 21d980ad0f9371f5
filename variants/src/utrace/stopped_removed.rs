//! Design 3: `stopped` removed; the task's own state says whether it is stopped. What 28b2774bf46 (2009-10-27) and
//! e2ced717929 (2009-11-03) did, on the base of the other two.
//!
//! A task that SIGKILL woke may run while a tracer still holds the lock and takes it for stopped. So before it does
//! anything that utrace can see it waits for the lock to be free: `spin_unlock_wait`, as Oleg has it (2009-08-04).
//! What ordering that gives was never agreed; Roland took it for the same as lock and unlock. The variant of the main
//! series reads it as an acquire: on the machine the two had before them it was a loop of loads, and there a load is
//! an acquire. The other readings are variants beside.
//!
//! Of what came between the base and it, this has a dying task in `control` (fc30d206810), the wake-up (9d114a6c7db), and callers
//! that ask for SIGKILL where `stop` no longer answers (5bbbb418fb3; of the others A1). The rest is left out: `do_stop` has siglock
//! around its look at STOPPED (592d9779c3b moved it), and `stop` asks nobody whether it is wanted (R1). Variants beside have these,
//! and one has what the August mails say: who waits for the lock whether killed or not, and when a dying task counts as stopped.

use lockstep::probe;

use super::engine::Events;
use super::reset::{group_stop_in_force, keep_report, stop_is_unwanted, take_part_in_group_stop};
use super::{Bit, Design, Looks, Machine, Milestone, Standing};
use crate::kernel::sched::{schedule, set_current_state_relaxed, try_to_wake_up};
use crate::kernel::signal::{fatal_signal_pending, recalc_sigpending, sigkill_pending};
use crate::kernel::task::{TaskId, TaskState};

pub struct StoppedRemoved;

impl Design for StoppedRemoved {
    fn standing(&self, machine: &Machine<'_>, target: TaskId) -> Standing {
        let task = machine.kernel.task(target);
        if machine.policy.as_in_the_mails {
            let dying = task.exit_state.read_once().is_set();
            return Standing { stopped: self.is_stopped(machine, target), dying };
        }
        // In this order, and `exit_state` once: a task that dies in between is taken for neither.
        let traced = task.state.read_once().is_traced();
        let dying = task.exit_state.read_once().is_set();
        Standing { stopped: traced || dying, dying }
    }

    fn is_stopped(&self, machine: &Machine<'_>, target: TaskId) -> bool {
        let task = machine.kernel.task(target);
        if machine.policy.as_in_the_mails {
            if task.exit_state.read_once().is_set() {
                // STOP means nothing to a dying task; all that counts is whether it will still call back (C11).
                return !machine.task_flags(target).intersects(Events::DEATH_EVENTS);
            }
            return task.state.read_once().is_traced();
        }
        task.state.read_once().is_stopped_or_traced()
    }

    fn stop(&self, machine: &Machine<'_>, current: TaskId, report: bool) -> bool {
        let _site = probe::site("utrace_stop");
        let utrace = machine.utrace(current);
        let process = machine.kernel.process(current);
        utrace.lock.lock();
        if stop_is_unwanted(machine, current, report) {
            utrace.lock.unlock();
            return false;
        }
        process.siglock.lock();
        if sigkill_pending(&machine.kernel, current) {
            process.siglock.unlock();
            utrace.lock.unlock();
            machine.client.milestone(Milestone::KilledBeforeStop);
            return true;
        }
        keep_report(machine, current, report);
        set_current_state_relaxed(&machine.kernel, current, TaskState::TRACED);
        take_part_in_group_stop(machine, current);
        machine.client.stopping(machine, current);
        process.siglock.unlock();
        utrace.lock.unlock();
        schedule(&machine.kernel, current);
        let killed = self.finish_stop(machine, current);
        process.siglock.lock();
        recalc_sigpending(machine, current);
        process.siglock.unlock();
        killed
    }

    fn finish_stop(&self, machine: &Machine<'_>, current: TaskId) -> bool {
        let _site = probe::site("finish_utrace_stop");
        if machine.policy.without_finish_stop {
            return false;
        }
        let lock = machine.utrace(current).lock;
        if machine.policy.always_locks {
            lock.lock();
            lock.unlock();
        } else if machine.policy.as_in_the_mails || sigkill_pending(&machine.kernel, current) {
            // Whoever took us for stopped must be done before we do anything.
            lock.unlock_wait(machine.policy.unlock_wait);
        }
        false
    }

    fn finish_jctl(&self, machine: &Machine<'_>, current: TaskId) {
        if !machine.policy.without_finish_jctl {
            self.finish_stop(machine, current);
        }
    }

    fn do_stop(&self, machine: &Machine<'_>, target: TaskId) -> bool {
        let _site = probe::site("utrace_do_stop");
        let utrace = machine.utrace(target);
        let task = machine.kernel.task(target);
        let process = machine.kernel.process(target);
        if machine.policy.looks_first {
            if task.state.read_once().is_stopped() {
                process.siglock.lock();
                if task.state.read_once().is_stopped() {
                    machine.client.milestone(Milestone::TakenOver);
                    task.state.write_once(TaskState::TRACED);
                }
                process.siglock.unlock();
            } else if !utrace.bits.any(&[Bit::Report, Bit::Interrupt]) {
                utrace.bits.set(Bit::Report);
                task.set_notify_resume();
            }
            return task.state.read_once().is_traced();
        }
        process.siglock.lock();
        if task.state.read_once().is_stopped() {
            machine.client.milestone(Milestone::TakenOver);
            task.state.write_once(TaskState::TRACED);
        } else if !utrace.bits.any(&[Bit::Report, Bit::Interrupt]) {
            utrace.bits.set(Bit::Report);
            task.set_notify_resume();
        }
        process.siglock.unlock();
        task.state.read_once().is_traced()
    }

    fn wakeup(&self, machine: &Machine<'_>, target: TaskId) {
        let _site = probe::site("utrace_wakeup");
        let task = machine.kernel.task(target);
        let process = machine.kernel.process(target);
        process.siglock.lock();
        if group_stop_in_force(machine, target) {
            machine.client.milestone(Milestone::LeftStopped);
            task.state.write_once(TaskState::STOPPED);
        } else if !try_to_wake_up(&machine.kernel, target, TaskState::TRACED_BIT) {
            machine.client.milestone(Milestone::WokenTwice);
        }
        process.siglock.unlock();
    }

    fn reset_wakes(&self, machine: &Machine<'_>, target: TaskId, looks: Looks) -> bool {
        machine.kernel.task(target).state.read_once().is_traced() && !looks.stop_wanted
    }

    fn was_killed(&self, machine: &Machine<'_>, current: TaskId, _result: bool) -> bool {
        fatal_signal_pending(&machine.kernel, current)
    }
}
