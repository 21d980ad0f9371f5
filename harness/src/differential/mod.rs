//! Many variants: outcome sets, comparison, attribution, minimization, rendering.

mod compare;
mod difference;
mod identity;
mod minimize;
mod render;
mod repetition;
mod shared;

pub use compare::{Attribution, CompareConfig, Comparison, Divergence, Pair, Variant, Verdict, compare};
pub use difference::{Difference, first_difference};
pub use identity::{DivergenceId, DivergenceIdError};
pub use minimize::{MINIMIZE_RUNS_MAX, minimize};
pub use render::{
    Aligned, AlignedRow, Apart, Describe, Heading, Touched, TraceLine, aligned, apart, difference_lines, end_lines,
    first_observation, history_lines, render, trace_lines,
};
pub use repetition::{Nondeterminism, Parting, Repetition, repeat, repeat_again};
pub use shared::{SharedEnds, shared_ends};
