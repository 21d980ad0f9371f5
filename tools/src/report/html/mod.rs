//! The page: one self-contained file that works offline.
//!
//! Promise: nothing is loaded from anywhere; every name and message is escaped by the template; a
//! policy in the head lets only the page's own script and style run, by their hashes. Without the
//! script everything is readable; the script adds filters, keys and stepping.

mod diagram;

use super::claims::{self, touched};
use super::range_diff::CELLS;
use super::sections::sections;
use super::sheet;
use super::table::Table;
use super::text::{limits, unrepaired};
use crate::cli::trouble::Trouble;
use crate::document::{
    BadEndPart, Cell, ChangePart, DivergencePart, Document, OutcomePart, ScenarioPart, Standing, counts_of,
};
use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use diagram::{Diagram, diagram};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../templates/report.js");

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    document: &'a Document,
    policy: String,
    style: &'static str,
    script: &'static str,
    summary: String,
    limits: String,
    legend: &'static str,
    steps: Vec<String>,
    rows: Vec<MatrixRow>,
    has_repairs: bool,
    evidences: Vec<(String, Vec<String>)>,
    diverging: Vec<ScenarioView<'a>>,
    equal: Vec<ScenarioView<'a>>,
    sheet: Vec<Table>,
    sections: Vec<(&'static str, Vec<Table>)>,
    absent: Vec<(&'static str, &'static str)>,
    changes: Vec<ChangeView<'a>>,
}

/// A line of the matrix.
struct MatrixRow {
    anchor: String,
    title: String,
    name: String,
    cells: Vec<MatrixCell>,
    outcomes: String,
    missed: usize,
    /// What all variants end in and nobody can want.
    ends: Vec<&'static str>,
    is_repaired: bool,
    is_open: bool,
    diverges: bool,
}

struct MatrixCell {
    class: &'static str,
    text: String,
}

struct ScenarioView<'a> {
    anchor: String,
    part: &'a ScenarioPart,
    title: String,
    claims: Vec<String>,
    missed: Vec<&'a str>,
    divergences: Vec<DivergenceView<'a>>,
}

struct DivergenceView<'a> {
    part: &'a DivergencePart,
    class: &'static str,
    /// The same variants diverge in it without repairs already.
    is_known: bool,
    attribution: String,
    shown: String,
    outcome: Option<&'a OutcomePart>,
    diagram: Option<Diagram>,
}

/// What a step changes in the source, beside what it changes in behaviour.
struct ChangeView<'a> {
    part: &'a ChangePart,
    lines: Vec<(&'static str, &'a str)>,
    behaviour: Vec<(String, String)>,
}

/// The report.
pub fn page(document: &Document) -> Result<String, Trouble> {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
    let views = document.scenarios.iter().map(|scenario| scenario_view(document, scenario));
    let is_equal = |scenario: &ScenarioView<'_>| {
        scenario.divergences.is_empty()
            && scenario.missed.is_empty()
            && scenario.part.bad_ends.is_empty()
            && scenario.part.gap().is_none()
    };
    let (equal, diverging) = views.partition(is_equal);
    let page = Page {
        document,
        policy: format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            hash(STYLE),
            hash(SCRIPT)
        ),
        style: STYLE,
        script: SCRIPT,
        summary: document.summary(),
        limits: limits(document),
        legend: CELLS,
        steps: document.variants.windows(2).map(|step| format!("{} → {}", step[0].name, step[1].name)).collect(),
        rows: document.scenarios.iter().map(|scenario| matrix_row(document, scenario)).collect(),
        has_repairs: document.scenarios.iter().any(|scenario| !scenario.repairs.is_empty()),
        evidences: document.evidences(),
        diverging,
        equal,
        sheet: sheet::tables(document),
        sections: shown_sections(document),
        absent: absent_sections(document),
        changes: document.changes.iter().map(|change| change_view(document, change)).collect(),
    };
    page.render().map_err(|error| Trouble::Internal(format!("the page could not be made: {error}")))
}

/// Claims, audit and mutants, as far as they are there.
fn shown_sections(document: &Document) -> Vec<(&'static str, Vec<Table>)> {
    let claims = claims::table(document).map(|table| ("Claims", vec![table]));
    claims.into_iter().chain(sections(document)).collect()
}

