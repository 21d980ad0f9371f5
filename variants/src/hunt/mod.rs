//! Hunting: from a scenario that nobody thought of to a divergence that somebody can read.
//!
//! 1. [`screen`] runs the same random schedules through all variants and collects what only some of
//!    them showed: mostly outcomes that are rare in all.
//! 2. [`confirm`] decides by exhaustive search ([`judge`]), of the scenario or of what is left when
//!    it is cut down.
//! 3. [`shrink`] cuts the scenario down as long as a divergence of the same [`class_of`] stays.
//!
//! Promise: each of these depends on the scenario, the variants and the configuration only, so a
//! case that one machine has found another finds too. Limits: a class is a coarse word for a
//! divergence; two causes can look alike at the first observation, and then the second is taken for
//! known.

mod class;
mod config;
mod judge;
mod noise;
mod screen;
mod shrink;
#[cfg(test)]
mod tests;

pub use class::{Class, class_of};
pub use config::HuntConfig;
pub use judge::{JUDGED_MAX, Judged, ProvenDivergence, is_shown, judge};
pub use noise::Noise;
pub use screen::{Candidate, Screened, screen};
pub use shrink::{Shrunk, confirm, shrink};
