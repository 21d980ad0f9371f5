//! Single executions: `run`, `replay` and `minimize`.

use super::sides::two_columns;
use crate::cli::arguments::{CORPUS, Options};
use crate::cli::counted::counted;
use crate::cli::selection::{Selection, find_scenario, find_variant};
use crate::cli::trouble::Trouble;
use crate::cli::value_error::ValueError;
use crate::document::{FaultPart, OutcomePart, TracePart};
use crate::hunt::corpus;
use crate::workshop::{select_steps, situation};
use lockstep::{Schedule, Token};
use lockstep_runner::protocol::{ExecutionPart, Listing, Minimize, Minimized, Parting, Ran, Run, Setting};
use lockstep_runner::{Bench, minimized, ran};
use std::borrow::Cow;
use std::path::Path;
use utrace_variants::claims::{Claim, How, TokenSubject, claim_lines};
use utrace_variants::{Repairs, Scenario, VariantInfo, Words, generated, subject_name};

/// One execution of each of these variants under a uniform schedule, with its trace.
pub fn run_one(
    bench: &mut dyn Bench,
    listing: &Listing,
    variants: Vec<String>,
    settings: &[Setting],
    seed: u64,
) -> Result<String, Trouble> {
    let [setting] = settings else {
        let of = |is_it: fn(&Setting, &Setting) -> bool| settings.iter().all(|one| is_it(one, &settings[0]));
        return Err(Trouble::usage(match of(|one, other| one.scenario == other.scenario) {
            true => "run is with repairs or without: say --repairs none or --repairs all",
            false => "run needs one scenario: say which with --scenario, as in 'lockstep run --scenario S3'",
        }));
    };
    let subject = if setting.repaired { listing.repaired.clone() } else { Some(listing.subject.clone()) };
    let subject = subject.ok_or_else(|| Trouble::usage("the subject knows no repairs"))?;
    let Setting { scenario, memory, .. } = setting.clone();
    let token = Token { subject, scenario, memory, schedule: Schedule::uniform(seed) };
    let Ran { situation, executions, .. } = bench.run(Run { token: token.clone(), variants, trace: true })?;
    let one = |one: &ExecutionPart| {
        let mut text = format!("{} on {}: {}\n", situation.id, one.variant, situation.name);
        text += &format!("token: {token}\nthe same, written out: {}\n", one.written_out);
        text += &one.trace.as_ref().map_or(String::new(), trace_text);
        text + &outcome_text(&one.outcome) + &faults_text(&one.faults)
    };
    Ok(executions.iter().map(one).collect::<Vec<_>>().join("\n"))
}

/// The execution that a token names, in the steps of a series that the options name, or in all.
pub fn replay_steps(
    bench: &mut dyn Bench,
    listing: &Listing,
    token: &str,
    whole_trace: bool,
    options: &Options,
) -> Result<String, Trouble> {
    let token = parse(token)?;
    let variants = select_steps(listing, options)?;
    let ran = bench.run(Run { token: token.clone(), variants, trace: whole_trace })?;
    Ok(format!("{}: {}\n{}", ran.situation.id, ran.situation.question, ran_text(&token, &ran)))
}

/// The smallest schedule that was found to show what each step of a series shows under a token.
pub fn minimize_steps(
    bench: &mut dyn Bench,
    listing: &Listing,
    token: &str,
    options: &Options,
) -> Result<String, Trouble> {
    let token = parse(token)?;
    let variants = select_steps(listing, options)?;
    let all = bench.minimize(Minimize { token, variants })?;
    Ok(all.iter().map(minimized_text).collect())
}

fn parse(token: &str) -> Result<Token, ValueError> {
    token.parse().map_err(|error: lockstep::TokenError| ValueError::new(error.to_string()))
}

/// What each variant did, and where the first two with different outcomes part.
fn ran_text(token: &Token, ran: &Ran) -> String {
    let mut text = format!("{token}\n");
    for (nth, one) in ran.executions.iter().enumerate() {
        let skipped = match one.skipped {
            0 => String::new(),
            1 => " (1 decision of the schedule found no place)".to_owned(),
            count => format!(" ({count} decisions of the schedule found no place)"),
        };
        text += &format!("\n{}: outcome {}{skipped}\n", one.variant, one.outcome.id);
        match ran.executions[..nth].iter().find(|earlier| earlier.outcome.id == one.outcome.id) {
            Some(earlier) => text += &format!("  the same as {}\n", earlier.variant),
            None => text += &(outcome_text(&one.outcome) + &faults_text(&one.faults)),
        }
        text += &one.trace.as_ref().map_or(String::new(), trace_text);
    }
    let Some(Parting { sentences, witness }) = &ran.parting else { return text };
    text.push('\n');
    sentences.iter().for_each(|line| text += &format!("  {line}\n"));
    two_columns(witness).iter().for_each(|line| text += &format!("    {line}\n"));
    text
}

