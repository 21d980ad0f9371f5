//! `lockstep gate` and `lockstep accept`: the comparison that guards a refactoring, and the word of a person that a change is meant.
//!
//! Promise: green means that everything configured was explored as far as required, that each scenario reached what it is about, and that each
//! difference between the variants is committed in a snapshot or accepted in the ledger, by these variants and in these words. Limit: what the
//! required evidence does not cover is not known.

mod committed;
mod config;
mod judge;

use crate::arguments::{AcceptArguments, GateArguments, Options};
use crate::comparing::compare_all;
use crate::document::{Document, Standing, read, text, write_whole};
use crate::given::Given;
use crate::ledger::Ledger;
use crate::saving;
use crate::selection::select;
use crate::session;
use crate::status::Status;
use config::Config;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use judge::{Law, judge};
use lockstep::DivergenceId;
use std::path::Path;

/// What the gate judged, and how it ended.
pub struct Judged {
    /// The comparison with the judgement in it.
    pub document: Document,
    /// The exit status.
    pub status: Status,
}

/// Compares, or reads what was compared, and judges.
pub fn gate(arguments: &GateArguments, options: &Options, given: &Given) -> Result<Judged, String> {
    let config = config::read(arguments.config.as_deref(), options, given)?;
    let ledger = Ledger::read(&config.ledger)?;
    let committed = match &config.snapshots {
        Some(folder) => committed::read(folder)?,
        None => Vec::new(),
    };
    let mut document = match &arguments.from {
        Some(path) => read(path)?,
        None => run(&config)?,
    };
    let today = arguments.date.unwrap_or_else(today);
    let law = Law { config: &config, committed: &committed, ledger: &ledger, today };
    let status = judge(&mut document, &law);
    if let Some(path) = &arguments.save {
        write_whole(path, &text(&document))?;
    }
    Ok(Judged { document, status })
}

fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Runs everything configured, one memory model after the other.
fn run(config: &Config) -> Result<Document, String> {
    let mut whole: Option<Document> = None;
    if let Some(options) = config.runs.first() {
        session::start(options.time);
    }
    for options in &config.runs {
        let selection = select(options, true)?;
        if selection.variants.len() < 2 {
            return Err("there is nothing to compare one variant with: name two or more under 'variants'".to_owned());
        }
        let document = saving::document(&selection, &compare_all(&selection, options));
        match &mut whole {
            Some(whole) => whole.append(document),
            None => whole = Some(document),
        }
    }
    whole.ok_or_else(|| "'memory' names no memory model: leave it out, or name one".to_owned())
}

/// The judgement for people.
pub fn human(judged: &Judged) -> String {
    let Judged { document, status } = judged;
    let mut text = String::new();
    let gate = document.gate.as_ref();
    for finding in gate.iter().flat_map(|gate| &gate.findings) {
        text += &format!("{:>3}  {}\n", finding.status, finding.message);
    }
    let count = |standing: &str| {
        let standings = document.divergences().filter_map(|(_, one)| one.acceptance.as_ref());
        standings.filter(|acceptance| acceptance.standing == standing).count()
    };
    let counted: Vec<String> = ["committed", "accepted", "unaccepted"]
        .map(|standing| (count(standing), standing))
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, standing)| format!("{count} {standing}"))
        .collect();
    let counted = if counted.is_empty() { "no divergence".to_owned() } else { counted.join(", ") };
    let colour = if *status == Status::Fine { "green" } else { "red" };
    text += &format!("{colour}: {} comparisons; divergences: {counted}\n", document.scenarios.len());
    for (evidence, ids) in document.evidences() {
        text += &format!("evidence of {} comparisons: {evidence}\n", ids.len());
    }
    text
}

/// Accepts a divergence that the comparison shows, and says so.
pub fn accept(arguments: &AcceptArguments, options: &Options, given: &Given) -> Result<String, String> {
    let id: DivergenceId = arguments.id.parse().map_err(|error: lockstep::DivergenceIdError| error.to_string())?;
    if arguments.reason.trim().is_empty() {
        return Err("--reason says nothing: write why the divergence is fine".to_owned());
    }
    let config = config::read(arguments.config.as_deref(), options, given)?;
    let ledger = Ledger::read(&config.ledger)?;
    let document = match &arguments.from {
        Some(path) => read(path)?,
        None => run(&of_scenario(config, &id)?)?,
    };
    let mut found = document.divergences().map(|(_, one)| one).filter(|one| one.id == arguments.id);
    let Some(divergence) = found.next() else {
        return Err(format!(
            "the comparison does not show {id}: 'lockstep gate' lists what it shows; an outcome that is rare needs the gate's whole budget, or --from"
        ));
    };
    if divergence.standing() == Standing::Accepted {
        return Err(format!("{id} is accepted already"));
    }
    let date = arguments.date.unwrap_or_else(today);
    ledger.accept(divergence, &arguments.reason, date, arguments.expires)?;
    Ok(format!("accepted in {}: {id}, {}\n", path_text(&ledger.path), divergence.attribution()))
}

fn path_text(path: &Path) -> String {
    path.display().to_string()
}

/// The configuration, for the scenario of one divergence.
fn of_scenario(mut config: Config, id: &DivergenceId) -> Result<Config, String> {
    let scenario = crate::selection::find_scenario(&id.scenario)?;
    for options in &mut config.runs {
        options.scenario = vec![scenario.id.to_string()];
    }
    Ok(config)
}
