//! See [`real::thread`]. Threads are the machine's. What needs a clock, and names for threads, are
//! not there.

pub use lockstep::thread::std_scope::{Scope, ScopedJoinHandle, scope};
pub use lockstep::thread::{JoinHandle, spawn, yield_now};
pub use real::thread::Result;
