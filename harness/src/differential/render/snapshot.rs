//! The text of a comparison that is committed and reviewed.

use super::Describe;
use super::columns::difference_lines;
use super::lines::{end_lines, history_lines};
use crate::differential::compare::{Comparison, Divergence};
use crate::differential::judge::{Attribution, Pair};
use crate::differential::shared::{SharedEnds, shared_ends};
use crate::differential::variant::Variant;
use crate::explore::{Outcome, OutcomeId, RunConfig, run};
use crate::sim::MemoryModel;
use crate::token::Token;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Divergences of one scenario that are shown with their histories; all others are listed, and
/// their witnesses replay as well.
const TOLD_MAX: usize = 6;

/// What stands above the results: which question the comparison answers.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'a> {
    /// The subject, as it stands in tokens.
    pub subject: &'a str,
    /// Id of the scenario, as it stands in tokens.
    pub scenario: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it asks.
    pub question: &'a str,
    /// What each thread does, a line a thread.
    pub program: &'a [String],
    /// Where the question comes from.
    pub source: &'a str,
    /// Names of its goals, by number.
    pub goals: &'a [&'a str],
    /// The memory model.
    pub memory: MemoryModel,
}

/// The comparison as text.
pub fn render(
    heading: &Heading<'_>,
    variants: &[Variant<'_>],
    comparison: &Comparison,
    describe: &dyn Describe,
) -> String {
    let mut text = String::new();
    let Heading { scenario, title, question, source, memory, .. } = heading;
    put(&mut text, format_args!("{scenario}: {title}"));
    put(&mut text, format_args!("{question}"));
    put(&mut text, format_args!("Source: {source}"));
    for line in heading.program {
        put(&mut text, format_args!("  {line}"));
    }
    put(&mut text, format_args!("Memory model: {}", memory.name()));
    put(&mut text, format_args!(""));
    for (name, exploration) in comparison.variants.iter().zip(&comparison.explorations) {
        put(&mut text, format_args!("{name}: {}", exploration.evidence));
    }
    for (at, goal) in heading.goals.iter().enumerate() {
        let reached = if comparison.goals() & (1 << at) != 0 { "sometimes" } else { "NOT REACHED" };
        put(&mut text, format_args!("goal, {reached}: {goal}"));
    }
    put(&mut text, format_args!(""));
    for pair in comparison.pairs.iter().filter(|pair| pair.second == pair.first + 1 || comparison.variants.len() == 2) {
        put(&mut text, format_args!("{}", pair_line(comparison, pair)));
    }
    if comparison.pairs.is_empty() && !comparison.cancelled {
        for names in comparison.variants.windows(2) {
            put(&mut text, format_args!("{} -> {}: nothing explored", names[0], names[1]));
        }
        return text;
    }
    common(&mut text, comparison);
    for ends in shared_ends(comparison) {
        shared(&mut text, &ends);
    }
    let mut traced: Vec<&Attribution> = Vec::new();
    for (nth, divergence) in comparison.divergences.iter().enumerate() {
        put(&mut text, format_args!(""));
        divergence_head(&mut text, heading, comparison, divergence);
        if nth < TOLD_MAX {
            // One trace for what each step brings and one for what it removes: the simplest, for
            // they are sorted so.
            let is_first = !traced.contains(&&divergence.attribution);
            traced.push(&divergence.attribution);
            divergence_body(&mut text, heading, variants, divergence, is_first, describe);
        }
    }
    text
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("writing to a string does not fail");
}

fn pair_line(comparison: &Comparison, pair: &Pair) -> String {
    let Pair { first, second, verdict, gained, lost, .. } = pair;
    let (first, second) = (&comparison.variants[*first], &comparison.variants[*second]);
    match (gained, lost) {
        (0, 0) => format!("{first} -> {second}: {verdict}"),
        _ => format!("{first} -> {second}: {verdict} (+{gained} -{lost})"),
    }
}

/// The outcomes that all variants show, by identity.
fn common(text: &mut String, comparison: &Comparison) {
    let outcomes = comparison.outcomes();
    let common: Vec<String> =
        outcomes.iter().filter(|(_, shown)| !shown.contains(&false)).map(|(id, _)| id.to_string()).collect();
    put(text, format_args!("shown by all:"));
    for line in common.chunks(8) {
        put(text, format_args!("  {}", line.join(" ")));
    }
    if common.is_empty() {
        put(text, format_args!("  nothing"));
    }
}

/// Ends that nobody can want and all variants show: how, and which of the outcomes above.
fn shared(text: &mut String, shared: &SharedEnds) {
    put(text, format_args!("ends badly in all, {}:", shared.kind.name()));
    for line in shared.outcomes.chunks(8) {
        let ids: Vec<String> = line.iter().map(OutcomeId::to_string).collect();
        put(text, format_args!("  {}", ids.join(" ")));
    }
    let ends: BTreeSet<Vec<String>> = shared.ends.iter().map(end_lines).collect();
    for lines in ends.iter().take(TOLD_MAX) {
        for (nth, line) in lines.iter().enumerate() {
            put(text, format_args!("    {}{line}", if nth == 0 { "" } else { "  " }));
        }
    }
    if ends.len() > TOLD_MAX {
        put(text, format_args!("    and {} others", ends.len() - TOLD_MAX));
    }
}

fn divergence_head(text: &mut String, heading: &Heading<'_>, comparison: &Comparison, divergence: &Divergence) {
    let names = |wanted: bool| {
        let named = comparison.variants.iter().zip(&divergence.shown).filter(|(_, shown)| **shown == wanted);
        named.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let absence = comparison.absence(divergence);
    put(text, format_args!("divergence {}", divergence.outcome));
    put(text, format_args!("  shown by {}; {absence} by {}", names(true), names(false)));
    for line in attribution_lines(comparison, divergence) {
        put(text, format_args!("  {line}"));
    }
    let plural = if divergence.preemptions == 1 { "" } else { "s" };
    put(text, format_args!("  witness, {} preemption{plural}: {}", divergence.preemptions, token(heading, divergence)));
}

/// What the witness shows in a variant that has the outcome, and how a variant that has not differs
/// under the same schedule.
fn divergence_body(
    text: &mut String,
    heading: &Heading<'_>,
    variants: &[Variant<'_>],
    divergence: &Divergence,
    traced: bool,
    describe: &dyn Describe,
) {
    let config = RunConfig { memory: heading.memory, ..RunConfig::default() };
    let execution = |variant: usize| run(&variants[variant].program, &divergence.witness, &config);
    let (with, without) = (execution(divergence.shown_by), execution(divergence.not_by));
    outcome_text(text, &with.outcome, describe);
    let pair = (variants[divergence.shown_by].name, variants[divergence.not_by].name);
    for line in difference_lines(pair, (&with, &without), describe, traced) {
        put(text, format_args!("  {line}"));
    }
}

/// The token of the witness of a divergence.
fn token(heading: &Heading<'_>, divergence: &Divergence) -> Token {
    Token {
        subject: heading.subject.to_owned(),
        scenario: heading.scenario.to_owned(),
        memory: heading.memory,
        schedule: divergence.witness.clone(),
    }
}

fn attribution_lines(comparison: &Comparison, divergence: &Divergence) -> Vec<String> {
    let step = |to: &usize| format!("the step from {} to {}", comparison.variants[to - 1], comparison.variants[*to]);
    let introduced = divergence.attribution.introduced.iter().map(|to| format!("brought by {}", step(to)));
    let removed = divergence.attribution.removed.iter().map(|to| format!("removed by {}", step(to)));
    introduced.chain(removed).collect()
}

fn outcome_text(text: &mut String, outcome: &Outcome, describe: &dyn Describe) {
    for (column, entries) in history_lines(outcome, describe) {
        put(text, format_args!("  {column}:"));
        for entry in entries {
            put(text, format_args!("    {entry}"));
        }
    }
    for (nth, line) in end_lines(&outcome.end).iter().enumerate() {
        put(text, format_args!("  {}{line}", if nth == 0 { "end: " } else { "  " }));
    }
}
