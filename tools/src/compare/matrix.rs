//! The matrix: all scenarios, each step of the series, without and with repairs.

use crate::cli::counted::counted;
use crate::cli::selection::Selection;
use crate::compare::{Outcomes, ends};
use crate::document::{DivergencePart, PairPart, ScenarioPart};
use comfy_table::{ContentArrangement, Table, presets};
use std::collections::BTreeMap;
use utrace_variants::Repairs;

/// Witnesses listed below the matrix, the simplest of each step of a scenario.
const WITNESSES_MAX: usize = 24;

/// The matrix as text.
pub fn matrix(selection: &Selection, outcomes: &Outcomes) -> String {
    let mut text = String::new();
    for (number, variant) in selection.variants.iter().enumerate() {
        text += &format!("{}  {}: {}\n", number + 1, variant.name, variant.summary);
    }
    text += &format!("on {}, ", counted(selection.scenarios.len(), "scenario"));
    text += &format!("memory model {}: {}\n\n", selection.memory.name(), selection.memory.limits());
    let ends = ends::text(outcomes.parts());
    text += &if ends.is_empty() { ends } else { format!("{ends}\n") };
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header(selection));
    for scenario in &selection.scenarios {
        let mut row = vec![scenario.id.to_string(), scenario.name.to_string()];
        for &repairs in &selection.repairs {
            let is_repaired = repairs != Repairs::NONE;
            let found = outcomes.parts().find(|part| part.id == scenario.id && part.is_repaired() == is_repaired);
            row.extend(cells(found, selection.variants.len()));
        }
        table.add_row(row);
    }
    text += &table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    text += "\n\n1>2 the step from 1 to 2, +R with the repair R1 in all; = equal; +n outcomes that the step brings, -n that\nit removes; ! a goal of the scenario was not reached; - not explored\n";
    text += &evidence(outcomes);
    text += &witnesses(outcomes);
    text
}

fn header(selection: &Selection) -> Vec<String> {
    let mut header = vec!["scenario".to_owned(), String::new()];
    for &repairs in &selection.repairs {
        let suffix = if repairs == Repairs::NONE { "" } else { " +R" };
        for step in 1..selection.variants.len() {
            header.push(format!("{step}>{}{suffix}", step + 1));
        }
        header.push(format!("outcomes{suffix}"));
    }
    header
}

/// `stopped-locked` is `locked` in a header.
fn short(name: &str) -> &str {
    name.strip_prefix("stopped-").unwrap_or(name)
}

fn cells(found: Option<&ScenarioPart>, variants_count: usize) -> Vec<String> {
    let Some(part) = found.filter(|part| is_explored(part)) else { return vec!["-".to_owned(); variants_count] };
    let steps = part.variants.windows(2).filter_map(|step| part.pair(&step[0].name, &step[1].name));
    let mut cells: Vec<String> = steps.map(cell).collect();
    let counts = part.outcome_counts().map(|count| count.to_string());
    let missed = if part.missed().next().is_none() { "" } else { " !" };
    cells.push(format!("{}{missed}", counts.collect::<Vec<_>>().join("/")));
    cells
}

/// Whether there is anything to be said: what was cancelled, or not explored at all, has no
/// verdicts.
fn is_explored(part: &ScenarioPart) -> bool {
    !part.pairs.is_empty()
}

fn cell(pair: &PairPart) -> String {
    match (pair.gained, pair.lost) {
        (0, 0) => "=".to_owned(),
        (gained, 0) => format!("+{gained}"),
        (0, lost) => format!("-{lost}"),
        (gained, lost) => format!("+{gained} -{lost}"),
    }
}

/// Its id, with a mark if repairs were made in all variants.
fn title(part: &ScenarioPart, mark: &str) -> String {
    format!("{}{}", part.id, if part.is_repaired() { mark } else { "" })
}

/// What the cells rest on: one line where it is the same for all.
fn evidence(outcomes: &Outcomes) -> String {
    let mut by_evidence: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in outcomes.parts().filter(|part| part.complete) {
        let evidence = part.evidence().unwrap_or_default().to_string();
        by_evidence.entry(evidence).or_default().push(title(part, "+R"));
    }
    let mut text = String::new();
    let common = by_evidence.iter().max_by_key(|(_, ids)| ids.len()).map(|(evidence, _)| evidence.clone());
    for (evidence, ids) in &by_evidence {
        match &common {
            Some(common) if common == evidence => text += &format!("evidence: {evidence}\n"),
            _ => text += &format!("evidence of {}: {evidence}\n", ids.join(" ")),
        }
    }
    text
}

/// For each step of each scenario that is not equal, the simplest witness of an outcome gained and
/// of one lost.
fn witnesses(outcomes: &Outcomes) -> String {
    let mut lines = Vec::new();
    for part in outcomes.parts() {
        for to in part.variants.iter().skip(1).map(|variant| &variant.name) {
            for (what, is_brought) in [("brings", true), ("removes", false)] {
                let found = part.divergences.iter().find(|one| {
                    let steps = if is_brought { &one.introduced_by_step_to } else { &one.removed_by_step_to };
                    steps.contains(to)
                });
                lines.extend(found.map(|one| witness(part, to, one, what)));
            }
        }
    }
    if lines.is_empty() {
        let explored = outcomes.parts().filter(|part| is_explored(part)).count();
        return match explored {
            0 => "nothing was explored\n".to_owned(),
            explored if explored < outcomes.wanted => format!(
                "no divergence was found in the {explored} of {} comparisons that were explored\n",
                outcomes.wanted
            ),
            _ => "no divergence was found\n".to_owned(),
        };
    }
    let more = lines.len().saturating_sub(WITNESSES_MAX);
    lines.truncate(WITNESSES_MAX);
    let mut text = String::from("\nwitnesses, the simplest of each step; show one with 'lockstep replay TOKEN':\n");
    text += &lines.concat();
    if more > 0 {
        text += &format!("  … {more} more: 'lockstep compare --scenario ID' shows those of one scenario\n");
    }
    text
}

fn witness(part: &ScenarioPart, to: &str, divergence: &DivergencePart, what: &str) -> String {
    let DivergencePart { outcome, difference, token, .. } = divergence;
    let head = format!("{}: the step to {} {what} {outcome}", title(part, " +R"), short(to));
    format!("  {head}\n    {difference}\n    {token}\n")
}
