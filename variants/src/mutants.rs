//! Designs broken by hand, each in one function: what the comparison must find.
//!
//! A mutant hands every call but one to the design it was made from. That design's own calls
//! between its functions stay its own, so only what is called from outside the design files can be
//! broken so: `do_stop`, `wakeup`, `finish_jctl` and the small ones. SIGCONT that wakes TRACED too
//! is not here: it would be a switch in the kernel that no design has. The claims are tried on the
//! same mutants (`claims/mutants.rs`).

use crate::kernel::sched::try_to_wake_up;
use crate::kernel::task::{TaskId, TaskState};
use crate::scenarios::run::run;
use crate::scenarios::scenarios;
use crate::utrace::engine::Events;
use crate::utrace::reset::group_stop_in_force;
use crate::utrace::stopped_locked::StoppedLocked;
use crate::utrace::stopped_lockless::StoppedLockless;
use crate::utrace::stopped_removed::StoppedRemoved;
use crate::utrace::{Bit, Design, Looks, Machine, Milestone, Policy, Standing};
use crate::variants::{NO_ALTERNATIVES, REMOVED};
use lockstep::{Abandon, CompareConfig, Comparison, Program, Variant, compare};

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutation {
    /// `do_stop` without siglock around it.
    DoStopWithoutSiglock,
    /// `do_stop` that says of a task in a group stop that it took it over, marks it, and leaves it
    /// STOPPED.
    LeftStopped,
    /// `wakeup` of the same, with `stopped` cleared behind the wake-up.
    ClearedBehindWakeup,
    /// No `finish_jctl`.
    WithoutFinishJctl,
    /// `do_stop` of the designs that keep `stopped`, without setting it on a task that it takes
    /// over.
    TakenOverUnmarked,
    /// `do_stop` that says of a task in a group stop that it took it over, and does nothing.
    TakenOverInName,
    /// `reset` that clears `stopped` where it should wake.
    ClearedAndNotWoken,
    /// Any task is taken for stopped.
    TakesAllForStopped,
}

/// A design with one function broken.
pub(crate) struct Mutant {
    pub inner: &'static dyn Design,
    pub mutation: Mutation,
}

impl Design for Mutant {
    fn standing(&self, machine: &Machine<'_>, target: TaskId) -> Standing {
        let standing = self.inner.standing(machine, target);
        Standing { stopped: self.mutation == Mutation::TakesAllForStopped || standing.stopped, ..standing }
    }

    fn is_stopped(&self, machine: &Machine<'_>, target: TaskId) -> bool {
        self.mutation == Mutation::TakesAllForStopped || self.inner.is_stopped(machine, target)
    }

    fn stop(&self, machine: &Machine<'_>, current: TaskId, report: bool) -> bool {
        self.inner.stop(machine, current, report)
    }

    fn finish_stop(&self, machine: &Machine<'_>, current: TaskId) -> bool {
        self.inner.finish_stop(machine, current)
    }

    fn finish_jctl(&self, machine: &Machine<'_>, current: TaskId) {
        if self.mutation != Mutation::WithoutFinishJctl {
            self.inner.finish_jctl(machine, current);
        }
    }

    fn do_stop(&self, machine: &Machine<'_>, target: TaskId) -> bool {
        if self.mutation == Mutation::DoStopWithoutSiglock {
            return do_stop_without_siglock(machine, target);
        }
        if self.mutation == Mutation::LeftStopped {
            return do_stop_leaving_stopped(machine, target);
        }
        let in_group_stop = machine.kernel.task(target).state.peek().is_stopped();
        if self.mutation == Mutation::TakenOverInName && in_group_stop {
            return true;
        }
        let stopped = self.inner.do_stop(machine, target);
        if self.mutation == Mutation::TakenOverUnmarked {
            machine.utrace(target).bits.clear(&[Bit::Stopped]);
        }
        stopped
    }

    fn wakeup(&self, machine: &Machine<'_>, target: TaskId) {
        if self.mutation == Mutation::ClearedBehindWakeup {
            return wakeup_then_clear(machine, target);
        }
        self.inner.wakeup(machine, target);
    }

    fn reset_wakes(&self, machine: &Machine<'_>, target: TaskId, looks: Looks) -> bool {
        let wakes = self.inner.reset_wakes(machine, target, looks);
        if self.mutation == Mutation::ClearedAndNotWoken && wakes {
            machine.utrace(target).bits.clear(&[Bit::Stopped]);
            return false;
        }
        wakes
    }

