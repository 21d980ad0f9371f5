//! System calls: what happens around them, and the few bodies that matter to stopping.
//!
//! Deviations: a body does nothing but what its name says. Clone and exec make their report and no task; a vfork
//! does not wait for its child.

use lockstep::probe;

use super::deliver::Fate;
use super::exit::{do_exit, do_group_exit};
use super::sched::{schedule, set_current_state};
use super::task::{TaskId, TaskState};
use super::tracehook::Tracehook;

/// What a system call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// Returns at once.
    Quick,
    /// Sleeps INTERRUPTIBLE until a signal is pending: `pause`.
    Pause,
    Clone,
    Vfork,
    Exec,
    /// Ends the thread with this code.
    Exit(u8),
    /// Ends the process.
    ExitGroup(u8),
}

/// The entry work: true if the call is let through.
pub fn syscall_entry(hooks: &dyn Tracehook, current: TaskId) -> bool {
    if !hooks.kernel().task(current).syscall_trace.test() {
        return true;
    }
    !hooks.report_syscall_entry(current)
}

/// The call itself.
pub fn syscall_body(hooks: &dyn Tracehook, current: TaskId, body: Body) -> Fate {
    let _site = probe::site("system call");
    let kernel = hooks.kernel();
    match body {
        Body::Quick => {}
        Body::Pause => {
            set_current_state(kernel, current, TaskState::INTERRUPTIBLE);
            schedule(kernel, current);
        }
        Body::Clone => hooks.report_clone(current, false),
        Body::Vfork => hooks.report_clone(current, true),
        Body::Exec => hooks.report_exec(current),
        Body::Exit(code) => {
            do_exit(hooks, current, u32::from(code) << 8);
            return Fate::Dead;
        }
        Body::ExitGroup(code) => {
            do_group_exit(hooks, current, u32::from(code) << 8);
            return Fate::Dead;
        }
    }
    Fate::Alive
}

/// The exit work, before signals are looked at.
pub fn syscall_exit(hooks: &dyn Tracehook, current: TaskId) {
    if hooks.kernel().task(current).syscall_trace.test() {
        hooks.report_syscall_exit(current);
    }
}
