//! Signal numbers, sets of them, and what the kernel does with each by default.
//!
//! Limits: only signals below 32, so a pending signal is a bit and a second one of the same number is lost, as
//! `legacy_queue` has it. Real-time signals queue; nothing in the thread depends on that.

use lockstep::sync::Word;

/// A signal's number.
pub type Signal = u8;

pub const SIGHUP: Signal = 1;
pub const SIGQUIT: Signal = 3;
pub const SIGKILL: Signal = 9;
pub const SIGUSR1: Signal = 10;
pub const SIGUSR2: Signal = 12;
pub const SIGTERM: Signal = 15;
pub const SIGCHLD: Signal = 17;
pub const SIGCONT: Signal = 18;
pub const SIGSTOP: Signal = 19;
pub const SIGTSTP: Signal = 20;
pub const SIGTTIN: Signal = 21;
pub const SIGTTOU: Signal = 22;

/// A set of signals; bit n stands for signal n.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct SigSet(pub u32);

impl SigSet {
    pub const EMPTY: SigSet = SigSet(0);
    /// `SIG_KERNEL_STOP_MASK`.
    pub const STOPS: SigSet = SigSet(1 << SIGSTOP | 1 << SIGTSTP | 1 << SIGTTIN | 1 << SIGTTOU);
    /// `SIG_KERNEL_IGNORE_MASK`: nothing happens by default (SIGCONT has done its work when it was sent).
    /// SIGWINCH and SIGURG stand beside these in the kernel.
    pub const IGNORED_BY_DEFAULT: SigSet = SigSet(1 << SIGCONT | 1 << SIGCHLD | 1 << 23 | 1 << 28);
    /// `SIG_KERNEL_COREDUMP_MASK`.
    pub const CORE: SigSet =
        SigSet(1 << SIGQUIT | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 11 | 1 << 24 | 1 << 25 | 1 << 31);

    pub const fn of(signal: Signal) -> SigSet {
        SigSet(1 << signal)
    }

    pub fn has(self, signal: Signal) -> bool {
        self.0 & (1 << signal) != 0
    }

    pub const fn with(self, signal: Signal) -> SigSet {
        SigSet(self.0 | 1 << signal)
    }

    pub fn without(self, other: SigSet) -> SigSet {
        SigSet(self.0 & !other.0)
    }

    pub fn intersects(self, other: SigSet) -> bool {
        self.0 & other.0 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The lowest number in the set. That 1 to 8 come before SIGKILL is what lets a killed task report a signal.
    pub fn first(self) -> Option<Signal> {
        (self.0 != 0).then(|| self.0.trailing_zeros() as Signal)
    }
}

impl Word for SigSet {
    fn to_word(self) -> u64 {
        u64::from(self.0)
    }

    fn from_word(word: u64) -> Self {
        SigSet(word as u32)
    }
}

/// A signal's name, for readers.
pub fn signal_name(signal: Signal) -> &'static str {
    match signal {
        0 => "no signal",
        SIGHUP => "SIGHUP",
        SIGQUIT => "SIGQUIT",
        SIGKILL => "SIGKILL",
        SIGUSR1 => "SIGUSR1",
        SIGUSR2 => "SIGUSR2",
        SIGTERM => "SIGTERM",
        SIGCHLD => "SIGCHLD",
        SIGCONT => "SIGCONT",
        SIGSTOP => "SIGSTOP",
        SIGTSTP => "SIGTSTP",
        SIGTTIN => "SIGTTIN",
        SIGTTOU => "SIGTTOU",
        _ => "another signal",
    }
}
