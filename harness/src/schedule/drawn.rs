//! What a random schedule draws for one decision: a random word, and the order of preference among
//! threads that it stands for.
//!
//! A uniform schedule takes the first enabled thread of a random order. So each enabled thread is
//! as likely as any other, and the same word gives the same thread wherever that thread can run and
//! nobody before it in the order can, whichever other threads there are.
//!
//! Beginning, starting a thread and joining one that has ended touch nothing that others touch, so
//! whoever could go first there can as well go afterwards. The running thread is favoured there:
//! fewer decisions, and threads that are started one after the other start on a par. Now and then
//! the others are asked all the same, for what a thread does between two events (plain data, asking
//! whether a thread has ended) has no decision of its own; so each schedule keeps some probability.

use super::key::mix;

/// Threads that orders are tabulated for. Few executions have more.
const FEW: usize = 5;

/// Orders of so many threads.
const ORDERS: usize = 120;

/// Sets of so many threads.
const SETS: usize = 1 << FEW;

/// For each order the first thread of each set. A decision is one look into it: what depends on a
/// decision waits for it.
static FIRST: [u8; ORDERS * SETS] = {
    let mut first = [0; ORDERS * SETS];
    let mut number = 0;
    while number < ORDERS {
        // The number in the factorial system says which of those that are left comes next.
        let mut left = [0, 1, 2, 3, 4];
        let mut digits = number;
        let mut taken = 0_usize;
        while taken < FEW {
            let choices = FEW - taken;
            let nth = digits % choices;
            digits /= choices;
            let thread = left[nth];
            left[nth] = left[choices - 1];
            // It is first in every set that has it, and nobody who was taken before.
            let mut before = 0;
            let mut other = 0;
            while other + 1 < choices {
                before |= 1 << left[other];
                other += 1;
            }
            let mut set = 0_usize;
            while set < SETS {
                if set & (1 << thread) != 0 && set & !(before | 1 << thread) == 0 {
                    first[number * SETS + set] = thread as u8;
                }
                set += 1;
            }
            taken += 1;
        }
        number += 1;
    }
    first
};

/// What was drawn for one decision.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Drawn {
    pub(super) word: u64,
    /// Where in the table its order of the first threads begins.
    order: u32,
}

impl Drawn {
    pub(crate) const NOTHING: Drawn = Drawn { word: 0, order: 0 };

    /// What the random word stands for.
    #[inline(always)]
    pub(crate) fn of(word: u64) -> Drawn {
        Drawn { word, order: ((((word >> 32) * ORDERS as u64) >> 32) as u32) * SETS as u32 }
    }

    /// As this, but `thread` comes first, seven times of eight, in small sets.
    #[inline(always)]
    pub(crate) fn in_favour_of(self, thread: usize) -> Drawn {
        let number = self.order / SETS as u32;
        // The last digit says who is first.
        let favouring = (number - number % FEW as u32 + thread as u32) * SETS as u32;
        let favours = self.word & AT_TIMES != 0 && thread < FEW;
        Drawn { word: self.word, order: std::hint::select_unpredictable(favours, favouring, self.order) }
    }

    /// The first thread of a set, which is not empty, in the order that was drawn.
    #[inline(always)]
    pub(super) fn first_of(self, set: u32) -> usize {
        match FIRST.get((self.order + set) as usize) {
            Some(&first) if set < SETS as u32 => usize::from(first),
            _ => self.first_of_many(set),
        }
    }

    /// The same for larger sets: the thread with the highest random rank.
    #[inline(never)]
    fn first_of_many(self, set: u32) -> usize {
        let span = (u32::BITS - set.leading_zeros()) as usize;
        let threads = (0..span).filter(|thread| set & (1 << thread) != 0);
        let rank =
            |thread: &usize| mix(self.word ^ RANKS, (self.word | 1).rotate_left(*thread as u32 * 4) ^ *thread as u64);
        threads.max_by_key(rank).expect("the set is not empty")
    }
}

/// Bits of the word that are all 0 when nobody is favoured.
const AT_TIMES: u64 = 0x70;

/// Keeps the ranks from being about the same as the bits that number the order.
const RANKS: u64 = 0x2545_f491_4f6c_dd1d;

#[cfg(test)]
mod tests {
    use super::super::THREADS_MAX;
    use super::super::key::scramble;
    use super::*;

    #[test]
    fn every_thread_of_a_set_is_about_as_likely_as_any_other() {
        for set in [0b11_u32, 0b101, 0b1001, 0b1111, 0b1_1111, 0b1_1010, 0b10_1011, 0b1000_0000_0000_0001, 0xffff] {
            let mut counts = [0_u32; THREADS_MAX];
            let draws = 60_000;
            for number in 0..draws {
                counts[Drawn::of(scramble(number)).first_of(set)] += 1;
            }
            let expected = draws as f64 / f64::from(set.count_ones());
            for (thread, count) in counts.into_iter().enumerate() {
                let count = f64::from(count);
                if set & (1 << thread) == 0 {
                    assert_eq!(count, 0.0);
                } else {
                    assert!((count - expected).abs() < expected * 0.06, "{thread} of {set:b}: {count}");
                }
            }
        }
    }

    #[test]
    fn a_favoured_thread_is_first_seven_times_of_eight_and_all_others_are_alike() {
        let draws = 60_000;
        for (favoured, set) in
            [(0_usize, 0b11_u32), (2, 0b1_1111), (3, 0b1001), (1, 0b1_0101), (7, 0b1000_0011), (1, 0b100_0011)]
        {
            let mut counts = [0_u32; THREADS_MAX];
            for number in 0..draws {
                counts[Drawn::of(scramble(number)).in_favour_of(favoured).first_of(set)] += 1;
            }
            let others = f64::from((set & !(1 << favoured)).count_ones());
            let is_favoured = set & (1 << favoured) != 0 && set < SETS as u32;
            let alike = if is_favoured { 1.0 / (others + 1.0) / 8.0 } else { 1.0 / f64::from(set.count_ones()) };
            for (thread, count) in counts.into_iter().enumerate().filter(|(thread, _)| set & (1 << thread) != 0) {
                let expected = if is_favoured && thread == favoured { 1.0 - others * alike } else { alike };
                let share = f64::from(count) / draws as f64;
                assert!(
                    (share - expected).abs() < expected * 0.1,
                    "{thread} of {set:b}, favouring {favoured}: {share}"
                );
            }
        }
    }

    #[test]
    fn a_draw_prefers_the_same_thread_when_others_come_and_go() {
        for (less, more) in [(0b0111_u32, 0b1111_u32), (0b0101, 0b1101), (0b10_0101, 0b11_0111)] {
            let moved = |number: &u64| {
                let drawn = Drawn::of(scramble(*number));
                let (before, after) = (drawn.first_of(less), drawn.first_of(more));
                after != before && less & (1 << after) != 0
            };
            assert_eq!((0..10_000).filter(moved).count(), 0, "{less:b} and {more:b}");
        }
    }
}
