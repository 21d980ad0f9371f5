//! The report for mail: 72 columns, no colour, nothing that could pass for a kernel's own words, no
//! trailer.
//!
//! Limit: a token is never broken, for it has to be copied, nor is the command that takes it; a
//! line that holds one may be longer than 72 columns.

use super::claims::{claims, touched};
use super::range_diff::{LEGEND, lines};
use super::sections::sections;
use super::table::Table;
use super::tame::one_line;
use crate::cli::counted::counted;
use crate::cli::cut::cut;
use crate::document::{DivergencePart, Document, EventPart, ScenarioPart, Standing, TracePart, WitnessPart};
use textwrap::core::display_width;
use textwrap::{Options, WordSplitter, wrap};

/// Columns of a line.
pub const WIDTH: usize = 72;

/// Digits of the longest commit id; it is not broken, for it has to be copied.
const COMMIT: usize = 64;

/// Records of a table; a mail is no place for more.
const RECORDS_MAX: usize = 40;

/// Columns of one side of a trace.
const SIDE: usize = 33;

/// The report.
pub fn text(document: &Document) -> String {
    let mut text = head(document);
    text += &bad_ends(document);
    text += &causes(document);
    text += &paragraph(&format!("Behavioural range-diff ({LEGEND}):"), "", "  ");
    text.push('\n');
    for line in lines(document, WIDTH) {
        text += &format!("{line}\n");
    }
    text += "\nEvidence:\n";
    for (evidence, ids) in document.evidences() {
        let of = if ids.len() == document.scenarios.len() { "all".to_owned() } else { ids.join(", ") };
        text += &paragraph(&format!("{evidence}: {of}"), "  ", "    ");
    }
    text += &document.repetition().map_or(String::new(), |said| paragraph(&said, "  ", "    "));
    for scenario in &document.scenarios {
        for goal in scenario.missed() {
            let title = scenario.title();
            text += &paragraph(&format!("{title} never reached its goal: {goal}"), "  ", "    ");
        }
    }
    if let Some(gate) = &document.gate {
        text += &format!("\nGate: exit status {}\n", gate.status);
        for finding in &gate.findings {
            text += &paragraph(&format!("{}: {}", finding.status, finding.message), "  ", "    ");
        }
    }
    let mut diverging: Vec<&ScenarioPart> =
        document.scenarios.iter().filter(|scenario| !scenario.divergences.is_empty()).collect();
    diverging.sort_by_key(|scenario| scenario.divergences.iter().map(rank).min());
    for scenario in diverging {
        text += &scenario_text(document, scenario);
    }
    text += &claims_text(document);
    for (name, tables) in sections(document) {
        text += &format!("\n{name}\n");
        tables.iter().for_each(|table| text += &table_text(table));
    }
    text
}

/// Causes that a mail tells one by one; there can be as many as divergences.
const CAUSES_MAX: usize = 12;

/// What sets the steps apart, each with its simplest witness: the rest of the report is what comes
/// of it.
fn causes(document: &Document) -> String {
    if document.causes.is_empty() {
        return String::new();
    }
    let mut text = String::from("What sets the steps apart:\n");
    for cause in document.causes.iter().take(CAUSES_MAX) {
        let bad = cause.bad_words().map_or(String::new(), |words| format!(", {words}"));
        text += &paragraph(&format!("{}: {}{bad}", cause.id, cause.title()), "  ", "    ");
        cause.lines().iter().skip(1).for_each(|line| text += &paragraph(line, "    ", "      "));
        text += &format!("    {}\n", one_line(&cause.token));
    }
    let more = document.causes.len().saturating_sub(CAUSES_MAX);
    if more > 0 {
        text += &format!("  ... {more} more\n");
    }
    text.push('\n');
    text
}

/// Ends that nobody can want and all variants show, once for each scenario and kind.
fn bad_ends(document: &Document) -> String {
    let mut text = String::new();
    for (scenario, ends) in document.bad_ends() {
        if text.is_empty() {
            text += "Ends that nobody can want, in every step:\n";
        }
        text += &paragraph(&format!("{} {}: {}", scenario.title(), ends.id, ends.sentence()), "  ", "    ");
        match (&ends.fault, &ends.place) {
            (Some(fault), _) => fault.lines().for_each(|line| text += &paragraph(&line, "    ", "      ")),
            (None, Some(place)) => text += &paragraph(&format!("at {}:{}", place.file, place.line), "    ", "    "),
            (None, None) => {}
        }
        if let Some(acceptance) = &ends.acceptance {
            text += &paragraph(&acceptance.words(), "    ", "    ");
        }
        text += &format!("    {}\n", one_line(&ends.token));
    }
    if text.is_empty() { text } else { text + "\n" }
}

