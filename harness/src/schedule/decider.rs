//! The running form of a schedule: answers the two kinds of questions that an execution asks.
//!
//! It is reset, not rebuilt, for each execution: the hot path of the whole simulator is `Decider::next`.

use super::key::{Key, draw, hash_numbered, mix};
use super::{Decision, Schedule, Step, THREADS_MAX};
use std::hint::select_unpredictable;

/// What happened at one choice point, for those who enumerate or rewrite schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// Where.
    pub(crate) key: Key,
    /// The thread that arrived, or none for a choice among numbered alternatives.
    pub(crate) thread: Option<u8>,
    /// Which threads could run, as a mask; or how many alternatives there were.
    pub(crate) options: u32,
    /// What was chosen.
    pub(crate) chosen: u8,
    /// What an explicit schedule without decisions would have chosen.
    pub(crate) usual: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Uniform,
    Pct,
    Explicit,
    Path,
}

/// What decides an execution: a schedule, or a path of an enumeration that is not made into one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plan<'a> {
    Schedule(&'a Schedule),
    Path(&'a [Step]),
}

pub(crate) struct Decider {
    mode: Mode,
    seed: u64,
    /// PCT: a key is a change point when the upper half of its draw is below this.
    change_below: u32,
    /// PCT: higher runs first. Those of threads that do not exist mean nothing.
    priorities: [u32; THREADS_MAX],
    order: Vec<u8>,
    decisions: Vec<Decision>,
    path: Vec<Step>,
    /// Questions asked so far, and how many steps of the path were taken; counted on paths only.
    questions: u32,
    applied: usize,
    /// Invariant: only filled while `logging`.
    log: Vec<Arrival>,
    logging: bool,
}

impl Decider {
    pub(crate) fn new() -> Decider {
        Decider {
            mode: Mode::Uniform,
            seed: 0,
            change_below: 0,
            priorities: [0; THREADS_MAX],
            order: Vec::new(),
            decisions: Vec::new(),
            path: Vec::new(),
            questions: 0,
            applied: 0,
            log: Vec::new(),
            logging: false,
        }
    }

    pub(crate) fn reset(&mut self, plan: Plan<'_>, logging: bool) {
        self.logging = logging;
        self.log.clear();
        self.applied = 0;
        self.decisions.clear();
        let schedule = match plan {
            Plan::Schedule(schedule) => schedule,
            Plan::Path(path) => return self.reset_path(path),
        };
        match schedule {
            Schedule::Uniform { seed } => {
                self.mode = Mode::Uniform;
                self.seed = *seed;
            }
            Schedule::Pct { seed, depth, length } => {
                self.mode = Mode::Pct;
                self.seed = *seed;
                let share = u64::from(depth.saturating_sub(1)) << 32;
                self.change_below = (share / u64::from((*length).max(1))).min(u64::from(u32::MAX)) as u32;
            }
            Schedule::Explicit(explicit) => {
                self.mode = Mode::Explicit;
                self.order.clear();
                self.order.extend_from_slice(&explicit.order);
                self.decisions.extend_from_slice(&explicit.decisions);
            }
            Schedule::Path(path) => self.reset_path(path),
        }
    }

    fn reset_path(&mut self, path: &[Step]) {
        self.mode = Mode::Path;
        self.order.clear();
        self.path.clear();
        self.path.extend_from_slice(path);
        self.questions = 0;
    }

    /// The execution has one more thread.
    #[inline(always)]
    pub(crate) fn add_thread(&mut self, thread: usize) {
        if self.mode == Mode::Pct {
            // The high bit keeps initial priorities above all changed ones; the low bits make them distinct.
            let random = (mix(self.seed, hash_numbered(self.seed, thread as u32)) >> 32) as u32;
            self.priorities[thread] = (random & !0xf) | 0x8000_0000 | thread as u32;
        }
    }

    /// Who runs next. `me` has arrived at `key`; `enabled` is the mask of threads that can run, not empty.
    #[inline(always)]
    pub(crate) fn next(&mut self, key: Key, me: usize, enabled: u32) -> usize {
        if self.logging {
            return self.next_logged(key, me, enabled);
        }
        self.answer(key, me, enabled)
    }

    #[inline(always)]
    fn answer(&mut self, key: Key, me: usize, enabled: u32) -> usize {
        match self.mode {
            Mode::Uniform => {
                if enabled & (enabled - 1) == 0 {
                    enabled.trailing_zeros() as usize
                } else {
                    uniform(draw(self.seed, key), enabled)
                }
            }
            Mode::Pct => self.next_by_priority(key, me, enabled),
            Mode::Explicit | Mode::Path => self.next_listed(key, me, enabled),
        }
    }

    #[inline(never)]
    fn next_logged(&mut self, key: Key, me: usize, enabled: u32) -> usize {
        let chosen = self.answer(key, me, enabled);
        let usual = self.usual(me, enabled) as u8;
        self.log.push(Arrival { key, thread: Some(me as u8), options: enabled, chosen: chosen as u8, usual });
        chosen
    }

    #[inline(always)]
    fn next_by_priority(&mut self, key: Key, me: usize, enabled: u32) -> usize {
        let random = draw(self.seed, key);
        if ((random >> 32) as u32) < self.change_below {
            self.priorities[me % THREADS_MAX] = (random as u32 & 0x7fff_fff0) | me as u32;
        }
        // The low bits of a priority say whose it is, so the highest priority names its thread: no branch depends on the draw.
        let mut best = 0;
        let mut left = enabled;
        while left != 0 {
            best = best.max(self.priorities[left.trailing_zeros() as usize % THREADS_MAX]);
            left &= left - 1;
        }
        best as usize % THREADS_MAX
    }

    #[inline(never)]
    fn next_listed(&mut self, key: Key, me: usize, enabled: u32) -> usize {
        if self.mode == Mode::Path {
            return match self.step() {
                Some(choice) if enabled & (1 << choice) != 0 => choice,
                _ => self.usual(me, enabled),
            };
        }
        if let Some(at) = self.decisions.iter().position(|decision| decision.key == key) {
            let choice = usize::from(self.decisions[at].choice);
            if choice < THREADS_MAX && enabled & (1 << choice) != 0 {
                self.applied += 1;
                return choice;
            }
        }
        self.usual(me, enabled)
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

    /// Whom an explicit schedule without decisions lets run.
    fn usual(&self, me: usize, enabled: u32) -> usize {
        if enabled & (1 << me) != 0 {
            return me;
        }
        let preferred = self.order.iter().copied().map(usize::from);
        preferred
            .filter(|&thread| thread < THREADS_MAX)
            .find(|&thread| enabled & (1 << thread) != 0)
            .unwrap_or(enabled.trailing_zeros() as usize)
    }

    /// Which of `options` numbered alternatives is taken at `key`.
    pub(crate) fn choose(&mut self, key: Key, options: usize) -> usize {
        debug_assert!(options > 1 && options <= 256);
        let chosen = match self.mode {
            Mode::Uniform | Mode::Pct => ((draw(self.seed, key) >> 32) * options as u64 >> 32) as usize,
            Mode::Explicit => {
                let decided = self.decisions.iter().find(|decision| decision.key == key);
                match decided.map(|decision| usize::from(decision.choice)) {
                    Some(choice) if choice < options => {
                        self.applied += 1;
                        choice
                    }
                    _ => 0,
                }
            }
            Mode::Path => self.step().filter(|&choice| choice < options).unwrap_or(0),
        };
        if self.logging {
            self.log.push(Arrival { key, thread: None, options: options as u32, chosen: chosen as u8, usual: 0 });
        }
        chosen
    }

    /// Decisions that found no place where they could apply.
    pub(crate) fn skipped(&self) -> usize {
        let given = if self.mode == Mode::Path { self.path.len() } else { self.decisions.len() };
        given.saturating_sub(self.applied)
    }

    pub(crate) fn log(&self) -> &[Arrival] {
        &self.log
    }
}

/// One of the enabled threads, each as likely as any other. Candidates are drawn in turn from the slices of the random word, so that
/// the same word gives the same thread wherever that thread can run, even if the other enabled threads differ.
#[inline(always)]
fn uniform(random: u64, enabled: u32) -> usize {
    let span = 32 - enabled.leading_zeros();
    // Four slices of 16 bits a word; a slice is scaled to the span of thread numbers. All four are looked at, since a branch on a random
    // bit costs more than the other three.
    let candidate = |slice: u32| (u64::from((random >> (slice * 16)) as u16) * u64::from(span)) >> 16;
    let (first, second, third, fourth) = (candidate(0), candidate(1), candidate(2), candidate(3));
    let can = |thread: u64| enabled & (1 << thread) != 0;
    let thread = select_unpredictable(can(third), third, fourth);
    let thread = select_unpredictable(can(second), second, thread);
    let thread = select_unpredictable(can(first), first, thread);
    if can(thread) { thread as usize } else { uniform_again(random, enabled) }
}

/// The rare case that four candidates could not run.
#[cold]
fn uniform_again(random: u64, enabled: u32) -> usize {
    let word = mix(random ^ 0x2545_f491_4f6c_dd1d, random | 1).wrapping_add(random.rotate_left(17));
    let nth = (u64::from(enabled.count_ones()) * (word >> 32)) >> 32;
    let mut left = enabled;
    for _ in 0..nth {
        left &= left - 1;
    }
    left.trailing_zeros() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_enabled_thread_is_about_as_likely_as_any_other() {
        for enabled in [0b11_u32, 0b101, 0b1001, 0b1111, 0b1000_0000_0000_0001] {
            let mut counts = [0_u32; THREADS_MAX];
            let draws = 60_000;
            for number in 0..draws {
                counts[uniform(draw(super::super::scramble(number), Key(3)), enabled)] += 1;
            }
            let expected = draws as f64 / f64::from(enabled.count_ones());
            for (thread, count) in counts.into_iter().enumerate() {
                let count = f64::from(count);
                if enabled & (1 << thread) == 0 {
                    assert_eq!(count, 0.0);
                } else {
                    assert!((count - expected).abs() < expected * 0.05, "{thread} of {enabled:b}: {count}");
                }
            }
        }
    }

    #[test]
    fn the_same_draw_prefers_the_same_thread_when_another_becomes_enabled() {
        let moved = (0..10_000).filter(|&number| {
            let random = draw(super::super::scramble(number), Key(1));
            let before = uniform(random, 0b0111);
            let after = uniform(random, 0b1111);
            after != before && after != 3
        });
        // Span grows from 3 to 4, so the scaling moves; the set alone must not.
        let same_span = (0..10_000).filter(|&number| {
            let random = draw(super::super::scramble(number), Key(1));
            let before = uniform(random, 0b1011);
            let after = uniform(random, 0b1111);
            after != before && after != 2
        });
        assert!(moved.count() > 0);
        assert_eq!(same_span.count(), 0);
    }

    #[test]
    fn the_same_threads_at_the_same_key_get_the_same_choice_whatever_came_before() {
        let schedule = Schedule::uniform(11);
        let mut decider = Decider::new();
        for number in 0..1_000 {
            let (key, enabled) = (Key(number * 7919), 0b1_0110 | (number % 2));
            let choices = [0, 1, 5].map(|before| {
                decider.reset(Plan::Schedule(&schedule), false);
                for other in 0..before {
                    decider.next(Key(other), 1, 0b1111);
                    decider.choose(Key(!other), 3);
                }
                (decider.next(key, 2, enabled), decider.choose(key, 5))
            });
            assert!(choices.iter().all(|choice| *choice == choices[0]));
        }
    }
}
