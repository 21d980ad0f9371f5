//! One execution: its threads, objects and choice points.
//!
//! Everything here is reset by a few stores between executions and allocates nothing in its steady
//! state. Sets of threads are bit masks. An event has three parts: the thread *arrives* (announces
//! it, and the schedule says who goes on), it may give way, and once it goes on it *performs* the
//! event, which is then possible by construction: no step is ever retried.

mod accesses;
mod after;
mod conditions;
mod ending;
mod history;
mod holding;
mod landing;
mod locks;
mod names;
mod plain;
mod polling;
mod record;
mod relaxed;
mod rest;
mod results;
mod seeing;
mod site;
mod steps;
mod threads;
mod touch;
mod turns;
mod weakening;

use super::coroutine::Stacks;
use super::coroutine::job::Job;
use super::event::{ObjectId, Place};
use super::gaps::Lacks;
use super::memory::{Memory, MemoryModel};
use super::object::{HASH_OF_NONE, Label, Objects};
use super::plain_access::PlainAccess;
use super::state::{Clearance, Closing, Conditions, Hops, Names, Observed, Polling, Record, Relaxed, Rest, Results};
use super::state::{Roster, Steps, Thread, Weakening};
use crate::schedule::{Decider, Plan, THREADS_MAX};
use std::panic::Location;

/// How long one execution may be and what is kept of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) memory: MemoryModel,
    pub(crate) steps_max: u64,
    pub(crate) tracing: bool,
    pub(crate) logging: bool,
    /// How often a thread comes back in a loop, with nothing changed, before it waits: 1, but for
    /// those who look whether that makes a difference.
    pub(crate) rounds_max: u32,
}

/// One execution. What belongs together and has an invariant of its own is a part; the file of that
/// name has what is done with it. What operations read first lies here itself.
pub(crate) struct Execution {
    /// Processes whose announced event can happen now: threads, and store buffers that hold
    /// something.
    pub(super) enabled: u32,
    /// The running thread.
    pub(super) me: usize,
    /// Whether anybody wants to know what events do: `RECORDING`, `RELAXED`, `WEAKENED`, and a bit
    /// for each thread that evaluates an awaited condition or is watched, see `polling.rs`.
    pub(super) attention: u32,
    /// What it has missed until now; see also [`Execution::lacks`].
    pub(super) lacks: Lacks,
    pub(super) hops: Hops,
    steps: Steps,
    pub(super) roster: Roster,
    rest: Rest,
    closing: Closing,
    clearance: Clearance,
    pub(super) results: Results,
    pub(super) relaxed: Relaxed,
    weakening: Weakening,
    pub(super) conditions: Conditions,
    polling: Polling,
    names: Names,
    observed: Observed,
    record: Record,
    pub(super) decider: Decider,
    pub(super) memory: Memory,
    pub(super) objects: Objects,
    pub(super) threads: [Thread; THREADS_MAX],
    jobs: [Job; THREADS_MAX],
    stacks: Stacks,
    plain: Vec<PlainAccess>,
}

/// In `Execution::attention`: orderings are taken away somewhere.
pub(super) const WEAKENED: u32 = 1 << 29;

/// In `Execution::attention`: a trace is kept, or what steps touch.
const RECORDING: u32 = 1 << 31;

/// In `Execution::attention`: memory is not sequentially consistent. Operations look at this flag
/// for everything that is not usual at once.
const RELAXED: u32 = 1 << 30;

fn nowhere() -> Place {
    Location::caller()
}

impl Execution {
    pub(crate) fn new() -> Execution {
        Execution {
            enabled: 0,
            me: 0,
            attention: 0,
            lacks: Lacks::NOTHING,
            hops: Hops::new(),
            steps: Steps::new(),
            roster: Roster::NOBODY,
            rest: Rest::NOBODY,
            closing: Closing::new(),
            clearance: Clearance::new(),
            results: Results::new(),
            relaxed: Relaxed::new(),
            weakening: Weakening::new(),
            conditions: Conditions::new(),
            polling: Polling::new(),
            names: Names::new(),
            observed: Observed::new(),
            record: Record::new(),
            decider: Decider::new(),
            memory: Memory::new(),
            objects: Objects::new(),
            threads: std::array::from_fn(|_| Thread::new(nowhere())),
            jobs: std::array::from_fn(|_| Job::new()),
            stacks: Stacks::new(),
            plain: Vec::new(),
        }
    }

    pub(crate) fn reset(&mut self, plan: Plan<'_>, bounds: &Bounds) {
        // It needs to know how many threads there were.
        self.observed.reset(self.roster.count);
        self.enabled = 0;
        self.lacks = Lacks::NOTHING;
        self.steps.reset(bounds.steps_max);
        self.roster = Roster::NOBODY;
        self.rest = Rest::NOBODY;
        self.closing.reset();
        self.clearance.reset();
        self.results.reset();
        self.relaxed.reset(bounds.memory);
        self.weakening.reset();
        self.conditions.reset();
        self.polling.reset(bounds.rounds_max);
        self.names.reset();
        self.record.reset(bounds.tracing);
        self.decider.reset(plan, bounds.logging, bounds.tracing || self.relaxed.is_on);
        self.attention = if bounds.tracing || self.decider.is_steered() { RECORDING } else { 0 };
        self.attention |= if self.relaxed.is_on { RELAXED } else { 0 };
        self.memory.reset(bounds.memory);
        self.objects.reset();
        self.plain.clear();
        // Object 0 stands for no object, so that events without one have a key like all others.
        self.create_hashed((HASH_OF_NONE, HASH_OF_NONE), Some(Label::from("none")), 0, nowhere());
    }

    /// The newest value of a word, without an event.
    pub(crate) fn newest(&mut self, object: ObjectId) -> u64 {
        self.acts();
        if self.is_recording() {
            self.mark_plain(object, false);
        }
        if self.relaxed.is_on { self.newest_relaxed(object) } else { self.memory.newest(object) }
    }
}
