//! The one port of Lockstep between who asks and who runs.
//!
//! A [`Subject`] is what runs: variants on scenarios. A [`Bench`] answers questions about one:
//! [`Local`] in this process, or, where variants are somebody's own code, a generated package whose
//! program does nothing but [`serve`]. What goes through the port is typed and versioned
//! ([`protocol`]); whoever asks does not know on which side of it the executions were made.

pub use lockstep;

pub mod document;
pub mod lock_order;
pub mod message;
pub mod protocol;
pub mod watchdog;

mod bench;
mod compare;
mod explore;
mod failure;
mod local;
mod active;
mod mutant;
mod originals;
mod panics;
mod record;
mod serve;
mod sight;
mod subject;
mod transcript;
mod witness;

pub use active::{activate, active};
pub use bench::Bench;
pub use compare::CONFIRM;
pub use explore::minimized;
pub use failure::Failure;
pub use local::Local;
pub use panics::quiet_panics_of_subjects;
pub use record::{Conditions, evidence_part, outcome_part, record};
pub use serve::{ANSWER, SUBJECT_FAILED, serve};
pub use subject::Subject;
pub use transcript::ran;
pub use witness::{DivergenceText, SeenEnd, look, look_at_ends};
