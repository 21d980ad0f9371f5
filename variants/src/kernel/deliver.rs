//! Signals on the way back to user mode: `get_signal_to_deliver` and the loop around it.
//!
//! Promise: the order of the checks, and of what is locked while they are made, as in 2.6.31 with the tracing
//! hooks of the series. Deviations: a core is dumped at once, and for nobody (what it says of the process is there); a handler is an observation and returns at once;
//! the orphaned-process-group test before SIGTSTP is left out.

use lockstep::probe;

use super::exit::{begin_group_exit, do_group_exit};
use super::parent::notify_parent_cldstop;
use super::process::{Process, SignalFlags};
use super::signal::{dequeue_signal, sigkill_pending};
use super::sigset::{SigSet, Signal};
use super::stop::do_signal_stop;
use super::substrate::Kernel;
use super::task::TaskId;
use super::tracehook::{ChildEvent, Disposition, HookSignal, Tracehook};

/// Does the task go on?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Alive,
    Dead,
}

/// What `get_signal_to_deliver` found.
enum Delivery {
    Nothing,
    Handler(Signal),
    Dead,
}

/// The work between the kernel and user mode: while a flag asks for it, handle signals, then resume reports.
pub fn return_to_user_mode(hooks: &dyn Tracehook, current: TaskId) -> Fate {
    let kernel = hooks.kernel();
    let task = kernel.task(current);
    // No limit of its own: a pass that asks for another for ever is a livelock, which the step limit finds.
    loop {
        // One load for both parts, as `do_notify_resume` is handed the flags: what get_signal asks for meanwhile waits
        // for the next round, where signals come first again and can tell of a handler.
        let (signals, resume) = task.work_flags();
        if !signals && !resume {
            break;
        }
        if signals {
            match get_signal_to_deliver(hooks, current) {
                Delivery::Nothing => {}
                Delivery::Handler(signal) => {
                    hooks.delivered(current, signal);
                    hooks.signal_handler(current);
                }
                Delivery::Dead => return Fate::Dead,
            }
        }
        if resume {
            // Cleared before the hook, or a request made during it would be lost.
            task.notify_resume.clear();
            hooks.notify_resume(current);
        }
    }
    probe::remark(|| "enters user mode".to_owned());
    hooks.entering_user_mode(current);
    Fate::Alive
}

/// A4's test: a parent need not hear CONTINUED right before KILLED (Roland, 2009-08-03). Siglock held.
fn dying(kernel: &Kernel, current: TaskId) -> bool {
    let process = kernel.process(current);
    process.flags.read_once().has(SignalFlags::GROUP_EXIT) || sigkill_pending(kernel, current)
}

/// Tells the parent of SIGCONT, on behalf of whoever comes out of the stop first. Siglock held on entry, dropped
/// on return.
fn notify_continued(hooks: &dyn Tracehook, current: TaskId, process: &Process, flags: SignalFlags) {
    let kernel = hooks.kernel();
    let skips = kernel.policy.skip_continued_when_killed;
    process.flags.write_once(flags.without(SignalFlags::CLD_MASK));
    // STOP_CONTINUED always accompanies these flags, so a stop that was called off half-way is told as
    // CONTINUED too.
    hooks.notify_jctl(current, Some(ChildEvent::Continued), ChildEvent::Continued);
    let mut skip = skips && dying(kernel, current);
    process.siglock.unlock();
    if skips && !skip {
        process.siglock.lock();
        skip = dying(kernel, current);
        process.siglock.unlock();
    }
    if !skip {
        notify_parent_cldstop(hooks, current, ChildEvent::Continued);
    }
}

/// `get_signal_to_deliver`: takes siglock itself.
fn get_signal_to_deliver(hooks: &dyn Tracehook, current: TaskId) -> Delivery {
    let _site = probe::site("get_signal_to_deliver");
    let kernel = hooks.kernel();
    let process = kernel.process(current);
    'relock: loop {
        process.siglock.lock();
        let flags = process.flags.read_once();
        if flags.has(SignalFlags::CLD_MASK) {
            notify_continued(hooks, current, process, flags);
            continue 'relock;
        }
        loop {
            if process.group_stop_count.get() > 0 && do_signal_stop(hooks, current, None) {
                continue 'relock;
            }
            let (signal, acts_as, disposition) = match hooks.get_signal(current) {
                HookSignal::Again => {
                    // This hook returns "again" with siglock dropped.
                    continue 'relock;
                }
                HookSignal::Chosen { signal, acts_as, disposition } => (signal, acts_as, disposition),
                HookSignal::Nothing => {
                    process.siglock.unlock();
                    return Delivery::Nothing;
                }
                HookSignal::Dequeue => {
                    let blocked = kernel.task(current).blocked;
                    let Some(signal) = dequeue_signal(hooks, current, blocked) else {
                        process.siglock.unlock();
                        return Delivery::Nothing;
                    };
                    (signal, signal, disposition_of(process, signal))
                }
            };
            match disposition {
                Disposition::Ignore => continue,
                Disposition::Handler => {
                    process.siglock.unlock();
                    return Delivery::Handler(signal);
                }
                Disposition::Default => {}
            }
            if SigSet::IGNORED_BY_DEFAULT.has(acts_as) {
                continue;
            }
            if SigSet::STOPS.has(acts_as) {
                if do_signal_stop(hooks, current, Some(signal)) {
                    continue 'relock;
                }
                // SIGCONT was quicker.
                continue;
            }
            process.siglock.unlock();
            kernel.task(current).signaled.set(true);
            let mut code = u32::from(signal);
            if SigSet::CORE.has(acts_as) {
                code |= 0x80;
                code = begin_group_exit(kernel, current, code);
            }
            do_group_exit(hooks, current, code);
            return Delivery::Dead;
        }
    }
}

/// A process's standing wish for a signal.
pub fn disposition_of(process: &Process, signal: Signal) -> Disposition {
    if process.handlers.ignored.has(signal) {
        Disposition::Ignore
    } else if process.handlers.handled.has(signal) {
        Disposition::Handler
    } else {
        Disposition::Default
    }
}
