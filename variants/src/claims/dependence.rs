//! C14, the other half: what depends on an ordering. The place is weakened, and what the design
//! then shows is compared with what it shows as it is.
//!
//! Promise: an outcome depends on an ordering if the weakened design shows one to clients that the
//! design as it is does not; a claim depends on it if the design as it is never shows what the
//! claim speaks of, and the weakened design does (`baseline`). Executions are watched for all
//! claims that name their scenario. A place for which nothing was found was searched whole in every
//! scenario that was seen to pass it, with the evidence that its [`Coverage`] says.
//!
//! How: first a glance at each place in each scenario, some hundred runs, which finds nearly all.
//! Then, in each scenario, all places for which nothing was found are weakened *together*: what no
//! such execution shows, none shows with one of them weakened alone, for taking orderings away only
//! adds executions. If that shows something or does not end, each is searched alone. So most of
//! what is free is free together.
//!
//! Limits: of a place that something depends on, claims are asked in the glances only: there may be
//! more than are named. That nothing depends on an ordering is said of the scenarios that were seen
//! to pass it. Of two orderings of which either suffices each is free; where a scenario shows that
//! such orderings are among those weakened together, [`Searched`] says so. Claims that compare
//! variants are asked in `compared`.

use lockstep::{
    CompareConfig, Control, Evidence, Exploration, ExploreConfig, OutcomeId, Schedule, Seen, Strategy, Token, Weakened,
    explore, first_observation,
};

use super::baseline::{ANOTHER, Baseline, News};
use super::claim::Claim;
use super::laboratory::{execution, minimized, run_config, scenario_of, variant_of};
use super::orderings::OrderingSite;
use super::subject::{About, TokenSubject};
use crate::subject::{Words, with_altered_programs};
use crate::utrace::Repairs;

/// What came of weakening a place.
#[derive(Clone, Debug, Default)]
pub struct Dependence {
    /// What the design as it is does not show: a new outcome first, if there is one, then claims in
    /// the order of their numbers.
    pub shown: Vec<Shown>,
    /// What it rests on that nothing more was found.
    pub coverage: Coverage,
}

/// In how many scenarios how much was explored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Scenarios that were seen to pass the place.
    pub scenarios: usize,
    /// Those that were exhausted, both as the design is and weakened.
    pub exhausted: usize,
    /// The weakest evidence of all.
    pub weakest: Option<Evidence>,
}

/// Something that the design does not show as it is.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The claim that it touches, or none for an outcome that clients see.
    pub claim: Option<&'static Claim>,
    /// The scenario.
    pub scenario: &'static str,
    /// What it is, in a line.
    pub what: String,
    /// An execution that shows it.
    pub token: Token,
}

/// What a glance at, or a search of, one place in one scenario has found.
#[derive(Clone, Debug)]
pub struct Effects {
    evidence: Evidence,
    candidates: Vec<Candidate>,
}

/// What was found in a scenario, and what the design shows there as it is.
pub type Here<'a> = (&'a Baseline, Effects);

/// News with a schedule that shows it, not the smallest yet.
#[derive(Clone, Debug)]
struct Candidate {
    claim: Option<&'static Claim>,
    what: String,
    /// Which one to show of several.
    rank: (bool, u64),
    scenario: &'static str,
    schedule: Schedule,
    outcome: OutcomeId,
}

/// What the search of several places in one scenario has found.
#[derive(Clone, Debug)]
pub struct Searched {
    /// For each place what it shows alone.
    pub effects: Vec<Effects>,
    /// What some of them show only together, if none shows anything alone.
    pub together: Option<Together>,
}

/// What several places show when all of them are weakened, and none of them alone: one of them
/// suffices.
#[derive(Clone, Debug)]
pub struct Together {
    /// The places, as few as were found to do, by their number among those searched.
    pub sites: Vec<usize>,
    /// What they show, in a line.
    pub what: String,
}

/// How much is made of one place in one scenario.
#[derive(Clone, Copy, Debug)]
struct Budget {
    searched: u64,
    enumerated: u64,
    sampled: u64,
}

/// Enough for what nearly every schedule shows.
const GLANCE: Budget = Budget { searched: 400, enumerated: 200, sampled: 100 };

/// For each attempt to do with fewer places.
const SHRINK: Budget = Budget { searched: 4_000, enumerated: 0, sampled: 0 };

/// A place in a scenario gets this part of the runs that the search of the design as it is gets.
const PART: u64 = 10;

/// Where that is not searched whole, this part of the others, and of the random ones.
const FALLBACK: u64 = 10;

/// Weakened, more is possible than before: so many times as many runs may be needed.
const GROWTH: u64 = 4;

impl Budget {
    /// What is searched whole. `places` are weakened at once and share what each would get.
    fn whole(places: usize, baseline: &Baseline, config: &CompareConfig<'_>) -> Budget {
        let searched = (config.exhaustive_max / PART).saturating_mul(places.min(8) as u64);
        let (enumerated, sampled) = (config.enumerated_max / FALLBACK, config.sampled / FALLBACK);
        // What was searched whole before ends soon; if it does not, it will not within any budget
        // of this kind.
        Budget { searched: searched.min(baseline.runs * GROWTH + 1_000), enumerated, sampled }
    }

