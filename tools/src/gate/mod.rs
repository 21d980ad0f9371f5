//! `lockstep gate` and `lockstep accept`: the comparison that guards a refactoring, and the word of
//! a person that a change is meant.
//!
//! Promise: green means that everything configured was explored as far as required, that each
//! scenario reached what it is about, and that each difference between the variants is committed in
//! a snapshot or accepted in the ledger, by these variants and in these words, and so is each kind
//! of end that nobody can want and that all variants show, if `fail-on` names it. Limit: what the
//! required evidence does not cover is not known.

mod accept;
mod committed;
mod config;
mod coverage;
mod judge;
mod ledger;
mod lacking;
mod proposal;
mod section;
mod series;

use crate::causes;
use crate::cli::arguments::{GateArguments, Options};
use crate::cli::counted::counted;
use crate::cli::files::public;
use crate::cli::given_options::GivenOptions;
use crate::cli::selection::select;
use crate::cli::session;
use crate::cli::status::Status;
use crate::cli::trouble::Trouble;
use crate::compare::{self, compare_all};
use crate::document::{AcceptancePart, Document, read, shell_word};
use crate::gate::ledger::Ledger;
use crate::hunt::summary::median;
use crate::report::one_line;
use crate::series::document;
use crate::workshop::{Utrace, Workspace};
use config::Config;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use judge::{Law, judge};
use lacking::lacking;
use lockstep_runner::Local;
use lockstep_runner::protocol::Compared;
use proposal::propose;
use std::path::{Path, PathBuf};

pub use accept::accept;

/// What the gate judged, and how it ended.
pub struct Judged {
    /// The comparison with the judgement in it.
    pub document: Document,
    /// The exit status.
    pub status: Status,
}

/// Compares, or reads what was compared, and judges.
pub fn gate(arguments: &GateArguments, options: &Options, given: &GivenOptions) -> Result<Judged, Trouble> {
    let mut config = config::read(arguments.config.as_deref(), &arguments.series, options, given)?;
    if !arguments.fail_on.is_empty() {
        let kinds = arguments.fail_on.iter().filter(|kind| *kind != "none");
        config.fail_on = kinds.map(|kind| config::bad_end(kind)).collect::<Result<_, _>>()?;
    }
    let config = config;
    let is_told = arguments.config.is_some() || config.series.is_some() || arguments.from.is_some();
    if !is_told && Workspace::is_here() && !Path::new(config::DEFAULT_PATH).exists() {
        session::say(&format!(
            "there is no {} here, so this judges utrace, the subject that comes with Lockstep; name one of your own with --base and --series",
            config::DEFAULT_PATH
        ));
    }
    let ledger = Ledger::read(&config.ledger)?;
    let proposes = arguments.propose.then(|| proposes(&config)).transpose()?;
    let committed = match &config.snapshots {
        // Of a series that has none yet each is missed by name.
        Some(folder) if config.series.is_none() || folder.exists() => committed::read(folder)?,
        _ => Vec::new(),
    };
    let (mut document, compared) = match &arguments.from {
        Some(path) => (read(path)?, Vec::new()),
        None => run(&config)?,
    };
    let lacking = if arguments.from.is_some() { lacking(&document, &config)? } else { None };
    let today = arguments.date.unwrap_or_else(today);
    let saved = arguments.from.as_ref().map_or(String::new(), |path| format!(" --from {}", shell_word(&public(path))));
    let law = Law { config: &config, committed: &committed, ledger: &ledger, today, saved, lacking };
    let status = judge(&mut document, &law);
    document.forget_accepted();
    for new in proposes.map(|folder| propose(&folder, &compared)).transpose()?.iter().flatten() {
        session::say(&format!("{}: accept it with 'cargo insta review', or by its name without '.new'", new.display()));
    }
    Ok(Judged { document, status })
}

/// Where proposed snapshots go.
fn proposes(config: &Config) -> Result<PathBuf, Trouble> {
    match (&config.snapshots, &config.series) {
        (Some(folder), Some(_)) => Ok(folder.clone()),
        (None, Some(_)) => {
            Err(Trouble::usage("--propose needs 'snapshots' in the configuration: the folder that they go to"))
        }
        (_, None) => Err(Trouble::usage(
            "--propose is for a series: the snapshots of the designs are written by 'cargo test -p utrace-variants'",
        )),
    }
}

fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Runs everything configured, one memory model after the other.
fn run(config: &Config) -> Result<(Document, Vec<Compared>), Trouble> {
    if let Some(options) = config.runs.first() {
        session::start(options.time);
    }
    if config.runs.is_empty() {
        return Err(Trouble::usage("'memory' names no memory model: leave it out, or name one"));
    }
    if let Some(series) = &config.series {
        return document(&series.input, &config.runs).map(|(document, outcomes)| (document, outcomes.compared));
    }
    let is_named =
        |options: &Options| !options.scenario.is_empty() || !options.variants.is_empty() || options.repairs.is_some();
    if !Workspace::is_here() && !config.runs.iter().any(is_named) {
        return Err(Trouble::usage(format!(
            "outside of the repository of Lockstep nothing says what is judged: name a module and its patches with --base and --series, or as \
             'base' and 'series' in {}",
            config::DEFAULT_PATH
        )));
    }
    let mut whole: Option<Document> = None;
    for options in &config.runs {
        let selection = select(options, true)?;
        if selection.variants.len() < 2 {
            let message = "there is nothing to compare one variant with: name two or more under 'variants'";
            return Err(Trouble::usage(message));
        }
        let mut bench = Local::new(&Utrace);
        let outcomes = compare_all(&mut bench, &selection.names(), &selection.settings(), options)?;
        let document = compare::document::document(&selection, &outcomes);
        match &mut whole {
            Some(whole) => {
                whole.append(document);
                causes::put(whole, &compare::document::sources(&selection));
            }
            None => whole = Some(document),
        }
    }
    Ok((whole.expect("there is a memory model"), Vec::new()))
}

/// The judgement for people.
pub fn human(judged: &Judged) -> String {
    let Judged { document, status } = judged;
    let mut text = String::new();
    let gate = document.gate.as_ref();
    for finding in gate.iter().flat_map(|gate| &gate.findings) {
        text += &format!("{:>3}  {}\n", finding.status, one_line(&finding.message));
    }
    let divergences = document.divergences().map(|(_, one)| one.acceptance.as_ref());
    let classes = classes(&divergences.collect::<Vec<_>>());
    let none = if document.explored() == 0 { "nothing explored" } else { "no divergence" };
    let classes = if classes.is_empty() { none.to_owned() } else { classes.join(", ") };
    let ends = document.bad_ends().map(|(_, one)| one.acceptance.as_ref()).collect::<Vec<_>>();
    let ends = self::classes(&ends).join(", ");
    let ends = if ends.is_empty() { ends } else { format!("; bad ends that every step shows: {ends}") };
    let colour = if *status == Status::Fine { "green" } else { "red" };
    let comparisons = counted(document.scenarios.len(), "comparison");
    text += &format!("{colour}: {comparisons}; divergences: {classes}{ends}\n");
    for (evidence, ids) in document.evidences() {
        text += &format!("evidence of {}: {evidence}\n", counted(ids.len(), "comparison"));
    }
    let preemptions: Vec<usize> = document.divergences().map(|(_, one)| one.preemptions).collect();
    if let Some(&most) = preemptions.iter().max() {
        text += &format!("preemptions of a witness: {most} at most, the median is {}\n", median(preemptions));
    }
    text + &document.repetition().map_or(String::new(), |said| format!("{said}\n"))
}

/// How many were accepted and how many were not, in words.
fn classes(all: &[Option<&AcceptancePart>]) -> Vec<String> {
    let standing =
        |one: &Option<&AcceptancePart>| one.map_or("not in 'fail-on'".to_owned(), |one| one.standing.clone());
    let count = |wanted: &str| all.iter().filter(|one| standing(one) == wanted).count();
    let all = ["committed", "accepted", "unaccepted", "not in 'fail-on'"].map(|wanted| (count(wanted), wanted));
    all.into_iter().filter(|(count, _)| *count > 0).map(|(count, wanted)| format!("{count} {wanted}")).collect()
}
