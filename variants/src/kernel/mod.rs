//! The modelled kernel: what of Linux 2.6.31 the stop/resume protocol stands on. Function by function, with commits and with what
//! leaving things out could hide: `variants/docs/commits.md`.
//!
//! | kernel | here | left out, and why |
//! |---|---|---|
//! | `task_struct` | [`task::Task`] | everything the protocol does not touch |
//! | `task->state` | [`task::TaskState`] | UNINTERRUPTIBLE: nobody in the thread sleeps so |
//! | `thread_info->flags` | [`task::ThreadFlag`] | the flags of scheduling, auditing and stepping |
//! | `signal_struct`, `sighand_struct` | [`process::Process`] | one value: they are shared by the same threads here |
//! | `send_signal`, `prepare_signal`, `complete_signal` | [`signal`] | `curr_target`, permissions, `siginfo`, queues of real-time signals |
//! | `signal_wake_up`, `kick_process` | [`signal::signal_wake_up`] | the kick: a task in user mode waits for its flags |
//! | `dequeue_signal`, `recalc_sigpending` | [`signal`] | the precedence of synchronous signals, which came later |
//! | `set_current_state`, `schedule`, `try_to_wake_up`, `wait_task_inactive` | [`sched`] | preemption by other tasks, migration, the freezer |
//! | `do_signal_stop`, `tracehook_finish_jctl` | [`stop`] | ptrace |
//! | `get_signal_to_deliver`, `do_notify_resume` | [`deliver`] | the file of a core dump and the wait for the other threads, handler frames, SA_ONESHOT, orphaned process groups |
//! | `do_group_exit`, `do_exit`, `exit_signals`, `exit_notify` | [`exit`] | all resources; threads that reap themselves |
//! | `do_notify_parent`, `release_task`, `wait_task_zombie` | [`parent`] | the parent as a task; reparenting; `wait` status |
//! | `tasklist_lock` | [`substrate::Kernel::tasklist_lock`] | RCU: nothing is freed, so nothing needs it |
//! | `fork`, `exec`, `vfork` | [`syscall`] | the new task, the new program, the wait for the child: only the reports matter |
//! | `tracehook.h` | [`tracehook::Tracehook`] | ptrace behind each hook: utrace excludes it |
//!
//! Lock order, outermost first: `utrace.lock`, `tasklist_lock`, `siglock`, `rq.lock`.
//!
//! Promise: locks, barriers and lockless reads are where the kernel has them. Limits: it shows nothing of interrupts,
//! of memory that is freed, or of more than one parent. Facts are from 2.6.31 and the patches of August 2009.

pub mod deliver;
pub mod exit;
pub mod parent;
pub mod process;
pub mod sched;
pub mod signal;
pub mod sigset;
pub mod stop;
pub mod substrate;
pub mod syscall;
pub mod task;
pub mod tracehook;
