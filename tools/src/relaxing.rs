//! `explore --relax`: each ordering of the kernel and of the designs taken away, one at a time, and what then shows.
//!
//! Claim C14 asks for it: an ordering that some outcome or claim depends on deserves a comment. One table for all designs, a line a place; below it,
//! for each that something depends on, what the weakened design shows and a token for each.

use crate::arguments::{Format, Options};
use crate::comparing;
use crate::selection::Selection;
use crate::session::{self, Progress, Running};
use crate::status::Status;
use comfy_table::{ContentArrangement, Table, presets};
use lockstep::{CompareConfig, MemoryModel};
use serde::Serialize;
use std::collections::BTreeMap;
use utrace_variants::VariantInfo;
use utrace_variants::claims::{Dependence, OrderingSite, Shown, baseline, dependence, ordering_sites, wake_up};

/// Scenarios explored under sequential consistency if none is named: small ones in which every lock is fought over. An ordering taken away shows
/// as a race there and as nothing else, so more of them show no more. Under the other models it is all scenarios.
const SCENARIOS_SC: [&str; 10] = ["S3", "S4", "S4b", "S5b", "S6", "S6b", "S8d", "S8e", "S9", "S13b"];

/// A line of the table: the function, what it does to which object, and which of several it is.
type Line = (String, &'static str, String, usize);

/// What was found for one place of one variant.
struct Found {
    line: Line,
    variant: &'static VariantInfo,
    site: OrderingSite,
    /// Nothing if the run ended before.
    dependence: Option<Dependence>,
}

/// Weakens every place in turn; returns the text and how it went.
pub fn command(selection: &Selection, options: &Options) -> (String, Status) {
    let memory = selection.memory;
    let mut config = comparing::config(options, memory);
    let all = memory != MemoryModel::Sc || !options.scenario.is_empty();
    let scenarios: Vec<&'static str> = selection.scenarios.iter().map(|scenario| &*scenario.id).collect();
    let scenarios: Vec<&'static str> = scenarios.into_iter().filter(|id| all || SCENARIOS_SC.contains(id)).collect();
    if memory != MemoryModel::Sc {
        // A search of everything that does not complete would only delay the bounded one, for each place.
        config.exhaustive_max = 0;
    }
    let mut found = Vec::new();
    for variant in &selection.variants {
        found.extend(one_variant(variant, &scenarios, &config));
    }
    let text = match options.format {
        Format::Json => json(&found),
        _ => human(selection, &scenarios, &found),
    };
    let cut_short = session::is_ending();
    if cut_short {
        session::say_cut_short();
    }
    (text, if cut_short { Status::Budget } else { Status::Fine })
}

fn one_variant(variant: &'static VariantInfo, scenarios: &[&'static str], config: &CompareConfig<'_>) -> Vec<Found> {
    let (subject, variants) = ("utrace".to_owned(), variant.name.to_owned());
    session::begin(Running { subject, scenario: scenarios.join(" "), variants, memory: config.memory });
    let mut sites = ordering_sites(variant.name, scenarios, config);
    sites.push(wake_up(scenarios));
    let progress = Progress::new(sites.len());
    let known = baseline(variant.name, scenarios, config);
    let mut counts: BTreeMap<(String, &'static str, String), usize> = BTreeMap::new();
    let mut found = Vec::new();
    for site in sites {
        progress.says(&format!("{}: {} {} in {}", variant.name, site.what, site.object, site.function));
        let nth = counts.entry((site.function.clone(), site.what, site.object.clone())).or_default();
        *nth += 1;
        let line = (site.function.clone(), site.what, site.object.clone(), *nth);
        let dependence = known.as_ref().and_then(|known| dependence(variant.name, &site, known, config));
        found.push(Found { line, variant, site, dependence });
        progress.advances();
    }
    found
}

fn human(selection: &Selection, scenarios: &[&str], found: &[Found]) -> String {
    let memory = selection.memory.name();
    let mut text = format!("orderings taken away one at a time, memory model {memory}, on {}\n\n", scenarios.join(" "));
    let mut lines: BTreeMap<&Line, Vec<&Found>> = BTreeMap::new();
    for one in found {
        lines.entry(&one.line).or_default().push(one);
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let names = selection.variants.iter().map(|variant| variant.name.to_owned());
    table.set_header(["function".to_owned(), "ordering".to_owned()].into_iter().chain(names));
    for ((function, what, object, nth), of_line) in &lines {
        let number = if *nth > 1 { format!(" ({nth})") } else { String::new() };
        let mut row = vec![function.clone(), format!("{what} {object}{number}")];
        row.extend(selection.variants.iter().map(|variant| {
            let own = of_line.iter().find(|one| one.variant.name == variant.name);
            own.map_or("-".to_owned(), |own| cell(own))
        }));
        table.add_row(row);
    }
    text += &table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    text += "\n\nneeded: without it some outcome is new; C4: without it that claim fails; free: neither, under the evidence below;\n? not explored; - the design has no such place\n";
    text += &evidence(found);
    text += &witnesses(found);
    text
}

fn cell(found: &Found) -> String {
    let Some(Dependence { shown, .. }) = &found.dependence else { return "?".to_owned() };
    if shown.is_empty() {
        return "free".to_owned();
    }
    let word = |one: &Shown| one.claim.map_or("needed", |claim| claim.id);
    shown.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn evidence(found: &[Found]) -> String {
    let free = found.iter().filter_map(|one| one.dependence.as_ref()).filter(|one| one.shown.is_empty());
    let weakest = free.map(|one| one.evidence).reduce(lockstep::Evidence::weaker);
    weakest.map_or(String::new(), |evidence| format!("evidence of what is free: {evidence}\n"))
}

fn witnesses(found: &[Found]) -> String {
    let mut text = String::new();
    for one in found {
        let shown = one.dependence.as_ref().map_or(&[][..], |dependence| &dependence.shown);
        if !shown.is_empty() {
            let (function, kind, object, _) = &one.line;
            text += &format!("\n{}: without {kind} {object} in {function} ({})\n", one.variant.name, place(&one.site));
        }
        for Shown { claim, scenario, what, token } in shown {
            let shows = claim.map_or(format!("shows {what}"), |claim| format!("breaks {}", claim.id));
            text += &format!("  {scenario} {shows}\n    {token}\n");
        }
    }
    text
}

fn place(site: &OrderingSite) -> String {
    match site.weakened.at {
        Some((line, _)) => format!("{}:{line}", site.weakened.file),
        None => site.weakened.file.to_owned(),
    }
}

#[derive(Serialize)]
struct SitePart<'a> {
    variant: &'a str,
    function: &'a str,
    ordering: &'a str,
    object: &'a str,
    place: String,
    scenarios: &'a [&'static str],
    needed: Option<bool>,
    scenario: Option<&'a str>,
    shows: Option<&'a str>,
    token: Option<String>,
    claims: Vec<BrokenPart>,
    evidence: Option<String>,
}

/// A claim that fails without the ordering.
#[derive(Serialize)]
struct BrokenPart {
    id: &'static str,
    scenario: &'static str,
    token: String,
}

fn json(found: &[Found]) -> String {
    let document: Vec<SitePart<'_>> = found.iter().map(site_part).collect();
    serde_json::to_string_pretty(&document).expect("the document has only strings and flags") + "\n"
}

fn site_part(one: &Found) -> SitePart<'_> {
    let shown = one.dependence.as_ref().map_or(&[][..], |dependence| &dependence.shown);
    let broken = |one: &Shown| {
        one.claim.map(|claim| BrokenPart { id: claim.id, scenario: one.scenario, token: one.token.to_string() })
    };
    SitePart {
        variant: one.variant.name,
        function: &one.site.function,
        ordering: one.site.what,
        object: &one.site.object,
        place: place(&one.site),
        scenarios: &one.site.scenarios,
        needed: one.dependence.as_ref().map(|dependence| !dependence.shown.is_empty()),
        scenario: shown.first().map(|first| first.scenario),
        shows: shown.first().map(|first| first.what.as_str()),
        token: shown.first().map(|first| first.token.to_string()),
        claims: shown.iter().filter_map(broken).collect(),
        evidence: one.dependence.as_ref().map(|dependence| dependence.evidence.to_string()),
    }
}
