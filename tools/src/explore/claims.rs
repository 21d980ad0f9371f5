//! `claims`: the claims of the thread, decided, as a table, a list or JSON; and each explained by
//! two traces side by side.

use crate::cli::arguments::{Format, Options};
use crate::cli::progress::Progress;
use crate::cli::session::{self, Running};
use crate::cli::status::Status;
use crate::cli::value_error::ValueError;
use crate::compare;
use crate::document::EvidencePart;
use lockstep::{MemoryModel, difference_lines};
use lockstep_runner::evidence_part;
use serde::Serialize;
use utrace_variants::Words;
use utrace_variants::claims::{
    Claim, Decision, How, Laboratory, Verdict, Witness, claim_lines, claims, decide, decided_lines, decision_lines,
    explain, table_lines, token,
};

/// The names of all memory models, the strongest first. Those that this machine does not have are
/// left out.
const MODELS: [&str; 3] = ["sc", "tso", "weak"];

/// Decides the claims; returns the text and how it went, or what is wrong with the arguments.
pub fn command(wanted: &[String], explained: bool, options: &Options) -> Result<(String, Status), ValueError> {
    let selected = select(wanted)?;
    let models = models(&options.memory)?;
    let parts = selected.iter().map(|claim| claim.asked.len()).sum::<usize>() * models.len();
    let progress = Progress::new(parts);
    let mut decisions = Vec::new();
    for &memory in &models {
        let mut laboratory = Laboratory::default();
        let config = compare::config(options, memory);
        for &claim in &selected {
            for &asked in claim.asked {
                progress.says(&format!("{} {}", claim.id, asked.variant));
                let (subject, variants) = (format!("utrace-{}", claim.id.to_lowercase()), asked.variant.to_owned());
                session::begin(Running { subject, scenario: claim.id.to_owned(), variants, memory });
                decisions.push(decide(claim, asked, &config, &mut laboratory));
                progress.advances();
            }
        }
    }
    let text = match options.format {
        Format::Json => json(&selected, &decisions),
        _ if explained => explanations(&decisions),
        _ => human(&selected, &decisions),
    };
    let cut_short = session::is_ending();
    if cut_short {
        session::say_cut_short();
    }
    Ok((text, if cut_short { Status::Budget } else { Status::Fine }))
}

fn select(wanted: &[String]) -> Result<Vec<&'static Claim>, ValueError> {
    let all = claims();
    if wanted.is_empty() {
        return Ok(all);
    }
    let mut selected: Vec<&'static Claim> = Vec::new();
    for id in wanted {
        let found: Vec<&'static Claim> = all.iter().copied().filter(|claim| is_called(claim, id)).collect();
        if found.is_empty() {
            let unknown = ValueError::unknown("claim", id, all.iter().map(|claim| claim.id));
            return Err(unknown.with("; 'lockstep claims' shows all"));
        }
        selected.extend(found);
    }
    let twice =
        selected.iter().enumerate().find(|(at, claim)| selected[..*at].iter().any(|other| other.id == claim.id));
    match twice {
        Some((_, claim)) => Err(ValueError::new(format!("claim '{}' is named twice: name each once", claim.id))),
        None => Ok(selected),
    }
}

/// C10 is all its parts; C10b is one.
fn is_called(claim: &Claim, id: &str) -> bool {
    let whole = claim.id.trim_end_matches(|character: char| character.is_ascii_lowercase());
    claim.id.eq_ignore_ascii_case(id.trim()) || whole.eq_ignore_ascii_case(id.trim())
}

fn models(name: &str) -> Result<Vec<MemoryModel>, ValueError> {
    let known = || MODELS.into_iter().filter_map(MemoryModel::from_name);
    if name == "all" {
        return Ok(known().collect());
    }
    let found = MemoryModel::from_name(name).map(|model| vec![model]);
    found.ok_or_else(|| ValueError::unknown("memory model", name, known().map(MemoryModel::name).chain(["all"])))
}

