//! How the search guides one execution: the answers to its first questions, and who sleeps behind
//! them.
//!
//! What would follow if a thread that is *asleep* ran next is explored elsewhere (Godefroid,
//! "Partial-Order Methods for the Verification of Concurrent Systems", LNCS 1032, 1996). A thread
//! wakes up when a step is made that its own next step depends on. Since what a step touches is
//! known only when it was made, the execution itself wakes sleepers, and ends when everybody who
//! could run is asleep.

use crate::schedule::{BUFFERS_FROM, Chosen, Key, Mark, Marked, Question, Steer, THREADS_MAX, Touch, usual_among};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// What the next step of a sleeping thread touches: seen when it was made elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sleeper {
    pub(super) thread: u8,
    pub(super) print: Print,
}

/// A part of the footprint of a step, in words of all executions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Print {
    /// An access, by the hash of its object; of a read that saw a store in its thread's own buffer,
    /// the number of that store.
    Touch { hash: u64, writes: bool, minds_own: bool, forwarded: Option<u32> },
    /// The order of the step to every other one matters.
    Everything,
}

impl Sleeper {
    /// Whether the order of that step and one of `process` with this touch can matter. So many
    /// stores of the sleeper have landed.
    ///
    /// As long as a read would see a store in the own buffer, nothing that others do to the object
    /// matters: as in the races of the search. If a sleeper woke up where no race is seen, what it
    /// does there would be explored in place of orders that are nowhere else.
    #[inline]
    pub(super) fn depends_on(&self, process: usize, touched: u64, written: bool, landed: u32) -> bool {
        match self.print {
            Print::Touch { hash, writes, minds_own, forwarded } => {
                let is_own = process == BUFFERS_FROM + usize::from(self.thread);
                let is_buffered = forwarded.is_some_and(|nth| nth >= landed);
                hash == touched && (writes || written) && (minds_own || !is_own) && !is_buffered
            }
            Print::Everything => true,
        }
    }
}

/// What the thread did beside the event when it made a step, in any execution so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Habit {
    pub(super) touches: Vec<Touch>,
    pub(super) everything: bool,
}

impl Habit {
    /// Takes over what another execution has shown. Whether that is more than was known.
    pub(super) fn extend(&mut self, touches: &[Touch], everything: bool) -> bool {
        let mut has_grown = everything && !self.everything;
        self.everything |= everything;
        for touch in touches {
            match self.touches.iter_mut().find(|known| known.hash == touch.hash) {
                Some(known) if known.writes || !touch.writes => {}
                Some(known) => {
                    known.writes = true;
                    has_grown = true;
                }
                None => {
                    self.touches.push(*touch);
                    has_grown = true;
                }
            }
        }
        has_grown
    }
}

/// Habits, by thread and by the key at which it had announced the event.
pub(super) type Habits = BTreeMap<u64, Habit>;

/// Where a thread makes a step.
pub(super) fn habit_of(thread: usize, key: Key) -> u64 {
    (thread as u64) << 32 | u64::from(key.0)
}

/// The habits of one search, shared with the execution that it guides.
#[derive(Debug, Default)]
pub(super) struct SharedHabits(Arc<Mutex<Habits>>);

impl SharedHabits {
    pub(super) fn new(habits: Habits) -> SharedHabits {
        SharedHabits(Arc::new(Mutex::new(habits)))
    }

    /// The same habits, for the execution.
    pub(super) fn share(&self) -> SharedHabits {
        SharedHabits(Arc::clone(&self.0))
    }

    pub(super) fn get(&self) -> MutexGuard<'_, Habits> {
        self.0.lock().expect("nobody panics with habits in hand")
    }
}

/// A copy has habits of its own.
impl Clone for SharedHabits {
    fn clone(&self) -> SharedHabits {
        SharedHabits::new(self.get().clone())
    }
}

/// What the search prescribes, and what the execution did.
#[derive(Debug)]
pub(super) struct Guide {
    /// The answers to the first questions.
    pub(super) choices: Vec<u8>,
    /// Marks are kept of what happens after so many questions.
    pub(super) marks_from: u32,
    /// Threads asleep when the last but one of these answers was given (when the step that it
    /// belongs to begins), as a mask.
    pub(super) asleep: u32,
    /// What their next steps touch.
    pub(super) sleepers: Vec<Sleeper>,
    pub(super) habits: SharedHabits,
    run: Run,
}

/// What the execution did until now.
#[derive(Clone, Debug)]
struct Run {
    /// Threads that are asleep now, as a mask.
    asleep: u32,
    /// For each thread the key of the event that it has announced.
    announced: [Key; THREADS_MAX],
    /// Who makes the step that is being made, and where it was announced.
    process: usize,
    key: Key,
    marks: Vec<Mark>,
    /// Marks that sleepers were woken by.
    seen: usize,
    /// Stores of each thread that have landed.
    landed: [u32; THREADS_MAX],
}

