//! What is done to find what depends on which ordering: by whom, in which order.
//!
//! Promise: the work is divided into parts that depend on nothing but what all parts before have
//! found, and what they find is put together in their order. So the result does not depend on the
//! number of OS threads.
//!
//! Limit: all workers write down what they run in one place, so while one is stuck the watchdog
//! sees the others go on, and names it when they are done.

use crate::cli::progress::Progress;
use crate::cli::session::{self, Running};
use lockstep::CompareConfig;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use utrace_variants::VariantInfo;
use utrace_variants::claims::{
    Baseline, Claim, Dependence, Effects, OrderingSite, Together, baseline, compare_weakened, comparing_claims,
    depends, glance, ordering_sites, search,
};

/// One variant: its places, each with what depends on it, or nothing if the run ended before.
pub struct Studied {
    pub variant: &'static VariantInfo,
    pub sites: Vec<(OrderingSite, Option<Dependence>)>,
    /// What places for which alone nothing was found show together: the scenario, the places by
    /// number, and what it is.
    pub together: Vec<(&'static str, Vec<usize>, String)>,
}

/// How much is done at once, and of what.
pub struct Terms<'a> {
    pub scenarios: &'a [&'static str],
    pub config: &'a CompareConfig<'a>,
    pub jobs: usize,
}

/// A place of one variant and what was found for it in one scenario.
type SiteResult<'a> = (usize, &'a Baseline, Effects);

