//! Single executions: `run`, `replay` and `minimize`.

use crate::cli::arguments::CORPUS;
use crate::cli::counted::counted;
use crate::cli::selection::{Selection, find_scenario, find_variant, unknown};
use crate::hunt::corpus;
use crate::shown::{begin, outcome_text, replay_text, trace_text};
use lockstep::{RunConfig, Schedule, Token, Variant, explicit, run};
use std::borrow::Cow;
use std::path::Path;
use utrace_variants::claims::{Claim, How, Subject, claim_lines};
use utrace_variants::{Repairs, Scenario, VariantInfo, Words, generated, subject_name, with_programs};

/// One execution of each selected variant under a uniform schedule, with its trace.
pub fn run_one(selection: &Selection, seed: u64) -> Result<String, String> {
    let [scenario] = selection.scenarios[..] else {
        return Err("run needs one scenario: say which with --scenario, as in 'lockstep run --scenario S3'".to_owned());
    };
    let [repairs] = selection.repairs[..] else {
        return Err("run is with repairs or without: say --repairs none or --repairs all".to_owned());
    };
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
            text += &trace_text(&execution, &Words);
            text + &outcome_text(&execution.outcome, &Words)
        };
        programs.iter().map(one).collect::<Vec<_>>().join("\n")
    });
    Ok(text)
}

/// What a token names.
struct Named {
    token: Token,
    subject: Subject,
    scenario: Cow<'static, Scenario>,
}

fn named(token: &str) -> Result<Named, String> {
    let token: Token = token.parse().map_err(|error: lockstep::TokenError| error.to_string())?;
    let subject = Subject::from_name(&token.subject).ok_or_else(|| {
        let known = [Repairs::NONE, Repairs::ALL].map(subject_name).into_iter();
        unknown("subject", &token.subject, known) + "; one of your own is named with --base FILE --series PATCHES"
    })?;
    let id = &token.scenario;
    // Generated scenarios are made again; those cut down are in the corpus.
    let scenario = match generated(id).or_else(|| corpus::find_scenario(Path::new(CORPUS), id)) {
        Some(made) => Cow::Owned(made),
        None => Cow::Borrowed(find_scenario(id).map_err(|error| format!("the token's scenario is gone: {error}"))?),
    };
    Ok(Named { token, subject, scenario })
}

/// The execution that a token names, in every selected variant; that of a claim in those the claim speaks of, unless some were `chosen`.
pub fn replay(selection: &Selection, token: &str, whole_trace: bool, chosen: bool) -> Result<String, String> {
    let Named { token, subject, scenario } = named(token)?;
    let variants = match subject.claim() {
        Some(claim) if !chosen => spoken_of(claim)?,
        _ => selection.variants.clone(),
    };
    let claim = subject.claim().map_or(String::new(), |claim| claim_lines(claim).join("\n") + "\n\n");
    let mut heading = format!("{}: {}\n{}\n", scenario.id, scenario.name, scenario.question);
    scenario.program_lines().iter().for_each(|line| heading += &format!("  {line}\n"));
    let replayed =
        subject.with_programs(&variants, &scenario, |programs| replay_text(&token, programs, &Words, whole_trace));
    Ok(claim + &heading + &replayed)
}

/// The variants that a claim speaks of, and those that it compares them with.
fn spoken_of(claim: &Claim) -> Result<Vec<&'static VariantInfo>, String> {
    let mut names: Vec<&str> = Vec::new();
    for asked in claim.asked {
        let other = match asked.how {
            How::Alone => None,
            How::Against(other) => Some(other),
            How::NotAtAll(_) => continue,
        };
        for name in other.into_iter().chain([asked.variant]) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.into_iter().map(find_variant).collect()
}

/// For every selected variant the smallest schedule that was found to show what it shows under the token.
pub fn minimize(selection: &Selection, token: &str) -> Result<String, String> {
    let Named { token, subject, scenario } = named(token)?;
    Ok(subject.with_programs(&selection.variants, &scenario, |programs| {
        let one = |variant: &Variant<'_>| {
            let config = begin(&token, variant);
            let shown = run(&variant.program, &token.schedule, &config).outcome.id;
            let (schedule, preemptions) = lockstep::minimize(&variant.program, &token.schedule, shown, &config);
            let smallest = Token { schedule, ..token.clone() };
            format!("{}: outcome {shown}, {}\n  {smallest}\n", variant.name, counted(preemptions, "preemption"))
        };
        programs.iter().map(one).collect()
    }))
}
