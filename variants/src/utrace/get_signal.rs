//! The get_signal hook: where a stopped task's life goes on, and where engines see signals.
//!
//! Promise: as in the tree at 3e0a686d625, this does not take the utrace lock unless it must; what it reads before is what
//! C10 is about. It neither tests nor clears `stopped`: patch 4/6 took both away. SIGKILL is never offered to anybody.

use lockstep::probe;

use super::engine::{CallbackKind, Events, Ops, ResumeAction, Verdict};
use super::report::{Report, finish_callback, finish_report, finish_resume_report, open_callback};
use super::reset::splice_attaching;
use super::{Bit, Callback, Machine};
use crate::kernel::deliver::disposition_of;
use crate::kernel::process::SignalFlags;
use crate::kernel::signal::{add_private, dequeue_signal, recalc_sigpending};
use crate::kernel::sigset::{SIGKILL, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP, SigSet, Signal};
use crate::kernel::task::TaskId;
use crate::kernel::tracehook::{Disposition, HookSignal};

/// What will be reported: nothing but QUIESCE, or a signal.
enum Next {
    Decided(HookSignal),
    Pass { event: Events, signal: Signal },
}

/// `utrace_get_signal`: siglock held on entry and on return, but dropped when the answer is "again".
pub fn get_signal(machine: &Machine<'_>, current: TaskId) -> HookSignal {
    let _site = probe::site("utrace_get_signal");
    let mut pass = Report::new();
    let bits = &machine.utrace(current).bits;
    let next = if bits.any(&[Bit::Interrupt, Bit::Report, Bit::SignalHandler]) {
        begin_without_signal(machine, current, &mut pass)
    } else {
        begin_with_signal(machine, current, &mut pass)
    };
    let (event, signal) = match next {
        Next::Decided(answer) => return answer,
        Next::Pass { event, signal } => (event, signal),
    };
    report_signal(machine, current, &mut pass, event, signal);
    conclude(machine, current, pass, signal)
}

/// A report was asked for: it comes before any signal. Siglock is dropped.
fn begin_without_signal(machine: &Machine<'_>, current: TaskId, pass: &mut Report) -> Next {
    let utrace = machine.utrace(current);
    let siglock = machine.kernel.process(current).siglock;
    siglock.unlock();
    utrace.lock.lock();
    splice_attaching(machine, current);
    pass.result = if !utrace.bits.any(&[Bit::Interrupt, Bit::Report]) {
        Verdict::SIGNAL_IGN
    } else if utrace.bits.read(Bit::SignalHandler) {
        Verdict::SIGNAL_HANDLER
    } else {
        Verdict::SIGNAL_REPORT
    };
    utrace.bits.clear(&[Bit::Interrupt, Bit::Report, Bit::SignalHandler]);
    // `interrupt` kept TIF_SIGPENDING up; only real signals may from here.
    if machine.kernel.task(current).sigpending.test() {
        siglock.lock();
        recalc_sigpending(machine, current);
        siglock.unlock();
    }
    utrace.lock.unlock();
    if pass.result == Verdict::SIGNAL_IGN {
        // It was only about the handler's bit.
        return Next::Decided(HookSignal::Again);
    }
    Next::Pass { event: Events::NONE, signal: 0 }
}

/// Takes the next signal, to show it to the engines. Siglock is dropped if there is a pass to be made.
fn begin_with_signal(machine: &Machine<'_>, current: TaskId, pass: &mut Report) -> Next {
    let process = machine.kernel.process(current);
    if !machine.task_flags(current).intersects(Events::SIGNAL_ALL) {
        return Next::Decided(HookSignal::Dequeue);
    }
    let blocked = machine.kernel.task(current).blocked;
    let Some(signal) = dequeue_signal(machine, current, blocked) else {
        return Next::Decided(HookSignal::Nothing);
    };
    let disposition = disposition_of(process, signal);
    let chosen = HookSignal::Chosen { signal, acts_as: signal, disposition };
    if signal == SIGKILL {
        return Next::Decided(chosen);
    }
    let (event, result) = match disposition {
        Disposition::Ignore => (Events::SIGNAL_IGN, Verdict::SIGNAL_IGN),
        Disposition::Handler => (Events::SIGNAL, Verdict::SIGNAL_DELIVER),
        Disposition::Default if SigSet::CORE.has(signal) => (Events::SIGNAL_CORE, Verdict::SIGNAL_CORE),
        Disposition::Default if SigSet::IGNORED_BY_DEFAULT.has(signal) => (Events::SIGNAL_IGN, Verdict::SIGNAL_IGN),
        Disposition::Default if signal == SIGSTOP => (Events::SIGNAL_STOP, Verdict::SIGNAL_STOP),
        Disposition::Default if SigSet::STOPS.has(signal) => (Events::SIGNAL_STOP, Verdict::SIGNAL_TSTP),
        Disposition::Default => (Events::SIGNAL_TERM, Verdict::SIGNAL_TERM),
    };
    pass.result = result;
    if !machine.task_flags(current).intersects(event.or(Events::QUIESCE)) {
        return Next::Decided(chosen);
    }
    process.siglock.unlock();
    Next::Pass { event, signal }
}

