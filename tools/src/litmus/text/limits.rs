//! How large a litmus test may be.

/// Threads of a program: as many as execution graphs have.
pub const THREADS_MAX: usize = lockstep::graph::THREADS_MAX;

/// Locations of a program.
pub const LOCATIONS_MAX: usize = 128;

/// Local variables of a thread.
pub const REGISTERS_MAX: usize = 64;

/// Statements of a program.
pub const STATEMENTS_MAX: usize = 1_000;

/// Blocks and branches inside each other, and operators and calls of one expression or condition.
/// Both are walked recursively, on the small stacks of simulated threads too.
pub const DEPTH_MAX: usize = 64;
