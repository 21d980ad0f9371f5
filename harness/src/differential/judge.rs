//! What outcome sets say of each other. No execution is made here: the same sets give the same
//! judgement, wherever they were gathered.

use crate::explore::{Evidence, Exploration, OutcomeId};
use std::collections::BTreeMap;
use std::fmt;

/// What the outcome sets of two variants say of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The same outcomes.
    Equal,
    /// The second shows some of the outcomes of the first, and no other.
    Refines,
    /// The second shows all outcomes of the first, and others.
    Extends,
    /// Each shows outcomes that the other does not.
    Incomparable,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Equal => "equal",
            Verdict::Refines => "refines",
            Verdict::Extends => "extends",
            Verdict::Incomparable => "incomparable",
        })
    }
}

/// Two variants, by index, and what the second is to the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The earlier variant.
    pub first: usize,
    /// The later one.
    pub second: usize,
    /// The second compared with the first.
    pub verdict: Verdict,
    /// Outcomes that only the second shows.
    pub gained: usize,
    /// Outcomes that only the first shows.
    pub lost: usize,
    /// What both sets rest on.
    pub evidence: Evidence,
}

/// Which steps of the series bring and which remove an outcome, by the index of the variant they
/// lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attribution {
    /// Steps after which the outcome is there and before which it was not.
    pub introduced: Vec<usize>,
    /// Steps after which it is gone.
    pub removed: Vec<usize>,
}

impl Attribution {
    pub(super) fn of(shown: &[bool]) -> Attribution {
        let steps = || shown.windows(2).enumerate();
        Attribution {
            introduced: steps().filter(|(_, pair)| !pair[0] && pair[1]).map(|(at, _)| at + 1).collect(),
            removed: steps().filter(|(_, pair)| pair[0] && !pair[1]).map(|(at, _)| at + 1).collect(),
        }
    }
}

/// An outcome on which the variants are divided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) outcome: OutcomeId,
    /// For each variant whether it shows the outcome. Invariant: some do and some do not.
    pub(super) shown: Vec<bool>,
    /// A variant that shows it and one that does not, next to each other.
    pub(super) shown_by: usize,
    pub(super) not_by: usize,
}

impl Split {
    /// Nothing if all variants agree.
    fn of(outcome: OutcomeId, shown: Vec<bool>) -> Option<Split> {
        // Where the series changes sides is what a reviewer wants to see.
        let side = shown.windows(2).position(|pair| pair[0] != pair[1])?;
        let (shown_by, not_by) = if shown[side] { (side, side + 1) } else { (side + 1, side) };
        Some(Split { outcome, shown, shown_by, not_by })
    }
}

/// Every pair, and every outcome on which the variants are divided, in order of their identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) pairs: Vec<Pair>,
    pub(super) splits: Vec<Split>,
}

pub(super) fn judge(explorations: &[Exploration]) -> Judgement {
    let splits = outcomes(explorations).into_iter().filter_map(|(outcome, shown)| Split::of(outcome, shown));
    Judgement { pairs: pairs(explorations), splits: splits.collect() }
}

/// Every outcome that some variant showed, with a mark for each variant.
pub(super) fn outcomes(explorations: &[Exploration]) -> BTreeMap<OutcomeId, Vec<bool>> {
    let mut all = BTreeMap::new();
    for (at, exploration) in explorations.iter().enumerate() {
        for id in exploration.outcomes.ids() {
            all.entry(id).or_insert_with(|| vec![false; explorations.len()])[at] = true;
        }
    }
    all
}

fn pairs(explorations: &[Exploration]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for second in 1..explorations.len() {
        for first in 0..second {
            let (a, b) = (&explorations[first].outcomes, &explorations[second].outcomes);
            let gained = b.ids().filter(|&id| !a.contains(id)).count();
            let lost = a.ids().filter(|&id| !b.contains(id)).count();
            let verdict = match (gained, lost) {
                (0, 0) => Verdict::Equal,
                (0, _) => Verdict::Refines,
                (_, 0) => Verdict::Extends,
                _ => Verdict::Incomparable,
            };
            let evidence = explorations[first].evidence.weaker(explorations[second].evidence);
            pairs.push(Pair { first, second, verdict, gained, lost, evidence });
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::OutcomeSet;
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn explored(sets: &[BTreeSet<u128>]) -> Vec<Exploration> {
        let explored =
            |set: &BTreeSet<u128>| Exploration { outcomes: OutcomeSet::of(set.iter().copied()), ..Exploration::new() };
        sets.iter().map(explored).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn verdicts_are_what_the_sets_say(sets in vec(btree_set(0_u128..6, 0..5), 2..5)) {
            let Judgement { pairs, .. } = judge(&explored(&sets));
            prop_assert_eq!(pairs.len(), sets.len() * (sets.len() - 1) / 2);
            for Pair { first, second, verdict, gained, lost, .. } in pairs {
                let (a, b) = (&sets[first], &sets[second]);
                prop_assert!(first < second);
                prop_assert_eq!((gained, lost), (b.difference(a).count(), a.difference(b).count()));
                let expected = match (b.is_subset(a), a.is_subset(b)) {
                    (true, true) => Verdict::Equal,
                    (true, false) => Verdict::Refines,
                    (false, true) => Verdict::Extends,
                    (false, false) => Verdict::Incomparable,
                };
                prop_assert_eq!(verdict, expected);
            }
        }

        #[test]
        fn an_outcome_splits_the_variants_unless_all_agree(sets in vec(btree_set(0_u128..6, 0..5), 1..5)) {
            let Judgement { splits, .. } = judge(&explored(&sets));
            let all: BTreeSet<u128> = sets.iter().flatten().copied().collect();
            let divided = all.iter().copied().filter(|id| sets.iter().any(|set| !set.contains(id)));
            prop_assert!(splits.iter().map(|split| split.outcome.0).eq(divided));
            for Split { outcome, shown, shown_by, not_by } in splits {
                prop_assert!(sets.iter().map(|set| set.contains(&outcome.0)).eq(shown.iter().copied()));
                prop_assert!(shown[shown_by] && !shown[not_by] && shown_by.abs_diff(not_by) == 1);
                let Attribution { introduced, removed } = Attribution::of(&shown);
                let changes = introduced.len() + removed.len();
                prop_assert_eq!(changes % 2 == 0, shown.first() == shown.last());
                prop_assert!(introduced.iter().all(|&step| shown[step] && !shown[step - 1]));
                prop_assert!(removed.iter().all(|&step| !shown[step] && shown[step - 1]));
            }
        }
    }
}