/// All events, numbered.
fn trace_text(trace: &TracePart) -> String {
    let mut text = String::new();
    for (nth, event) in trace.events.iter().enumerate() {
        let mark = match (event.observable, event.remark) {
            (true, _) => "* ",
            (_, true) => "# ",
            _ => "",
        };
        let site = event.site.as_ref().map_or(String::new(), |site| format!("  [{site}]"));
        let thread = &trace.threads[event.thread];
        text += &format!("{nth:5}  {thread}: {mark}{}{site}  {}\n", event.text, event.place);
    }
    text
}

/// What a client can tell, indented.
pub fn outcome_text(outcome: &OutcomePart) -> String {
    let mut text = String::new();
    for column in &outcome.history {
        text += &format!("  {}:\n", column.name);
        column.entries.iter().for_each(|entry| text += &format!("    {entry}\n"));
    }
    for (nth, line) in outcome.end.iter().enumerate() {
        text += &format!("  {}{line}\n", if nth == 0 { "end: " } else { "  " });
    }
    text
}

/// Who did where what nobody can want, indented.
pub fn faults_text(faults: &[FaultPart]) -> String {
    faults.iter().flat_map(FaultPart::lines).map(|line| format!("    {line}\n")).collect()
}

fn minimized_text(Minimized { variant, outcome, preemptions, token }: &Minimized) -> String {
    format!("{variant}: outcome {outcome}, {}\n  {token}\n", counted(*preemptions, "preemption"))
}

/// What a token names.
struct Named {
    token: Token,
    subject: TokenSubject,
    scenario: Cow<'static, Scenario>,
}

fn named(token: &str) -> Result<Named, ValueError> {
    let token = parse(token)?;
    let subject = TokenSubject::from_name(&token.subject).ok_or_else(|| {
        let known = [Repairs::NONE, Repairs::ALL].map(subject_name).into_iter();
        let unknown = ValueError::unknown("subject", &token.subject, known);
        unknown.with("; one of your own is named with --base FILE --series PATCHES")
    })?;
    let id = &token.scenario;
    // Generated scenarios are made again; those cut down are in the corpus.
    let scenario = match generated(id).or_else(|| corpus::find_scenario(Path::new(CORPUS), id)) {
        Some(made) => Cow::Owned(made),
        None => {
            let gone = |error| ValueError::new(format!("the token's scenario is gone: {error}"));
            Cow::Borrowed(find_scenario(id).map_err(gone)?)
        }
    };
    Ok(Named { token, subject, scenario })
}

/// The execution that a token names, in every selected variant; that of a claim in those the claim
/// speaks of, unless some were `chosen`.
pub fn replay(selection: &Selection, token: &str, whole_trace: bool, chosen: bool) -> Result<String, ValueError> {
    let Named { token, subject, scenario } = named(token)?;
    let variants = match subject.claim() {
        Some(claim) if !chosen => spoken_of(claim)?,
        _ => selection.variants.clone(),
    };
    let claim = subject.claim().map_or(String::new(), |claim| claim_lines(claim).join("\n") + "\n\n");
    let mut heading = format!("{}: {}\n{}\n", scenario.id, scenario.name, scenario.question);
    scenario.program_lines().iter().for_each(|line| heading += &format!("  {line}\n"));
    let replayed = subject.with_programs(&variants, &scenario, |programs| {
        ran(situation(&scenario), &token, programs, &Words, whole_trace)
    });
    Ok(claim + &heading + &ran_text(&token, &replayed))
}

/// The variants that a claim speaks of, and those that it compares them with.
fn spoken_of(claim: &Claim) -> Result<Vec<&'static VariantInfo>, ValueError> {
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

/// For every selected variant the smallest schedule that was found to show what it shows under the
/// token.
pub fn minimize(selection: &Selection, token: &str) -> Result<String, ValueError> {
    let Named { token, subject, scenario } = named(token)?;
    Ok(subject.with_programs(&selection.variants, &scenario, |programs| {
        programs.iter().map(|variant| minimized_text(&minimized(&token, variant))).collect()
    }))
}
