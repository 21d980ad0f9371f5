//! One task: a thread of a traced program.
//!
//! Promise: the fields of 2.6.31's `task_struct` that the protocol reads or writes, each with the discipline
//! it has there. A field that the kernel reads without the lock that guards its writers is an [`Atomic`] read
//! with `READ_ONCE`; everything else is [`Plain`], so that a missing lock is a data race and ends the execution.
//!
//! Limits: at most [`TASKS_MAX`] tasks; they exist from the start of an execution, nothing forks.
//! The flags of `thread_info` are bits of one word, changed by locked instructions: the way back to user mode reads
//! them together, so it never sees a later flag without an earlier one.

use lockstep::sync::{Atomic, Ghost, Ordering, Plain, SpinLock, WaitQueue, Word};

use super::sigset::SigSet;

/// Tasks in one world. Four are enough for every situation of the thread: it never needs more than two threads
/// of one group, and a second process beside them.
pub const TASKS_MAX: usize = 4;

/// A task's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(pub u8);

impl TaskId {
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    pub fn number(self) -> u32 {
        u32::from(self.0)
    }

    /// The bit that stands for this task in a set of tasks.
    pub fn bit(self) -> u32 {
        1 << self.0
    }
}

/// `task_struct.state`, and a mask of states for a wake-up. Zero is RUNNING.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskState(pub u32);

impl TaskState {
    pub const RUNNING: TaskState = TaskState(0);
    pub const INTERRUPTIBLE: TaskState = TaskState(1);
    /// The bit of STOPPED alone, `__TASK_STOPPED`.
    pub const STOPPED_BIT: TaskState = TaskState(4);
    /// The bit of TRACED alone, `__TASK_TRACED`.
    pub const TRACED_BIT: TaskState = TaskState(8);
    pub const DEAD: TaskState = TaskState(64);
    pub const WAKEKILL: TaskState = TaskState(128);
    /// `TASK_STOPPED`.
    pub const STOPPED: TaskState = TaskState(4 | 128);
    /// `TASK_TRACED`.
    pub const TRACED: TaskState = TaskState(8 | 128);

    pub fn matches(self, mask: TaskState) -> bool {
        self.0 & mask.0 != 0
    }

    pub const fn or(self, other: TaskState) -> TaskState {
        TaskState(self.0 | other.0)
    }

    /// Its name, for readers.
    pub fn name(self) -> &'static str {
        match self {
            TaskState::RUNNING => "RUNNING",
            TaskState::INTERRUPTIBLE => "INTERRUPTIBLE",
            TaskState::STOPPED => "STOPPED",
            TaskState::TRACED => "TRACED",
            TaskState::DEAD => "DEAD",
            _ => "several states",
        }
    }

    /// `task_is_stopped`.
    pub fn is_stopped(self) -> bool {
        self.matches(TaskState::STOPPED_BIT)
    }

    /// `task_is_traced`.
    pub fn is_traced(self) -> bool {
        self.matches(TaskState::TRACED_BIT)
    }

    /// `task_is_stopped_or_traced`.
    pub fn is_stopped_or_traced(self) -> bool {
        self.is_stopped() || self.is_traced()
    }
}

impl Word for TaskState {
    fn to_word(self) -> u64 {
        u64::from(self.0)
    }

    fn from_word(word: u64) -> Self {
        TaskState(word as u32)
    }
}

/// `task_struct.exit_state`. "Dying" and "dead" mean that it is not `Alive`; "exiting" means PF_EXITING. The
/// thread insists on the difference (Roland, 2009-08-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitState {
    Alive,
    Zombie,
    Dead,
}

impl ExitState {
    pub fn is_set(self) -> bool {
        self != ExitState::Alive
    }
}

impl Word for ExitState {
    fn to_word(self) -> u64 {
        self as u64
    }

    fn from_word(word: u64) -> Self {
        match word {
            0 => ExitState::Alive,
            1 => ExitState::Zombie,
            _ => ExitState::Dead,
        }
    }
}

/// A flag of `thread_info`: a bit of the task's word of flags, changed by a locked instruction.
#[derive(Clone, Copy)]
pub struct ThreadFlag {
    word: Atomic<u32>,
    bit: u32,
}

impl ThreadFlag {
    pub const SIGPENDING: u32 = 1;
    pub const NOTIFY_RESUME: u32 = 2;
    pub const SYSCALL_TRACE: u32 = 4;

    /// `set_tsk_thread_flag`: a locked instruction where there are such, no ordering elsewhere.
    #[track_caller]
    pub fn set(&self) {
        self.word.fetch_or(self.bit, Ordering::Relaxed);
    }

    /// `clear_tsk_thread_flag`.
    #[track_caller]
    pub fn clear(&self) {
        self.word.fetch_and(!self.bit, Ordering::Relaxed);
    }

