//! Engines and the words of the API: events, resume actions, verdicts of callbacks, error numbers.
//!
//! Promise: values and their order as in utrace's header of 2009, because the smallest action wins a pass.
//! Deviations: an engine's `ops` is one of three marks, not a table; which callbacks it has is the scenario's affair
//! and it has them all. Reference counts are left out, so an engine that is gone can still be named.

use lockstep::sync::{Atomic, Ghost, Word};

/// Engines in one world.
pub const ENGINES_MAX: usize = 8;

/// An engine's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EngineId(pub u8);

impl EngineId {
    pub fn number(self) -> u32 {
        u32::from(self.0)
    }

    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of events, as in `engine.flags` and `task.utrace_flags`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Events(pub u32);

impl Events {
    pub const NONE: Events = Events(0);
    pub const QUIESCE: Events = Events(1);
    pub const REAP: Events = Events(1 << 1);
    pub const CLONE: Events = Events(1 << 2);
    pub const VFORK: Events = Events(1 << 3);
    pub const EXEC: Events = Events(1 << 4);
    pub const EXIT: Events = Events(1 << 5);
    pub const DEATH: Events = Events(1 << 6);
    pub const SYSCALL_ENTRY: Events = Events(1 << 7);
    pub const SYSCALL_EXIT: Events = Events(1 << 8);
    pub const SIGNAL: Events = Events(1 << 9);
    pub const SIGNAL_IGN: Events = Events(1 << 10);
    pub const SIGNAL_STOP: Events = Events(1 << 11);
    pub const SIGNAL_TERM: Events = Events(1 << 12);
    pub const SIGNAL_CORE: Events = Events(1 << 13);
    pub const JCTL: Events = Events(1 << 14);
    /// The bit past the events that says: this engine keeps the task stopped.
    pub const ENGINE_STOP: Events = Events(1 << 15);
    /// `UTRACE_EVENT_SIGNAL_ALL`.
    pub const SIGNAL_ALL: Events = Events(0b11111 << 9);
    /// `UTRACE_EVENT_SYSCALL`.
    pub const SYSCALL: Events = Events(0b11 << 7);
    /// `_UTRACE_DEATH_EVENTS`.
    pub const DEATH_EVENTS: Events = Events(1 | 1 << 6);

    pub const fn or(self, other: Events) -> Events {
        Events(self.0 | other.0)
    }

    pub const fn without(self, other: Events) -> Events {
        Events(self.0 & !other.0)
    }

    pub fn intersects(self, other: Events) -> bool {
        self.0 & other.0 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Word for Events {
    fn to_word(self) -> u64 {
        u64::from(self.0)
    }

    fn from_word(word: u64) -> Self {
        Events(word as u32)
    }
}

/// What is to become of the task, the most powerful first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResumeAction {
    Stop,
    Report,
    Interrupt,
    Singlestep,
    Blockstep,
    Resume,
    Detach,
}

impl ResumeAction {
    pub const ALL: [ResumeAction; 7] = [
        ResumeAction::Stop,
        ResumeAction::Report,
        ResumeAction::Interrupt,
        ResumeAction::Singlestep,
        ResumeAction::Blockstep,
        ResumeAction::Resume,
        ResumeAction::Detach,
    ];

    pub fn from_number(number: u32) -> ResumeAction {
        ResumeAction::ALL[number as usize % ResumeAction::ALL.len()]
    }
}

/// A callback's answer, and what a pass offers to a callback: a resume action in the low four bits, and above them
/// what is to be done with the signal or the system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verdict(pub u32);

impl Verdict {
    pub const SIGNAL_MASK: u32 = 0xf0;
    pub const SIGNAL_DELIVER: u32 = 0;
    pub const SIGNAL_IGN: u32 = 0x10;
    pub const SIGNAL_TERM: u32 = 0x20;
    pub const SIGNAL_CORE: u32 = 0x30;
    pub const SIGNAL_STOP: u32 = 0x40;
    pub const SIGNAL_TSTP: u32 = 0x50;
    pub const SIGNAL_REPORT: u32 = 0x60;
    pub const SIGNAL_HANDLER: u32 = 0x70;
    /// Push the signal back on the queue.
    pub const SIGNAL_HOLD: u32 = 0x100;
    /// For a system call's entry.
    pub const SYSCALL_ABORT: u32 = 0x10;

    pub const fn new(action: ResumeAction, result: u32) -> Verdict {
        Verdict(action as u32 | result)
    }

