//! What a checked series says to its reader: the terminal, a program, or a mail.

use super::check::Checked;
use crate::cli::counted::counted;
use crate::compare::ends;
use crate::document::{CausePart, DivergencePart, causes_text, counts_of, in_words};
use lockstep::{BadEnd, Evidence};
use lockstep_runner::protocol::{AttributionPart, Compared};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Causes shown of one scenario and one kind.
const SHOWN_MAX: usize = 3;

/// Columns of a mail.
const COLUMNS: usize = 72;

/// For people, with advice at the end.
pub fn text(checked: &Checked, causes: &[CausePart], memory: &str, advice: &[String]) -> String {
    let mut text = String::new();
    for (nth, step) in checked.steps.iter().enumerate() {
        text += &format!("{nth}  {}: {}\n", step.name, step.subject);
    }
    for scenario in &checked.outcomes.compared {
        let repaired = if scenario.part.is_repaired() { ", with repairs" } else { "" };
        text += &format!("\n{}{repaired}: {}\n", scenario.part.id, scenario.part.question);
        let counts: Vec<String> = scenario.part.outcome_counts().map(|count| count.to_string()).collect();
        let evidence = scenario.part.evidence().unwrap_or_default();
        let executions = counted(scenario.part.executions(), "execution");
        text += &format!("  outcomes of each step: {} ({evidence}), {executions}\n", counts.join("/"));
        for goal in scenario.part.missed() {
            text += &format!("  never reached: {goal}\n");
        }
        text += &bad_ends(scenario);
        text += &divergences(checked, scenario);
    }
    text += &causes_text(causes);
    text += "\n";
    for line in verdict(checked) {
        text += &format!("{line}\n");
    }
    text += &format!("memory model: {memory}\n");
    for line in advice {
        text += &format!("advice: {line}\n");
    }
    text
}

/// What is behind a word about equal outcomes that not every execution stands for.
fn as_far_as(is_exhaustive: bool, which: &str) -> String {
    if is_exhaustive { String::new() } else { format!(", as far as {which} explored") }
}

fn divergences(checked: &Checked, scenario: &Compared) -> String {
    let mut kinds: BTreeMap<(&[usize], &[usize]), Vec<&DivergencePart>> = BTreeMap::new();
    for (part, attribution) in scenario.divergences() {
        kinds.entry((&attribution.introduced[..], &attribution.removed[..])).or_default().push(part);
    }
    if let Some(gap) = scenario.part.gap() {
        return format!("  {gap}\n");
    }
    if kinds.is_empty() {
        return format!("  every step shows the same outcomes{}\n", as_far_as(scenario.part.is_exhaustive(), "it was"));
    }
    // What leads to an end that nobody can want comes before every other difference.
    let gravity = |one: &&DivergencePart| scenario.part.gravity(one);
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.iter_mut().for_each(|(_, all)| all.sort_by_key(gravity));
    kinds.sort_by_key(|(_, all)| gravity(&all[0]));
    let mut text = String::new();
    for ((introduced, removed), all) in &kinds {
        let names = |steps: &[usize]| {
            steps.iter().map(|&step| checked.steps[step].name.as_str()).collect::<Vec<_>>().join(" and ")
        };
        let count = counted(all.len(), "outcome");
        text += &match (introduced.is_empty(), removed.is_empty()) {
            (false, true) => format!("  {count} brought by {}\n", names(introduced)),
            (true, _) => format!("  {count} removed by {}\n", names(removed)),
            (false, false) if introduced[0] < removed[0] => format!(
                "  {count} brought by {} and removed by {}: visible only when bisecting\n",
                names(introduced),
                names(removed)
            ),
            (false, false) => {
                format!("  {count} removed by {} and brought back by {}\n", names(removed), names(introduced))
            }
        };
        for (kind, count) in bad_counts(scenario, all) {
            text += &format!("    {count} of them {} in {}\n", if count == 1 { "ends" } else { "end" }, in_words(kind));
        }
        let causes = by_cause(all);
        for (cause, of_it) in causes.iter().take(SHOWN_MAX) {
            let one = of_it[0];
            let preemptions = counted(one.preemptions, "preemption");
            let such = if of_it.len() > 1 { format!("{}, such as ", of_it.len()) } else { String::new() };
            text += &format!("    {such}{} ({preemptions})  {}\n", one.outcome, one.token);
            one.difference.split("; ").for_each(|part| text += &format!("      {part}\n"));
            for fault in &one.faults {
                fault.lines().for_each(|line| text += &format!("      {}: {line}\n", fault.variant));
            }
            if let Some(cause) = cause {
                text += &format!("      cause: {cause}\n");
            }
        }
        if causes.len() > SHOWN_MAX {
            let left: usize = causes[SHOWN_MAX..].iter().map(|(_, of_it)| of_it.len()).sum();
            text += &format!("    and {left} more\n");
        }
    }
    text
}

/// Divergences of one cause, with its name.
type OfCause<'a> = (Option<&'a str>, Vec<&'a DivergencePart>);

/// These by the cause of the first step that brings or removes them.
fn by_cause<'a>(all: &[&'a DivergencePart]) -> Vec<OfCause<'a>> {
    let mut causes: Vec<OfCause<'a>> = Vec::new();
    for &one in all {
        let cause = one.cause();
        match causes.iter_mut().find(|(known, _)| cause.is_some() && *known == cause) {
            Some((_, of_it)) => of_it.push(one),
            None => causes.push((cause, vec![one])),
        }
    }
    causes
}

