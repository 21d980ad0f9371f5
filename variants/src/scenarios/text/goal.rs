//! Goals as text: `goal WHEN : NAME`, or `goal-of-some WHEN : NAME` for what only some of the
//! designs can reach.
//!
//! ```text
//! goal inside taken-over : the second takes it over
//! goal controlled 1 STOP EINPROGRESS : the second comes too late
//! goal-of-some syscall aborted : the system call is aborted
//! ```
//!
//! Promise: as for the whole form. Limits: a goal that names nothing of the scenario is refused,
//! one that nothing can reach is not.

use std::borrow::Cow;

use super::line::{Line, Read};
use super::names;
use super::read::Reader;
use crate::describe::{action_name, errno_name};
use crate::kernel::tracehook::ChildEvent;
use crate::observation::{CHILD_EVENTS, Call, EndState};
use crate::scenarios::program::{Goal, When};
use crate::utrace::Milestone;
use crate::utrace::engine::Errno;

/// Between the situation and its name.
const SEPARATOR: &str = ":";

const WHEN: &str = "a situation: inside, returned, controlled, called, syscall, handler, told, ended, looked, woken-before-it-slept, \
    looked-unmatched, sent, done-before-it-ran or reaped";

pub(super) fn write(goal: &Goal) -> String {
    let head = if goal.of_all { "goal" } else { "goal-of-some" };
    format!("{head} {} {SEPARATOR} {}", when(goal.when), goal.name)
}

fn when(when: When) -> String {
    match when {
        When::Inside(one) => format!("inside {}", milestone(one)),
        When::Returned(one, engine, errno) => format!("returned {} {} {}", call(one), engine.0, errno_name(errno)),
        When::Controlled(engine, action, errno) => {
            format!("controlled {} {} {}", engine.0, action_name(action), errno_name(errno))
        }
        When::Called(engine, kind) => format!("called {} {}", engine.0, names::kind(kind)),
        When::LetThrough(true) => "syscall let-through".to_owned(),
        When::LetThrough(false) => "syscall aborted".to_owned(),
        When::Delivered(signal) => format!("handler {}", names::signal(signal)),
        When::Told(event) => format!("told {}", child_event(event)),
        When::Ended(task, end) => format!("ended {} {}", task.0, end_state(end)),
        When::Looked(true) => "looked behind".to_owned(),
        When::Looked(false) => "looked before".to_owned(),
        When::WokenBeforeItSlept => "woken-before-it-slept".to_owned(),
        When::LookedUnmatched => "looked-unmatched".to_owned(),
        When::Sent(signal, state) => format!("sent {} {}", names::signal(signal), names::state(state)),
        When::DoneBeforeItRan(task) => format!("done-before-it-ran {}", task.0),
        When::Reaped => "reaped".to_owned(),
    }
}

impl Reader {
    /// The rest of a goal's line.
    pub(super) fn goal(&mut self, of_all: bool, line: &mut Line<'_>) -> Read<Goal> {
        let when = self.when(line)?;
        line.keyword(SEPARATOR)?;
        let name = line.rest();
        if name.is_empty() {
            return Err(line.error("a goal has a name: say behind the ':' what was reached".to_owned()));
        }
        Ok(Goal { name: Cow::Owned(name.to_owned()), when, of_all })
    }

