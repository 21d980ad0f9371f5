//! The report for pull requests and `$GITHUB_STEP_SUMMARY`.
//!
//! Limit: a comment holds 65,536 characters. Traces that would not fit are left out, and it is said
//! how many.

use super::claims::{self, touched};
use super::range_diff::CELLS;
use super::sections::sections;
use super::sheet::sheet;
use super::table::Table;
use super::tame::one_line;
use super::text::{cell, limits, rank};
use crate::cli::cut::cut;
use crate::document::{DivergencePart, Document, ScenarioPart, WitnessPart, counts_of};
use textwrap::core::display_width;

/// Characters that the report may have, with room for what its user puts around it.
pub const CHARACTERS_MAX: usize = 60_000;

/// The report.
pub fn markdown(document: &Document) -> String {
    let mut text = format!("## Lockstep: {}\n\n", escape(&document.summary()));
    if let Some(since) = &document.since {
        text += &format!("Since the earlier comparison: {}.\n\n", escape(&since.summary));
    }
    if let Some(gate) = &document.gate {
        let colour = if gate.status == 0 { "green" } else { "red" };
        text += &format!("**Gate: {colour}**, exit status {}\n\n", gate.status);
        for finding in &gate.findings {
            text += &format!("- {}: {}\n", finding.status, escape(&finding.message));
        }
        text.push('\n');
    }
    for (at, variant) in document.variants.iter().enumerate() {
        text += &format!("{}. {}: {}\n", at + 1, code(&variant.name), escape(&variant.summary));
    }
    text += &format!("\n{}.", escape(&limits(document)));
    if !document.complete {
        text += " **The run ended before everything was compared.**";
    }
    if let Some(commit) = &document.base_commit {
        text += &format!(" Base commit {}.", code(commit));
    }
    text += "\n\n";
    text += &bad_ends(document);
    text += &causes(document);
    text += &matrix(document);
    let mut end = String::new();
    if let Some(table) = claims::table(document) {
        end += &details("Claims", &table_text(&table));
    }
    for (name, tables) in sections(document) {
        let shown: String = tables.iter().map(table_text).collect();
        end += &details(name, &shown);
    }
    end += &details("Which one should we merge?", &fenced(&sheet(document)));
    let room = CHARACTERS_MAX.saturating_sub(text.chars().count() + end.chars().count());
    text += &witnesses(document, room);
    // The sections are cut rather than sent in a form that nobody accepts.
    if text.chars().count() + end.chars().count() > CHARACTERS_MAX {
        end = "The sections on claims, audit, mutants, orderings and costs do not fit here: see the page of 'lockstep report --format html'.\n".to_owned();
    }
    text + &end
}

/// The table of steps and scenarios. Scenarios on which no step changes anything are listed below
/// it.
fn matrix(document: &Document) -> String {
    let steps = document.variants.len().saturating_sub(1);
    let mut text = format!("{CELLS}\n\n| scenario | |");
    (1..=steps).for_each(|step| text += &format!(" {step} → {} |", step + 1));
    text += &format!("\n|---|---|{}\n", "---|".repeat(steps));
    let mut equal = Vec::new();
    for scenario in &document.scenarios {
        let missed = scenario.missed().count();
        if scenario.gap().is_none() && scenario.divergences.is_empty() && missed == 0 && scenario.bad_ends.is_empty() {
            equal.push(scenario.title());
            continue;
        }
        let warning = if missed > 0 { " ⚠ a goal was not reached" } else { "" };
        text += &format!("| {} | {}{warning} |", escape(&scenario.title()), escape(&scenario.name));
        for step in document.variants.windows(2) {
            text += &match scenario.pair(&step[0].name, &step[1].name) {
                None => " not explored |".to_owned(),
                Some(pair) if pair.gained + pair.lost == 0 => " = |".to_owned(),
                Some(pair) => format!(" {} |", counts_of(pair.gained, pair.lost)),
            };
        }
        text.push('\n');
    }
    if !equal.is_empty() {
        text += &format!("\nThe same outcomes at every step: {}.\n", escape(&equal.join(", ")));
    }
    text += "\nEvidence: ";
    let evidence = |(evidence, ids): &(String, Vec<String>)| match ids.len() {
        count if count == document.scenarios.len() => evidence.clone(),
        _ => format!("{evidence} ({})", ids.join(", ")),
    };
    text += &escape(&document.evidences().iter().map(evidence).collect::<Vec<_>>().join("; "));
    text += &document.repetition().map_or(String::new(), |said| format!("; {said}"));
    text += "\n\n";
    text
}

