//! A decision, explained: the execution that decides a claim beside the nearest one that does not.
//!
//! For a claim that compares two variants that is the other variant under the same schedule. For a
//! claim about executions it is the same variant under the same schedule but for one decision, the
//! last that matters; if there is none, another design under the same schedule.

use lockstep::{Decision as Choice, Execution, Explicit, Outcome, RunConfig, Schedule};

use super::claim::{LOCKED, LOCKLESS, REMOVED, Statement};
use super::decision::{Absent, Decision, Witness};
use super::laboratory::execution;

/// Two executions and what to call them.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Names for the two columns.
    pub names: [String; 2],
    /// The execution that decides the claim, and the other.
    pub executions: [Execution; 2],
}

/// The two executions, if the decision rests on one.
pub fn explain(decision: &Decision) -> Option<Explanation> {
    let witness = decision.witness.as_ref()?;
    let config = RunConfig { memory: decision.memory, ..RunConfig::default() };
    let of =
        |variant: &str, schedule: &Schedule| execution(witness.subject, (variant, witness.scenario), schedule, &config);
    let deciding = of(witness.variant, &witness.schedule);
    let (name, other) = match (witness.absent, decision.claim.statement) {
        (Some(Absent { variant, .. }), _) => (variant.to_owned(), of(variant, &witness.schedule)),
        (None, Statement::Never(_, shows) | Statement::Sometimes(_, shows)) => nearest(witness, shows, &config)?,
        (None, _) => return None,
    };
    Some(Explanation { names: [witness.variant.to_owned(), name], executions: [deciding, other] })
}

/// An execution that does not show it, as near to the witness as there is one.
fn nearest(witness: &Witness, shows: fn(&Outcome) -> bool, config: &RunConfig<'_>) -> Option<(String, Execution)> {
    let without = (0..decisions(&witness.schedule).len()).rev().map(|at| {
        let mut schedule = witness.schedule.clone();
        if let Schedule::Explicit(Explicit { decisions, .. }) = &mut schedule {
            decisions.remove(at);
        }
        (format!("{}, one decision less", witness.variant), witness.variant, schedule)
    });
    let others = [LOCKED, LOCKLESS, REMOVED].into_iter().filter(|name| *name != witness.variant);
    let others = others.map(|name| (name.to_owned(), name, witness.schedule.clone()));
    without.chain(others).find_map(|(name, variant, schedule)| {
        let execution = execution(witness.subject, (variant, witness.scenario), &schedule, config);
        (!shows(&execution.outcome)).then_some((name, execution))
    })
}

fn decisions(schedule: &Schedule) -> &[Choice] {
    match schedule {
        Schedule::Explicit(explicit) => &explicit.decisions,
        _ => &[],
    }
}
