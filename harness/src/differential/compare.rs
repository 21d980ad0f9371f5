//! Comparison: the same schedules through all variants, outcome sets side by side, and each
//! divergence with its witness.
//!
//! The verdict of a pair compares sets, not executions: two implementations with equal outcome sets
//! disagree under equal schedules often enough. Along a series each divergence is attributed to the
//! patch that brings or removes it.

use super::config::CompareConfig;
use super::explorers::{Explorers, Here};
use super::gather::{Gathered, gather};
use super::judge::{Attribution, Judgement, Pair, Split, judge, outcomes};
use super::variant::Variant;
use crate::explore::{Evidence, Exploration, OutcomeId, Unshared};
use crate::schedule::Schedule;
use std::collections::BTreeMap;

/// An outcome that some variants show and others do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The outcome.
    pub outcome: OutcomeId,
    /// For each variant whether it showed the outcome.
    pub shown: Vec<bool>,
    /// Along the order of the variants.
    pub attribution: Attribution,
    /// A variant that shows it under `witness`.
    pub shown_by: usize,
    /// A variant that does not show it, next to the other in the series where possible.
    pub not_by: usize,
    /// The smallest schedule found that shows it.
    pub witness: Schedule,
    /// Preemptions of that schedule.
    pub preemptions: usize,
}

/// What a comparison has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Names of the variants.
    pub variants: Vec<String>,
    /// What was explored of each.
    pub explorations: Vec<Exploration>,
    /// Every pair, in order.
    pub pairs: Vec<Pair>,
    /// Every outcome that not all variants show, those with the simplest witness first.
    pub divergences: Vec<Divergence>,
    /// The comparison was cancelled from outside before all variants were explored; then it has no
    /// verdicts and no divergences. It has none either if nothing at all was explored of a variant,
    /// or executions were made and explored nothing.
    pub cancelled: bool,
    /// Executions were made, but in no variant do two threads have anything to do with each other:
    /// nothing was explored.
    pub unshared: Option<Unshared>,
}

impl Comparison {
    /// Whether all variants showed the same outcomes.
    pub fn is_equal(&self) -> bool {
        self.divergences.is_empty()
    }

    /// What the weakest exploration rests on.
    pub fn evidence(&self) -> Evidence {
        let all = self.explorations.iter().map(|exploration| exploration.evidence);
        all.reduce(Evidence::weaker).unwrap_or_default()
    }

    /// Goals that some execution of some variant reached.
    pub fn goals(&self) -> u64 {
        self.explorations.iter().fold(0, |goals, exploration| goals | exploration.goals)
    }

    /// Executions of all variants.
    pub fn executions(&self) -> u64 {
        self.explorations.iter().map(|exploration| exploration.executions).sum()
    }

    /// What it means that variants do not show a divergence which others do.
    pub fn absence(&self, divergence: &Divergence) -> String {
        let lacking = self.explorations.iter().zip(&divergence.shown).filter(|(_, shown)| !**shown);
        let evidence = lacking.map(|(exploration, _)| exploration.evidence).reduce(Evidence::weaker);
        evidence.unwrap_or_default().absence_of(divergence.preemptions)
    }

    /// Every outcome that some variant showed, with a mark for each variant.
    pub fn outcomes(&self) -> BTreeMap<OutcomeId, Vec<bool>> {
        outcomes(&self.explorations)
    }
}

/// Runs the same schedules through all variants and compares what they show.
pub fn compare(variants: &[Variant<'_>], config: &CompareConfig<'_>) -> Comparison {
    compare_by(&Here { variants, config }, config)
}

/// Gathers the outcome sets, judges them, and looks for the smallest witness of each divergence.
fn compare_by(explorers: &impl Explorers, config: &CompareConfig<'_>) -> Comparison {
    let gathered = gather(explorers, config);
    let Judgement { pairs, splits } =
        if gathered.can_be_judged() { judge(&gathered.explorations) } else { Judgement::default() };
    let Gathered { explorations, cancelled, unshared } = gathered;
    let mut divergences: Vec<Divergence> =
        splits.into_iter().map(|split| divergence(explorers, &explorations, split)).collect();
    divergences.sort_by_key(|one| (one.preemptions, decisions(&one.witness), one.outcome));
    Comparison { variants: explorers.names(), explorations, pairs, divergences, cancelled, unshared }
}

fn divergence(explorers: &impl Explorers, explorations: &[Exploration], split: Split) -> Divergence {
    let Split { outcome, shown, shown_by, not_by } = split;
    let attribution = Attribution::of(&shown);
    let seen = explorations[shown_by].outcomes.get(outcome).expect("the variant shows it");
    let (witness, preemptions) = explorers.minimize(shown_by, &seen.witness, outcome);
    Divergence { outcome, shown, attribution, shown_by, not_by, witness, preemptions }
}

fn decisions(schedule: &Schedule) -> usize {
    match schedule {
        Schedule::Explicit(explicit) => explicit.decisions.len(),
        Schedule::Path(path) => path.len(),
        Schedule::Uniform { .. } | Schedule::Pct { .. } | Schedule::Pos { .. } => usize::MAX,
    }
}