    /// Nothing but the search of everything.
    fn whole_only(self) -> Budget {
        Budget { enumerated: 0, sampled: 0, ..self }
    }
}

/// Weakens the place and looks at a few executions. Nothing if the run was ended.
pub fn glance(
    variant: &'static str,
    site: &OrderingSite,
    baseline: &Baseline,
    config: &CompareConfig<'_>,
) -> Option<Effects> {
    alone(variant, site, (baseline, GLANCE), config)
}

/// Searches what the places show in a scenario that passes them. Nothing if the run was ended.
pub fn search(
    variant: &'static str,
    sites: &[&OrderingSite],
    baseline: &Baseline,
    config: &CompareConfig<'_>,
) -> Option<Searched> {
    let places: Vec<Weakened> = sites.iter().map(|site| site.weakened).collect();
    let mut shows = false;
    if sites.len() > 1 && baseline.evidence.is_exhaustive() {
        let budget = Budget::whole(places.len(), baseline, config).whole_only();
        let exploration = weakened((variant, baseline), &places, budget, config)?;
        shows = !baseline.news(&exploration).is_empty();
        if !shows && exploration.evidence.is_exhaustive() {
            let none = Effects { evidence: exploration.evidence, candidates: Vec::new() };
            return Some(Searched { effects: vec![none; sites.len()], together: None });
        }
    }
    let budget = Budget::whole(1, baseline, config);
    let each = sites.iter().map(|site| alone(variant, site, (baseline, budget), config));
    let effects = each.collect::<Option<Vec<Effects>>>()?;
    let is_free = effects.iter().all(|effects| effects.candidates.is_empty());
    let together = if shows && is_free { together((variant, baseline), &places, config)? } else { None };
    Some(Searched { effects, together })
}

/// Leaves out of the places one after the other as long as the rest shows something.
fn together(
    (variant, baseline): (&str, &Baseline),
    places: &[Weakened],
    config: &CompareConfig<'_>,
) -> Option<Option<Together>> {
    let what = |sites: &[usize]| {
        let places: Vec<Weakened> = sites.iter().map(|&site| places[site]).collect();
        let exploration = weakened((variant, baseline), &places, SHRINK, config)?;
        let mut news = baseline.news(&exploration);
        Some(if news.is_empty() { None } else { Some(news.swap_remove(0).what) })
    };
    let mut sites: Vec<usize> = (0..places.len()).collect();
    let Some(mut shown) = what(&sites)? else { return Some(None) };
    for site in (0..places.len()).rev() {
        let rest: Vec<usize> = sites.iter().copied().filter(|&other| other != site).collect();
        if let Some(still) = what(&rest)? {
            (sites, shown) = (rest, still);
        }
    }
    Some(Some(Together { sites, what: shown }))
}

fn alone(
    variant: &'static str,
    site: &OrderingSite,
    (baseline, budget): (&Baseline, Budget),
    config: &CompareConfig<'_>,
) -> Option<Effects> {
    let exploration = weakened((variant, baseline), &[site.weakened], budget, config)?;
    let candidate = |News { claim, what, is_race, seen }: News<'_>| Candidate {
        claim,
        what,
        rank: (is_race, seen.first),
        scenario: baseline.scenario,
        schedule: seen.witness.clone(),
        outcome: seen.outcome.id,
    };
    let candidates = baseline.news(&exploration).into_iter().map(candidate).collect();
    Some(Effects { evidence: exploration.evidence.weaker(baseline.evidence), candidates })
}

/// Searches the variant with the place weakened, whole. Nothing if the run was ended or that was
/// too much.
pub(super) fn weakened_whole(
    (variant, baseline): (&str, &Baseline),
    place: Weakened,
    config: &CompareConfig<'_>,
) -> Option<Exploration> {
    let budget = Budget::whole(1, baseline, config).whole_only();
    weakened((variant, baseline), &[place], budget, config).filter(|exploration| exploration.evidence.is_exhaustive())
}

