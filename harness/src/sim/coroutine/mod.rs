//! Coroutines: simulated threads on stacks of their own, and the pointer to the running execution.
//!
//! This module and the arena hold all `unsafe` code of the crate. What they promise to the rest: at
//! any time at most one simulated thread of an OS thread runs, `current::get` is the execution it
//! belongs to, and no reference into the execution is alive while a thread is suspended.
//!
//! Why stackful: subject code stays plain Rust that reads like what it models, and switching costs
//! some nanoseconds. Stacks are made once and used for one job after the other; making one costs a
//! thousand times more than reusing it.

mod beat;
pub(crate) mod current;
mod entry;
mod fiber;
#[cfg(unix)]
mod guard;
pub(crate) mod job;
mod repeat;
mod stacks;
#[cfg_attr(any(miri, lockstep_os_threads), path = "batons.rs")]
mod switch;

pub(super) use beat::Beat;
pub(super) use entry::first;
pub use fiber::Abandon;
pub(crate) use fiber::{Turn, message};
pub(super) use fiber::{abandon, drop_quietly, give_up, go, raise, wipe_stack};
#[cfg(unix)]
pub use guard::{Farewell, LastWords, on_abort, on_stack_overrun};
pub(super) use stacks::{Limits, Stacks};
pub(super) use switch::{Context, FINDS_LOOPS, stack_pointer};
