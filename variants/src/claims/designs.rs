//! What a patch or a proposal changes for a client: C9, C11, C12, C14, C16, C19. Each compares
//! outcome sets.
//!
//! C19 is refuted, and the mails themselves say why. Roland calls it all the same whether the task
//! thinks it was killed, "before the wakeup or after the wakeup": either order could have happened,
//! so either result is one that a client must expect. That holds while the wakeup is in progress.
//! But C7's second exception, "already woken from utrace pov", includes the task that stays in a
//! group stop for days (C9). There SIGKILL comes after the resume in every execution of S7; the
//! design that clears `stopped` lets the system call through, and the one that asks for SIGKILL
//! aborts it. The claim is read strictly: a client cannot tell. S7b and S8b, with a signal pending
//! beside SIGKILL, do not decide it: there the variant that asks for SIGKILL differs where no stop
//! was broken at all.
//!
//! C12 is refuted under the weak model, in both readings of spin_unlock_wait that are no lock, for
//! the reason that the kernel removed it for in 4.14. The tracer takes the lock (a
//! read-modify-write) and then reads the state TRACED; the killer writes the state, and the tracee
//! behind its wake-up reads the lock word. That is store buffering: each side writes one word and
//! reads the other, and unless both have a full barrier between, both may read what was before. The
//! tracee then sees the lock free that the tracer holds, and what it acquires from that old value
//! is of no use to it. Under `sc` nobody reads an old value. C15 is lost by the third design in the
//! same executions (S8e).
//!
//! Under total store order it is refuted as well, by the other half of the same shape. The tracee,
//! still in schedule(), finds SIGKILL pending, writes its own state back to RUNNING and releases
//! the run queue's lock, both by plain stores that may wait in its buffer, and then reads the
//! utrace lock as free. The tracer takes that lock and reads the state TRACED. Lock and unlock in
//! the place of spin_unlock_wait begin with a locked instruction, by which the stores have landed:
//! no schedule of S8e shows it then. Samples had not seen it; it takes five decisions.
//!
//! C12 is read as an inclusion, for "as well as": what spin_unlock_wait shows, lock and unlock
//! shows too. A variant with fewer outcomes does not refute it.

use super::claim::{Claim, LOCKED, LOCKLESS, REMOVED, Statement, against, not};

/// Every scenario there is; see the test.
const EVERYWHERE: &[&str] = &[
    "S1", "S2", "S2b", "S3", "S4", "S4b", "S4c", "S5", "S5b", "S6", "S6b", "S6c", "S6d", "S7", "S7b", "S8", "S8b",
    "S8c", "S8d", "S8e", "S8f", "S8g", "S8h", "S9", "S9b", "S9c", "S9d", "S10", "S10b", "S10c", "S10d", "S10e", "S11",
    "S11b", "S11c", "S12", "S12b", "S12c", "S12d", "S12e", "S12f", "S12g", "S13", "S13b", "S13c", "S13d", "S13e",
    "S14", "S14b", "S15", "S15b", "S16", "S16b",
];

/// Every scenario but S15 and S15b: there the tracer clears `stopped` in parallel and hears what it
/// has ended.
const BESIDE_PARALLEL: &[&str] = &[
    "S1", "S2", "S2b", "S3", "S4", "S4b", "S4c", "S5", "S5b", "S6", "S6b", "S6c", "S6d", "S7", "S7b", "S8", "S8b",
    "S8c", "S8d", "S8e", "S8f", "S8g", "S8h", "S9", "S9b", "S9c", "S9d", "S10", "S10b", "S10c", "S10d", "S10e", "S11",
    "S11b", "S11c", "S12", "S12b", "S12c", "S12d", "S12e", "S12f", "S12g", "S13", "S13b", "S13c", "S13d", "S13e",
    "S14", "S14b", "S16", "S16b",
];

/// Those in which a killed tracee may meet a tracer that has the lock.
const KILLS: &[&str] =
    &["S3", "S6", "S7", "S8", "S8b", "S8c", "S8d", "S8e", "S8f", "S9d", "S10c", "S11", "S11b", "S15"];

const ASKS: &str = "its callers ask for SIGKILL anyway";

