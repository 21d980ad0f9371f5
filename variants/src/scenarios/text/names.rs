//! Names of values, to and from words. What has a name elsewhere keeps it; reading looks through
//! all values for the name.

use crate::describe::action_name;
use crate::kernel::sigset::{SigSet, Signal, signal_name};
use crate::kernel::task::TaskState;
use crate::utrace::engine::{CallbackKind, Events, ResumeAction};
use crate::values::events_name;

/// Events that a mask can hold, ENGINE_STOP included.
const EVENT_BITS: u32 = 16;

/// Signals are below this.
const SIGNALS_END: Signal = 32;

pub(super) fn signal(signal: Signal) -> String {
    if signal_of(signal_name(signal)) == Some(signal) { signal_name(signal).to_owned() } else { signal.to_string() }
}

pub(super) fn signal_of(word: &str) -> Option<Signal> {
    let named = (1..SIGNALS_END).find(|&signal| signal_name(signal) == word);
    named.or_else(|| number_of(word).filter(|signal| (1..SIGNALS_END).contains(signal)))
}

pub(super) fn signals(set: SigSet) -> String {
    let names: Vec<String> = (1..SIGNALS_END).filter(|&one| set.has(one)).map(signal).collect();
    names.join("|")
}

pub(super) fn signals_of(word: &str) -> Option<SigSet> {
    word.split('|').try_fold(SigSet::EMPTY, |set, one| Some(set.with(signal_of(one)?)))
}

pub(super) fn events(events: Events) -> String {
    events_name(events)
}

pub(super) fn events_of(word: &str) -> Option<Events> {
    if word == events_name(Events::NONE) {
        return Some(Events::NONE);
    }
    let bit_of = |name: &str| (0..EVENT_BITS).map(|bit| Events(1 << bit)).find(|&event| events_name(event) == name);
    word.split('|').try_fold(Events::NONE, |events, name| Some(events.or(bit_of(name)?)))
}

pub(super) fn action_of(word: &str) -> Option<ResumeAction> {
    ResumeAction::ALL.into_iter().find(|&action| action_name(action) == word)
}

pub(in crate::scenarios) fn kind(kind: CallbackKind) -> &'static str {
    match kind {
        CallbackKind::Quiesce => "QUIESCE",
        CallbackKind::Signal => "SIGNAL",
        CallbackKind::SyscallEntry => "SYSCALL_ENTRY",
        CallbackKind::SyscallExit => "SYSCALL_EXIT",
        CallbackKind::Clone => "CLONE",
        CallbackKind::Exec => "EXEC",
        CallbackKind::Exit => "EXIT",
        CallbackKind::Death => "DEATH",
        CallbackKind::Jctl => "JCTL",
        CallbackKind::Reap => "REAP",
    }
}

pub(super) fn kind_of(word: &str) -> Option<CallbackKind> {
    CallbackKind::ALL.into_iter().find(|&one| kind(one) == word)
}

const STATES: [TaskState; 5] =
    [TaskState::RUNNING, TaskState::INTERRUPTIBLE, TaskState::STOPPED, TaskState::TRACED, TaskState::DEAD];

/// A state by its name, a mask of several by its bits.
pub(super) fn state(state: TaskState) -> String {
    if STATES.contains(&state) { state.name().to_owned() } else { format!("{:#x}", state.0) }
}

pub(super) fn state_of(word: &str) -> Option<TaskState> {
    let named = STATES.into_iter().find(|state| state.name() == word);
    named.or_else(|| hexadecimal_of(word).map(TaskState))
}

/// A decimal number without signs and leading zeros.
pub(super) fn number_of(word: &str) -> Option<u8> {
    word.parse::<u8>().ok().filter(|number| number.to_string() == word)
}

pub(super) fn hexadecimal_of(word: &str) -> Option<u32> {
    u32::from_str_radix(word.strip_prefix("0x")?, 16).ok().filter(|number| format!("{number:#x}") == word)
}
