//! Attaching engines, and the way into every other call: `attach`, `get_utrace_lock`.

use lockstep::probe;

use super::engine::{EngineId, Errno, Events, Ops};
use super::reset::or_task_flags;
use super::{Bit, Machine};
use crate::kernel::task::{ExitState, TaskId};

/// `matching_engine`: the first live engine of this class. The lock is held.
fn matching_engine(machine: &Machine<'_>, target: TaskId, class: Option<u8>) -> Option<EngineId> {
    let utrace = machine.utrace(target);
    let engines = utrace.attached.get().join(utrace.attaching.get());
    engines.iter().find(|&id| {
        let engine = machine.engine(id);
        engine.class == class && engine.ops.read_once() == Ops::Live
    })
}

/// `attach` without create: looks for an engine of the class that `wanted` has.
pub fn find(machine: &Machine<'_>, target: TaskId, wanted: EngineId) -> Result<EngineId, Errno> {
    let _site = probe::site("utrace_attach_task");
    if machine.kernel.task(target).exit_state.read_once() == ExitState::Dead {
        return Err(Errno::ENOENT);
    }
    let utrace = machine.utrace(target);
    utrace.lock.lock();
    let found = matching_engine(machine, target, machine.engine(wanted).class);
    utrace.lock.unlock();
    found.ok_or(Errno::ENOENT)
}

/// `attach` with create. An engine can be created once in a world; a second time is EINVAL, which the kernel
/// cannot say because it allocates.
pub fn attach(machine: &Machine<'_>, target: TaskId, engine: EngineId, exclusive: bool) -> Result<EngineId, Errno> {
    let _site = probe::site("utrace_attach_task");
    let task = machine.kernel.task(target);
    // Early and not synchronized; the test of `reap` below decides.
    if task.exit_state.read_once() == ExitState::Dead {
        return Err(Errno::ESRCH);
    }
    let subject = machine.engine(engine);
    if subject.class.is_none() {
        return Err(Errno::EINVAL);
    }
    if task.kernel_thread {
        return Err(Errno::EPERM);
    }
    let utrace = machine.utrace(target);
    utrace.lock.lock();
    let result = if subject.created.get() {
        Err(Errno::EINVAL)
    } else if utrace.bits.read(Bit::Reap) {
        Err(Errno::ESRCH)
    } else if exclusive && matching_engine(machine, target, subject.class).is_some() {
        Err(Errno::EEXIST)
    } else {
        subject.created.set(true);
        subject.flags.write_once(Events::NONE);
        subject.ops.write_once(Ops::Live);
        // `utrace_flags` must not be zero when the resume hook looks, or it would clear TIF_NOTIFY_RESUME
        // without a report, against the invariant.
        or_task_flags(machine, target, Events::REAP);
        // Always the second list: an engine created by a callback is not told of the event that created it.
        utrace.attaching.set(utrace.attaching.get().push(engine));
        // Invariant: `report` set implies TIF_NOTIFY_RESUME set.
        utrace.bits.set(Bit::Report);
        task.set_notify_resume();
        Ok(engine)
    };
    utrace.lock.unlock();
    result
}

/// `get_utrace_lock`: the lock is held when this returns Ok. `attached`: a detached engine is an error for all but
/// `barrier`, which it tells to wait.
pub fn get_utrace_lock(machine: &Machine<'_>, target: TaskId, engine: EngineId, attached: bool) -> Result<(), Errno> {
    let detached = if attached { Errno::ESRCH } else { Errno::ERESTARTSYS };
    let ops = &machine.engine(engine).ops;
    match ops.read_once() {
        Ops::Gone => return Err(Errno::ESRCH),
        Ops::Detached => return Err(detached),
        Ops::Live => {}
    }
    if !machine.policy.ignores_reaping && machine.kernel.task(target).exit_state.read_once() == ExitState::Dead {
        return Err(Errno::ESRCH);
    }
    let lock = machine.utrace(target).lock;
    lock.lock();
    let error = match ops.read_once() {
        Ops::Live => return Ok(()),
        Ops::Gone => Errno::ESRCH,
        Ops::Detached => detached,
    };
    lock.unlock();
    Err(error)
}

/// As if the task had been through a report already: for the start of a scenario, so that the first thing seen is
/// what the scenario asks about. The effect is what `start_report` and the resume hook leave behind.
pub fn settle(machine: &Machine<'_>, target: TaskId) {
    let utrace = machine.utrace(target);
    utrace.lock.lock();
    super::reset::splice_attaching(machine, target);
    utrace.bits.clear(&[Bit::Report]);
    machine.kernel.task(target).notify_resume.clear();
    utrace.lock.unlock();
}
