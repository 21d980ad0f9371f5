//! Executions as text: what a token shows in every variant.
//!
//! This file is part of `lockstep` and of every package that it generates, so it knows nothing of either.

use crate::watch::{self, CONTROL, Running};
use lockstep::{
    Describe, Execution, Outcome, RunConfig, Token, Variant, difference_lines, end_lines, history_lines, run,
    trace_lines,
};

/// The execution that a token names, in each of these variants, and where the first two of them part.
pub fn replay_text(token: &Token, programs: &[Variant<'_>], words: &dyn Describe, whole_trace: bool) -> String {
    let executions: Vec<Execution> = programs.iter().map(|one| watched(token, one)).collect();
    let mut text = format!("{token}\n");
    for (nth, (program, execution)) in programs.iter().zip(&executions).enumerate() {
        let id = execution.outcome.id;
        let skipped = match execution.skipped {
            0 => String::new(),
            1 => " (1 decision of the schedule found no place)".to_owned(),
            count => format!(" ({count} decisions of the schedule found no place)"),
        };
        text += &format!("\n{}: outcome {id}{skipped}\n", program.name);
        match executions[..nth].iter().position(|earlier| earlier.outcome.id == id) {
            Some(earlier) => text += &format!("  the same as {}\n", programs[earlier].name),
            None => text += &outcome_text(&execution.outcome, words),
        }
        if whole_trace {
            text += &trace_text(execution, words);
        }
    }
    let differs = |at: &usize| executions[*at].outcome.id != executions[at + 1].outcome.id;
    if let Some(at) = (0..executions.len().saturating_sub(1)).find(differs) {
        text.push('\n');
        let names = (programs[at].name, programs[at + 1].name);
        for line in difference_lines(names, (&executions[at], &executions[at + 1]), words, true) {
            text += &format!("  {line}\n");
        }
    }
    text
}

/// Runs the token's schedule under the eyes of the watchdog: what it does not survive it may never end.
fn watched(token: &Token, variant: &Variant<'_>) -> Execution {
    run(&variant.program, &token.schedule, &begin(token, variant))
}

/// Tells the watchdog whose executions come now; how they are to be run.
pub fn begin(token: &Token, variant: &Variant<'_>) -> RunConfig<'static> {
    watch::begin(Running {
        subject: token.subject.clone(),
        scenario: token.scenario.clone(),
        variants: variant.name.to_owned(),
        memory: token.memory,
    });
    RunConfig { memory: token.memory, control: Some((&CONTROL, 0)), ..RunConfig::default() }
}

/// All events, numbered.
pub fn trace_text(execution: &Execution, words: &dyn Describe) -> String {
    let mut text = String::new();
    for (nth, line) in trace_lines(execution, words).iter().enumerate() {
        let site = line.sites.last().map_or(String::new(), |site| format!("  [{site}]"));
        text += &format!("{nth:5}  {}{site}  {}\n", line.cell(), line.place);
    }
    text
}

/// What a client can tell, indented.
pub fn outcome_text(outcome: &Outcome, words: &dyn Describe) -> String {
    let mut text = String::new();
    for (column, entries) in history_lines(outcome, words) {
        text += &format!("  {column}:\n");
        for entry in entries {
            text += &format!("    {entry}\n");
        }
    }
    for (nth, line) in end_lines(&outcome.end).iter().enumerate() {
        text += &format!("  {}{line}\n", if nth == 0 { "end: " } else { "  " });
    }
    text
}