/// Explores the variant with these places weakened: whole, if the budget lets it; else schedules
/// with one preemption, and random ones.
fn weakened(
    (variant, baseline): (&str, &Baseline),
    places: &[Weakened],
    budget: Budget,
    config: &CompareConfig<'_>,
) -> Option<Exploration> {
    let base = ExploreConfig {
        strategy: Strategy::Exhaustive,
        executions: budget.searched,
        seed: config.seed,
        jobs: config.jobs,
        memory: config.memory,
        steps_max: config.steps_max,
        control: config.control,
        ..ExploreConfig::default()
    };
    let scenario = scenario_of(baseline.scenario);
    let altered = (Repairs::NONE, About::Claims.watching(baseline.scenario), places);
    with_altered_programs(&[variant_of(variant)], altered, scenario, |programs| {
        let program = &programs[0].program;
        let mut total: Option<Exploration> = None;
        let mut add = |strategy: Strategy, executions: u64| {
            let is_done = total.as_ref().is_some_and(|total| total.evidence.is_exhaustive() || total.cancelled);
            if !is_done && executions > 0 {
                let more = explore(program, &ExploreConfig { strategy, executions, ..base });
                match &mut total {
                    Some(total) => total.merge(more),
                    None => total = Some(more),
                }
            }
        };
        // What was not exhausted as it is cannot be weakened: then there is only more of it.
        add(Strategy::Exhaustive, if baseline.evidence.is_exhaustive() { budget.searched } else { 0 });
        add(Strategy::Bounded { preemptions: config.preemptions.unwrap_or(0) }, budget.enumerated);
        add(Strategy::Portfolio { length: None }, budget.sampled);
        let is_ended = config.control.is_some_and(Control::is_cancelled);
        total.filter(|total| !total.cancelled && !is_ended)
    })
}

impl Effects {
    /// Whether something new was seen.
    pub fn is_something(&self) -> bool {
        !self.candidates.is_empty()
    }

    /// Whether clients see something new, and no data race, behind which nothing has a meaning.
    pub fn is_news(&self) -> bool {
        self.candidates.iter().any(|one| one.claim.is_none() && !one.rank.0)
    }
}

/// What all that was found for a place, and of its variant beside others, comes to: of the outcomes
/// and of each claim the simplest that the design as it is was not seen to show.
pub fn depends(
    variant: &'static str,
    site: &OrderingSite,
    (found, pairs): (&[Here<'_>], &[Here<'_>]),
    config: &CompareConfig<'_>,
) -> Dependence {
    let mut coverage = Coverage::default();
    for (_, effects) in found {
        coverage.scenarios += 1;
        coverage.exhausted += usize::from(effects.evidence.is_exhaustive());
        coverage.weakest = Some(coverage.weakest.map_or(effects.evidence, |weakest| weakest.weaker(effects.evidence)));
    }
    let all = || {
        found
            .iter()
            .chain(pairs)
            .flat_map(|(baseline, effects)| effects.candidates.iter().map(move |one| (*baseline, one)))
    };
    let mut kinds: Vec<Option<&'static Claim>> = all().map(|(_, one)| one.claim).collect();
    kinds.sort_by_key(|claim| claim.map(Claim::number));
    kinds.dedup_by_key(|claim| claim.map(|claim| claim.id));
    let shown = kinds.into_iter().filter_map(|kind| {
        let mut of_kind: Vec<(&Baseline, &Candidate)> =
            all().filter(|(_, one)| one.claim.map(|claim| claim.id) == kind.map(|claim| claim.id)).collect();
        of_kind.sort_by_key(|(_, one)| one.rank);
        let is_new = |(baseline, one): &&(&Baseline, &Candidate)| {
            !baseline.is_possible(one.claim, &one.what, &one.schedule, config)
        };
        of_kind.iter().find(is_new).map(|(_, one)| shown((variant, site), one, config))
    });
    Dependence { shown: shown.collect(), coverage }
}

fn shown((variant, site): (&'static str, &OrderingSite), one: &Candidate, config: &CompareConfig<'_>) -> Shown {
    let subject = TokenSubject::weakened(site.weakened);
    let (schedule, _) = minimized((variant, one.scenario), subject, (&one.schedule, one.outcome), config);
    let what = match one.claim {
        None if one.what.starts_with(ANOTHER) => {
            format!("{}{}", one.what, difference((variant, subject), &schedule, one, config))
        }
        _ => one.what.clone(),
    };
    let token = Token { subject: subject.name(), scenario: one.scenario.to_owned(), memory: config.memory, schedule };
    Shown { claim: one.claim, scenario: one.scenario, what, token }
}

/// Of an outcome that says nothing by itself: what a client can first tell from it, beside the
/// design as it is under the same schedule.
fn difference(
    (variant, subject): (&str, TokenSubject),
    schedule: &Schedule,
    one: &Candidate,
    config: &CompareConfig<'_>,
) -> String {
    let run_it = |subject: TokenSubject| execution(subject, (variant, one.scenario), schedule, &run_config(config));
    let (weakened, as_it_is) = (run_it(subject), run_it(TokenSubject::AS_IT_IS));
    let difference = first_observation(("without it", "with it"), (&weakened, &as_it_is), &Words);
    difference.map_or(String::new(), |difference| format!(": {difference}"))
}

impl Effects {
    /// An outcome that touches a claim about two variants.
    pub(super) fn of_pair(claim: &'static Claim, (what, scenario): (String, &'static str), seen: &Seen) -> Effects {
        let (schedule, outcome) = (seen.witness.clone(), seen.outcome.id);
        let candidate = Candidate { claim: Some(claim), what, rank: (false, seen.first), scenario, schedule, outcome };
        Effects { evidence: Evidence::default(), candidates: vec![candidate] }
    }
}