impl Run {
    /// Nothing yet. The memory of `marks` is used again.
    fn new(asleep: u32, mut marks: Vec<Mark>) -> Run {
        marks.clear();
        let announced = [Key::NONE; THREADS_MAX];
        let (process, key) = (0, Key::NONE);
        Run { asleep, announced, process, key, marks, seen: 0, landed: [0; THREADS_MAX] }
    }
}

/// A copy shares its habits.
impl Clone for Guide {
    fn clone(&self) -> Guide {
        Guide {
            choices: self.choices.clone(),
            marks_from: self.marks_from,
            asleep: self.asleep,
            sleepers: self.sleepers.clone(),
            habits: self.habits.share(),
            run: self.run.clone(),
        }
    }
}

impl Guide {
    /// Prescribes nothing.
    pub(super) fn new(habits: SharedHabits) -> Guide {
        Guide {
            choices: Vec::new(),
            marks_from: 0,
            asleep: 0,
            sleepers: Vec::new(),
            habits,
            run: Run::new(0, Vec::new()),
        }
    }

    /// What the execution did, from where marks are kept.
    pub(super) fn marks(&self) -> &[Mark] {
        &self.run.marks
    }

    /// A step begins.
    fn open(&mut self, process: usize, key: Key) {
        self.run.process = process;
        self.run.key = key;
    }

    /// A step has been made: those who depend on it wake up.
    fn wake(&mut self) {
        let run = &mut self.run;
        let marks = &run.marks[run.seen..];
        run.seen = run.marks.len();
        if run.asleep == 0 {
            return;
        }
        if marks.iter().any(|mark| mark.what == Marked::Everything) {
            // Also those whose step touches nothing.
            run.asleep = 0;
        }
        let habits = self.habits.get();
        // A buffer does nothing beside its landing.
        let is_thread = run.process < BUFFERS_FROM;
        let habit = if is_thread { habits.get(&habit_of(run.process, run.key)) } else { None };
        if habit.is_some_and(|habit| habit.everything) {
            run.asleep = 0;
        }
        let habitual = habit.map_or(&[][..], |habit| &habit.touches);
        for sleeper in &self.sleepers {
            let touched = marks.iter().filter_map(|mark| match &mark.what {
                Marked::Touch(touch) | Marked::Landed(touch, _) => Some(touch),
                _ => None,
            });
            let landed = run.landed[usize::from(sleeper.thread) % THREADS_MAX];
            let depends = |touch: &Touch| sleeper.depends_on(run.process, touch.hash, touch.writes, landed);
            if sleeper.print == Print::Everything || touched.chain(habitual).any(depends) {
                run.asleep &= !(1 << sleeper.thread);
            }
        }
    }
}

impl Steer for Guide {
    fn begin(&mut self) -> usize {
        let marks = std::mem::take(&mut self.run.marks);
        self.run = Run::new(self.asleep, marks);
        self.marks_from as usize
    }

    fn announce(&mut self, thread: usize, key: Key) {
        self.run.announced[thread] = key;
    }

    fn next(&mut self, question: &Question) -> Option<Chosen> {
        let Question { number, asked, enabled, usual } = *question;
        let process = match self.choices.get(number) {
            // A subject that depends on more than its schedule may not be able to follow; the
            // search notices.
            Some(&choice) if enabled & (1 << choice) != 0 => usize::from(choice),
            Some(_) => usual,
            None => {
                self.wake();
                let awake = enabled & !self.run.asleep;
                if awake == 0 {
                    return None;
                }
                if awake & (1 << usual) != 0 { usual } else { usual_among(asked, awake) }
            }
        };
        let announced = self.run.announced.get(process).copied().unwrap_or(Key::NONE);
        self.open(process, announced);
        Some(Chosen { process, announced })
    }

    fn choose(&mut self, number: usize, _: usize) -> usize {
        self.choices.get(number).copied().map_or(0, usize::from)
    }

    fn begins_unasked(&mut self, number: usize, process: usize) -> bool {
        if number >= self.choices.len() {
            self.wake();
            if self.run.asleep & (1 << process) != 0 {
                return false;
            }
        }
        self.open(process, Key::NONE);
        true
    }

    fn mark(&mut self, mark: Mark) {
        if let (Some(owner), Marked::Landed(..)) = (usize::from(mark.thread).checked_sub(BUFFERS_FROM), mark.what) {
            self.run.landed[owner] += 1;
        }
        if mark.at >= self.marks_from {
            self.run.marks.push(mark);
        }
    }
}
