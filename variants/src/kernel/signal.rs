//! Sending and dequeuing signals: `send_signal` in its three parts, `signal_wake_up`, `recalc_sigpending`.
//!
//! Promise: prepare, queue, complete, in that order and under one siglock, with 2.6.31's rules for SIGCONT, stop
//! signals and fatal signals. Limits: see `sigset`. Deviations: `curr_target` is not remembered; the search for a
//! thread begins with the one the signal was sent to. Permission, `siginfo` and SIGNAL_UNKILLABLE are left out.

use lockstep::probe;

use super::process::{Process, SignalFlags};
use super::sched::try_to_wake_up;
use super::sigset::{SIGCONT, SIGKILL, SigSet, Signal, signal_name};
use super::substrate::Kernel;
use super::task::{Task, TaskId, TaskState};
use super::tracehook::Tracehook;

/// Does a signal go to one thread (`tkill`) or to its process (`kill`)?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    Thread,
    Group,
}

/// `send_signal` with the siglock taken around it.
pub fn send_signal(hooks: &dyn Tracehook, signal: Signal, target: TaskId, scope: Scope) {
    let _site = probe::site("send_signal");
    let kernel = hooks.kernel();
    let process = kernel.process(target);
    probe::remark(|| match scope {
        Scope::Thread => format!("sends {} to task {}", signal_name(signal), target.0),
        Scope::Group => format!("sends {} to process {}", signal_name(signal), kernel.task(target).process),
    });
    process.siglock.lock();
    hooks.sending(target, true);
    if process.members.read_once() & target.bit() != 0 && prepare_signal(hooks, signal, target) {
        let queued = match scope {
            Scope::Thread => add_private(kernel, target, signal),
            Scope::Group => add_shared(kernel, process, signal),
        };
        // A signal that is pending already is dropped here, behind prepare (`legacy_queue`).
        if queued {
            complete_signal(hooks, signal, target, scope);
        }
    }
    hooks.sending(target, false);
    process.siglock.unlock();
}

/// Puts a signal into a thread's own set; false if it was there. Siglock held.
pub fn add_private(kernel: &Kernel, target: TaskId, signal: Signal) -> bool {
    let task = kernel.task(target);
    let pending = task.pending.read_once();
    if signal == SIGKILL && kernel.watch.kills {
        // Before the store: a task on its way to sleep that sees the signal at once must not be accused of going on without one.
        task.killed.set(true);
    }
    if signal == SIGKILL && kernel.watch.pending_kills {
        task.kill_pending.set(true);
    }
    task.pending.write_once(pending.with(signal));
    !pending.has(signal)
}

/// Puts a signal into the set that a process shares; false if it was there. Siglock held.
fn add_shared(kernel: &Kernel, process: &Process, signal: Signal) -> bool {
    let pending = process.shared_pending.get();
    if signal == SIGKILL && kernel.watch.process_kills {
        process.killed.set(true);
    }
    if signal == SIGKILL && kernel.watch.pending_kills {
        process.kill_pending.set(true);
    }
    process.shared_pending.set(pending.with(signal));
    !pending.has(signal)
}

fn remove_everywhere(kernel: &Kernel, target: TaskId, signals: SigSet) {
    let process = kernel.process(target);
    process.shared_pending.set(process.shared_pending.get().without(signals));
    for thread in process.threads_from(target) {
        remove_private(kernel.task(thread), signals);
    }
}

fn remove_private(task: &Task, signals: SigSet) {
    let pending = task.pending.read_once();
    if pending.intersects(signals) {
        task.pending.write_once(pending.without(signals));
    }
}

