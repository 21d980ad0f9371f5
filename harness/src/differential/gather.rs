//! Outcome sets of variants, gathered by the same schedules.
//!
//! Where a search of everything completes for a variant, its set is what there is. Where it does
//! not, sets are samples: an outcome that is rare in all variants would look like a difference
//! between them, so variants are searched again for what others have shown.

use super::config::CompareConfig;
use super::explorers::Explorers;
use super::judge::outcomes;
use crate::explore::{Exploration, OutcomeId, Unshared};
use crate::schedule::Schedule;
use std::collections::BTreeMap;

/// How often variants that lack outcomes of others are searched again.
const CONFIRM_ROUNDS: u64 = 4;

/// Outcomes of others around whose witnesses one variant is searched in a round.
const CONFIRM_OUTCOMES: usize = 24;

/// What was explored of each variant.
pub(super) struct Gathered {
    pub(super) explorations: Vec<Exploration>,
    /// It was cancelled from outside.
    pub(super) cancelled: bool,
    /// All variants show the one same outcome because in none of them threads have anything to do
    /// with each other.
    pub(super) unshared: Option<Unshared>,
}

impl Gathered {
    /// Whether there is something to judge. What was not explored is not empty: an incomplete
    /// comparison says nothing of differences.
    pub(super) fn can_be_judged(&self) -> bool {
        let has_gap = self.explorations.iter().any(|exploration| exploration.evidence.is_nothing());
        !self.cancelled && !has_gap && self.unshared.is_none()
    }
}

pub(super) fn gather(explorers: &impl Explorers, config: &CompareConfig<'_>) -> Gathered {
    let all = 0..explorers.names().len();
    let lengths: Vec<u32> = all.clone().map(|variant| explorers.length(variant)).collect();
    // Identical schedules: PCT's estimate of the length is part of them.
    let length = lengths.iter().copied().max().unwrap_or(1);
    let mut explorations: Vec<Exploration> =
        all.clone().map(|variant| explore_one(explorers, variant, (lengths[variant], length), config)).collect();
    confirm(explorers, &mut explorations, length, config);
    simplify(explorers, &mut explorations);
    let cancelled = explorations.iter().any(|exploration| exploration.cancelled);
    let mut gathered = Gathered { explorations, cancelled, unshared: None };
    // What differs is told, whatever shows it.
    if gathered.can_be_judged() && outcomes(&gathered.explorations).len() <= 1 {
        let mut reasons = all.map(|variant| explorers.unshared(variant));
        gathered.unshared = reasons.try_fold(Unshared::OneThread, |found, one| one.map(|one| found.max(one)));
    }
    gathered
}

/// Explores one variant: by a search of everything if that completes, by everything else that the
/// configuration asks for if not.
fn explore_one(
    explorers: &impl Explorers,
    variant: usize,
    (own_length, length): (u32, u32),
    config: &CompareConfig<'_>,
) -> Exploration {
    let mut total = explorers.search(variant, own_length);
    if total.evidence.is_exhaustive() || total.cancelled {
        return total;
    }
    total.merge(explorers.enumerate(variant));
    if !total.evidence.is_exhaustive() && !total.cancelled {
        total.merge(explorers.sample(variant, length, 0, config.sampled));
    }
    total
}

/// Where something diverges, searches by preemptions for witnesses that have few: exhaustive search
/// takes what comes.
fn simplify(explorers: &impl Explorers, explorations: &mut [Exploration]) {
    let differ = explorations.windows(2).any(|pair| !pair[0].outcomes.ids().eq(pair[1].outcomes.ids()));
    for (variant, exploration) in explorations.iter_mut().enumerate() {
        if differ && exploration.evidence.is_exhaustive() && !exploration.cancelled {
            exploration.merge(explorers.enumerate(variant));
        }
    }
}

/// Searches variants for the outcomes that others have shown: around the others' witnesses, then by
/// more random schedules.
fn confirm(explorers: &impl Explorers, explorations: &mut [Exploration], length: u32, config: &CompareConfig<'_>) {
    for round in 0..CONFIRM_ROUNDS {
        let mut found = false;
        for at in 0..explorations.len() {
            if explorations[at].evidence.is_exhaustive() || explorers.is_cancelled() {
                continue;
            }
            let missing = missing(explorations, at);
            if missing.is_empty() {
                continue;
            }
            let known = explorations[at].outcomes.len();
            for witness in missing.iter().take(CONFIRM_OUTCOMES) {
                explorations[at].merge(explorers.nearby(at, witness));
            }
            let skip = config.sampled + round * config.confirmed;
            explorations[at].merge(explorers.sample(at, length, skip, config.confirmed));
            found |= explorations[at].outcomes.len() > known;
        }
        if !found {
            break;
        }
    }
}

