//! Variants compared on one scenario.

use crate::failure::Failure;
use crate::local::Local;
use crate::protocol::{AttributionPart, Compare, Compared, Effort, Situation};
use crate::record::{Conditions, record};
use crate::watchdog::CONTROL;
use crate::witness::{look, look_at_ends};
use lockstep::{
    CompareConfig, Comparison, Divergence, Heading, MemoryModel, Nondeterminism, Variant, render, repeat, repeat_again,
};

/// Before an outcome counts as a difference, so many times the random executions are made where it
/// was not seen.
pub const CONFIRM: u64 = 3;

impl Effort {
    /// How variants are compared with so much effort.
    pub fn config(self, memory: MemoryModel, jobs: usize) -> CompareConfig<'static> {
        CompareConfig {
            exhaustive_max: self.exhaustive_max,
            preemptions: Some(self.preemptions),
            enumerated_max: self.enumerated,
            sampled: self.executions,
            confirmed: self.executions.saturating_mul(CONFIRM),
            seed: self.seed,
            jobs: jobs.max(1),
            memory,
            control: Some(&CONTROL),
            ..CompareConfig::default()
        }
    }
}

impl Local<'_> {
    /// Compares the variants.
    pub(crate) fn compared(&self, compare: &Compare) -> Result<Compared, Failure> {
        let (_, situation) = self.scenario(&compare.setting.scenario)?;
        let subject = self.name(compare.setting.repaired)?;
        let repairs = self.repairs(compare.setting.repaired);
        let conditions = Conditions { subject, repairs, memory: compare.setting.memory, repeated: 0 };
        let config = compare.effort.config(compare.setting.memory, compare.jobs);
        self.with_variants(&compare.setting, &compare.variants, |variants| {
            self.compared_with(&situation, conditions, variants, &config)
        })
    }

    fn compared_with(
        &self,
        situation: &Situation,
        conditions: Conditions,
        variants: &[Variant<'_>],
        config: &CompareConfig<'_>,
    ) -> Compared {
        let words = self.subject.words();
        let repetition = repeat(variants, config);
        let comparison = repetition.compare(variants, config);
        let repetition = repeat_again(repetition, variants, &comparison, config);
        let texts: Vec<_> = comparison.divergences.iter().map(|one| look(variants, one, config, words)).collect();
        let ends = look_at_ends(variants, &comparison, config, words);
        let conditions = Conditions { repeated: repetition.schedules, ..conditions };
        let differs = |found: &Nondeterminism| {
            let token = conditions.token(situation, &found.schedule);
            format!("{}, {token}: {}", variants[found.variant].name, found.parting)
        };
        let attribution = |one: &Divergence| AttributionPart {
            shown: one.shown.clone(),
            introduced: one.attribution.introduced.clone(),
            removed: one.attribution.removed.clone(),
        };
        Compared {
            part: record(situation, &conditions, &comparison, &texts, &ends, words),
            snapshot: self.snapshot(situation, &conditions, variants, &comparison),
            attributions: comparison.divergences.iter().map(attribution).collect(),
            nondeterminism: repetition.nondeterminism.as_ref().map(differs),
        }
    }

    /// The comparison as it is committed and reviewed; nothing if it came to no end.
    fn snapshot(
        &self,
        situation: &Situation,
        conditions: &Conditions,
        variants: &[Variant<'_>],
        comparison: &Comparison,
    ) -> Option<String> {
        let goals: Vec<&str> = situation.goals.iter().map(String::as_str).collect();
        let heading = Heading {
            subject: &conditions.subject,
            scenario: &situation.id,
            title: &situation.name,
            question: &situation.question,
            program: &situation.program,
            source: &situation.source,
            goals: &goals,
            memory: conditions.memory,
        };
        (!comparison.cancelled).then(|| render(&heading, variants, comparison, self.subject.words()))
    }
}
