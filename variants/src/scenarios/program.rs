//! The parts of a scenario: plain data, comparable and printable.

use std::borrow::Cow;

use crate::kernel::process::Handlers;
use crate::kernel::signal::Scope;
use crate::kernel::sigset::Signal;
use crate::kernel::syscall::Body;
use crate::kernel::task::{Birth, TaskId, TaskState};
use crate::kernel::tracehook::ChildEvent;
use crate::observation::{Call, EndState};
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, EngineId, Errno, Events, ResumeAction};

/// A list that is written down in the program or built at run time.
pub type List<T> = Cow<'static, [T]>;

/// Text, likewise.
pub type Text = Cow<'static, str>;

/// A situation: who does what, and what it asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// `S1`, `S2` and so on, with a letter behind it for a variant of the situation.
    pub id: Text,
    /// A few words.
    pub name: Text,
    /// What is asked, as one sentence.
    pub question: Text,
    /// The mail it comes from: date and author.
    pub mail: Text,
    /// What must be reachable; the goal at place n has the bit n.
    pub goals: List<Goal>,
    /// What the processes do with their signals; process n at place n.
    pub handlers: List<Handlers>,
    /// The traced tasks.
    pub tasks: List<TaskProgram>,
    /// The engines; engine n at place n.
    pub engines: List<EngineProgram>,
    /// What happens before the threads start.
    pub setup: List<Op>,
    /// Threads outside: tracers and whoever sends signals or reaps.
    pub tracers: List<TracerProgram>,
    /// Whether the order of wake-ups and `schedule` is monitored (S4).
    pub watch_wakeups: bool,
}

impl Scenario {
    /// A scenario of one process without handlers, for the rest to be filled in.
    pub fn asking(id: &'static str, name: &'static str, mail: &'static str, question: &'static str) -> Scenario {
        Scenario {
            id: Cow::Borrowed(id),
            name: Cow::Borrowed(name),
            question: Cow::Borrowed(question),
            mail: Cow::Borrowed(mail),
            goals: Cow::Borrowed(&[]),
            handlers: Cow::Borrowed(&[NO_HANDLERS]),
            tasks: Cow::Borrowed(&[]),
            engines: Cow::Borrowed(&[]),
            setup: Cow::Borrowed(&[]),
            tracers: Cow::Borrowed(&[]),
            watch_wakeups: false,
        }
    }

    /// The names of the goals, in the order of their bits.
    pub fn goal_names(&self) -> impl Iterator<Item = &str> {
        self.goals.iter().map(|goal| &*goal.name)
    }
}

/// A process that leaves all to the kernel.
pub const NO_HANDLERS: Handlers =
    Handlers { ignored: crate::kernel::sigset::SigSet::EMPTY, handled: crate::kernel::sigset::SigSet::EMPTY };

/// Something that must be possible, or the scenario misses its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// What was reached, as a statement.
    pub name: Text,
    /// When it counts as reached.
    pub when: When,
    /// Every design can reach it; else some can, and which, the goal is there to show.
    pub of_all: bool,
}

/// A goal of every design, for the data of scenarios.
pub const fn goal(name: &'static str, when: When) -> Goal {
    Goal { name: Cow::Borrowed(name), when, of_all: true }
}

/// A goal that only some of the designs can reach.
pub const fn goal_of_some(name: &'static str, when: When) -> Goal {
    Goal { name: Cow::Borrowed(name), when, of_all: false }
}

/// When a goal is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Inside(Milestone),
    /// A call on this engine, other than `control`, returned this.
    Returned(Call, EngineId, Errno),
    /// `control` with this action returned this.
    Controlled(EngineId, ResumeAction, Errno),
    Called(EngineId, CallbackKind),
    LetThrough(bool),
    Delivered(Signal),
    Told(ChildEvent),
    Ended(TaskId, EndState),
    /// It looked, behind the wake-up or before it.
    Looked(bool),
    /// A wake-up found the task not yet asleep.
    WokenBeforeItSlept,
    /// It looked behind a wake-up that had found its state not matching.
    LookedUnmatched,
    /// A signal was sent, and the task was in this state behind it. Nobody stops a task, takes it
    /// over or lets it go while siglock is held, so TRACED then is TRACED all the while.
    Sent(Signal, TaskState),
    /// A tracer had done all that it does before the task, asleep and woken, ran again.
    DoneBeforeItRan(TaskId),
    /// Somebody reaped.
    Reaped,
}

/// A traced task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskProgram {
    pub birth: Birth,
    /// What its program does; then it runs in user mode for ever.
    pub ops: List<TaskOp>,
}