    /// `test_and_set_tsk_thread_flag`, a full barrier everywhere.
    #[track_caller]
    pub fn test_and_set(&self) -> bool {
        self.word.update_fully(|word| word | self.bit) & self.bit != 0
    }

    #[track_caller]
    pub fn test(&self) -> bool {
        self.word.read_once() & self.bit != 0
    }

    pub fn peek(&self) -> bool {
        self.word.peek() & self.bit != 0
    }
}

/// What is fixed about a task from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Birth {
    pub process: usize,
    pub blocked: SigSet,
    pub kernel_thread: bool,
}

/// A task, as a set of handles.
#[derive(Clone, Copy)]
pub struct Task {
    /// Number of the process that this task is a thread of.
    pub process: usize,
    pub state: Atomic<TaskState>,
    pub exit_state: Atomic<ExitState>,
    /// PF_EXITING. Only the task itself writes it, without siglock where it is alone or the process exits already;
    /// others read it under siglock.
    pub exiting: Atomic<bool>,
    /// PF_SIGNALED. Only the task itself touches it.
    pub signaled: Plain<bool>,
    /// Only the task itself writes it.
    pub exit_code: Plain<u32>,
    /// Signals sent to this thread alone. Written under siglock; `fatal_signal_pending` reads it without.
    pub pending: Atomic<SigSet>,
    /// Never changes in the model.
    pub blocked: SigSet,
    /// PF_KTHREAD.
    pub kernel_thread: bool,
    pub sigpending: ThreadFlag,
    pub notify_resume: ThreadFlag,
    pub syscall_trace: ThreadFlag,
    /// What utrace wants of this task: the union of the engines' masks. Written under the utrace lock, read
    /// everywhere without it.
    pub utrace_flags: Atomic<u32>,
    /// The run queue's lock. Each task has a CPU and a queue of its own.
    pub rq_lock: SpinLock,
    /// Where the CPU idles while the task is off its queue.
    pub rq_wait: WaitQueue,
    /// On the run queue, which is the same as on its CPU here. Written under `rq_lock`; `task_curr` reads it without.
    pub on_rq: Atomic<bool>,
    /// `nvcsw`, how often the task left its CPU. Invariant: under `rq_lock`.
    pub switches: Plain<u32>,
    /// Monitor: SIGKILL has been in `pending`, however it got there.
    pub killed: Ghost<bool>,
    /// Monitor: SIGKILL is in `pending`.
    pub kill_pending: Ghost<bool>,
    /// Monitor: how often the task came back to its CPU.
    pub runs: Ghost<u32>,
    /// Monitor of the pattern S4: a wake-up has had its turn under `rq_lock`.
    pub woken: Ghost<bool>,
}

impl Task {
    pub fn new(id: TaskId, birth: Birth) -> Task {
        let Birth { process, blocked, kernel_thread } = birth;
        let number = id.number();
        let word = Atomic::named(("TIF", number), 0);
        Task {
            process,
            state: Atomic::named(("state", number), TaskState::RUNNING),
            exit_state: Atomic::named(("exit_state", number), ExitState::Alive),
            exiting: Atomic::named(("PF_EXITING", number), false),
            signaled: Plain::named(("PF_SIGNALED", number), false),
            exit_code: Plain::named(("exit_code", number), 0),
            pending: Atomic::named(("pending", number), SigSet::EMPTY),
            blocked,
            kernel_thread,
            sigpending: ThreadFlag { word, bit: ThreadFlag::SIGPENDING },
            notify_resume: ThreadFlag { word, bit: ThreadFlag::NOTIFY_RESUME },
            syscall_trace: ThreadFlag { word, bit: ThreadFlag::SYSCALL_TRACE },
            utrace_flags: Atomic::named(("utrace_flags", number), 0),
            rq_lock: SpinLock::named(("rq.lock", number)),
            rq_wait: WaitQueue::named(("rq", number)),
            on_rq: Atomic::named(("on_rq", number), true),
            switches: Plain::named(("nvcsw", number), 0),
            killed: Ghost::named(("killed", number), false),
            kill_pending: Ghost::named(("SIGKILL pending", number), false),
            runs: Ghost::named(("runs", number), 0),
            woken: Ghost::named(("woken", number), false),
        }
    }

    /// What there is to do before user mode, in one load: is TIF_SIGPENDING set, is TIF_NOTIFY_RESUME?
    #[track_caller]
    pub fn work_flags(&self) -> (bool, bool) {
        let flags = self.sigpending.word.read_once();
        (flags & ThreadFlag::SIGPENDING != 0, flags & ThreadFlag::NOTIFY_RESUME != 0)
    }

    /// `set_notify_resume`: the barrier in it pairs with the read barrier behind the clearing of the flag.
    #[track_caller]
    pub fn set_notify_resume(&self) {
        self.notify_resume.test_and_set();
    }
}
