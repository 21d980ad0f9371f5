//! The first look at a scenario: the same random schedules through all variants.
//!
//! Promise: the same input gives the same result, on any machine; the first variant, or in a soak
//! each of them, runs every schedule twice, and a difference between the two runs is told. Limits:
//! what only one variant showed here is a candidate, not a divergence: it may be rare in both; and
//! what is seen less than three times is not even that.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;

use lockstep::{
    Event, Gaps, Glance, GlanceConfig, OutcomeId, Replayer, Schedule, Variant, What, explore_nearby, portfolio, run,
};

use super::class::{Class, class_of};
use super::config::HuntConfig;
use super::noise::{Noise, Shown, compare_with_itself, repeat, traced};
use crate::{Scenario, with_programs};

/// Outcomes in each direction of each pair that are looked into.
const CANDIDATES_MAX: usize = 4;

/// How often a variant shows what is to be a candidate: what is rarer is mostly rare in both.
const SEEN_MIN: u64 = 3;

/// Something that one variant showed and its neighbour did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its class.
    pub class: Class,
    /// The variant that showed it, by index.
    pub shown_by: usize,
    /// The one that did not.
    pub not_by: usize,
    /// What was shown.
    pub outcome: OutcomeId,
    /// Under which schedule.
    pub schedule: Schedule,
}

/// What the first look has shown.
#[derive(Clone, Debug, Default)]
pub struct Screened {
    /// Executions, those made twice counted twice.
    pub executions: u64,
    /// Choice points of all executions.
    pub steps: u64,
    /// What executions have missed.
    pub gaps: Gaps,
    /// Edges of the chart, by bit, that some execution took.
    pub edges: u64,
    /// Places where a thread announced an event, and those where another thread came in between.
    pub places: BTreeMap<&'static Location<'static>, bool>,
    /// Executions that were counted for outcomes, different outcomes, and outcomes seen once, each
    /// summed over the variants.
    pub outcomes: [u64; 3],
    /// Candidates, one for each class.
    pub candidates: Vec<Candidate>,
    /// What differed although nothing may.
    pub noise: Noise,
}

/// Outcomes of one variant: how often, and the first schedule of each.
type OutcomeCounts = BTreeMap<OutcomeId, (u64, u64)>;

/// Runs so many schedules of the portfolio through all variants. `glance` says where executions are
/// written down. The second replayer is for those that are made again.
pub fn screen(
    replayers: &mut [Replayer; 2],
    scenario: &Scenario,
    seed: u64,
    config: &HuntConfig<'_>,
    glance: &GlanceConfig<'_>,
) -> Screened {
    let [replayer, again] = replayers;
    with_programs(config.variants, config.repairs, scenario, |programs| {
        let once = vec![Vec::new(); if config.soaks { programs.len() } else { 1 }];
        let mut screening = Screening { replayer, programs, config, glance, once, result: Screened::default() };
        let length = screening.length();
        let schedule = |number: u64| portfolio(seed, number, length);
        let counts: Vec<OutcomeCounts> = (0..programs.len()).map(|at| screening.look(at, &schedule)).collect();
        screening.listen(again, seed, &schedule);
        screening.collect(&counts, &schedule);
        screening.result
    })
}

struct Screening<'a> {
    replayer: &'a mut Replayer,
    programs: &'a [Variant<'a>],
    config: &'a HuntConfig<'a>,
    glance: &'a GlanceConfig<'a>,
    /// What the variants showed that run again, execution by execution.
    once: Vec<Vec<Shown>>,
    result: Screened,
}

