//! What a thread says that it does next.

use super::clock::THREADS_MAX;

/// A shared word or lock, by its number.
pub type LocationId = usize;

/// Locations of one program.
pub const LOCATIONS_MAX: usize = 1 << 16;

/// What an access orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Nothing but itself.
    Relaxed,
    /// What follows it.
    Acquire,
    /// What comes before it.
    Release,
    /// The kernel's `smp_store_release`, and its atomics that release: also what the thread has
    /// read before, whatever ordered those reads.
    StoreRelease,
    /// An atomic of the kernel's without a result, as `atomic_inc`: nothing, and `smp_rmb` does not
    /// order what it reads. Updates only, which always write.
    NoReturn,
    /// Both.
    AcquireRelease,
    /// C++20's `memory_order_seq_cst`.
    SeqCst,
    /// As if between two fences `smp_mb`, if it writes: the kernel's read-modify-writes that return
    /// a value. If an update of this order writes nothing, its other order counts.
    Full,
}

impl Order {
    pub(super) fn acquires(self) -> bool {
        matches!(self, Order::Acquire | Order::AcquireRelease | Order::SeqCst | Order::Full)
    }

    pub(super) fn releases(self) -> bool {
        matches!(self, Order::Release | Order::StoreRelease | Order::AcquireRelease | Order::SeqCst | Order::Full)
    }
}

/// A fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// `smp_mb`.
    Full,
    /// Of C11's `memory_order_seq_cst`.
    SeqCst,
    /// Acquire.
    Acquire,
    /// `smp_rmb`: earlier reads before later ones, and nothing that is written.
    Read,
    /// Release.
    Release,
    /// `smp_wmb`: earlier writes before later ones, and nothing that was read.
    Write,
    /// Acquire and release.
    AcquireRelease,
}

impl Fence {
    /// Whether everything before it comes before everything after it, for all threads.
    pub(super) fn is_full(self) -> bool {
        matches!(self, Fence::Full | Fence::SeqCst)
    }

    pub(super) fn acquires(self) -> bool {
        !matches!(self, Fence::Release | Fence::Read | Fence::Write)
    }

    pub(super) fn releases(self) -> bool {
        !matches!(self, Fence::Acquire | Fence::Read | Fence::Write)
    }
}

/// What a thread does next. What it read before decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// A load.
    Read {
        /// Of what.
        location: LocationId,
        /// How.
        order: Order,
    },
    /// A store.
    Write {
        /// Where.
        location: LocationId,
        /// What.
        value: u64,
        /// How.
        order: Order,
    },
    /// An atomic read-modify-write; which one is said when it is performed. One that writes nothing
    /// is a load.
    Update {
        /// Of what.
        location: LocationId,
        /// How, if it writes.
        success: Order,
        /// How, if not.
        failure: Order,
    },
    /// Takes a lock: waits until its word is 0 and makes it 1.
    Lock(LocationId),
    /// Takes a lock if its word is 0.
    TryLock(LocationId),
    /// Makes the word of a lock 0.
    Unlock(LocationId),
    /// Waits until the word of a lock is seen to be 0.
    UnlockWait {
        /// Which lock.
        location: LocationId,
        /// How the load that sees it orders.
        order: Order,
    },
    /// Waits until no writer holds the lock and adds a reader.
    ReadLock(LocationId),
    /// Takes a reader away.
    ReadUnlock(LocationId),
    /// A fence.
    Fence(Fence),
    /// Takes one of so many alternatives; the answer is its number.
    Choice(u32),
    /// Starts a thread.
    Spawn(usize),
    /// Waits until the thread has ended.
    Join(usize),
    /// A condition is evaluated; the reads that follow are repeated until it holds. No event.
    Await,
    /// The condition that was evaluated does not hold. The thread goes on only where some of what
    /// it has read is another write. No event.
    Park,
    /// Nothing follows.
    End,
}

/// The word of a lock that a writer holds, beside twice the number of readers.
const HELD: u64 = 1;
const ONE_READER: u64 = 2;

/// What an access does with the value that it has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Not known yet: the program will say.
    Pending,
    /// It leaves it.
    Keep,
    /// It writes another one. Plain writes have this as well.
    Write(u64),
    /// It cannot happen as long as this is the value.
    Block,
}

impl Label {
    /// What it accesses.
    pub fn location(&self) -> Option<LocationId> {
        match *self {
            Label::Read { location, .. }
            | Label::Write { location, .. }
            | Label::Update { location, .. }
            | Label::Lock(location)
            | Label::TryLock(location)
            | Label::Unlock(location)
            | Label::UnlockWait { location, .. }
            | Label::ReadLock(location)
            | Label::ReadUnlock(location) => Some(location),
            _ => None,
        }
    }

    /// Whether it reads, whatever else.
    pub(super) fn is_read(&self) -> bool {
        self.location().is_some() && self.stored().is_none()
    }

    /// What it writes without reading.
    pub(super) fn stored(&self) -> Option<u64> {
        match *self {
            Label::Write { value, .. } => Some(value),
            Label::Unlock(_) => Some(0),
            _ => None,
        }
    }

    /// Whether some values keep it from happening.
    pub(super) fn is_blocking(&self) -> bool {
        matches!(self, Label::Lock(_) | Label::UnlockWait { .. } | Label::ReadLock(_))
    }

    /// What it does with the value, as far as the label says.
    pub(super) fn effect(&self, value: u64) -> Effect {
        match self {
            Label::Update { .. } => Effect::Pending,
            Label::Lock(_) if value == 0 => Effect::Write(HELD),
            Label::Lock(_) => Effect::Block,
            Label::TryLock(_) if value == 0 => Effect::Write(HELD),
            Label::UnlockWait { .. } if value != 0 => Effect::Block,
            Label::ReadLock(_) if value & HELD != 0 => Effect::Block,
            Label::ReadLock(_) => Effect::Write(value.wrapping_add(ONE_READER)),
            Label::ReadUnlock(_) => Effect::Write(value.wrapping_sub(ONE_READER)),
            _ => Effect::Keep,
        }
    }

    /// What it orders, if it has that effect.
    pub(super) fn order(&self, effect: Effect) -> Order {
        let writes = matches!(effect, Effect::Write(_));
        match *self {
            Label::Read { order, .. } | Label::Write { order, .. } => order,
            Label::UnlockWait { order, .. } if effect == Effect::Keep => order,
            Label::Update { success, .. } if writes => success,
            Label::Update { failure, .. } if effect == Effect::Keep => failure,
            Label::Lock(_) | Label::TryLock(_) | Label::ReadLock(_) if writes => Order::Acquire,
            Label::Unlock(_) | Label::ReadUnlock(_) => Order::Release,
            _ => Order::Relaxed,
        }
    }

    /// Whether it takes a lock as a writer, if it writes.
    pub(super) fn is_acquisition(&self) -> bool {
        matches!(self, Label::Lock(_) | Label::TryLock(_))
    }

    /// Whether `smp_rmb` orders nothing before it, if it writes.
    pub(super) fn is_free(&self) -> bool {
        match *self {
            Label::Write { order, .. } => !order.releases(),
            Label::Update { success, .. } => success == Order::NoReturn,
            _ => false,
        }
    }

    /// Whether it names a thread or location beyond the limits.
    pub(super) fn is_beyond(&self) -> bool {
        let thread = match *self {
            Label::Spawn(thread) | Label::Join(thread) => thread,
            _ => 0,
        };
        thread >= THREADS_MAX || self.location().is_some_and(|location| location >= LOCATIONS_MAX)
    }
}