/// How many of these end so that nobody can want it, by kind, the gravest first.
fn bad_counts(scenario: &Compared, all: &[&DivergencePart]) -> Vec<(BadEnd, usize)> {
    let count = |kind| all.iter().filter(|one| scenario.part.bad_end(one) == Some(kind)).count();
    BadEnd::ALL.map(|kind| (kind, count(kind))).into_iter().filter(|(_, count)| *count > 0).collect()
}

/// Ends that nobody can want and all steps show: once for each kind and step.
fn bad_ends(scenario: &Compared) -> String {
    let mut text = String::new();
    for ends in &scenario.part.bad_ends {
        let preemptions = counted(ends.preemptions, "preemption");
        text += &format!("  in every step, outcomes end in {} ({preemptions})  {}\n", ends.what(), ends.token);
        text += &format!("    {}\n", ends.how());
        ends.fault.iter().flat_map(|fault| fault.lines()).for_each(|line| text += &format!("      {line}\n"));
        for share in &ends.variants {
            text += &format!("    {}: {} of {} outcomes\n", share.name, share.bad, share.outcomes);
        }
    }
    text
}

/// One line for each kind of end that nobody can want, in every step and brought by a patch; then
/// one a patch, and one on bisecting.
pub fn verdict(checked: &Checked) -> Vec<String> {
    let mut lines = ends::lines(checked.outcomes.parts(), "every step, the base as well,");
    let (count, explored) = (checked.outcomes.wanted, checked.explored());
    let as_far = as_far_as(checked.is_exhaustive(), if explored == 1 { "it was" } else { "they were" });
    for (nth, step) in checked.steps.iter().enumerate().skip(1) {
        let mut changed = Vec::new();
        for scenario in &checked.outcomes.compared {
            let brings = scenario.divergences().filter(|(_, one)| one.introduced.contains(&nth)).count();
            let removes = scenario.divergences().filter(|(_, one)| one.removed.contains(&nth)).count();
            let repaired = if scenario.part.is_repaired() { "+R" } else { "" };
            if brings + removes > 0 {
                changed.push(format!("{}{repaired} {}", scenario.part.id, counts_of(brings, removes)));
            }
        }
        let (all, of) = match explored == count {
            true if count == 1 => ("the one scenario".to_owned(), "1 scenario".to_owned()),
            true => (format!("all {count} scenarios"), format!("{count} scenarios")),
            false => {
                let part = format!("the {explored} of {count} scenarios that were explored");
                (part.clone(), part)
            }
        };
        lines.push(match changed.len() {
            0 if explored == 0 => format!("{}: nothing explored", step.name),
            0 => format!("{}: the same outcomes in {all}{as_far}", step.name),
            changes => format!("{}: other outcomes in {changes} of {of}: {}", step.name, changed.join(", ")),
        });
    }
    let between: Vec<&Compared> = checked
        .outcomes
        .compared
        .iter()
        .filter(|scenario| scenario.divergences().any(|(_, one)| one.is_in_between()))
        .collect();
    if !between.is_empty() {
        let ids: Vec<&str> = between.iter().map(|scenario| scenario.part.id.as_str()).collect();
        lines.push(format!("in between only, so that bisecting may mislead: {}", ids.join(", ")));
    }
    lines
}

/// What the verdict rests on, in a line: the weakest evidence of all scenarios.
fn evidence(checked: &Checked) -> Option<String> {
    let all = checked.outcomes.compared.iter().filter_map(|scenario| scenario.part.evidence());
    all.reduce(Evidence::weaker).map(|evidence| evidence.to_string())
}

/// For a cover letter.
pub fn mail(checked: &Checked) -> String {
    let mut lines = vec!["What the series does to behaviour, as Lockstep found it:".to_owned(), String::new()];
    for line in verdict(checked) {
        lines.extend(wrap(&line, "  "));
    }
    lines.push(String::new());
    if let Some(evidence) = evidence(checked) {
        lines.extend(wrap(&format!("Evidence, the weakest of all scenarios: {evidence}."), ""));
    }
    lines.join("\n")
}

/// Words in lines that fit a mail; all lines but the first are indented.
pub fn wrap(text: &str, indent: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is one");
        if !line.trim().is_empty() && line.chars().count() + 1 + word.chars().count() > COLUMNS {
            lines.push(format!("{indent}{word}"));
        } else {
            if !line.trim().is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// For programs.
pub fn document(checked: &Checked, causes: &[CausePart]) -> Value {
    let scenario = |one: &Compared| {
        json!({
            "id": one.part.id,
            "question": one.part.question,
            "repaired": one.part.is_repaired(),
            "evidence": one.part.evidence().unwrap_or_default().to_string(),
            "executions": one.part.executions(),
            "outcomes": one.part.outcome_counts().collect::<Vec<_>>(),
            "missed": one.part.missed().collect::<Vec<_>>(),
            "divergences": one.divergences().map(divergence).collect::<Vec<_>>(),
            "bad_ends": one.part.bad_ends,
        })
    };
    json!({
        "schema": 1,
        "complete": !checked.outcomes.cut_short,
        "steps": checked.steps.iter().map(|step| json!({ "name": step.name, "subject": step.subject })).collect::<Vec<_>>(),
        "scenarios": checked.outcomes.compared.iter().map(scenario).collect::<Vec<_>>(),
        "causes": causes,
    })
}

fn divergence((one, attribution): (&DivergencePart, &AttributionPart)) -> Value {
    json!({
        "outcome": one.outcome,
        "shown": attribution.shown,
        "introduced": attribution.introduced,
        "removed": attribution.removed,
        "in_between": attribution.is_in_between(),
        "preemptions": one.preemptions,
        "witness": one.token,
        "difference": one.difference,
        "faults": one.faults,
        "causes": one.sights.iter().filter_map(|sight| sight.cause.as_ref()).collect::<Vec<_>>(),
    })
}
