//! What a tracer calls: `set_events`, `control`, `barrier`.
//!
//! Promise: the checks, their order and their error numbers, with the two barriers that pair with those of a
//! starting callback. `caller` is the task that calls, if the caller is one: calls from callbacks and calls by
//! other modelled tasks name it, a tracer that is no task says none.

use lockstep::probe;
use lockstep::sync::{await_until, smp_mb};

use super::attach::get_utrace_lock;
use super::engine::{EngineId, Errno, Events, Ops, ResumeAction};
use super::reset::{clear_engine_wants_stop, mark_engine_detached, mark_engine_wants_stop, or_task_flags, reset};
use super::{Bit, Machine, Moment, Standing};
use crate::kernel::signal::signal_wake_up;
use crate::kernel::task::TaskId;

/// `utrace_set_events`.
pub fn set_events(
    machine: &Machine<'_>,
    caller: Option<TaskId>,
    target: TaskId,
    engine: EngineId,
    events: Events,
) -> Errno {
    let _site = probe::site("utrace_set_events");
    if let Err(error) = get_utrace_lock(machine, target, engine, true) {
        return error;
    }
    let utrace = machine.utrace(target);
    let error = set_events_locked(machine, caller, target, engine, events);
    machine.client.moment(machine, target, Moment::Released);
    utrace.lock.unlock();
    error
}

fn set_events_locked(
    machine: &Machine<'_>,
    caller: Option<TaskId>,
    target: TaskId,
    engine: EngineId,
    events: Events,
) -> Errno {
    let utrace = machine.utrace(target);
    let task = machine.kernel.task(target);
    let subject = machine.engine(engine);
    let old_task_flags = machine.task_flags(target);
    let old_flags = subject.flags.read_once();
    let set = events.without(old_flags);
    let cleared = old_flags.without(events);
    if task.exit_state.read_once().is_set()
        && (set.intersects(Events::DEATH_EVENTS)
            || (cleared.intersects(Events::DEATH_EVENTS) && utrace.bits.read(Bit::Death))
            || (cleared.intersects(Events::REAP) && utrace.bits.read(Bit::Reap)))
    {
        return Errno::EALREADY;
    }
    if events.without(old_task_flags).intersects(Events::DEATH_EVENTS) {
        // These must not appear behind exit_notify's look at them: release decides by them whether a death report
        // is still to come. Holding the lock for reading excludes the change of `exit_state`.
        let tasklist_lock = &machine.kernel.tasklist_lock;
        tasklist_lock.read_lock();
        if task.exit_state.read_once().is_set() {
            tasklist_lock.read_unlock();
            return Errno::EALREADY;
        }
        or_task_flags(machine, target, events);
        tasklist_lock.read_unlock();
    }
    let stop = Events(subject.flags.read_once().0 & Events::ENGINE_STOP.0);
    subject.flags.write_once(events.or(stop));
    or_task_flags(machine, target, events);
    if events.intersects(Events::SYSCALL) && !old_task_flags.intersects(Events::SYSCALL) {
        task.syscall_trace.set();
    }
    if caller != Some(target) && !machine.design.is_stopped(machine, target) {
        return callback_in_progress(machine, target, engine);
    }
    Errno::Ok
}

/// The change to the engine must have hit before `reporting` is read; pairs with the barrier of a starting callback.
fn callback_in_progress(machine: &Machine<'_>, target: TaskId, engine: EngineId) -> Errno {
    smp_mb();
    if machine.utrace(target).reporting.read_once() == engine.0 + 1 { Errno::EINPROGRESS } else { Errno::Ok }
}

/// `utrace_control_dead`: a dying task can only be detached from, and not any more once it is being reaped.
fn control_dead(machine: &Machine<'_>, target: TaskId, action: ResumeAction) -> Errno {
    let bits = &machine.utrace(target).bits;
    if action != ResumeAction::Detach || bits.read(Bit::Reap) {
        return Errno::ESRCH;
    }
    if bits.read(Bit::Death) {
        // The death report has begun and cannot be prevented any more.
        return Errno::EALREADY;
    }
    Errno::Ok
}

