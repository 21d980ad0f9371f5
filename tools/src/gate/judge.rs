//! The judgement: a comparison against what was committed, what was accepted, and the evidence that
//! is required.
//!
//! A pure function of these and of today's date, so that a saved comparison can be judged again.
//! When several things are wrong all are said, ends that nobody can want before other differences,
//! and the exit status is that of the gravest, see [`crate::cli::status`].

use super::committed::Committed;
use super::config::{Config, Required};
use super::coverage::uncovered;
use crate::cli::status::Status;
use crate::document::{
    AcceptancePart, BadEndPart, DivergencePart, Document, FindingPart, GatePart, OfCause, ScenarioPart, SeriesPart,
    Standing, VariantPart,
};
use crate::gate::ledger::{Asked, Ledger};
use jiff::civil::Date;
use lockstep::BadEnd;
use std::collections::BTreeSet;

/// Divergences of one cause that are named.
const IDS_MAX: usize = 5;

/// What a comparison is judged by.
pub struct Law<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The committed comparisons.
    pub committed: &'a [Committed],
    /// The accepted divergences.
    pub ledger: &'a Ledger,
    /// The day on which the judgement is made.
    pub today: Date,
    /// The option that names the saved comparison that is judged, behind a space; empty if there is
    /// none.
    pub saved: String,
    /// What was asked for and is not in a saved comparison, in a sentence.
    pub lacking: Option<String>,
}

/// Something that speaks against the change.
struct Finding {
    status: Status,
    message: String,
    divergence: Option<String>,
    cause: Option<String>,
    place: Option<(String, usize)>,
    /// Its place among findings of the same status, see [`ScenarioPart::gravity`].
    gravity: usize,
}

impl Finding {
    fn new(status: Status, message: String) -> Finding {
        Finding { status, message, divergence: None, cause: None, place: None, gravity: BadEnd::ALL.len() }
    }

    fn part(self) -> FindingPart {
        let Finding { status, message, divergence, cause, place, .. } = self;
        let (file, line) = place.map_or((None, None), |(file, line)| (Some(file), u32::try_from(line).ok()));
        FindingPart { status: status.code(), message, divergence, cause, file, line }
    }
}

/// Judges the comparison, writes the judgement into it, and returns the exit status.
pub fn judge(document: &mut Document, law: &Law<'_>) -> Status {
    let mut findings: Vec<Finding> = Vec::new();
    if let Some(mismatch) = &document.nondeterminism {
        findings.push(Finding::new(Status::Nondeterminism, format!("nondeterminism: {mismatch}")));
    }
    if document.executions() == 0 {
        let message = "nothing was explored: raise 'exhaustive-max', 'enumerated', 'executions' or 'time'";
        findings.push(Finding::new(Status::Nothing, message.to_owned()));
    }
    if !document.complete {
        let message = "the run ended before everything was compared: raise 'time', or let it run to its end";
        findings.push(Finding::new(Status::Budget, message.to_owned()));
    }
    findings.extend(law.lacking.clone().map(|message| Finding::new(Status::Budget, message)));
    let remedy = Remedy {
        replay: document.series.as_ref().map_or(String::new(), SeriesPart::options),
        accept: format!("{}{}", law.config.told, law.saved),
    };
    for scenario in &mut document.scenarios {
        let title = scenario.title();
        findings.extend(scenario.missed().map(|goal| {
            let message = format!("{title} tests nothing of its question: no execution reached '{goal}'");
            Finding::new(Status::Nothing, message)
        }));
        let nothing = scenario.nothing_explored().map(|nothing| format!("{title}: {nothing}"));
        findings.extend(nothing.map(|message| Finding::new(Status::Nothing, message)));
        let shortfalls = shortfalls(scenario, law.config).into_iter();
        findings.extend(shortfalls.map(|message| Finding::new(Status::Budget, message)));
        findings.extend(accept_ends(scenario, law, &remedy));
        accept(scenario, law);
        let strays = strays(scenario, law.committed).into_iter();
        findings.extend(strays.map(|message| Finding::new(Status::Unaccepted, message)));
    }
    findings.extend(unaccepted(document, &remedy));
    if law.config.series.is_some() && law.config.snapshots.is_some() {
        let uncovered = uncovered(document, law.committed, law.config).into_iter();
        findings.extend(uncovered.map(|message| Finding::new(Status::Unaccepted, message)));
    }
    findings.extend(stale(document, law));
    let status = findings.iter().fold(Status::Fine, |status, finding| status.and(finding.status));
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.status.rank()), finding.gravity));
    document.gate =
        Some(GatePart { status: status.code(), findings: findings.into_iter().map(Finding::part).collect() });
    status
}