/// Sections that nobody added, with the command that makes each.
fn absent_sections(document: &Document) -> Vec<(&'static str, &'static str)> {
    let sections = [
        (&document.claims, ("claims", "lockstep claims")),
        (&document.audit, ("audit", "lockstep audit")),
        (&document.mutants, ("mutants", "lockstep mutate")),
        (&document.orderings, ("orderings", "lockstep explore --relax")),
    ];
    sections.into_iter().filter(|(section, _)| section.is_none()).map(|(_, names)| names).collect()
}

/// A name for links: letters, digits and dashes.
fn anchor(scenario: &ScenarioPart) -> String {
    let text = format!("{}-{}-{}", scenario.subject, scenario.id, scenario.memory);
    text.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '-' }).collect()
}

fn matrix_row(document: &Document, scenario: &ScenarioPart) -> MatrixRow {
    let cell = |step: &[crate::document::DesignPart]| match scenario.pair(&step[0].name, &step[1].name) {
        None => MatrixCell { class: "none", text: "–".to_owned() },
        Some(pair) => {
            let class = match (pair.gained, pair.lost) {
                (0, 0) => "equal",
                (_, 0) => "gained",
                (0, _) => "lost",
                _ => "both",
            };
            let text = counts_of(pair.gained, pair.lost);
            let is_bad = |one: &DivergencePart| {
                one.introduced_by_step_to.contains(&pair.second) && scenario.bad_end(one).is_some()
            };
            match scenario.divergences.iter().any(is_bad) {
                true => MatrixCell { class: "brings-bad", text: format!("{text} ⚠") },
                false => MatrixCell { class, text: if text.is_empty() { "=".to_owned() } else { text } },
            }
        }
    };
    let outcomes = scenario.variants.iter().map(|variant| variant.outcomes.len().to_string());
    MatrixRow {
        anchor: anchor(scenario),
        title: scenario.title(),
        name: scenario.name.clone(),
        cells: document.variants.windows(2).map(cell).collect(),
        outcomes: outcomes.collect::<Vec<_>>().join("/"),
        missed: scenario.missed().count(),
        ends: scenario.bad_ends.iter().map(BadEndPart::what).collect(),
        is_repaired: !scenario.repairs.is_empty(),
        is_open: scenario.divergences.iter().any(|divergence| divergence.standing() != Standing::Accepted)
            || scenario.bad_ends.iter().any(|ends| ends.standing() != Standing::Accepted),
        diverges: !scenario.divergences.is_empty(),
    }
}

fn scenario_view<'a>(document: &Document, scenario: &'a ScenarioPart) -> ScenarioView<'a> {
    let known = unrepaired(document, scenario);
    let view = |part: &'a DivergencePart| DivergenceView {
        part,
        is_known: known.contains(&part.outcome.as_str()),
        class: match part.standing() {
            Standing::Unjudged => "unjudged",
            Standing::Accepted => "accepted",
            Standing::Unaccepted => "unaccepted",
        },
        attribution: part.attribution(),
        shown: part.shown(),
        outcome: scenario.outcome(&part.outcome),
        diagram: part.witness.as_ref().map(diagram),
    };
    ScenarioView {
        anchor: anchor(scenario),
        part: scenario,
        title: scenario.title(),
        claims: touched(document, &scenario.id),
        missed: scenario.missed().collect(),
        divergences: scenario.divergences.iter().map(view).collect(),
    }
}

fn change_view<'a>(document: &Document, change: &'a ChangePart) -> ChangeView<'a> {
    let class = |line: &str| match line.as_bytes().first() {
        Some(b'+') => "added",
        Some(b'-') => "removed",
        Some(b'@') => "hunk",
        _ => "context",
    };
    let is_its = |cell: &Cell<'_>| cell.pair.is_some_and(|pair| pair.first == change.from && pair.second == change.to);
    let changed = document.cells().filter(is_its).filter(Cell::is_change);
    ChangeView {
        part: change,
        lines: change.diff.lines().map(|line| (class(line), line)).collect(),
        behaviour: changed.map(|cell| (cell.scenario.title(), cell.counts())).collect(),
    }
}
