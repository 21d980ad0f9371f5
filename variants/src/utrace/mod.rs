//! utrace of August 2009 on the modelled kernel: what no patch touches, and three designs of stopping.
//!
//! Promise: every protocol step of `stop`, `control`, `set_events`, the report passes and the hooks, with the locks,
//! barriers and lockless reads they have in the kernel. What a patch of the series changes is behind [`Design`] and
//! nowhere else; repairs, alternatives and readings are a [`Policy`] over the designs.
//!
//! Limits: [`engine::ENGINES_MAX`] engines in a world. Deviations: single-stepping has a return value and no effect;
//! `put_detached_list`, reference counts, `task_utrace_proc_status` and the delay for a newborn thread are left out.
//! Sources, the first of them wins: Roland's utrace tree, of which the base is 3e0a686d625 (patches 1/6 to 4/6 applied, and before
//! them 66e070534eb and 2edad7d1d57); the thread; later code. The second design is d87e8c43aef; the third is what 28b2774bf46
//! and e2ced717929 did in the autumn, on this base. Facts are taken from that tree, no text of it.

pub mod engine;
pub mod api;
pub mod attach;
pub mod examine;
pub mod report;
pub mod hooks;
pub mod get_signal;
pub mod reset;
pub mod stopped_locked;
pub mod stopped_lockless;
pub mod stopped_removed;
pub mod watched;

use lockstep::sync::{Atomic, Plain, SpinLock, UnlockWait};

use self::engine::{CallbackKind, ENGINES_MAX, Engine, EngineId, EngineList, Events, ResumeAction, Verdict};
use crate::kernel::sigset::Signal;
use crate::kernel::substrate::{Kernel, KernelPolicy};
use crate::kernel::task::{TASKS_MAX, TaskId};
use crate::kernel::tracehook::ChildEvent;

/// The bits of `struct utrace`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bit {
    Stopped,
    Report,
    Interrupt,
    SignalHandler,
    VforkStop,
    Death,
    Reap,
}

impl Bit {
    fn mask(self) -> u32 {
        1 << self as u32
    }
}

/// The bits as memory: one word for all, written by load, modify, store under the lock, as C bit fields are; or a
/// word for each, which shows whether a behaviour comes from the sharing.
#[derive(Clone, Copy)]
pub struct Bits {
    words: [Atomic<u32>; 7],
    shared: bool,
}

impl Bits {
    fn new(task: u32, shared: bool) -> Bits {
        let words = if shared {
            [Atomic::named(("utrace bits", task), 0); 7]
        } else {
            let names = ["stopped", "report", "interrupt", "signal_handler", "vfork_stop", "death", "reap"];
            names.map(|name| Atomic::named((name, task), 0))
        };
        Bits { words, shared }
    }

    #[track_caller]
    pub fn read(&self, bit: Bit) -> bool {
        self.words[bit as usize].read_once() & bit.mask() != 0
    }

    /// The newest value, without an event: for goals.
    pub fn peek(&self, bit: Bit) -> bool {
        self.words[bit as usize].peek() & bit.mask() != 0
    }

    /// Is one of them set? One load where they share a word.
    #[track_caller]
    pub fn any(&self, bits: &[Bit]) -> bool {
        if self.shared {
            let mask = bits.iter().fold(0, |mask, bit| mask | bit.mask());
            return self.words[0].read_once() & mask != 0;
        }
        bits.iter().any(|&bit| self.read(bit))
    }

    /// The lock is held.
    #[track_caller]
    pub fn set(&self, bit: Bit) {
        let word = self.words[bit as usize];
        let others = if self.shared { word.read_once() } else { 0 };
        word.write_once(others | bit.mask());
    }

    /// The lock is held.
    #[track_caller]
    pub fn clear(&self, bits: &[Bit]) {
        if self.shared {
            let mask = bits.iter().fold(0, |mask, bit| mask | bit.mask());
            let word = self.words[0];
            word.write_once(word.read_once() & !mask);
            return;
        }
        for &bit in bits {
            self.words[bit as usize].write_once(0);
        }
    }
}

/// `struct utrace`: tracing's part of one task.
#[derive(Clone, Copy)]
pub struct Utrace {
    pub lock: SpinLock,
    /// The list the reports run over. Changed under the lock, and only while the task is quiescent or by the task
    /// itself; the task reads it without the lock. That discipline is what the designs must keep, so this is plain
    /// data: who breaks it has a race.
    pub attached: Plain<EngineList>,
    /// New engines. Invariant: under the lock.
    pub attaching: Plain<EngineList>,
    /// The engine whose callback runs: its number + 1, or 0.
    pub reporting: Atomic<u8>,
    pub bits: Bits,
}

