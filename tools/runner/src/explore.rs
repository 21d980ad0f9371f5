//! One variant explored on one scenario, and single executions.

use crate::document::GoalPart;
use crate::failure::Failure;
use crate::local::{Local, begin, watched};
use crate::protocol::{Explore, Explored, Minimize, Minimized, Ran, Run, SeenPart};
use crate::record::{Conditions, evidence_part, outcome_part};
use crate::sight::NamedExecution;
use crate::transcript::ran;
use crate::watchdog::CONTROL;
use lockstep::{
    Entry, Exploration, ExploreConfig, Program, Strategy, Token, explore, minimize, run, trace_lines, unshared,
};

impl Local<'_> {
    /// Explores the variant.
    pub(crate) fn explored(&self, asked: &Explore) -> Result<Explored, Failure> {
        let (_, situation) = self.scenario(&asked.setting.scenario)?;
        let conditions = Conditions {
            subject: self.name(asked.setting.repaired)?,
            repairs: self.repairs(asked.setting.repaired),
            memory: asked.setting.memory,
            repeated: 0,
        };
        self.with_variants(&asked.setting, std::slice::from_ref(&asked.variant), |variants| {
            let program = &variants[0].program;
            let exploration = asked.explore(program);
            // Where schedules make a difference there is no need to look.
            let is_one = exploration.outcomes.len() == 1;
            let unshared = if is_one { unshared(program, &watched(asked.setting.memory)) } else { None };
            let goal = |(at, name): (usize, &String)| GoalPart {
                name: name.clone(),
                reached: exploration.goals & (1 << at) != 0,
            };
            let words = self.subject.words();
            let faults = |seen: &lockstep::Seen| {
                let has_warned = seen
                    .outcome
                    .columns
                    .iter()
                    .any(|column| column.entries.iter().any(|entry| matches!(entry, Entry::Warning(_))));
                if !has_warned && !seen.outcome.end.is_fault() {
                    return Vec::new();
                }
                let execution = run(program, &seen.witness, &watched(asked.setting.memory));
                NamedExecution { name: variants[0].name, execution: &execution }.faults(&trace_lines(&execution, words))
            };
            let seen = |seen: &lockstep::Seen| SeenPart {
                outcome: outcome_part(&seen.outcome, seen.count, words),
                faults: faults(seen),
                token: conditions.token(&situation, &seen.witness),
            };
            Explored {
                subject: conditions.subject.clone(),
                repairs: conditions.repairs.clone(),
                complete: !exploration.cancelled,
                evidence: evidence_part(exploration.evidence),
                executions: exploration.executions,
                redundant: exploration.redundant,
                cut: exploration.gaps.cut,
                goals: situation.goals.iter().enumerate().map(goal).collect(),
                outcomes: exploration.outcomes.iter().map(seen).collect(),
                unshared: unshared.map(|unshared| unshared.to_string()),
            }
        })
    }

    /// Runs a token's schedule.
    pub(crate) fn ran(&self, Run { token, variants, trace }: &Run) -> Result<Ran, Failure> {
        let setting = self.setting(token)?;
        let (_, situation) = self.scenario(&setting.scenario)?;
        self.with_variants(&setting, variants, |variants| ran(situation, token, variants, self.subject.words(), *trace))
    }

    /// Looks for smaller schedules than a token's.
    pub(crate) fn minimized(&self, Minimize { token, variants }: &Minimize) -> Result<Vec<Minimized>, Failure> {
        let setting = self.setting(token)?;
        self.with_variants(&setting, variants, |variants| {
            variants.iter().map(|variant| minimized(token, variant)).collect()
        })
    }
}

/// The smallest schedule that was found to show in a variant what the token's shows there.
pub fn minimized(token: &Token, variant: &lockstep::Variant<'_>) -> Minimized {
    let config = begin(token, variant);
    let outcome = run(&variant.program, &token.schedule, &config).outcome.id;
    let (schedule, preemptions) = minimize(&variant.program, &token.schedule, outcome, &config);
    let token = Token { schedule, ..token.clone() };
    Minimized { variant: variant.name.to_owned(), outcome: outcome.to_string(), preemptions, token }
}

impl Explore {
    /// Explores a program as it is asked.
    pub fn explore(&self, program: &Program<'_>) -> Exploration {
        let effort = self.effort;
        let base = ExploreConfig {
            seed: effort.seed,
            jobs: self.jobs.max(1),
            memory: self.setting.memory,
            control: Some(&CONTROL),
            ..ExploreConfig::default()
        };
        if self.exhaustive {
            let strategy = Strategy::Exhaustive;
            return explore(program, &ExploreConfig { strategy, executions: u64::MAX, ..base });
        }
        let strategy = Strategy::Bounded { preemptions: effort.preemptions };
        let mut total = explore(program, &ExploreConfig { strategy, executions: effort.enumerated, ..base });
        let strategy = Strategy::Portfolio { length: None };
        if !total.evidence.is_exhaustive() && !total.cancelled && effort.executions > 0 {
            total.merge(explore(program, &ExploreConfig { strategy, executions: effort.executions, ..base }));
        }
        total
    }
}
