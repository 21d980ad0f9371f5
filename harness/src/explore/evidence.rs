//! Evidence: what stands behind a result, never more.
//!
//! Promise: there is one way to make an [`Evidence`], [`Evidence::of`], for every search, for
//! results that are merged and for those that are read from a document. It says that something was
//! covered only if no execution of what covered it had a gap ([`Gaps`]): a search that has cut an
//! execution, or left an alternative out, claims nothing for that part, however it came to its end.
//!
//! Merging: two explorations of one program prove what each of them proves alone. A search that has
//! covered everything without a gap does so whatever another one has cut, for it has not relied on
//! it; two searches with gaps prove nothing together, for they may have missed the same.
//!
//! Limits: it is the word of the searches. That they are right is tested, not proven here.

use crate::sim::Gaps;
use std::fmt;

/// What a search has been through, to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// Every schedule.
    pub everything: bool,
    /// Every schedule with at most this many preemptions.
    pub preemptions: Option<u32>,
    /// The executions that this took.
    pub executions: u64,
    /// What these executions have missed. With any gap nothing was covered.
    pub gaps: Gaps,
}

impl Covered {
    /// Nothing was.
    pub const NOTHING: Covered = Covered { everything: false, preemptions: None, executions: 0, gaps: Gaps::NONE };
}

/// What was tried beside that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// Executions of an enumeration beyond what it has covered.
    pub enumerated: u64,
    /// Random executions.
    pub sampled: u64,
    /// The seed of the random ones.
    pub seed: Option<u64>,
    /// What these executions have missed.
    pub gaps: Gaps,
}

impl Tried {
    /// Nothing was.
    pub const NOTHING: Tried = Tried { enumerated: 0, sampled: 0, seed: None, gaps: Gaps::NONE };
}

/// What stands behind a result: how much was explored, never more. By default nothing was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    exhaustive: bool,
    preemptions: Option<u32>,
    enumerated: u64,
    sampled: u64,
    seed: Option<u64>,
    gaps: Gaps,
}

impl Evidence {
    /// Nothing was explored.
    pub const NOTHING: Evidence =
        Evidence { exhaustive: false, preemptions: None, enumerated: 0, sampled: 0, seed: None, gaps: Gaps::NONE };

    /// The evidence of a search, or of several of one program: what was covered, and what was tried
    /// beside it.
    pub fn of(covered: Covered, tried: Tried) -> Evidence {
        let Tried { enumerated, sampled, seed, gaps } = tried;
        if !covered.gaps.is_empty() {
            let enumerated = enumerated + covered.executions;
            let gaps = gaps.and(covered.gaps);
            return Evidence { exhaustive: false, preemptions: None, enumerated, sampled, seed, gaps };
        }
        let Covered { everything: exhaustive, preemptions, .. } = covered;
        // Nothing is missing where everything was covered.
        let gaps = if exhaustive { Gaps::NONE } else { gaps };
        Evidence { exhaustive, preemptions, enumerated, sampled, seed, gaps }
    }

    /// Every schedule was covered. What was not seen cannot happen, under the memory model.
    pub fn is_exhaustive(&self) -> bool {
        self.exhaustive
    }

    /// Every schedule with at most this many preemptions was covered. What was not seen needs more
    /// of them.
    pub fn preemptions(&self) -> Option<u32> {
        self.preemptions
    }

    /// So many executions of an enumeration were made beyond the last bound that it completed.
    pub fn enumerated(&self) -> u64 {
        self.enumerated
    }

    /// So many executions were random. What was not seen was not observed.
    pub fn sampled(&self) -> u64 {
        self.sampled
    }

    /// The seed of the random ones.
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// What the executions beyond what was covered have missed. Nothing, if everything was covered.
    pub fn gaps(&self) -> Gaps {
        self.gaps
    }

    /// What two explorations of one program prove together: what each proves alone.
    #[must_use]
    pub fn and(self, other: Evidence) -> Evidence {
        let covered = Covered {
            everything: self.exhaustive || other.exhaustive,
            preemptions: self.preemptions.max(other.preemptions),
            ..Covered::NOTHING
        };
        let tried = Tried {
            enumerated: self.enumerated + other.enumerated,
            sampled: self.sampled + other.sampled,
            seed: self.seed.or(other.seed),
            gaps: self.gaps.and(other.gaps),
        };
        Evidence::of(covered, tried)
    }

    /// What holds of both of two programs: what the weaker one proves, with the gaps of both.
    #[must_use]
    pub fn weaker(self, other: Evidence) -> Evidence {
        let rank =
            |evidence: &Evidence| (evidence.exhaustive, evidence.preemptions, evidence.sampled, evidence.enumerated);
        let Evidence { exhaustive, preemptions, enumerated, sampled, seed, .. } =
            if rank(&other) < rank(&self) { other } else { self };
        let covered = Covered { everything: exhaustive, preemptions, ..Covered::NOTHING };
        Evidence::of(covered, Tried { enumerated, sampled, seed, gaps: self.gaps.and(other.gaps) })
    }

    /// The same without what was covered within a bound: for what needs more preemptions than that.
    #[must_use]
    pub fn beyond_bound(self) -> Evidence {
        Evidence { preemptions: None, ..self }
    }

