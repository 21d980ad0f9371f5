//! What of the harness a subject may use: what its threads call. What explores, compares and follows executions is none of it: that is
//! memory of the process, which the machine does not see.

pub use lockstep::{is_simulated, probe, sync, thread};
