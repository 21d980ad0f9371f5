//! What a killed tracee may do while a tracer that has the lock takes it for stopped: C10, C15,
//! C20.
//!
//! "Utrace thinks it is stopped" is read as: a tracer has taken the lock, has found the task
//! stopped or has stopped it, and has neither let it go nor dropped the lock. Outside of that
//! section nobody thinks anything, for whoever comes next looks again. The other reading, "as long
//! as the tracer was told so and did not let it go", is a rule of every execution instead (no
//! callback while an engine holds the task), and that rule must make an exception for SIGKILL, or
//! no design would keep it.

use lockstep::Outcome;

use super::claim::{Asked, Claim, LOCKED, LOCKLESS, REMOVED, Statement, alone, found, not};
use crate::observation::Finding;
use crate::scenarios::protocol::Watching;
use crate::utrace::engine::CallbackKind;

const WATCHING: Watching = Watching::of(&[Finding::CallbackWhileBelieved]);

/// SIGKILL against a tracer inside of a call, with engines interested in what comes then.
const KILLS: &[&str] = &["S3", "S6", "S8", "S8b", "S8c", "S8d", "S8e", "S8f", "S9d", "S10c", "S11", "S12", "S15"];

const KEEPS: &str = "it keeps `stopped`; the claim is about doing without";

/// Without `stopped`: with nothing in its place, with a part of it, with all of it.
const WITHOUT_STOPPED: &[Asked] = &[
    not(LOCKED, KEEPS),
    not(LOCKLESS, KEEPS),
    alone("a6-no-finish-stop"),
    alone("a5-no-finish-jctl"),
    alone(REMOVED),
    alone("a3-lock-always"),
];

pub const CLAIMS: &[Claim] = &[
    Claim {
        id: "C10",
        date: "2009-08-03",
        author: "Oleg Nesterov; withdrawn by him, 2009-08-04",
        says: "Without `stopped` a killed tracee can make a jctl report while utrace thinks it is stopped.",
        checked: "sometimes report_jctl is called back while a tracer with the lock takes the task for stopped",
        note: "He was right to withdraw it: group exit clears the flags that CLD_CONTINUED is reported from, under siglock and before the wake-up.",
        scenarios: &["S8d", "S8e", "S10c", "S10d"],
        asked: WITHOUT_STOPPED,
        statement: Statement::Sometimes(WATCHING, |outcome| called_back(outcome, CallbackKind::Jctl)),
    },
    Claim {
        id: "C10b",
        date: "2009-08-04",
        author: "Oleg Nesterov",
        says: "What is still possible without `stopped` is a signal report from get_signal, before it takes the lock.",
        checked: "sometimes report_signal is called back while a tracer with the lock takes the task for stopped",
        note: "",
        scenarios: &["S8", "S8b", "S8e", "S8f"],
        asked: WITHOUT_STOPPED,
        statement: Statement::Sometimes(WATCHING, |outcome| called_back(outcome, CallbackKind::Signal)),
    },
    Claim {
        id: "C15",
        date: "2009-08-03",
        author: "Oleg Nesterov",
        says: "With `stopped` seen set under the lock, the tracee can do nothing that utrace can see until it has taken the lock.",
        checked: "never is a callback made while a tracer with the lock takes the task for stopped",
        note: "",
        scenarios: KILLS,
        asked: &[
            alone(LOCKED),
            alone(LOCKLESS),
            alone(REMOVED),
            alone("a3-lock-always"),
            alone("unlock-wait-relaxed"),
            alone("unlock-wait-lock-unlock"),
            alone("a5-no-finish-jctl"),
            alone("a6-no-finish-stop"),
        ],
        statement: Statement::Never(WATCHING, |outcome| {
            found(outcome, Finding::CallbackWhileBelieved).next().is_some()
        }),
    },
    Claim {
        id: "C20",
        date: "2009-08-03",
        author: "Roland McGrath",
        says: "Without the lock, a tracee that only dequeues SIGKILL can still reach the exit report while it is held to be stopped.",
        checked: "sometimes report_exit is called back while a tracer with the lock takes the task for stopped",
        note: "",
        scenarios: &["S8", "S8d", "S8e"],
        asked: &[
            not(LOCKED, "it takes the lock"),
            not(LOCKLESS, "it takes the lock when it was killed"),
            not(REMOVED, "it waits for the lock; what that is worth is C12 and C15"),
            alone("a6-no-finish-stop"),
            alone("a5-no-finish-jctl"),
        ],
        statement: Statement::Sometimes(WATCHING, |outcome| called_back(outcome, CallbackKind::Exit)),
    },
];

fn called_back(outcome: &Outcome, kind: CallbackKind) -> bool {
    found(outcome, Finding::CallbackWhileBelieved).any(|argument| argument == kind as u16)
}