/// The pass. An answer of INTERRUPT or REPORT would report for ever, so it counts as RESUME; the flags are not
/// read again behind the callback, so a STOP set meanwhile by a tracer is not seen here.
fn report_signal(machine: &Machine<'_>, current: TaskId, pass: &mut Report, event: Events, signal: Signal) {
    let utrace = machine.utrace(current);
    let count = utrace.attached.get().len();
    for index in 0..count {
        let Some(id) = utrace.attached.get().nth(index) else { break };
        let (want, ops) = open_callback(machine, current, id);
        if !want.intersects(event.or(Events::QUIESCE)) {
            utrace.reporting.write_once(0);
            continue;
        }
        let verdict = match ops {
            Ops::Live => machine.client.callback(
                machine,
                Callback {
                    kind: CallbackKind::Signal,
                    task: current,
                    engine: id,
                    wanted: event.or(Events::QUIESCE),
                    offered: pass.offered(CallbackKind::Signal),
                    argument: u32::from(signal),
                },
            ),
            // A detached engine has no report_signal but a report_quiesce, which detaches.
            Ops::Detached => Verdict::new(ResumeAction::Detach, pass.result),
            Ops::Gone => probe::bug("a callback through the null ops of an engine that is gone"),
        };
        let verdict = match verdict.action() {
            ResumeAction::Interrupt | ResumeAction::Report => Verdict::new(ResumeAction::Resume, verdict.result()),
            _ => verdict,
        };
        finish_callback(machine, current, pass, id, verdict);
    }
}

/// Turns the pass's result into what the signals code is to do.
fn conclude(machine: &Machine<'_>, current: TaskId, mut pass: Report, signal: Signal) -> HookSignal {
    let process = machine.kernel.process(current);
    let standing = if signal == 0 { Disposition::Default } else { disposition_of(process, signal) };
    let acts_as = match pass.result & Verdict::SIGNAL_MASK {
        Verdict::SIGNAL_TERM => SIGTERM,
        Verdict::SIGNAL_CORE => SIGQUIT,
        Verdict::SIGNAL_STOP => SIGSTOP,
        Verdict::SIGNAL_TSTP => SIGTSTP,
        Verdict::SIGNAL_DELIVER if signal != 0 && standing == Disposition::Handler => {
            return deliver(machine, current, pass, signal);
        }
        Verdict::SIGNAL_DELIVER
            if signal != 0 && standing == Disposition::Default && !SigSet::IGNORED_BY_DEFAULT.has(signal) =>
        {
            signal
        }
        _ => return ignore(machine, current, pass, signal),
    };
    finish_report(machine, current, &mut pass);
    retake(machine, current, &pass, signal);
    if SigSet::STOPS.has(acts_as) {
        process.flags.write_once(process.flags.read_once().with(SignalFlags::STOP_DEQUEUED));
    }
    HookSignal::Chosen { signal, acts_as, disposition: Disposition::Default }
}

/// A handler will run. Whoever wanted to stop or step gets another report behind its set-up.
fn deliver(machine: &Machine<'_>, current: TaskId, mut pass: Report, signal: Signal) -> HookSignal {
    if pass.action != ResumeAction::Resume {
        pass.action = ResumeAction::Interrupt;
    }
    finish_report(machine, current, &mut pass);
    retake(machine, current, &pass, signal);
    HookSignal::Chosen { signal, acts_as: signal, disposition: Disposition::Handler }
}

/// Nothing to deliver: we are on the way to user mode and can stop here.
fn ignore(machine: &Machine<'_>, current: TaskId, mut pass: Report, signal: Signal) -> HookSignal {
    finish_resume_report(machine, current, &mut pass);
    if machine.design.was_killed(machine, current, pass.killed) {
        // SIGKILL ended the stop. Nothing else may be dequeued, or the death would differ from what the engine
        // that held the task was looking at.
        machine.kernel.process(current).siglock.lock();
        let only_sigkill = SigSet(!SigSet::of(SIGKILL).0);
        if dequeue_signal(machine, current, only_sigkill) != Some(SIGKILL) {
            probe::bug("killed, but no SIGKILL to dequeue");
        }
        return HookSignal::Chosen { signal: SIGKILL, acts_as: SIGKILL, disposition: Disposition::Default };
    }
    if pass.result & Verdict::SIGNAL_HOLD != 0 {
        retake(machine, current, &pass, signal);
        machine.kernel.process(current).siglock.unlock();
    }
    HookSignal::Again
}

/// Takes siglock again; a signal to be held goes back on the queue first thing (`push_back_signal`).
fn retake(machine: &Machine<'_>, current: TaskId, pass: &Report, signal: Signal) {
    machine.kernel.process(current).siglock.lock();
    if pass.result & Verdict::SIGNAL_HOLD != 0 && signal != 0 {
        add_private(&machine.kernel, current, signal);
        machine.kernel.task(current).sigpending.set();
    }
}
