//! Observations as text, for readers.

use crate::kernel::sigset::signal_name;
use crate::kernel::task::TaskId;
use crate::kernel::tracehook::ChildEvent;
use crate::observation::{CHILD_EVENTS, Call, EndState, Observation};
use crate::utrace::engine::{CallbackKind, EngineId, Errno, Events, ResumeAction, Verdict};
use crate::values::events_name;

/// Text of one observation word, for readers.
pub fn describe(word: u64) -> String {
    match Observation::from_word(word) {
        None => format!("unknown observation {word:#x}"),
        Some(Observation::Api { call, task, engine, argument, result }) => {
            describe_call(call, task, engine, argument, result)
        }
        Some(Observation::Callback { kind, task: _, engine, offered, argument, verdict }) => {
            describe_callback(kind, engine, offered, argument, verdict)
        }
        Some(Observation::Syscall { number, let_through, .. }) => {
            let what = if let_through { "let through" } else { "aborted" };
            format!("system call {number} {what}")
        }
        Some(Observation::Delivered { signal, .. }) => format!("handler of {} runs", signal_name(signal)),
        Some(Observation::Parent { task, event, status }) => match event {
            ChildEvent::Exited => format!("CLD_EXITED from task {}, status {}", task.0, status >> 8),
            ChildEvent::Killed => format!("CLD_KILLED from task {}, by {}", task.0, signal_name(status as u8)),
            ChildEvent::Dumped => format!("CLD_DUMPED from task {}, by {}", task.0, signal_name(status as u8 & 0x7f)),
            ChildEvent::Stopped => format!("CLD_STOPPED from task {}", task.0),
            ChildEvent::Continued => format!("CLD_CONTINUED from task {}", task.0),
        },
        Some(Observation::End { task, end, code, lost, awake }) => describe_end(task, end, code, lost, awake),
        Some(Observation::Rule { rule, engine, .. }) if rule.is_of_engine() => {
            format!("rule broken for engine {}: {}", engine.0, rule.text())
        }
        Some(Observation::Rule { rule, .. }) => format!("rule broken: {}", rule.text()),
        Some(Observation::Look { value, .. }) => format!("looks: sees {value}"),
        Some(Observation::Finding { finding, task, .. }) => {
            format!("claim's monitor: task {} {}", task.0, finding.text())
        }
    }
}

fn describe_call(call: Call, task: TaskId, engine: EngineId, argument: u16, result: Errno) -> String {
    let result = errno_name(result);
    let engine = engine.0;
    match call {
        Call::Attach => format!("attach(engine {engine} to task {}) = {result}", task.0),
        Call::AttachExclusive => format!("attach(engine {engine} to task {}, exclusive) = {result}", task.0),
        Call::Find if result == "0" => format!("attach(find on task {}) = engine {argument}", task.0),
        Call::Find => format!("attach(find on task {}) = {result}", task.0),
        Call::SetEvents => format!("set_events(engine {engine}, {}) = {result}", events_text(argument)),
        Call::Control => {
            let action = action_name(ResumeAction::from_number(u32::from(argument)));
            format!("control(engine {engine}, {action}) = {result}")
        }
        Call::Barrier => format!("barrier(engine {engine}) = {result}"),
        Call::PrepareExamine => format!("prepare_examine(engine {engine}) = {result}"),
        Call::FinishExamine => format!("finish_examine(engine {engine}) = {result}"),
    }
}