fn claims_text(document: &Document) -> String {
    let claims = claims(document);
    let mut text = if claims.is_empty() { String::new() } else { "\nClaims\n".to_owned() };
    for claim in claims {
        text += &paragraph(&format!("{} ({}, {}): {}", claim.id, claim.author, claim.date, claim.says), "  ", "      ");
        for verdict in &claim.verdicts {
            let line = format!("{} {}: {}", verdict.memory, verdict.variant, verdict.words());
            text += &paragraph(&line, "      ", "        ");
            text += &verdict.token.as_ref().map_or(String::new(), |token| format!("        {}\n", one_line(token)));
        }
    }
    text
}

/// What the model cannot show, for every report.
pub fn limits(document: &Document) -> String {
    let models = document.memory.join(", ");
    match document.memory.iter().all(|model| model == "sc") {
        true => format!("memory model {models}: reorderings by compilers and processors are not shown"),
        false => format!("memory models {models}: what they leave out is not shown"),
    }
}

fn head(document: &Document) -> String {
    let mut text = paragraph(&format!("Lockstep: {}", document.summary()), "", "  ");
    if let Some(since) = &document.since {
        text += &paragraph(&format!("Since the earlier comparison: {}", since.summary), "", "  ");
    }
    text.push('\n');
    for (at, variant) in document.variants.iter().enumerate() {
        text += &paragraph(&format!("{}: {}: {}", at + 1, variant.name, variant.summary), "  ", "     ");
    }
    text += &paragraph(&limits(document), "", "  ");
    if !document.complete {
        text += "The run ended before everything was compared.\n";
    }
    if let Some(commit) = &document.base_commit {
        text += &format!("base-commit: {}\n", cut(&one_line(commit), COMMIT));
    }
    if let Some(series) = &document.series {
        text += &format!("A witness is shown by\n  lockstep replay TOKEN{}\n", one_line(&series.options()));
    }
    text.push('\n');
    text
}

/// The text in lines of the width. Words are never broken, unless they are longer than a line and
/// no part of a command.
fn paragraph(text: &str, first: &str, rest: &str) -> String {
    let options = Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(!text.contains("lk1."))
        .word_splitter(WordSplitter::NoHyphenation);
    wrap(&one_line(text), options).iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn scenario_text(document: &Document, scenario: &ScenarioPart) -> String {
    let mut text = format!("\n{}\n", "-".repeat(WIDTH));
    text += &paragraph(&format!("{}: {}", scenario.title(), scenario.name), "", "  ");
    text += &paragraph(&scenario.question, "  ", "  ");
    text += &paragraph(&format!("Source: {}", scenario.source), "", "  ");
    for line in &scenario.program {
        text += &paragraph(line, "  ", "      ");
    }
    let claims = touched(document, &scenario.id);
    if !claims.is_empty() {
        text += &paragraph(&format!("Claims touched: {}", claims.join(", ")), "", "  ");
    }
    let known = unrepaired(document, scenario);
    let (known, mut new): (Vec<_>, Vec<_>) =
        scenario.divergences.iter().partition(|one| known.contains(&one.outcome.as_str()));
    new.sort_by_key(|divergence| rank(divergence));
    for divergence in new {
        text += &divergence_text(scenario, divergence);
    }
    if !known.is_empty() {
        let ids: Vec<&str> = known.iter().map(|divergence| divergence.outcome.as_str()).collect();
        text.push('\n');
        text += &paragraph(&format!("the same as without the repairs: {}", ids.join(", ")), "", "  ");
    }
    text
}

/// Outcomes in which the same variants diverge without repairs already: in a mail they are told
/// once.
pub fn unrepaired<'a>(document: &'a Document, scenario: &ScenarioPart) -> Vec<&'a str> {
    let is_plain = |other: &&ScenarioPart| {
        !scenario.repairs.is_empty()
            && other.repairs.is_empty()
            && other.id == scenario.id
            && other.memory == scenario.memory
    };
    let plain = document.scenarios.iter().find(is_plain);
    let same = |other: &&DivergencePart| {
        scenario.divergences.iter().any(|one| one.outcome == other.outcome && one.shown_by == other.shown_by)
    };
    plain.iter().flat_map(|plain| plain.divergences.iter().filter(same)).map(|one| one.outcome.as_str()).collect()
}

/// What nobody accepted comes first.
pub fn rank(divergence: &DivergencePart) -> usize {
    usize::from(divergence.standing() != Standing::Unaccepted)
}

