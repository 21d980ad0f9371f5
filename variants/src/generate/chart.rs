//! The protocol's state chart: its edges as goals of generated scenarios, so that every execution
//! says which it took.
//!
//! Edges are what happens to the first two tasks and what the first engine is told; more of either
//! are only seen where an edge says nothing of who it was. A signal meets the state that it leaves
//! behind. There are at most 64.

use crate::kernel::sigset::{SIGCONT, SIGHUP, SIGKILL, SIGSTOP, SIGUSR1, Signal};
use crate::kernel::task::TaskState;
use crate::kernel::tracehook::ChildEvent;
use crate::observation::{Call, EndState};
use crate::scenarios::program::{E0, Goal, T0, T1, When, goal};
use crate::utrace::Milestone;
use crate::utrace::engine::{CallbackKind, Errno, ResumeAction};

const fn inside(name: &'static str, milestone: Milestone) -> Goal {
    goal(name, When::Inside(milestone))
}

const fn sent(name: &'static str, signal: Signal, state: TaskState) -> Goal {
    goal(name, When::Sent(signal, state))
}

const fn told(name: &'static str, action: ResumeAction, result: Errno) -> Goal {
    goal(name, When::Controlled(E0, action, result))
}

const fn returned(name: &'static str, call: Call, result: Errno) -> Goal {
    goal(name, When::Returned(call, E0, result))
}

/// The edges.
pub const CHART: &[Goal] = &[
    inside("a task stops for an engine", Milestone::Stopped),
    inside("SIGKILL comes before a stop", Milestone::KilledBeforeStop),
    inside("a stopped task is taken over", Milestone::TakenOver),
    inside("a resumed task is left in the group stop", Milestone::LeftStopped),
    inside("a task is resumed that is awake already", Milestone::WokenTwice),
    inside("a task would stop and no engine wants it", Milestone::StopUnwanted),
    inside("a stop for an engine completes a group stop", Milestone::LastToStop),
    inside("a task is resumed while a group stop is collected", Milestone::WakeupDuringGroupStop),
    inside("`stopped` is cleared between the look and the lock", Milestone::ClearedBeforeLock),
    goal("a system call is let through", When::LetThrough(true)),
    goal("a system call is aborted", When::LetThrough(false)),
    goal("the parent hears of an exit", When::Told(ChildEvent::Exited)),
    goal("the parent hears of a kill", When::Told(ChildEvent::Killed)),
    goal("the parent hears of a core dump", When::Told(ChildEvent::Dumped)),
    goal("the parent hears of a group stop", When::Told(ChildEvent::Stopped)),
    goal("the parent hears of SIGCONT", When::Told(ChildEvent::Continued)),
    sent("SIGKILL meets RUNNING", SIGKILL, TaskState::RUNNING),
    sent("SIGKILL meets TRACED", SIGKILL, TaskState::TRACED),
    sent("SIGKILL meets DEAD", SIGKILL, TaskState::DEAD),
    sent("SIGCONT meets RUNNING", SIGCONT, TaskState::RUNNING),
    sent("SIGCONT meets TRACED", SIGCONT, TaskState::TRACED),
    sent("SIGCONT meets DEAD", SIGCONT, TaskState::DEAD),
    sent("SIGSTOP meets RUNNING", SIGSTOP, TaskState::RUNNING),
    sent("SIGSTOP meets STOPPED", SIGSTOP, TaskState::STOPPED),
    sent("SIGSTOP meets TRACED", SIGSTOP, TaskState::TRACED),
    sent("SIGHUP meets STOPPED", SIGHUP, TaskState::STOPPED),
    sent("SIGHUP meets TRACED", SIGHUP, TaskState::TRACED),
    goal("a handler runs", When::Delivered(SIGUSR1)),
    goal("task 0 ends running", When::Ended(T0, EndState::Running)),
    goal("task 0 ends sleeping", When::Ended(T0, EndState::Sleeping)),
    goal("task 0 ends STOPPED", When::Ended(T0, EndState::Stopped)),
    goal("task 0 ends TRACED", When::Ended(T0, EndState::Traced)),
    goal("task 0 ends dead", When::Ended(T0, EndState::Dead)),
    goal("task 1 ends STOPPED", When::Ended(T1, EndState::Stopped)),
    goal("task 1 ends TRACED", When::Ended(T1, EndState::Traced)),
    goal("task 1 ends dead", When::Ended(T1, EndState::Dead)),
    goal("somebody reaps", When::Reaped),
    told("STOP finds it stopped", ResumeAction::Stop, Errno::Ok),
    told("STOP has to be awaited", ResumeAction::Stop, Errno::EINPROGRESS),
    told("STOP comes too late", ResumeAction::Stop, Errno::ESRCH),
    told("RESUME is taken", ResumeAction::Resume, Errno::Ok),
    told("RESUME comes too late", ResumeAction::Resume, Errno::ESRCH),
    told("DETACH is done", ResumeAction::Detach, Errno::Ok),
    told("DETACH has to be awaited", ResumeAction::Detach, Errno::EINPROGRESS),
    told("DETACH comes too late", ResumeAction::Detach, Errno::ESRCH),
    told("DETACH meets a dying task", ResumeAction::Detach, Errno::EALREADY),
    told("REPORT is taken", ResumeAction::Report, Errno::Ok),
    told("INTERRUPT is taken", ResumeAction::Interrupt, Errno::Ok),
    returned("events are set", Call::SetEvents, Errno::Ok),
    returned("events are set during a callback", Call::SetEvents, Errno::EINPROGRESS),
    returned("events are set too late", Call::SetEvents, Errno::EALREADY),
    returned("a barrier is passed", Call::Barrier, Errno::Ok),
    returned("an examination begins", Call::PrepareExamine, Errno::Ok),
    returned("a task that runs is not examined", Call::PrepareExamine, Errno::EAGAIN),
    returned("an examination held", Call::FinishExamine, Errno::Ok),
    returned("an examination did not hold", Call::FinishExamine, Errno::EAGAIN),
    goal("a death is reported", When::Called(E0, CallbackKind::Death)),
    goal("an exit is reported", When::Called(E0, CallbackKind::Exit)),
    goal("a signal is reported", When::Called(E0, CallbackKind::Signal)),
    goal("job control is reported", When::Called(E0, CallbackKind::Jctl)),
    goal("the end of a system call is reported", When::Called(E0, CallbackKind::SyscallExit)),
    goal("a reaping is reported", When::Called(E0, CallbackKind::Reap)),
];

const _: () = assert!(CHART.len() <= 64, "goals are bits of a word");