    fn was_killed(&self, machine: &Machine<'_>, current: TaskId, result: bool) -> bool {
        self.inner.was_killed(machine, current, result)
    }
}

fn do_stop_without_siglock(machine: &Machine<'_>, target: TaskId) -> bool {
    broken_do_stop(machine, target, TaskState::TRACED)
}

fn do_stop_leaving_stopped(machine: &Machine<'_>, target: TaskId) -> bool {
    let siglock = machine.kernel.process(target).siglock;
    siglock.lock();
    let stopped = broken_do_stop(machine, target, TaskState::STOPPED);
    siglock.unlock();
    stopped
}

/// `do_stop` of any design, but for siglock, with this state for a task that it takes over.
fn broken_do_stop(machine: &Machine<'_>, target: TaskId, taken_over: TaskState) -> bool {
    let utrace = machine.utrace(target);
    let task = machine.kernel.task(target);
    let keeps = machine.policy.keeps_stopped;
    let mut stopped = false;
    if keeps && task.exit_state.read_once().is_set() {
        if !machine.task_flags(target).intersects(Events::DEATH_EVENTS) {
            utrace.bits.set(Bit::Stopped);
            stopped = true;
        }
    } else if task.state.read_once().is_stopped() {
        machine.client.milestone(Milestone::TakenOver);
        task.state.write_once(taken_over);
        if keeps {
            utrace.bits.set(Bit::Stopped);
        }
        stopped = true;
    } else if !utrace.bits.any(&[Bit::Report, Bit::Interrupt]) {
        utrace.bits.set(Bit::Report);
        task.set_notify_resume();
    }
    if keeps { stopped } else { task.state.read_once().is_traced() }
}

fn wakeup_then_clear(machine: &Machine<'_>, target: TaskId) {
    let utrace = machine.utrace(target);
    let task = machine.kernel.task(target);
    let process = machine.kernel.process(target);
    process.siglock.lock();
    if task.state.read_once().is_stopped_or_traced() {
        if group_stop_in_force(machine, target) {
            task.state.write_once(TaskState::STOPPED);
        } else {
            try_to_wake_up(&machine.kernel, target, TaskState::STOPPED_BIT.or(TaskState::TRACED_BIT));
        }
    }
    process.siglock.unlock();
    utrace.bits.clear(&[Bit::Stopped]);
}

/// Few executions: a mutant that only a long search finds would be a test of patience.
fn config() -> CompareConfig<'static> {
    CompareConfig {
        exhaustive_max: 0,
        preemptions: Some(1),
        enumerated_max: 20_000,
        sampled: 200,
        ..CompareConfig::default()
    }
}

/// Compares the mutant with its original in one scenario; `caught`: it shows outcomes that the
/// original does not.
#[track_caller]
fn check(mutation: Mutation, inner: &'static dyn Design, policy: Policy, id: &str, caught: bool) {
    let comparison = compared(mutation, inner, policy, id, &config());
    let new = comparison.divergences.iter().filter(|divergence| divergence.shown == [false, true]).count();
    assert_eq!(new > 0, caught, "{mutation:?} in {id}: {new} outcomes that the original does not show");
    assert!(caught || comparison.is_equal(), "{mutation:?} in {id}: outcomes are missing");
}

/// The scenario, searched whole, tells the mutant from its original, be it by an outcome that is
/// missing.
#[track_caller]
fn notices(id: &str, mutation: Mutation, inner: &'static dyn Design, policy: Policy) {
    let whole = CompareConfig { exhaustive_max: 100_000, ..config() };
    let comparison = compared(mutation, inner, policy, id, &whole);
    let is_whole = comparison.explorations.iter().all(|exploration| exploration.evidence.is_exhaustive());
    assert!(is_whole, "{mutation:?} in {id}: not searched whole");
    assert!(!comparison.is_equal(), "{mutation:?} in {id}: not noticed");
}