/// Causes that are told one by one; what a comment has room for is limited.
const CAUSES_MAX: usize = 12;

/// What sets the steps apart, each with the command that shows its simplest witness.
fn causes(document: &Document) -> String {
    if document.causes.is_empty() {
        return String::new();
    }
    let mut text = String::from("What sets the steps apart:\n\n");
    for cause in document.causes.iter().take(CAUSES_MAX) {
        let bad = cause.bad_words().map_or(String::new(), |words| format!(", ⚠ {words}"));
        text +=
            &format!("- {}: {}{}; {}\n", code(&cause.id), escape(cause.title()), escape(&bad), escape(&cause.counts()));
        let lines = cause.change().into_iter().chain(cause.event_lines());
        lines.for_each(|line| text += &format!("  - {}\n", escape(&line)));
        text += &format!("  - {}\n", code(&document.replay(&cause.token)));
    }
    let more = document.causes.len().saturating_sub(CAUSES_MAX);
    text += &if more > 0 { format!("- and {more} more\n\n") } else { "\n".to_owned() };
    text
}

/// Ends that nobody can want and all variants show, once for each scenario and kind.
fn bad_ends(document: &Document) -> String {
    let mut text = String::new();
    for (scenario, ends) in document.bad_ends() {
        if text.is_empty() {
            text += "Ends that nobody can want, in every step:\n\n";
        }
        let place =
            ends.place.as_ref().map(|place| format!(", at {}", code(&format!("{}:{}", place.file, place.line))));
        let standing = ends.acceptance.as_ref().map(|acceptance| format!(" ({})", escape(&acceptance.words())));
        let (title, sentence, replay) =
            (escape(&scenario.title()), escape(&ends.sentence()), document.replay(&ends.token));
        text += &format!("- {title}, {}{}: {sentence}", code(&ends.id), standing.unwrap_or_default());
        let events: String =
            ends.fault.iter().flat_map(|fault| fault.lines()).map(|line| format!("; {}", escape(&line))).collect();
        text += &format!("{}{events}; {}\n", place.unwrap_or_default(), code(&replay));
    }
    if text.is_empty() { text } else { format!("{text}\n") }
}

/// The divergences, as far as there is room.
fn witnesses(document: &Document, mut room: usize) -> String {
    let mut text = String::new();
    let mut left_out = 0;
    // What nobody accepted comes first, for it must not be what does not fit.
    let mut all: Vec<_> = document.divergences().collect();
    all.sort_by_key(|(_, divergence)| (rank(divergence), divergence.witness.is_none()));
    for (scenario, divergence) in all {
        let part = divergence_text(document, scenario, divergence);
        let size = part.chars().count();
        if size > room {
            left_out += 1;
            continue;
        }
        room -= size;
        text += &part;
    }
    if left_out > 0 {
        text += &format!(
            "{left_out} more divergences do not fit here: see the page of 'lockstep report --format html'.\n\n"
        );
    }
    text
}

