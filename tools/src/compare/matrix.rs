//! The matrix: all scenarios, each step of the series, without and with repairs.

use crate::cli::counted::counted;
use crate::cli::selection::Selection;
use crate::compare::{Compared, Outcomes};
use comfy_table::{ContentArrangement, Table, presets};
use lockstep::{BadEnd, Comparison, Divergence, Pair, Token};
use std::collections::BTreeMap;
use utrace_variants::{Repairs, subject_name};

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
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header(selection));
    for scenario in &selection.scenarios {
        let mut row = vec![scenario.id.to_string(), scenario.name.to_string()];
        for &repairs in &selection.repairs {
            let found = outcomes
                .compared
                .iter()
                .find(|compared| compared.scenario.id == scenario.id && compared.repairs == repairs);
            row.extend(cells(found, selection.variants.len()));
        }
        table.add_row(row);
    }
    text += &table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    text += "\n\n1>2 the step from 1 to 2, +R with the repair R1 in all; = equal; +n outcomes that the step brings, -n that\nit removes; ! a goal of the scenario was not reached; - not explored\n";
    text += &evidence(outcomes);
    text += &bad_ends(outcomes);
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

fn cells(found: Option<&Compared>, variants_count: usize) -> Vec<String> {
    let Some(Compared { comparison, scenario, .. }) = found.filter(|compared| is_explored(compared)) else {
        return vec!["-".to_owned(); variants_count];
    };
    let mut cells: Vec<String> = steps(comparison).map(cell).collect();
    let counts = comparison.explorations.iter().map(|exploration| exploration.outcomes.len().to_string());
    let wanted = (1_u64 << scenario.goals.len()) - 1;
    let missed = if comparison.goals() & wanted == wanted { "" } else { " !" };
    cells.push(format!("{}{missed}", counts.collect::<Vec<_>>().join("/")));
    cells
}

/// Whether there is anything to be said: what was cancelled, or not explored at all, has no verdicts.
fn is_explored(compared: &Compared) -> bool {
    !compared.comparison.pairs.is_empty()
}

fn steps(comparison: &Comparison) -> impl Iterator<Item = &Pair> {
    comparison.pairs.iter().filter(|pair| pair.second == pair.first + 1)
}

fn cell(pair: &Pair) -> String {
    match (pair.gained, pair.lost) {
        (0, 0) => "=".to_owned(),
        (gained, 0) => format!("+{gained}"),
        (0, lost) => format!("-{lost}"),
        (gained, lost) => format!("+{gained} -{lost}"),
    }
}

/// What the cells rest on: one line where it is the same for all.
fn evidence(outcomes: &Outcomes) -> String {
    let mut by_evidence: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for compared in outcomes.compared.iter().filter(|compared| !compared.comparison.cancelled) {
        let suffix = if compared.repairs == Repairs::NONE { "" } else { "+R" };
        let id = format!("{}{suffix}", compared.scenario.id);
        by_evidence.entry(compared.comparison.evidence().to_string()).or_default().push(id);
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

/// What nobody can want and every variant shows: a line a kind.
fn bad_ends(outcomes: &Outcomes) -> String {
    let mut text = String::new();
    for kind in BadEnd::ALL {
        let ends_so = |compared: &&Compared| compared.ends.iter().any(|one| one.shared.kind == kind);
        let title = |compared: &Compared| {
            let suffix = if compared.repairs == Repairs::NONE { "" } else { "+R" };
            format!("{}{suffix}", compared.scenario.id)
        };
        let found: Vec<String> = outcomes.compared.iter().filter(ends_so).map(title).collect();
        if !found.is_empty() {
            text += &format!("ends badly in every variant, {}: {}\n", kind.name(), found.join(" "));
        }
    }
    text
}

/// For each step of each scenario that is not equal, the simplest witness of an outcome gained and of one lost.
fn witnesses(outcomes: &Outcomes) -> String {
    let mut lines = Vec::new();
    for compared in &outcomes.compared {
        let Compared { comparison, seen, .. } = compared;
        for step in 1..comparison.variants.len() {
            for (what, is_brought) in [("brings", true), ("removes", false)] {
                let found = comparison.divergences.iter().zip(seen).find(|(one, _)| {
                    let steps = if is_brought { &one.attribution.introduced } else { &one.attribution.removed };
                    steps.contains(&step)
                });
                lines.extend(found.map(|(one, seen)| witness(compared, step, one, what, &seen.difference)));
            }
        }
    }
    if lines.is_empty() {
        let explored = outcomes.compared.iter().filter(|compared| is_explored(compared)).count();
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

fn witness(compared: &Compared, step: usize, divergence: &Divergence, what: &str, difference: &str) -> String {
    let token = token(compared, divergence);
    let to = short(&compared.comparison.variants[step]);
    let suffix = if compared.repairs == Repairs::NONE { "" } else { " +R" };
    let head = format!("{}{suffix}: the step to {to} {what} {}", compared.scenario.id, divergence.outcome);
    format!("  {head}\n    {difference}\n    {token}\n")
}

/// The token of a divergence's witness.
pub fn token(compared: &Compared, divergence: &Divergence) -> Token {
    Token {
        subject: subject_name(compared.repairs).to_owned(),
        scenario: compared.scenario.id.to_string(),
        memory: compared.memory,
        schedule: divergence.witness.clone(),
    }
}
