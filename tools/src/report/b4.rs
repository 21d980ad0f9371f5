//! b4's checker protocols.
//!
//! `b4 review` gives a mail on standard input and takes a JSON array of results: for a numbered
//! patch those of its step, for a cover letter or a series those of all. `b4 prep --check` takes
//! lines: each is a warning, one with `ERROR:` a failure, none a pass. Patch n of the series is the
//! step from variant n to variant n + 1; a series of another length is not the one that was
//! compared, and that is what is said.

use super::mail::{PlaceInSeries, place_in_series};
use super::tame::one_line;
use crate::cli::value_error::ValueError;
use crate::document::{BadEndPart, Cell, DivergencePart, Document, ScenarioPart, Standing, counts_of};
use serde::Serialize;
use std::collections::BTreeSet;

/// Names of the results. b4 keeps one result for each name, so each kind has its own.
const TOOL: &str = "lockstep";
const TOOL_GOALS: &str = "lockstep-goals";
const TOOL_BUDGET: &str = "lockstep-budget";
const TOOL_ENDS: &str = "lockstep-ends";

/// Characters of the details of a result.
const DETAILS_MAX: usize = 6_000;

#[derive(Serialize)]
struct CheckResult {
    tool: &'static str,
    status: &'static str,
    summary: String,
    url: String,
    details: String,
}

/// Which steps a mail is about, or what is wrong with it.
fn steps(document: &Document, mail: &[u8]) -> Result<Vec<usize>, ValueError> {
    let known = document.variants.len().saturating_sub(1);
    let other = |count: usize| {
        Err(ValueError::new(format!(
            "the series has {count} patches, the saved comparison {known} steps: compare this series, then save it anew"
        )))
    };
    match place_in_series(mail) {
        PlaceInSeries::Patch(_, count) | PlaceInSeries::Cover(count) if count != known => other(count),
        PlaceInSeries::Patch(nth, count) if nth > count => {
            Err(ValueError::new(format!("the subject says patch {nth} of {count}")))
        }
        PlaceInSeries::Patch(nth, _) => Ok(vec![nth]),
        PlaceInSeries::Cover(_) | PlaceInSeries::Unnumbered => Ok((1..=known).collect()),
    }
}

/// For `b4.review-perpatch-check-cmd` and `b4.review-series-check-cmd`.
pub fn review(document: &Document, mail: &[u8]) -> String {
    let mut results = Vec::new();
    match steps(document, mail) {
        Err(error) => results.push(result(TOOL, "warn", error.to_string(), String::new())),
        Ok(steps) => {
            results.push(result_of_steps(document, &steps));
            if !document.complete {
                let message = "the comparison ended before everything was compared".to_owned();
                results.push(result(TOOL_BUDGET, "warn", message, String::new()));
            }
            results.extend(result_of_ends(document));
            let missed: Vec<String> = missed(document);
            if !missed.is_empty() {
                let (count, were) = (missed.len(), if missed.len() == 1 { " was" } else { "s were" });
                let summary = format!("{count} goal{were} not reached: the comparison says less than it should");
                results.push(result(TOOL_GOALS, "warn", summary, missed.join("\n")));
            }
        }
    }
    serde_json::to_string_pretty(&results).expect("results have only strings") + "\n"
}

