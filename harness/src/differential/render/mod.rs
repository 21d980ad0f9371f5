//! Rendering: comparisons and traces as text for readers. The only place that writes snapshot text.
//!
//! Nothing volatile gets in: no counts of executions, no timings, no line numbers, no addresses, no
//! debug formats.

mod aligned;
mod columns;
mod lines;
mod snapshot;

pub use aligned::{Aligned, AlignedRow, aligned};
pub use columns::{Apart, apart, difference_lines, first_observation};
pub use lines::{Touched, TraceLine, end_lines, history_lines, trace_lines};
pub use snapshot::{Heading, render};

/// How a subject's words read. The harness only knows numbers.
pub trait Describe {
    /// An observed word.
    fn word(&self, word: u64) -> String;

    /// A value of a shared word, lock or plain datum of this name.
    fn value(&self, object: &str, value: u64) -> String {
        let _ = object;
        value.to_string()
    }
}
