//! What a client can tell: each observable fact as one word, and its text.
//!
//! Promise: every word that a scenario records decodes to what was recorded (tested), and no word holds anything a
//! client could not see: no lock, no time, no private field.
//!
//! ```text
//!   bit 63  56..62  52..55  48..51  32..47  16..31  0..15
//!        0  kind    task    engine  x       y       z
//! ```

use crate::kernel::parent::ChildEvent;
use crate::kernel::sigset::{Signal, signal_name};
use crate::kernel::task::TaskId;
use crate::utrace::engine::{CallbackKind, EngineId, Errno, ResumeAction, Verdict};

/// A call of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// The argument is the engine found or created.
    Attach,
    AttachExclusive,
    Find,
    /// The argument is the event mask.
    SetEvents,
    /// The argument is the action.
    Control,
    Barrier,
    PrepareExamine,
    FinishExamine,
}

impl Call {
    const ALL: [Call; 8] = [
        Call::Attach,
        Call::AttachExclusive,
        Call::Find,
        Call::SetEvents,
        Call::Control,
        Call::Barrier,
        Call::PrepareExamine,
        Call::FinishExamine,
    ];
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndState {
    Running,
    Sleeping,
    Stopped,
    Traced,
    Dead,
}

impl EndState {
    const ALL: [EndState; 5] =
        [EndState::Running, EndState::Sleeping, EndState::Stopped, EndState::Traced, EndState::Dead];
}

/// The rules that hold whatever the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    CallbackAfterDetach,
    CallbackForDisabledEvent,
    CallbackWhileHeld,
    UserModeWhileHeld,
    DeathNotLast,
    ReapNotLast,
    RanWhileExamined,
}

impl Rule {
    const ALL: [Rule; 7] = [
        Rule::CallbackAfterDetach,
        Rule::CallbackForDisabledEvent,
        Rule::CallbackWhileHeld,
        Rule::UserModeWhileHeld,
        Rule::DeathNotLast,
        Rule::ReapNotLast,
        Rule::RanWhileExamined,
    ];

    fn text(self) -> &'static str {
        match self {
            Rule::CallbackAfterDetach => "no callback after control(DETACH) returned 0",
            Rule::CallbackForDisabledEvent => "no callback for an event after set_events disabled it and returned 0",
            Rule::CallbackWhileHeld => "no callback while the engine holds the task stopped",
            Rule::UserModeWhileHeld => "no return to user mode while the engine holds the task stopped",
            Rule::DeathNotLast => "report_death comes last but for reap, and once",
            Rule::ReapNotLast => "report_reap comes last, and once",
            Rule::RanWhileExamined => "the task does not run between prepare_examine and a finish_examine of 0",
        }
    }
}

/// One observable fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Observation {
    Api {
        call: Call,
        task: TaskId,
        engine: EngineId,
        argument: u16,
        result: Errno,
    },
    Callback {
        kind: CallbackKind,
        task: TaskId,
        engine: EngineId,
        offered: u16,
        argument: u16,
        verdict: u16,
    },
    Syscall {
        task: TaskId,
        number: u16,
        let_through: bool,
    },
    Delivered {
        task: TaskId,
        signal: Signal,
    },
    Parent {
        task: TaskId,
        event: ChildEvent,
        status: u16,
    },
    /// `awake`: the state says asleep, the task is not. `lost`: asleep though nothing keeps it so.
    End {
        task: TaskId,
        end: EndState,
        code: u16,
        lost: bool,
        awake: bool,
    },
    Rule {
        rule: Rule,
        task: TaskId,
        engine: EngineId,
    },
    Look {
        task: TaskId,
        value: u16,
        followed: bool,
    },
}

const CHILD_EVENTS: [ChildEvent; 5] =
    [ChildEvent::Exited, ChildEvent::Killed, ChildEvent::Dumped, ChildEvent::Stopped, ChildEvent::Continued];

fn pack(kind: u64, task: TaskId, engine: u8, x: u16, y: u16, z: u16) -> u64 {
    kind << 56
        | u64::from(task.0 & 0xf) << 52
        | u64::from(engine & 0xf) << 48
        | u64::from(x) << 32
        | u64::from(y) << 16
        | u64::from(z)
}

impl Observation {
    pub fn to_word(self) -> u64 {
        match self {
            Observation::Api { call, task, engine, argument, result } => {
                pack(1, task, engine.0, call as u16, argument, result as u16)
            }
            Observation::Callback { kind, task, engine, offered, argument, verdict } => {
                // Ten kinds fit beside the offer: an offer has nine bits.
                pack(2, task, engine.0, (kind as u16) << 12 | offered, argument, verdict)
            }
            Observation::Syscall { task, number, let_through } => pack(3, task, 0, number, u16::from(let_through), 0),
            Observation::Delivered { task, signal } => pack(4, task, 0, u16::from(signal), 0, 0),
            Observation::Parent { task, event, status } => pack(5, task, 0, event as u16, status, 0),
            Observation::End { task, end, code, lost, awake } => {
                pack(6, task, 0, end as u16, code, u16::from(lost) | u16::from(awake) << 1)
            }
            Observation::Rule { rule, task, engine } => pack(7, task, engine.0, rule as u16, 0, 0),
            Observation::Look { task, value, followed } => pack(8, task, 0, value, u16::from(followed), 0),
        }
    }

