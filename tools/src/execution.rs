//! Single executions: `run` and `replay`.

use crate::arguments::CORPUS;
use crate::hunt::corpus;
use crate::selection::{Selection, find_scenario, unknown};
use lockstep::{
    Describe, Execution, Outcome, RunConfig, Schedule, Token, Variant, difference_lines, end_lines, explicit,
    history_lines, run, trace_lines,
};
use std::path::Path;
use utrace_variants::claims::{Subject, claim_lines};
use utrace_variants::{Repairs, Scenario, Words, generated, subject_name, with_programs};

/// One execution of one variant under a uniform schedule, with its trace.
pub fn run_one(selection: &Selection, seed: u64) -> Result<String, String> {
    let [scenario] = selection.scenarios[..] else {
        return Err("run needs one scenario: say which with --scenario, as in 'lockstep run --scenario S3'".to_owned());
    };
    let repairs = selection.repairs[0];
    let config = RunConfig { memory: selection.memory, ..RunConfig::default() };
    let text = with_programs(&selection.variants, repairs, scenario, |programs| {
        let schedule = Schedule::uniform(seed);
        let one = |program: &Variant<'_>| {
            let execution = run(&program.program, &schedule, &config);
            let explicit = Schedule::Explicit(explicit(&program.program, &schedule, &config));
            let token = |schedule| Token {
                subject: subject_name(repairs).to_owned(),
                scenario: scenario.id.to_string(),
                memory: selection.memory,
                schedule,
            };
            let mut text = format!("{} on {}: {}\n", scenario.id, program.name, scenario.name);
            text += &format!("token: {}\n", token(schedule.clone()));
            text += &format!("the same, written out: {}\n", token(explicit));
            text += &trace_text(&execution);
            text + &outcome_text(&execution.outcome)
        };
        programs.iter().map(one).collect::<Vec<_>>().join("\n")
    });
    Ok(text)
}

/// The execution that a token names, in every selected variant.
pub fn replay(selection: &Selection, token: &str, whole_trace: bool) -> Result<String, String> {
    let token: Token = token.parse().map_err(|error: lockstep::TokenError| error.to_string())?;
    let subject = Subject::from_name(&token.subject).ok_or_else(|| {
        unknown("subject", &token.subject, [Repairs::NONE, Repairs::ALL].map(subject_name).into_iter())
    })?;
    let id = &token.scenario;
    // Generated scenarios are made again; those cut down are in the corpus.
    let made = generated(id).or_else(|| corpus::find_scenario(Path::new(CORPUS), id));
    let scenario = match &made {
        Some(scenario) => scenario,
        None => find_scenario(id).map_err(|error| format!("the token's scenario is gone: {error}"))?,
    };
    let claim = subject.claim.map_or(String::new(), |claim| claim_lines(claim).join("\n") + "\n\n");
    let replayed = subject
        .with_programs(&selection.variants, scenario, |programs| replay_text(scenario, &token, programs, whole_trace));
    Ok(claim + &replayed)
}

fn replay_text(scenario: &Scenario, token: &Token, programs: &[Variant<'_>], whole_trace: bool) -> String {
    let config = RunConfig { memory: token.memory, ..RunConfig::default() };
    let executions: Vec<Execution> = programs.iter().map(|one| run(&one.program, &token.schedule, &config)).collect();
    let mut text = format!("{}: {}\n{}\n", scenario.id, scenario.name, scenario.question);
    scenario.program_lines().iter().for_each(|line| text += &format!("  {line}\n"));
    text += &format!("{token}\n");
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
            None => text += &outcome_text(&execution.outcome),
        }
        if whole_trace {
            text += &trace_text(execution);
        }
    }
    let differs = |at: &usize| executions[*at].outcome.id != executions[at + 1].outcome.id;
    if let Some(at) = (0..executions.len().saturating_sub(1)).find(differs) {
        text.push('\n');
        let names = (programs[at].name, programs[at + 1].name);
        for line in difference_lines(names, (&executions[at], &executions[at + 1]), &Words, true) {
            text += &format!("  {line}\n");
        }
    }
    text
}

fn trace_text(execution: &Execution) -> String {
    let mut text = String::new();
    for (nth, line) in trace_lines(execution, &Words as &dyn Describe).iter().enumerate() {
        let site = line.sites.last().map_or(String::new(), |site| format!("  [{site}]"));
        text += &format!("{nth:5}  {}{site}  {}\n", line.cell(), line.place);
    }
    text
}

/// What a client can tell, indented.
pub fn outcome_text(outcome: &Outcome) -> String {
    let mut text = String::new();
    for (column, entries) in history_lines(outcome, &Words) {
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
