//! What a client can tell: each observable fact as one word.
//!
//! Promise: every word that a scenario records decodes to what was recorded (tested), and no word
//! holds anything a client could not see: no lock, no time, no private field. What a monitor found
//! is a word of its own. Limits: of a group stop the parent learns that it is complete, not by
//! which signal (see `kernel::parent`).
//!
//! ```text
//!   bit 63  56..62  52..55  48..51  32..47  16..31  0..15
//!        0  kind    task    engine  x       y       z
//! ```

use crate::kernel::sigset::Signal;
use crate::kernel::task::TaskId;
use crate::kernel::tracehook::ChildEvent;
use crate::utrace::engine::{CallbackKind, EngineId, Errno};

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
    pub const ALL: [Call; 8] = [
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
    pub const ALL: [EndState; 5] =
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
    /// Not of an engine: a wake-up is a barrier with respect to `schedule` (S4).
    WakeUpIsNoBarrier,
    /// Not of an engine: who waits for a process to stop (`wait4` with WUNTRACED, which looks at
    /// STOP_STOPPED) hears of it.
    StopNeverCompletes,
}

impl Rule {
    const ALL: [Rule; 9] = [
        Rule::CallbackAfterDetach,
        Rule::CallbackForDisabledEvent,
        Rule::CallbackWhileHeld,
        Rule::UserModeWhileHeld,
        Rule::DeathNotLast,
        Rule::ReapNotLast,
        Rule::RanWhileExamined,
        Rule::WakeUpIsNoBarrier,
        Rule::StopNeverCompletes,
    ];

    /// Whether it is a rule about one engine.
    pub fn is_of_engine(self) -> bool {
        !matches!(self, Rule::WakeUpIsNoBarrier | Rule::StopNeverCompletes)
    }

    pub fn text(self) -> &'static str {
        match self {
            Rule::CallbackAfterDetach => "no callback after control(DETACH) returned 0",
            Rule::CallbackForDisabledEvent => "no callback for an event after set_events disabled it and returned 0",
            Rule::CallbackWhileHeld => "no callback while the engine holds the task stopped",
            Rule::UserModeWhileHeld => "no return to user mode while the engine holds the task stopped",
            Rule::DeathNotLast => "report_death comes last but for reap, and once",
            Rule::ReapNotLast => "report_reap comes last, and once",
            Rule::RanWhileExamined => "the task does not run between prepare_examine and a finish_examine of 0",
            Rule::WakeUpIsNoBarrier => {
                "a task sees behind schedule what was written before the wake-up that came first"
            }
            Rule::StopNeverCompletes => "a group stop that was begun is complete once nothing can happen any more",
        }
    }
}

/// What the monitor of a claim found in an execution that is watched for it. Never part of an
/// execution that is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    MissedOwnStop,
    MissedTakeOver,
    ClearThoughKilled,
    SetWithoutKill,
    SetThoughLetGo,
    KilledWithoutKill,
    SetBehindFinish,
    SignalWithinDoStop,
    /// The argument is the kind of the callback.
    CallbackWhileBelieved,
    /// Likewise.
    CallbackBeforeGetSignal,
    SetWithoutOwnKill,
}

impl Finding {
    pub const ALL: [Finding; 11] = [
        Finding::MissedOwnStop,
        Finding::MissedTakeOver,
        Finding::ClearThoughKilled,
        Finding::SetWithoutKill,
        Finding::SetThoughLetGo,
        Finding::KilledWithoutKill,
        Finding::SetBehindFinish,
        Finding::SignalWithinDoStop,
        Finding::CallbackWhileBelieved,
        Finding::CallbackBeforeGetSignal,
        Finding::SetWithoutOwnKill,
    ];

    pub fn text(self) -> &'static str {
        match self {
            Finding::MissedOwnStop => "reads `stopped` as clear, which it set itself and nobody has cleared",
            Finding::MissedTakeOver => "reads `stopped` as clear, which do_stop set again behind a wakeup",
            Finding::ClearThoughKilled => "is killed and reads `stopped` as clear, though no wakeup has begun",
            Finding::SetWithoutKill => "reads `stopped` as set, and no SIGKILL is pending for it or for its process",
            Finding::SetThoughLetGo => {
                "reads `stopped` as set, though a wakeup let it go and no SIGKILL was sent to it or to its process"
            }
            Finding::KilledWithoutKill => {
                "comes out of stop as killed, and no SIGKILL is pending for it or for its process"
            }
            Finding::SetBehindFinish => "is past its stop, and who has the lock still finds `stopped` set",
            Finding::SignalWithinDoStop => "is taken over by do_stop in the middle of the sending of a signal",
            Finding::CallbackWhileBelieved => "calls back while a tracer that has the lock takes it for stopped",
            Finding::CallbackBeforeGetSignal => "calls back between its group stop and get_signal",
            Finding::SetWithoutOwnKill => "reads `stopped` as set, and its own pending set does not have SIGKILL",
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
    /// How a task ended. `awake`: the state says asleep, the task is not. `lost`: asleep though
    /// nothing keeps it so.
    End {
        task: TaskId,
        end: EndState,
        code: u16,
        lost: bool,
        awake: bool,
    },
    /// A monitor found this rule broken.
    Rule {
        rule: Rule,
        task: TaskId,
        engine: EngineId,
    },
    Look {
        task: TaskId,
        value: u16,
    },
    /// The monitor of a claim found this.
    Finding {
        finding: Finding,
        task: TaskId,
        argument: u16,
    },
}

/// In the order of their numbers.
pub const CHILD_EVENTS: [ChildEvent; 5] =
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
            Observation::Look { task, value } => pack(8, task, 0, value, 0, 0),
            Observation::Finding { finding, task, argument } => pack(9, task, 0, finding as u16, argument, 0),
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
            8 => Observation::Look { task, value: x },
            9 => Observation::Finding { finding: *Finding::ALL.get(usize::from(x))?, task, argument: y },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{CHILD_EVENTS, Call, EndState, Finding, Observation, Rule};
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
        for finding in Finding::ALL {
            check(Observation::Finding { finding, task, argument: 9 });
        }
        check(Observation::Syscall { task, number: 1, let_through: true });
        check(Observation::Delivered { task, signal: 31 });
        check(Observation::Look { task, value: 1 });
    }

    #[test]
    fn a_word_of_no_kind_is_none() {
        assert_eq!(Observation::from_word(0), None);
        assert_eq!(Observation::from_word(99 << 56), None);
    }
}
