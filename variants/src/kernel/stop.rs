//! Group stop: `do_signal_stop`.
//!
//! Promise: the function as the series of summer 2009 leaves it, with the report hook called while the state is
//! still RUNNING and the task's share of `group_stop_count` not yet given up, and a finish hook behind the sleep.
//! Deviations: whether the parent will be told is decided before the hook, as in that source, because the hook's
//! callback gets it as an argument. Two threads inside their hooks at once then both see a count above one, and
//! neither tells the parent; a SIGCONT during the hook leaves the notification standing. Both are the kernel's.

use lockstep::probe;

use super::parent::notify_parent_cldstop;
use super::process::SignalFlags;
use super::sched::{schedule, set_current_state_relaxed};
use super::signal::signal_wake_up;
use super::sigset::Signal;
use super::task::{TaskId, TaskState};
use super::tracehook::{ChildEvent, Tracehook};

/// Stops for `signal`, or joins the stop in progress. Called with siglock held; true says that the task stopped
/// (or at least came out of here as if it had) and that siglock is dropped; false that nothing was done.
pub fn do_signal_stop(hooks: &dyn Tracehook, current: TaskId, signal: Option<Signal>) -> bool {
    let _site = probe::site("do_signal_stop");
    let kernel = hooks.kernel();
    let process = kernel.process(current);
    if process.group_stop_count.get() == 0 {
        let flags = process.flags.read_once();
        // SIGCONT came after the signal was dequeued, or the process is dying.
        if !flags.has(SignalFlags::STOP_DEQUEUED) || flags.has(SignalFlags::GROUP_EXIT) {
            return false;
        }
        process.group_exit_code.write_once(u32::from(signal.unwrap_or(0)));
        let mut count = 1;
        process.group_stop_count.set(count);
        for thread in process.threads_from(current).filter(|&thread| thread != current) {
            let task = kernel.task(thread);
            if !task.exiting.read_once() && !task.state.read_once().is_stopped_or_traced() {
                count += 1;
                process.group_stop_count.set(count);
                signal_wake_up(kernel, thread, false);
            }
        }
    }
    let last = process.group_stop_count.get() == 1;
    let notify = last.then_some(ChildEvent::Stopped);
    hooks.notify_jctl(current, notify, ChildEvent::Stopped);
    // The hook may have dropped siglock. SIGCONT and group exit set the count to zero.
    let count = process.group_stop_count.get();
    if count > 0 {
        process.group_stop_count.set(count - 1);
        if count == 1 {
            process.flags.write_once(SignalFlags::STOP_STOPPED);
        }
        kernel.task(current).exit_code.set(process.group_exit_code.read_once());
        set_current_state_relaxed(kernel, current, TaskState::STOPPED);
    }
    process.siglock.unlock();
    if let Some(event) = notify {
        notify_parent_cldstop(hooks, current, event);
    }
    schedule(kernel, current);
    hooks.finish_jctl(current);
    kernel.task(current).exit_code.set(0);
    true
}
