//! The variants: the three designs of the series, and beside them alternatives and readings.
//!
//! Only the first three are the series. The rest answer claims of the thread by comparison with one
//! of those.

use lockstep::sync::UnlockWait;

use crate::kernel::substrate::KernelPolicy;
use crate::utrace::stopped_locked::StoppedLocked;
use crate::utrace::stopped_lockless::StoppedLockless;
use crate::utrace::stopped_removed::StoppedRemoved;
use crate::utrace::{Design, Policy, Repairs};

/// One variant.
pub struct VariantInfo {
    /// Its name on the command line and in reports.
    pub name: &'static str,
    /// What it is, in a line.
    pub summary: &'static str,
    /// Whether it is one of the designs that the series leads through.
    pub main_series: bool,
    design: &'static dyn Design,
    policy: Policy,
}

impl std::fmt::Debug for VariantInfo {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("VariantInfo").field("name", &self.name).finish_non_exhaustive()
    }
}

impl VariantInfo {
    /// The design and the policy over it, with these repairs.
    pub(crate) fn design(&self, repairs: Repairs) -> (&'static dyn Design, Policy) {
        (self.design, Policy { repairs, ..self.policy })
    }
}

/// The designs that keep `stopped`, as they are.
pub(crate) const NO_ALTERNATIVES: Policy = Policy {
    repairs: Repairs::NONE,
    kernel: KernelPolicy { skip_continued_when_killed: false, without_wakeup_barrier: false, accounts_exits: false },
    keeps_stopped: true,
    stop_bookkeeping: false,
    ignores_reaping: false,
    reports_reap: false,
    asks_fatal_signal: false,
    looks_without_siglock: false,
    recalc_first: false,
    rechecks: false,
    always_locks: false,
    as_in_the_mails: false,
    looks_first: false,
    without_finish_jctl: false,
    without_finish_stop: false,
    unlock_wait: UnlockWait::Acquire,
    shared_bits: true,
};

/// The last design, as it is.
pub(crate) const REMOVED: Policy = Policy { keeps_stopped: false, ..NO_ALTERNATIVES };

const A1: Policy = Policy { asks_fatal_signal: true, ..NO_ALTERNATIVES };

const A4: KernelPolicy = KernelPolicy { skip_continued_when_killed: true, ..NO_ALTERNATIVES.kernel };

const ACCOUNTING: KernelPolicy = KernelPolicy { accounts_exits: true, ..NO_ALTERNATIVES.kernel };

const NO_WAKEUP_BARRIER: KernelPolicy = KernelPolicy { without_wakeup_barrier: true, ..NO_ALTERNATIVES.kernel };

const fn variant(
    name: &'static str,
    summary: &'static str,
    design: &'static dyn Design,
    policy: Policy,
) -> VariantInfo {
    VariantInfo { name, summary, main_series: false, design, policy }
}

