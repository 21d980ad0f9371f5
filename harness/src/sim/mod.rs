//! One execution: a deterministic machine with threads, choice points, locks, waiting and memory.
//!
//! Promise: the same body under the same schedule gives the same trace, bit for bit, in every build and on every machine; what a
//! subject does wrong is a value ([`End`]), not a crash. Limits: at most [`crate::THREADS_MAX`] threads; a loop without any choice
//! point cannot be ended from inside (a watchdog outside sees it). Deviation: threads run one at a time, so what needs real
//! parallelism (torn accesses, caches, interrupts) is not shown; what reads may see is the memory model's answer.

mod admission;
mod arena;
mod asked;
mod clearing;
mod clock;
mod coroutine;
mod end;
mod event;
mod execution;
mod gaps;
mod landing;
mod lineage;
mod holding;
mod memory;
mod object;
mod ops;
mod plain;
mod plain_access;
mod relaxed;
mod weakened;
mod weakening;
mod results;
mod runner;
mod seeing;
mod site;
mod threads;
mod sites;
mod ticket;
mod touch;
mod unfit;
mod waits;

pub(crate) use arena::Shared;
pub use coroutine::Abandon;
#[cfg(unix)]
pub use coroutine::{Farewell, LastWords, on_abort, on_stack_overrun};
pub(crate) use coroutine::{current, message};
pub use end::{BadEnd, Blocked, End, Fault};
pub use event::{Event, Footprint, Kind, ObjectId, Place, What};
pub use execution::OBSERVERS_MAX;
pub(crate) use execution::{Bounds, Execution as Machine, FaultKind, Stuck};
pub use gaps::Gaps;
pub use memory::{Barrier, MemoryModel};
pub use object::Label;
pub(crate) use ticket::Ticket;

pub(crate) use runner::Runner;
pub(crate) use sites::Left;
pub use weakened::Weakened;

/// Whether the caller runs inside a simulated execution: for panic hooks, which may want to be silent there.
pub fn is_simulated() -> bool {
    current::is_inside()
}

/// The operations of the machine, as the primitives call them.
pub(crate) mod op {
    pub(crate) use super::ops::*;
    pub(crate) use super::results::drop_handle;
    pub(crate) use super::threads::{join, join_own, spawn};
    pub(crate) use super::unfit::Looks;
    pub(crate) use super::waits::*;
}
