//! The claims of the document, as `lockstep claims --format json` prints them: which design keeps
//! which.
//!
//! Claims of another shape are not lost: then this list is empty, and they are shown as any other
//! section.

use super::table::Table;
use crate::document::Document;
use serde::Deserialize;

/// A claim with what became of it.
#[derive(Debug, Deserialize)]
pub struct Claim {
    /// Its number.
    pub id: String,
    /// When it was made.
    pub date: String,
    /// By whom.
    pub author: String,
    /// What it says.
    pub says: String,
    /// Scenarios that decide it.
    pub scenarios: Vec<String>,
    /// What was decided of each variant it speaks of.
    pub verdicts: Vec<Verdict>,
}

/// What was decided of a claim for one variant, under one memory model.
#[derive(Debug, Deserialize)]
pub struct Verdict {
    /// The variant.
    pub variant: String,
    /// The variant that it was compared with, if the claim compares.
    pub against: Option<String>,
    /// The memory model.
    pub memory: String,
    /// `holds`, `refuted`, or why neither.
    pub verdict: String,
    /// Why it is neither.
    pub reason: Option<String>,
    /// What it rests on.
    pub evidence: EvidenceText,
    /// An execution that refutes it.
    pub token: Option<String>,
}

/// Evidence in words.
#[derive(Debug, Deserialize)]
pub struct EvidenceText {
    /// The words.
    pub text: String,
}

impl Verdict {
    /// Without the token: `holds, exhaustive`.
    pub fn words(&self) -> String {
        let against = self.against.as_ref().map_or(String::new(), |other| format!(" against {other}"));
        match &self.reason {
            Some(reason) => format!("{}{against}: {reason}", self.verdict),
            None => format!("{}{against}, {}", self.verdict, self.evidence.text),
        }
    }
}

/// The claims of the document, if it has any of the known shape.
pub fn claims(document: &Document) -> Vec<Claim> {
    let read = |value: &serde_json::Value| serde_json::from_value(value.clone()).unwrap_or_default();
    document.claims.as_ref().map(read).unwrap_or_default()
}

/// Claims as a table, a column a design; other variants share one.
pub fn table(document: &Document) -> Option<Table> {
    let claims = claims(document);
    let names: Vec<&str> = document.variants.iter().map(|variant| variant.name.as_str()).collect();
    let cell = |verdicts: &mut dyn Iterator<Item = &Verdict>, named: bool| {
        let text = |verdict: &Verdict| {
            let name = if named { format!(" {}", verdict.variant) } else { String::new() };
            let token = verdict.token.as_ref().map_or(String::new(), |token| format!(": {token}"));
            format!("{}{name}: {}{token}", verdict.memory, verdict.words())
        };
        verdicts.map(text).collect::<Vec<_>>().join("; ")
    };
    let row = |claim: &Claim| {
        let mut row = vec![claim.id.clone(), claim.says.clone(), format!("{}, {}", claim.author, claim.date)];
        for name in &names {
            row.push(cell(&mut claim.verdicts.iter().filter(|verdict| verdict.variant == *name), false));
        }
        row.push(cell(&mut claim.verdicts.iter().filter(|verdict| !names.contains(&&*verdict.variant)), true));
        row
    };
    let head = ["claim", "says", "by"].into_iter().chain(names.iter().copied()).chain(["other variants"]);
    let rows: Vec<Vec<String>> = claims.iter().map(row).collect();
    (!rows.is_empty()).then(|| Table { head: head.map(str::to_owned).collect(), rows, ..Table::default() })
}

/// How many claims have this verdict on a variant, under any memory model.
pub fn count(document: &Document, variant: &str, verdict: &str) -> usize {
    let has = |claim: &Claim| claim.verdicts.iter().any(|one| one.variant == variant && one.verdict == verdict);
    claims(document).iter().filter(|claim| has(claim)).count()
}

/// Ids of the claims that a scenario decides.
pub fn touched(document: &Document, scenario: &str) -> Vec<String> {
    let claims = claims(document);
    claims.into_iter().filter(|claim| claim.scenarios.iter().any(|id| id == scenario)).map(|claim| claim.id).collect()
}
