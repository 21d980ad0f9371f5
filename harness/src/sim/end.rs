//! How an execution ends. What the modelled program does wrong is a value here, never a panic of
//! the simulator.

use super::event::{Kind, Place};
use std::fmt;

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// Every thread ran to its end.
    Completed,
    /// The main thread looked at the final state (`thread::idle`) and returned; these threads are
    /// asleep for ever. Whether that is a fault the subject has said in its observations.
    Resting(Vec<Blocked>),
    /// Nobody can run: a cycle of locks or joins, or threads that wait for what will never come.
    /// The threads of the cycle come first, in order.
    Deadlock {
        /// How many of `blocked` form the cycle; 0 when the chain ends in a sleeping or finished
        /// thread.
        cycle: usize,
        /// Every blocked thread.
        blocked: Vec<Blocked>,
    },
    /// Nobody can run but threads that go round in a loop, each reading what nobody is left to
    /// write: whatever the schedule, that never ends.
    Livelock(Vec<Blocked>),
    /// The bound on the number of choice points was reached. The bound, not a verdict: it may be a
    /// livelock or a long execution.
    StepLimit(u64),
    /// A `BUG_ON` of the subject fired.
    Bug(Fault),
    /// A data race on plain data.
    Race(Fault),
    /// The subject panicked.
    Panic(Fault),
    /// The subject broke a rule of a primitive: it unlocked what it does not hold, or locked what
    /// it holds.
    Misuse(Fault),
    /// The stack of a thread ran low at a choice point.
    StackLow(Fault),
}

/// What is wrong with an end that no subject can want.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BadEnd {
    /// A data race.
    Race,
    /// The subject panicked, a `BUG_ON` of it fired, or it broke a rule of a primitive.
    Panic,
    /// Threads wait for what will never come, blocked or in a loop that reads.
    Stuck,
    /// A bound was reached: of choice points, or of the stack.
    Limit,
}

impl BadEnd {
    /// All of them, the gravest first.
    pub const ALL: [BadEnd; 4] = [BadEnd::Race, BadEnd::Panic, BadEnd::Stuck, BadEnd::Limit];

    /// The word for it, in ids and configurations.
    pub const fn name(self) -> &'static str {
        match self {
            BadEnd::Race => "race",
            BadEnd::Panic => "panic",
            BadEnd::Stuck => "stuck",
            BadEnd::Limit => "limit",
        }
    }

    /// Reads the word.
    pub fn from_name(name: &str) -> Option<BadEnd> {
        BadEnd::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A blocked thread and what it waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blocked {
    /// Index of the thread.
    pub thread: usize,
    /// Name of the thread.
    pub name: String,
    /// The announced event that cannot run.
    pub waits: &'static str,
    /// The object it waits for, by name.
    pub object: String,
    /// Who holds it or has to end, if somebody.
    pub holder: Option<usize>,
    /// Where the thread waits. Not part of the outcome: lines differ between variants.
    pub place: Option<Place>,
    /// Where the holder took it. Not part of the outcome.
    pub held_since: Option<Place>,
}

/// A fault of the subject with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fault {
    /// The thread that did it.
    pub thread: usize,
    /// What it did.
    pub message: String,
    /// Where (for a race: the second access). Not part of the outcome.
    pub place: Option<Place>,
    /// The other place involved (for a race: the first access). Not part of the outcome.
    pub other: Option<Place>,
}

impl Kind {
    /// What a thread that is blocked on an event of this kind waits for.
    pub(crate) fn waits_for(self) -> &'static str {
        match self {
            Kind::Lock | Kind::ReadLock => "lock",
            Kind::UnlockWait => "unlock of",
            Kind::Join => "end of",
            Kind::Sleep => "wake-up in",
            Kind::Await => "change of",
            _ => "its turn",
        }
    }
}

impl End {
    /// The end without places, as it counts for the outcome.
    pub fn without_places(mut self) -> End {
        match &mut self {
            End::Resting(blocked) | End::Deadlock { blocked, .. } | End::Livelock(blocked) => {
                for one in blocked {
                    one.place = None;
                    one.held_since = None;
                }
            }
            End::Bug(fault) | End::Race(fault) | End::Panic(fault) | End::Misuse(fault) | End::StackLow(fault) => {
                fault.place = None;
                fault.other = None;
            }
            End::Completed | End::StepLimit(_) => {}
        }
        self
    }

    /// One word for the kind of end.
    pub fn name(&self) -> &'static str {
        match self {
            End::Completed => "completed",
            End::Resting(_) => "resting",
            End::Deadlock { .. } => "deadlock",
            End::Livelock(_) => "livelock",
            End::StepLimit(_) => "step limit",
            End::Bug(_) => "bug",
            End::Race(_) => "data race",
            End::Panic(_) => "panic",
            End::Misuse(_) => "misuse",
            End::StackLow(_) => "stack low",
        }
    }

    /// What is wrong with it, if no subject can want it. Whether threads at rest are a fault the
    /// subject has said in its observations.
    pub fn bad(&self) -> Option<BadEnd> {
        match self {
            End::Completed | End::Resting(_) => None,
            End::Race(_) => Some(BadEnd::Race),
            End::Bug(_) | End::Panic(_) | End::Misuse(_) => Some(BadEnd::Panic),
            End::Deadlock { .. } | End::Livelock(_) => Some(BadEnd::Stuck),
            End::StepLimit(_) | End::StackLow(_) => Some(BadEnd::Limit),
        }
    }

    /// Whether the execution ended in a fault that no subject can want.
    pub fn is_fault(&self) -> bool {
        self.bad().is_some()
    }
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} waits for {} {}", self.name, self.waits, self.object)?;
        if let Some(place) = self.place {
            write!(f, " at {place}")?;
        }
        if let Some(since) = &self.held_since {
            write!(f, ", taken at {since}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(place) = self.place {
            write!(f, " at {place}")?;
        }
        if let Some(other) = &self.other {
            write!(f, " (other: {other})")?;
        }
        Ok(())
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |blocked: &[Blocked]| blocked.iter().map(Blocked::to_string).collect::<Vec<_>>().join("; ");
        match self {
            End::Completed => f.write_str("completed"),
            End::Resting(blocked) => write!(f, "at rest: {}", list(blocked)),
            End::Deadlock { cycle: 0, blocked } => write!(f, "stuck: {}", list(blocked)),
            End::Deadlock { blocked, .. } => write!(f, "deadlock: {}", list(blocked)),
            End::Livelock(blocked) => write!(f, "livelock: {}", list(blocked)),
            End::StepLimit(limit) => write!(f, "step limit of {limit} choice points reached"),
            End::Bug(fault) => write!(f, "sim: BUG: {fault}"),
            End::Race(fault) => write!(f, "sim: data race: {fault}"),
            End::Panic(fault) => write!(f, "panic: {fault}"),
            End::Misuse(fault) => write!(f, "misuse: {fault}"),
            End::StackLow(fault) => write!(f, "stack low: {fault}"),
        }
    }
}
