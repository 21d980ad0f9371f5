//! The hooks: what the kernel calls when a traced task comes by.
//!
//! Promise: each tests `utrace_flags` first, without a lock, as the inline functions in `tracehook.h` do.

use lockstep::probe;
use lockstep::sync::smp_rmb;

use super::engine::{CallbackKind, Events, ResumeAction, Verdict};
use super::report::{
    Event, Report, finish_report, finish_resume_report, report, report_callbacks, report_callbacks_reverse,
    report_resume, start_report,
};
use super::reset::{reap, reset};
use super::{Bit, Machine, Moment, get_signal};
use crate::kernel::sigset::Signal;
use crate::kernel::substrate::Kernel;
use crate::kernel::task::TaskId;
use crate::kernel::tracehook::{ChildEvent, HookSignal, Tracehook};

impl Tracehook for Machine<'_> {
    fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    fn force_sigpending(&self, current: TaskId) -> bool {
        !self.task_flags(current).is_empty() && self.utrace(current).bits.read(Bit::Interrupt)
    }

    fn consider_ignored_signal(&self, target: TaskId, _signal: Signal) -> bool {
        self.task_flags(target).intersects(Events::SIGNAL_IGN)
    }

    fn consider_fatal_signal(&self, target: TaskId, _signal: Signal) -> bool {
        self.task_flags(target).intersects(Events::SIGNAL_TERM.or(Events::SIGNAL_CORE))
    }

    fn notify_jctl(&self, current: TaskId, notify: Option<ChildEvent>, what: ChildEvent) {
        if self.task_flags(current).intersects(Events::JCTL) {
            report_jctl(self, current, notify, what);
        }
    }

    fn finish_jctl(&self, current: TaskId) {
        if !self.task_flags(current).is_empty() {
            let _site = probe::site("utrace_finish_jctl");
            self.design.finish_jctl(self, current);
        }
    }

    fn get_signal(&self, current: TaskId) -> HookSignal {
        self.client.moment(self, current, Moment::GetSignal);
        if self.task_flags(current).is_empty() {
            return HookSignal::Dequeue;
        }
        get_signal::get_signal(self, current)
    }

    fn signal_handler(&self, current: TaskId) {
        if !self.task_flags(current).is_empty() {
            let utrace = self.utrace(current);
            utrace.lock.lock();
            utrace.bits.set(Bit::SignalHandler);
            self.kernel.task(current).notify_resume.set();
            utrace.lock.unlock();
        }
    }

    fn notify_resume(&self, current: TaskId) {
        // Pairs with the barrier in set_notify_resume: the flags set before it are seen.
        smp_rmb();
        if !self.task_flags(current).is_empty() {
            resume(self, current);
        }
    }

    fn report_syscall_entry(&self, current: TaskId) -> bool {
        self.task_flags(current).intersects(Events::SYSCALL_ENTRY) && report_syscall_entry(self, current)
    }

    fn report_syscall_exit(&self, current: TaskId) {
        simple_report(self, current, Events::SYSCALL_EXIT, CallbackKind::SyscallExit, 0);
    }

    fn report_clone(&self, current: TaskId, vfork: bool) {
        report_clone(self, current, vfork);
    }

    fn report_exec(&self, current: TaskId) {
        simple_report(self, current, Events::EXEC, CallbackKind::Exec, 0);
    }

    fn report_exit(&self, current: TaskId, code: u32) {
        let pass = simple_report(self, current, Events::EXIT, CallbackKind::Exit, code);
        if pass.action == ResumeAction::Stop {
            self.design.stop(self, current, false);
        }
    }

    fn report_death(&self, current: TaskId, group_dead: bool) {
        if self.task_flags(current).intersects(Events::DEATH_EVENTS) {
            report_death(self, current, group_dead);
        }
    }

    fn release_task(&self, target: TaskId) {
        release_task(self, target);
    }

    fn notified_parent(&self, child: TaskId, event: ChildEvent, status: u32) {
        self.client.notified_parent(child, event, status);
    }

    fn sending(&self, target: TaskId, begins: bool) {
        self.client.moment(self, target, Moment::Sending(begins));
    }

    fn delivered(&self, current: TaskId, signal: Signal) {
        self.client.delivered(current, signal);
    }

    fn entering_user_mode(&self, current: TaskId) {
        self.client.entering_user_mode(self, current);
    }
}

/// A report of one event, if anybody wants it.
fn simple_report(machine: &Machine<'_>, current: TaskId, event: Events, kind: CallbackKind, argument: u32) -> Report {
    if !machine.task_flags(current).intersects(event) {
        return Report::new();
    }
    let _site = probe::site("utrace_report");
    report(machine, current, Event { event, kind, argument })
}

