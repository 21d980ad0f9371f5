//! Sleeping and waking: `set_current_state`, `schedule`, `try_to_wake_up`, `wait_task_inactive`.
//!
//! Promise: a wake-up is a barrier with respect to the sleeper's `schedule`, because both take the run queue's
//! lock and for no other reason (C4). Nothing here adds an ordering the kernel has not: state is a relaxed word,
//! and only the lock and the write barrier order it.
//!
//! ```text
//!   sleeper                          waker
//!   state = TRACED                   VAR = 1
//!   rq.lock                          write barrier
//!   state not RUNNING: off the queue rq.lock
//!   sleep (drops rq.lock)            state matches: RUNNING, on the queue
//!         <------------------------- rq.unlock
//!   rq.lock taken again, rq.unlock
//!   VAR is seen
//! ```
//!
//! Deviations: every task has a CPU and a run queue of its own, so nothing is preempted by another task and
//! nothing migrates. `try_to_freeze` is left out.

use lockstep::probe;
use lockstep::sync::{await_until, smp_mb, smp_wmb};

use super::sigset::SIGKILL;
use super::substrate::Kernel;
use super::task::{Task, TaskId, TaskState};

/// `set_current_state`: the store and a full barrier behind it.
#[track_caller]
pub fn set_current_state(kernel: &Kernel, current: TaskId, state: TaskState) {
    kernel.task(current).state.write_once(state);
    smp_mb();
}

/// `__set_current_state`: the store alone; whoever uses it relies on a lock.
#[track_caller]
pub fn set_current_state_relaxed(kernel: &Kernel, current: TaskId, state: TaskState) {
    kernel.task(current).state.write_once(state);
}

/// `signal_pending_state`: does a pending signal keep a task that wants to sleep in `state` awake?
fn signal_pending_state(task: &Task, state: TaskState) -> bool {
    if !state.matches(TaskState::INTERRUPTIBLE.or(TaskState::WAKEKILL)) {
        return false;
    }
    if !task.sigpending.test() {
        return false;
    }
    state.matches(TaskState::INTERRUPTIBLE) || task.pending.read_once().has(SIGKILL)
}

/// What became of a call of [`schedule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// The task left its CPU.
    pub slept: bool,
    /// Monitor: its turn under the run queue's lock was behind that of a wake-up. Always false where nobody watches.
    pub followed: bool,
}

/// Gives up the CPU unless the state is RUNNING or a signal that the state admits is pending; comes back when a
/// waker has made the state RUNNING.
pub fn schedule(kernel: &Kernel, current: TaskId) -> Scheduled {
    let _site = probe::site("schedule");
    let task = kernel.task(current);
    let mut slept = false;
    task.rq_lock.lock();
    let state = task.state.read_once();
    if state != TaskState::RUNNING {
        if signal_pending_state(task, state) {
            task.state.write_once(TaskState::RUNNING);
        } else {
            task.on_rq.write_once(false);
            task.switches.set(task.switches.get() + 1);
            slept = true;
            probe::remark(|| format!("sleeps in {}", state.name()));
            while !task.on_rq.read_once() {
                task.rq_wait.wait(&task.rq_lock);
            }
        }
    }
    let followed = kernel.watch.wakeups && task.woken.get();
    if kernel.watch.runs && slept {
        task.runs.set(task.runs.get() + 1);
    }
    task.rq_lock.unlock();
    Scheduled { slept, followed }
}

/// The `schedule` of a dead task: it leaves its CPU and never comes back, so whoever waits for that gets on.
pub fn schedule_dead(kernel: &Kernel, current: TaskId) {
    let _site = probe::site("schedule");
    let task = kernel.task(current);
    task.rq_lock.lock();
    task.on_rq.write_once(false);
    task.switches.set(task.switches.get() + 1);
    task.rq_lock.unlock();
}

/// `try_to_wake_up`, also known as `wake_up_state`: wakes the task if its state is in the mask.
pub fn try_to_wake_up(kernel: &Kernel, target: TaskId, mask: TaskState) -> bool {
    let _site = probe::site("try_to_wake_up");
    let task = kernel.task(target);
    if !kernel.policy.without_wakeup_barrier {
        smp_wmb();
    }
    task.rq_lock.lock();
    if kernel.watch.wakeups {
        task.woken.set(true);
    }
    let matched = task.state.read_once().matches(mask);
    if matched {
        // On the queue still: it set its state, but has not come to schedule() yet. The state is all to change.
        let slept = !task.on_rq.read_once();
        if slept {
            task.on_rq.write_once(true);
        }
        task.state.write_once(TaskState::RUNNING);
        if slept {
            probe::remark(|| format!("wakes task {}", target.0));
            task.rq_wait.wake_one();
        } else {
            probe::remark(|| format!("wakes task {} before it sleeps", target.0));
        }
    }
    task.rq_lock.unlock();
    matched
}

/// Waits until the task is off its CPU, for as long as its state stays `state`. Returns the switch count then, or
/// nothing if the state became another. The kernel polls; here the wait ends when either word changes.
pub fn wait_task_inactive(kernel: &Kernel, target: TaskId, state: TaskState) -> Option<u32> {
    let _site = probe::site("wait_task_inactive");
    let task = kernel.task(target);
    loop {
        task.rq_lock.lock();
        let matches = task.state.read_once() == state;
        let on_rq = task.on_rq.read_once();
        let switches = task.switches.get();
        task.rq_lock.unlock();
        if !matches {
            return None;
        }
        if !on_rq {
            return Some(switches);
        }
        await_until(|| task.state.read_once() != state || !task.on_rq.read_once());
    }
}
