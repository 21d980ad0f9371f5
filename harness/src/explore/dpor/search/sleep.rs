//! Sleep sets: who need not be tried, because what would follow was explored, until a step comes
//! that depends on it.

use super::super::guide::{Print, Sleeper};
use super::{NONE, Search, Step};
use crate::schedule::{BUFFERS_FROM, Touch};

impl<const PROCESSES: usize> Search<PROCESSES> {
    /// Who sleeps behind the last step, and before which steps they were tried.
    pub(super) fn asleep_next(&self) -> (u32, [u32; PROCESSES]) {
        let mut asleep = 0;
        let mut tried_at = [NONE; PROCESSES];
        if let Some(last) = self.steps.last() {
            let at = self.steps.len() - 1;
            let mut left = last.asleep | last.tried;
            while left != 0 {
                let sleeper = left.trailing_zeros() as usize;
                left &= left - 1;
                let tried = if last.tried & (1 << sleeper) != 0 { at as u32 } else { last.tried_at[sleeper] };
                if !self.wakes_up(sleeper, tried as usize) {
                    asleep |= 1 << sleeper;
                    tried_at[sleeper] = tried;
                }
            }
        }
        (asleep, tried_at)
    }

    /// Whether the last step and the next one of a sleeping thread, which was tried before the step
    /// `tried`, depend on each other.
    fn wakes_up(&self, thread: usize, tried: usize) -> bool {
        let last = &self.steps[self.steps.len() - 1];
        let (process, touched) = (usize::from(last.thread), &self.accesses[last.accesses_from as usize..]);
        if last.is_total {
            // Also those whose step touches nothing.
            return true;
        }
        let touched = touched.iter().filter(|access| !access.is_forwarded()).map(|access| access.touch);
        let of_buffer = self.of_thread.get(BUFFERS_FROM + thread).map_or(0, Vec::len);
        let within_steps = self.landings.iter().filter(|&&owner| usize::from(owner) == thread).count();
        let landed = (of_buffer + within_steps) as u32;
        let mut prints = self.sleepers_at(tried).iter().filter(|sleeper| usize::from(sleeper.thread) == thread);
        prints.any(|sleeper| {
            sleeper.print == Print::Everything
                || touched.clone().any(|touch| sleeper.depends_on(process, touch.hash, touch.writes, landed))
        })
    }

    /// The footprint of the last step is needed while its thread sleeps.
    pub(super) fn keep_footprint(&mut self, at: usize) {
        let mut sleepers = std::mem::take(&mut self.sleepers);
        self.add_footprint(at, &mut sleepers, self.steps[at].sleepers_from as usize);
        self.sleepers = sleepers;
    }

    /// Adds the footprint of a step to the sleepers from `from` on.
    pub(super) fn add_footprint(&self, at: usize, sleepers: &mut Vec<Sleeper>, from: usize) {
        let Step { thread, is_total, .. } = self.steps[at];
        let everything = is_total.then_some(Print::Everything);
        let prints = self.accesses_of(at as u32).iter().map(|access| {
            let Touch { hash, writes, minds_own, .. } = access.touch;
            Print::Touch { hash, writes, minds_own, forwarded: access.is_forwarded().then_some(access.forwarded) }
        });
        for print in prints.chain(everything) {
            let sleeper = Sleeper { thread, print };
            if !sleepers[from..].contains(&sleeper) {
                sleepers.push(sleeper);
            }
        }
    }

    /// The footprints of threads tried before a step.
    pub(super) fn sleepers_at(&self, at: usize) -> &[Sleeper] {
        let to = self.steps.get(at + 1).map_or(self.sleepers.len(), |step| step.sleepers_from as usize);
        &self.sleepers[self.steps[at].sleepers_from as usize..to]
    }
}
