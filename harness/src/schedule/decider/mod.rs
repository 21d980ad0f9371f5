//! The running form of a schedule or a search: answers the two kinds of questions that an execution
//! asks.
//!
//! It is reset, not rebuilt, for each execution: the hot paths of the whole simulator are
//! `Decider::next_uniform` and `Decider::next_by_priority`.

mod steered;

use super::arrival::Arrival;
use super::drawn::Drawn;
use super::key::{Key, Spot};
use super::listed::{Listed, usual_among};
use super::priorities::Priorities;
use super::steer::{Chosen, Steer};
use super::{ALTERNATIVES_MAX, BUFFERS_FROM, Schedule, Step};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Uniform,
    Pct,
    Pos,
    Explicit,
    Path,
    /// Invariant: there is a steer.
    Steered,
}

/// How an execution asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// [`Decider::next_uniform`], and nobody wants to know.
    Uniform,
    /// [`Decider::next_by_priority`], and nobody wants to know.
    Pct,
    /// [`Decider::next_noted`].
    Noted,
}

/// What decides an execution: a schedule, a path of an enumeration that is not made into one, or a
/// search.
pub(crate) enum Plan<'a> {
    Schedule(&'a Schedule),
    Path(&'a [Step]),
    /// [`Decider::take_steer`] gives it back.
    Steered(Box<dyn Steer>),
}

pub(crate) struct Decider {
    mode: Mode,
    pace: Pace,
    seed: u64,
    priorities: Priorities,
    listed: Listed,
    /// Invariant: only filled while `logging`.
    log: Vec<Arrival>,
    logging: bool,
    steer: Option<Box<dyn Steer>>,
    /// Under a search: marks are of interest from this question on.
    marks_from: usize,
    /// Under a search: the running step has gone on past its event, for a panic unwinds the thread.
    has_insisted: bool,
}

impl Decider {
    pub(crate) fn new() -> Decider {
        Decider {
            mode: Mode::Uniform,
            pace: Pace::Uniform,
            seed: 0,
            priorities: Priorities::new(),
            listed: Listed::new(),
            log: Vec::new(),
            logging: false,
            steer: None,
            marks_from: 0,
            has_insisted: false,
        }
    }

    /// `logging` keeps all answers, as a search needs it; `noting` makes the execution slow enough
    /// to look at each question.
    pub(crate) fn reset(&mut self, plan: Plan<'_>, logging: bool, noting: bool) {
        self.logging = logging;
        self.log.clear();
        self.listed.clear();
        self.reset_mode(plan);
        self.pace = match self.mode {
            Mode::Uniform if !logging && !noting => Pace::Uniform,
            Mode::Pct if !logging && !noting => Pace::Pct,
            _ => Pace::Noted,
        };
    }

    #[inline(always)]
    fn reset_mode(&mut self, plan: Plan<'_>) {
        let schedule = match plan {
            Plan::Schedule(schedule) => schedule,
            Plan::Path(path) => return self.reset_path(path),
            Plan::Steered(steer) => return self.reset_steer(steer),
        };
        match schedule {
            Schedule::Uniform { seed } => {
                self.mode = Mode::Uniform;
                self.seed = *seed;
            }
            Schedule::Pct { seed, depth, length } => {
                self.mode = Mode::Pct;
                self.seed = *seed;
                self.priorities.reset(*depth, *length);
            }
            Schedule::Pos { seed } => {
                self.mode = Mode::Pos;
                self.seed = *seed;
            }
            Schedule::Explicit(explicit) => {
                self.mode = Mode::Explicit;
                self.listed.follow(explicit);
            }
            Schedule::Path(path) => self.reset_path(path),
        }
    }

    fn reset_path(&mut self, path: &[Step]) {
        self.mode = Mode::Path;
        self.listed.follow_path(path);
    }

    /// The execution has one more thread.
    #[inline(always)]
    pub(crate) fn add_thread(&mut self, thread: usize) {
        if matches!(self.mode, Mode::Pct | Mode::Pos) {
            self.priorities.add_thread(self.seed, thread);
        }
    }

    /// The thread that was added has a store buffer.
    pub(crate) fn add_buffer(&mut self, thread: usize) {
        if matches!(self.mode, Mode::Pct | Mode::Pos) {
            self.priorities.add_buffer(self.seed, thread);
        }
    }

    #[inline(always)]
    pub(crate) fn pace(&self) -> Pace {
        self.pace
    }

    /// Whether [`Decider::raced`] has to be told of races.
    pub(crate) fn minds_races(&self) -> bool {
        self.mode == Mode::Pos
    }

    /// The event announced at `key`, by `thread`, could as well have come before the one announced
    /// at `chosen`, which comes first.
    pub(crate) fn raced(&mut self, thread: usize, key: Key, chosen: Key) {
        self.priorities.raced(self.seed, thread, key, chosen);
    }

    /// Whether a search decides: then what steps touch is to be marked.
    pub(crate) fn is_steered(&self) -> bool {
        self.mode == Mode::Steered
    }

    /// The random word that decides who runs when the thread that passes the spot now arrives at
    /// its next event.
    ///
    /// It is the event behind a thread, not the one before it, that random decisions are drawn
    /// from: so the word is at hand when the question comes. Drawn from the event before it, every
    /// decision that a processor guesses wrong would wait for the hashes.
    #[inline(always)]
    pub(crate) fn draw(&self, spot: Spot) -> Drawn {
        Drawn::of(spot.draw(self.seed))
    }

    /// Who runs next under a uniform schedule, of a set that is not empty.
    #[inline(always)]
    pub(crate) fn next_uniform(&self, drawn: Drawn, enabled: u32) -> usize {
        debug_assert!(self.mode == Mode::Uniform);
        drawn.first_of(enabled)
    }

    /// Who runs next under PCT, of a set that is not empty. `me` has arrived.
    #[inline(always)]
    pub(crate) fn next_by_priority(&mut self, drawn: Drawn, me: usize, enabled: u32) -> usize {
        self.priorities.next(drawn, me, enabled)
    }

    /// Who runs next under a schedule, of a set that is not empty.
    fn answer(&mut self, spot: Spot, drawn: Drawn, me: usize, enabled: u32) -> usize {
        match self.mode {
            Mode::Uniform => self.next_uniform(drawn, enabled),
            Mode::Pct => self.next_by_priority(drawn, me, enabled),
            Mode::Pos => {
                self.priorities.announce(self.seed, spot, me);
                self.priorities.highest(enabled)
            }
            Mode::Explicit => self.listed.next(spot.key(), me, enabled),
            Mode::Path => self.listed.next_on_path(me, enabled),
            Mode::Steered => unreachable!("a search is asked as one"),
        }
    }

    /// Who runs next. `me` has arrived at `spot`; `enabled` is the mask of threads that can run,
    /// not empty. Nobody, if what would follow is explored elsewhere.
    #[inline(never)]
    pub(crate) fn next_noted(&mut self, spot: Spot, drawn: Drawn, me: usize, enabled: u32) -> Option<usize> {
        if !self.logging {
            return Some(self.answer(spot, drawn, me, enabled));
        }
        let usual = self.listed.usual(me, enabled);
        let chosen = if self.is_steered() {
            self.announce(me, spot.key());
            self.next_steered(me, enabled, usual)?
        } else {
            unsteered(self.answer(spot, drawn, me, enabled))
        };
        self.log_choice(spot.key(), me, (enabled, 0), chosen, usual);
        Some(chosen.process)
    }

    fn log_choice(&mut self, key: Key, asked: usize, (options, held): (u32, u32), chosen: Chosen, usual: usize) {
        let Chosen { process, announced: step } = chosen;
        let (thread, chosen, usual) = (Some(asked as u8), process as u8, usual as u8);
        self.log.push(Arrival { key, thread, options, chosen, usual, is_costly: false, held, step });
    }

    /// Who goes on, where stores may land instead: those of thread `n` count as thread
    /// `BUFFERS_FROM + n`. `asked` is who would usually go on. A search chooses nobody who is
    /// `held`. Nobody, if what would follow is explored elsewhere.
    #[inline(never)]
    pub(crate) fn next_buffered(
        &mut self,
        spot: Spot,
        drawn: Drawn,
        asked: usize,
        enabled: u32,
        held: u32,
    ) -> Option<usize> {
        let chosen = match self.mode {
            Mode::Pct => {
                self.priorities.arrive(drawn, asked);
                unsteered(self.priorities.highest_process(enabled))
            }
            Mode::Pos => {
                self.priorities.arrive_announcing(self.seed, spot, asked);
                unsteered(self.priorities.highest_process(enabled))
            }
            Mode::Steered => {
                let free = enabled & !held;
                // Whoever waits for its buffer wants that to be emptied.
                let preferred = if held & (1 << asked) != 0 { BUFFERS_FROM + asked } else { asked };
                self.next_steered(asked, free, usual_among(preferred, free))?
            }
            _ => unsteered(self.answer(spot, drawn, asked, enabled)),
        };
        if self.logging {
            let usual = self.listed.usual(asked, enabled);
            self.log_choice(spot.key(), asked, (enabled, held), chosen, usual);
        }
        Some(chosen.process)
    }

    /// Which of `options` numbered alternatives is taken at `spot`. The first one is the usual one;
    /// whether any other counts as a preemption says `is_costly`.
    pub(crate) fn choose(&mut self, spot: Spot, options: usize, is_costly: bool) -> usize {
        debug_assert!(options > 1 && options <= ALTERNATIVES_MAX);
        let chosen = match self.mode {
            Mode::Uniform | Mode::Pct | Mode::Pos => (((spot.draw(self.seed) >> 32) * options as u64) >> 32) as usize,
            Mode::Explicit => self.listed.choose(spot.key(), options),
            Mode::Path => self.listed.choose_on_path(options),
            Mode::Steered => {
                let number = self.log.len();
                let choice = self.steering().choose(number, options);
                if choice < options { choice } else { 0 }
            }
        };
        if self.logging {
            self.log.push(Arrival {
                key: spot.key(),
                thread: None,
                options: options as u32,
                chosen: chosen as u8,
                usual: 0,
                is_costly,
                held: 0,
                step: Key::NONE,
            });
        }
        chosen
    }

    /// Decisions that found no place where they could apply.
    pub(crate) fn skipped(&self) -> usize {
        self.listed.skipped()
    }

    pub(crate) fn log(&self) -> &[Arrival] {
        &self.log
    }
}

/// A schedule chose; nobody asks where that process had announced its event.
fn unsteered(process: usize) -> Chosen {
    Chosen { process, announced: Key::NONE }
}

#[cfg(test)]
mod tests {
    use super::super::key::mix;
    use super::*;

    fn spot(number: u64) -> Spot {
        Spot::new(mix(!number, 0x1234_5678_9abc_def1), 5, number)
    }

    #[test]
    fn the_same_threads_at_the_same_key_get_the_same_choice_whatever_came_before() {
        let schedule = Schedule::uniform(11);
        let mut decider = Decider::new();
        for number in 0..1_000 {
            let (spot, enabled) = (spot(number * 7919), 0b1_0110 | (number as u32 % 2));
            let choices = [0, 1, 5].map(|before| {
                decider.reset(Plan::Schedule(&schedule), false, false);
                for other in 0..before {
                    decider.answer(self::spot(other), Drawn::of(other), 1, 0b1111);
                    decider.choose(self::spot(!other), 3, false);
                }
                (decider.answer(spot, decider.draw(spot), 2, enabled), decider.choose(spot, 5, false))
            });
            assert!(choices.iter().all(|choice| *choice == choices[0]));
        }
    }
}
