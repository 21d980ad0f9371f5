//! Searches that share a tree: each owns what follows a prefix of steps that stay as they are.

use super::guide::Habits;
use super::search::{Fork, Search};
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex};

/// A fork in the prefixes of some searches.
pub(super) type SharedFork = Arc<Mutex<Fork>>;

/// A search and the forks in its prefix.
pub(super) struct Branch<const PROCESSES: usize> {
    pub(super) search: Search<PROCESSES>,
    /// One for each step that stays as it is.
    pub(super) forks: Vec<SharedFork>,
    pub(super) is_over: bool,
    /// The subject did not do what it had done before under the same schedule.
    pub(super) has_strayed: bool,
    /// One of its executions was cut off.
    pub(super) was_cut: bool,
}

impl<const PROCESSES: usize> Branch<PROCESSES> {
    pub(super) fn new(search: Search<PROCESSES>, forks: Vec<SharedFork>) -> Branch<PROCESSES> {
        Branch { search, forks, is_over: false, has_strayed: false, was_cut: false }
    }
}

/// All searches learn what is tried in their prefixes.
pub(super) fn tell<const PROCESSES: usize>(branches: &mut [Branch<PROCESSES>]) {
    for branch in branches {
        for (step, fork) in branch.forks.iter().enumerate() {
            branch.search.is_wanted(step, fork.lock().expect("no worker panics").wanted);
        }
    }
}

/// All searches learn what steps were seen to touch by one. The habits, if some search did not know
/// what it should have.
pub(super) fn share_habits<const PROCESSES: usize>(branches: &mut [Branch<PROCESSES>]) -> Option<Habits> {
    let mut has_grown = branches.iter().any(|branch| branch.search.has_grown());
    let mut has_news = has_grown;
    for branch in branches.iter_mut() {
        has_news |= branch.search.take_news();
    }
    if !has_news {
        return None;
    }
    let mut known = Habits::default();
    for branch in branches.iter() {
        for (&place, habit) in branch.search.habits().iter() {
            match known.entry(place) {
                Entry::Vacant(free) => {
                    free.insert(habit.clone());
                }
                Entry::Occupied(mut other) if other.get() != habit => {
                    let mut both = habit.clone();
                    has_grown |= both.extend(&other.get().touches, other.get().everything);
                    has_grown |= other.get_mut().extend(&habit.touches, habit.everything);
                }
                Entry::Occupied(_) => {}
            }
        }
    }
    if has_grown {
        return Some(known);
    }
    for branch in branches.iter() {
        let mut habits = branch.search.habits();
        known.iter().for_each(|(&place, habit)| _ = habits.entry(place).or_insert_with(|| habit.clone()));
    }
    None
}
