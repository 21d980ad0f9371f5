//! One execution: a deterministic machine with threads, choice points, locks, waiting and memory.
//!
//! Promise: the same body under the same schedule gives the same trace, bit for bit, in every build
//! and on every machine; what a subject does wrong is a value ([`End`]), not a crash. Limits: at
//! most [`crate::THREADS_MAX`] threads; a loop without any choice point cannot be ended from inside
//! (a watchdog outside sees it). Deviation: threads run one at a time, so what needs real
//! parallelism (torn accesses, caches, interrupts) is not shown; what reads may see is the memory
//! model's answer.

mod arena;
mod asked;
mod clearing;
mod clock;
mod coroutine;
mod end;
mod event;
mod execution;
mod gaps;
mod lineage;
mod memory;
mod object;
pub(crate) mod op;
mod plain_access;
mod weakened;
mod runner;
mod sites;
mod state;
mod ticket;
mod unfit;

pub(crate) use arena::Shared;
pub use coroutine::Abandon;
#[cfg(unix)]
pub use coroutine::{Farewell, LastWords, on_abort, on_stack_overrun};
pub(crate) use coroutine::{current, message};
pub use end::{BadEnd, Blocked, End, Fault};
pub use event::{Event, Footprint, Kind, ObjectId, Place, What};
pub(crate) use execution::{Bounds, Execution as Machine};
pub use gaps::Gaps;
pub use memory::{Barrier, MemoryModel};
pub use object::Label;
pub use state::OBSERVERS_MAX;
pub(crate) use state::{FaultKind, Stuck};
pub(crate) use ticket::Ticket;
pub(crate) use unfit::Looks;

pub(crate) use runner::Runner;
pub(crate) use sites::Left;
pub use weakened::Weakened;

/// Whether the caller runs inside a simulated execution: for panic hooks, which may want to be
/// silent there.
pub fn is_simulated() -> bool {
    current::is_inside()
}