/// A step of a traced program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskOp {
    Syscall(Body),
    /// An interrupt: through the kernel and back.
    Interrupt,
    /// Inside the kernel: `set_current_state` (S4).
    SetState(TaskState),
    /// Inside the kernel: `schedule` (S4).
    Schedule,
    /// Inside the kernel: reads the word that [`Op::Store`] writes (S4).
    Look,
}

/// An engine: whom it traces, what it wants to hear, and how it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineProgram {
    pub task: TaskId,
    /// Engines of one class match each other; none: attached without ops.
    pub class: Option<u8>,
    /// Attached and past its first report when the scenario starts; else somebody attaches it.
    pub attached: bool,
    /// Its event mask then.
    pub events: Events,
    /// The n-th callback of a kind gets the n-th answer for that kind; beyond the last it is
    /// RESUME, unless the last stands for ever.
    pub answers: List<Answer>,
}

/// What an engine says to one callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub to: CallbackKind,
    pub action: ResumeAction,
    /// The disposition of the signal or of the system call; none leaves it as it was offered.
    pub result: Option<u32>,
    pub forever: bool,
    /// What the engine does first, from within the callback.
    pub ops: List<Op>,
}

/// An answer that does nothing beside.
pub const fn answer(to: CallbackKind, action: ResumeAction) -> Answer {
    Answer { to, action, result: None, forever: false, ops: Cow::Borrowed(&[]) }
}

/// A thread outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracerProgram {
    /// Who it is.
    pub name: Text,
    pub ops: List<Op>,
}

/// A tracer, for the data of scenarios.
pub const fn tracer(name: &'static str, ops: &'static [Op]) -> TracerProgram {
    TracerProgram { name: Cow::Borrowed(name), ops: Cow::Borrowed(ops) }
}

/// A step of a tracer, or of an engine within a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Attach {
        engine: EngineId,
        exclusive: bool,
    },
    /// `attach` without create, for an engine of the same class.
    Find {
        engine: EngineId,
    },
    SetEvents {
        engine: EngineId,
        events: Events,
    },
    Control {
        engine: EngineId,
        action: ResumeAction,
    },
    Barrier {
        engine: EngineId,
    },
    PrepareExamine {
        engine: EngineId,
    },
    /// Only behind a [`Op::PrepareExamine`] of the same thread that returned 0; else nothing.
    FinishExamine {
        engine: EngineId,
    },
    Send {
        signal: Signal,
        task: TaskId,
        scope: Scope,
    },
    Reap {
        task: TaskId,
    },
    Await(Condition),
    /// Writes the word that [`TaskOp::Look`] reads.
    Store,
    WakeUp {
        task: TaskId,
        mask: TaskState,
    },
}

/// Something to wait for. All but the second stay true once they are, so that no thread misses
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The task has stopped for an engine, at least once.
    HasStopped(TaskId),
    /// The task's state is exactly this.
    State(TaskId, TaskState),
    /// The task has been off its CPU; monitored only where somebody waits for it.
    HasSlept(TaskId),
    /// The task's `exit_state` is set.
    Dying(TaskId),
    /// The parent was told of a group stop.
    GroupStopped,
}

/// The tasks and engines of the scenarios, by their first numbers.
pub const T0: TaskId = TaskId(0);
pub const T1: TaskId = TaskId(1);
pub const E0: EngineId = EngineId(0);
pub const E1: EngineId = EngineId(1);
pub const E2: EngineId = EngineId(2);

/// A task that makes one quick system call.
pub const ONE_CALL: TaskProgram = TaskProgram {
    birth: Birth { process: 0, blocked: crate::kernel::sigset::SigSet::EMPTY, kernel_thread: false },
    ops: Cow::Borrowed(&[TaskOp::Syscall(Body::Quick)]),
};

/// A task that is in user mode all the time.
pub const USER_MODE: TaskProgram = TaskProgram { ops: Cow::Borrowed(&[]), ..ONE_CALL };

/// An engine of its own class on task 0, attached from the start.
pub const fn engine(class: u8, events: Events, answers: &'static [Answer]) -> EngineProgram {
    EngineProgram { task: T0, class: Some(class), attached: true, events, answers: Cow::Borrowed(answers) }
}

/// STOP, once, at the entry of a system call.
pub const STOP_AT_ENTRY: &[Answer] = &[answer(CallbackKind::SyscallEntry, ResumeAction::Stop)];

/// Waits until task 0 has stopped for an engine.
pub const HAS_STOPPED: Op = Op::Await(Condition::HasStopped(T0));

/// Waits until the parent was told that the process has stopped.
pub const GROUP_STOPPED: Op = Op::Await(Condition::GroupStopped);

pub const fn control(engine: EngineId, action: ResumeAction) -> Op {
    Op::Control { engine, action }
}

/// `kill`: to the process of task 0.
pub const fn kill(signal: Signal) -> Op {
    Op::Send { signal, task: T0, scope: Scope::Group }
}
