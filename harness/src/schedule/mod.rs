//! Schedules: values that decide every choice of an execution.
//!
//! A schedule is *total*: it runs on every variant, whatever its events are; a decision that cannot
//! apply is skipped and counted. It is *aligned*: every decision is keyed by where it happens
//! ([`Key`]), never by how many steps went before, so one schedule means the same thing in every
//! variant. It is *textual*: see [`crate::token`].
//!
//! Limits: alignment makes a schedule mean the same, it cannot make different programs behave the
//! same. Under a uniform random schedule one more access is one more toss: a thread is overtaken
//! there with the probability that the law of the uniform walk demands. Verdicts therefore compare
//! outcome sets; schedules find outcomes and show them.

mod arrival;
mod decider;
mod drawn;
mod key;
mod listed;
mod priorities;
mod steer;

pub(crate) use arrival::Arrival;
pub(crate) use decider::{Decider, Pace, Plan};
pub(crate) use drawn::Drawn;
pub use key::Key;
pub use key::scramble;
pub(crate) use key::{Spot, hash_name, hash_numbered, hash_path, mix};
pub(crate) use listed::usual_among;
pub(crate) use steer::{Chosen, Held, Mark, Marked, Needs, Question, SLOT_OF_NUMBERS, Slot, Steer, Touch};
pub(crate) use steer::{slot_of_buffer, slot_of_end, slot_of_object};

/// Threads of one execution, the main thread included. Enabled sets are bit masks and vector clocks
/// have this many components; twice as many bits fit the masks, so that store buffers can be
/// scheduled like threads.
pub const THREADS_MAX: usize = 16;

/// Alternatives among which one choice is made at most: as many as its number can name.
pub(crate) const ALTERNATIVES_MAX: usize = u8::MAX as usize + 1;

/// Under total store order the buffer of thread `n` goes on as thread `BUFFERS_FROM + n`: its
/// oldest store lands.
pub(crate) const BUFFERS_FROM: usize = THREADS_MAX;

/// A value that decides every choice of an execution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Schedule {
    /// At every choice point each thread that can run is as likely as any other (a uniform random
    /// walk). Where the running thread is about to do what touches nothing of others (its first
    /// event, which it was chosen for; starting a thread; joining one that has ended) it goes on
    /// seven times of eight, if there are at most five threads and memory is sequentially
    /// consistent.
    Uniform {
        /// Every toss is a hash of this and the key.
        seed: u64,
    },
    /// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS
    /// 2010): the thread with the highest random priority runs; at `depth - 1` points the running
    /// thread falls below all others.
    ///
    /// The paper draws `depth - 1` numbers of steps. Step numbers mean nothing across variants, so
    /// we let each key be a change point with probability `(depth - 1) / length`: the number of
    /// change points is right on average, not exactly, and the paper's bound on the probability of
    /// finding a bug of that depth holds up to that.
    Pct {
        /// Priorities and change points are hashes of this.
        seed: u64,
        /// Number of ordering constraints of the bugs looked for; at least 1.
        depth: u32,
        /// Expected number of choice points of an execution; at least 1.
        length: u32,
    },
    /// Partial-order sampling (Yuan, Yang, Gu, CAV 2018): every announced event has a random
    /// priority, the highest of those that can happen happens, and announced events whose order to
    /// it matters draw their priority anew. So executions spread over partial orders rather than
    /// over interleavings, and nothing needs to be known of how long they are.
    ///
    /// The paper draws numbers one after the other. We draw the priority of an event from its key,
    /// and the new one from the two keys, so that it depends on which events race and on nothing
    /// that came before. What an event touches is what it announces: an await of a condition
    /// touches nothing, for it cannot happen before the write that it waits for.
    Pos {
        /// Every priority is a hash of this and of keys.
        seed: u64,
    },
    /// The running thread runs on until it cannot; then the first thread of `order` that can run
    /// does. Except where `decisions` say otherwise.
    Explicit(Explicit),
    /// As an explicit schedule without order, but decisions are known by which question of the
    /// execution they answer. Exact on the variant that it was made for even if keys repeat there;
    /// *not* aligned on others. Enumerations run on paths, and a crash names its execution by one.
    Path(Vec<Step>),
}

/// The answer to the `question`th question of an execution, where it is not the usual one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// Counted from the beginning of the execution.
    pub question: u32,
    /// As in [`Decision`].
    pub choice: u8,
}

/// A thread order with exceptions.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Explicit {
    /// Who is preferred when the running thread cannot go on. Threads not listed follow in order of
    /// their number.
    pub order: Vec<u8>,
    /// What is decided otherwise, by key.
    pub decisions: Vec<Decision>,
}

/// A preemption or another choice, at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decision {
    /// Where.
    pub key: Key,
    /// Which thread goes on; or which sleeper, write or other numbered alternative is chosen.
    pub choice: u8,
}

impl Schedule {
    /// The uniform schedule with this number: consecutive numbers give unrelated schedules.
    pub fn uniform(number: u64) -> Schedule {
        Schedule::Uniform { seed: scramble(number) }
    }

    /// The PCT schedule with this number.
    pub fn pct(number: u64, depth: u32, length: u32) -> Schedule {
        Schedule::Pct { seed: scramble(number), depth: depth.max(1), length: length.max(1) }
    }

    /// The schedule of partial-order sampling with this number.
    pub fn pos(number: u64) -> Schedule {
        Schedule::Pos { seed: scramble(number) }
    }

    /// The schedule without any preemption: threads run in order of their number as far as they
    /// can.
    pub fn in_order() -> Schedule {
        Schedule::Explicit(Explicit::default())
    }
}
