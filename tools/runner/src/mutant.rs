//! Mutants against the code that they break.

use crate::compare::CONFIRM;
use crate::failure::Failure;
use crate::local::{Local, program, watched};
use crate::originals::{Key, Originals};
use crate::protocol::{Break, Effort, How, Judged, Killed, Measured, Mutant, Soon, Verdict};
use crate::watchdog::CONTROL;
use crate::witness::difference;
use lockstep::{
    BadEnd, Describe, Exploration, ExploreConfig, MemoryModel, Program, RANDOM_STRATEGIES, Schedule, SoonConfig,
    Strategy, Variant, explore, explore_nearby, minimize, run, soon,
};

impl Local<'_> {
    /// Runs the original and its mutant, in this order. They are written down for last words.
    fn with_mutant<R>(
        &mut self,
        Mutant { setting, variant, mutant, effort }: &Mutant,
        go_on: impl FnOnce(&mut Originals, Key, [&Variant<'_>; 2]) -> R,
    ) -> Result<R, Failure> {
        let (variant, (scenario, _)) = (self.variant(variant)?, self.scenario(&setting.scenario)?);
        self.begin(setting, "original, mutant".to_owned())?;
        let (subject, repaired) = (self.subject, setting.repaired);
        let [sound, mutated] = [0, *mutant].map(|mutant| {
            move || {
                subject.activate(mutant);
                subject.run(variant, scenario, repaired);
            }
        });
        let original = Variant { name: "original", program: program(&sound) };
        let mutant = Variant { name: "mutant", program: program(&mutated) };
        let key = (variant, scenario, repaired, effort.exhaustive_max);
        Ok(go_on(&mut self.originals, key, [&original, &mutant]))
    }

    /// One mutant against its original on one scenario: does a client see the difference?
    pub(crate) fn judged(&mut self, Break { mutant, exact, covers }: &Break) -> Result<Judged, Failure> {
        let (words, effort, memory) = (self.subject.words(), mutant.effort, mutant.setting.memory);
        let search = MutantSearch { words, effort, memory, exact: *exact, covers: *covers };
        self.with_mutant(mutant, |originals, key, sides| search.judged(originals, key, sides))
    }

    /// How many executions each kind of random schedule takes to notice a mutant: until one shows
    /// what the other side, searched whole, never does.
    pub(crate) fn measured(&mut self, Soon { mutant, seeds, limit }: &Soon) -> Result<Measured, Failure> {
        let (words, effort, memory) = (self.subject.words(), mutant.effort, mutant.setting.memory);
        let search = MutantSearch { words, effort, memory, exact: true, covers: false };
        let config = SoonConfig { memory: search.memory, seeds: *seeds, limit: *limit, control: Some(&CONTROL) };
        self.with_mutant(mutant, |originals, key, [sound, mutated]| {
            let original = originals.known.entry(key).or_insert_with(|| search.all(&sound.program));
            let found = search.all(&mutated.program);
            let shows_more = |one: &Exploration, other: &Exploration| {
                other.evidence.is_exhaustive() && one.outcomes.ids().any(|id| !other.outcomes.contains(id))
            };
            let (shown_by, other) = if shows_more(&found, original) {
                (mutated, &*original)
            } else if shows_more(original, &found) {
                (sound, &found)
            } else {
                return Measured::Unknown;
            };
            let median = |strategy: Strategy| match soon(&shown_by.program, strategy, &config, |glance| {
                !other.outcomes.contains(glance.id())
            }) {
                lockstep::Soon::After(executions) => Some(executions),
                lockstep::Soon::Beyond(_) => None,
            };
            Measured::Medians(RANDOM_STRATEGIES.map(median).to_vec())
        })
    }
}

/// How much is explored of each.
struct MutantSearch<'a> {
    words: &'a dyn Describe,
    effort: Effort,
    memory: MemoryModel,
    /// The original is covered: what it does not show it never shows.
    exact: bool,
    /// The mutant is covered, too.
    covers: bool,
}

/// Outcomes around whose witnesses the other side is searched.
const CONFIRMED_MAX: usize = 12;

