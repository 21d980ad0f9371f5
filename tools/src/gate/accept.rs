//! `lockstep accept`: the word of a person that a change is meant.
//!
//! Promise: what is accepted are outcomes that the comparison shows now, each with an entry of its
//! own, also where a whole cause is accepted: an outcome that the cause shows tomorrow was looked
//! at by nobody. Of a divergence that several steps have a hand in, the cause is that of the first.

use super::config::{self, Config};
use super::judge::{Law, judge};
use super::lacking::is_own;
use super::ledger::{Asked, Ledger};
use super::{committed, run, series, today};
use crate::cli::arguments::{AcceptArguments, Options};
use crate::cli::given_options::GivenOptions;
use crate::cli::trouble::Trouble;
use crate::document::{Document, ScenarioPart, Standing, read};
use lockstep::DivergenceId;

/// Something that a person may accept.
struct Acceptable<'a> {
    asked: Asked<'a>,
    standing: Standing,
    /// What it is, in a few words.
    what: String,
    cause: Option<&'a str>,
    scenario: &'a str,
    /// Accepted only by its name: it does not make the gate red.
    is_harmless: bool,
}

/// What is to be accepted.
struct Selected {
    id: Option<DivergenceId>,
    cause: Option<String>,
    scenario: Option<String>,
}

impl Selected {
    fn of(arguments: &AcceptArguments) -> Result<Selected, Trouble> {
        let AcceptArguments { id, cause, scenario, all, list, .. } = arguments;
        if id.is_none() && cause.is_none() && scenario.is_none() && !all && !list {
            return Err(Trouble::usage(
                "say what is accepted: the name of a divergence, --cause CAUSE, --scenario SCENARIO or --all; --list shows what there is",
            ));
        }
        if id.is_some() && (cause.is_some() || *all) {
            return Err(Trouble::usage("one divergence is named, and --cause or --all besides: keep one of the two"));
        }
        let id = id
            .as_ref()
            .map(|id| id.parse().map_err(|error: lockstep::DivergenceIdError| Trouble::usage(error.to_string())));
        Ok(Selected { id: id.transpose()?, cause: cause.clone(), scenario: scenario.clone() })
    }

    /// Narrows the configuration to the scenario that is selected, if one is.
    fn narrow(&self, config: &mut Config) -> Result<(), Trouble> {
        if let Some(id) = self.id.as_ref().filter(|id| config.series.is_none() && !is_own(&id.subject)) {
            return Err(Trouble::usage(format!(
                "{id} is of the subject '{}', which is none of this repository: name its series with --base FILE --series PATCHES, or --config FILE",
                id.subject
            )));
        }
        let Some(scenario) = self.id.as_ref().map(|id| &id.scenario).or(self.scenario.as_ref()) else {
            return Ok(());
        };
        let scenario = series::find(config.series.as_ref(), scenario)?;
        for options in &mut config.runs {
            options.scenario = vec![scenario.clone()];
        }
        config.is_narrowed = true;
        Ok(())
    }

    fn has(&self, one: &Acceptable<'_>) -> bool {
        let is_named = |id: &DivergenceId| id.to_string() == one.asked.id;
        self.id.as_ref().map_or(!one.is_harmless, is_named)
            && self.cause.as_ref().is_none_or(|cause| one.cause == Some(cause))
            && self.scenario.as_ref().is_none_or(|scenario| one.scenario.eq_ignore_ascii_case(scenario.trim()))
    }

    /// In words.
    fn words(&self) -> String {
        let cause = self.cause.as_ref().map(|cause| format!("cause {cause}"));
        let scenario = self.scenario.as_ref().map(|scenario| format!("scenario {scenario}"));
        let parts: Vec<String> = self.id.iter().map(ToString::to_string).chain(cause).chain(scenario).collect();
        if parts.is_empty() { "anything".to_owned() } else { parts.join(" in ") }
    }
}