impl Utrace {
    fn new(task: TaskId, shared_bits: bool) -> Utrace {
        let number = task.number();
        Utrace {
            lock: SpinLock::named(("utrace.lock", number)),
            attached: Plain::named(("attached", number), EngineList::default()),
            attaching: Plain::named(("attaching", number), EngineList::default()),
            reporting: Atomic::named(("reporting", number), 0),
            bits: Bits::new(number, shared_bits),
        }
    }
}

/// R1: what came after the series and every design of it lacks alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Repairs {
    /// `stop` does not stop when no engine has ENGINE_STOP any more.
    pub r1: bool,
}

impl Repairs {
    /// The code as it was.
    pub const NONE: Repairs = Repairs { r1: false };
    /// What d1a14cef3e6 (2009-08-30) is for. That commit asks a copy of the engines' bits; no commit asks them.
    pub const ALL: Repairs = Repairs { r1: true };
}

/// Small choices over the design files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub repairs: Repairs,
    pub kernel: KernelPolicy,
    /// The design has the bit `stopped` (the first two).
    pub keeps_stopped: bool,
    /// ENGINE_STOP is kept in the task's `utrace_flags` too, and `stop` asks for it there (d1a14cef3e6).
    pub stop_bookkeeping: bool,
    /// `get_utrace_lock` does not look whether the task is being reaped (af3eb44424e, patch 6/6).
    pub ignores_reaping: bool,
    /// `reap` asks for REAP before it clears an engine's flags, so that somebody is called back (2e1289280d2).
    pub reports_reap: bool,
    /// A1: the result of `stop` is ignored; `fatal_signal_pending` is asked instead (5bbbb418fb3, fb9379c4136).
    pub asks_fatal_signal: bool,
    /// The second design looks at SIGKILL without siglock, and before it takes `lock` (0b57f7461a6).
    pub looks_without_siglock: bool,
    /// A2: `recalc_sigpending` before `finish_stop`.
    pub recalc_first: bool,
    /// The second design reads `stopped` again once it has the lock.
    pub rechecks: bool,
    /// A3: the last design takes and drops the lock, killed or not.
    pub always_locks: bool,
    /// The last design as the mails of August have it: it waits for the lock whether killed or not, and a dying task
    /// counts as stopped once it has no death events left.
    pub as_in_the_mails: bool,
    /// The last design's `do_stop` looks at STOPPED before it takes siglock, and again behind (592d9779c3b).
    pub looks_first: bool,
    /// A5: the last design without `finish_jctl`.
    pub without_finish_jctl: bool,
    /// A6: the last design with an empty `finish_stop`.
    pub without_finish_stop: bool,
    /// How `spin_unlock_wait` is read.
    pub unlock_wait: UnlockWait,
    /// The utrace bits share one word.
    pub shared_bits: bool,
}

/// What a scenario wants to hear of the inside, to know that it reached its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Milestone {
    /// `do_stop` found the task STOPPED and took it over.
    TakenOver,
    /// `wakeup` left the task in the group stop.
    LeftStopped,
    /// `wakeup` ran on a task that something else had woken already.
    WokenTwice,
    /// `stop` gave up because SIGKILL was there first.
    KilledBeforeStop,
    /// The task stopped in `stop`.
    Stopped,
    /// R1's situation: `stop` with no engine left that wants it.
    StopUnwanted,
    /// The decrement of the group stop's count in `stop` reached zero.
    LastToStop,
    /// `wakeup` while a group stop is being collected.
    WakeupDuringGroupStop,
    /// `finish_stop` read `stopped` as set without the lock, and when it has the lock somebody has cleared it.
    ClearedBeforeLock,
}

/// A task, as `control` finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// It is stopped, or as good as.
    pub stopped: bool,
    /// Its `exit_state` is set.
    pub dying: bool,
}

/// What `reset` knows of a task when it asks whether to wake it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// The caller is not the task itself.
    pub outside: bool,
    /// Its `exit_state` was seen set.
    pub dying: bool,
    /// The flags computed anew have ENGINE_STOP.
    pub stop_wanted: bool,
}

/// Where a task slept that utrace may have held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slept {
    InStop,
    InGroupStop,
}

/// What the monitors of claims want to hear of the inside. Nothing is done with it unless an execution is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The task, awake, has looked at `stopped`.
    Looked { slept: Slept, set: bool },
    /// The task is behind `stop` or behind `finish_jctl`. `killed`: `stop` said so.
    Passed { slept: Slept, killed: bool },
    /// `do_stop` says that the task is stopped; `lock` held.
    Held,
    /// `is_stopped` says so; `lock` held.
    Believed,
    /// `wakeup` begins; `lock` held.
    LetGo,
    /// A tracer is about to drop `lock`.
    Released,
    /// The sending of a signal to the task begins or ends; siglock held.
    Sending(bool),
    /// The hook for get_signal begins.
    GetSignal,
}

/// A callback, as the engine gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Callback {
    pub kind: CallbackKind,
    pub task: TaskId,
    pub engine: EngineId,
    /// The events any of which justifies this callback.
    pub wanted: Events,
    /// The action so far and, for signals and system calls, the disposition so far.
    pub offered: Verdict,
    /// The signal, the exit code, the event of a QUIESCE, whether the group is dead, or what of job control.
    pub argument: u32,
}

