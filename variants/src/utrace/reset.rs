//! Bookkeeping of engines under the lock: splicing, marking, `reset`, and the final tear-down.
//!
//! Promise: lists are written only where the kernel's are, so that a list nobody changed cannot race.

use lockstep::probe;
use lockstep::sync::smp_wmb;

use super::engine::{CallbackKind, EngineId, EngineList, Events, Ops, ResumeAction, Verdict};
use super::{Bit, Callback, Looks, Machine, Milestone, Moment};
use crate::kernel::process::SignalFlags;
use crate::kernel::task::TaskId;

/// `splice_attaching`: the lock is held and the task is quiescent or the caller.
pub fn splice_attaching(machine: &Machine<'_>, task: TaskId) {
    let utrace = machine.utrace(task);
    let attaching = utrace.attaching.get();
    if !attaching.is_empty() {
        utrace.attached.set(utrace.attached.get().join(attaching));
        utrace.attaching.set(EngineList::default());
    }
}

/// `mark_engine_wants_stop`: the lock is held.
pub fn mark_engine_wants_stop(machine: &Machine<'_>, task: TaskId, engine: EngineId) {
    let flags = &machine.engine(engine).flags;
    flags.write_once(flags.read_once().or(Events::ENGINE_STOP));
    if machine.policy.stop_bookkeeping {
        or_task_flags(machine, task, Events::ENGINE_STOP);
    }
}

/// `clear_engine_wants_stop`: the lock is held.
pub fn clear_engine_wants_stop(machine: &Machine<'_>, engine: EngineId) {
    let flags = &machine.engine(engine).flags;
    flags.write_once(flags.read_once().without(Events::ENGINE_STOP));
}

/// Or-s events into `utrace_flags`: the lock is held.
pub fn or_task_flags(machine: &Machine<'_>, task: TaskId, events: Events) {
    let flags = &machine.kernel.task(task).utrace_flags;
    flags.write_once(flags.read_once() | events.0);
}

/// `mark_engine_detached`: ops before flags, or the reporting task could pair the new flags with the old ops.
pub fn mark_engine_detached(machine: &Machine<'_>, engine: EngineId) {
    let engine = machine.engine(engine);
    engine.ops.write_once(Ops::Detached);
    smp_wmb();
    engine.flags.write_once(Events::QUIESCE);
}

/// R1: has everybody who wanted this stop resumed or detached meanwhile? Without R1 nobody asks. The lock
/// is held and siglock is not: d1a14cef3e6 keeps the report first, and looks at SIGKILL last.
///
/// What that commit is for, asked of the engines themselves. The commit asks a copy of their bits in `utrace_flags`, which
/// only `reset` takes out again: that is a variant of its own.
pub fn stop_is_unwanted(machine: &Machine<'_>, task: TaskId, report: bool) -> bool {
    let utrace = machine.utrace(task);
    if machine.policy.stop_bookkeeping {
        set_report(machine, task, report);
        return !machine.task_flags(task).intersects(Events::ENGINE_STOP);
    }
    if machine.policy.repairs.r1 {
        set_report(machine, task, report);
        let mut engines = utrace.attached.get().join(utrace.attaching.get()).iter();
        return !engines.any(|engine| machine.engine(engine).wants_stop());
    }
    false
}

/// What `stop` keeps of the pass that led to it, unless it has done so already.
pub fn keep_report(machine: &Machine<'_>, task: TaskId, report: bool) {
    if machine.policy.repairs.r1 {
        return;
    }
    if machine.policy.stop_bookkeeping {
        return;
    }
    set_report(machine, task, report);
    let utrace = machine.utrace(task);
    let mut engines = utrace.attached.peek().join(utrace.attaching.peek()).iter();
    if !engines.any(|engine| machine.engine(engine).flags.peek().intersects(Events::ENGINE_STOP)) {
        machine.client.milestone(Milestone::StopUnwanted);
    }
}

fn set_report(machine: &Machine<'_>, task: TaskId, report: bool) {
    if report {
        machine.utrace(task).bits.set(Bit::Report);
        machine.kernel.task(task).notify_resume.set();
    }
}

