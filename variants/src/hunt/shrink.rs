//! Minimization of a scenario: the smallest one that still has a divergence of the class.
//!
//! A generated scenario can be too large to be judged. So it is cut down twice: first as long as a
//! candidate of the class is left, by the cheap signs that made it one; then, judged each time, as
//! long as a divergence of the class is left.
//!
//! Promise: deterministic and budgeted; the result was judged, and its schedule is minimized too.
//! Limits: a greedy search finds a scenario from which no single piece can be taken, not the
//! smallest of all; and the first, cheap round can lose a divergence among outcomes that are rare
//! in both.

use lockstep::{Control, GlanceConfig, Replayer, RunConfig};

use super::config::HuntConfig;
use super::judge::{Judged, ProvenDivergence, judge, stands};
use super::screen::{Candidate, screen};
use crate::generate::reductions;
use crate::scenarios::program::Scenario;

/// Looks of the cheap round, and judgements of the second one.
const LOOKS_MAX: usize = 120;
pub(super) const JUDGEMENTS_MAX: usize = 120;

/// Random schedules of a look.
const LOOK_SCHEDULES: u64 = 96;

/// What is left.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The scenario.
    pub scenario: Scenario,
    /// Its divergence of the class.
    pub divergence: ProvenDivergence,
}

/// Cuts the scenario down, as long as `keep` gives something for it; what it gave last, with the
/// scenario. Reductions that failed are tried again only when all behind them have been.
pub(super) fn cut_down<T>(
    scenario: &Scenario,
    first: T,
    tries_max: usize,
    config: &HuntConfig<'_>,
    mut keep: impl FnMut(&Scenario) -> Option<T>,
) -> (Scenario, T) {
    let mut best = (scenario.clone(), first);
    let mut untried = reductions(&best.0);
    let (mut at, mut failures, mut tries) = (0, 0, 0);
    while failures < untried.len() && tries < tries_max {
        if config.control.is_some_and(Control::is_cancelled) {
            break;
        }
        at %= untried.len();
        tries += 1;
        match keep(&untried[at]) {
            Some(kept) => {
                best = (untried.swap_remove(at), kept);
                untried = reductions(&best.0);
                failures = 0;
            }
            None => {
                at += 1;
                failures += 1;
            }
        }
    }
    best
}

/// Judges the scenario, cut down first if it is too large, and cuts down what has the divergence.
/// Nothing, if none of the candidate's class was confirmed.
pub fn confirm(
    scenario: &Scenario,
    candidate: &Candidate,
    config: &HuntConfig<'_>,
) -> Option<(Scenario, ProvenDivergence)> {
    let pair = (candidate.shown_by, candidate.not_by);
    match judge(scenario, pair, Some(&candidate.class), config) {
        Judged::Known(divergences) => divergences.into_iter().next().map(|divergence| (scenario.clone(), divergence)),
        Judged::Unknown => {
            let (smaller, _) =
                cut_down(scenario, (), LOOKS_MAX, config, |smaller| is_candidate(smaller, candidate, config));
            let divergence = judge(&smaller, pair, Some(&candidate.class), config).first()?;
            Some((smaller, divergence))
        }
    }
}

/// Whether a look at both variants shows a candidate of the same class that stands.
fn is_candidate(scenario: &Scenario, candidate: &Candidate, config: &HuntConfig<'_>) -> Option<()> {
    let (first, second) = (candidate.shown_by.min(candidate.not_by), candidate.shown_by.max(candidate.not_by));
    let both = [config.variants[first], config.variants[second]];
    let looked = HuntConfig { variants: &both, schedules: LOOK_SCHEDULES, ..*config };
    let run = RunConfig { memory: config.memory, ..RunConfig::default() };
    let glance = GlanceConfig { run, ..GlanceConfig::default() };
    let screened = screen(&mut [Replayer::new(), Replayer::new()], scenario, 0, &looked, &glance);
    let found = screened.candidates.iter().find(|found| found.class == candidate.class)?;
    stands(scenario, found, &looked).then_some(())
}

/// Cuts the scenario down. `divergence` is a divergence of it. If it is cancelled, what was reached
/// until then is returned.
pub fn shrink(scenario: &Scenario, divergence: &ProvenDivergence, config: &HuntConfig<'_>) -> Shrunk {
    let pair = (divergence.shown_by, divergence.not_by);
    let (scenario, divergence) = cut_down(scenario, divergence.clone(), JUDGEMENTS_MAX, config, |smaller| {
        judge(smaller, pair, Some(&divergence.class), config).first()
    });
    Shrunk { scenario, divergence }
}
