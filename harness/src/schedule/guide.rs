//! What an exhaustive search tells an execution, and what the execution tells the search.
//!
//! A search gives the answers to the first questions and the threads that are *asleep* (Godefroid, "Partial-Order Methods for the
//! Verification of Concurrent Systems", LNCS 1032, 1996): what would follow if one of them ran next is explored elsewhere. A thread wakes up
//! when a step is made that its own next step depends on. Since what a step touches is known only when it was made, the
//! execution itself wakes sleepers, and ends when everybody who could run is asleep.
//!
//! Objects are known by number inside of an execution, and by the hash of their name across executions, for threads that make objects
//! may number them in either order. Two objects of one name are taken for one there: that makes a search longer, never wrong.

use super::key::Key;
use super::{BUFFERS_FROM, THREADS_MAX};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// A place that steps touch: the end of a thread, its store buffer, or an object by number. Slots of threads come first.
pub(crate) type Slot = u32;

/// The slot of the end of a thread: written when it ends, read by those who ask whether it has.
pub(crate) const fn slot_of_end(thread: usize) -> Slot {
    thread as Slot
}

/// The slot of the store buffer of a thread: written by what lands, read by attempts of the thread that need it empty to succeed.
pub(crate) const fn slot_of_buffer(thread: usize) -> Slot {
    (THREADS_MAX + thread) as Slot
}

/// The slot of an object.
pub(crate) const fn slot_of_object(number: u32) -> Slot {
    2 * THREADS_MAX as Slot + number
}

/// What numbers of threads and columns depend on is touched as object 0, which stands for no object.
pub(crate) const SLOT_OF_NUMBERS: Slot = slot_of_object(0);

/// What an event needs of a lock to be able to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing: it is not a blocking event on a lock.
    Nothing,
    /// That nobody holds it.
    Free,
    /// That no writer holds it.
    NoWriter,
}

/// What a lock was when an event touched it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    Free,
    ByReaders,
    ByWriter,
}

impl Held {
    /// Whether an event with these needs could have happened instead.
    pub(crate) fn allows(self, needs: Needs) -> bool {
        match needs {
            Needs::Nothing => true,
            Needs::Free => self == Held::Free,
            Needs::NoWriter => self != Held::ByWriter,
        }
    }
}

/// One thing that a step did, as far as its order to other steps can matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Questions asked before it.
    pub(crate) at: u32,
    pub(crate) thread: u8,
    pub(crate) what: Marked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marked {
    /// An access. Steps of which two touch the same slot depend on each other unless both only read it.
    Touch(Touch),
    /// It started the thread of the next number.
    Spawned,
    /// It went on because that thread had ended.
    Joined(u8),
    /// It woke these threads, as a mask.
    Woke(u32),
    /// It went on because something at the object of that hash was written since the thread has last read there.
    Awaited(u64),
    /// It went on because nobody else could. It had announced that at this key.
    Rested(Key),
    /// Its store of this number went into its buffer.
    Stored(u32),
    /// It read its store of this number, which is in its buffer. Touches nothing before that has landed.
    Forwarded(Touch, u32),
    /// A buffer: the store of this number lands.
    Landed(Touch, u32),
    /// A buffer: what follows is a step that nobody was asked about.
    Unasked,
    /// It went on because its buffer was empty, or emptied it. `always`: whatever it had read.
    Drained { always: bool },
    /// It asked, or settled, who can still go on. Its order to every other step matters.
    Everything,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Touch {
    pub(crate) slot: Slot,
    /// The same in all executions.
    pub(crate) hash: u64,
    pub(crate) writes: bool,
    /// It is no part of the event, but of what the thread did after it: that depends on what the event has read.
    pub(crate) is_loose: bool,
    /// Whether it matters if a store of the thread itself has landed. To most reads it does not: they see it anyway.
    pub(crate) minds_own: bool,
    pub(crate) needs: Needs,
    /// Before the event, if the slot is that of a lock.
    pub(crate) held: Held,
}

/// What the next step of a sleeping thread touches: seen when it was made elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sleeper {
    pub(crate) thread: u8,
    pub(crate) print: Print,
}

/// A part of the footprint of a step, in words of all executions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Print {
    /// An access, by the hash of its object; of a read that saw a store in its thread's own buffer, the number of that store.
    Touch { hash: u64, writes: bool, minds_own: bool, forwarded: Option<u32> },
    /// The order of the step to every other one matters.
    Everything,
}

impl Sleeper {
    /// Whether the order of that step and one of `process` with this touch can matter. So many stores of the sleeper have landed.
    ///
    /// As long as a read would see a store in the own buffer, nothing that others do to the object matters: as in the races of the search.
    /// If a sleeper woke up where no race is seen, what it does there would be explored in place of orders that are nowhere else.
    #[inline]
    pub(crate) fn depends_on(&self, process: usize, touched: u64, written: bool, landed: u32) -> bool {
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
pub(crate) struct Habit {
    pub(crate) touches: Vec<Touch>,
    pub(crate) everything: bool,
}

impl Habit {
    /// Takes over what another execution has shown. Whether that is more than was known.
    pub(crate) fn extend(&mut self, touches: &[Touch], everything: bool) -> bool {
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
pub(crate) type Habits = BTreeMap<u64, Habit>;

/// The habits of one search, shared with the execution that it guides.
#[derive(Debug, Default)]
pub(crate) struct SharedHabits(Arc<Mutex<Habits>>);

impl SharedHabits {
    pub(crate) fn new(habits: Habits) -> SharedHabits {
        SharedHabits(Arc::new(Mutex::new(habits)))
    }

    /// The same habits, for the execution.
    pub(crate) fn share(&self) -> SharedHabits {
        SharedHabits(Arc::clone(&self.0))
    }

    pub(crate) fn get(&self) -> MutexGuard<'_, Habits> {
        self.0.lock().expect("nobody panics with habits in hand")
    }
}

/// A copy has habits of its own.
impl Clone for SharedHabits {
    fn clone(&self) -> SharedHabits {
        SharedHabits::new(self.get().clone())
    }
}

/// Where a thread makes a step.
pub(crate) fn habit_of(thread: usize, key: Key) -> u64 {
    (thread as u64) << 32 | u64::from(key.0)
}

/// What a search prescribes. A copy shares its habits.
#[derive(Debug, Default)]
pub(crate) struct Guide {
    /// The answers to the first questions.
    pub(crate) choices: Vec<u8>,
    /// Marks are kept of what happens after so many questions.
    pub(crate) marks_from: u32,
    /// Threads asleep when the last but one of these answers was given (when the step that it belongs to begins), as a mask.
    pub(crate) asleep: u32,
    /// What their next steps touch.
    pub(crate) sleepers: Vec<Sleeper>,
    pub(crate) habits: SharedHabits,
}

impl Clone for Guide {
    fn clone(&self) -> Guide {
        Guide {
            choices: self.choices.clone(),
            marks_from: self.marks_from,
            asleep: self.asleep,
            sleepers: self.sleepers.clone(),
            habits: self.habits.share(),
        }
    }
}
