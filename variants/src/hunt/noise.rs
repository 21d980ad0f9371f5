//! The noise floor: what differs although nothing may.
//!
//! Promise: an execution that is made again is made behind other executions and on other stacks,
//! and everything that is known of it is compared: what a client can tell, the goals, the number of
//! choice points and, where a trace is kept, every event. A variant that is compared with itself
//! goes through the whole of a comparison, under options that change from case to case, and has to
//! come out equal with equal evidence. Limits: both executions are made by one process of one
//! machine; that machines agree is for merged and replayed hunts to show.

use lockstep::{
    CompareConfig, Control, Event, Glance, GlanceConfig, OutcomeId, Replayer, Schedule, Variant, compare, scramble,
};

use super::config::HuntConfig;

/// Executions of each variant that are traced: one of each kind of schedule in the portfolio.
const TRACED: u64 = 4;

/// Random schedules of each kind in a comparison of a variant with itself, and of its other stages.
const SAMPLED: u64 = 16;
const ENUMERATED_MAX: u64 = 64;

/// What was found not to be the same, and how much was compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noise {
    /// Executions made a second time.
    pub repeated: u64,
    /// Comparisons of a variant with itself.
    pub compared: u64,
    /// Executions that came out otherwise, and comparisons that found a difference.
    pub violations: u64,
    /// The first of them, in words.
    pub violation: Option<String>,
    /// Executions made for all this.
    pub executions: u64,
    /// Their choice points.
    pub steps: u64,
}

impl Noise {
    fn violate(&mut self, what: impl FnOnce() -> String) {
        self.violations += 1;
        self.violation.get_or_insert_with(what);
    }
}

/// What must be the same when an execution is made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    id: OutcomeId,
    goals: u64,
    steps: u64,
    trace: Vec<Event>,
}

impl Shown {
    pub(super) fn of(glance: &Glance<'_>) -> Shown {
        Shown { id: glance.id(), goals: glance.goals(), steps: glance.steps(), trace: glance.trace().to_vec() }
    }

    fn is(&self, glance: &Glance<'_>) -> bool {
        let Shown { id, goals, steps, trace } = self;
        (*id, *goals, *steps) == (glance.id(), glance.goals(), glance.steps()) && *trace == glance.trace()
    }
}

/// How the execution of this number is run for a look.
pub(super) fn traced<'a>(number: u64, glance: &GlanceConfig<'a>) -> GlanceConfig<'a> {
    GlanceConfig { tracing: number < TRACED, ..*glance }
}

/// Makes the executions again, the last one first.
pub(super) fn repeat(
    replayer: &mut Replayer,
    variant: &Variant<'_>,
    once: &[Shown],
    schedule: &impl Fn(u64) -> Schedule,
    glance: &GlanceConfig<'_>,
    noise: &mut Noise,
) {
    for (number, shown) in once.iter().enumerate().rev() {
        let number = number as u64;
        let is_same = replayer.glance(&variant.program, &schedule(number), &traced(number, glance), |glance| {
            noise.steps += glance.steps();
            shown.is(glance)
        });
        noise.executions += 1;
        noise.repeated += 1;
        if !is_same {
            noise.violate(|| format!("{}: execution {number} differs when run again", variant.name));
        }
    }
}

/// Compares a variant with itself, under options that depend on the number.
pub(super) fn compare_with_itself(variant: &Variant<'_>, number: u64, config: &HuntConfig<'_>, noise: &mut Noise) {
    let options = options(number, config);
    let comparison = compare(&[*variant, *variant], &options);
    noise.executions += comparison.executions();
    noise.steps += comparison.explorations.iter().map(|exploration| exploration.steps).sum::<u64>();
    if config.control.is_some_and(Control::is_cancelled) {
        return;
    }
    noise.compared += 1;
    if !comparison.is_equal() || comparison.explorations[0] != comparison.explorations[1] {
        noise.violate(|| format!("{} differs from itself under {options:?}", variant.name));
    }
}

fn options<'a>(number: u64, config: &HuntConfig<'a>) -> CompareConfig<'a> {
    let unrelated = scramble(number);
    CompareConfig {
        exhaustive_max: [0, ENUMERATED_MAX][unrelated as usize & 1],
        preemptions: [None, Some(0), Some(1), Some(2)][(unrelated >> 1) as usize & 3],
        enumerated_max: ENUMERATED_MAX,
        sampled: SAMPLED,
        confirmed: SAMPLED,
        seed: unrelated,
        memory: config.memory,
        control: config.control,
        ..CompareConfig::default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use lockstep::{Abandon, GlanceConfig, MemoryModel, Program, Replayer, Schedule, Variant, probe};

    use super::{HuntConfig, Noise, Shown, compare_with_itself, repeat, traced};
    use crate::Repairs;

    /// Runs something eight times, again, and against itself: the violations of both kinds.
    #[track_caller]
    fn check(body: &(dyn Fn() + Sync), expected: [bool; 2]) {
        let program = Program { body, abandon: Abandon::Unwind };
        let variant = Variant { name: "subject", program };
        let (mut replayer, glance) = (Replayer::new(), GlanceConfig::default());
        let schedule = |number: u64| Schedule::uniform(number);
        let once: Vec<Shown> = (0..8)
            .map(|number| replayer.glance(&program, &schedule(number), &traced(number, &glance), Shown::of))
            .collect();
        let mut noise = Noise::default();
        repeat(&mut Replayer::new(), &variant, &once, &schedule, &glance, &mut noise);
        assert_eq!((noise.repeated, noise.executions), (8, 8));
        let repeated = noise.violations;
        let config = HuntConfig {
            variants: &[],
            repairs: Repairs::NONE,
            memory: MemoryModel::Sc,
            schedules: 0,
            exhaustive_max: 0,
            soaks: true,
            control: None,
        };
        compare_with_itself(&variant, 2, &config, &mut noise);
        assert_eq!(noise.compared, 1);
        assert_eq!([repeated > 0, noise.violations > repeated], expected, "{noise:?}");
        assert_eq!(noise.violation.is_some(), noise.violations > 0);
    }

    #[test]
    fn a_subject_that_keeps_nothing_makes_no_noise() {
        check(&|| probe::observe(3), [false, false]);
    }

    #[test]
    fn a_subject_that_counts_its_executions_is_noticed_in_both_ways() {
        let executions = AtomicU64::new(0);
        check(&|| probe::observe(executions.fetch_add(1, Ordering::Relaxed)), [true, true]);
    }
}
