//! Who excludes or orders whom: C4 (the wake-up), C13 (siglock), C18 (what lies between a group
//! stop and get_signal). C21 (who uses the result of a stop) stands beside them and is read off the
//! code.
//!
//! C13's "harmless" is read as: no false kill comes of it. Tasks do end asleep for ever in some of
//! its scenarios, in every design alike, but not by this race: a task that SIGKILL broke out of a
//! stop stops once more at its exit report, for an engine that has let it go meanwhile (R1).
//!
//! C18 is refuted by a second group stop. Another thread that wakes first may dequeue the next stop
//! signal and begin to collect before this one gets to get_signal; then `get_signal_to_deliver`
//! joins that stop first (`group_stop_count > 0` is tested before the hook), and its CLD_STOPPED is
//! reported on the way. That order of tests is the kernel's (2.6.31, `get_signal_to_deliver`), so
//! the witness is one of the code and not of the model. Roland's conclusion from it, that nothing
//! is reported there before the lock was taken, does not stand on `report_jctl`: since patch 4/6
//! that takes the lock only where `report` is set. It stands on `finish_jctl` before it.
//!
//! C21 cannot be asked of executions. Whoever drops a result shows nothing, and a monitor that asks
//! our own callers whether they look asks for what we wrote ourselves. So it is called what it is:
//! a sentence on the text, true of 3e0a686d625. There `utrace_stop` is called in four places: the
//! entry of a system call uses the result, the resume report keeps it for get_signal, which uses
//! it, and the exit report and vfork drop it.

use lockstep::Outcome;

use super::claim::{Claim, LOCKED, LOCKLESS, REMOVED, SERIES, Statement, alone, has, not, observations, warns};
use crate::observation::{Finding, Observation, Rule};
use crate::scenarios::protocol::Watching;

/// One watch for all that need one.
const WATCHING: Watching = Watching::of(&[Finding::SignalWithinDoStop, Finding::CallbackBeforeGetSignal]);

pub const CLAIMS: &[Claim] = &[
    Claim {
        id: "C4",
        date: "2009-08-04",
        author: "Oleg Nesterov",
        says: "A wake-up is a barrier with respect to schedule(): what was written before try_to_wake_up() is seen behind schedule(), slept or not.",
        checked: "never does a task read the old value behind a schedule() whose turn under the run queue's lock came after that of the wake-up, also when the wake-up found the state not matching",
        note: "",
        scenarios: &["S4", "S4b", "S4c"],
        asked: SERIES,
        statement: Statement::Never(Watching::NONE, |outcome| {
            observations(outcome).any(|one| matches!(one, Observation::Rule { rule: Rule::WakeUpIsNoBarrier, .. }))
        }),
    },
    Claim {
        id: "C13",
        date: "2009-08-04",
        author: "Roland McGrath",
        says: "do_stop cannot race with a signal, since both hold siglock; only wakeup can, and that is the harmless direction.",
        checked: "never does do_stop take a task over in the middle of the sending of a signal, and whatever wakeup meets, never does the WARN fire",
        note: "The last design is asked as it stands on the base, and once more as the tree has it, which since 592d9779c3b looks at the state before it takes siglock.",
        scenarios: &["S3", "S5", "S6", "S6b", "S8d", "S8e", "S8f", "S10c"],
        asked: &[alone(LOCKED), alone(LOCKLESS), alone(REMOVED), alone("do-stop-looks-first")],
        statement: Statement::Never(WATCHING, has_raced),
    },
    Claim {
        id: "C18",
        date: "2009-08-03",
        author: "Roland McGrath",
        says: "The CLD_CONTINUED jctl report is all that happens between do_signal_stop waking up and get_signal.",
        checked: "never is anything but report_jctl(CLD_CONTINUED) called back between the end of a group stop's sleep and the call of the get_signal hook",
        note: "Strictly there is one more: if another thread begins the next group stop before this one gets there, its CLD_STOPPED is reported too. That is so in the base of August; d4ef5514cf0 and 48bab07659f of October, which 28b2774bf46 builds on, look for the stop behind the hook.",
        scenarios: &["S5", "S5b", "S6", "S6b", "S7", "S8d", "S8e", "S8f", "S10b", "S10c", "S10e"],
        asked: SERIES,
        statement: Statement::Never(WATCHING, |outcome| has(outcome, Finding::CallbackBeforeGetSignal)),
    },
    Claim {
        id: "C21",
        date: "2009-08-04",
        author: "Oleg Nesterov",
        says: "Only get_signal and the entry of a system call use the result of stop.",
        checked: "nothing: no execution can break it. It is a sentence on the text, and read off the text (3e0a686d625) it is true: the other callers (exit, vfork, resume) drop the result",
        note: "",
        scenarios: &[],
        asked: &[not(LOCKED, READ_OFF), not(LOCKLESS, READ_OFF), not(REMOVED, "its stop has no result")],
        statement: Statement::Elsewhere(READ_OFF),
    },
];

const READ_OFF: &str = "vacuous for exploration: it is read off the text";

fn has_raced(outcome: &Outcome) -> bool {
    has(outcome, Finding::SignalWithinDoStop) || warns(outcome, "no SIGKILL is pending")
}
