//! Looking at a stopped task from outside: `prepare_examine`, `finish_examine`.
//!
//! Promise: the flags, state and switch count are read without the utrace lock, as in the kernel; only the run
//! queue's lock is taken. So a task that SIGKILL woke is noticed by its state or by its switch count, or not at all.

use lockstep::probe;

use super::Machine;
use super::engine::{EngineId, Errno};
use crate::kernel::sched::wait_task_inactive;
use crate::kernel::task::{TaskId, TaskState};

/// `struct utrace_examiner`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Examiner {
    pub state: TaskState,
    pub switches: u32,
}

/// `utrace_prepare_examine`.
pub fn prepare_examine(machine: &Machine<'_>, target: TaskId, engine: EngineId) -> Result<Examiner, Errno> {
    let _site = probe::site("utrace_prepare_examine");
    let task = machine.kernel.task(target);
    if !machine.engine(engine).wants_stop() {
        return Err(Errno::EINVAL);
    }
    if task.exit_state.read_once().is_set() {
        return Err(Errno::ESRCH);
    }
    let state = task.state.read_once();
    if state == TaskState::RUNNING {
        return Err(Errno::EAGAIN);
    }
    let switches = wait_task_inactive(&machine.kernel, target, state).ok_or(Errno::EAGAIN)?;
    Ok(Examiner { state, switches })
}

/// `utrace_finish_examine`.
pub fn finish_examine(machine: &Machine<'_>, target: TaskId, engine: EngineId, examiner: Examiner) -> Errno {
    let _site = probe::site("utrace_finish_examine");
    if !machine.engine(engine).wants_stop() {
        return Errno::EINVAL;
    }
    if machine.kernel.task(target).state.read_once() != examiner.state {
        return Errno::EAGAIN;
    }
    match wait_task_inactive(&machine.kernel, target, examiner.state) {
        Some(switches) if switches == examiner.switches => Errno::Ok,
        _ => Errno::EAGAIN,
    }
}