/// `prepare_signal`: what a stop signal or SIGCONT does by being sent. Says whether to queue it at all.
fn prepare_signal(hooks: &dyn Tracehook, signal: Signal, target: TaskId) -> bool {
    let kernel = hooks.kernel();
    let process = kernel.process(target);
    let flags = process.flags.read_once();
    if flags.has(SignalFlags::GROUP_EXIT) {
        // The process is dying; neither stop nor continue means anything to it.
    } else if SigSet::STOPS.has(signal) {
        remove_everywhere(kernel, target, SigSet::of(SIGCONT));
    } else if signal == SIGCONT {
        prepare_continue(kernel, target, flags);
    }
    !signal_ignored(hooks, signal, target)
}

fn prepare_continue(kernel: &Kernel, target: TaskId, flags: SignalFlags) {
    let process = kernel.process(target);
    process.shared_pending.set(process.shared_pending.get().without(SigSet::STOPS));
    for thread in process.threads_from(target) {
        let task = kernel.task(thread);
        remove_private(task, SigSet::STOPS);
        // TRACED is not in the mask: who is held by an engine stays held.
        let mut mask = TaskState::STOPPED_BIT;
        if process.handlers.handled.has(SIGCONT) && !task.blocked.has(SIGCONT) {
            task.sigpending.set();
            mask = mask.or(TaskState::INTERRUPTIBLE);
        }
        try_to_wake_up(kernel, thread, mask);
    }
    let why = if flags.has(SignalFlags::STOP_STOPPED) {
        Some(SignalFlags::CLD_CONTINUED)
    } else if process.group_stop_count.get() > 0 {
        Some(SignalFlags::CLD_STOPPED)
    } else {
        None
    };
    match why {
        Some(why) => {
            process.flags.write_once(why.with(SignalFlags::STOP_CONTINUED));
            process.group_stop_count.set(0);
            process.group_exit_code.write_once(0);
        }
        // Not stopped, but a stop signal may be on its way between the queue and do_signal_stop.
        None => process.flags.write_once(flags.without(SignalFlags::STOP_DEQUEUED)),
    }
}

/// `sig_ignored`.
fn signal_ignored(hooks: &dyn Tracehook, signal: Signal, target: TaskId) -> bool {
    let kernel = hooks.kernel();
    let handlers = kernel.process(target).handlers;
    let ignored =
        handlers.ignored.has(signal) || (handlers.is_default(signal) && SigSet::IGNORED_BY_DEFAULT.has(signal));
    ignored && !kernel.task(target).blocked.has(signal) && !hooks.consider_ignored_signal(target, signal)
}

/// `wants_signal`.
fn wants_signal(task: &Task, signal: Signal) -> bool {
    if task.blocked.has(signal) || task.exiting.read_once() {
        return false;
    }
    if signal == SIGKILL {
        return true;
    }
    if task.state.read_once().is_stopped_or_traced() {
        return false;
    }
    task.on_rq.read_once() || !task.sigpending.test()
}

/// `sig_fatal`: by default the signal kills (or dumps core).
fn signal_fatal(process: &Process, signal: Signal) -> bool {
    process.handlers.is_default(signal) && !SigSet::STOPS.has(signal) && !SigSet::IGNORED_BY_DEFAULT.has(signal)
}

/// `complete_signal`: finds a thread to take the signal and wakes it, or begins a group exit.
fn complete_signal(hooks: &dyn Tracehook, signal: Signal, target: TaskId, scope: Scope) {
    let kernel = hooks.kernel();
    let process = kernel.process(target);
    let chosen = match scope {
        Scope::Thread => Some(target).filter(|&thread| wants_signal(kernel.task(thread), signal)),
        Scope::Group => process.threads_from(target).find(|&thread| wants_signal(kernel.task(thread), signal)),
    };
    // Nobody wants it: it stays pending, and its fatality is a matter for whoever dequeues it.
    let Some(chosen) = chosen else { return };
    let fatal = signal_fatal(process, signal)
        && !process.flags.read_once().has(SignalFlags::GROUP_EXIT)
        && (signal == SIGKILL || !hooks.consider_fatal_signal(chosen, signal))
        && !SigSet::CORE.has(signal);
    if fatal {
        begin_group_exit(kernel, target, signal);
    } else {
        signal_wake_up(kernel, chosen, signal == SIGKILL);
    }
}