    fn when(&mut self, line: &mut Line<'_>) -> Read<When> {
        let word = line.expect(WHEN, |word| Some(word.to_owned()))?;
        Ok(match &*word {
            "inside" => When::Inside(one_of(line, "a milestone", &MILESTONES, milestone)?),
            "returned" => {
                let call = one_of(line, "a call", &Call::ALL, call)?;
                When::Returned(call, self.engine_id(line)?, errno(line)?)
            }
            "controlled" => {
                let engine = self.engine_id(line)?;
                When::Controlled(engine, line.expect("an action", names::action_of)?, errno(line)?)
            }
            "called" => {
                let engine = self.engine_id(line)?;
                When::Called(engine, line.expect("a callback, such as SYSCALL_ENTRY", names::kind_of)?)
            }
            "syscall" => When::LetThrough(either(line, "let-through", "aborted")?),
            "handler" => When::Delivered(line.expect("a signal", names::signal_of)?),
            "told" => When::Told(one_of(line, "what a parent is told", &CHILD_EVENTS, child_event)?),
            "ended" => When::Ended(self.task_id(line)?, one_of(line, "an end", &EndState::ALL, end_state)?),
            "looked" => When::Looked(either(line, "behind", "before")?),
            "woken-before-it-slept" => When::WokenBeforeItSlept,
            "looked-unmatched" => When::LookedUnmatched,
            "sent" => {
                let signal = line.expect("a signal", names::signal_of)?;
                When::Sent(signal, line.expect("a state", names::state_of)?)
            }
            "done-before-it-ran" => When::DoneBeforeItRan(self.task_id(line)?),
            "reaped" => When::Reaped,
            _ => return Err(line.error(format!("expected {WHEN}, found '{word}'"))),
        })
    }
}

/// The next word as one of these, by its name; the error names them all.
fn one_of<T: Copy>(line: &mut Line<'_>, what: &str, all: &[T], name: fn(T) -> &'static str) -> Read<T> {
    let known: Vec<&str> = all.iter().map(|&one| name(one)).collect();
    let what = format!("{what}: {}", known.join(", "));
    line.expect(&what, |word| all.iter().copied().find(|&one| name(one) == word))
}

fn errno(line: &mut Line<'_>) -> Read<Errno> {
    one_of(line, "a result", &Errno::ALL, errno_name)
}

fn either(line: &mut Line<'_>, yes: &'static str, no: &'static str) -> Read<bool> {
    line.expect(&format!("'{yes}' or '{no}'"), |word| {
        [(yes, true), (no, false)].iter().find(|one| one.0 == word).map(|one| one.1)
    })
}

const MILESTONES: [Milestone; 9] = [
    Milestone::TakenOver,
    Milestone::LeftStopped,
    Milestone::WokenTwice,
    Milestone::KilledBeforeStop,
    Milestone::Stopped,
    Milestone::StopUnwanted,
    Milestone::LastToStop,
    Milestone::WakeupDuringGroupStop,
    Milestone::ClearedBeforeLock,
];

fn milestone(milestone: Milestone) -> &'static str {
    match milestone {
        Milestone::TakenOver => "taken-over",
        Milestone::LeftStopped => "left-stopped",
        Milestone::WokenTwice => "woken-twice",
        Milestone::KilledBeforeStop => "killed-before-stop",
        Milestone::Stopped => "stopped",
        Milestone::StopUnwanted => "stop-unwanted",
        Milestone::LastToStop => "last-to-stop",
        Milestone::WakeupDuringGroupStop => "wakeup-during-group-stop",
        Milestone::ClearedBeforeLock => "cleared-before-lock",
    }
}

fn call(call: Call) -> &'static str {
    match call {
        Call::Attach => "attach",
        Call::AttachExclusive => "attach-exclusive",
        Call::Find => "find",
        Call::SetEvents => "set-events",
        Call::Control => "control",
        Call::Barrier => "barrier",
        Call::PrepareExamine => "prepare-examine",
        Call::FinishExamine => "finish-examine",
    }
}

fn child_event(event: ChildEvent) -> &'static str {
    match event {
        ChildEvent::Exited => "exited",
        ChildEvent::Killed => "killed",
        ChildEvent::Dumped => "dumped",
        ChildEvent::Stopped => "stopped",
        ChildEvent::Continued => "continued",
    }
}

fn end_state(end: EndState) -> &'static str {
    match end {
        EndState::Running => "running",
        EndState::Sleeping => "sleeping",
        EndState::Stopped => "stopped",
        EndState::Traced => "traced",
        EndState::Dead => "dead",
    }
}
