//! How variants are compared.

use crate::explore::{Control, ExploreConfig, RunConfig, STEPS_MAX, Strategy};
use crate::sim::MemoryModel;

/// How variants are compared.
#[derive(Clone, Copy, Debug)]
pub struct CompareConfig<'a> {
    /// At most this many runs of an exhaustive search of each variant. Where it completes,
    /// everything else is only done for the sake of simple witnesses.
    pub exhaustive_max: u64,
    /// Every schedule with at most this many preemptions, if given.
    pub preemptions: Option<u32>,
    /// At most this many executions of the enumeration for each variant.
    pub enumerated_max: u64,
    /// This many random schedules, of the portfolio: each kind of them alone misses something that
    /// another one finds soon.
    pub sampled: u64,
    /// Before an outcome counts as diverging: so many more random executions for the variants that
    /// were not seen to show it, as long as that changes something.
    pub confirmed: u64,
    /// Where random schedules begin.
    pub seed: u64,
    /// OS threads.
    pub jobs: usize,
    /// The memory model.
    pub memory: MemoryModel,
    /// Choice points of an execution before it is cut off.
    pub steps_max: u64,
    /// To follow and cancel the comparison.
    pub control: Option<&'a Control>,
}

impl Default for CompareConfig<'_> {
    fn default() -> Self {
        CompareConfig {
            exhaustive_max: 100_000,
            preemptions: Some(2),
            enumerated_max: 100_000,
            sampled: 10_000,
            confirmed: 20_000,
            seed: 0,
            jobs: 1,
            memory: MemoryModel::Sc,
            steps_max: STEPS_MAX,
            control: None,
        }
    }
}

impl<'a> CompareConfig<'a> {
    /// How one execution of the comparison is run by itself.
    pub fn run(&self) -> RunConfig<'a> {
        self.explore().run()
    }

    /// Its random executions, before anything else is said of them.
    pub(super) fn explore(&self) -> ExploreConfig<'a> {
        ExploreConfig {
            strategy: Strategy::Uniform,
            executions: self.sampled,
            seed: self.seed,
            skip: 0,
            jobs: self.jobs,
            memory: self.memory,
            steps_max: self.steps_max,
            gives_way_after: None,
            tracing: false,
            control: self.control,
        }
    }
}