pub const CLAIMS: &[Claim] = &[
    Claim {
        id: "C9",
        date: "2009-08-04",
        author: "Oleg Nesterov",
        says: "stop can return not-killed for a task that SIGKILL woke, so its result cannot be trusted, and fatal_signal_pending can replace it.",
        checked: "the variant whose callers ask fatal_signal_pending differs from the design in S7, where the system call is let through",
        note: "",
        scenarios: &["S7"],
        asked: &[against("a1-stopped-locked", LOCKED), against("a1-stopped-lockless", LOCKLESS), not(REMOVED, ASKS)],
        statement: Statement::Differs,
    },
    Claim {
        id: "C11",
        date: "2009-08-03",
        author: "Roland McGrath",
        says: "A dying task needs no `stopped`: STOP has no meaning for it, it only counts as quiescent.",
        checked: "on dying and dead tasks the outcomes are those of design 1",
        note: "Of the design that the mails describe he is right. The commits go further: there DETACH from a dying task takes its engine off the list at once also where the death report is still to come, and leaves the task no event but REAP (fc30d206810, which is older than the removal of `stopped` and on which 28b2774bf46 builds). So another engine does not hear of the death (S16b). And the change races, as the C language counts races, with the task's last look at the list (S8d); whether the kernel's own model orders the two, by the barrier in do_exit and the test of exit_state, is not decided here. Where no death report is to come every design races so (S16), unless process accounting is configured: then siglock orders the first two, which ask for exit_state under it, and neither the last nor the design of the mails.",
        scenarios: &["S8d", "S9", "S9b", "S9c", "S16", "S16b"],
        asked: &[
            not(LOCKED, "it is what the others are compared with"),
            against(LOCKLESS, LOCKED),
            against("as-in-the-mails", LOCKED),
            against(REMOVED, LOCKED),
        ],
        statement: Statement::Equal,
    },
    Claim {
        id: "C12",
        date: "2009-08-04",
        author: "Oleg Nesterov, Roland McGrath",
        says: "spin_unlock_wait does as well as lock+unlock to hold a killed tracee back until the tracer has dropped the lock.",
        checked: "no outcome that unlock-wait-lock-unlock does not show, where lock and unlock stand in its place. unlock-wait-relaxed reads it as no ordering, stopped-removed as an acquire; a3-lock-always locks and unlocks whether the task was killed or not",
        note: "",
        scenarios: KILLS,
        asked: &[
            not(LOCKED, "it has no spin_unlock_wait"),
            not(LOCKLESS, "it has no spin_unlock_wait"),
            against("unlock-wait-relaxed", "unlock-wait-lock-unlock"),
            against(REMOVED, "unlock-wait-lock-unlock"),
            not("unlock-wait-lock-unlock", "it is what the readings are compared with"),
            against("a3-lock-always", "unlock-wait-lock-unlock"),
        ],
        statement: Statement::Within,
    },
    Claim {
        id: "C14",
        date: "2009-08-03",
        author: "Roland McGrath",
        says: "Whoever relies on an implicit barrier should say so in a clear comment.",
        checked: "which orderings some outcome depends on: 'lockstep explore --relax' lists them, per design",
        note: "",
        scenarios: &[],
        asked: &[not(LOCKED, ELSEWHERE), not(LOCKLESS, ELSEWHERE), not(REMOVED, ELSEWHERE)],
        statement: Statement::Elsewhere(ELSEWHERE),
    },
    Claim {
        id: "C16",
        date: "2009-08-04",
        author: "Oleg Nesterov",
        says: "I can't understand how the utrace lock can really help in finish_stop; it can only help to avoid the races with utrace playing with `stopped` in parallel, but I see nothing dangerous here.",
        checked: "designs 1 and 2 have the same outcomes on every scenario. The sentence excepts those in which utrace clears `stopped` between the look and the lock: C16b leaves them out",
        note: "Refuted as an equality of outcomes, by the class that he excepts and by nothing else: S15 and S15b, which generated scenarios found. Whoever kills a task and then steps it is told that the call ended the stop, and without the lock the task can have read `stopped` before that; so its system call is aborted. The task is being killed, so there is nothing dangerous in that, as he says.",
        scenarios: EVERYWHERE,
        asked: &[
            not(LOCKED, "it is what the other is compared with"),
            against(LOCKLESS, LOCKED),
            not(REMOVED, "the claim is about patch 5/6"),
        ],
        statement: Statement::Equal,
    },
    Claim {
        id: "C16b",
        date: "2009-08-04",
        author: "Oleg Nesterov",
        says: "Beside the races with utrace playing with `stopped` in parallel the lock does not help at all.",
        checked: "designs 1 and 2 have the same outcomes on every scenario but S15 and S15b, in which the tracer ends a stop that SIGKILL has broken and is told which it was",
        note: "",
        scenarios: BESIDE_PARALLEL,
        asked: &[
            not(LOCKED, "it is what the other is compared with"),
            against(LOCKLESS, LOCKED),
            not(REMOVED, "the claim is about patch 5/6"),
        ],
        statement: Statement::Equal,
    },
    Claim {
        id: "C19",
        date: "2009-08-04",
        author: "Roland McGrath",
        says: "In the exceptions of C7, with a wakeup in progress or done, it does not matter whether the task thinks it was killed.",
        checked: "the outcomes stay the same when it always thinks so (its callers ask fatal_signal_pending instead)",
        note: "With a wakeup in progress he is right where the tracer only lets go (S3, S8). A client can tell where the call says that it ended the stop (S15: told 0, and the system call is aborted all the same), and where the wakeup is long done (S7: the call is let through or aborted; that is C9, which he had agreed to).",
        scenarios: &["S3", "S7", "S8", "S15"],
        asked: &[against("a1-stopped-locked", LOCKED), against("a1-stopped-lockless", LOCKLESS), not(REMOVED, ASKS)],
        statement: Statement::Equal,
    },
];

const ELSEWHERE: &str = "a demand and not a statement: 'lockstep explore --relax' answers it";

#[cfg(test)]
mod tests {
    use super::EVERYWHERE;
    use crate::scenarios;

    #[test]
    fn everywhere_is_every_scenario() {
        let ids: Vec<&str> = scenarios().iter().map(|scenario| &*scenario.id).collect();
        assert_eq!(EVERYWHERE, ids);
    }
}