/// Witnesses of the outcomes that other variants have shown and this one has not.
fn missing(explorations: &[Exploration], at: usize) -> Vec<Schedule> {
    let others = explorations.iter().enumerate().filter(|(other, _)| *other != at);
    let mut missing: BTreeMap<OutcomeId, (u64, Schedule)> = BTreeMap::new();
    for seen in others.flat_map(|(_, exploration)| exploration.outcomes.iter()) {
        let known = explorations[at].outcomes.contains(seen.outcome.id);
        let simpler = missing.get(&seen.outcome.id).is_none_or(|(first, _)| seen.first < *first);
        if !known && simpler {
            missing.insert(seen.outcome.id, (seen.first, seen.witness.clone()));
        }
    }
    missing.into_values().map(|(_, witness)| witness).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::{Covered, Evidence, OutcomeSet, Tried};
    use crate::sim::Gaps;
    use std::cell::RefCell;

    /// Variants that answer from a book.
    #[derive(Default)]
    struct Book {
        /// What a search of everything finds; nothing if it does not complete.
        everything: Vec<Option<Vec<u128>>>,
        /// What random executions find from which one on.
        sampled: Vec<Vec<(u64, u128)>>,
        /// Who was asked for random executions, and after how many others.
        asked: RefCell<Vec<(usize, u64)>>,
        is_unshared: bool,
    }

    fn explored(ids: &[u128], evidence: Evidence) -> Exploration {
        Exploration { outcomes: OutcomeSet::of(ids.iter().copied()), evidence, ..Exploration::new() }
    }

    impl Explorers for Book {
        fn names(&self) -> Vec<String> {
            (0..self.sampled.len()).map(|number| number.to_string()).collect()
        }

        fn length(&self, variant: usize) -> u32 {
            10 * (variant as u32 + 1)
        }

        fn search(&self, variant: usize, length: u32) -> Exploration {
            assert_eq!(length, self.length(variant), "each is searched by its own length");
            let covered = Covered { everything: true, preemptions: None, executions: 1, gaps: Gaps::NONE };
            let everything = Evidence::of(covered, Tried::NOTHING);
            self.everything[variant].as_ref().map_or_else(Exploration::new, |ids| explored(ids, everything))
        }

        fn enumerate(&self, _: usize) -> Exploration {
            Exploration::new()
        }

        fn sample(&self, variant: usize, length: u32, skip: u64, executions: u64) -> Exploration {
            assert_eq!(length, 10 * self.sampled.len() as u32, "all run the schedules of the longest");
            self.asked.borrow_mut().push((variant, skip));
            let found = self.sampled[variant].iter().filter(|(from, _)| *from < skip + executions);
            let sampled = Tried { sampled: executions, ..Tried::NOTHING };
            explored(&found.map(|(_, id)| *id).collect::<Vec<_>>(), Evidence::of(Covered::NOTHING, sampled))
        }

        fn nearby(&self, _: usize, _: &Schedule) -> Exploration {
            Exploration::new()
        }

        fn unshared(&self, _: usize) -> Option<Unshared> {
            self.is_unshared.then_some(Unshared::OneThread)
        }

        fn minimize(&self, _: usize, schedule: &Schedule, _: OutcomeId) -> (Schedule, usize) {
            (schedule.clone(), 0)
        }

        fn is_cancelled(&self) -> bool {
            false
        }
    }

    fn config() -> CompareConfig<'static> {
        CompareConfig { sampled: 100, confirmed: 1000, ..CompareConfig::default() }
    }

    fn ids(gathered: &Gathered) -> Vec<Vec<u128>> {
        gathered.explorations.iter().map(|one| one.outcomes.ids().map(|id| id.0).collect()).collect()
    }

    #[test]
    fn what_is_rare_in_both_is_no_difference() {
        let sampled = vec![vec![(0, 1), (50, 2)], vec![(0, 1), (700, 2), (1500, 3)]];
        let book = Book { everything: vec![None, None], sampled, ..Book::default() };
        let gathered = gather(&book, &config());
        assert_eq!(ids(&gathered), [[1, 2], [1, 2]]);
        assert!(gathered.can_be_judged());
        // Both agree after that, so nobody is asked again, though there is one more to be found.
        assert_eq!(*book.asked.borrow(), [(0, 0), (1, 0), (1, 100)]);
    }

    #[test]
    fn who_has_shown_everything_is_not_asked_again() {
        let sampled = vec![vec![(0, 9)], vec![(0, 1), (50, 2)]];
        let book = Book { everything: vec![Some(vec![1]), None], sampled, ..Book::default() };
        assert_eq!(ids(&gather(&book, &config())), [vec![1], vec![1, 2]]);
        assert_eq!(*book.asked.borrow(), [(1, 0)]);
    }

    #[test]
    fn what_was_not_explored_is_not_judged() {
        let nothing = Book { everything: vec![Some(vec![1]), None], sampled: vec![Vec::new(); 2], ..Book::default() };
        let none = CompareConfig { sampled: 0, confirmed: 0, ..config() };
        assert!(!gather(&nothing, &none).can_be_judged());
        let sampled = vec![vec![(0, 1)]; 2];
        let alone = Book { everything: vec![None, None], sampled, is_unshared: true, ..Book::default() };
        let gathered = gather(&alone, &config());
        assert_eq!(gathered.unshared, Some(Unshared::OneThread));
        assert!(!gathered.can_be_judged());
    }
}
