//! Dying: `do_group_exit`, `do_exit`, `exit_signals`, `exit_notify`.
//!
//! Promise: the exit report comes before PF_EXITING and may stop; siglock is taken where 2.6.31 takes it, which is only
//! where another thread must be told, and for process accounting where that is configured; a full barrier stands behind `exit_signals`; `exit_state` is set under
//! `tasklist_lock`; a full barrier stands between it and the look at `utrace_flags`. Deviations: every task becomes a
//! zombie and somebody reaps it by hand, also a thread that is not the leader (in the kernel such a thread reaps itself, so
//! here a process looks like one of several threads for longer, and siglock is taken where the kernel's thread is alone by then);
//! the parent hears of the process when its last thread dies, and who is last is counted under `tasklist_lock` (the kernel
//! counts in `do_exit`, by an atomic decrement).

use lockstep::probe;
use lockstep::sync::smp_mb;

use super::parent::{notify_parent, notify_parent_cldstop};
use super::process::SignalFlags;
use super::sched::schedule_dead;
use super::signal::{add_private, recalc_sigpending_of, signal_wake_up};
use super::sigset::SIGKILL;
use super::substrate::Kernel;
use super::task::{ExitState, TaskId, TaskState};
use super::tracehook::{ChildEvent, Tracehook};

/// `do_group_exit`: takes the other threads along, unless a group exit is under way, whose code then counts. It takes
/// siglock only to begin one: not where the thread is alone, nor where it sees that the process exits already.
pub fn do_group_exit(hooks: &dyn Tracehook, current: TaskId, code: u32) {
    let kernel = hooks.kernel();
    let process = kernel.process(current);
    let mut code = code;
    if process.is_exiting() {
        code = process.group_exit_code.read_once();
    } else if !process.is_alone(current) {
        code = begin_group_exit(kernel, current, code);
    }
    do_exit(hooks, current, code);
}

/// What `do_group_exit` does under siglock, and `zap_threads` for a process that is to leave a core, also if that has but one thread. The
/// code that counts: another thread may have been quicker.
pub fn begin_group_exit(kernel: &Kernel, current: TaskId, code: u32) -> u32 {
    let process = kernel.process(current);
    let mut code = code;
    process.siglock.lock();
    if process.is_exiting() {
        code = process.group_exit_code.read_once();
    } else {
        process.group_exit_code.write_once(code);
        process.flags.write_once(SignalFlags::GROUP_EXIT);
        zap_other_threads(kernel, current);
    }
    process.siglock.unlock();
    code
}

/// `zap_other_threads`: siglock held.
fn zap_other_threads(kernel: &Kernel, current: TaskId) {
    let process = kernel.process(current);
    process.group_stop_count.set(0);
    for thread in process.threads_from(current).filter(|&thread| thread != current) {
        if kernel.task(thread).exit_state.read_once().is_set() {
            continue;
        }
        add_private(kernel, thread, SIGKILL);
        signal_wake_up(kernel, thread, true);
    }
}

/// `do_exit`. The kernel's does not return; here the caller must leave the task's program.
pub fn do_exit(hooks: &dyn Tracehook, current: TaskId, code: u32) {
    let _site = probe::site("do_exit");
    let kernel = hooks.kernel();
    hooks.report_exit(current, code);
    exit_signals(hooks, current);
    // For the futex code, which looks at PF_EXITING. Nothing here pairs with it, but it orders all the same.
    smp_mb();
    if kernel.policy.accounts_exits {
        let siglock = &kernel.process(current).siglock;
        siglock.lock();
        siglock.unlock();
    }
    kernel.task(current).exit_code.set(code);
    exit_notify(hooks, current);
    kernel.task(current).state.write_once(TaskState::DEAD);
    schedule_dead(kernel, current);
}

/// `exit_signals`: from here no signal for the group is given to this thread, and its share of a group stop is
/// given up, or group stops would never complete beside it. A thread that is alone, or whose process exits already, has
/// nobody to tell and takes no lock: so without process accounting nothing of the exit path orders what it did before against who
/// has siglock.
fn exit_signals(hooks: &dyn Tracehook, current: TaskId) {
    let kernel = hooks.kernel();
    let process = kernel.process(current);
    if process.is_alone(current) || process.is_exiting() {
        kernel.task(current).exiting.write_once(true);
        return;
    }
    process.siglock.lock();
    kernel.task(current).exiting.write_once(true);
    let mut stopped = false;
    // Without TIF_SIGPENDING neither was this thread woken for a group signal nor counted for a group stop.
    if kernel.task(current).sigpending.test() {
        for thread in process.threads_from(current).filter(|&thread| thread != current) {
            let task = kernel.task(thread);
            if !task.sigpending.test() && !task.exiting.read_once() && recalc_sigpending_of(kernel, thread) {
                signal_wake_up(kernel, thread, false);
            }
        }
        let count = process.group_stop_count.get();
        if count > 0 {
            process.group_stop_count.set(count - 1);
            if count == 1 {
                process.flags.write_once(SignalFlags::STOP_STOPPED);
                stopped = true;
                hooks.notify_jctl(current, Some(ChildEvent::Stopped), ChildEvent::Stopped);
            }
        }
    }
    process.siglock.unlock();
    if stopped {
        notify_parent_cldstop(hooks, current, ChildEvent::Stopped);
    }
}

/// `exit_notify`: becomes a zombie and reports the death.
fn exit_notify(hooks: &dyn Tracehook, current: TaskId) {
    let kernel = hooks.kernel();
    let process = kernel.process(current);
    kernel.tasklist_lock.write_lock();
    let alive = process.alive.get() & !current.bit();
    process.alive.set(alive);
    let group_dead = alive == 0;
    if group_dead {
        notify_parent(hooks, current);
    }
    kernel.task(current).exit_state.write_once(ExitState::Zombie);
    kernel.tasklist_lock.write_unlock();
    // Pairs with set_events: either we see the flag it set, or it sees that we are dying.
    smp_mb();
    hooks.report_death(current, group_dead);
}
