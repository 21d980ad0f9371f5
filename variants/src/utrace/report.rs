//! Report passes: the loop over the engines, made by the traced task without the lock.
//!
//! Promise: `reporting` is set and a full barrier passed before an engine's flags are read, the flags before its ops,
//! with a read barrier between. Deviations: none known; in particular the following stays as it was.
//!
//! Doubt, kept on purpose: when the flags read are old (without QUIESCE) and the ops read are new (detached), the
//! event's callback is called through the detached engine's table, which has none. The code of 2010 tests for that,
//! the code of summer 2009 does not; here it is a BUG, for a null call is one.

use lockstep::probe;
use lockstep::sync::{smp_mb, smp_rmb};

use super::engine::{CallbackKind, EngineId, Events, Ops, ResumeAction, Verdict};
use super::reset::{clear_engine_wants_stop, mark_engine_wants_stop, reset, splice_attaching};
use super::{Bit, Callback, Machine};
use crate::kernel::task::TaskId;

/// `struct utrace_report`: what a pass has come to so far.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    pub action: ResumeAction,
    pub result: u32,
    pub detaches: bool,
    pub reports: bool,
    pub takers: bool,
    pub killed: bool,
}

impl Report {
    pub fn new() -> Report {
        Report {
            action: ResumeAction::Resume,
            result: 0,
            detaches: false,
            reports: false,
            takers: false,
            killed: false,
        }
    }

    /// What a callback of this kind is told of the pass so far: the disposition only where there is one to choose, and
    /// at death nothing, for nothing can follow.
    pub fn offered(&self, kind: CallbackKind) -> Verdict {
        match kind {
            CallbackKind::Signal | CallbackKind::SyscallEntry => Verdict::new(self.action, self.result),
            CallbackKind::Death => Verdict::new(ResumeAction::Resume, 0),
            _ => Verdict::new(self.action, 0),
        }
    }
}

/// An event, as a pass reports it.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub event: Events,
    pub kind: CallbackKind,
    pub argument: u32,
}

/// `start_report`: the report is being made, so it is no longer due.
pub fn start_report(machine: &Machine<'_>, current: TaskId) {
    let utrace = machine.utrace(current);
    if machine.policy.keeps_stopped && utrace.bits.read(Bit::Stopped) {
        probe::bug("a report while `stopped` is set");
    }
    if utrace.bits.read(Bit::Report) {
        utrace.lock.lock();
        utrace.bits.clear(&[Bit::Report]);
        splice_attaching(machine, current);
        utrace.lock.unlock();
    }
}

/// `finish_report`: a STOP or REPORT is remembered for the way back to user mode, an INTERRUPT for get_signal.
pub fn finish_report(machine: &Machine<'_>, current: TaskId, report: &mut Report) {
    let utrace = machine.utrace(current);
    let task = machine.kernel.task(current);
    let clean = report.takers && !report.detaches;
    if report.action <= ResumeAction::Report && !utrace.bits.read(Bit::Report) {
        utrace.lock.lock();
        utrace.bits.set(Bit::Report);
        task.notify_resume.set();
    } else if report.action == ResumeAction::Interrupt && !utrace.bits.read(Bit::Interrupt) {
        utrace.lock.lock();
        utrace.bits.set(Bit::Interrupt);
        task.sigpending.set();
    } else if clean {
        return;
    } else {
        utrace.lock.lock();
    }
    if clean {
        utrace.lock.unlock();
    } else if reset(machine, current, false) {
        report.action = ResumeAction::Resume;
    }
}

/// `finish_callback`: applies a callback's answer. True if the engine is detached and gets no more callbacks.
pub fn finish_callback(
    machine: &Machine<'_>,
    current: TaskId,
    report: &mut Report,
    id: EngineId,
    verdict: Verdict,
) -> bool {
    let utrace = machine.utrace(current);
    let engine = machine.engine(id);
    let action = verdict.action();
    report.result = verdict.result();
    if action == ResumeAction::Detach || engine.ops.read_once() == Ops::Detached {
        // Without the lock, as in the code of 2009.
        engine.ops.write_once(Ops::Detached);
        report.detaches = true;
    } else {
        report.action = report.action.min(action);
        let stops = action == ResumeAction::Stop;
        if action == ResumeAction::Report {
            report.reports = true;
        }
        if engine.wants_stop() != stops {
            utrace.lock.lock();
            if machine.policy.stop_bookkeeping && stops && engine.ops.read_once() == Ops::Detached {
                // `control` detached it before we got the lock: it must not stop us now.
                report.detaches = true;
            } else if stops {
                mark_engine_wants_stop(machine, current, id);
            } else {
                clear_engine_wants_stop(machine, id);
            }
            utrace.lock.unlock();
        }
    }
    // Behind the effect of the answer; whoever waits for this holds the lock when it looks.
    utrace.reporting.write_once(0);
    engine.ops.read_once() == Ops::Detached
}

