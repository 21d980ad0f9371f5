//! Schedules that say what is decided otherwise than usual: by key, or by the number of the
//! question.

use super::key::Key;
use super::{Decision, Explicit, Step, THREADS_MAX};

/// More decisions than these are looked up in order of their keys.
const UNSORTED_MAX: usize = 16;

/// An explicit schedule or a path, while an execution follows it.
///
/// Invariant: `applied` counts the decisions, or steps of the path, that were taken; it never
/// exceeds how many there are on a path, and may on keys, of which one can be met more than once.
pub(super) struct Listed {
    order: Vec<u8>,
    decisions: Vec<Decision>,
    path: Vec<Step>,
    /// Questions asked so far, on a path.
    questions: u32,
    applied: usize,
}

/// Whom an explicit schedule without order and decisions lets run, of a set that is not empty.
pub(crate) fn usual_among(me: usize, enabled: u32) -> usize {
    if enabled & (1 << me) != 0 { me } else { enabled.trailing_zeros() as usize }
}

fn is_in(enabled: u32, choice: usize) -> bool {
    choice < 2 * THREADS_MAX && enabled & (1 << choice) != 0
}

impl Listed {
    pub(super) fn new() -> Listed {
        Listed { order: Vec::new(), decisions: Vec::new(), path: Vec::new(), questions: 0, applied: 0 }
    }

    /// Nothing is decided otherwise.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        self.order.clear();
        self.decisions.clear();
        self.path.clear();
        self.questions = 0;
        self.applied = 0;
    }

    pub(super) fn follow(&mut self, explicit: &Explicit) {
        self.order.extend_from_slice(&explicit.order);
        self.decisions.extend_from_slice(&explicit.decisions);
        if self.decisions.len() > UNSORTED_MAX {
            // Of two at one key the first one stays first.
            self.decisions.sort_by_key(|decision| decision.key);
        }
    }

    pub(super) fn follow_path(&mut self, path: &[Step]) {
        self.path.extend_from_slice(path);
    }

    /// Whom the schedule lets run if no decision applies, of a set that is not empty.
    pub(super) fn usual(&self, me: usize, enabled: u32) -> usize {
        if enabled & (1 << me) != 0 {
            return me;
        }
        let preferred = self.order.iter().copied().map(usize::from);
        preferred
            .filter(|&thread| thread < THREADS_MAX)
            .find(|&thread| enabled & (1 << thread) != 0)
            .unwrap_or_else(|| usual_among(me, enabled))
    }

    /// Who goes on under an explicit schedule.
    pub(super) fn next(&mut self, key: Key, me: usize, enabled: u32) -> usize {
        match self.decision(key, |choice| is_in(enabled, choice)) {
            Some(choice) => choice,
            None => self.usual(me, enabled),
        }
    }

    /// Who goes on on a path.
    pub(super) fn next_on_path(&mut self, me: usize, enabled: u32) -> usize {
        match self.step() {
            Some(choice) if is_in(enabled, choice) => choice,
            _ => self.usual(me, enabled),
        }
    }

    /// Which of `options` alternatives an explicit schedule takes.
    pub(super) fn choose(&mut self, key: Key, options: usize) -> usize {
        self.decision(key, |choice| choice < options).unwrap_or(0)
    }

    /// Which of `options` alternatives a path takes.
    pub(super) fn choose_on_path(&mut self, options: usize) -> usize {
        self.step().filter(|&choice| choice < options).unwrap_or(0)
    }

    /// The decision at the key, if it can apply.
    fn decision(&mut self, key: Key, can_apply: impl Fn(usize) -> bool) -> Option<usize> {
        let decided = if self.decisions.len() > UNSORTED_MAX {
            let at = self.decisions.partition_point(|decision| decision.key < key);
            self.decisions.get(at).filter(|decision| decision.key == key)?
        } else {
            self.decisions.iter().find(|decision| decision.key == key)?
        };
        let choice = usize::from(decided.choice);
        if !can_apply(choice) {
            return None;
        }
        self.applied += 1;
        Some(choice)
    }

    /// The answer of the path to the question asked now.
    #[inline]
    fn step(&mut self) -> Option<usize> {
        let question = self.questions;
        self.questions += 1;
        let step = self.path.get(self.applied).filter(|step| step.question == question)?;
        self.applied += 1;
        Some(usize::from(step.choice))
    }

    /// Decisions that found no place where they could apply.
    pub(super) fn skipped(&self) -> usize {
        // One of the two is empty.
        (self.path.len() + self.decisions.len()).saturating_sub(self.applied)
    }
}
