//! How the values of shared words read in traces, by the name of the word.

use crate::kernel::process::SignalFlags;
use crate::kernel::sigset::{SigSet, signal_name};
use crate::kernel::task::{ExitState, TASKS_MAX, TaskState, ThreadFlag};
use crate::utrace::Bit;
use crate::utrace::engine::{EngineList, Events, Ops};
use lockstep::sync::Word;

/// The value as a reader of the kernel would write it.
pub fn describe_value(object: &str, value: u64) -> String {
    let field = object.split('[').next().unwrap_or(object);
    match field {
        "state" => TaskState::from_word(value).name().to_owned(),
        "TIF" => thread_flags(value),
        "exit_state" => exit_state(ExitState::from_word(value)),
        "pending" | "shared_pending" => signals_name(SigSet::from_word(value)),
        "signal.flags" => signal_flags(SignalFlags::from_word(value)),
        "utrace bits" => bits(value),
        "flags" | "utrace_flags" => events_name(Events::from_word(value)),
        "attached" | "attaching" => engines(EngineList::from_word(value)),
        "reporting" => value.checked_sub(1).map_or("nobody".to_owned(), |engine| format!("engine {engine}")),
        "ops" => ops(Ops::from_word(value)).to_owned(),
        "stopped" | "report" | "interrupt" | "signal_handler" | "vfork_stop" | "death" | "reap" => {
            if value == 0 { "clear" } else { "set" }.to_owned()
        }
        "on_rq" | "PF_EXITING" | "PF_SIGNALED" | "the parent was told of a group stop" => {
            if value == 0 { "no" } else { "yes" }.to_owned()
        }
        "threads" | "live" | "stopped for an engine" => tasks(value),
        "exit_code" | "group_exit_code" => code(value),
        _ => value.to_string(),
    }
}

fn ops(ops: Ops) -> &'static str {
    match ops {
        Ops::Gone => "gone",
        Ops::Detached => "detached",
        Ops::Live => "own",
    }
}

fn tasks(set: u64) -> String {
    let numbers: Vec<String> =
        (0..TASKS_MAX).filter(|&task| set & (1 << task) != 0).map(|task| task.to_string()).collect();
    match numbers.len() {
        0 => "no task".to_owned(),
        1 => format!("task {}", numbers[0]),
        _ => format!("tasks {}", numbers.join(", ")),
    }
}

/// An exit status as the kernel packs it: a signal in the low seven bits, else the code of `exit`
/// above them.
fn code(status: u64) -> String {
    match (status & 0x7f, status >> 8) {
        (0, code) => code.to_string(),
        (signal, _) => signal_name(signal as u8).to_owned(),
    }
}

fn names<'a>(set: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = set.collect();
    if names.is_empty() { "none".to_owned() } else { names.join("|") }
}

fn exit_state(state: ExitState) -> String {
    let name = match state {
        ExitState::Alive => "0",
        ExitState::Zombie => "ZOMBIE",
        ExitState::Dead => "DEAD",
    };
    name.to_owned()
}

/// The names of the signals, joined.
pub fn signals_name(set: SigSet) -> String {
    names((1..32).filter(|&signal| set.has(signal)).map(signal_name))
}

fn signal_flags(flags: SignalFlags) -> String {
    let known = [
        (SignalFlags::STOP_STOPPED, "STOP_STOPPED"),
        (SignalFlags::STOP_DEQUEUED, "STOP_DEQUEUED"),
        (SignalFlags::STOP_CONTINUED, "STOP_CONTINUED"),
        (SignalFlags::GROUP_EXIT, "GROUP_EXIT"),
        (SignalFlags::CLD_STOPPED, "CLD_STOPPED"),
        (SignalFlags::CLD_CONTINUED, "CLD_CONTINUED"),
    ];
    names(known.into_iter().filter(|(flag, _)| flags.0 & flag.0 != 0).map(|(_, name)| name))
}

fn thread_flags(value: u64) -> String {
    let known = [
        (ThreadFlag::SIGPENDING, "SIGPENDING"),
        (ThreadFlag::NOTIFY_RESUME, "NOTIFY_RESUME"),
        (ThreadFlag::SYSCALL_TRACE, "SYSCALL_TRACE"),
    ];
    names(known.into_iter().filter(|(bit, _)| value & u64::from(*bit) != 0).map(|(_, name)| name))
}

fn bits(value: u64) -> String {
    let known = [
        (Bit::Stopped, "stopped"),
        (Bit::Report, "report"),
        (Bit::Interrupt, "interrupt"),
        (Bit::SignalHandler, "signal_handler"),
        (Bit::VforkStop, "vfork_stop"),
        (Bit::Death, "death"),
        (Bit::Reap, "reap"),
    ];
    names(known.into_iter().filter(|(bit, _)| value & (1 << *bit as u64) != 0).map(|(_, name)| name))
}

/// The names of the events, joined.
pub fn events_name(events: Events) -> String {
    let known = [
        (Events::QUIESCE, "QUIESCE"),
        (Events::REAP, "REAP"),
        (Events::CLONE, "CLONE"),
        (Events::VFORK, "VFORK"),
        (Events::EXEC, "EXEC"),
        (Events::EXIT, "EXIT"),
        (Events::DEATH, "DEATH"),
        (Events::SYSCALL_ENTRY, "SYSCALL_ENTRY"),
        (Events::SYSCALL_EXIT, "SYSCALL_EXIT"),
        (Events::SIGNAL, "SIGNAL"),
        (Events::SIGNAL_IGN, "SIGNAL_IGN"),
        (Events::SIGNAL_STOP, "SIGNAL_STOP"),
        (Events::SIGNAL_TERM, "SIGNAL_TERM"),
        (Events::SIGNAL_CORE, "SIGNAL_CORE"),
        (Events::JCTL, "JCTL"),
        (Events::ENGINE_STOP, "ENGINE_STOP"),
    ];
    names(known.into_iter().filter(|(event, _)| events.0 & event.0 != 0).map(|(_, name)| name))
}

fn engines(list: EngineList) -> String {
    let numbers: Vec<String> = list.iter().map(|engine| engine.0.to_string()).collect();
    if numbers.is_empty() { "empty".to_owned() } else { format!("engine {}", numbers.join(", ")) }
}
