//! Repetition: whether the same schedule gives the same execution, which everything else rests on.
//!
//! Promise: of each variant some schedules of every kind are run twice before it is explored and
//! once more behind everything that was explored in between, and each witness is run twice on the
//! variant that shows its outcome, where it must show it. A subject that depends on something that
//! no schedule decides, such as a clock, an address, or state that it keeps from one execution to
//! the next, is so caught by the first of these that differs. Limit: what differs on other
//! schedules only is not seen; the count says how many were tried.

use super::compare::{Comparison, compare};
use super::config::CompareConfig;
use super::variant::Variant;
use crate::explore::{Control, Execution, Mismatch, mismatch_of, portfolio, run};
use crate::schedule::Schedule;
use std::fmt;

/// Random schedules that are repeated on each variant, beside the one without preemptions: some of
/// each kind that samples are drawn by.
const RANDOM_SCHEDULES: u64 = 12;

/// Where the same schedule gave two executions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nondeterminism {
    /// The variant, by index.
    pub variant: usize,
    /// The schedule.
    pub schedule: Schedule,
    /// Where the executions part.
    pub parting: Parting,
}

/// How two executions under one schedule part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parting {
    /// At an event, or at the end.
    Event(Mismatch),
    /// The witness of an outcome does not show it when it is run again.
    Witness,
}

impl fmt::Display for Parting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Parting::Event(mismatch) => mismatch.fmt(f),
            Parting::Witness => {
                f.write_str("the same schedule ran differently: it showed an outcome that it shows no more")
            }
        }
    }
}

/// What was repeated, and what it showed.
#[derive(Clone, Debug, Default)]
pub struct Repetition {
    /// Executions of each variant to which later ones are held.
    firsts: Vec<(usize, Schedule, Execution)>,
    /// Schedules that were run more than once.
    pub schedules: u64,
    /// The first that ran differently.
    pub nondeterminism: Option<Nondeterminism>,
}

/// Runs schedules twice on each variant, before it is explored.
pub fn repeat(variants: &[Variant<'_>], config: &CompareConfig<'_>) -> Repetition {
    let mut repetition = Repetition::default();
    for (at, variant) in variants.iter().enumerate() {
        let first = run_once(variant, &Schedule::in_order(), config);
        for schedule in schedules(config, first.steps) {
            let first = run_once(variant, &schedule, config);
            repetition.hold(at, variant, &schedule, &first, config);
            repetition.firsts.push((at, schedule, first));
            repetition.schedules += 1;
        }
    }
    repetition
}

/// Runs the same schedules again, and each witness twice, behind the comparison.
pub fn repeat_again(
    mut repetition: Repetition,
    variants: &[Variant<'_>],
    comparison: &Comparison,
    config: &CompareConfig<'_>,
) -> Repetition {
    for (at, schedule, first) in std::mem::take(&mut repetition.firsts) {
        repetition.hold(at, &variants[at], &schedule, &first, config);
    }
    for divergence in &comparison.divergences {
        let (at, schedule) = (divergence.shown_by, &divergence.witness);
        let first = run_once(&variants[at], schedule, config);
        if first.outcome.id != divergence.outcome {
            repetition.found(Nondeterminism { variant: at, schedule: schedule.clone(), parting: Parting::Witness });
        }
        repetition.hold(at, &variants[at], schedule, &first, config);
        repetition.schedules += 1;
    }
    repetition
}

impl Repetition {
    /// Compares what was repeated. Of a subject that runs differently each time no outcome set can
    /// be known, and each execution may add to it: then the comparison ends as if it had been
    /// cancelled, without verdicts.
    pub fn compare(&self, variants: &[Variant<'_>], config: &CompareConfig<'_>) -> Comparison {
        if self.nondeterminism.is_none() {
            return compare(variants, config);
        }
        let ended = Control::new();
        ended.cancel();
        let control = Some(&ended);
        compare(variants, &CompareConfig { exhaustive_max: 0, preemptions: None, sampled: 1, control, ..*config })
    }

    /// Holds one more execution of the schedule to the first.
    fn hold(
        &mut self,
        at: usize,
        variant: &Variant<'_>,
        schedule: &Schedule,
        first: &Execution,
        config: &CompareConfig<'_>,
    ) {
        let again = run_once(variant, schedule, config);
        if let Some(mismatch) = mismatch_of(first, &again) {
            let parting = Parting::Event(mismatch);
            self.found(Nondeterminism { variant: at, schedule: schedule.clone(), parting });
        }
    }

    fn found(&mut self, nondeterminism: Nondeterminism) {
        self.nondeterminism.get_or_insert(nondeterminism);
    }
}

fn run_once(variant: &Variant<'_>, schedule: &Schedule, config: &CompareConfig<'_>) -> Execution {
    run(&variant.program, schedule, &config.run())
}

/// The schedule without preemptions and some of every random kind, for executions of about this
/// length.
fn schedules(config: &CompareConfig<'_>, length: u64) -> Vec<Schedule> {
    let length = u32::try_from(length).unwrap_or(u32::MAX).max(1);
    let random = (0..RANDOM_SCHEDULES).map(|number| portfolio(config.seed, number, length));
    std::iter::once(Schedule::in_order()).chain(random).collect()
}
