//! The judgement: a comparison against what was committed, what was accepted, and the evidence that is required.
//!
//! A pure function of these and of today's date, so that a saved comparison can be judged again. When several things are wrong all are
//! said, and the exit status is that of the gravest, see [`crate::status`].

use super::committed::Committed;
use super::config::{Config, Required};
use crate::document::{
    AcceptancePart, DivergencePart, Document, EvidencePart, FindingPart, GatePart, ScenarioPart, VariantPart,
};
use crate::ledger::Ledger;
use crate::status::Status;
use jiff::civil::Date;
use lockstep::Evidence;
use std::collections::BTreeSet;

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
}

/// Judges the comparison, writes the judgement into it, and returns the exit status.
pub fn judge(document: &mut Document, law: &Law<'_>) -> Status {
    let mut findings: Vec<(Status, String)> = Vec::new();
    if let Some(mismatch) = &document.nondeterminism {
        findings.push((Status::Nondeterminism, format!("nondeterminism: {mismatch}")));
    }
    if document.executions() == 0 {
        findings
            .push((Status::Nothing, "nothing was explored: raise 'executions', 'preemptions' or 'time'".to_owned()));
    }
    if !document.complete {
        let message = "the run ended before everything was compared: raise 'time', or let it run to its end";
        findings.push((Status::Budget, message.to_owned()));
    }
    for scenario in &mut document.scenarios {
        findings.extend(scenario.missed().map(|goal| {
            let title = scenario.title();
            (Status::Nothing, format!("{title} tests nothing of its question: no execution reached '{goal}'"))
        }));
        findings.extend(shortfalls(scenario, law.config).into_iter().map(|message| (Status::Budget, message)));
        let unaccepted = accept(scenario, law).into_iter().chain(strays(scenario, law.committed));
        findings.extend(unaccepted.map(|message| (Status::Unaccepted, message)));
    }
    findings.extend(stale(document, law).into_iter().map(|message| (Status::Unaccepted, message)));
    let status = findings.iter().fold(Status::Fine, |status, (other, _)| status.and(*other));
    findings.sort_by_key(|(status, _)| std::cmp::Reverse(status.rank()));
    let part = |(status, message): (Status, String)| FindingPart { status: status.code(), message };
    document.gate = Some(GatePart { status: status.code(), findings: findings.into_iter().map(part).collect() });
    status
}

/// Variants whose exploration falls short of what is required.
fn shortfalls(scenario: &ScenarioPart, config: &Config) -> Vec<String> {
    let required = config.required_of.get(&scenario.id).copied().unwrap_or(config.required);
    if required == Required::Any {
        return Vec::new();
    }
    let falls_short = |variant: &&VariantPart| !required.is_met(&evidence(&variant.evidence));
    let mut short: Vec<(&str, Vec<&str>)> = Vec::new();
    for variant in scenario.variants.iter().filter(falls_short) {
        let found = variant.evidence.text.as_str();
        match short.iter_mut().find(|(other, _)| *other == found) {
            Some((_, names)) => names.push(&variant.name),
            None => short.push((found, vec![&variant.name])),
        }
    }
    let say = |(found, names): (&str, Vec<&str>)| {
        let title = scenario.title();
        format!("{title} on {}: the evidence is '{found}', required is '{required}'", names.join(", "))
    };
    short.into_iter().map(say).collect()
}

fn evidence(part: &EvidencePart) -> Evidence {
    Evidence {
        exhaustive: part.exhaustive,
        preemptions: part.preemptions,
        enumerated: part.enumerated,
        sampled: part.sampled,
        seed: part.seed,
    }
}

/// The committed comparison of the same variants on the same scenario.
fn committed_of<'a>(scenario: &ScenarioPart, committed: &'a [Committed]) -> Option<&'a Committed> {
    let names: BTreeSet<&String> = scenario.variants.iter().map(|variant| &variant.name).collect();
    committed.iter().find(|one| {
        one.scenario == scenario.id
            && one.memory == scenario.memory
            && one.is_repaired != scenario.repairs.is_empty()
            && one.variants.iter().collect::<BTreeSet<_>>() == names
    })
}