/// Accepts what the arguments select and the comparison shows, or lists it, and says so.
pub fn accept(arguments: &AcceptArguments, options: &Options, given: &GivenOptions) -> Result<String, Trouble> {
    let selected = Selected::of(arguments)?;
    let reason = arguments.reason.as_deref().unwrap_or_default();
    if reason.trim().is_empty() && !arguments.list {
        return Err(Trouble::usage("--reason says nothing: write why the divergence is fine"));
    }
    let mut config = config::read(arguments.config.as_deref(), &arguments.series, options, given)?;
    let ledger = Ledger::read(&config.ledger)?;
    let mut document = match &arguments.from {
        Some(path) => read(path)?,
        None => {
            selected.narrow(&mut config)?;
            run(&config)?.0
        }
    };
    if let Some(mismatch) = &document.nondeterminism {
        let message = format!("nothing was accepted, for what runs differently next time cannot be: {mismatch}");
        return Err(Trouble::usage(message));
    }
    let committed = config.snapshots.as_deref().map(committed::read).transpose()?.unwrap_or_default();
    let date = arguments.date.unwrap_or_else(today);
    let (saved, lacking) = (String::new(), None);
    judge(&mut document, &Law { config: &config, committed: &committed, ledger: &ledger, today: date, saved, lacking });
    let found: Vec<Acceptable<'_>> = acceptable(&document).filter(|one| selected.has(one)).collect();
    if arguments.list {
        return Ok(listed(&document, &found));
    }
    // Under several memory models one outcome may be shown by different variants: each of these is
    // accepted.
    let mut open: Vec<&Acceptable<'_>> = Vec::new();
    for one in found.iter().filter(|one| one.standing == Standing::Unaccepted) {
        if !open.iter().any(|other| other.asked.id == one.asked.id && other.asked.shown == one.asked.shown) {
            open.push(one);
        }
    }
    let Some(first) = found.first() else {
        let words = selected.words();
        return Err(Trouble::usage(format!(
            "the comparison does not show {words}: 'lockstep gate{}' lists what it shows; an outcome that is rare needs the gate's whole budget, or --from",
            config.told
        )));
    };
    if open.is_empty() {
        let entry = ledger.entries.iter().find(|entry| entry.matches(&first.asked));
        let words = selected.words();
        return Err(Trouble::usage(match entry {
            Some(entry) if selected.id.is_some() => {
                format!("{}:{} has an entry for {words} already", ledger.path.display(), entry.line)
            }
            None if selected.id.is_some() => {
                format!("{words} is committed in a snapshot already: there is nothing to accept")
            }
            _ => format!("all that the comparison shows of {words} is accepted already"),
        }));
    }
    let mut text = String::new();
    for Acceptable { asked, what, .. } in &open {
        Ledger::accept(&ledger.path, asked, reason, date, arguments.expires)?;
        text += &format!("accepted in {}: {}, {what}\n", ledger.path.display(), asked.id);
    }
    Ok(text)
}

/// Everything in a judged document that a person may accept.
fn acceptable(document: &Document) -> impl Iterator<Item = Acceptable<'_>> {
    document.scenarios.iter().flat_map(|scenario| ends(scenario).chain(divergences(scenario)))
}

fn divergences(scenario: &ScenarioPart) -> impl Iterator<Item = Acceptable<'_>> {
    scenario.divergences.iter().map(|one| Acceptable {
        asked: Asked::divergence(one),
        standing: one.standing(),
        what: one.attribution(),
        cause: one.cause(),
        scenario: &scenario.id,
        is_harmless: false,
    })
}

fn ends(scenario: &ScenarioPart) -> impl Iterator<Item = Acceptable<'_>> {
    scenario.bad_ends.iter().map(|one| {
        let is_accepted = one.standing() == Standing::Accepted;
        Acceptable {
            asked: Asked::ends(one),
            // What is not in 'fail-on' may be accepted as well.
            standing: if is_accepted { Standing::Accepted } else { Standing::Unaccepted },
            what: if is_accepted { String::new() } else { format!("every step ends in {}", one.what()) },
            cause: None,
            scenario: &scenario.id,
            is_harmless: one.standing() == Standing::Unjudged,
        }
    })
}

/// What is not accepted: ends that all steps show, then the divergences of each cause.
fn listed(document: &Document, found: &[Acceptable<'_>]) -> String {
    let open: Vec<&Acceptable<'_>> = found.iter().filter(|one| one.standing == Standing::Unaccepted).collect();
    let mut text = String::new();
    for one in open.iter().filter(|one| one.asked.shown.is_none()) {
        text += &format!("{}, {}\n", one.asked.id, one.what);
    }
    for cause in &document.causes {
        let of_it: Vec<_> = open.iter().filter(|one| one.cause == Some(&cause.id)).collect();
        if !of_it.is_empty() {
            text += &format!("{}\n", cause.lines().join("\n  "));
            of_it.iter().for_each(|one| text += &format!("    {}, {}\n", one.asked.id, one.what));
        }
    }
    for one in open.iter().filter(|one| one.asked.shown.is_some() && one.cause.is_none()) {
        text += &format!("{}, {}\n", one.asked.id, one.what);
    }
    text + &format!("not accepted: {}, accepted: {}\n", open.len(), found.len() - open.len())
}
