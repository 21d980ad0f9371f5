//! Many variants: outcome sets, comparison, attribution, minimization, rendering.

mod compare;
mod config;
mod difference;
mod explorers;
mod gather;
mod identity;
mod judge;
mod minimize;
mod render;
mod repetition;
mod shared;
mod variant;

pub use compare::{Comparison, Divergence, compare};
pub use config::CompareConfig;
pub use difference::{Difference, first_difference};
pub use identity::{DivergenceId, DivergenceIdError};
pub use judge::{Attribution, Pair, Verdict};
pub use minimize::{MINIMIZE_RUNS_MAX, minimize};
pub use render::{
    Aligned, AlignedRow, Apart, Describe, Heading, Touched, TraceLine, aligned, apart, difference_lines, end_lines,
    first_observation, history_lines, render, trace_lines,
};
pub use repetition::{Nondeterminism, Parting, Repetition, repeat, repeat_again};
pub use shared::{SharedEnds, shared_ends};
pub use variant::Variant;
