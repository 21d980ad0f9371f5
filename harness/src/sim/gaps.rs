//! Gaps: what kept executions from showing all that they could.
//!
//! Promise: whatever the machine cuts, leaves out or cannot do is noted in the execution in which
//! that happens, and nowhere else. A search that has seen no gap has missed nothing because of the
//! machine. Limits: what the machine does not see at all cannot be noted; see the documentation of
//! each model for what it does not show.

use std::fmt;

/// In how many executions something was missing, by what it was. An execution can count for
/// several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gaps {
    /// Cut off by the limit on choice points.
    pub cut: u64,
    /// Ended by another limit of the machine: too many threads or observers, or a stack that ran
    /// low.
    pub limited: u64,
    /// A choice had more alternatives than were offered: too many of them, no room for a write
    /// between two others, or a panic that let nobody else go on while it unwound.
    pub left_out: u64,
    /// It did not do what was asked of it: the subject depends on more than its schedule.
    pub strayed: u64,
    /// It did what the machine does not see ([`crate::probe::unseen`]), or counted in a loop where
    /// the machine does not look.
    pub unseen: u64,
}

impl Gaps {
    /// No gap.
    pub const NONE: Gaps = Gaps { cut: 0, limited: 0, left_out: 0, strayed: 0, unseen: 0 };

    /// Whether there is no gap.
    pub fn is_empty(&self) -> bool {
        *self == Gaps::NONE
    }

    /// Those of both.
    #[must_use]
    pub fn and(self, other: Gaps) -> Gaps {
        Gaps {
            cut: self.cut + other.cut,
            limited: self.limited + other.limited,
            left_out: self.left_out + other.left_out,
            strayed: self.strayed + other.strayed,
            unseen: self.unseen + other.unseen,
        }
    }
}

impl fmt::Display for Gaps {
    /// As in `2 executions cut by the step limit, alternatives left out in 1 execution`; empty
    /// without any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let executions = |count: u64| format!("{count} execution{}", if count == 1 { "" } else { "s" });
        let parts = [
            (self.cut, format!("{} cut by the step limit", executions(self.cut))),
            (self.limited, format!("{} ended by a limit of the machine", executions(self.limited))),
            (self.left_out, format!("alternatives left out in {}", executions(self.left_out))),
            (self.strayed, format!("{} not as scheduled", executions(self.strayed))),
            (self.unseen, format!("{} with what the machine does not see", executions(self.unseen))),
        ];
        let told: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part).collect();
        f.write_str(&told.join(", "))
    }
}

/// The gaps of one execution, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lacks(u8);

impl Lacks {
    pub(crate) const NOTHING: Lacks = Lacks(0);
    pub(crate) const CUT: Lacks = Lacks(1);
    pub(crate) const LIMITED: Lacks = Lacks(2);
    pub(crate) const LEFT_OUT: Lacks = Lacks(4);
    pub(crate) const UNSEEN: Lacks = Lacks(8);

    #[inline(always)]
    pub(crate) fn is_nothing(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn add(&mut self, other: Lacks) {
        self.0 |= other.0;
    }

    #[cold]
    pub(crate) fn gaps(self) -> Gaps {
        let has = |lack: Lacks| u64::from(self.0 & lack.0 != 0);
        Gaps {
            cut: has(Lacks::CUT),
            limited: has(Lacks::LIMITED),
            left_out: has(Lacks::LEFT_OUT),
            unseen: has(Lacks::UNSEEN),
            ..Gaps::NONE
        }
    }
}