fn compared(
    mutation: Mutation,
    inner: &'static dyn Design,
    policy: Policy,
    id: &str,
    config: &CompareConfig<'_>,
) -> Comparison {
    // A design lives as long as the program; a test's few mutants may.
    let mutant: &'static Mutant = Box::leak(Box::new(Mutant { inner, mutation }));
    let scenario = scenarios().iter().find(|scenario| scenario.id == id).expect("the scenario exists");
    let (original, broken) = (|| run(inner, policy, scenario), || run(mutant, policy, scenario));
    let variants = [
        Variant { name: "original", program: Program { body: &original, abandon: Abandon::Unwind } },
        Variant { name: "mutant", program: Program { body: &broken, abandon: Abandon::Unwind } },
    ];
    let comparison = compare(&variants, config);
    assert!(!comparison.cancelled);
    comparison
}

/// SIGCONT comes between the look at STOPPED and the store of TRACED: what `control` said is
/// stopped runs on.
#[test]
fn do_stop_without_siglock_is_caught() {
    check(Mutation::DoStopWithoutSiglock, &StoppedLocked, NO_ALTERNATIVES, "S6b", true);
    check(Mutation::DoStopWithoutSiglock, &StoppedRemoved, REMOVED, "S6b", true);
}

/// The tracee looks without the lock, behind the wake-up and before the clearing: the WARN.
#[test]
fn stopped_cleared_behind_the_wake_up_is_caught_where_the_look_takes_no_lock() {
    check(Mutation::ClearedBehindWakeup, &StoppedLockless, NO_ALTERNATIVES, "S2", true);
    check(Mutation::ClearedBehindWakeup, &StoppedLockless, NO_ALTERNATIVES, "S3", true);
}

/// `wakeup` and the first design's `finish_stop` hold the lock both: their order inside cannot be
/// seen.
#[test]
fn stopped_cleared_behind_the_wake_up_is_the_same_where_the_look_takes_the_lock() {
    check(Mutation::ClearedBehindWakeup, &StoppedLocked, NO_ALTERNATIVES, "S2", false);
    check(Mutation::ClearedBehindWakeup, &StoppedLocked, NO_ALTERNATIVES, "S3", false);
}

/// A tracee that SIGKILL woke from a group stop reads the list of engines while the tracer still
/// changes it.
#[test]
fn no_finish_jctl_is_caught_in_the_last_design() {
    check(Mutation::WithoutFinishJctl, &StoppedRemoved, REMOVED, "S8d", true);
}

/// What S6 asks: whether SIGKILL finds a task half taken over.
#[test]
fn the_scenario_of_do_stop_notices_whatever_of_its_subject_is_broken() {
    notices("S6", Mutation::DoStopWithoutSiglock, &StoppedLocked, NO_ALTERNATIVES);
    notices("S6", Mutation::DoStopWithoutSiglock, &StoppedLockless, NO_ALTERNATIVES);
    notices("S6", Mutation::LeftStopped, &StoppedLocked, NO_ALTERNATIVES);
    notices("S6", Mutation::LeftStopped, &StoppedLockless, NO_ALTERNATIVES);
    notices("S6", Mutation::LeftStopped, &StoppedRemoved, REMOVED);
    notices("S6", Mutation::ClearedBehindWakeup, &StoppedLockless, NO_ALTERNATIVES);
}

/// Of each design four ways to break it, each with a scenario that notices.
#[test]
fn each_design_is_watched_by_the_scenarios() {
    notices("S2", Mutation::ClearedAndNotWoken, &StoppedLocked, NO_ALTERNATIVES);
    notices("S8e", Mutation::TakenOverUnmarked, &StoppedLocked, NO_ALTERNATIVES);
    notices("S8e", Mutation::WithoutFinishJctl, &StoppedLocked, NO_ALTERNATIVES);
    notices("S15", Mutation::TakesAllForStopped, &StoppedLocked, NO_ALTERNATIVES);
    notices("S2", Mutation::ClearedBehindWakeup, &StoppedLockless, NO_ALTERNATIVES);
    notices("S8e", Mutation::TakenOverUnmarked, &StoppedLockless, NO_ALTERNATIVES);
    notices("S8h", Mutation::WithoutFinishJctl, &StoppedLockless, NO_ALTERNATIVES);
    notices("S8", Mutation::TakesAllForStopped, &StoppedLockless, NO_ALTERNATIVES);
    notices("S3", Mutation::ClearedAndNotWoken, &StoppedRemoved, REMOVED);
    notices("S8e", Mutation::TakenOverInName, &StoppedRemoved, REMOVED);
    notices("S8d", Mutation::WithoutFinishJctl, &StoppedRemoved, REMOVED);
    notices("S15", Mutation::TakesAllForStopped, &StoppedRemoved, REMOVED);
}