/// Group exit by a signal: all flags but GROUP_EXIT are lost, and every thread finds SIGKILL in its own set.
fn begin_group_exit(kernel: &Kernel, target: TaskId, signal: Signal) {
    let process = kernel.process(target);
    process.flags.write_once(SignalFlags::GROUP_EXIT);
    process.group_exit_code.write_once(u32::from(signal));
    process.group_stop_count.set(0);
    for thread in process.threads_from(target) {
        add_private(kernel, thread, SIGKILL);
        signal_wake_up(kernel, thread, true);
    }
}

/// `signal_wake_up`: siglock held. The kick of a task in user mode is the flag itself here.
pub fn signal_wake_up(kernel: &Kernel, target: TaskId, kill: bool) {
    let task = kernel.task(target);
    task.sigpending.set();
    let mask = TaskState::INTERRUPTIBLE;
    let mask = if kill { mask.or(TaskState::WAKEKILL) } else { mask };
    try_to_wake_up(kernel, target, mask);
}

/// `fatal_signal_pending`, read without a lock.
pub fn fatal_signal_pending(kernel: &Kernel, target: TaskId) -> bool {
    let task = kernel.task(target);
    task.sigpending.test() && task.pending.read_once().has(SIGKILL)
}

/// `__fatal_signal_pending`: the pending set alone.
pub fn sigkill_pending(kernel: &Kernel, target: TaskId) -> bool {
    kernel.task(target).pending.read_once().has(SIGKILL)
}

/// `recalc_sigpending_tsk`: sets the flag if there is reason, never clears it. Siglock held.
pub fn recalc_sigpending_of(kernel: &Kernel, target: TaskId) -> bool {
    let task = kernel.task(target);
    let process = kernel.process(target);
    let reason = process.group_stop_count.get() > 0
        || !task.pending.read_once().without(task.blocked).is_empty()
        || !process.shared_pending.get().without(task.blocked).is_empty();
    if reason {
        task.sigpending.set();
    }
    reason
}

/// `recalc_sigpending`, siglock held.
pub fn recalc_sigpending(hooks: &dyn Tracehook, current: TaskId) {
    let kernel = hooks.kernel();
    let task = kernel.task(current);
    if hooks.force_sigpending(current) {
        task.sigpending.set();
    } else if !recalc_sigpending_of(kernel, current) {
        task.sigpending.clear();
    }
}

/// `dequeue_signal`: own signals first, then the process's; the lowest number that `blocked` lets through.
/// Siglock held.
pub fn dequeue_signal(hooks: &dyn Tracehook, current: TaskId, blocked: SigSet) -> Option<Signal> {
    let kernel = hooks.kernel();
    let task = kernel.task(current);
    let process = kernel.process(current);
    let own = task.pending.read_once();
    let taken = match own.without(blocked).first() {
        Some(signal) => {
            task.pending.write_once(own.without(SigSet::of(signal)));
            if signal == SIGKILL && kernel.watch.pending_kills {
                task.kill_pending.set(false);
            }
            Some(signal)
        }
        None => {
            let shared = process.shared_pending.get();
            let signal = shared.without(blocked).first();
            if let Some(signal) = signal {
                process.shared_pending.set(shared.without(SigSet::of(signal)));
                if signal == SIGKILL && kernel.watch.pending_kills {
                    process.kill_pending.set(false);
                }
            }
            signal
        }
    };
    recalc_sigpending(hooks, current);
    if taken.is_some_and(|signal| SigSet::STOPS.has(signal)) {
        // From here to do_signal_stop a SIGCONT must be able to call the stop off.
        process.flags.write_once(process.flags.read_once().with(SignalFlags::STOP_DEQUEUED));
    }
    taken
}