/// Weakens every place of every variant in turn.
pub fn study(variants: &[&'static VariantInfo], terms: &Terms<'_>) -> Vec<Studied> {
    let sites = terms.each("places", variants, |variant| ordering_sites(variant.name, terms.scenarios, terms.config));
    let pairs: Vec<(usize, &'static str)> =
        (0..variants.len()).flat_map(|at| terms.scenarios.iter().map(move |id| (at, *id))).collect();
    let baselines = terms.each("as it is", &pairs, |&(at, id)| baseline(variants[at].name, id, terms.config));
    let known: Vec<(usize, &Baseline)> =
        pairs.iter().zip(&baselines).filter_map(|((at, _), known)| Some((*at, known.as_ref()?))).collect();
    let one = |(at, variant): (usize, &&'static VariantInfo)| {
        let of = |wanted: usize| known.iter().filter(move |(of, _)| *of == wanted).map(|(_, known)| *known);
        let mine: Vec<&Baseline> = of(at).collect();
        // Of another variant that is not selected nothing is known.
        let other = |name: &str| variants.iter().position(|variant| variant.name == name);
        let others = comparing_claims(variant.name).into_iter();
        let others: Vec<(&Claim, Vec<&Baseline>)> =
            others.filter_map(|(claim, name)| Some((claim, of(other(name)?).collect()))).collect();
        study_one(variant, &sites[at], (&mine, &others), terms)
    };
    variants.iter().enumerate().map(one).collect()
}

fn study_one(
    variant: &'static VariantInfo,
    sites: &[OrderingSite],
    (known, others): (&[&Baseline], &[(&'static Claim, Vec<&Baseline>)]),
    terms: &Terms<'_>,
) -> Studied {
    let passes = |site: &OrderingSite, known: &Baseline| site.scenarios.contains(&known.scenario);
    let glances: Vec<(usize, &Baseline)> = (0..sites.len())
        .flat_map(|site| known.iter().filter(move |known| passes(&sites[site], known)).map(move |known| (site, *known)))
        .collect();
    let seen =
        terms.each(variant.name, &glances, |&(site, known)| glance(variant.name, &sites[site], known, terms.config));
    let results: Vec<SiteResult<'_>> =
        glances.iter().zip(seen).filter_map(|((site, known), effects)| Some((*site, *known, effects?))).collect();
    let open: Vec<usize> = (0..sites.len())
        .filter(|site| !results.iter().any(|(of, _, effects)| of == site && effects.is_something()))
        .collect();
    // The scheduler as a whole is no single place: it is searched alone.
    let is_alone = |site: usize| sites[site].weakened.at.is_none();
    let searches: Vec<(Vec<usize>, &Baseline)> = known
        .iter()
        .flat_map(|known| {
            let here = open.iter().copied().filter(|&site| passes(&sites[site], known));
            let (alone, together): (Vec<usize>, Vec<usize>) = here.partition(|&site| is_alone(site));
            [(alone, *known), (together, *known)]
        })
        .filter(|(here, _)| !here.is_empty())
        .collect();
    let searched = terms.each(variant.name, &searches, |(here, known)| {
        let here: Vec<&OrderingSite> = here.iter().map(|&site| &sites[site]).collect();
        search(variant.name, &here, known, terms.config)
    });
    let mut together = Vec::new();
    let mut results: Vec<SiteResult<'_>> = results.into_iter().filter(|(site, ..)| !open.contains(site)).collect();
    for ((here, known), searched) in searches.iter().zip(searched) {
        let Some(searched) = searched else { continue };
        together.extend(
            searched
                .together
                .map(|Together { sites, what }| (known.scenario, sites.into_iter().map(|at| here[at]).collect(), what)),
        );
        results.extend(here.iter().zip(searched.effects).map(|(&site, effects)| (site, *known, effects)));
    }
    let pairs = compared(variant, sites, &results, others, terms);
    let numbers: Vec<usize> = (0..sites.len()).collect();
    let dependences = terms.each(variant.name, &numbers, |&number| {
        let (own, pairs) = (of_place(&results, number), of_place(&pairs, number));
        let is_whole = own.len() == sites[number].scenarios.len();
        // A run that was ended has not seen what a place is free of, but what it was needed for.
        let dependence = depends(variant.name, &sites[number], (&own, &pairs), terms.config);
        (is_whole || !dependence.shown.is_empty()).then_some(dependence)
    });
    Studied { variant, sites: sites.iter().cloned().zip(dependences).collect(), together }
}

fn of_place<'a>(results: &[SiteResult<'a>], number: usize) -> Vec<(&'a Baseline, Effects)> {
    let own = results.iter().filter(|(site, ..)| *site == number);
    own.map(|(_, known, found)| (*known, found.clone())).collect()
}

/// Asks the claims that compare the variant with another, wherever the variant shows something new:
/// what shows nothing new breaks none.
fn compared<'a>(
    variant: &'static VariantInfo,
    sites: &[OrderingSite],
    results: &[SiteResult<'a>],
    others: &[(&'static Claim, Vec<&Baseline>)],
    terms: &Terms<'_>,
) -> Vec<SiteResult<'a>> {
    let mut asked: Vec<(&'static Claim, usize, &'a Baseline, &Baseline)> = Vec::new();
    for (claim, theirs) in others {
        for (site, mine, effects) in results {
            let theirs = theirs.iter().find(|theirs| theirs.scenario == mine.scenario);
            if let Some(theirs) = theirs.filter(|_| effects.is_news() && claim.scenarios.contains(&mine.scenario)) {
                asked.push((claim, *site, mine, theirs));
            }
        }
    }
    let found = terms.each(variant.name, &asked, |&(claim, site, mine, theirs)| {
        compare_weakened(claim, &sites[site], (mine, theirs), terms.config)
    });
    asked.iter().zip(found).filter_map(|((_, site, mine, _), found)| Some((*site, *mine, found?))).collect()
}

impl Terms<'_> {
    /// Does the same for each of the parts, several at a time; what came of them, in their order.
    fn each<T: Sync, R: Send>(&self, what: &str, parts: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let (subject, memory) = ("utrace-claims".to_owned(), self.config.memory);
        session::begin(Running { subject, scenario: self.scenarios.join(" "), variants: what.to_owned(), memory });
        let progress = Progress::new(parts.len());
        progress.says(what);
        let next = AtomicUsize::new(0);
        let results: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(parts.len()));
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.min(parts.len()) {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(part) = parts.get(at) else { break };
                        let result = work(part);
                        results.lock().expect("no worker panics").push((at, result));
                        progress.advances();
                    }
                });
            }
        });
        let mut results = results.into_inner().expect("no worker panics");
        results.sort_by_key(|(at, _)| *at);
        results.into_iter().map(|(_, result)| result).collect()
    }
}
