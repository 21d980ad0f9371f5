//! Events: what a thread announces before it does it, and what a trace keeps of it.

use crate::schedule::Key;
use std::panic::Location;

/// A place in the source of the subject.
pub type Place = &'static Location<'static>;

/// What kind of event a thread announces.
///
/// Keys and the identities of outcomes depend on their numbers: new kinds go to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// The thread begins.
    Start,
    /// Atomic load.
    Load,
    /// Atomic store.
    Store,
    /// Atomic read-modify-write.
    Update,
    /// A memory barrier.
    Fence,
    /// Lock acquisition (of a spin lock, a mutex, or a reader-writer lock for writing).
    Lock,
    /// An attempt to acquire a lock that never blocks.
    TryLock,
    /// Lock release.
    Unlock,
    /// Looks whether a lock is held.
    IsLocked,
    /// Waits until a lock is seen free, without taking it.
    UnlockWait,
    /// Acquisition of a reader-writer lock for reading.
    ReadLock,
    /// Release of a reader-writer lock held for reading.
    ReadUnlock,
    /// Releases a lock and begins to sleep in a wait queue.
    Wait,
    /// Sleeps in a wait queue until woken.
    Sleep,
    /// Wakes sleepers of a wait queue.
    Wake,
    /// Waits until something that an awaited condition has read is written.
    Await,
    /// Starts another thread.
    Spawn,
    /// Waits for the end of another thread.
    Join,
    /// Waits until no other thread can run.
    Idle,
    /// Offers to give way.
    Yield,
    /// Appends to an observer.
    Note,
    /// Read of a ghost cell.
    GhostRead,
    /// Write of a ghost cell.
    GhostWrite,
    /// Read of plain data (no choice point).
    PlainRead,
    /// Write of plain data (no choice point).
    PlainWrite,
    /// The thread ends.
    Finish,
    /// A store of the thread arrives in memory, some time after it was made.
    Land,
}

/// More than there are kinds.
pub(super) const KINDS: usize = 32;

impl Kind {
    /// The word used in traces.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Start => "start",
            Kind::Load => "load",
            Kind::Store => "store",
            Kind::Update => "update",
            Kind::Fence => "fence",
            Kind::Lock => "lock",
            Kind::TryLock => "trylock",
            Kind::Unlock => "unlock",
            Kind::IsLocked => "is_locked",
            Kind::UnlockWait => "unlock_wait",
            Kind::ReadLock => "read_lock",
            Kind::ReadUnlock => "read_unlock",
            Kind::Wait => "wait",
            Kind::Sleep => "sleep",
            Kind::Wake => "wake",
            Kind::Await => "await",
            Kind::Spawn => "spawn",
            Kind::Join => "join",
            Kind::Idle => "idle",
            Kind::Yield => "yield",
            Kind::Note => "note",
            Kind::GhostRead => "ghost read",
            Kind::GhostWrite => "ghost write",
            Kind::PlainRead => "read",
            Kind::PlainWrite => "write",
            Kind::Finish => "finish",
            Kind::Land => "lands",
        }
    }

    /// Whether events of this kind have no object.
    #[inline(always)]
    pub(super) fn is_loose(self) -> bool {
        use Kind::{Await, Fence, Finish, Idle, Join, Spawn, Start, Yield};
        matches!(self, Start | Fence | Await | Spawn | Join | Idle | Yield | Finish)
    }

    /// Whether an event of this kind may have no effect but what its thread has read.
    #[inline(always)]
    pub(super) fn only_looks(self) -> bool {
        use Kind::{Await, Fence, IsLocked, Load, TryLock, Update, Yield};
        matches!(self, Load | Update | Fence | TryLock | IsLocked | Await | Yield)
    }

    /// Whether an event of this kind writes the object it touches. Lock operations and waking count
    /// as writes.
    pub fn writes(self) -> bool {
        !matches!(
            self,
            Kind::Load | Kind::IsLocked | Kind::UnlockWait | Kind::Await | Kind::GhostRead | Kind::PlainRead
        )
    }
}

