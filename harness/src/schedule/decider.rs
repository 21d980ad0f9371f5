//! The running form of a schedule: answers the two kinds of questions that an execution asks.
//!
//! It is reset, not rebuilt, for each execution: the hot paths of the whole simulator are `Decider::next_uniform` and `Decider::next_by_priority`.

use super::drawn::Drawn;
use super::guide::{Guide, Mark, Marked, Needs, Print, SharedHabits, Sleeper, Touch, habit_of};
use super::key::{Key, Spot, hash_numbered, mix};
use super::{ALTERNATIVES_MAX, BUFFERS_FROM, Decision, Schedule, Step, THREADS_MAX};

/// What happened at one choice point, for those who enumerate or rewrite schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// Where.
    pub(crate) key: Key,
    /// The thread that arrived, or none for a choice among numbered alternatives.
    pub(crate) thread: Option<u8>,
    /// Which threads could run, as a mask; or how many alternatives there were. 0 if there was nothing to choose, because a panic unwinds
    /// the thread or nobody can run.
    pub(crate) options: u32,
    /// What was chosen.
    pub(crate) chosen: u8,
    /// What an explicit schedule without decisions would have chosen.
    pub(crate) usual: u8,
    /// Whether any other choice among numbered alternatives counts as a preemption.
    pub(crate) is_costly: bool,
    /// Of a search: those of the threads that are held, see `sim/holding.rs`, and where the chosen one had announced its event.
    pub(crate) held: u32,
    pub(crate) step: Key,
}

