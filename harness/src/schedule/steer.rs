//! What any search tells a machine, and what it hears from it.
//!
//! A schedule answers questions and hears nothing. A search also wants to know what each step did:
//! the machine *marks* that as it happens, so a mark is exact where an announcement can only say
//! the most. It may end an execution at a question, because what would follow is explored
//! elsewhere.
//!
//! A *step* is an event and everything that its thread does until its next choice point; under
//! total store order, also the landing of a store. A *process* is who makes steps: a thread, by its
//! number, or its store buffer, by that number and [`BUFFERS_FROM`](super::BUFFERS_FROM).
//!
//! Objects are known by number inside of an execution, and by the hash of their name across
//! executions, for threads that make objects may number them in either order. Two objects of one
//! name are taken for one there: that makes a search longer, never wrong.

use super::THREADS_MAX;
use super::key::Key;
use std::any::Any;

/// A search, as the machine sees it during one execution.
pub(crate) trait Steer: Any + Send {
    /// An execution begins. Returns the number of the first question from which on it has to be
    /// told what steps do: what a search prescribes it has seen before. Landings are told from the
    /// beginning.
    fn begin(&mut self) -> usize;

    /// The thread has arrived at its next event, which it announces at `key`.
    fn announce(&mut self, thread: usize, key: Key);

    /// Which process goes on. None if that is explored elsewhere, whoever does.
    fn next(&mut self, question: &Question) -> Option<Chosen>;

    /// Which of `options` numbered alternatives is taken, at the question of that number. If it is
    /// out of range, the first one is.
    fn choose(&mut self, number: usize, options: usize) -> usize;

    /// The process makes a step that nobody is asked about; `number` questions were asked before.
    /// False if what would follow is explored elsewhere.
    fn begins_unasked(&mut self, number: usize, process: usize) -> bool;

    /// The running step did this.
    fn mark(&mut self, mark: Mark);
}

/// The question who goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    /// Questions asked before it.
    pub(crate) number: usize,
    /// The process that has arrived.
    pub(crate) asked: usize,
    /// Processes that can go on, as a mask. Not empty.
    pub(crate) enabled: u32,
    /// Who would go on under an explicit schedule without decisions.
    pub(crate) usual: usize,
}

/// The answer to a [`Question`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen {
    pub(crate) process: usize,
    /// Where it had announced its event; zero for a store buffer and for the start of a thread.
    pub(crate) announced: Key,
}

/// A place that steps touch: the end of a thread, its store buffer, or an object by number. Slots
/// of threads come first.
pub(crate) type Slot = u32;

/// The slot of the end of a thread: written when it ends, read by those who ask whether it has.
pub(crate) const fn slot_of_end(thread: usize) -> Slot {
    thread as Slot
}

/// The slot of the store buffer of a thread: written by what lands, read by attempts of the thread
/// that need it empty to succeed.
pub(crate) const fn slot_of_buffer(thread: usize) -> Slot {
    (THREADS_MAX + thread) as Slot
}

/// The slot of an object.
pub(crate) const fn slot_of_object(number: u32) -> Slot {
    2 * THREADS_MAX as Slot + number
}

/// What numbers of threads and columns depend on is touched as object 0, which stands for no
/// object.
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
    /// The process.
    pub(crate) thread: u8,
    pub(crate) what: Marked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marked {
    /// An access. Steps of which two touch the same slot depend on each other unless both only read
    /// it.
    Touch(Touch),
    /// It started the thread of the next number.
    Spawned,
    /// It went on because that thread had ended.
    Joined(u8),
    /// It woke these threads, as a mask.
    Woke(u32),
    /// It went on because something at the object of that hash was written since the thread has
    /// last read there.
    Awaited(u64),
    /// It went on because nobody else could. It had announced that at this key.
    Rested(Key),
    /// Its store of this number went into its buffer.
    Stored(u32),
    /// It read its store of this number, which is in its buffer. Touches nothing before that has
    /// landed.
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
    /// It is no part of the event, but of what the thread did after it: that depends on what the
    /// event has read.
    pub(crate) is_loose: bool,
    /// Whether it matters if a store of the thread itself has landed. To most reads it does not:
    /// they see it anyway.
    pub(crate) minds_own: bool,
    pub(crate) needs: Needs,
    /// Before the event, if the slot is that of a lock.
    pub(crate) held: Held,
}