/// Index of an object (word, lock, wait queue, …) in its execution, in order of creation. 0 means
/// none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub(crate) u32);

impl ObjectId {
    pub(crate) const NONE: ObjectId = ObjectId(0);

    /// In place of the second object of an intent: the event is a full barrier.
    const BARRIER: ObjectId = ObjectId(u32::MAX);

    #[inline(always)]
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    /// Its number; for the events `Spawn` and `Join` that of the thread.
    pub fn number(self) -> usize {
        self.index()
    }
}

/// What an event reads and writes, known before it runs. Two events are dependent when they touch
/// the same object and at least one of them writes it (Mazurkiewicz).
///
/// Limit: an await reads every object that its condition read; those are kept by the thread, and
/// only the fact that there are more than two is said here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Footprint {
    /// The object touched first, if any, and whether it is written.
    pub first: Option<(ObjectId, bool)>,
    /// The second object: the lock that a wait releases.
    pub second: Option<(ObjectId, bool)>,
}

impl Footprint {
    /// Whether the order of the two events can matter.
    pub fn depends_on(&self, other: &Footprint) -> bool {
        let mine = [self.first, self.second];
        let theirs = [other.first, other.second];
        mine.iter().flatten().any(|&(object, writes)| {
            theirs
                .iter()
                .flatten()
                .any(|&(their_object, their_writes)| object == their_object && (writes || their_writes))
        })
    }
}

/// An event as a thread announces it: everything about it that is known before it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Intent {
    pub(crate) kind: Kind,
    pub(crate) object: ObjectId,
    pub(crate) second: ObjectId,
    pub(crate) place: Place,
}

impl Intent {
    #[inline(always)]
    pub(crate) fn new(kind: Kind, object: ObjectId, place: Place) -> Intent {
        Intent { kind, object, second: ObjectId::NONE, place }
    }

    /// Says beforehand whether the store or fence is a full barrier.
    #[inline(always)]
    pub(crate) fn barrier_if(mut self, is_barrier: bool) -> Intent {
        self.second = if is_barrier { ObjectId::BARRIER } else { self.second };
        self
    }

    pub(crate) fn is_barrier(&self) -> bool {
        self.second == ObjectId::BARRIER
    }

    pub(crate) fn footprint(&self) -> Footprint {
        let touch = |object: ObjectId| (object != ObjectId::NONE).then(|| (object, self.kind.writes()));
        // A join names a thread; it touches nothing.
        let second = if self.kind == Kind::Join || self.is_barrier() { ObjectId::NONE } else { self.second };
        Footprint { first: touch(self.object), second: touch(second) }
    }
}

/// One line of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The thread that did it.
    pub thread: u8,
    /// What happened.
    pub what: What,
    /// Where in the source.
    pub place: Place,
}

/// What one line of a trace says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// An access, lock operation, wait or wake.
    Access {
        /// Its kind.
        kind: Kind,
        /// The object touched, or the thread for `Spawn` and `Join`.
        object: ObjectId,
        /// What it reads and writes.
        footprint: Footprint,
        /// The key at which the thread announced it.
        key: Key,
        /// The value read (for an update: before it).
        read: Option<u64>,
        /// The value written.
        written: Option<u64>,
        /// Memory did not what it usually does: a read saw a write that was overwritten, a write or
        /// a barrier came in front of a later one.
        is_unusual: bool,
    },
    /// The thread entered a named site.
    Enter(&'static str, Option<u32>),
    /// The thread left a named site.
    Leave(&'static str),
    /// Something observable was recorded, in the column of the thread or of an observer.
    Observe(u8, u64),
    /// A warning of the subject.
    Warn(&'static str),
    /// What the subject says of itself, by its number among the remarks of the execution. Not
    /// observable.
    Remark(u32),
}