    pub fn from_word(word: u64) -> Option<Observation> {
        let task = TaskId((word >> 52) as u8 & 0xf);
        let engine = EngineId((word >> 48) as u8 & 0xf);
        let (x, y, z) = ((word >> 32) as u16, (word >> 16) as u16, word as u16);
        Some(match word >> 56 {
            1 => {
                let (call, result) = (*Call::ALL.get(usize::from(x))?, *Errno::ALL.get(usize::from(z))?);
                Observation::Api { call, task, engine, argument: y, result }
            }
            2 => {
                let kind = *CallbackKind::ALL.get(usize::from(x >> 12))?;
                Observation::Callback { kind, task, engine, offered: x & 0xfff, argument: y, verdict: z }
            }
            3 => Observation::Syscall { task, number: x, let_through: y != 0 },
            4 => Observation::Delivered { task, signal: x as Signal },
            5 => Observation::Parent { task, event: *CHILD_EVENTS.get(usize::from(x))?, status: y },
            6 => {
                let end = *EndState::ALL.get(usize::from(x))?;
                Observation::End { task, end, code: y, lost: z & 1 != 0, awake: z & 2 != 0 }
            }
            7 => Observation::Rule { rule: *Rule::ALL.get(usize::from(x))?, task, engine },
            8 => Observation::Look { task, value: x, followed: y != 0 },
            _ => return None,
        })
    }
}

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
        Some(Observation::Rule { rule, engine, .. }) => {
            format!("rule broken for engine {}: {}", engine.0, rule.text())
        }
        Some(Observation::Look { value, followed, .. }) => {
            let turn = if followed { "behind the wake-up" } else { "before the wake-up" };
            format!("looks, {turn}: sees {value}")
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

fn action_name(action: ResumeAction) -> &'static str {
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

fn disposition_name(verdict: Verdict) -> &'static str {
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

const EVENT_NAMES: [&str; 15] = [
    "QUIESCE",
    "REAP",
    "CLONE",
    "VFORK",
    "EXEC",
    "EXIT",
    "DEATH",
    "SYSCALL_ENTRY",
    "SYSCALL_EXIT",
    "SIGNAL",
    "SIGNAL_IGN",
    "SIGNAL_STOP",
    "SIGNAL_TERM",
    "SIGNAL_CORE",
    "JCTL",
];

fn events_text(events: u16) -> String {
    let names: Vec<&str> =
        (0..EVENT_NAMES.len()).filter(|&bit| events & (1 << bit) != 0).map(|bit| EVENT_NAMES[bit]).collect();
    if names.is_empty() { "no event".to_owned() } else { names.join("|") }
}

#[cfg(test)]
mod tests {
    use super::{CHILD_EVENTS, Call, EndState, Observation, Rule};
    use crate::kernel::task::TaskId;
    use crate::utrace::engine::{CallbackKind, EngineId, Errno};

    #[track_caller]
    fn check(observation: Observation) {
        let word = observation.to_word();
        assert_eq!(word >> 63, 0, "the highest bit belongs to the machine");
        assert_eq!(Observation::from_word(word), Some(observation));
    }

    #[test]
    fn every_observation_is_read_back() {
        let (task, engine) = (TaskId(3), EngineId(7));
        for call in Call::ALL {
            for result in Errno::ALL {
                check(Observation::Api { call, task, engine, argument: 0x7fff, result });
            }
        }
        for kind in CallbackKind::ALL {
            check(Observation::Callback { kind, task, engine, offered: 0x1f6, argument: 0xff00, verdict: 0x1f6 });
        }
        for event in CHILD_EVENTS {
            check(Observation::Parent { task, event, status: 0x89 });
        }
        for end in EndState::ALL {
            check(Observation::End { task, end, code: 0x300, lost: true, awake: false });
            check(Observation::End { task, end, code: 0, lost: false, awake: true });
        }
        for rule in Rule::ALL {
            check(Observation::Rule { rule, task, engine });
        }
        check(Observation::Syscall { task, number: 1, let_through: true });
        check(Observation::Delivered { task, signal: 31 });
        check(Observation::Look { task, value: 1, followed: true });
    }

    #[test]
    fn a_word_of_no_kind_is_none() {
        assert_eq!(Observation::from_word(0), None);
        assert_eq!(Observation::from_word(99 << 56), None);
    }
}