/// `utrace_control`.
pub fn control(machine: &Machine<'_>, target: TaskId, engine: EngineId, action: ResumeAction) -> Errno {
    let _site = probe::site("utrace_control");
    if let Err(error) = get_utrace_lock(machine, target, engine, true) {
        return error;
    }
    let utrace = machine.utrace(target);
    let Standing { stopped, dying } = machine.design.standing(machine, target);
    if dying {
        let error = control_dead(machine, target, action);
        if error != Errno::Ok {
            utrace.lock.unlock();
            return error;
        }
    }
    if !machine.policy.stop_bookkeeping || !matches!(action, ResumeAction::Stop | ResumeAction::Detach) {
        clear_engine_wants_stop(machine, engine);
    }
    let (error, resume) = control_locked(machine, target, engine, action, stopped);
    machine.client.controlled(engine, action, error == Errno::Ok);
    if resume {
        reset(machine, target, true);
    } else {
        machine.client.moment(machine, target, Moment::Released);
        utrace.lock.unlock();
    }
    error
}

/// Carries the action out; says what to return and whether the task is stopped and to be looked at by `reset`.
fn control_locked(
    machine: &Machine<'_>,
    target: TaskId,
    engine: EngineId,
    action: ResumeAction,
    stopped: bool,
) -> (Errno, bool) {
    let utrace = machine.utrace(target);
    let task = machine.kernel.task(target);
    match action {
        ResumeAction::Stop => {
            mark_engine_wants_stop(machine, target, engine);
            let stops = stopped || machine.design.do_stop(machine, target);
            (if stops { Errno::Ok } else { Errno::EINPROGRESS }, false)
        }
        ResumeAction::Detach => {
            mark_engine_detached(machine, engine);
            if stopped || machine.design.do_stop(machine, target) {
                return (Errno::Ok, true);
            }
            (callback_in_progress(machine, target, engine), false)
        }
        ResumeAction::Resume => (Errno::Ok, stopped),
        ResumeAction::Report => {
            // If an interrupt is due, get_signal will report soon anyway.
            if !utrace.bits.any(&[Bit::Report, Bit::Interrupt]) {
                utrace.bits.set(Bit::Report);
                task.set_notify_resume();
            }
            (Errno::Ok, stopped)
        }
        ResumeAction::Interrupt => {
            if !utrace.bits.read(Bit::Interrupt) {
                utrace.bits.set(Bit::Interrupt);
                interrupt(machine, target, stopped);
            }
            (Errno::Ok, stopped)
        }
        ResumeAction::Singlestep | ResumeAction::Blockstep => {
            (if stopped { Errno::Ok } else { Errno::EAGAIN }, stopped)
        }
    }
}

/// Siglock makes sure that a `recalc_sigpending` of the task either comes before, and its clearing of the flag is
/// overwritten, or sees `interrupt`.
fn interrupt(machine: &Machine<'_>, target: TaskId, stopped: bool) {
    if stopped {
        machine.kernel.task(target).sigpending.set();
        return;
    }
    let process = machine.kernel.process(target);
    process.siglock.lock();
    if process.members.read_once() & target.bit() != 0 {
        signal_wake_up(&machine.kernel, target, false);
    }
    process.siglock.unlock();
}

/// `utrace_barrier`: waits until no callback to the engine is in progress. The kernel looks once a tick; here each
/// look is followed by a wait for one of the words it depends on.
pub fn barrier(machine: &Machine<'_>, caller: Option<TaskId>, target: TaskId, engine: EngineId) -> Errno {
    let _site = probe::site("utrace_barrier");
    if caller == Some(target) {
        return Errno::Ok;
    }
    let utrace = machine.utrace(target);
    let subject = machine.engine(engine);
    let signalled = || caller.is_some_and(|task| machine.kernel.task(task).sigpending.test());
    loop {
        match get_utrace_lock(machine, target, engine, false) {
            Ok(()) => {
                let quiet = utrace.reporting.read_once() != engine.0 + 1;
                utrace.lock.unlock();
                if quiet {
                    return Errno::Ok;
                }
                await_until(|| {
                    utrace.reporting.read_once() != engine.0 + 1 || subject.ops.read_once() != Ops::Live || signalled()
                });
            }
            // Marked detached and still listed: the effect is not in place yet.
            Err(Errno::ERESTARTSYS) => await_until(|| subject.ops.read_once() != Ops::Detached || signalled()),
            Err(error) => return error,
        }
        if signalled() {
            return Errno::ERESTARTSYS;
        }
    }
}