/// The table of all verdicts, then each claim with what became of it.
fn human(selected: &[&'static Claim], decisions: &[Decision]) -> String {
    let mut lines = table_lines(decisions);
    for claim in selected {
        lines.push(String::new());
        lines.extend(claim_lines(claim).into_iter().chain(decided_lines(claim, decisions)));
    }
    lines.join("\n") + "\n"
}

fn of<'a>(claim: &Claim, decisions: &'a [Decision]) -> impl Iterator<Item = &'a Decision> {
    decisions.iter().filter(move |decision| decision.claim.id == claim.id)
}

/// For each decision that rests on an execution: that execution beside the nearest one that shows
/// the opposite.
fn explanations(decisions: &[Decision]) -> String {
    let mut parts = Vec::new();
    for decision in decisions {
        let mut text =
            claim_lines(decision.claim).into_iter().chain(decision_lines(decision)).collect::<Vec<_>>().join("\n");
        text.push('\n');
        match explain(decision) {
            Some(explanation) => {
                let [first, second] = &explanation.names;
                let [deciding, other] = &explanation.executions;
                text += &format!("    left: {first}, where {}; right: {second}\n", says(decision));
                for line in difference_lines((first, second), (deciding, other), &Words, true) {
                    text += &format!("    {line}\n");
                }
            }
            None => match (&decision.verdict, &decision.witness) {
                (Verdict::NotApplicable(_), _) => continue,
                (Verdict::Open(_), None) => text += "    no execution to show: nothing was decided\n",
                (_, None) => text += "    no execution to show: the verdict rests on what was not seen\n",
                (_, Some(_)) => {
                    text += "    no other execution to put beside it: each design does the same by this schedule, \
                             which has no decision to leave out; 'lockstep replay' shows it\n";
                }
            },
        }
        parts.push(text);
    }
    parts.join("\n")
}

fn says(decision: &Decision) -> &'static str {
    match decision.verdict {
        Verdict::Refuted => "the claim is refuted",
        _ => "it is as the claim says",
    }
}

#[derive(Serialize)]
struct ClaimPart<'a> {
    id: &'a str,
    date: &'a str,
    author: &'a str,
    says: &'a str,
    checked: &'a str,
    note: &'a str,
    scenarios: &'a [&'static str],
    verdicts: Vec<VerdictPart<'a>>,
}

#[derive(Serialize)]
struct VerdictPart<'a> {
    variant: &'a str,
    against: Option<&'a str>,
    memory: &'a str,
    verdict: &'a str,
    reason: Option<&'a str>,
    evidence: EvidencePart,
    scenario: Option<&'a str>,
    shown_by: Option<&'a str>,
    preemptions: Option<usize>,
    /// Of two variants compared: what it means that the other does not show it.
    absence: Option<String>,
    token: Option<String>,
}

fn json(selected: &[&'static Claim], decisions: &[Decision]) -> String {
    let part = |claim: &&'static Claim| ClaimPart {
        id: claim.id,
        date: claim.date,
        author: claim.author,
        says: claim.says,
        checked: claim.checked,
        note: claim.note,
        scenarios: claim.scenarios,
        verdicts: of(claim, decisions).map(verdict_part).collect(),
    };
    let document: Vec<ClaimPart<'_>> = selected.iter().map(part).collect();
    serde_json::to_string_pretty(&document).expect("the document has only strings, numbers and lists") + "\n"
}

fn verdict_part(decision: &Decision) -> VerdictPart<'_> {
    let witness = decision.witness.as_ref();
    VerdictPart {
        variant: decision.asked.variant,
        against: match decision.asked.how {
            How::Against(other) => Some(other),
            How::Alone | How::NotAtAll(_) => None,
        },
        memory: decision.memory.name(),
        verdict: decision.verdict.name(),
        reason: match &decision.verdict {
            Verdict::Open(reason) => Some(reason),
            Verdict::NotApplicable(reason) => Some(reason),
            Verdict::Holds | Verdict::Refuted => None,
        },
        evidence: evidence_part(decision.evidence),
        scenario: witness.map(|witness| witness.scenario),
        shown_by: witness.map(|witness| witness.variant),
        preemptions: witness.map(|witness| witness.preemptions),
        absence: witness.and_then(Witness::absence),
        token: token(decision).map(|token| token.to_string()),
    }
}