/// Variants whose exploration falls short of what is required.
fn shortfalls(scenario: &ScenarioPart, config: &Config) -> Vec<String> {
    let required = config.required(&scenario.id, &scenario.memory);
    if required == Required::Any {
        return Vec::new();
    }
    let falls_short = |variant: &&VariantPart| !required.is_met(&variant.evidence.evidence());
    let mut short: Vec<(String, Vec<&str>)> = Vec::new();
    for variant in scenario.variants.iter().filter(falls_short) {
        let found = variant.evidence.evidence().to_string();
        match short.iter_mut().find(|(other, _)| *other == found) {
            Some((_, names)) => names.push(&variant.name),
            None => short.push((found, vec![&variant.name])),
        }
    }
    let say = |(found, names): (String, Vec<&str>)| {
        let title = scenario.title();
        format!("{title} on {}: the evidence is '{found}', required is '{required}'", names.join(", "))
    };
    short.into_iter().map(say).collect()
}

/// The committed comparisons of the same variants on the same scenario, under whatever memory
/// model.
fn committed_of<'a>(scenario: &ScenarioPart, committed: &'a [Committed]) -> impl Iterator<Item = &'a Committed> {
    committed.iter().filter(move |one| one.is_scenario(scenario) && one.has_variants_of(scenario))
}

/// What the commands that look at a divergence and accept it must be told beside its name.
struct Remedy {
    replay: String,
    accept: String,
}

/// Says of each divergence whether somebody accepted it.
///
/// The id of a divergence says nothing of the memory model: one that is committed or accepted is so
/// under each.
fn accept(scenario: &mut ScenarioPart, law: &Law<'_>) {
    let committed: Vec<&Committed> = committed_of(scenario, law.committed).collect();
    for divergence in &mut scenario.divergences {
        let is_committed =
            committed.iter().any(|one| one.divergences.get(&divergence.outcome) == Some(&divergence.shown_by));
        divergence.acceptance = Some(acceptance(law, is_committed, &Asked::divergence(divergence)));
    }
}

/// What speaks against divergences that nobody accepted: one finding for all of one cause.
fn unaccepted(document: &Document, remedy: &Remedy) -> Vec<Finding> {
    let finding = |group: &OfCause<'_>| {
        let gravity = group.divergences.iter().map(|(scenario, one)| scenario.gravity(one)).min();
        Finding {
            divergence: Some(group.divergences[0].1.id.clone()),
            cause: group.cause.map(|cause| cause.id.clone()),
            gravity: gravity.unwrap_or(BadEnd::ALL.len()),
            ..Finding::new(Status::Unaccepted, said(group, remedy))
        }
    };
    document.by_cause(Standing::Unaccepted).iter().map(finding).collect()
}

/// What a snapshot or the ledger says of it.
fn acceptance(law: &Law<'_>, is_committed: bool, asked: &Asked<'_>) -> AcceptancePart {
    let entry = law.ledger.entries.iter().find(|entry| entry.matches(asked));
    let (standing, entry) = match entry.filter(|entry| !entry.is_expired(law.today)) {
        _ if is_committed => ("committed", None),
        Some(entry) => ("accepted", Some(entry)),
        None => ("unaccepted", None),
    };
    AcceptancePart {
        standing: standing.to_owned(),
        reason: entry.map(|entry| entry.reason.clone()),
        date: entry.map(|entry| entry.date.to_string()),
    }
}

/// Says of ends that all variants show whether somebody accepted them, and returns what speaks
/// against the rest, as far as `fail-on` names them. A snapshot knows them if it has each of their
/// outcomes under their kind.
fn accept_ends(scenario: &mut ScenarioPart, law: &Law<'_>, remedy: &Remedy) -> Vec<Finding> {
    let committed: Vec<&Committed> = committed_of(scenario, law.committed).collect();
    let title = scenario.title();
    let mut unaccepted = Vec::new();
    for ends in &mut scenario.bad_ends {
        let knows = |one: &&Committed| {
            let known = one.bad_ends.get(&ends.kind);
            known.is_some_and(|known| ends.outcomes.iter().all(|outcome| known.contains(outcome)))
        };
        let acceptance = acceptance(law, committed.iter().any(knows), &Asked::ends(ends));
        let fails = law.config.fail_on.iter().any(|kind| kind.name() == ends.kind);
        if acceptance.standing == "unaccepted" && !fails {
            // What an earlier judgement said counts no more.
            ends.acceptance = None;
            continue;
        }
        if acceptance.standing == "unaccepted" {
            let finding = Finding::new(Status::Unaccepted, said_of_ends(&title, ends, remedy));
            let gravity = BadEnd::from_name(&ends.kind).map_or(0, |kind| kind as usize);
            unaccepted.push(Finding { divergence: Some(ends.id.clone()), gravity, ..finding });
        }
        ends.acceptance = Some(acceptance);
    }
    unaccepted
}

fn said_of_ends(title: &str, ends: &BadEndPart, Remedy { replay, accept }: &Remedy) -> String {
    let BadEndPart { id, token, kind, .. } = ends;
    format!(
        "{title}: {id}: {}; look with 'lockstep replay {token}{replay}', then 'lockstep accept {id}{accept} --reason …', or leave \
         '{kind}' out of 'fail-on'",
        ends.sentence()
    )
}

