//! Many variants: outcome sets, comparison, attribution, minimization, rendering.

mod compare;
mod difference;
mod minimize;
mod render;

pub use compare::{Attribution, CompareConfig, Comparison, Divergence, Pair, Variant, Verdict, compare};
pub use difference::{Difference, first_difference};
pub use minimize::{MINIMIZE_RUNS_MAX, minimize};
pub use render::{
    Describe, Heading, TraceLine, difference_lines, end_lines, first_observation, history_lines, render, trace_lines,
};