fn divergence_text(document: &Document, scenario: &ScenarioPart, divergence: &DivergencePart) -> String {
    let mut text = format!("{}\n\n", escape(&scenario.question));
    text += &format!("- {}\n", escape(&divergence.shown()));
    text += &format!("- a client sees: {}\n", escape(&divergence.difference));
    for fault in &divergence.faults {
        fault.lines().for_each(|line| text += &format!("- {}: {}\n", code(&fault.variant), escape(&line)));
    }
    if let Some(place) = &divergence.place {
        text += &format!("- first event that differs: {}\n", code(&format!("{}:{}", place.file, place.line)));
    }
    if let Some(other) = &divergence.same_witness_as {
        text += &format!("- the other side of {}\n", code(other));
    }
    let claims = touched(document, &scenario.id);
    if !claims.is_empty() {
        text += &format!("- claims touched: {}\n", escape(&claims.join(", ")));
    }
    if let Some(acceptance) = &divergence.acceptance {
        text += &format!("- {}\n", escape(&acceptance.words()));
    }
    text += &format!("\n{}\n", fenced(&document.replay(&divergence.token)));
    if let Some(witness) = &divergence.witness {
        text += &fenced(&columns(witness));
    }
    let title = format!("{}: {}, {}", scenario.title(), divergence.id, divergence.attribution());
    details(&title, &text)
}

fn columns(witness: &WitnessPart) -> String {
    let width = 56;
    let line = |mark: char, left: &str, right: &str| {
        let cell_text = |text: &str| cut(&one_line(text), width);
        let left = cell_text(left);
        let pad = " ".repeat(width.saturating_sub(display_width(&left)));
        format!("{mark} {left}{pad} | {}", cell_text(right)).trim_end().to_owned() + "\n"
    };
    let mut text = line(' ', &witness.variants[0], &witness.variants[1]);
    let mut folded = false;
    for (at, row) in witness.rows.iter().enumerate() {
        if !row.near {
            folded = true;
            continue;
        }
        if std::mem::take(&mut folded) {
            text += "  …\n";
        }
        if Some(at) == witness.first_observable {
            text += "--- first observable difference\n";
        }
        let side = |side: usize, at: Option<usize>| {
            let event = at.and_then(|at| witness.traces[side].events.get(at));
            event.map_or(String::new(), |event| cell(&witness.traces[side], event))
        };
        text += &line(row.mark, &side(0, row.left), &side(1, row.right));
    }
    text
}

fn table_text(table: &Table) -> String {
    let row =
        |cells: &[String]| format!("| {} |\n", cells.iter().map(|cell| escape(cell)).collect::<Vec<_>>().join(" | "));
    let mut text = if table.caption.is_empty() { String::new() } else { format!("{}\n\n", escape(&table.caption)) };
    if !table.note.is_empty() {
        text += &format!("{}\n\n", escape(&table.note));
    }
    if !table.head.is_empty() {
        text += &row(&table.head);
        text += &format!("|{}\n", "---|".repeat(table.head.len()));
        table.rows.iter().for_each(|cells| text += &row(cells));
        text.push('\n');
    }
    text
}

fn details(title: &str, inside: &str) -> String {
    format!("<details><summary>{}</summary>\n\n{inside}\n</details>\n\n", html(title))
}

/// Text between fences that are longer than any run of back-ticks in it.
fn fenced(text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end())
}

/// Text as a span of code.
fn code(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    let pad = if text.contains('`') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", one_line(text))
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

/// Text that Markdown shows as it is: no link, no image, no mention, no reference, no tag.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    // GitHub makes a link of a bare address.
    for character in one_line(text).replace("://", ":/\u{200b}/").replace("www.", "www\u{200b}.").chars() {
        match character {
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '&' => escaped += "&amp;",
            // A mention would call somebody, and a number would refer to an issue. GitHub looks for
            // both in what is shown, behind all escapes: only a character between keeps it from
            // that.
            '@' | '#' => {
                escaped.push(character);
                escaped += GAP;
            }
            '\u{200b}' => escaped += GAP,
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '!' | '~' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// A space without width.
const GAP: &str = "&#8203;";

fn html(text: &str) -> String {
    let text = one_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('@', &format!("@{GAP}")).replace('#', &format!("#{GAP}"))
}
