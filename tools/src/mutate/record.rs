//! What a committed table says of each mutant, so that a check need not begin from nothing.
//!
//! Promise: a kill counts only if it comes about again, in the scenario that the table names.
//! Limits: that nobody notices the others is looked at again with a part of the effort only; the
//! searches of every execution behind the table are those of whoever wrote it.

use super::fate::{Fate, MutantStatus};
use std::collections::BTreeMap;

/// What a table says of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Killed, in this scenario first.
    Killed(String),
    /// Not noticed, with what was said of that.
    Survived(Option<String>),
    /// Listed as equivalent.
    Equivalent,
}

impl Record {
    /// What becomes of a mutant that is as little noticed as recorded. Nothing if the record does
    /// not fit the list of equivalent mutants.
    pub fn unnoticed(&self, reason: Option<&String>) -> Option<Fate> {
        match (self, reason) {
            (Record::Killed(_), _) => None,
            (Record::Survived(note), _) => Some(Fate::Survived { note: note.clone() }),
            (Record::Equivalent, Some(reason)) => Some(Fate::Equivalent { reason: reason.clone() }),
            (Record::Equivalent, None) => None,
        }
    }
}

/// The records of a table, by the mutant's id. What is no line of a mutant says nothing.
pub fn records(table: &str) -> BTreeMap<String, Record> {
    let mut records = BTreeMap::new();
    let mut status = None;
    let mut lines = table.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(entry) = line.strip_prefix("  ").filter(|entry| !entry.starts_with(' ')) else {
            status = MutantStatus::titled(line);
            continue;
        };
        let (Some(status), Some((id, _))) = (status, entry.split_once(": ")) else { continue };
        let more = lines.next_if(|line| line.starts_with("    ")).map(|line| line.trim_start().to_owned());
        let record = match status {
            MutantStatus::Killed => {
                let scenario = more.as_deref().and_then(|more| more.split(',').next());
                Record::Killed(scenario.unwrap_or_default().to_owned())
            }
            MutantStatus::Survived => Record::Survived(more),
            MutantStatus::Equivalent => Record::Equivalent,
        };
        records.insert(id.to_owned(), record);
    }
    records
}

#[cfg(test)]
mod tests {
    use super::{MutantStatus, Record, records};

    #[test]
    fn a_table_is_read_as_it_is_printed() {
        let [killed, survived, equivalent] =
            [MutantStatus::Killed, MutantStatus::Survived, MutantStatus::Equivalent].map(MutantStatus::title);
        let table = format!(
            "4 mutants on 2 scenarios, memory model sc\n\nscore 0.500: 1 killed\n\n{killed}\n  a/stop/drop-lock/1: x: y\n    \
             S1, new, 1 preemption\n\n{survived}\n  a/stop/drop-lock/2: z\n    a note\n  a/stop/drop-lock/3: z\n\n\
             {equivalent}\n  a/stop/drop-lock/4: z\n    a reason\n"
        );
        let found: Vec<_> = records(&table).into_iter().collect();
        let id = |nth: u32| format!("a/stop/drop-lock/{nth}");
        let expected = [
            (id(1), Record::Killed("S1".to_owned())),
            (id(2), Record::Survived(Some("a note".to_owned()))),
            (id(3), Record::Survived(None)),
            (id(4), Record::Equivalent),
        ];
        assert_eq!(found, expected);
    }
}