fn describe_callback(kind: CallbackKind, engine: EngineId, offered: u16, argument: u16, verdict: u16) -> String {
    let offered = Verdict(u32::from(offered));
    let verdict = Verdict(u32::from(verdict));
    let engine = engine.0;
    let (name, argument) = match kind {
        CallbackKind::Quiesce => ("report_quiesce", events_text(argument)),
        CallbackKind::Signal => {
            ("report_signal", format!("{}, {}", signal_name(argument as u8), disposition_name(offered)))
        }
        CallbackKind::SyscallEntry => ("report_syscall_entry", String::new()),
        CallbackKind::SyscallExit => ("report_syscall_exit", String::new()),
        CallbackKind::Clone => ("report_clone", if argument != 0 { "vfork".to_owned() } else { String::new() }),
        CallbackKind::Exec => ("report_exec", String::new()),
        CallbackKind::Exit => ("report_exit", format!("code {argument:#x}")),
        CallbackKind::Death => ("report_death", if argument != 0 { "group dead".to_owned() } else { String::new() }),
        CallbackKind::Jctl => {
            let what = CHILD_EVENTS.get(usize::from(argument & 0xff));
            let what = if what == Some(&ChildEvent::Continued) { "CLD_CONTINUED" } else { "CLD_STOPPED" };
            let told = if argument & 0x100 != 0 { "parent told" } else { "parent not told" };
            ("report_jctl", format!("{what}, {told}"))
        }
        CallbackKind::Reap => return format!("report_reap(engine {engine})"),
    };
    let offer = action_name(offered.action());
    let separator = if argument.is_empty() { "" } else { ", " };
    let answer = action_name(verdict.action());
    let disposition = match kind {
        CallbackKind::Signal if verdict.result() != offered.result() => {
            format!(" and {}", disposition_name(verdict))
        }
        CallbackKind::SyscallEntry if verdict.result() == Verdict::SYSCALL_ABORT => " and abort".to_owned(),
        _ => String::new(),
    };
    format!("{name}(engine {engine}{separator}{argument}; so far {offer}) -> {answer}{disposition}")
}

fn describe_end(task: TaskId, end: EndState, code: u16, lost: bool, awake: bool) -> String {
    let state = match end {
        EndState::Running => "running".to_owned(),
        EndState::Sleeping => "sleeping".to_owned(),
        EndState::Stopped => "STOPPED".to_owned(),
        EndState::Traced => "TRACED".to_owned(),
        EndState::Dead if code & 0x7f != 0 => format!("dead by {}", signal_name(code as u8 & 0x7f)),
        EndState::Dead => format!("dead with code {}", code >> 8),
    };
    let awake = if awake { ", though awake" } else { "" };
    let lost = if lost { ", lost wake-up" } else { "" };
    format!("task {} ends {state}{awake}{lost}", task.0)
}

/// An error's name; success is 0.
pub fn errno_name(result: Errno) -> &'static str {
    match result {
        Errno::Ok => "0",
        Errno::EPERM => "EPERM",
        Errno::ENOENT => "ENOENT",
        Errno::ESRCH => "ESRCH",
        Errno::EAGAIN => "EAGAIN",
        Errno::EEXIST => "EEXIST",
        Errno::EINVAL => "EINVAL",
        Errno::EALREADY => "EALREADY",
        Errno::EINPROGRESS => "EINPROGRESS",
        Errno::ERESTARTSYS => "ERESTARTSYS",
    }
}

/// An action's name.
pub fn action_name(action: ResumeAction) -> &'static str {
    match action {
        ResumeAction::Stop => "STOP",
        ResumeAction::Report => "REPORT",
        ResumeAction::Interrupt => "INTERRUPT",
        ResumeAction::Singlestep => "SINGLESTEP",
        ResumeAction::Blockstep => "BLOCKSTEP",
        ResumeAction::Resume => "RESUME",
        ResumeAction::Detach => "DETACH",
    }
}

/// What is to be done with a signal.
pub fn disposition_name(verdict: Verdict) -> &'static str {
    match verdict.0 & Verdict::SIGNAL_MASK {
        Verdict::SIGNAL_DELIVER => "to be delivered",
        Verdict::SIGNAL_IGN => "to be ignored",
        Verdict::SIGNAL_TERM => "to terminate",
        Verdict::SIGNAL_CORE => "to dump core",
        Verdict::SIGNAL_STOP | Verdict::SIGNAL_TSTP => "to stop",
        Verdict::SIGNAL_REPORT => "only a report",
        _ => "after a handler",
    }
}

fn events_text(events: u16) -> String {
    let events = Events(u32::from(events));
    if events.is_empty() { "no event".to_owned() } else { events_name(events) }
}
