//! Random numbers by counting: the n-th word of a number is a hash of both (splitmix64), so a
//! stream needs no state but a count.

use lockstep::scramble;

/// Changes when a number gives another scenario.
pub const GENERATOR_VERSION: u32 = 1;

/// A stream of random numbers.
pub(super) struct Random {
    seed: u64,
    count: u64,
}

impl Random {
    pub(super) fn new(number: u64) -> Random {
        Random { seed: scramble(number ^ u64::from(GENERATOR_VERSION) << 56), count: 0 }
    }

    fn word(&mut self) -> u64 {
        self.count += 1;
        scramble(self.seed ^ self.count)
    }

    /// Below a bound that is not 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        debug_assert!(bound > 0);
        (((self.word() >> 32) * bound as u64) >> 32) as usize
    }

    /// True so many times in a hundred.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of them, each as likely as any other.
    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// One of them, as likely as its weight says.
    pub(super) fn weighted<T: Copy>(&mut self, of: &[(u32, T)]) -> T {
        let total: u32 = of.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(total as usize) as u32;
        for &(weight, value) in of {
            if left < weight {
                return value;
            }
            left -= weight;
        }
        unreachable!("the weights sum up to the total")
    }
}