/// The part of `stop` that counts in a group stop (66e070534eb): siglock held.
pub fn take_part_in_group_stop(machine: &Machine<'_>, current: TaskId) {
    let process = machine.kernel.process(current);
    let count = process.group_stop_count.get();
    if count == 0 {
        return;
    }
    process.group_stop_count.set(count - 1);
    if count == 1 {
        machine.client.milestone(Milestone::LastToStop);
        process.flags.write_once(SignalFlags::STOP_STOPPED);
    }
}

/// For `wakeup`: does a group stop keep the task, be it complete or still being collected (2edad7d1d57)? Siglock held.
pub fn group_stop_in_force(machine: &Machine<'_>, target: TaskId) -> bool {
    let process = machine.kernel.process(target);
    if process.flags.read_once().has(SignalFlags::STOP_STOPPED) {
        return true;
    }
    let collecting = process.group_stop_count.get() > 0;
    if collecting {
        machine.client.milestone(Milestone::WakeupDuringGroupStop);
    }
    collecting
}

/// `reset`: drops detached engines, computes `utrace_flags` anew and wakes a stopped task that nobody holds. Lock
/// held on entry, dropped on return. True when no engine is left.
pub fn reset(machine: &Machine<'_>, task: TaskId, outside: bool) -> bool {
    let _site = probe::site("utrace_reset");
    let utrace = machine.utrace(task);
    let subject = machine.kernel.task(task);
    splice_attaching(machine, task);
    let attached = utrace.attached.get();
    let mut kept = EngineList::default();
    let mut flags = Events::NONE;
    for id in attached.iter() {
        let engine = machine.engine(id);
        if engine.ops.read_once() == Ops::Detached {
            engine.ops.write_once(Ops::Gone);
        } else {
            flags = flags.or(engine.flags.read_once()).or(Events::REAP);
            kept = kept.push(id);
        }
    }
    if kept != attached {
        utrace.attached.set(kept);
    }
    let dying = subject.exit_state.read_once().is_set();
    if dying {
        // Nothing but REAP from here, which tells release whether a death report can still come.
        if utrace.bits.read(Bit::Death) {
            probe::bug("reset of a task that is in its death report");
        }
        flags = Events(flags.0 & Events::REAP.0);
    } else if !flags.intersects(Events::SYSCALL) && subject.syscall_trace.test() {
        subject.syscall_trace.clear();
    }
    subject.utrace_flags.write_once(flags.0);
    let looks = Looks { outside, dying, stop_wanted: flags.intersects(Events::ENGINE_STOP) };
    if machine.design.reset_wakes(machine, task, looks) {
        machine.design.wakeup(machine, task);
    }
    machine.client.moment(machine, task, Moment::Released);
    utrace.lock.unlock();
    flags.is_empty()
}

/// `utrace_reap`: the last callbacks, then nothing is left. Lock held on entry, dropped on return.
///
/// Since d4bcb571247 an engine's flags are cleared before they are asked for REAP, so nobody is called back. 2e1289280d2
/// mended that; it is a variant of its own.
pub fn reap(machine: &Machine<'_>, task: TaskId) {
    let _site = probe::site("utrace_reap");
    let utrace = machine.utrace(task);
    splice_attaching(machine, task);
    // Bounded by the engines attached: each round takes one off, and `reap` admits no new one.
    while let Some(id) = utrace.attached.get().nth(0) {
        let engine = machine.engine(id);
        let rest = utrace.attached.get().iter().skip(1).fold(EngineList::default(), EngineList::push);
        let ops = engine.ops.read_once();
        let wanted = machine.policy.reports_reap && engine.flags.read_once().intersects(Events::REAP);
        engine.ops.write_once(Ops::Gone);
        engine.flags.write_once(Events::NONE);
        utrace.attached.set(rest);
        if wanted || engine.flags.read_once().intersects(Events::REAP) {
            // No barrier needed: whoever waits for `reporting` holds the lock when it looks.
            utrace.reporting.write_once(id.0 + 1);
            utrace.lock.unlock();
            if ops == Ops::Live {
                machine.client.callback(
                    machine,
                    Callback {
                        kind: CallbackKind::Reap,
                        task,
                        engine: id,
                        wanted: Events::REAP,
                        offered: Verdict::new(ResumeAction::Resume, 0),
                        argument: 0,
                    },
                );
            }
            utrace.reporting.write_once(0);
            utrace.lock.lock();
            splice_attaching(machine, task);
        }
    }
    utrace.lock.unlock();
}
