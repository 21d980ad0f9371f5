//! A comparison as a document: everything that reports need, so that they can be made again without
//! running anything.
//!
//! Promise: one JSON document, versioned, described by `tools/docs/comparison.schema.json`, which
//! is derived from the types; equal options give equal bytes. Nothing volatile is inside: no times,
//! no number of threads. Limit: whole traces are kept of the simplest witness of what each step
//! brings and of what it removes, and of the first few divergences of a scenario unless the gate
//! finds them accepted; every other witness is there as its token, which replays.

mod cause;
mod file;
mod parts;
mod query;
mod since;
#[cfg(test)]
mod schema;

pub use cause::*;
pub use file::{read, text};
pub use lockstep_runner::document::*;
pub use parts::*;
pub use query::{Cell, OfCause, counts_of, shell_word};
pub use since::{SinceChangePart, SincePart, since};

/// Version of the form. A document of another version is refused, by name.
pub const SCHEMA: u32 = 2;
