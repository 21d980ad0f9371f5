//! What a tracee reads of `stopped` when it wakes up, and what it takes that for: C1 to C3, C5 to
//! C8 and C17.
//!
//! The two looks are those of `finish_stop` and of `finish_jctl`, in both designs. What is true of
//! the task besides is kept in ghost cells (`scenarios::protocol`): whose word on the stop was the
//! last, the task's own, `do_stop`'s or `wakeup`'s; whether SIGKILL is pending at that moment, for
//! it or for its process (C3, C5, C5b, which say "pending"); and whether it was ever sent (C6, C7,
//! which speak of who was killed). `wakeup` counts from its beginning, so "in progress" is
//! included. C7 speaks of the look in `finish_stop` alone, as the mail does: nobody asks whether a
//! task that slept in a group stop was killed.
//!
//! Where a SIGKILL is pending matters. C5 as Oleg puts it ("we have a pending SIGKILL") is read
//! widely, for the task or for its process; so is "no SIGKILL" in C3. Roland's answer narrows it to
//! "a local pending SIGKILL", which is what the WARN tests: that is C5b, and S14 breaks it. The
//! chain that S14 stands on, each link as in 2.6.31 and in the patch (kernel/signal.c,
//! include/linux/sched.h, kernel/utrace.c):
//!
//! - `exit_group` by one thread of several sets SIGNAL_GROUP_EXIT and puts SIGKILL into the own
//!   sets of the *other* threads (`do_group_exit`, `zap_other_threads`); the exit report comes
//!   before PF_EXITING is set, so the thread may stop in it;
//! - `utrace_stop` asks for SIGKILL in `task->pending` only, finds none, and sleeps with `stopped`
//!   set;
//! - a further SIGKILL for the process: `prepare_signal` does nothing under SIGNAL_GROUP_EXIT and
//!   lets it pass; it is queued in `shared_pending`; `wants_signal` is true (not PF_EXITING, and
//!   SIGKILL ignores TRACED); `complete_signal` leaves out the part that puts SIGKILL into every
//!   own set, which wants SIGNAL_GROUP_EXIT clear, and ends in `signal_wake_up` as for any SIGKILL:
//!   it wakes;
//! - `finish_utrace_stop` finds `stopped` set and warns unless SIGKILL is in `task->pending`;
//!   `__fatal_signal_pending` is the same look at the same set, and neither looks at
//!   `shared_pending`.
//!
//! Oleg Nesterov wrote the third and the fourth link down himself, of the thread that dumps core,
//! when he mended that case in 2013 ("coredump: ensure that SIGKILL always kills the dumping
//! thread", 6cd8f0acae34): `complete_signal` "sees SIGNAL_GROUP_EXIT and skips the 'kill them all'
//! logic", and a group-wide SIGKILL "is not recorded in task->pending and thus
//! __fatal_signal_pending() won't be true".

use lockstep::{End, Outcome};

use super::claim::{Asked, Claim, LOCKED, LOCKLESS, REMOVED, Statement, alone, has, not, warns};
use crate::observation::Finding;
use crate::scenarios::protocol::Watching;

/// Every situation in which a task stops for an engine or is taken over by one. S7b and S11b are
/// left out: they differ from S7 and S11 by a signal that is dequeued later, and would take half of
/// the time.
const STOPS: &[&str] = &[
    "S1", "S2", "S3", "S5", "S5b", "S6", "S6b", "S7", "S8", "S8b", "S8c", "S8d", "S8e", "S8f", "S8h", "S9d", "S10c",
    "S11", "S12", "S12b", "S12c", "S12d", "S14", "S14b", "S15",
];

/// Those in which a task is left in, or taken over from, a group stop.
const GROUP_STOPS: &[&str] = &["S1", "S5", "S5b", "S6", "S6b", "S7", "S8d", "S8e", "S8f", "S10c"];

/// Those in which SIGKILL comes and is the first to end the process. In S14 and S14b it is not, and
/// both designs warn, with siglock or without.
const KILLS: &[&str] = &["S3", "S6", "S7", "S8", "S8b", "S8c", "S8d", "S8e", "S8f", "S10c", "S11", "S15"];

/// One watch for all of them, so that they are decided by the same executions.
const WATCHING: Watching = Watching::of(&[
    Finding::MissedOwnStop,
    Finding::SetBehindFinish,
    Finding::KilledWithoutKill,
    Finding::SetWithoutKill,
    Finding::SetThoughLetGo,
    Finding::ClearThoughKilled,
    Finding::MissedTakeOver,
    Finding::SetWithoutOwnKill,
]);

const NO_BIT: &str = "it has no `stopped`";

const WITH_STOPPED: &[Asked] = &[alone(LOCKED), alone(LOCKLESS), not(REMOVED, NO_BIT)];

const WARNING: &str = "no SIGKILL is pending";

