//! Who started whom: what a thread is known by where its number depends on the schedule.
//!
//! Threads are numbered as they are started. Where only the main thread starts others that is the
//! same in every execution. Where others do so too, the schedule decides about it; but whose and
//! which child a thread is stays the same. Outcomes are told apart by that, or else two of them
//! would be taken for one, and one for two.

use crate::schedule::{THREADS_MAX, hash_name, hash_numbered, hash_path};

const HASH_OF_THREADS: u64 = hash_name("thread");

/// The tree of the threads of an execution.
pub(super) struct Lineage {
    parents: [u8; THREADS_MAX],
    /// How many threads each one has started.
    children: [u32; THREADS_MAX],
    /// What each one is known by.
    names: [u64; THREADS_MAX],
    /// Whether others than the main thread have started threads, so that numbers depend on the
    /// schedule.
    pub(super) is_deep: bool,
    /// Whether others than the main thread have made observers: so do the numbers of these.
    pub(super) has_scattered_observers: bool,
}

impl Lineage {
    pub(super) fn new() -> Lineage {
        Lineage {
            parents: [0; THREADS_MAX],
            children: [0; THREADS_MAX],
            names: [0; THREADS_MAX],
            is_deep: false,
            has_scattered_observers: false,
        }
    }

    pub(super) fn reset(&mut self) {
        self.is_deep = false;
        self.has_scattered_observers = false;
    }

    /// There is one more thread. Returns a hash of the path to it in the tree.
    #[inline(always)]
    pub(super) fn add(&mut self, thread: usize, parent: Option<usize>) -> u64 {
        let (nth, of) = match parent {
            None => (0, HASH_OF_THREADS),
            Some(parent) => {
                self.children[parent] += 1;
                self.parents[thread] = parent as u8;
                self.is_deep |= parent != 0;
                let of = if parent == 0 { HASH_OF_THREADS } else { hash_path(self.names[parent], HASH_OF_THREADS) };
                (self.children[parent], of)
            }
        };
        self.children[thread] = 0;
        self.names[thread] = hash_numbered(of, nth);
        self.names[thread]
    }

    /// A hash of the path to the thread in the tree.
    pub(super) fn path(&self, thread: usize) -> u64 {
        self.names[thread % THREADS_MAX]
    }

    /// What stands for the thread in an outcome: its number, if that is the same in every
    /// execution.
    pub(super) fn name(&self, thread: usize) -> u64 {
        if self.is_deep { self.path(thread) } else { thread as u64 }
    }

    /// The threads in an order that does not depend on the schedule: those that the main thread
    /// started, then those that the first of these started, and so on.
    pub(super) fn order(&self, count: usize) -> impl Iterator<Item = usize> + Clone + use<> {
        let mut order: [u8; THREADS_MAX] = std::array::from_fn(|thread| thread as u8);
        if self.is_deep {
            let mut known = 1;
            for at in 0..count {
                let parent = order[at];
                for child in (1..count).filter(|&child| self.parents[child] == parent) {
                    order[known] = child as u8;
                    known += 1;
                }
            }
        }
        order.into_iter().take(count).map(usize::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_known_by_who_started_them() {
        let tree = |starts: &[(usize, usize)]| {
            let mut lineage = Lineage::new();
            lineage.add(0, None);
            starts.iter().for_each(|&(thread, parent)| _ = lineage.add(thread, Some(parent)));
            let order: Vec<usize> = lineage.order(starts.len() + 1).collect();
            let names: Vec<u64> = order.iter().map(|&thread| lineage.name(thread)).collect();
            (order, names)
        };
        // The main thread starts two, and the first of them one: before the second is there, or
        // after it.
        let (early, names_early) = tree(&[(1, 0), (2, 1), (3, 0)]);
        let (late, names_late) = tree(&[(1, 0), (2, 0), (3, 1)]);
        assert_eq!((early, late), (vec![0, 1, 3, 2], vec![0, 1, 2, 3]));
        assert_eq!(names_early, names_late);
        assert_eq!(tree(&[(1, 0), (2, 0)]), (vec![0, 1, 2], vec![0, 1, 2]));
    }
}
