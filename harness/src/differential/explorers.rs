//! Who can be asked to explore variants.

use super::config::CompareConfig;
use super::minimize::minimize;
use super::variant::Variant;
use crate::explore::{
    Exploration, ExploreConfig, OutcomeId, Strategy, Unshared, explore, explore_nearby, length_of, unshared,
};
use crate::schedule::Schedule;

/// Variants, by number, wherever they run. What is gathered and judged needs no more of them than
/// these answers.
pub(super) trait Explorers {
    /// Their names, in the order of the series.
    fn names(&self) -> Vec<String>;

    /// Choice points of the execution without preemptions: PCT's estimate of the length.
    fn length(&self, variant: usize) -> u32;

    /// Explores every execution of a program of this length, as far as the budget for that goes.
    fn search(&self, variant: usize, length: u32) -> Exploration;

    /// Explores every schedule with few preemptions, if that is asked for.
    fn enumerate(&self, variant: usize) -> Exploration;

    /// Makes `executions` random executions of programs of this length, after those that `skip`
    /// stands for.
    fn sample(&self, variant: usize, length: u32, skip: u64, executions: u64) -> Exploration;

    /// Explores around a schedule.
    fn nearby(&self, variant: usize, schedule: &Schedule) -> Exploration;

    /// Why no two threads have anything to do with each other, if that is so.
    fn unshared(&self, variant: usize) -> Option<Unshared>;

    /// The smallest schedule found that shows the outcome as this one does, and its preemptions.
    fn minimize(&self, variant: usize, schedule: &Schedule, outcome: OutcomeId) -> (Schedule, usize);

    /// Nobody waits for the answers any more.
    fn is_cancelled(&self) -> bool;
}

/// Choice points that an execution of a search may take on average, however short the usual ones
/// are.
const LENGTH_MIN: u64 = 64;

/// Variants that run in this process.
pub(super) struct Here<'a> {
    pub(super) variants: &'a [Variant<'a>],
    pub(super) config: &'a CompareConfig<'a>,
}

impl Explorers for Here<'_> {
    fn names(&self) -> Vec<String> {
        self.variants.iter().map(|variant| variant.name.to_owned()).collect()
    }

    fn length(&self, variant: usize) -> u32 {
        length_of(&self.variants[variant].program, &self.config.explore())
    }

    fn search(&self, variant: usize, length: u32) -> Exploration {
        if self.config.exhaustive_max == 0 {
            return Exploration::new();
        }
        let strategy = Strategy::Exhaustive;
        let executions = self.config.exhaustive_max;
        // So many executions of four times the usual length, and no fewer of short ones: a loop
        // that goes round ever more often makes executions longer and longer.
        let length = u64::from(length).saturating_mul(4).max(LENGTH_MIN);
        let gives_way_after = Some(executions.saturating_mul(length));
        let config = ExploreConfig { strategy, executions, gives_way_after, ..self.config.explore() };
        explore(&self.variants[variant].program, &config)
    }

    fn enumerate(&self, variant: usize) -> Exploration {
        let Some(preemptions) = self.config.preemptions else { return Exploration::new() };
        let strategy = Strategy::Bounded { preemptions };
        let executions = self.config.enumerated_max;
        explore(&self.variants[variant].program, &ExploreConfig { strategy, executions, ..self.config.explore() })
    }

    fn sample(&self, variant: usize, length: u32, skip: u64, executions: u64) -> Exploration {
        let strategy = Strategy::Portfolio { length: Some(length) };
        let config = ExploreConfig { strategy, executions, skip, ..self.config.explore() };
        explore(&self.variants[variant].program, &config)
    }

    fn nearby(&self, variant: usize, schedule: &Schedule) -> Exploration {
        explore_nearby(&self.variants[variant].program, schedule, &self.config.run())
    }

    fn unshared(&self, variant: usize) -> Option<Unshared> {
        unshared(&self.variants[variant].program, &self.config.run())
    }

    fn minimize(&self, variant: usize, schedule: &Schedule, outcome: OutcomeId) -> (Schedule, usize) {
        minimize(&self.variants[variant].program, schedule, outcome, &self.config.run())
    }

    fn is_cancelled(&self) -> bool {
        self.config.control.is_some_and(|control| control.is_cancelled())
    }
}
