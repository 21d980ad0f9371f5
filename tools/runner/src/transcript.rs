//! Executions as parts: what one schedule shows in every variant.

use crate::local::begin;
use crate::protocol::{ExecutionPart, Parting, Ran, Situation};
use crate::record::outcome_part;
use crate::sight::NamedExecution;
use crate::witness::{trace_part, witness_part};
use lockstep::{Describe, Execution, Schedule, Token, Variant, aligned, apart, explicit, run, trace_lines};

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
        faults: NamedExecution { name: program.name, execution }.faults(&trace_lines(execution, words)),
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
        parting(names, (&executions[at], &executions[at + 1]), words)
    });
    Ran { situation, executions: programs.iter().zip(&executions).map(part).collect(), parting }
}

fn parting(names: (&str, &str), sides: (&Execution, &Execution), words: &dyn Describe) -> Parting {
    let aligned = aligned(sides, words);
    let apart = apart(names, sides, &aligned, words);
    Parting { sentences: apart.sentences(), witness: witness_part(names, sides, &aligned, Vec::new()) }
}