    pub fn action(self) -> ResumeAction {
        ResumeAction::from_number(self.0 & 0xf)
    }

    pub fn result(self) -> u32 {
        self.0 & !0xf
    }
}

/// Who is called back about what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallbackKind {
    Quiesce,
    Signal,
    SyscallEntry,
    SyscallExit,
    Clone,
    Exec,
    Exit,
    Death,
    Jctl,
    Reap,
}

impl CallbackKind {
    pub const ALL: [CallbackKind; 10] = [
        CallbackKind::Quiesce,
        CallbackKind::Signal,
        CallbackKind::SyscallEntry,
        CallbackKind::SyscallExit,
        CallbackKind::Clone,
        CallbackKind::Exec,
        CallbackKind::Exit,
        CallbackKind::Death,
        CallbackKind::Jctl,
        CallbackKind::Reap,
    ];
}

/// What an API call returns.
#[expect(clippy::upper_case_acronyms, reason = "the kernel's names")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Errno {
    Ok,
    EPERM,
    ENOENT,
    ESRCH,
    EAGAIN,
    EEXIST,
    EINVAL,
    EALREADY,
    EINPROGRESS,
    ERESTARTSYS,
}

impl Errno {
    pub const ALL: [Errno; 10] = [
        Errno::Ok,
        Errno::EPERM,
        Errno::ENOENT,
        Errno::ESRCH,
        Errno::EAGAIN,
        Errno::EEXIST,
        Errno::EINVAL,
        Errno::EALREADY,
        Errno::EINPROGRESS,
        Errno::ERESTARTSYS,
    ];
}

/// `engine.ops`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ops {
    /// Never attached, or gone from the lists.
    Gone,
    /// Marked detached, still on a list.
    Detached,
    Live,
}

impl Word for Ops {
    fn to_word(self) -> u64 {
        self as u64
    }

    fn from_word(word: u64) -> Self {
        match word {
            0 => Ops::Gone,
            1 => Ops::Detached,
            _ => Ops::Live,
        }
    }
}

/// One tracer's attachment, as a set of handles.
#[derive(Clone, Copy)]
pub struct Engine {
    /// What `attach` compares when it looks for a matching engine; nothing: the caller gives no ops.
    pub class: Option<u8>,
    /// Mostly written under the utrace lock; the reporting task reads it without, and marks with it.
    pub ops: Atomic<Ops>,
    /// Not the kernel's, which allocates: it has been attached, in this world, once. Invariant: under the utrace lock.
    pub created: Ghost<bool>,
    /// Event mask and ENGINE_STOP. Written under the utrace lock, read by the reporting task without.
    pub flags: Atomic<Events>,
}

impl Engine {
    pub fn new(id: EngineId, class: Option<u8>) -> Engine {
        let number = u32::from(id.0);
        Engine {
            class,
            ops: Atomic::named(("ops", number), Ops::Gone),
            created: Ghost::named(("created", number), false),
            flags: Atomic::named(("flags", number), Events::NONE),
        }
    }

    #[track_caller]
    pub fn wants_stop(&self) -> bool {
        self.flags.read_once().intersects(Events::ENGINE_STOP)
    }
}

/// An ordered list of engines: four bits each, the first lowest, engine n as n + 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct EngineList(u64);

impl EngineList {
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn len(self) -> usize {
        (64 - self.0.leading_zeros() as usize).div_ceil(4)
    }

    pub fn nth(self, index: usize) -> Option<EngineId> {
        assert!(index < 16, "a list has sixteen places");
        let entry = (self.0 >> (4 * index)) & 0xf;
        (entry != 0).then(|| EngineId(entry as u8 - 1))
    }

    pub fn push(self, engine: EngineId) -> EngineList {
        assert!(self.len() < 16, "a list has sixteen places");
        EngineList(self.0 | (u64::from(engine.0) + 1) << (4 * self.len()))
    }

    /// The list with another behind it.
    pub fn join(self, other: EngineList) -> EngineList {
        other.iter().fold(self, EngineList::push)
    }

    pub fn iter(self) -> impl DoubleEndedIterator<Item = EngineId> {
        (0..self.len()).filter_map(move |index| self.nth(index))
    }
}

impl Word for EngineList {
    fn to_word(self) -> u64 {
        self.0
    }

    fn from_word(word: u64) -> Self {
        EngineList(word)
    }
}