/// Opens a callback: from here `set_events` and `control` know that one may be in progress. Returns the flags and
/// the ops as far as they can be relied on.
pub fn open_callback(machine: &Machine<'_>, current: TaskId, id: EngineId) -> (Events, Ops) {
    machine.utrace(current).reporting.write_once(id.0 + 1);
    smp_mb();
    let engine = machine.engine(id);
    let want = engine.flags.read_once();
    smp_rmb();
    (want, engine.ops.read_once())
}

/// `start_callback`: the QUIESCE callback if wanted, then says through which ops the event's own callback is to be
/// made, if the engine wants it.
fn start_callback(
    machine: &Machine<'_>,
    current: TaskId,
    report: &mut Report,
    id: EngineId,
    event: Events,
) -> Option<Ops> {
    let utrace = machine.utrace(current);
    let (mut want, ops) = open_callback(machine, current, id);
    if want.intersects(Events::QUIESCE) {
        let verdict = report_quiesce(machine, current, report, id, ops, event);
        if finish_callback(machine, current, report, id, verdict) {
            return None;
        }
        // `reporting` was reset, and the callback or a tracer may have changed the flags.
        utrace.reporting.write_once(id.0 + 1);
        smp_mb();
        want = machine.engine(id).flags.read_once();
    }
    if want.intersects(Events::ENGINE_STOP) {
        report.action = ResumeAction::Stop;
    }
    if want.intersects(event) {
        report.takers = true;
        return Some(ops);
    }
    utrace.reporting.write_once(0);
    None
}

/// The QUIESCE callback through these ops; a detached engine's detaches.
pub fn report_quiesce(
    machine: &Machine<'_>,
    current: TaskId,
    report: &Report,
    id: EngineId,
    ops: Ops,
    event: Events,
) -> Verdict {
    match ops {
        Ops::Live => machine.client.callback(
            machine,
            Callback {
                kind: CallbackKind::Quiesce,
                task: current,
                engine: id,
                wanted: Events::QUIESCE,
                offered: report.offered(CallbackKind::Quiesce),
                argument: event.0,
            },
        ),
        Ops::Detached => Verdict::new(ResumeAction::Detach, 0),
        Ops::Gone => probe::bug("a callback through the null ops of an engine that is gone"),
    }
}

/// `REPORT_CALLBACKS`: one pass. The list is read anew at each step, for the task has no lock on it.
pub fn report_callbacks(machine: &Machine<'_>, current: TaskId, report: &mut Report, event: Event) {
    let count = machine.utrace(current).attached.get().len();
    for index in 0..count {
        report_callback(machine, current, report, event, index);
    }
}

/// The same from the last engine to the first, for the entry of a system call.
pub fn report_callbacks_reverse(machine: &Machine<'_>, current: TaskId, report: &mut Report, event: Event) {
    let count = machine.utrace(current).attached.get().len();
    for index in (0..count).rev() {
        report_callback(machine, current, report, event, index);
    }
}

fn report_callback(machine: &Machine<'_>, current: TaskId, report: &mut Report, event: Event, index: usize) {
    let Some(id) = machine.utrace(current).attached.get().nth(index) else { return };
    match start_callback(machine, current, report, id, event.event) {
        None => {}
        Some(Ops::Live) => {
            let verdict = machine.client.callback(
                machine,
                Callback {
                    kind: event.kind,
                    task: current,
                    engine: id,
                    wanted: event.event,
                    offered: report.offered(event.kind),
                    argument: event.argument,
                },
            );
            finish_callback(machine, current, report, id, verdict);
        }
        Some(Ops::Detached) => probe::bug("a null callback: old flags, and the ops of a detached engine"),
        Some(Ops::Gone) => probe::bug("a callback through the null ops of an engine that is gone"),
    }
}

/// `REPORT`: a whole report.
pub fn report(machine: &Machine<'_>, current: TaskId, event: Event) -> Report {
    let mut pass = Report::new();
    start_report(machine, current);
    report_callbacks(machine, current, &mut pass, event);
    finish_report(machine, current, &mut pass);
    pass
}

/// `utrace_resume`'s pass: QUIESCE callbacks and nothing behind them.
pub fn report_resume(machine: &Machine<'_>, current: TaskId) -> Report {
    let mut pass = Report::new();
    start_report(machine, current);
    let count = machine.utrace(current).attached.get().len();
    for index in 0..count {
        if let Some(id) = machine.utrace(current).attached.get().nth(index) {
            start_callback(machine, current, &mut pass, id, Events::NONE);
        }
    }
    pass
}

/// `finish_resume_report`: the last pass before user mode ends in a stop, or not.
pub fn finish_resume_report(machine: &Machine<'_>, current: TaskId, report: &mut Report) {
    if report.detaches || !report.takers {
        machine.utrace(current).lock.lock();
        if reset(machine, current, false) {
            report.action = ResumeAction::Resume;
        }
    }
    match report.action {
        ResumeAction::Stop => report.killed = machine.design.stop(machine, current, report.reports),
        ResumeAction::Interrupt => {
            let sigpending = &machine.kernel.task(current).sigpending;
            if !sigpending.test() {
                sigpending.set();
            }
        }
        // Stepping is a matter of registers, which nobody here can see.
        _ => {}
    }
}
