//! Several searches of one tree: where a search can give a part of its own away.

use super::super::guide::{Guide, Print, Sleeper};
use super::{Fork, Search, Step, Wish};

impl<const PROCESSES: usize> Search<PROCESSES> {
    /// Races with steps that stay as they are.
    pub(in crate::explore::dpor) fn take_wishes(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.wishes)
    }

    /// Somebody tries these threads before a step that stays as it is.
    pub(in crate::explore::dpor) fn is_wanted(&mut self, step: usize, wanted: u32) {
        debug_assert!(step < self.base);
        self.steps[step].wanted = wanted;
    }

    /// The first step that is not fixed and before which another thread has to be tried, unless
    /// alternatives before it are still open.
    pub(in crate::explore::dpor) fn first_fork(&self) -> Option<usize> {
        let is_open = |step: &Step<PROCESSES>| step.wanted & !(step.tried | 1 << step.thread | step.asleep) != 0;
        let made = self.steps.len() - usize::from(self.is_prepared);
        let at = self.base + self.steps[self.base..made.max(self.base)].iter().position(is_open)?;
        let before = &self.choices[..self.steps[at].choices_from as usize];
        before.iter().all(|choice| u32::from(choice.chosen) + 1 == choice.options).then_some(at)
    }

    /// From now on the steps before `base` stay as they are. Returns what is known of those that
    /// are new among them.
    pub(in crate::explore::dpor) fn fix(&mut self, base: usize, alternatives_touch_alike: bool) -> Vec<Fork> {
        let fixed = self.base..base;
        self.base = base;
        fixed.map(|at| self.fork(at, alternatives_touch_alike)).collect()
    }

    fn fork(&self, at: usize, alternatives_touch_alike: bool) -> Fork {
        let Step { wanted, tried, asleep, thread, .. } = self.steps[at];
        let mut fork = Fork { wanted, tried, asleep, sleepers: self.sleepers_at(at).to_vec() };
        self.add_tried(&mut fork, at, alternatives_touch_alike);
        debug_assert!(fork.tried & (1 << thread) != 0);
        fork
    }

    /// The thread of a step is tried by this search, which has made it.
    pub(in crate::explore::dpor) fn add_tried(&self, fork: &mut Fork, at: usize, alternatives_touch_alike: bool) {
        let Step { thread, choices_from, .. } = self.steps[at];
        let choices_to = self.steps.get(at + 1).map_or(self.choices.len(), |step| step.choices_from as usize);
        fork.tried |= 1 << thread;
        fork.wanted |= 1 << thread;
        self.add_footprint(at, &mut fork.sleepers, 0);
        if choices_to > choices_from as usize && !alternatives_touch_alike {
            // Alternatives that were not seen may touch anything.
            fork.sleepers.push(Sleeper { thread, print: Print::Everything });
        }
    }

    /// A search of what follows if `thread` makes the step `at` instead.
    pub(in crate::explore::dpor) fn branch(&self, at: usize, fork: &Fork, thread: u8) -> Search<PROCESSES> {
        let mut branch = self.clone();
        branch.guide = Some(Box::new(Guide::new(branch.habits.share())));
        branch.wishes.clear();
        while branch.steps.len() > at + 1 {
            branch.undo(branch.steps.len() - 1);
            branch.steps.pop();
        }
        branch.undo(at);
        let step = &mut branch.steps[at];
        step.wanted = fork.wanted;
        step.tried = fork.tried;
        step.thread = thread;
        branch.sleepers.truncate(step.sleepers_from as usize);
        branch.sleepers.extend_from_slice(&fork.sleepers);
        branch.choices.truncate(step.choices_from as usize);
        branch.base = at + 1;
        let question = step.question;
        branch.prepare(at, question, thread);
        branch
    }
}
