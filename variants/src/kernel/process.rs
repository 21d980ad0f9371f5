//! A process: what its threads share, the kernel's `signal_struct` and `sighand_struct` in one.
//!
//! Promise: everything here is guarded by `siglock` but `alive`, which `tasklist_lock` guards. Three fields are read
//! without it as well, by a thread that exits: `flags`, `group_exit_code` and `members`, so they are atomic.
//! Limits: handlers never change during an execution. Deviations: a process group, a session and an orphaned
//! process group do not exist, so SIGTSTP stops whenever SIGSTOP does.

use lockstep::sync::{Atomic, Ghost, Plain, SpinLock, Word};

use super::sigset::{SigSet, Signal};
use super::task::TaskId;

/// Processes in one world.
pub const PROCESSES_MAX: usize = 2;

/// `signal_struct.flags`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignalFlags(pub u32);

impl SignalFlags {
    pub const NONE: SignalFlags = SignalFlags(0);
    /// A group stop is complete and in force.
    pub const STOP_STOPPED: SignalFlags = SignalFlags(1);
    /// A stop signal was dequeued and no SIGCONT came since.
    pub const STOP_DEQUEUED: SignalFlags = SignalFlags(2);
    /// SIGCONT came since the last group stop (for `wait`).
    pub const STOP_CONTINUED: SignalFlags = SignalFlags(4);
    pub const GROUP_EXIT: SignalFlags = SignalFlags(8);
    /// The parent is still to be told of a stop that SIGCONT interrupted.
    pub const CLD_STOPPED: SignalFlags = SignalFlags(16);
    /// The parent is still to be told of SIGCONT.
    pub const CLD_CONTINUED: SignalFlags = SignalFlags(32);
    pub const CLD_MASK: SignalFlags = SignalFlags(16 | 32);

    pub fn has(self, other: SignalFlags) -> bool {
        self.0 & other.0 != 0
    }

    pub fn with(self, other: SignalFlags) -> SignalFlags {
        SignalFlags(self.0 | other.0)
    }

    pub fn without(self, other: SignalFlags) -> SignalFlags {
        SignalFlags(self.0 & !other.0)
    }
}

impl Word for SignalFlags {
    fn to_word(self) -> u64 {
        u64::from(self.0)
    }

    fn from_word(word: u64) -> Self {
        SignalFlags(word as u32)
    }
}

/// What user space asked to be done with its signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Handlers {
    /// SIG_IGN.
    pub ignored: SigSet,
    /// A function of the program.
    pub handled: SigSet,
}

impl Handlers {
    /// The kernel decides: SIG_DFL.
    pub fn is_default(self, signal: Signal) -> bool {
        !self.ignored.has(signal) && !self.handled.has(signal)
    }
}

/// A process, as a set of handles.
#[derive(Clone, Copy)]
pub struct Process {
    pub handlers: Handlers,
    pub siglock: SpinLock,
    pub shared_pending: Plain<SigSet>,
    pub group_stop_count: Plain<u32>,
    /// Written under siglock; `do_group_exit` reads it without, once it has seen GROUP_EXIT.
    pub group_exit_code: Atomic<u32>,
    /// Written under siglock; `do_group_exit` and `exit_signals` look for GROUP_EXIT without.
    pub flags: Atomic<SignalFlags>,
    /// Threads that nobody has released yet, a set of tasks. Written under siglock; [`Process::is_alone`] reads it without.
    pub members: Atomic<u32>,
    /// Threads that are not dying. Invariant: under `tasklist_lock`, written only with the write lock.
    pub alive: Plain<u32>,
    /// Monitor: SIGKILL has been in `shared_pending`.
    pub killed: Ghost<bool>,
    /// Monitor: SIGKILL is in `shared_pending`.
    pub kill_pending: Ghost<bool>,
}

impl Process {
    pub fn new(number: usize, handlers: Handlers, threads: u32) -> Process {
        let number = number as u32;
        Process {
            handlers,
            siglock: SpinLock::named(("siglock", number)),
            shared_pending: Plain::named(("shared_pending", number), SigSet::EMPTY),
            group_stop_count: Plain::named(("group_stop_count", number), 0),
            group_exit_code: Atomic::named(("group_exit_code", number), 0),
            flags: Atomic::named(("signal.flags", number), SignalFlags::NONE),
            members: Atomic::named(("threads", number), threads),
            alive: Plain::named(("live", number), threads),
            killed: Ghost::named(("process killed", number), false),
            kill_pending: Ghost::named(("SIGKILL pending for the process", number), false),
        }
    }

    /// `thread_group_empty`, read without a lock: is `current` the only thread that nobody has released?
    #[track_caller]
    pub fn is_alone(&self, current: TaskId) -> bool {
        self.members.read_once() == current.bit()
    }

    /// `signal_group_exit`: is the process exiting as a whole? Read with siglock and without.
    #[track_caller]
    pub fn is_exiting(&self) -> bool {
        self.flags.read_once().has(SignalFlags::GROUP_EXIT)
    }

    /// The unreleased threads, beginning with `first` and going round, as `next_thread` does. Siglock held.
    pub fn threads_from(&self, first: TaskId) -> impl Iterator<Item = TaskId> + use<> {
        let members = self.members.read_once();
        let count = super::task::TASKS_MAX as u8;
        (0..count).map(move |step| TaskId((first.0 + step) % count)).filter(move |task| members & task.bit() != 0)
    }
}
