//! Comparison: the same schedules through all variants, outcome sets side by side, and each
//! divergence with its witness.
//!
//! The verdict of a pair compares sets, not executions: two implementations with equal outcome sets
//! disagree under equal schedules often enough. Along a series each divergence is attributed to the
//! patch that brings or removes it.

use super::minimize::minimize;
use crate::explore::{
    Control, Evidence, Exploration, ExploreConfig, OutcomeId, Program, RunConfig, STEPS_MAX, Strategy, Unshared,
    explore, explore_nearby, length_of, unshared,
};
use crate::schedule::Schedule;
use crate::sim::MemoryModel;
use std::collections::BTreeMap;
use std::fmt;

/// One implementation, ready to run a scenario.
#[derive(Clone, Copy, Debug)]
pub struct Variant<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it runs.
    pub program: Program<'a>,
}

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
        base(self).run()
    }
}

/// What the outcome sets of two variants say of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The same outcomes.
    Equal,
    /// The second shows some of the outcomes of the first, and no other.
    Refines,
    /// The second shows all outcomes of the first, and others.
    Extends,
    /// Each shows outcomes that the other does not.
    Incomparable,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Equal => "equal",
            Verdict::Refines => "refines",
            Verdict::Extends => "extends",
            Verdict::Incomparable => "incomparable",
        })
    }
}

/// Two variants, by index, and what the second is to the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The earlier variant.
    pub first: usize,
    /// The later one.
    pub second: usize,
    /// The second compared with the first.
    pub verdict: Verdict,
    /// Outcomes that only the second shows.
    pub gained: usize,
    /// Outcomes that only the first shows.
    pub lost: usize,
    /// What both sets rest on.
    pub evidence: Evidence,
}

/// Which steps of the series bring and which remove an outcome, by the index of the variant they
/// lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attribution {
    /// Steps after which the outcome is there and before which it was not.
    pub introduced: Vec<usize>,
    /// Steps after which it is gone.
    pub removed: Vec<usize>,
}

impl Attribution {
    fn of(shown: &[bool]) -> Attribution {
        let steps = || shown.windows(2).enumerate();
        Attribution {
            introduced: steps().filter(|(_, pair)| !pair[0] && pair[1]).map(|(at, _)| at + 1).collect(),
            removed: steps().filter(|(_, pair)| pair[0] && !pair[1]).map(|(at, _)| at + 1).collect(),
        }
    }
}

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
        let mut all = BTreeMap::new();
        for (at, exploration) in self.explorations.iter().enumerate() {
            for id in exploration.outcomes.ids() {
                all.entry(id).or_insert_with(|| vec![false; self.explorations.len()])[at] = true;
            }
        }
        all
    }
}