static VARIANTS: [VariantInfo; 27] = [
    VariantInfo {
        main_series: true,
        ..variant("stopped-locked", "`stopped`, checked under the lock", &StoppedLocked, NO_ALTERNATIVES)
    },
    VariantInfo {
        main_series: true,
        ..variant("stopped-lockless", "`stopped`, checked without the lock", &StoppedLockless, NO_ALTERNATIVES)
    },
    VariantInfo {
        main_series: true,
        ..variant("stopped-removed", "no `stopped`; waits for the lock when killed", &StoppedRemoved, REMOVED)
    },
    variant("a1-stopped-locked", "design 1, `stop` returns nothing: callers ask for SIGKILL", &StoppedLocked, A1),
    variant("a1-stopped-lockless", "design 2, `stop` returns nothing: callers ask for SIGKILL", &StoppedLockless, A1),
    variant(
        "a2-recalc-first",
        "design 2, recalc_sigpending before finish_stop",
        &StoppedLockless,
        Policy { recalc_first: true, ..NO_ALTERNATIVES },
    ),
    variant(
        "stopped-lockless-rechecked",
        "design 2, `stopped` read again under the lock",
        &StoppedLockless,
        Policy { rechecks: true, ..NO_ALTERNATIVES },
    ),
    variant(
        "no-siglock-for-the-look",
        "design 2, no siglock for the look at SIGKILL (0b57f7461a6)",
        &StoppedLockless,
        Policy { looks_without_siglock: true, ..NO_ALTERNATIVES },
    ),
    variant(
        "stop-bookkeeping",
        "design 2, ENGINE_STOP kept in the task's flags too (d1a14cef3e6)",
        &StoppedLockless,
        Policy { stop_bookkeeping: true, ..NO_ALTERNATIVES },
    ),
    variant(
        "reaping-not-looked-at",
        "design 2, get_utrace_lock without its look at EXIT_DEAD (af3eb44424e, patch 6/6)",
        &StoppedLockless,
        Policy { ignores_reaping: true, ..NO_ALTERNATIVES },
    ),
    variant(
        "reap-reported",
        "design 2, the reap callback is made again (2e1289280d2)",
        &StoppedLockless,
        Policy { reports_reap: true, ..NO_ALTERNATIVES },
    ),
    variant(
        "as-in-the-mails",
        "design 3 of the August mails: waits killed or not; a dying task is stopped if no death report is to come",
        &StoppedRemoved,
        Policy { as_in_the_mails: true, ..REMOVED },
    ),
    variant(
        "do-stop-looks-first",
        "design 3, do_stop looks before it takes siglock (592d9779c3b)",
        &StoppedRemoved,
        Policy { looks_first: true, ..REMOVED },
    ),
    variant(
        "a3-lock-always",
        "design 3, takes and drops the lock, killed or not",
        &StoppedRemoved,
        Policy { always_locks: true, ..REMOVED },
    ),
    variant(
        "a4-stopped-locked",
        "design 1, no CLD_CONTINUED for a process being killed",
        &StoppedLocked,
        Policy { kernel: A4, ..NO_ALTERNATIVES },
    ),
    variant(
        "a4-stopped-lockless",
        "design 2, no CLD_CONTINUED for a process being killed",
        &StoppedLockless,
        Policy { kernel: A4, ..NO_ALTERNATIVES },
    ),
    variant(
        "a4-stopped-removed",
        "design 3, no CLD_CONTINUED for a process being killed",
        &StoppedRemoved,
        Policy { kernel: A4, ..REMOVED },
    ),
    variant(
        "accounting-stopped-lockless",
        "design 2, in a kernel that accounts for processes (CONFIG_BSD_PROCESS_ACCT)",
        &StoppedLockless,
        Policy { kernel: ACCOUNTING, ..NO_ALTERNATIVES },
    ),
    variant(
        "accounting-stopped-removed",
        "design 3, in a kernel that accounts for processes (CONFIG_BSD_PROCESS_ACCT)",
        &StoppedRemoved,
        Policy { kernel: ACCOUNTING, ..REMOVED },
    ),
    variant(
        "a5-no-finish-jctl",
        "design 3 without finish_jctl",
        &StoppedRemoved,
        Policy { without_finish_jctl: true, ..REMOVED },
    ),
    variant(
        "a6-no-finish-stop",
        "design 3 with an empty finish_stop",
        &StoppedRemoved,
        Policy { without_finish_stop: true, ..REMOVED },
    ),
    variant(
        "unlock-wait-relaxed",
        "design 3, spin_unlock_wait orders nothing",
        &StoppedRemoved,
        Policy { unlock_wait: UnlockWait::Relaxed, ..REMOVED },
    ),
    variant(
        "unlock-wait-lock-unlock",
        "design 3, spin_unlock_wait is lock and unlock",
        &StoppedRemoved,
        Policy { unlock_wait: UnlockWait::LockUnlock, ..REMOVED },
    ),
    variant(
        "own-words-stopped-locked",
        "design 1, each bit of utrace a word of its own",
        &StoppedLocked,
        Policy { shared_bits: false, ..NO_ALTERNATIVES },
    ),
    variant(
        "own-words-stopped-lockless",
        "design 2, each bit of utrace a word of its own",
        &StoppedLockless,
        Policy { shared_bits: false, ..NO_ALTERNATIVES },
    ),
    variant(
        "own-words-stopped-removed",
        "design 3, each bit of utrace a word of its own",
        &StoppedRemoved,
        Policy { shared_bits: false, ..REMOVED },
    ),
    variant(
        "no-wakeup-barrier",
        "design 2, try_to_wake_up without its write barrier",
        &StoppedLockless,
        Policy { kernel: NO_WAKEUP_BARRIER, ..NO_ALTERNATIVES },
    ),
];

/// All variants, the series first.
pub fn variants() -> &'static [VariantInfo] {
    &VARIANTS
}