/// Ends that nobody can want and all steps show; they are of every mail's step.
fn result_of_ends(document: &Document) -> Option<CheckResult> {
    let all: Vec<(&ScenarioPart, &BadEndPart)> = document.bad_ends().collect();
    let has = |standing: Standing| all.iter().any(|(_, ends)| ends.standing() == standing);
    let status = match () {
        () if has(Standing::Unaccepted) => "fail",
        () if has(Standing::Unjudged) => "warn",
        () => "pass",
    };
    let mut kinds: Vec<&str> = all.iter().map(|(_, ends)| ends.what()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let summary = format!("every step shows outcomes that end in {}", kinds.join(" and in "));
    let line = |(scenario, ends): &(&ScenarioPart, &BadEndPart)| {
        format!("{}: {}: {}\n  {}", scenario.title(), ends.id, ends.sentence(), ends.token)
    };
    let details: Vec<String> = all.iter().map(line).collect();
    (!all.is_empty()).then(|| result(TOOL_ENDS, status, summary, details.join("\n")))
}

fn missed(document: &Document) -> Vec<String> {
    let goals = document.scenarios.iter().flat_map(|scenario| {
        scenario.missed().map(move |goal| format!("{}: {goal}", scenario.title())).collect::<Vec<_>>()
    });
    goals.collect()
}

fn result(tool: &'static str, status: &'static str, summary: String, details: String) -> CheckResult {
    let details = details.chars().take(DETAILS_MAX).collect();
    CheckResult { tool, status, summary, url: String::new(), details }
}

/// Divergences that the steps bring or remove.
fn changes<'a>(document: &'a Document, steps: &[usize]) -> Vec<&'a DivergencePart> {
    let to: Vec<&str> =
        steps.iter().filter_map(|&step| document.variants.get(step)).map(|one| one.name.as_str()).collect();
    let all = document.divergences().map(|(_, divergence)| divergence);
    all.filter(|divergence| to.iter().any(|to| divergence.is_of_step_to(to))).collect()
}

fn result_of_steps(document: &Document, steps: &[usize]) -> CheckResult {
    let changes = changes(document, steps);
    let has = |standing: Standing| changes.iter().any(|divergence| divergence.standing() == standing);
    let cells: Vec<_> = document.cells().filter(|cell| steps.contains(&cell.step)).collect();
    let scenarios_of = |cells: &mut dyn Iterator<Item = &Cell<'_>>| {
        cells.map(|cell| cell.scenario.title()).collect::<BTreeSet<_>>().len()
    };
    let changed = scenarios_of(&mut cells.iter().filter(|cell| cell.is_change()));
    let all = scenarios_of(&mut cells.iter().filter(|cell| cell.pair.is_some()));
    let status = match () {
        () if has(Standing::Unaccepted) => "fail",
        () if has(Standing::Unjudged) || all == 0 => "warn",
        () => "pass",
    };
    let gained = cells.iter().map(Cell::gained).sum();
    let lost = cells.iter().map(Cell::lost).sum();
    let what = match counts_of(gained, lost) {
        _ if all == 0 => "nothing is known of this".to_owned(),
        counts if counts.is_empty() => "no outcome changes".to_owned(),
        counts => format!("outcomes {counts} on {changed} of {all} scenarios"),
    };
    let evidence = document.evidences().into_iter().next().map_or("nothing explored".to_owned(), |(text, _)| text);
    let details: Vec<String> = changes
        .iter()
        .map(|one| format!("{}, {}\n  {}\n  {}", one.id, one.attribution(), one.difference, one.token))
        .collect();
    result(TOOL, status, format!("{what}; {evidence}"), details.join("\n"))
}

/// For `b4.prep-perpatch-check-cmd`.
pub fn prep(document: &Document, mail: &[u8]) -> String {
    let steps = match steps(document, mail) {
        Ok(steps) => steps,
        Err(error) => return format!("{error}\n"),
    };
    let kind = |standing: Standing| match standing {
        Standing::Accepted => None,
        Standing::Unaccepted => Some("ERROR: "),
        Standing::Unjudged => Some(""),
    };
    let line = |one: &&DivergencePart| {
        let kind = kind(one.standing())?;
        Some(format!("{kind}{}\n", one_line(&format!("{}, {}: {}", one.id, one.attribution(), one.difference))))
    };
    let ends = document.bad_ends().filter_map(|(scenario, ends)| {
        let kind = kind(ends.standing())?;
        Some(format!("{kind}{}\n", one_line(&format!("{}, {}: {}", ends.id, scenario.title(), ends.sentence()))))
    });
    changes(document, &steps).iter().filter_map(line).chain(ends).collect()
}
