//! How soon a kind of random schedule finds something: what to choose a default by.
//!
//! Promise: equal arguments give equal counts. Limits: a median over few seeds is a rough figure,
//! and executions of different kinds of schedules do not cost the same time.

use super::glance::{Glance, GlanceConfig};
use super::sample::length_of;
use super::{Control, ExploreConfig, Program, Replayer, Strategy};
use crate::sim::MemoryModel;
use std::fmt;

/// The kinds of random schedules, as tables list them.
pub const RANDOM_STRATEGIES: [Strategy; 6] = [
    Strategy::Uniform,
    Strategy::Pct { depth: 2, length: None },
    Strategy::Pct { depth: 3, length: None },
    Strategy::Pct { depth: 5, length: None },
    Strategy::Pos,
    Strategy::Portfolio { length: None },
];

/// How soon is measured.
#[derive(Clone, Copy, Debug)]
pub struct SoonConfig<'a> {
    /// The memory model.
    pub memory: MemoryModel,
    /// The median is over so many seeds, from 0; at least 1.
    pub seeds: u64,
    /// Executions after which a strategy has not found it.
    pub limit: u64,
    /// To follow the executions.
    pub control: Option<&'a Control>,
}

impl Default for SoonConfig<'_> {
    fn default() -> Self {
        SoonConfig { memory: MemoryModel::Sc, seeds: 15, limit: 20_000, control: None }
    }
}

/// A median number of executions, or the limit that it is beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Soon {
    /// With the last of so many executions.
    After(u64),
    /// Not within so many.
    Beyond(u64),
}

impl Soon {
    /// As a number to reckon with: the limit, where it is beyond that.
    pub fn executions(self) -> u64 {
        match self {
            Soon::After(executions) | Soon::Beyond(executions) => executions,
        }
    }
}

impl fmt::Display for Soon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Soon::After(executions) => write!(f, "{executions}"),
            Soon::Beyond(limit) => write!(f, "> {limit}"),
        }
    }
}

/// The median over seeds of the number of executions until one is wanted. The strategy is a random
/// one.
pub fn soon(
    program: &Program<'_>,
    strategy: Strategy,
    config: &SoonConfig<'_>,
    mut wanted: impl FnMut(&Glance<'_>) -> bool,
) -> Soon {
    let mut replayer = Replayer::new();
    let explored = ExploreConfig { memory: config.memory, control: config.control, ..ExploreConfig::default() };
    let glance = GlanceConfig { run: explored.run(), ..GlanceConfig::default() };
    let length = length_of(program, &explored);
    let mut first = |seed: u64| {
        let mut is_wanted = |number: &u64| {
            let schedule = strategy.schedule(seed, *number, length);
            replayer.glance(program, &schedule, &glance, &mut wanted)
        };
        (0..config.limit).find(|number| is_wanted(number)).map_or(Soon::Beyond(config.limit), |at| Soon::After(at + 1))
    };
    let mut counts: Vec<Soon> = (0..config.seeds.max(1)).map(&mut first).collect();
    counts.sort_unstable();
    counts[(counts.len() - 1) / 2]
}

/// The geometric mean of medians, and how many of them are beyond the limit.
pub fn mean_of_medians(medians: &[Soon]) -> (f64, usize) {
    let logs: f64 = medians.iter().map(|median| (median.executions() as f64).ln()).sum();
    let beyond = medians.iter().filter(|median| matches!(median, Soon::Beyond(_))).count();
    ((logs / medians.len().max(1) as f64).exp(), beyond)
}
