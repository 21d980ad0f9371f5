//! Executions as parts: what one schedule shows in every variant.

use crate::local::begin;
use crate::protocol::{ExecutionPart, Ran, Situation};
use crate::record::outcome_part;
use crate::witness::trace_part;
use lockstep::{Describe, Execution, Schedule, Token, Variant, difference_lines, explicit, run, trace_lines};

/// Runs the token's schedule in each of these variants, and says where the first two of them part.
pub fn ran(
    situation: Situation,
    token: &Token,
    programs: &[Variant<'_>],
    words: &dyn Describe,
    whole_trace: bool,
) -> Ran {
    let execution = |one: &Variant<'_>| run(&one.program, &token.schedule, &begin(token, one));
    let executions: Vec<Execution> = programs.iter().map(execution).collect();
    let part = |(program, execution): (&Variant<'_>, &Execution)| ExecutionPart {
        variant: program.name.to_owned(),
        outcome: outcome_part(&execution.outcome, 1, words),
        skipped: execution.skipped,
        written_out: Token {
            schedule: Schedule::Explicit(explicit(&program.program, &token.schedule, &begin(token, program))),
            ..token.clone()
        },
        trace: whole_trace.then(|| trace_part(execution, &trace_lines(execution, words))),
    };
    let differs = |at: &usize| executions[*at].outcome.id != executions[at + 1].outcome.id;
    let parting = (0..executions.len().saturating_sub(1)).find(differs).map(|at| {
        let names = (programs[at].name, programs[at + 1].name);
        difference_lines(names, (&executions[at], &executions[at + 1]), words, true)
    });
    Ran {
        situation,
        executions: programs.iter().zip(&executions).map(part).collect(),
        parting: parting.unwrap_or_default(),
    }
}