impl Arrival {
    /// What else could have been chosen, in ascending order.
    pub(crate) fn others(&self) -> impl Iterator<Item = u8> + use<> {
        let Arrival { thread, options, chosen, .. } = *self;
        let could_be = move |choice: &u8| match thread {
            Some(_) => options & (1 << choice) != 0,
            None => u32::from(*choice) < options,
        };
        let count = if thread.is_some() { 32 } else { options.min(ALTERNATIVES_MAX as u32) };
        (0..count).map(|choice| choice as u8).filter(could_be).filter(move |choice| *choice != chosen)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Uniform,
    Pct,
    Pos,
    Explicit,
    Path,
    Guided,
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

/// What decides an execution: a schedule, a path of an enumeration that is not made into one, or an exhaustive search.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plan<'a> {
    Schedule(&'a Schedule),
    Path(&'a [Step]),
    Guide(&'a Guide),
}

pub(crate) struct Decider {
    mode: Mode,
    pace: Pace,
    seed: u64,
    /// PCT: a key is a change point when the upper half of its draw is below this.
    change_below: u32,
    /// PCT and POS: higher runs first. Those of threads that do not exist mean nothing.
    priorities: [u32; THREADS_MAX],
    /// PCT and POS: the same of the store buffers.
    buffers: [u32; THREADS_MAX],
    order: Vec<u8>,
    decisions: Vec<Decision>,
    path: Vec<Step>,
    /// Questions asked so far, and how many steps of the path were taken; counted on paths only.
    questions: u32,
    applied: usize,
    /// Invariant: only filled while `logging`.
    log: Vec<Arrival>,
    logging: bool,
    guided: Guided,
}

/// What is known while a search guides the execution.
struct Guided {
    choices: Vec<u8>,
    marks_from: usize,
    asleep: u32,
    sleepers: Vec<Sleeper>,
    habits: SharedHabits,
    /// For each thread the key of the event that it has announced; and of the one whose step is being made.
    announced: [Key; THREADS_MAX],
    running: (usize, Key),
    /// The running step has gone on past its event, for a panic unwinds the thread.
    has_insisted: bool,
    marks: Vec<Mark>,
    /// Marks that sleepers were woken by.
    seen: usize,
    /// Stores of each thread that have landed.
    landed: [u32; THREADS_MAX],
}

impl Decider {
    pub(crate) fn new() -> Decider {
        Decider {
            mode: Mode::Uniform,
            pace: Pace::Uniform,
            seed: 0,
            change_below: 0,
            priorities: [0; THREADS_MAX],
            buffers: [0; THREADS_MAX],
            order: Vec::new(),
            decisions: Vec::new(),
            path: Vec::new(),
            questions: 0,
            applied: 0,
            log: Vec::new(),
            logging: false,
            guided: Guided::new(),
        }
    }

    /// `logging` keeps all answers; `noting` makes the execution slow enough to look at each question.
    pub(crate) fn reset(&mut self, plan: Plan<'_>, logging: bool, noting: bool) {
        self.logging = logging;
        self.log.clear();
        self.applied = 0;
        self.decisions.clear();
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
            Plan::Guide(guide) => return self.reset_guide(guide),
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
            Schedule::Pos { seed } => {
                self.mode = Mode::Pos;
                self.seed = *seed;
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
        if matches!(self.mode, Mode::Pct | Mode::Pos) {
            // The high bit keeps initial priorities above all changed ones; the low bits make them distinct.
            self.priorities[thread] = priority(mix(self.seed, hash_numbered(self.seed, thread as u32)), thread);
        }
    }

    /// The thread that was added has a store buffer.
    pub(crate) fn add_buffer(&mut self, thread: usize) {
        if matches!(self.mode, Mode::Pct | Mode::Pos) {
            let number = (BUFFERS_FROM + thread) as u32;
            self.buffers[thread] = priority(mix(self.seed, hash_numbered(self.seed, number)), thread);
        }
    }

    fn reset_guide(&mut self, guide: &Guide) {
        self.mode = Mode::Guided;
        self.order.clear();
        let guided = &mut self.guided;
        guided.choices.clear();
        guided.choices.extend_from_slice(&guide.choices);
        guided.marks_from = guide.marks_from as usize;
        guided.asleep = guide.asleep;
        guided.sleepers.clear();
        guided.sleepers.extend_from_slice(&guide.sleepers);
        guided.habits = guide.habits.share();
        guided.announced = [Key(0); THREADS_MAX];
        guided.running = (0, Key(0));
        guided.has_insisted = false;
        guided.marks.clear();
        guided.seen = 0;
        guided.landed = [0; THREADS_MAX];
    }

    #[inline(always)]
    pub(crate) fn pace(&self) -> Pace {
        self.pace
    }

    /// Whether [`Decider::raced`] has to be told of races.
    pub(crate) fn minds_races(&self) -> bool {
        self.mode == Mode::Pos
    }

    /// The event announced at `key`, by `thread`, could as well have come before the one announced at `chosen`, which comes first. The high bit
    /// of a priority stays set: it tells those of PCT's change points from others, and there are none here.
    pub(crate) fn raced(&mut self, thread: usize, key: Key, chosen: Key) {
        let random = mix(hash_numbered(self.seed, key.0), hash_numbered(!self.seed, chosen.0));
        self.priorities[thread] = priority(random, thread);
    }

    /// Whether what steps touch is to be marked.
    pub(crate) fn is_guided(&self) -> bool {
        self.mode == Mode::Guided
    }

    /// The random word that decides who runs when the thread that passes the spot now arrives at its next event.
    ///
    /// It is the event behind a thread, not the one before it, that random decisions are drawn from: so the word is at hand
    /// when the question comes. Drawn from the event before it, every decision that a processor guesses wrong would wait for the hashes.
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

    fn answer(&mut self, spot: Spot, drawn: Drawn, me: usize, enabled: u32) -> usize {
        match self.mode {
            Mode::Uniform => self.next_uniform(drawn, enabled),
            Mode::Pct => self.next_by_priority(drawn, me, enabled),
            Mode::Pos | Mode::Explicit | Mode::Path | Mode::Guided => self.next_listed(spot, me, enabled),
        }
    }

    /// Who runs next. `me` has arrived at `spot`; `enabled` is the mask of threads that can run, not empty. Nobody, when everybody who
    /// could run is asleep.
    #[inline(never)]
    pub(crate) fn next_noted(&mut self, spot: Spot, drawn: Drawn, me: usize, enabled: u32) -> Option<usize> {
        if !self.logging {
            return Some(self.answer(spot, drawn, me, enabled));
        }
        let usual = self.usual(me, enabled);
        let key = spot.key();
        let chosen = match self.mode {
            Mode::Guided => {
                self.guided.announced[me] = key;
                self.next_guided(me, enabled, usual)?
            }
            _ => self.answer(spot, drawn, me, enabled),
        };
        self.log_choice(key, me, (enabled, 0), chosen, usual);
        Some(chosen)
    }

    fn log_choice(&mut self, key: Key, asked: usize, (options, held): (u32, u32), chosen: usize, usual: usize) {
        let step = self.guided.running.1;
        let (thread, chosen, usual) = (Some(asked as u8), chosen as u8, usual as u8);
        self.log.push(Arrival { key, thread, options, chosen, usual, is_costly: false, held, step });
    }

    /// Who goes on, where stores may land instead: those of thread `n` count as thread `BUFFERS_FROM + n`. `asked` is who would usually go on.
    /// A search chooses nobody who is `held`. Nobody, when everybody who could go on is asleep.
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
            Mode::Pct | Mode::Pos => self.next_by_all_priorities(spot, drawn, asked, enabled),
            Mode::Guided => {
                let free = enabled & !held;
                // Whoever waits for its buffer wants that to be emptied.
                let preferred = if held & (1 << asked) != 0 { BUFFERS_FROM + asked } else { asked };
                let usual = self.usual(preferred, free);
                self.next_guided(asked, free, usual)?
            }
            _ => self.answer(spot, drawn, asked, enabled),
        };
        if self.logging {
            let usual = self.usual(asked, enabled);
            self.log_choice(spot.key(), asked, (enabled, held), chosen, usual);
        }
        Some(chosen)
    }

    /// A search is told where the thread that arrives has announced its event.
    pub(crate) fn announce(&mut self, thread: usize, key: Key) {
        self.guided.announced[thread] = key;
    }

    /// A step begins that nobody is asked about. Not if the search knows it from elsewhere.
    pub(crate) fn begins_unasked(&mut self, process: usize) -> bool {
        if self.log.len() >= self.guided.choices.len() {
            self.guided.wake();
            if self.guided.asleep & (1 << process) != 0 {
                return false;
            }
        }
        self.guided.begin(process, Key(0));
        true
    }

    fn next_by_all_priorities(&mut self, spot: Spot, drawn: Drawn, asked: usize, enabled: u32) -> usize {
        let list = if asked < BUFFERS_FROM { &mut self.priorities } else { &mut self.buffers };
        let thread = asked % THREADS_MAX;
        if self.mode == Mode::Pos {
            list[thread] = priority(spot.draw(self.seed), thread);
        } else if ((drawn.word >> 32) as u32) < self.change_below {
            list[thread] = (drawn.word as u32 & 0x7fff_fff0) | thread as u32;
        }
        let priority = |one: usize| match one.checked_sub(BUFFERS_FROM) {
            Some(thread) => self.buffers[thread],
            None => self.priorities[one],
        };
        let able = (0..2 * THREADS_MAX).filter(|one| enabled & (1 << one) != 0);
        able.max_by_key(|&one| priority(one)).expect("somebody can go on")
    }

    /// The thread that has arrived goes on whatever the schedule says, because a panic unwinds it.
    #[cold]
    pub(crate) fn insist(&mut self, spot: Spot, drawn: Drawn, me: usize, enabled: u32) {
        match self.mode {
            Mode::Guided => self.guided.has_insisted = true,
            _ => _ = self.answer(spot, drawn, me, enabled),
        }
        if self.logging {
            self.arrive_without_choice(spot, me);
        }
    }

    /// The thread has arrived where there is nothing to choose.
    #[cold]
    pub(crate) fn arrive_without_choice(&mut self, spot: Spot, me: usize) {
        let key = spot.key();
        self.guided.announced[me] = key;
        if self.logging {
            let thread = me as u8;
            self.log.push(Arrival {
                key,
                thread: Some(thread),
                options: 0,
                chosen: thread,
                usual: thread,
                is_costly: false,
                held: 0,
                step: Key(0),
            });
        }
    }

    fn next_guided(&mut self, me: usize, enabled: u32, usual: usize) -> Option<usize> {
        let chosen = match self.guided.choices.get(self.log.len()) {
            // A subject that depends on more than its schedule may not be able to follow; whoever guides it notices.
            Some(&choice) if enabled & (1 << choice) != 0 => usize::from(choice),
            Some(_) => usual,
            None => {
                self.guided.wake();
                let awake = enabled & !self.guided.asleep;
                if awake == 0 {
                    return None;
                }
                if awake & (1 << usual) != 0 { usual } else { self.usual(me, awake) }
            }
        };
        self.guided.begin(chosen, self.guided.announced.get(chosen).copied().unwrap_or(Key(0)));
        Some(chosen)
    }

    /// Whether the event that is being made is part of a step that began with another one: a panic unwinds the thread.
    pub(crate) fn has_insisted(&self) -> bool {
        self.guided.has_insisted
    }

    /// Keeps what the running step does.
    #[inline]
    pub(crate) fn mark(&mut self, thread: usize, mut what: Marked) {
        if self.guided.has_insisted
            && let Marked::Touch(touch) | Marked::Landed(touch, _) = &mut what
        {
            // That it comes to this depends on what the step has read. Nor is the step kept from happening: it could not wait.
            touch.is_loose = true;
            touch.needs = Needs::Nothing;
        }
        if let (Some(owner), Marked::Landed(..)) = (thread.checked_sub(BUFFERS_FROM), what) {
            self.guided.landed[owner] += 1;
        }
        let at = self.log.len();
        if at >= self.guided.marks_from {
            self.guided.marks.push(Mark { at: at as u32, thread: thread as u8, what });
        }
    }

    /// What was kept.
    pub(crate) fn marks(&self) -> &[Mark] {
        &self.guided.marks
    }

    /// Who runs next under PCT, of a set that is not empty. `me` has arrived.
    #[inline(always)]
    pub(crate) fn next_by_priority(&mut self, drawn: Drawn, me: usize, enabled: u32) -> usize {
        let random = drawn.word;
        if ((random >> 32) as u32) < self.change_below {
            self.priorities[me % THREADS_MAX] = (random as u32 & 0x7fff_fff0) | me as u32;
        }
        self.highest(enabled)
    }

    #[inline(always)]
    fn highest(&self, enabled: u32) -> usize {
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
    fn next_listed(&mut self, spot: Spot, me: usize, enabled: u32) -> usize {
        if self.mode == Mode::Pos {
            self.priorities[me] = priority(spot.draw(self.seed), me);
            return self.highest(enabled);
        }
        if self.mode == Mode::Path {
            return match self.step() {
                Some(choice) if is_in(enabled, choice) => choice,
                _ => self.usual(me, enabled),
            };
        }
        let key = spot.key();
        if let Some(at) = self.decisions.iter().position(|decision| decision.key == key) {
            let choice = usize::from(self.decisions[at].choice);
            if is_in(enabled, choice) {
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

    /// Which of `options` numbered alternatives is taken at `spot`. The first one is the usual one; whether any other counts as a preemption says
    /// `is_costly`.
    pub(crate) fn choose(&mut self, spot: Spot, options: usize, is_costly: bool) -> usize {
        debug_assert!(options > 1 && options <= ALTERNATIVES_MAX);
        let chosen = match self.mode {
            Mode::Uniform | Mode::Pct | Mode::Pos => (((spot.draw(self.seed) >> 32) * options as u64) >> 32) as usize,
            Mode::Explicit => {
                let key = spot.key();
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
            Mode::Guided => {
                let choice = self.guided.choices.get(self.log.len()).copied().map(usize::from);
                choice.filter(|&choice| choice < options).unwrap_or(0)
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
                step: Key(0),
            });
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

fn is_in(enabled: u32, choice: usize) -> bool {
    choice < 2 * THREADS_MAX && enabled & (1 << choice) != 0
}

impl Guided {
    fn new() -> Guided {
        Guided {
            choices: Vec::new(),
            marks_from: 0,
            asleep: 0,
            sleepers: Vec::new(),
            habits: SharedHabits::default(),
            announced: [Key(0); THREADS_MAX],
            running: (0, Key(0)),
            has_insisted: false,
            marks: Vec::new(),
            seen: 0,
            landed: [0; THREADS_MAX],
        }
    }

    /// A step begins.
    fn begin(&mut self, process: usize, key: Key) {
        self.running = (process, key);
        self.has_insisted = false;
    }

    /// A step has been made: those who depend on it wake up.
    fn wake(&mut self) {
        let (thread, key) = self.running;
        let marks = &self.marks[self.seen..];
        self.seen = self.marks.len();
        if self.asleep == 0 {
            return;
        }
        if marks.iter().any(|mark| mark.what == Marked::Everything) {
            // Also those whose step touches nothing.
            self.asleep = 0;
        }
        let habits = self.habits.get();
        // A buffer does nothing beside its landing.
        let habit = if thread < BUFFERS_FROM { habits.get(&habit_of(thread, key)) } else { None };
        if habit.is_some_and(|habit| habit.everything) {
            self.asleep = 0;
        }
        let habitual = habit.map_or(&[][..], |habit| &habit.touches);
        for sleeper in &self.sleepers {
            let touched = marks.iter().filter_map(|mark| match &mark.what {
                Marked::Touch(touch) | Marked::Landed(touch, _) => Some(touch),
                _ => None,
            });
            let landed = self.landed[usize::from(sleeper.thread) % THREADS_MAX];
            let depends = |touch: &Touch| sleeper.depends_on(thread, touch.hash, touch.writes, landed);
            if sleeper.print == Print::Everything || touched.chain(habitual).any(depends) {
                self.asleep &= !(1 << sleeper.thread);
            }
        }
    }
}

/// The priority of a thread's event: its low bits say whose it is, and its high bit is set as in the initial priorities of threads.
#[inline(always)]
fn priority(random: u64, thread: usize) -> u32 {
    ((random >> 32) as u32 & !0xf) | 0x8000_0000 | thread as u32
}

#[cfg(test)]
mod tests {
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
