//! Executions one by one, on the same stacks, for those who keep their own books over many
//! programs.
//!
//! An exploration keeps the outcomes of one program. Whoever runs thousands of programs a few
//! hundred times each would spend more on making stacks than on running, and wants to count other
//! things.

use super::outcome::{Outcome, OutcomeId};
use super::{Program, Replayer, RunConfig};
use crate::schedule::{Plan, Schedule};
use crate::sim::{Bounds, Event, Gaps, Machine};

/// How an execution is run for a glance.
#[derive(Clone, Copy, Debug, Default)]
pub struct GlanceConfig<'a> {
    /// As for a whole execution.
    pub run: RunConfig<'a>,
    /// Whether a trace is kept.
    pub tracing: bool,
}

/// An execution that has just ended. What is not looked at costs nothing.
#[derive(Clone, Copy)]
pub struct Glance<'a> {
    machine: &'a Machine,
}

impl std::fmt::Debug for Glance<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Glance").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl Glance<'_> {
    /// Identity of its outcome.
    pub fn id(&self) -> OutcomeId {
        OutcomeId(self.machine.outcome_hash())
    }

    /// Everything a client can tell.
    pub fn outcome(&self) -> Outcome {
        Outcome::of(self.machine)
    }

    /// Goals reached.
    pub fn goals(&self) -> u64 {
        self.machine.goals()
    }

    /// Choice points.
    pub fn steps(&self) -> u64 {
        self.machine.steps()
    }

    /// Whether the step limit ended it.
    pub fn is_cut(&self) -> bool {
        self.machine.is_cut()
    }

    /// What it has missed: one for each kind of gap.
    pub fn gaps(&self) -> Gaps {
        self.machine.lacks().gaps()
    }

    /// All events, in order, if a trace was kept.
    pub fn trace(&self) -> &[Event] {
        self.machine.trace()
    }
}

impl Replayer {
    /// Runs one execution and looks at it.
    pub fn glance<R>(
        &mut self,
        program: &Program<'_>,
        schedule: &Schedule,
        config: &GlanceConfig<'_>,
        look: impl FnOnce(&Glance<'_>) -> R,
    ) -> R {
        let bounds = Bounds {
            memory: config.run.memory,
            steps_max: config.run.steps_max,
            tracing: config.tracing,
            logging: false,
            rounds_max: 1,
        };
        let plan = Plan::Schedule(schedule);
        let look = |machine: &Machine| look(&Glance { machine });
        config
            .run
            .follow(schedule, |turn| self.runner.run_observed(program.body, plan, &bounds, program.abandon, turn, look))
    }
}
