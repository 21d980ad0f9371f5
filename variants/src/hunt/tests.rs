//! A find that is cut down stays a find of its class, whatever it began as.

use super::shrink::{JUDGEMENTS_MAX, cut_down};
use super::{Candidate, HuntConfig, Judged, ProvenDivergence, Shrunk, class_of, confirm, judge, screen, shrink};
use crate::{
    Repairs, Scenario, VariantInfo, generate, reductions, scenarios, size, variants, well_formed, with_programs,
};
use lockstep::{GlanceConfig, MemoryModel, Replayer, RunConfig, run};

fn designs() -> Vec<&'static VariantInfo> {
    variants().iter().filter(|variant| variant.main_series).collect()
}

/// Little is searched, so that it does not take long: what can be judged so is found in every few
/// scenarios.
fn config<'a>(variants: &'a [&'static VariantInfo]) -> HuntConfig<'a> {
    HuntConfig {
        variants,
        repairs: Repairs::NONE,
        memory: MemoryModel::Sc,
        schedules: 24,
        exhaustive_max: 400,
        soaks: false,
        control: None,
    }
}

fn candidates(scenario: &Scenario, number: u64, config: &HuntConfig<'_>) -> Vec<Candidate> {
    let mut replayers = [Replayer::new(), Replayer::new()];
    screen(&mut replayers, scenario, number, config, &GlanceConfig::default()).candidates
}

/// What the witness shows is of the class.
#[track_caller]
fn check_witness(scenario: &Scenario, divergence: &ProvenDivergence, config: &HuntConfig<'_>) {
    let both = [config.variants[divergence.shown_by], config.variants[divergence.not_by]];
    let class = with_programs(&both, config.repairs, scenario, |programs| {
        let [first, second] = [0, 1].map(|at| run(&programs[at].program, &divergence.witness, &RunConfig::default()));
        assert_eq!(first.outcome.id, divergence.outcome);
        assert_eq!(first.preemptions, divergence.preemptions);
        class_of((both[0].name, both[1].name), (&first, &second))
    });
    assert_eq!(class.as_ref(), Some(&divergence.class));
}

/// Cuts down whatever the scenario of this number has; how many finds that were.
#[track_caller]
fn check(number: u64) -> usize {
    let variants = designs();
    let config = config(&variants);
    let scenario = generate(number);
    let mut finds = 0;
    for candidate in candidates(&scenario, number, &config) {
        let Some((confirmed, divergence)) = confirm(&scenario, &candidate, &config) else { continue };
        assert_eq!(divergence.class, candidate.class, "{number}: confirming slipped to another class");
        check_witness(&confirmed, &divergence, &config);
        let shrunk = shrink(&confirmed, &divergence, &config);
        let Shrunk { scenario: smallest, divergence: left } = &shrunk;
        assert_eq!(left.class, candidate.class, "{number}: cutting down slipped to another class");
        assert_eq!((left.shown_by, left.not_by), (candidate.shown_by, candidate.not_by));
        assert!(size(smallest) <= size(&confirmed) && well_formed(smallest).is_ok());
        check_witness(smallest, left, &config);
        // The divergence is proven of what is left, not of what it began as.
        let judged = judge(smallest, (left.shown_by, left.not_by), Some(&left.class), &config);
        assert!(matches!(judged, Judged::Known(divergence) if !divergence.is_empty()), "{number}");
        let again = shrink(&confirmed, &divergence, &config);
        assert_eq!((&again.scenario, &again.divergence), (smallest, left), "{number}: not deterministic");
        finds += 1;
    }
    finds
}

#[test]
fn a_find_that_is_cut_down_stays_one_of_its_class() {
    let finds: usize = (0..16).map(check).sum();
    assert!(finds >= 4, "{finds} finds are too few to say anything");
}

/// A scenario with divergences of several classes has one of each that is asked for.
#[test]
fn a_judgement_that_is_asked_for_a_class_gives_no_other() {
    let variants = designs();
    let config = HuntConfig { exhaustive_max: 20_000, ..config(&variants) };
    let mut most = 0;
    for scenario in scenarios().iter().filter(|scenario| ["S8b", "S14", "S14b", "S15", "S16"].contains(&&*scenario.id))
    {
        let Judged::Known(all) = judge(scenario, (1, 2), None, &config) else { continue };
        for divergence in &all {
            check_witness(scenario, divergence, &config);
            let asked = judge(scenario, (1, 2), Some(&divergence.class), &config).first();
            assert_eq!(asked.map(|asked| asked.class).as_ref(), Some(&divergence.class), "{}", scenario.id);
        }
        most = most.max(all.len());
    }
    assert!(most >= 2, "none of them has two classes");
}

#[test]
fn cutting_down_keeps_to_its_budget_and_stops_when_nothing_can_go() {
    let variants = designs();
    let config = config(&variants);
    let scenario = generate(5);
    for tries_max in [0, 1, 7, JUDGEMENTS_MAX] {
        let mut tries = 0;
        let (smallest, last) = cut_down(&scenario, 0, tries_max, &config, |_| {
            tries += 1;
            Some(tries)
        });
        assert!(tries <= tries_max, "{tries} of {tries_max}");
        assert_eq!(last, tries, "what was kept last belongs to what is left");
        assert!(tries == tries_max || reductions(&smallest).is_empty());
    }
    // Where nothing may go, each is tried once.
    let mut tries = 0;
    let (same, ()) = cut_down(&scenario, (), usize::MAX, &config, |_| {
        tries += 1;
        None
    });
    assert_eq!((same, tries), (scenario.clone(), reductions(&scenario).len()));
}
