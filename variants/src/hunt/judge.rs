//! The verdict on a scenario: what one variant shows there and another cannot.
//!
//! Promise: a divergence is only told where the variant that does not show it was searched whole,
//! so it is no accident of sampling. Limits: scenarios that are too large for that are not judged
//! (the hunt cuts them down first), and the number of outcomes looked into is bounded by
//! [`JUDGED_MAX`].

use lockstep::{
    Control, Exploration, ExploreConfig, GlanceConfig, OutcomeId, RunConfig, Schedule, Strategy, Variant, explore,
    minimize, run,
};

use super::class::{Class, class_of};
use super::config::HuntConfig;
use super::screen::{Candidate, shown_nearby};
use crate::{Scenario, with_programs};

/// Divergences of one scenario that are looked into.
pub const JUDGED_MAX: usize = 12;

/// Random executions of the variant that shows an outcome, if it cannot be searched whole.
const SAMPLED: u64 = 4_000;

/// A divergence: one variant shows the outcome, and the other was searched whole and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenDivergence {
    /// Its class.
    pub class: Class,
    /// The variant that shows the outcome, by index.
    pub shown_by: usize,
    /// The one that does not.
    pub not_by: usize,
    /// The outcome.
    pub outcome: OutcomeId,
    /// The smallest schedule that shows it.
    pub witness: Schedule,
    /// Its preemptions.
    pub preemptions: usize,
}

/// What a judgement came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// The variant that is said not to show it is too large to be searched whole, or the hunt is to
    /// end.
    Unknown,
    /// The divergences, the simplest of each class.
    Known(Vec<ProvenDivergence>),
}

impl Judged {
    /// The simplest divergence.
    pub fn first(self) -> Option<ProvenDivergence> {
        match self {
            Judged::Unknown => None,
            Judged::Known(divergences) => divergences.into_iter().next(),
        }
    }
}

/// What `shown_by` shows in the scenario and `not_by` cannot; only of the class `wanted`, if given.
pub fn judge(
    scenario: &Scenario,
    (shown_by, not_by): (usize, usize),
    wanted: Option<&Class>,
    config: &HuntConfig<'_>,
) -> Judged {
    let variants = [config.variants[shown_by], config.variants[not_by]];
    with_programs(&variants, config.repairs, scenario, |programs| {
        let whole = whole(config);
        let theirs = explore(&programs[1].program, &whole);
        if !theirs.evidence.is_exhaustive() {
            return Judged::Unknown;
        }
        // What the first can show need not be known whole.
        let mut ours = explore(&programs[0].program, &whole);
        if !ours.evidence.is_exhaustive() {
            let strategy = Strategy::Portfolio { length: None };
            ours.merge(explore(&programs[0].program, &ExploreConfig { strategy, executions: SAMPLED, ..whole }));
        }
        let divergences = divergences(programs, &ours, &theirs, wanted, config);
        if config.control.is_some_and(Control::is_cancelled) {
            return Judged::Unknown;
        }
        Judged::Known(divergences.into_iter().map(|one| ProvenDivergence { shown_by, not_by, ..one }).collect())
    })
}

/// Whether the first variant shows the class under this schedule, in an outcome that the second
/// never shows.
pub fn is_shown(scenario: &Scenario, schedule: &Schedule, class: &Class, config: &HuntConfig<'_>) -> bool {
    with_programs(&config.variants[..2], config.repairs, scenario, |programs| {
        let [first, second] = [0, 1].map(|at| run(&programs[at].program, schedule, &run_config(config)));
        if class_of((programs[0].name, programs[1].name), (&first, &second)).as_ref() != Some(class) {
            return false;
        }
        let theirs = explore(&programs[1].program, &whole(config));
        theirs.evidence.is_exhaustive() && !theirs.outcomes.contains(first.outcome.id)
    })
}

/// A search of everything.
fn whole<'a>(config: &HuntConfig<'a>) -> ExploreConfig<'a> {
    ExploreConfig {
        strategy: Strategy::Exhaustive,
        executions: config.exhaustive_max,
        memory: config.memory,
        control: config.control,
        ..ExploreConfig::default()
    }
}

/// Whether a candidate of the class turns up in a first look at the scenario, and the other variant
/// was not seen to show it around its schedule: cheap, and true of most that deserve a judgement.
pub(super) fn stands(scenario: &Scenario, candidate: &Candidate, config: &HuntConfig<'_>) -> bool {
    let glance = GlanceConfig { run: run_config(config), ..GlanceConfig::default() };
    with_programs(&[config.variants[candidate.not_by]], config.repairs, scenario, |programs| {
        !shown_nearby(candidate, &programs[0], &glance)
    })
}

impl HuntConfig<'_> {
    /// Whether the other variant was not seen to show the candidate around its schedule either. A
    /// judgement takes longer.
    pub fn stands(&self, scenario: &Scenario, candidate: &Candidate) -> bool {
        stands(scenario, candidate, self)
    }
}

fn run_config(config: &HuntConfig<'_>) -> RunConfig<'static> {
    RunConfig { memory: config.memory, ..RunConfig::default() }
}

fn divergences(
    programs: &[Variant<'_>],
    ours: &Exploration,
    theirs: &Exploration,
    wanted: Option<&Class>,
    config: &HuntConfig<'_>,
) -> Vec<ProvenDivergence> {
    let run_config = run_config(config);
    let mut only: Vec<_> = ours.outcomes.iter().filter(|seen| !theirs.outcomes.contains(seen.outcome.id)).collect();
    only.sort_by_key(|seen| (seen.first, seen.outcome.id));
    let mut divergences: Vec<ProvenDivergence> = Vec::new();
    for seen in only.into_iter().take(JUDGED_MAX) {
        let outcome = seen.outcome.id;
        let (witness, preemptions) = minimize(&programs[0].program, &seen.witness, outcome, &run_config);
        let [first, second] = [0, 1].map(|at| run(&programs[at].program, &witness, &run_config));
        let Some(class) = class_of((programs[0].name, programs[1].name), (&first, &second)) else { continue };
        if wanted.is_some_and(|wanted| *wanted != class) {
            continue;
        }
        let one = ProvenDivergence { class, shown_by: 0, not_by: 1, outcome, witness, preemptions };
        match divergences.iter().position(|known| known.class == one.class) {
            Some(at) if one.preemptions < divergences[at].preemptions => divergences[at] = one,
            Some(_) => {}
            None => divergences.push(one),
        }
        if wanted.is_some() {
            break;
        }
    }
    divergences
}