/// Runs the same schedules through all variants and compares what they show.
pub fn compare(variants: &[Variant<'_>], config: &CompareConfig<'_>) -> Comparison {
    // Identical schedules: PCT's estimate of the length is part of them.
    let lengths = variants.iter().map(|variant| length_of(&variant.program, &base(config)));
    let length = lengths.max().unwrap_or(1);
    let mut explorations: Vec<Exploration> =
        variants.iter().map(|variant| explore_variant(variant, length, config)).collect();
    confirm(variants, &mut explorations, length, config);
    simplify(variants, &mut explorations, config);
    let cancelled = explorations.iter().any(|exploration| exploration.cancelled);
    let mut comparison = Comparison {
        variants: variants.iter().map(|variant| variant.name.to_owned()).collect(),
        pairs: Vec::new(),
        explorations,
        divergences: Vec::new(),
        cancelled,
        unshared: None,
    };
    // What was not explored is not empty: an incomplete comparison says nothing of differences.
    if cancelled || comparison.explorations.iter().any(|exploration| exploration.evidence.is_nothing()) {
        return comparison;
    }
    comparison.unshared = nothing_shared(variants, &comparison, config);
    if comparison.unshared.is_some() {
        return comparison;
    }
    comparison.pairs = pairs(&comparison.explorations);
    let diverging: Vec<(OutcomeId, Vec<bool>)> =
        comparison.outcomes().into_iter().filter(|(_, shown)| shown.contains(&false)).collect();
    for (outcome, shown) in diverging {
        comparison.divergences.push(divergence(variants, &comparison, outcome, shown, config));
    }
    comparison.divergences.sort_by_key(|one| (one.preemptions, decisions(&one.witness), one.outcome));
    comparison
}

/// Whether all variants show the one same outcome because in none of them threads have anything to
/// do with each other. What differs is told, whatever shows it.
fn nothing_shared(variants: &[Variant<'_>], comparison: &Comparison, config: &CompareConfig<'_>) -> Option<Unshared> {
    if comparison.outcomes().len() > 1 {
        return None;
    }
    let mut all = variants.iter().map(|variant| unshared(&variant.program, &config.run()));
    all.try_fold(Unshared::OneThread, |found, one| one.map(|one| found.max(one)))
}

fn decisions(schedule: &Schedule) -> usize {
    match schedule {
        Schedule::Explicit(explicit) => explicit.decisions.len(),
        Schedule::Path(path) => path.len(),
        Schedule::Uniform { .. } | Schedule::Pct { .. } | Schedule::Pos { .. } => usize::MAX,
    }
}

/// Explores one variant: by a search of everything if that completes, by everything else that the
/// configuration asks for if not.
fn explore_variant(variant: &Variant<'_>, length: u32, config: &CompareConfig<'_>) -> Exploration {
    let mut total = exhaustive(variant, config);
    if total.evidence.is_exhaustive() || total.cancelled {
        return total;
    }
    total.merge(enumerated(variant, config));
    if !total.evidence.is_exhaustive() && !total.cancelled {
        total.merge(explore(&variant.program, &sampled(length, config)));
    }
    total
}

fn exhaustive(variant: &Variant<'_>, config: &CompareConfig<'_>) -> Exploration {
    if config.exhaustive_max == 0 {
        return Exploration::new();
    }
    let strategy = Strategy::Exhaustive;
    explore(&variant.program, &ExploreConfig { strategy, executions: config.exhaustive_max, ..base(config) })
}

fn enumerated(variant: &Variant<'_>, config: &CompareConfig<'_>) -> Exploration {
    let Some(preemptions) = config.preemptions else { return Exploration::new() };
    let strategy = Strategy::Bounded { preemptions };
    explore(&variant.program, &ExploreConfig { strategy, executions: config.enumerated_max, ..base(config) })
}

/// Where something diverges, searches by preemptions for witnesses that have few: exhaustive search
/// takes what comes.
fn simplify(variants: &[Variant<'_>], explorations: &mut [Exploration], config: &CompareConfig<'_>) {
    let differ = explorations.windows(2).any(|pair| !pair[0].outcomes.ids().eq(pair[1].outcomes.ids()));
    for (variant, exploration) in variants.iter().zip(explorations) {
        if differ && exploration.evidence.is_exhaustive() && !exploration.cancelled {
            exploration.merge(enumerated(variant, config));
        }
    }
}

/// How often variants that lack outcomes of others are searched again.
const CONFIRM_ROUNDS: u64 = 4;

/// Outcomes of others around whose witnesses one variant is searched in a round.
const CONFIRM_OUTCOMES: usize = 24;

/// Searches variants for the outcomes that others have shown: around the others' witnesses, then by
/// more random schedules. Without this, outcomes that are rare in all variants would look like
/// differences between them.
fn confirm(variants: &[Variant<'_>], explorations: &mut [Exploration], length: u32, config: &CompareConfig<'_>) {
    for round in 0..CONFIRM_ROUNDS {
        let mut found = false;
        for at in 0..variants.len() {
            if explorations[at].evidence.is_exhaustive() || config.control.is_some_and(Control::is_cancelled) {
                continue;
            }
            let missing = missing(explorations, at);
            if missing.is_empty() {
                continue;
            }
            let known = explorations[at].outcomes.len();
            for witness in missing.iter().take(CONFIRM_OUTCOMES) {
                let nearby = explore_nearby(&variants[at].program, witness, &config.run());
                explorations[at].merge(nearby);
            }
            let more = ExploreConfig {
                executions: config.confirmed,
                skip: config.sampled + round * config.confirmed,
                ..sampled(length, config)
            };
            let more = explore(&variants[at].program, &more);
            explorations[at].merge(more);
            found |= explorations[at].outcomes.len() > known;
        }
        if !found {
            break;
        }
    }
}

/// Witnesses of the outcomes that other variants have shown and this one has not.
fn missing(explorations: &[Exploration], at: usize) -> Vec<Schedule> {
    let others = explorations.iter().enumerate().filter(|(other, _)| *other != at);
    let mut missing: BTreeMap<OutcomeId, (u64, Schedule)> = BTreeMap::new();
    for seen in others.flat_map(|(_, exploration)| exploration.outcomes.iter()) {
        let known = explorations[at].outcomes.contains(seen.outcome.id);
        let simpler = missing.get(&seen.outcome.id).is_none_or(|(first, _)| seen.first < *first);
        if !known && simpler {
            missing.insert(seen.outcome.id, (seen.first, seen.witness.clone()));
        }
    }
    missing.into_values().map(|(_, witness)| witness).collect()
}

/// The random executions of a comparison.
fn sampled<'a>(length: u32, config: &CompareConfig<'a>) -> ExploreConfig<'a> {
    ExploreConfig { strategy: Strategy::Portfolio { length: Some(length) }, ..base(config) }
}

fn base<'a>(config: &CompareConfig<'a>) -> ExploreConfig<'a> {
    ExploreConfig {
        strategy: Strategy::Uniform,
        executions: config.sampled,
        seed: config.seed,
        skip: 0,
        jobs: config.jobs,
        memory: config.memory,
        steps_max: config.steps_max,
        tracing: false,
        control: config.control,
    }
}

fn pairs(explorations: &[Exploration]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for second in 1..explorations.len() {
        for first in 0..second {
            let (a, b) = (&explorations[first].outcomes, &explorations[second].outcomes);
            let gained = b.ids().filter(|&id| !a.contains(id)).count();
            let lost = a.ids().filter(|&id| !b.contains(id)).count();
            let verdict = match (gained, lost) {
                (0, 0) => Verdict::Equal,
                (0, _) => Verdict::Refines,
                (_, 0) => Verdict::Extends,
                _ => Verdict::Incomparable,
            };
            let evidence = explorations[first].evidence.weaker(explorations[second].evidence);
            pairs.push(Pair { first, second, verdict, gained, lost, evidence });
        }
    }
    pairs
}

fn divergence(
    variants: &[Variant<'_>],
    comparison: &Comparison,
    outcome: OutcomeId,
    shown: Vec<bool>,
    config: &CompareConfig<'_>,
) -> Divergence {
    let attribution = Attribution::of(&shown);
    // Where the series changes sides is what a reviewer wants to see; a divergence has such a place
    // unless there is no order.
    let side = shown.windows(2).position(|pair| pair[0] != pair[1]).expect("some variants show it and some do not");
    let (shown_by, not_by) = if shown[side] { (side, side + 1) } else { (side + 1, side) };
    let seen = comparison.explorations[shown_by].outcomes.get(outcome).expect("the variant shows it");
    let (witness, preemptions) = minimize(&variants[shown_by].program, &seen.witness, outcome, &config.run());
    Divergence { outcome, shown, attribution, shown_by, not_by, witness, preemptions }
}
