//! The mutants of the document, as `lockstep mutate --format json` prints them: the score, then who
//! survived, for those are the scenarios to write next, then all others.
//!
//! Mutants of another shape are not lost: then they are shown as any other section.

use super::table::Table;
use crate::document::Document;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Account {
    explored: String,
    complete: bool,
    score: Option<f64>,
    killed: usize,
    survived: usize,
    equivalent: usize,
    not_judged: usize,
    mutants: Vec<Mutant>,
}

/// One mutant and what became of it.
#[derive(Debug, Deserialize)]
struct Mutant {
    id: String,
    what: String,
    status: String,
    /// The scenario that killed it, and what a client saw.
    scenario: Option<String>,
    difference: Option<String>,
    /// Why it may survive.
    reason: Option<String>,
    note: Option<String>,
}

impl Mutant {
    /// What a reader wants to know of its fate.
    fn why(&self) -> String {
        let scenario = self.scenario.as_ref().map(|scenario| format!("by {scenario}"));
        let parts = [&scenario, &self.difference, &self.reason, &self.note];
        parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(": ")
    }

    /// Its place among the others.
    fn rank(&self) -> usize {
        ["survived", "not judged", "equivalent"].iter().position(|status| *status == self.status).unwrap_or(3)
    }
}

/// The mutants as tables; nothing if there are none, or none that can be read.
pub fn tables(document: &Document) -> Option<Vec<Table>> {
    let mut account: Account = serde_json::from_value(document.mutants.clone()?).ok()?;
    account.mutants.sort_by_key(Mutant::rank);
    let row = |mutant: &Mutant| vec![mutant.id.clone(), mutant.what.clone(), mutant.status.clone(), mutant.why()];
    let score = account.score.map_or("none".to_owned(), |score| format!("{score:.3}"));
    let ended = if account.complete { "" } else { "; the run ended before all were judged" };
    let head = || ["mutant", "breaks", "fate", "why"].map(str::to_owned).to_vec();
    let (survived, others): (Vec<&Mutant>, Vec<&Mutant>) = account.mutants.iter().partition(|one| one.rank() == 0);
    let first = Table {
        caption: format!(
            "Score {score}: {} killed, {} survived, {} equivalent, {} not judged",
            account.killed, account.survived, account.equivalent, account.not_judged
        ),
        note: format!("Explored: {}{ended}.", account.explored),
        head: if survived.is_empty() { Vec::new() } else { head() },
        rows: survived.into_iter().map(row).collect(),
        ..Table::default()
    };
    let rest = Table {
        caption: "All others".to_owned(),
        folded: true,
        head: head(),
        rows: others.into_iter().map(row).collect(),
        ..Table::default()
    };
    Some([first, rest].into_iter().filter(|table| !table.folded || !table.rows.is_empty()).collect())
}