    /// Whether nothing was explored.
    pub fn is_nothing(&self) -> bool {
        *self == Evidence { seed: self.seed, ..Evidence::NOTHING }
    }

    /// What the absence of an outcome means under this evidence.
    pub fn absence(&self) -> String {
        self.absence_of(0)
    }

    /// What the absence of an outcome means that another program shows with so many preemptions.
    pub fn absence_of(&self, preemptions: usize) -> String {
        match self.preemptions {
            _ if self.exhaustive => "never".to_owned(),
            Some(bound) if preemptions <= bound as usize => {
                format!("not within {bound} preemption{}", plural(bound.into()))
            }
            _ => format!("not observed in {} executions", self.sampled + self.enumerated),
        }
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.exhaustive {
            return f.write_str("exhaustive");
        }
        if self.is_nothing() {
            return f.write_str("nothing explored");
        }
        let mut parts = Vec::new();
        let enumerated = self.enumerated;
        match self.preemptions {
            Some(bound) => {
                let beyond = match enumerated {
                    0 => String::new(),
                    count => format!(" and {count} execution{} beyond", plural(count)),
                };
                parts.push(format!("exhaustive up to {bound} preemption{}{beyond}", plural(bound.into())));
            }
            None => parts.extend((enumerated > 0).then(|| format!("{enumerated} enumerated"))),
        }
        if self.sampled > 0 {
            let seed = self.seed.map_or(String::new(), |seed| format!(" (seed {seed})"));
            parts.push(format!("sampled {}{seed}", self.sampled));
        }
        parts.extend((!self.gaps.is_empty()).then(|| self.gaps.to_string()));
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Covered, Evidence, Tried};
    use crate::sim::Gaps;

    const CUT: Gaps = Gaps { cut: 3, ..Gaps::NONE };
    const EVERYTHING: Covered = Covered { everything: true, executions: 10, ..Covered::NOTHING };
    const BOUND: Covered = Covered { preemptions: Some(2), executions: 10, ..Covered::NOTHING };
    const SAMPLED: Tried = Tried { sampled: 5, seed: Some(7), ..Tried::NOTHING };

    #[test]
    fn any_gap_takes_what_was_covered_away() {
        let gaps = [
            CUT,
            Gaps { limited: 1, ..Gaps::NONE },
            Gaps { left_out: 1, ..Gaps::NONE },
            Gaps { strayed: 1, ..Gaps::NONE },
            Gaps { unseen: 1, ..Gaps::NONE },
        ];
        for gaps in gaps {
            for covered in [EVERYTHING, BOUND] {
                let evidence = Evidence::of(Covered { gaps, ..covered }, Tried::NOTHING);
                assert!(!evidence.is_exhaustive() && evidence.preemptions().is_none());
                assert_eq!((evidence.enumerated(), evidence.gaps()), (10, gaps));
            }
        }
    }

    #[test]
    fn what_one_search_proves_alone_stands_whatever_another_has_cut() {
        let cut = Evidence::of(Covered::NOTHING, Tried { gaps: CUT, ..SAMPLED });
        let all = Evidence::of(EVERYTHING, Tried::NOTHING);
        assert!(all.and(cut).is_exhaustive() && cut.and(all).is_exhaustive());
        assert_eq!(all.and(cut).to_string(), "exhaustive");
        let bound = Evidence::of(BOUND, Tried::NOTHING).and(cut);
        assert_eq!(
            bound.to_string(),
            "exhaustive up to 2 preemptions, sampled 5 (seed 7), 3 executions cut by the step limit"
        );
    }

    #[test]
    fn what_is_beyond_a_bound_is_said_to_be() {
        let say = |enumerated| Evidence::of(BOUND, Tried { enumerated, ..SAMPLED }).to_string();
        assert_eq!(say(0), "exhaustive up to 2 preemptions, sampled 5 (seed 7)");
        assert_eq!(say(1), "exhaustive up to 2 preemptions and 1 execution beyond, sampled 5 (seed 7)");
        assert_eq!(say(30), "exhaustive up to 2 preemptions and 30 executions beyond, sampled 5 (seed 7)");
    }

    #[test]
    fn two_searches_with_gaps_prove_nothing_together() {
        let one = Evidence::of(Covered { gaps: CUT, ..EVERYTHING }, Tried::NOTHING);
        let both = one.and(one);
        assert_eq!(both.to_string(), "20 enumerated, 6 executions cut by the step limit");
        assert_eq!(both.absence(), "not observed in 20 executions");
    }

    #[test]
    fn of_two_programs_the_weaker_one_counts_and_the_gaps_of_both() {
        let all = Evidence::of(EVERYTHING, Tried::NOTHING);
        let sampled = Evidence::of(Covered::NOTHING, Tried { gaps: CUT, ..SAMPLED });
        let bound = Evidence::of(BOUND, Tried { gaps: CUT, ..SAMPLED });
        assert_eq!(all.weaker(sampled), sampled);
        assert_eq!(sampled.weaker(all), sampled);
        assert_eq!(bound.weaker(sampled).gaps().cut, 6);
        assert_eq!(bound.weaker(sampled).preemptions(), None);
    }
}