/// Who uses utrace: the engines, and the monitors beside them.
pub trait Client {
    fn callback(&self, machine: &Machine<'_>, callback: Callback) -> Verdict;

    /// Monitor: the task is in TRACED, about to sleep; `lock` held.
    fn stopping(&self, machine: &Machine<'_>, current: TaskId);

    /// Monitor: `control` took its decision about this engine; `lock` held.
    fn controlled(&self, engine: EngineId, action: ResumeAction, stopped: bool);

    /// Monitor: the task runs its program.
    fn entering_user_mode(&self, machine: &Machine<'_>, current: TaskId);

    fn delivered(&self, current: TaskId, signal: Signal);

    fn notified_parent(&self, child: TaskId, event: ChildEvent, status: u32);

    fn milestone(&self, milestone: Milestone);

    /// For the monitors of claims.
    fn moment(&self, machine: &Machine<'_>, task: TaskId, moment: Moment);
}

/// One world: kernel, tracing, the design under comparison, and who uses it.
pub struct Machine<'a> {
    pub kernel: Kernel,
    pub design: &'a dyn Design,
    pub policy: Policy,
    pub client: &'a dyn Client,
    utrace: [Utrace; TASKS_MAX],
    engines: [Engine; ENGINES_MAX],
}

impl<'a> Machine<'a> {
    /// `classes` are the engines' classes, in the order of their numbers.
    pub fn new(
        kernel: Kernel,
        design: &'a dyn Design,
        policy: Policy,
        classes: &[Option<u8>],
        client: &'a dyn Client,
    ) -> Machine<'a> {
        assert!(classes.len() <= ENGINES_MAX, "at most {ENGINES_MAX} engines");
        let mut utrace = [Utrace::new(TaskId(0), policy.shared_bits); TASKS_MAX];
        for task in kernel.tasks().skip(1) {
            utrace[task.index()] = Utrace::new(task, policy.shared_bits);
        }
        let class = |number: usize| classes.get(number).copied().unwrap_or(None);
        let mut engines = [Engine::new(EngineId(0), class(0)); ENGINES_MAX];
        for (number, slot) in engines.iter_mut().enumerate().take(classes.len()).skip(1) {
            *slot = Engine::new(EngineId(number as u8), class(number));
        }
        Machine { kernel, design, policy, client, utrace, engines }
    }

    pub fn utrace(&self, task: TaskId) -> &Utrace {
        &self.utrace[task.index()]
    }

    pub fn engine(&self, engine: EngineId) -> &Engine {
        &self.engines[engine.index()]
    }

    /// The task's own look at `stopped` when it wakes up.
    #[track_caller]
    pub fn looks_at_stopped(&self, current: TaskId, slept: Slept) -> bool {
        let set = self.utrace(current).bits.read(Bit::Stopped);
        self.client.moment(self, current, Moment::Looked { slept, set });
        set
    }

    /// `task->utrace_flags`.
    #[track_caller]
    pub fn task_flags(&self, task: TaskId) -> Events {
        Events(self.kernel.task(task).utrace_flags.read_once())
    }
}

/// What the patches of the series change. The files that implement it hold the same functions in the same order.
pub trait Design: Sync {
    /// For `control`: is the task stopped, or as good as, and is it dying? `lock` held.
    fn standing(&self, machine: &Machine<'_>, target: TaskId) -> Standing;

    /// For `set_events`: is the task stopped, so that no callback can be in progress? `lock` held.
    fn is_stopped(&self, machine: &Machine<'_>, target: TaskId) -> bool;

    /// Blocks in TRACED until woken; nothing held. Says whether SIGKILL broke the stop, if the design knows.
    fn stop(&self, machine: &Machine<'_>, current: TaskId, report: bool) -> bool;

    /// Behind the sleep of `stop`; nothing held.
    fn finish_stop(&self, machine: &Machine<'_>, current: TaskId) -> bool;

    /// Behind the sleep of `do_signal_stop`; nothing held.
    fn finish_jctl(&self, machine: &Machine<'_>, current: TaskId);

    /// Asks the task to stop; true if it is stopped now. `lock` held.
    fn do_stop(&self, machine: &Machine<'_>, target: TaskId) -> bool;

    /// Lets a stopped task run, unless a group stop keeps it. `lock` held.
    fn wakeup(&self, machine: &Machine<'_>, target: TaskId);

    /// Does `reset` wake? `lock` held.
    fn reset_wakes(&self, machine: &Machine<'_>, target: TaskId, looks: Looks) -> bool;

    /// For the callers of `stop`: was it SIGKILL that ended the stop? `result` is what `stop` returned.
    fn was_killed(&self, machine: &Machine<'_>, current: TaskId, result: bool) -> bool;
}
