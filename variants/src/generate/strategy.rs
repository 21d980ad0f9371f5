//! Generated scenarios as a strategy of proptest, which cuts down by [`reductions`].

use proptest::prelude::Rng;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::{generate, reductions};
use crate::Scenario;

/// Scenarios of all kinds that [`generate`] gives.
#[derive(Clone, Copy, Debug, Default)]
pub struct GeneratedScenarios;

/// Scenarios of all kinds that [`generate`] gives.
#[cfg(feature = "proptest")]
pub fn generated_scenarios() -> GeneratedScenarios {
    GeneratedScenarios
}

/// A scenario on its way to a smaller one.
#[derive(Clone, Debug)]
pub struct ScenarioTree {
    current: Scenario,
    /// What `current` was made smaller from.
    before: Option<Scenario>,
    /// Reductions not tried yet, of `before` if there is one and else of `current`; made when first
    /// asked for.
    untried: Option<std::vec::IntoIter<Scenario>>,
}

impl Strategy for GeneratedScenarios {
    type Tree = ScenarioTree;
    type Value = Scenario;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<GeneratedScenarios> {
        Ok(ScenarioTree { current: generate(runner.rng().next_u64()), before: None, untried: None })
    }
}

impl ValueTree for ScenarioTree {
    type Value = Scenario;

    fn current(&self) -> Scenario {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        if self.before.take().is_some() {
            // The smaller one was accepted: it has reductions of its own.
            self.untried = None;
        }
        let untried = self.untried.get_or_insert_with(|| reductions(&self.current).into_iter());
        let Some(smaller) = untried.next() else { return false };
        self.before = Some(std::mem::replace(&mut self.current, smaller));
        true
    }

    fn complicate(&mut self) -> bool {
        let Some(before) = self.before.take() else { return false };
        self.current = before;
        true
    }
}