impl MutantSearch<'_> {
    /// What both sides show, and whether one shows what the other does not.
    fn judged(&self, originals: &mut Originals, key: Key, variants: [&Variant<'_>; 2]) -> Judged {
        let original = originals.known.entry(key).or_insert_with(|| self.all(&variants[0].program));
        let shows = |kind: &BadEnd| original.outcomes.iter().any(|seen| seen.outcome.end.bad() == Some(*kind));
        let original_ends = BadEnd::ALL.iter().filter(|kind| shows(kind)).map(|kind| kind.name().to_owned()).collect();
        Judged { verdict: self.verdict(original, variants), original_ends }
    }

    fn verdict(&self, original: &Exploration, [sound, mutated]: [&Variant<'_>; 2]) -> Verdict {
        // What confirms one mutant must not change what is known when the next comes: the order of
        // requests means nothing.
        let mut original = original.clone();
        let mut found: Option<Exploration> = None;
        let mut enumerated = 0;
        for stage in self.stages() {
            let more = self.stage(&mutated.program, stage, &mut enumerated);
            match &mut found {
                Some(found) => found.merge(more),
                None => found = Some(more),
            }
            let mutant = found.as_ref().expect("set above");
            if let Some(schedule) = self.only_first(mutant, &mut original, &sound.program) {
                return Verdict::Killed(self.kill(How::New, mutant.executions, &schedule, (mutated, sound)));
            }
            if mutant.evidence.is_exhaustive() {
                break;
            }
        }
        let mut mutant = found.expect("there are stages");
        // What the original shows and samples of the mutant do not is for the search that covers
        // the mutant.
        if self.exact && !self.covers && !mutant.evidence.is_exhaustive() {
            return Verdict::Unnoticed { exhaustive: false };
        }
        if let Some(schedule) = self.only_first(&original, &mut mutant, &mutated.program) {
            return Verdict::Killed(self.kill(How::Lost, mutant.executions, &schedule, (sound, mutated)));
        }
        Verdict::Unnoticed { exhaustive: original.evidence.is_exhaustive() && mutant.evidence.is_exhaustive() }
    }

    /// What is explored of a mutant one after the other: cheap first.
    fn stages(&self) -> Vec<(Strategy, u64)> {
        match (self.exact, self.covers) {
            (_, true) => [self.covering(), self.sampling()].concat(),
            (true, false) => self.bounded(),
            (false, false) => [self.bounded(), self.sampling()].concat(),
        }
    }

    fn bounded(&self) -> Vec<(Strategy, u64)> {
        (0..=self.effort.preemptions)
            .map(|preemptions| (Strategy::Bounded { preemptions }, self.effort.enumerated))
            .collect()
    }

    fn sampling(&self) -> Vec<(Strategy, u64)> {
        vec![(Strategy::Portfolio { length: None }, self.effort.executions)]
    }

    fn covering(&self) -> Vec<(Strategy, u64)> {
        vec![(Strategy::Exhaustive, self.effort.exhaustive_max)]
    }

    fn config(&self, (strategy, executions): (Strategy, u64)) -> ExploreConfig<'static> {
        let (seed, memory, control) = (self.effort.seed, self.memory, Some(&CONTROL));
        ExploreConfig { strategy, executions, seed, memory, control, ..ExploreConfig::default() }
    }

    /// Explores as much as the stage says; all enumerations of a program have one limit together.
    fn stage(&self, program: &Program<'_>, stage: (Strategy, u64), enumerated: &mut u64) -> Exploration {
        let (strategy, limit) = stage;
        if !matches!(strategy, Strategy::Bounded { .. }) {
            return explore(program, &self.config(stage));
        }
        let found = explore(program, &self.config((strategy, limit.saturating_sub(*enumerated))));
        *enumerated += found.executions;
        found
    }

    /// All that is known of the original: every execution if it is to be covered and that are not
    /// too many.
    fn all(&self, program: &Program<'_>) -> Exploration {
        let covering = if self.exact { self.covering() } else { Vec::new() };
        let stages = [covering, self.bounded(), self.sampling()].concat();
        let mut enumerated = 0;
        let mut total = self.stage(program, stages[0], &mut enumerated);
        for &stage in &stages[1..] {
            if !total.evidence.is_exhaustive() {
                total.merge(self.stage(program, stage, &mut enumerated));
            }
        }
        total
    }

    /// A schedule of an outcome that the first has shown and the second does not show, looked for
    /// once more.
    fn only_first(&self, first: &Exploration, second: &mut Exploration, program: &Program<'_>) -> Option<Schedule> {
        let config = watched(self.memory);
        let missing = |second: &Exploration| -> Vec<Schedule> {
            let only = first.outcomes.iter().filter(|seen| !second.outcomes.contains(seen.outcome.id));
            let mut only: Vec<(u64, Schedule)> = only.map(|seen| (seen.first, seen.witness.clone())).collect();
            only.sort();
            only.into_iter().map(|(_, schedule)| schedule).collect()
        };
        let mut left = missing(second);
        if left.is_empty() || second.evidence.is_exhaustive() {
            return left.into_iter().next();
        }
        for schedule in left.iter().take(CONFIRMED_MAX) {
            second.merge(explore_nearby(program, schedule, &config));
        }
        left = missing(second);
        if left.is_empty() {
            return None;
        }
        let more = self.config((Strategy::Portfolio { length: None }, self.effort.executions * CONFIRM));
        second.merge(explore(program, &ExploreConfig { skip: self.effort.executions, ..more }));
        // Beyond those that were looked for above there can be more: none counts that the second
        // shows around the very schedule.
        while let Some(schedule) = missing(second).into_iter().next() {
            second.merge(explore_nearby(program, &schedule, &config));
            if missing(second).first() == Some(&schedule) {
                return Some(schedule);
            }
        }
        None
    }

    /// `shown_by` shows under the schedule what the other never did.
    fn kill(&self, how: How, executions: u64, schedule: &Schedule, sides: (&Variant<'_>, &Variant<'_>)) -> Killed {
        let (shown_by, not_by) = sides;
        let config = watched(self.memory);
        let outcome = run(&shown_by.program, schedule, &config).outcome.id;
        let (witness, preemptions) = minimize(&shown_by.program, schedule, outcome, &config);
        let [with, without] = [shown_by, not_by].map(|variant| run(&variant.program, &witness, &config));
        let difference = difference((shown_by.name, not_by.name), (&with, &without), self.words);
        Killed { how, executions, preemptions, difference }
    }
}
