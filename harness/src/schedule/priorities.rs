//! Random priorities: of threads under PCT, of announced events under partial-order sampling.

use super::drawn::Drawn;
use super::key::{Key, Spot, hash_numbered, mix};
use super::{BUFFERS_FROM, THREADS_MAX};

/// The priorities of processes: the highest that can go on does.
///
/// Invariant: no two processes of one kind have the same, for the low bits say whose it is.
pub(super) struct Priorities {
    /// PCT: a key is a change point when the upper half of its draw is below this.
    change_below: u32,
    /// Those of threads that do not exist mean nothing.
    threads: [u32; THREADS_MAX],
    /// The same of the store buffers.
    buffers: [u32; THREADS_MAX],
}

/// The priority of a thread's event. Its high bit is set as in the initial priorities of threads:
/// it tells those from the ones that PCT gives at change points.
#[inline(always)]
fn priority(random: u64, thread: usize) -> u32 {
    ((random >> 32) as u32 & !0xf) | 0x8000_0000 | thread as u32
}

/// The priority of a thread after a change point: below all initial ones.
#[inline(always)]
fn lowered(drawn: Drawn, thread: usize) -> u32 {
    (drawn.word as u32 & 0x7fff_fff0) | thread as u32
}

impl Priorities {
    pub(super) fn new() -> Priorities {
        Priorities { change_below: 0, threads: [0; THREADS_MAX], buffers: [0; THREADS_MAX] }
    }

    /// A schedule of PCT begins.
    pub(super) fn reset(&mut self, depth: u32, length: u32) {
        let share = u64::from(depth.saturating_sub(1)) << 32;
        self.change_below = (share / u64::from(length.max(1))).min(u64::from(u32::MAX)) as u32;
    }

    #[inline(always)]
    pub(super) fn add_thread(&mut self, seed: u64, thread: usize) {
        self.threads[thread] = priority(mix(seed, hash_numbered(seed, thread as u32)), thread);
    }

    pub(super) fn add_buffer(&mut self, seed: u64, thread: usize) {
        let number = (BUFFERS_FROM + thread) as u32;
        self.buffers[thread] = priority(mix(seed, hash_numbered(seed, number)), thread);
    }

    /// Partial-order sampling: the thread announces an event at the spot.
    pub(super) fn announce(&mut self, seed: u64, spot: Spot, thread: usize) {
        self.threads[thread] = priority(spot.draw(seed), thread);
    }

    /// Partial-order sampling: the event announced at `key`, by `thread`, could as well have come
    /// before the one announced at `chosen`, which comes first.
    pub(super) fn raced(&mut self, seed: u64, thread: usize, key: Key, chosen: Key) {
        let random = mix(hash_numbered(seed, key.0), hash_numbered(!seed, chosen.0));
        self.threads[thread] = priority(random, thread);
    }

    /// PCT: who runs next, of a set of threads that is not empty. `me` has arrived.
    #[inline(always)]
    pub(super) fn next(&mut self, drawn: Drawn, me: usize, enabled: u32) -> usize {
        if self.is_change_point(drawn) {
            self.threads[me % THREADS_MAX] = lowered(drawn, me);
        }
        self.highest(enabled)
    }

    #[inline(always)]
    fn is_change_point(&self, drawn: Drawn) -> bool {
        ((drawn.word >> 32) as u32) < self.change_below
    }

    #[inline(always)]
    pub(super) fn highest(&self, enabled: u32) -> usize {
        // The highest priority names its thread: no branch depends on the draw.
        let mut best = 0;
        let mut left = enabled;
        while left != 0 {
            best = best.max(self.threads[left.trailing_zeros() as usize % THREADS_MAX]);
            left &= left - 1;
        }
        best as usize % THREADS_MAX
    }

    /// PCT: the process has arrived, where stores may land instead.
    pub(super) fn arrive(&mut self, drawn: Drawn, process: usize) {
        if self.is_change_point(drawn) {
            *self.of(process) = lowered(drawn, process % THREADS_MAX);
        }
    }

    /// Partial-order sampling: the process has arrived, where stores may land instead.
    pub(super) fn arrive_announcing(&mut self, seed: u64, spot: Spot, process: usize) {
        *self.of(process) = priority(spot.draw(seed), process % THREADS_MAX);
    }

    fn of(&mut self, process: usize) -> &mut u32 {
        let list = if process < BUFFERS_FROM { &mut self.threads } else { &mut self.buffers };
        &mut list[process % THREADS_MAX]
    }

    /// Who goes on, of a set of processes that is not empty.
    pub(super) fn highest_process(&self, enabled: u32) -> usize {
        let priority = |process: usize| match process.checked_sub(BUFFERS_FROM) {
            Some(thread) => self.buffers[thread],
            None => self.threads[process],
        };
        let able = (0..2 * THREADS_MAX).filter(|process| enabled & (1 << process) != 0);
        able.max_by_key(|&process| priority(process)).expect("somebody can go on")
    }
}
