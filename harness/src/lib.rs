//! Lockstep's library.
mod explore;
pub mod probe;
mod schedule;
mod sim;
pub mod sync;
pub mod thread;
pub use explore::*;
pub use schedule::{DECISIONS_MAX, Decision, Explicit, Key, Schedule, THREADS_MAX};
pub use sim::{
    Abandon, Blocked, End, Event, Fault, Footprint, Kind, Label, MemoryModel, OBSERVERS_MAX, ObjectId, Place, What,
};
