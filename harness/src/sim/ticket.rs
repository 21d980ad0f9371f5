//! Tickets: what subjects hold of the objects and threads of an execution.
//!
//! Safe code can keep a handle as long as it likes: in a static, in another execution, on another
//! thread of the system. So a handle holds no index but a ticket, a number that no other execution
//! of the process gives out. An execution's tickets begin at a multiple of [`TICKETS`] that is its
//! own; the index is what is left when that is taken away, and too large for every ticket from
//! elsewhere.
//!
//! Limits: an execution has at most [`TICKETS`] objects, and a process at most 2^44 executions.

use super::event::ObjectId;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

const BITS: u32 = 20;

/// Objects that one execution can have.
pub(super) const TICKETS: usize = 1 << BITS;

/// Executions whose numbers a runner takes at once, so that runners seldom meet.
const BLOCK: u64 = 256;

/// The next block of numbers that nobody has.
static BLOCKS: AtomicU64 = AtomicU64::new(0);

/// The number of an object, or of a thread, among all of the process.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Ticket(u64);

impl Ticket {
    /// Of nothing, in every execution.
    pub(crate) const NOTHING: Ticket = Ticket(0);

    /// Its index in its own execution, for readers.
    pub(crate) fn number(self) -> usize {
        (self.0 % TICKETS as u64) as usize
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Numbers tell who made an object first, and making one is no event: a subject must not see
        // them.
        f.write_str("_")
    }
}

/// The tickets of one execution after the other.
pub(super) struct Tickets {
    /// The first ticket of the running execution.
    first: u64,
    /// Executions left of the block.
    left: u64,
}

impl Tickets {
    pub(super) fn new() -> Tickets {
        Tickets { first: 0, left: 0 }
    }

    /// Another execution begins.
    #[inline(always)]
    pub(super) fn renew(&mut self) {
        if self.left == 0 {
            self.refill();
        }
        self.left -= 1;
        self.first += TICKETS as u64;
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self) {
        let block = BLOCKS.fetch_add(1, Relaxed);
        assert!(block < u64::MAX / TICKETS as u64 / BLOCK, "the process has made all the executions it can number");
        // The first ticket of all stays unused: it is `NOTHING`.
        self.first = block * BLOCK * TICKETS as u64;
        self.left = BLOCK;
    }

    /// The ticket of an index.
    #[inline(always)]
    pub(super) fn of(&self, index: usize) -> Ticket {
        Ticket(self.first + index as u64)
    }

    /// The index of a ticket, or more than there are if the ticket is from elsewhere.
    #[inline(always)]
    pub(super) fn index(&self, ticket: Ticket) -> u64 {
        ticket.0.wrapping_sub(self.first)
    }

    /// The index of a ticket that is known to be of this execution.
    #[inline(always)]
    pub(super) fn own(&self, ticket: Ticket) -> ObjectId {
        ObjectId(self.index(ticket) as u32)
    }
}