impl Screening<'_> {
    /// PCT's estimate: choice points without preemptions, of the variant that has most.
    fn length(&mut self) -> u32 {
        let first = Schedule::in_order();
        let steps = |program: &Variant<'_>| {
            self.result.executions += 1;
            self.replayer.glance(&program.program, &first, self.glance, |glance| glance.steps())
        };
        self.programs.iter().map(steps).max().unwrap_or(1).clamp(1, u64::from(u32::MAX)) as u32
    }

    fn look(&mut self, at: usize, schedule: &impl Fn(u64) -> Schedule) -> OutcomeCounts {
        let mut counts = OutcomeCounts::new();
        let result = &mut self.result;
        for number in 0..self.config.schedules {
            let glance = traced(number, self.glance);
            self.replayer.glance(&self.programs[at].program, &schedule(number), &glance, |glance| {
                result.count(glance);
                let id = glance.id();
                counts.entry(id).or_insert((0, number)).0 += 1;
                if let Some(once) = self.once.get_mut(at) {
                    once.push(Shown::of(glance));
                }
            });
        }
        let once = counts.values().filter(|(count, _)| *count == 1).count() as u64;
        let all = [self.config.schedules, counts.len() as u64, once];
        result.outcomes.iter_mut().zip(all).for_each(|(sum, one)| *sum += one);
        counts
    }

    /// Whether equal schedules give equal executions; and in a soak, whether a variant equals
    /// itself.
    fn listen(&mut self, again: &mut Replayer, seed: u64, schedule: &impl Fn(u64) -> Schedule) {
        let noise = &mut self.result.noise;
        for (variant, once) in self.programs.iter().zip(&self.once) {
            repeat(again, variant, once, schedule, self.glance, noise);
            if self.config.soaks {
                compare_with_itself(variant, seed, self.config, noise);
            }
        }
        self.result.executions += noise.executions;
        self.result.steps += noise.steps;
    }

    /// What only one of two neighbours showed, unless the other shows it around that schedule.
    fn collect(&mut self, counts: &[OutcomeCounts], schedule: &impl Fn(u64) -> Schedule) {
        let mut classes = BTreeSet::new();
        for at in 1..counts.len() {
            for (shown_by, not_by) in [(at - 1, at), (at, at - 1)] {
                let only = counts[shown_by].iter().filter(|(id, _)| !counts[not_by].contains_key(id));
                let only = only.filter(|(_, (count, _))| *count >= SEEN_MIN);
                let mut only: Vec<_> = only.map(|(id, &(count, first))| (Reverse(count), first, *id)).collect();
                only.sort_unstable();
                for (_, number, outcome) in only.into_iter().take(CANDIDATES_MAX) {
                    let schedule = schedule(number);
                    let names = (self.programs[shown_by].name, self.programs[not_by].name);
                    let execution = |at: usize| run(&self.programs[at].program, &schedule, &self.glance.run);
                    let class = class_of(names, (&execution(shown_by), &execution(not_by)));
                    let Some(class) = class.filter(|class| !classes.contains(class)) else { continue };
                    classes.insert(class.clone());
                    self.result.candidates.push(Candidate { class, shown_by, not_by, outcome, schedule });
                }
            }
        }
    }
}

impl Screened {
    fn count(&mut self, glance: &Glance<'_>) {
        self.executions += 1;
        self.steps += glance.steps();
        self.gaps = self.gaps.and(glance.gaps());
        self.edges |= glance.goals();
        self.note_places(glance.trace());
    }

    fn note_places(&mut self, trace: &[Event]) {
        let mut last = [None; lockstep::THREADS_MAX];
        let accesses = trace.iter().filter(|event| matches!(event.what, What::Access { .. }));
        for (number, event) in accesses.enumerate() {
            let before = last[usize::from(event.thread)].replace(number);
            let interrupted = before.is_some_and(|before| before + 1 < number);
            *self.places.entry(event.place).or_insert(false) |= interrupted;
        }
    }
}

/// Whether the variant that did not show the candidate shows it after all, under its schedule with
/// one or two decisions changed.
pub(super) fn shown_nearby(candidate: &Candidate, not_by: &Variant<'_>, glance: &GlanceConfig<'_>) -> bool {
    explore_nearby(&not_by.program, &candidate.schedule, &glance.run).outcomes.contains(candidate.outcome)
}