/// Of what was accepted the token does; everything else has its traces, once for both sides of a
/// witness.
fn divergence_text(scenario: &ScenarioPart, divergence: &DivergencePart) -> String {
    let is_accepted = |one: &DivergencePart| one.standing() == Standing::Accepted;
    let other = scenario.divergences.iter().find(|one| divergence.same_witness_as.as_ref() == Some(&one.id));
    let indent = |line: &str| paragraph(line, "  ", "    ");
    let mut text = format!("\n{}", paragraph(&format!("divergence {}", divergence.id), "", "  "));
    text += &indent(&divergence.attribution());
    text += &indent(&divergence.shown());
    if let Some(acceptance) = &divergence.acceptance {
        text += &indent(&acceptance.words());
    }
    text += &indent(&format!("a client sees: {}", divergence.difference));
    if divergence.witness.is_some() {
        if let Some(event) = &divergence.first_event {
            text += &indent(&format!("first event that differs: {event}"));
        }
        if let Some(place) = &divergence.place {
            text += &indent(&format!("at {}:{}", place.file, place.line));
        }
    }
    for fault in &divergence.faults {
        fault.lines().for_each(|line| text += &indent(&format!("{}: {line}", fault.variant)));
    }
    if let Some(other) = &divergence.same_witness_as {
        text += &indent(&format!("the other side of {other}"));
    }
    if other.is_some_and(|other| is_accepted(divergence) || !is_accepted(other)) {
        return text;
    }
    let preemptions = counted(divergence.preemptions, "preemption");
    text += &format!("  witness, {preemptions}:\n  {}\n", one_line(&divergence.token));
    let witness = divergence.witness.as_ref().or(other.and_then(|other| other.witness.as_ref()));
    if let Some(witness) = witness.filter(|_| !is_accepted(divergence)) {
        text += &two_columns(witness);
    }
    text
}

/// Both sides of a witness, in the manner of lockdep's scenarios: what is needed to follow it,
/// wrapped rather than cut.
fn two_columns(witness: &WitnessPart) -> String {
    let mut text = String::new();
    for note in &witness.notes {
        text += &paragraph(note, "  ", "    ");
    }
    text.push('\n');
    row(&mut text, ' ', &witness.variants[0], &witness.variants[1]);
    row(&mut text, ' ', &"-".repeat(SIDE), &"-".repeat(SIDE));
    let mut folded = 0;
    for (at, part) in witness.rows.iter().enumerate() {
        let event = |side: usize, at: Option<usize>| at.and_then(|at| witness.traces[side].events.get(at));
        let sides = [event(0, part.left), event(1, part.right)];
        let is_kept = |event: &&EventPart| event.observable || event.remark || event.pinned;
        let matters = part.mark != ' ' || sides.iter().flatten().any(is_kept);
        if !(part.near && matters) {
            folded += 1;
            continue;
        }
        if folded > 0 {
            text += "  ...\n";
            folded = 0;
        }
        if Some(at) == witness.first_observable {
            text += "  --- first observable difference\n";
        }
        let [left, right] =
            [0, 1].map(|side| sides[side].map_or(String::new(), |event| cell(&witness.traces[side], event)));
        row(&mut text, part.mark, &left, &right);
    }
    text
}

/// An event with its thread, in one line.
pub fn cell(trace: &TracePart, event: &EventPart) -> String {
    one_line(&trace.line(event))
}

fn row(text: &mut String, mark: char, left: &str, right: &str) {
    let side = |cell: &str| {
        let options = Options::new(SIDE).subsequent_indent("  ").word_splitter(WordSplitter::NoHyphenation);
        wrap(&one_line(cell), options).into_iter().map(|line| line.into_owned()).collect::<Vec<_>>()
    };
    let (left, right) = (side(left), side(right));
    for at in 0..left.len().max(right.len()) {
        let line = |side: &[String]| side.get(at).cloned().unwrap_or_default();
        let (left, right) = (line(&left), line(&right));
        let pad = " ".repeat(SIDE.saturating_sub(display_width(&left)));
        let mark = if at == 0 { mark } else { ' ' };
        *text += format!("{mark} {left}{pad} | {right}").trim_end();
        text.push('\n');
    }
}

/// A table, a record a row: mail has no room for columns.
fn table_text(table: &Table) -> String {
    let mut text = String::new();
    if !table.caption.is_empty() {
        text += &paragraph(&table.caption, "  ", "    ");
    }
    if !table.note.is_empty() {
        text += &paragraph(&table.note, "    ", "    ");
    }
    for row in table.rows.iter().take(RECORDS_MAX) {
        let cells = table.head.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        let line: Vec<String> = cells.map(|(name, cell)| format!("{name} {cell}")).collect();
        text += &cut_paragraph(&line.join("; "));
    }
    if table.rows.len() > RECORDS_MAX {
        text += &format!("  ... {} more\n", table.rows.len() - RECORDS_MAX);
    }
    text
}

/// At most four lines of a record.
fn cut_paragraph(text: &str) -> String {
    paragraph(&cut(text, WIDTH * 4 - 24), "  ", "      ")
}