/// Divergences of one cause, in a sentence, with the commands that show the simplest and accept
/// all.
fn said(group: &OfCause<'_>, Remedy { replay, accept }: &Remedy) -> String {
    let (scenario, simplest) = group.simplest();
    let DivergencePart { id, difference, token, .. } = simplest;
    let events: String = group.sentences().iter().map(|sentence| format!("; {sentence}")).collect();
    let look = format!("look with 'lockstep replay {token}{replay}', then");
    match group.cause.filter(|_| group.divergences.len() > 1) {
        None => {
            let (title, what) = (scenario.title(), simplest.attribution());
            format!("{title}: {id}, {what}: {difference}{events}; {look} 'lockstep accept {id}{accept} --reason …'")
        }
        Some(cause) => {
            let (name, title, count) = (&cause.id, cause.title(), group.divergences.len());
            let mut ids: Vec<&str> = group.divergences.iter().map(|(_, one)| &*one.id).take(IDS_MAX).collect();
            ids.retain(|other| other != id);
            let others = ids.join(", ");
            let more = count - ids.len() - 1;
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(
                "{name}, {title}: {}{events}; {count} divergences that nobody accepted: {id}, {others}{more}; the first: {difference}; {look} \
                 'lockstep accept --cause {name}{accept} --reason …'",
                cause.counts()
            )
        }
    }
}

/// What else is not as committed: outcomes that all variants have gained, and outcomes that nobody
/// shows any more.
fn strays(scenario: &ScenarioPart, committed: &[Committed]) -> Vec<String> {
    let mut all = committed_of(scenario, committed).filter(|one| one.memory == scenario.memory);
    let Some(committed) = all.next().filter(|_| scenario.complete) else { return Vec::new() };
    let shown: BTreeSet<&String> =
        scenario.variants.iter().flat_map(|variant| &variant.outcomes).map(|outcome| &outcome.id).collect();
    let diverging: BTreeSet<&String> = scenario.divergences.iter().map(|divergence| &divergence.outcome).collect();
    let known: BTreeSet<&String> = committed.common.iter().chain(committed.divergences.keys()).collect();
    let title = scenario.title();
    let file = &committed.file;
    let remedy = "review the change, then accept the new snapshot with 'cargo insta review'";
    let mut strays = Vec::new();
    for outcome in shown.iter().filter(|outcome| !diverging.contains(*outcome)) {
        if !known.contains(outcome) {
            strays.push(format!("{title}: all variants show outcome {outcome}, which {file} does not know: {remedy}"));
        } else if committed.divergences.contains_key(*outcome) {
            strays.push(format!("{title}: all variants show outcome {outcome} now, unlike {file}: {remedy}"));
        }
    }
    let evidence = scenario.evidence().unwrap_or_default();
    for outcome in known.iter().filter(|outcome| !shown.contains(*outcome)) {
        strays.push(format!("{title}: outcome {outcome} of {file} was not seen ({evidence}): {remedy}"));
    }
    strays
}

/// Entries of the ledger that match nothing, or have expired.
fn stale(document: &Document, law: &Law<'_>) -> Vec<Finding> {
    let mut stale = Vec::new();
    for entry in &law.ledger.entries {
        let id = entry.id.to_string();
        let is_its_own =
            |scenario: &&ScenarioPart| scenario.subject == entry.id.subject && scenario.id == entry.id.scenario;
        let scenarios: Vec<&ScenarioPart> = document.scenarios.iter().filter(is_its_own).collect();
        // What shows the divergence may be what was left out: then nothing can be said against the
        // entry.
        let under = |memory: &String| scenarios.iter().any(|scenario| scenario.complete && scenario.memory == *memory);
        let was_judged = law.config.memories.iter().all(under);
        let divergences: Vec<&DivergencePart> = scenarios
            .iter()
            .flat_map(|scenario| &scenario.divergences)
            .filter(|divergence| divergence.id == id)
            .collect();
        let is_shown = divergences.iter().any(|divergence| entry.matches(&Asked::divergence(divergence)))
            || scenarios.iter().flat_map(|scenario| &scenario.bad_ends).any(|ends| entry.matches(&Asked::ends(ends)));
        let message = match is_shown {
            false if !was_judged && (law.config.is_narrowed || !document.complete) => continue,
            false if divergences.is_empty() => format!("{id} matches nothing any more: remove the entry"),
            false => format!(
                "{id} was accepted as shown by {} and not by {}, and is shown by {} and not by {} now: look again, then change the entry",
                entry.shown_by.join(", "),
                entry.not_by.join(", "),
                divergences[0].shown_by.join(", "),
                divergences[0].not_by.join(", ")
            ),
            true => match entry.expires.filter(|_| entry.is_expired(law.today)) {
                Some(expires) => format!("{id} expired after {expires}: decide anew, or remove the entry"),
                None => continue,
            },
        };
        let file = law.ledger.path.display().to_string();
        let finding = Finding::new(Status::Unaccepted, format!("{file}:{}: {message}", entry.line));
        stale.push(Finding { place: Some((file, entry.line)), ..finding });
    }
    stale
}