/// `utrace_report_syscall_entry`: engines from the last to the first; stops on the spot; true aborts the call.
fn report_syscall_entry(machine: &Machine<'_>, current: TaskId) -> bool {
    let _site = probe::site("utrace_report_syscall_entry");
    let mut pass = Report::new();
    let event = Event { event: Events::SYSCALL_ENTRY, kind: CallbackKind::SyscallEntry, argument: 0 };
    start_report(machine, current);
    report_callbacks_reverse(machine, current, &mut pass, event);
    finish_report(machine, current, &mut pass);
    if pass.action == ResumeAction::Stop {
        let result = machine.design.stop(machine, current, false);
        // It goes on although an engine may hold it; then the call must not take place.
        if machine.design.was_killed(machine, current, result) {
            return true;
        }
    }
    pass.result == Verdict::SYSCALL_ABORT
}

/// `utrace_report_clone`, and `utrace_finish_vfork` behind it.
fn report_clone(machine: &Machine<'_>, current: TaskId, vfork: bool) {
    // 2009's code reports a vfork under CLONE; the VFORK bit is or-ed in so that an engine may ask for it alone.
    let event = if vfork { Events::CLONE.or(Events::VFORK) } else { Events::CLONE };
    let pass = simple_report(machine, current, event, CallbackKind::Clone, u32::from(vfork));
    if !vfork {
        return;
    }
    let utrace = machine.utrace(current);
    if pass.action == ResumeAction::Stop {
        utrace.lock.lock();
        utrace.bits.set(Bit::VforkStop);
        utrace.lock.unlock();
    }
    if machine.task_flags(current).intersects(event) {
        utrace.lock.lock();
        let stop = utrace.bits.read(Bit::VforkStop);
        if stop {
            utrace.bits.clear(&[Bit::VforkStop]);
        }
        utrace.lock.unlock();
        if stop {
            machine.design.stop(machine, current, false);
        }
    }
}

/// `utrace_report_jctl` with patches 1/6 and 4/6: called in RUNNING with siglock held and the task's share of
/// `group_stop_count` not yet given up; touches neither, nor `stopped`.
fn report_jctl(machine: &Machine<'_>, current: TaskId, notify: Option<ChildEvent>, what: ChildEvent) {
    let _site = probe::site("utrace_report_jctl");
    let siglock = machine.kernel.process(current).siglock;
    siglock.unlock();
    let told = if notify.is_some() { 0x100 } else { 0 };
    let argument = what as u32 | told;
    report(machine, current, Event { event: Events::JCTL, kind: CallbackKind::Jctl, argument });
    siglock.lock();
}

/// `utrace_resume`: before user mode, TIF_NOTIFY_RESUME having been set and cleared.
fn resume(machine: &Machine<'_>, current: TaskId) {
    let _site = probe::site("utrace_resume");
    let utrace = machine.utrace(current);
    if utrace.bits.read(Bit::SignalHandler) {
        utrace.lock.lock();
        utrace.bits.clear(&[Bit::SignalHandler]);
        let skip = !utrace.bits.read(Bit::Report);
        utrace.lock.unlock();
        if skip {
            return;
        }
    }
    if utrace.bits.read(Bit::Interrupt) {
        // get_signal reports and stops. The flag may not be up yet if `control` is still at work.
        machine.kernel.task(current).sigpending.set();
        return;
    }
    let mut pass = report_resume(machine, current);
    finish_resume_report(machine, current, &mut pass);
}

/// `utrace_report_death`: the task is dying and counts as quiescent, but for the bit that says otherwise.
fn report_death(machine: &Machine<'_>, current: TaskId, group_dead: bool) {
    let _site = probe::site("utrace_report_death");
    let utrace = machine.utrace(current);
    utrace.lock.lock();
    if utrace.bits.read(Bit::Death) {
        probe::bug("a second death report");
    }
    utrace.bits.set(Bit::Death);
    utrace.bits.clear(&[Bit::Report, Bit::Interrupt]);
    utrace.lock.unlock();
    let mut pass = Report::new();
    let argument = u32::from(group_dead);
    report_callbacks(machine, current, &mut pass, Event { event: Events::DEATH, kind: CallbackKind::Death, argument });
    utrace.lock.lock();
    utrace.bits.clear(&[Bit::Death]);
    if utrace.bits.read(Bit::Reap) {
        // Somebody came to reap meanwhile and left the work to us.
        reap(machine, current);
    } else {
        reset(machine, current, false);
    }
}

/// `utrace_release_task`: called by whoever reaps.
fn release_task(machine: &Machine<'_>, target: TaskId) {
    let _site = probe::site("utrace_release_task");
    let utrace = machine.utrace(target);
    utrace.lock.lock();
    utrace.bits.set(Bit::Reap);
    if machine.task_flags(target).intersects(Events::DEATH_EVENTS) {
        // The death report is still to finish; it clears these events and does our work.
        utrace.lock.unlock();
    } else {
        reap(machine, target);
    }
}
