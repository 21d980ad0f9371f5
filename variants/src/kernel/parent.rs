//! What the parent of a traced process is told, and by whom.
//!
//! Deviations: the parent is no task here, so it has no siglock and never sleeps in `wait`; its notifications are
//! a column of the outcome. The status that comes with CLD_STOPPED is left out: the kernel takes it from
//! `group_exit_code` without the siglock, where SIGCONT may have cleared it; which signal began a stop is nothing the
//! designs touch, and the race is the same in all. Real-parent and tracer-parent are one, for ptrace is left out.

use lockstep::probe;

use super::substrate::Kernel;
use super::task::{ExitState, TaskId};
use super::tracehook::{ChildEvent, Tracehook};

/// `do_notify_parent_cldstop`, with `tasklist_lock` taken around it as its callers do. The parent is told of the
/// process, by its leader's number; which thread tells it cannot be seen.
pub fn notify_parent_cldstop(hooks: &dyn Tracehook, current: TaskId, event: ChildEvent) {
    let kernel = hooks.kernel();
    kernel.tasklist_lock.read_lock();
    hooks.notified_parent(kernel.leader(current), event, 0);
    kernel.tasklist_lock.read_unlock();
}

/// `do_notify_parent`, when the last thread of a process dies: the leader's number and code. `tasklist_lock` is held
/// for writing, as it was when the leader became a zombie.
pub fn notify_parent(hooks: &dyn Tracehook, current: TaskId) {
    let kernel = hooks.kernel();
    let leader = kernel.leader(current);
    let code = kernel.task(leader).exit_code.get();
    let event = match code {
        _ if code & 0x80 != 0 => ChildEvent::Dumped,
        _ if code & 0x7f != 0 => ChildEvent::Killed,
        _ => ChildEvent::Exited,
    };
    hooks.notified_parent(leader, event, code);
}

/// `wait_task_zombie` and `release_task`: takes a zombie's last remains away. False if it is none or another
/// reaper was quicker.
pub fn reap(hooks: &dyn Tracehook, target: TaskId) -> bool {
    let _site = probe::site("release_task");
    let kernel: &Kernel = hooks.kernel();
    let task = kernel.task(target);
    kernel.tasklist_lock.read_lock();
    let was = task.exit_state.read_once();
    let ours = was == ExitState::Zombie && task.exit_state.xchg(ExitState::Dead) == ExitState::Zombie;
    kernel.tasklist_lock.read_unlock();
    if !ours {
        return false;
    }
    hooks.release_task(target);
    // `__exit_signal`: from here `lock_task_sighand` finds nothing to lock.
    let process = kernel.process(target);
    kernel.tasklist_lock.write_lock();
    process.siglock.lock();
    process.members.write_once(process.members.read_once() & !target.bit());
    process.siglock.unlock();
    kernel.tasklist_lock.write_unlock();
    true
}
