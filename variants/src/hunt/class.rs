//! Classes of divergences: what the first observation is by which a client tells two designs apart,
//! whoever makes it.
//!
//! Numbers of tasks, engines and system calls, what was offered to a callback and which events were
//! set are left out: they change when a scenario is cut down and say nothing of the cause. Which
//! two variants differ, in which direction, and the kind of observation on both sides stay.

use std::fmt;

use lockstep::{Difference, End, Entry, Execution, first_difference};

use crate::describe::{action_name, describe, errno_name};
use crate::observation::{Call, Observation};
use crate::utrace::engine::ResumeAction;

/// The class of a divergence, as one line of text. Classes are equal if their texts are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(pub String);

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The class of what two executions under one schedule show differently; nothing, if a client
/// cannot tell them apart. The first shows an outcome that the second variant does not. Both were
/// run with traces.
pub fn class_of(names: (&str, &str), executions: (&Execution, &Execution)) -> Option<Class> {
    let says = match first_difference(executions.0, executions.1) {
        Some(Difference { column, entries }) => {
            let column = without_number(&column);
            entries.map(|entry| format!("{column}: {}", entry_kind(entry)))
        }
        None if executions.0.outcome == executions.1.outcome => return None,
        None => [&executions.0.end, &executions.1.end].map(end_kind),
    };
    Some(Class(format!("{} {} | {} {}", names.0, says[0], names.1, says[1])))
}

/// `tracer[1]` is a tracer.
fn without_number(column: &str) -> &str {
    column.split('[').next().unwrap_or(column)
}

fn end_kind(end: &End) -> String {
    format!("ends: {}", end.name())
}

fn entry_kind(entry: Option<Entry>) -> String {
    match entry {
        None => "nothing more".to_owned(),
        Some(Entry::Warning(message)) => format!("warning: {message}"),
        Some(Entry::Word(word)) => word_kind(word),
    }
}

fn word_kind(word: u64) -> String {
    match Observation::from_word(word) {
        Some(Observation::Api { call, argument, result, .. }) => {
            let name = match call {
                Call::Attach => "attach".to_owned(),
                Call::AttachExclusive => "attach exclusive".to_owned(),
                Call::Find => "attach find".to_owned(),
                Call::SetEvents => "set_events".to_owned(),
                Call::Control => {
                    format!("control({})", action_name(ResumeAction::from_number(u32::from(argument))))
                }
                Call::Barrier => "barrier".to_owned(),
                Call::PrepareExamine => "prepare_examine".to_owned(),
                Call::FinishExamine => "finish_examine".to_owned(),
            };
            format!("{name} = {}", errno_name(result))
        }
        Some(Observation::Callback { .. }) => {
            let text = describe(word);
            text.split('(').next().unwrap_or_default().to_owned()
        }
        _ => {
            let text = describe(word);
            let is_number = |word: &str| word.trim_end_matches([':', ',']).bytes().all(|byte| byte.is_ascii_digit());
            text.split(' ').filter(|word| !is_number(word)).collect::<Vec<_>>().join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::word_kind;
    use crate::kernel::task::TaskId;
    use crate::observation::{Call, EndState, Observation, Rule};
    use crate::utrace::engine::{CallbackKind, EngineId, Errno, ResumeAction, Verdict};

    #[track_caller]
    fn check(observation: Observation, expected: &str) {
        assert_eq!(word_kind(observation.to_word()), expected);
    }

    #[test]
    fn numbers_are_left_out() {
        let (task, engine) = (TaskId(2), EngineId(3));
        check(Observation::Syscall { task, number: 1, let_through: false }, "system call aborted");
        check(Observation::Delivered { task, signal: 10 }, "handler of SIGUSR1 runs");
        let (call, argument) = (Call::Control, ResumeAction::Resume as u16);
        let result = Errno::EINPROGRESS;
        check(Observation::Api { call, task, engine, argument, result }, "control(RESUME) = EINPROGRESS");
        let end = EndState::Traced;
        check(Observation::End { task, end, code: 0, lost: true, awake: false }, "task ends TRACED, lost wake-up");
        let (kind, offered, verdict) = (CallbackKind::Signal, 0, Verdict::new(ResumeAction::Stop, 0).0 as u16);
        check(Observation::Callback { kind, task, engine, offered, argument: 9, verdict }, "report_signal");
        let rule = Rule::CallbackWhileHeld;
        let text = "rule broken for engine no callback while the engine holds the task stopped";
        check(Observation::Rule { rule, task, engine }, text);
    }
}