pub const CLAIMS: &[Claim] = &[
    Claim {
        id: "C1",
        date: "2009-08-01",
        author: "Oleg Nesterov",
        says: "The tracee cannot miss a `stopped` that it has set itself.",
        checked: "never, behind the sleep of stop, does it read `stopped` as clear when nobody has begun to clear it since it set it",
        note: "",
        scenarios: STOPS,
        asked: WITH_STOPPED,
        statement: Statement::Never(WATCHING, |outcome| has(outcome, Finding::MissedOwnStop)),
    },
    Claim {
        id: "C2",
        date: "2009-08-03",
        author: "Oleg Nesterov",
        says: "`stopped` is clear after finish_stop, whoever checks it under the lock.",
        checked: "never does a tracer that has the lock find `stopped` set on a task that is alive and past finish_stop or finish_jctl, and never does a report or a stop begin with it set",
        note: "Not on a machine that orders only what locks order (S8h): SIGKILL, pending before its wake-up has come to the run queue, keeps a task from sleeping that was just taken over from a group stop. It then passes finish_jctl on the `stopped` of before, in both designs, for finish_jctl looks without the lock in both.",
        scenarios: STOPS,
        asked: WITH_STOPPED,
        statement: Statement::Never(WATCHING, is_set_behind_finish),
    },
    Claim {
        id: "C3",
        date: "2009-08-03",
        author: "Roland McGrath; claimed by Oleg Nesterov, 2009-08-04",
        says: "A `stopped` read as set after it was cleared is never taken for a kill: finish_stop does not warn, and stop does not say killed, when there was no SIGKILL.",
        checked: "never does stop return killed, or the WARN fire, for a task when SIGKILL is pending neither for it nor for its process",
        note: "The WARN does fire in S14, and on no false positive: C5b. In S15 a false positive is taken for a kill while a SIGKILL is pending, which the claim allows: C16.",
        scenarios: STOPS,
        asked: WITH_STOPPED,
        statement: Statement::Never(WATCHING, |outcome| {
            has(outcome, Finding::KilledWithoutKill) || warns(outcome, WARNING) && has(outcome, Finding::SetWithoutKill)
        }),
    },
    Claim {
        id: "C5",
        date: "2009-08-04",
        author: "Oleg Nesterov",
        says: "If `stopped` is read as set on waking up, a SIGKILL is pending.",
        checked: "never, behind the sleep of stop, does a task read `stopped` as set when SIGKILL is pending neither for it nor for its process",
        note: "",
        scenarios: STOPS,
        asked: WITH_STOPPED,
        statement: Statement::Never(WATCHING, |outcome| has(outcome, Finding::SetWithoutKill)),
    },
    Claim {
        id: "C5b",
        date: "2009-08-04",
        author: "Roland McGrath",
        says: "That SIGKILL is pending for the task itself. (\"I was not confident that a local pending SIGKILL would always be there. It might not have been a valid worry even then.\")",
        checked: "never, behind the sleep of stop, does a task read `stopped` as set that does not have SIGKILL in its own pending set, where the WARN and fatal_signal_pending look; never does the WARN fire",
        note: "The worry was valid. On every situation of the thread the claim holds; S14, which generated scenarios found, breaks it: a SIGKILL for a process that is exiting already is queued for the process alone, and wakes all the same.",
        scenarios: STOPS,
        asked: WITH_STOPPED,
        statement: Statement::Never(WATCHING, |outcome| {
            has(outcome, Finding::SetWithoutOwnKill) || warns(outcome, WARNING)
        }),
    },
    Claim {
        id: "C6",
        date: "2009-08-04",
        author: "Oleg Nesterov",
        says: "A tracee woken by a SIGCONT right behind wakeup's TRACED to STOPPED sees `stopped` clear.",
        checked: "never does a task that a wakeup let go, when SIGKILL was sent neither to it nor to its process, read `stopped` as set",
        note: "",
        scenarios: GROUP_STOPS,
        asked: WITH_STOPPED,
        statement: Statement::Never(WATCHING, |outcome| has(outcome, Finding::SetThoughLetGo)),
    },
    Claim {
        id: "C7",
        date: "2009-08-04",
        author: "Oleg Nesterov",
        says: "A killed tracee sees `stopped` set, unless wakeup is in progress or has already woken it as far as utrace is concerned.",
        checked: "never, behind the sleep of stop, does a task that SIGKILL was sent to read `stopped` as clear while the last word on its stop is its own or do_stop's",
        note: "",
        scenarios: KILLS,
        asked: WITH_STOPPED,
        statement: Statement::Never(WATCHING, |outcome| has(outcome, Finding::ClearThoughKilled)),
    },
    Claim {
        id: "C8",
        date: "2009-08-03",
        author: "Oleg Nesterov",
        says: "finish_stop needs no siglock to look whether SIGKILL is pending.",
        checked: "never does that look, made without siglock, miss a SIGKILL that was sent before (the WARN fires although it was)",
        note: "",
        scenarios: KILLS,
        asked: &[
            not(LOCKED, "it takes siglock for the look"),
            not(LOCKLESS, "so does it: patch 5/6 moves `lock` alone"),
            alone("no-siglock-for-the-look"),
            not(REMOVED, "it has no such look; its own look at SIGKILL is C12 and C15"),
        ],
        statement: Statement::Never(WATCHING, |outcome| {
            warns(outcome, WARNING) && !has(outcome, Finding::SetWithoutOwnKill)
        }),
    },
    Claim {
        id: "C17",
        date: "2009-08-03",
        author: "Oleg Nesterov",
        says: "If `stopped` was cleared before finish_stop, nobody can set it again in such a way that it is missed.",
        checked: "never, behind the sleep of stop, does a task read `stopped` as clear that do_stop has set again since",
        note: "",
        scenarios: GROUP_STOPS,
        asked: WITH_STOPPED,
        statement: Statement::Never(WATCHING, |outcome| has(outcome, Finding::MissedTakeOver)),
    },
];

fn is_set_behind_finish(outcome: &Outcome) -> bool {
    let bug = matches!(&outcome.end, End::Bug(fault) if fault.message.contains("`stopped` is set"));
    bug || has(outcome, Finding::SetBehindFinish)
}
