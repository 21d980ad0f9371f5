//! Where the kernel asks tracing: the calls of `tracehook.h`, and what the world outside sees.
//!
//! The kernel knows tracing only as this trait, so that no kernel file imports utrace. Each implementation tests
//! `utrace_flags` itself, as the inline functions of the kernel's header do.

use super::sigset::Signal;
use super::substrate::Kernel;
use super::task::TaskId;

/// `si_code` of a SIGCHLD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChildEvent {
    Exited,
    Killed,
    Dumped,
    Stopped,
    Continued,
}

/// What the get_signal hook decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookSignal {
    /// The siglock was dropped: start over.
    Again,
    /// Dequeue as usual.
    Dequeue,
    /// Nothing is pending.
    Nothing,
    /// Act as for `acts_as`, and report `signal` as what it was.
    Chosen { signal: Signal, acts_as: Signal, disposition: Disposition },
}

/// What will be done with a signal that the hook chose: its `k_sigaction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    Default,
    Ignore,
    Handler,
}

/// Tracing, as the kernel calls it.
pub trait Tracehook {
    fn kernel(&self) -> &Kernel;

    /// `tracehook_force_sigpending`: keep TIF_SIGPENDING set?
    fn force_sigpending(&self, current: TaskId) -> bool;

    /// `tracehook_consider_ignored_signal`: does anybody want to see an ignored signal?
    fn consider_ignored_signal(&self, target: TaskId, signal: Signal) -> bool;

    /// `tracehook_consider_fatal_signal`: might anybody change what a fatal signal does?
    fn consider_fatal_signal(&self, target: TaskId, signal: Signal) -> bool;

    /// `tracehook_notify_jctl`, siglock held on entry and exit, but dropped in between.
    fn notify_jctl(&self, current: TaskId, notify: Option<ChildEvent>, what: ChildEvent);

    /// `tracehook_finish_jctl`, nothing held: the task slept in a group stop and is awake.
    fn finish_jctl(&self, current: TaskId);

    /// `tracehook_get_signal`, siglock held on entry and exit.
    fn get_signal(&self, current: TaskId) -> HookSignal;

    /// `tracehook_signal_handler`: a handler was set up.
    fn signal_handler(&self, current: TaskId);

    /// `tracehook_notify_resume`: TIF_NOTIFY_RESUME was set and has just been cleared.
    fn notify_resume(&self, current: TaskId);

    /// `tracehook_report_syscall_entry`: true aborts the system call.
    fn report_syscall_entry(&self, current: TaskId) -> bool;

    /// `tracehook_report_syscall_exit`.
    fn report_syscall_exit(&self, current: TaskId);

    /// `tracehook_report_clone`.
    fn report_clone(&self, current: TaskId, vfork: bool);

    /// `tracehook_report_exec`.
    fn report_exec(&self, current: TaskId);

    /// `tracehook_report_exit`.
    fn report_exit(&self, current: TaskId, code: u32);

    /// `tracehook_report_death`: `exit_state` has been set.
    fn report_death(&self, current: TaskId, group_dead: bool);

    /// `tracehook_prepare_release_task`; the caller is whoever reaps.
    fn release_task(&self, target: TaskId);

    /// The parent received SIGCHLD.
    fn notified_parent(&self, child: TaskId, event: ChildEvent, status: u32);

    /// Monitor: the sending of a signal begins or ends, siglock held.
    fn sending(&self, target: TaskId, begins: bool);

    /// A handler of the program runs.
    fn delivered(&self, current: TaskId, signal: Signal);

    /// The task is about to run the program's code.
    fn entering_user_mode(&self, current: TaskId);
}
