//! The parts that the state of an execution is made of, each with its invariant.
//!
//! What is done with them is in `execution/`, where the file that uses a part most has its name.

mod clearance;
mod closing;
mod conditions;
mod hops;
mod names;
mod observed;
mod polling;
mod record;
mod relaxed;
mod rest;
mod results;
mod roster;
mod steps;
mod thread;
mod weakening;

pub(crate) use clearance::Stuck;
pub(in crate::sim) use clearance::{Clearance, Clearing, PATIENCE, StuckThread};
pub(crate) use closing::FaultKind;
pub(in crate::sim) use closing::{Closing, Ending};
pub(in crate::sim) use conditions::Conditions;
pub(in crate::sim) use hops::Hops;
pub(in crate::sim) use names::Names;
pub use observed::OBSERVERS_MAX;
pub(in crate::sim) use observed::Observed;
pub(in crate::sim) use polling::{LocalState, Polling, WATCHED, Watch};
pub(in crate::sim) use record::Record;
pub(in crate::sim) use relaxed::Relaxed;
pub(in crate::sim) use rest::Rest;
pub(in crate::sim) use results::Results;
pub(in crate::sim) use roster::Roster;
pub(in crate::sim) use steps::Steps;
pub(in crate::sim) use thread::Thread;
pub(in crate::sim) use weakening::Weakening;