/// Says of each divergence whether somebody accepted it, and returns what speaks against the rest.
fn accept(scenario: &mut ScenarioPart, law: &Law<'_>) -> Vec<String> {
    let committed = committed_of(scenario, law.committed);
    let title = scenario.title();
    let mut unaccepted = Vec::new();
    for divergence in &mut scenario.divergences {
        let same = |shown: &Vec<String>| *shown == divergence.shown_by;
        let is_committed = committed.and_then(|one| one.divergences.get(&divergence.outcome)).is_some_and(same);
        let entry = law.ledger.entries.iter().find(|entry| entry.matches(divergence));
        let (standing, entry) = match entry.filter(|entry| !entry.is_expired(law.today)) {
            _ if is_committed => ("committed", None),
            Some(entry) => ("accepted", Some(entry)),
            None => ("unaccepted", None),
        };
        if standing == "unaccepted" {
            unaccepted.push(said(&title, divergence));
        }
        divergence.acceptance = Some(AcceptancePart {
            standing: standing.to_owned(),
            reason: entry.map(|entry| entry.reason.clone()),
            date: entry.map(|entry| entry.date.to_string()),
        });
    }
    unaccepted
}

fn said(title: &str, divergence: &DivergencePart) -> String {
    let DivergencePart { id, difference, token, .. } = divergence;
    let what = divergence.attribution();
    format!(
        "{title}: {id}, {what}: {difference}; look with 'lockstep replay {token}', then 'lockstep accept {id} --reason …'"
    )
}

/// What else is not as committed: outcomes that all variants have gained, and outcomes that nobody shows any more.
fn strays(scenario: &ScenarioPart, committed: &[Committed]) -> Vec<String> {
    let Some(committed) = committed_of(scenario, committed).filter(|_| scenario.complete) else { return Vec::new() };
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
    let evidence = scenario.evidence().map_or("nothing explored", |evidence| &evidence.text);
    for outcome in known.iter().filter(|outcome| !shown.contains(*outcome)) {
        strays.push(format!("{title}: outcome {outcome} of {file} was not seen ({evidence}): {remedy}"));
    }
    strays
}

/// Entries of the ledger that match nothing, or have expired.
fn stale(document: &Document, law: &Law<'_>) -> Vec<String> {
    let mut stale = Vec::new();
    for entry in &law.ledger.entries {
        let place = format!("{}:{}", law.ledger.path.display(), entry.line);
        let id = entry.id.to_string();
        let is_its_own =
            |scenario: &&ScenarioPart| scenario.subject == entry.id.subject && scenario.id == entry.id.scenario;
        let scenarios: Vec<&ScenarioPart> = document.scenarios.iter().filter(is_its_own).collect();
        let was_judged = scenarios.iter().any(|scenario| scenario.complete);
        if !was_judged && (law.config.is_narrowed || !document.complete) {
            continue;
        }
        let mut divergences = scenarios.iter().flat_map(|scenario| &scenario.divergences);
        let found = divergences.find(|divergence| divergence.id == id);
        match found {
            None => stale.push(format!("{place}: {id} matches nothing any more: remove the entry")),
            Some(found) if !entry.matches(found) => {
                stale.push(format!(
                    "{place}: {id} was accepted as shown by {}, and is shown by {} now: look again, then change the entry",
                    entry.shown_by.join(", "),
                    found.shown_by.join(", ")
                ));
            }
            Some(_) if entry.is_expired(law.today) => {
                let expires = entry.expires.map_or(String::new(), |expires| expires.to_string());
                stale.push(format!("{place}: {id} expired after {expires}: decide anew, or remove the entry"));
            }
            Some(_) => {}
        }
    }
    stale
}
