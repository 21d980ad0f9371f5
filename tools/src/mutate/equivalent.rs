//! The reviewed list of mutants that no client can tell from the original, each with its reason.
//!
//! Beside it stand the survivors that somebody has looked into, with what was found; they count as survivors.
//!
//! It goes stale loudly: an entry whose mutant is gone, or does something else by now, or is killed, is an error. An
//! entry alone makes nothing equivalent: the outcomes must be equal under exhaustive search in every scenario.

use super::schemata::Mutant;
use crate::files;
use serde::Deserialize;
use std::path::Path;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    equivalent: Vec<Entry>,
    #[serde(default)]
    survivor: Vec<Entry>,
}

/// One entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The mutant's id.
    pub mutant: String,
    /// What it does, as the list of mutants says it.
    pub what: String,
    /// Why nobody can tell, or why nobody told.
    pub reason: String,
    /// It is no equivalent mutant.
    #[serde(skip)]
    pub survives: bool,
}

/// The list in a file; none if there is no file.
pub fn entries(path: &Path) -> Result<Vec<Entry>, String> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = files::read(path)?;
    let document: Document =
        toml::from_str(&text).map_err(|error| format!("{}: {}", path.display(), error.message()))?;
    let survivors = document.survivor.into_iter().map(|entry| Entry { survives: true, ..entry });
    Ok(document.equivalent.into_iter().chain(survivors).collect())
}

/// What is stale in the list.
pub fn stale(entries: &[Entry], mutants: &[Mutant]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (nth, entry) in entries.iter().enumerate() {
        let name = &entry.mutant;
        match mutants.iter().find(|mutant| mutant.id == *name) {
            None => wrong.push(format!("{name}: there is no such mutant any more")),
            Some(mutant) if mutant.what != entry.what => {
                wrong.push(format!("{name}: is '{}' now, and was '{}'", mutant.what, entry.what));
            }
            Some(_) if entry.reason.trim().is_empty() => wrong.push(format!("{name}: has no reason")),
            Some(_) if entries[..nth].iter().any(|other| other.mutant == *name) => {
                wrong.push(format!("{name}: is listed twice"));
            }
            Some(_) => {}
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::super::operators::Operator;
    use super::{Entry, Mutant, stale};

    fn entry(mutant: &str, what: &str, reason: &str) -> Entry {
        Entry { mutant: mutant.to_owned(), what: what.to_owned(), reason: reason.to_owned(), survives: false }
    }

    #[test]
    fn a_list_goes_stale_loudly() {
        let mutant = Mutant {
            number: 1,
            id: "a/stop/drop-store/1".to_owned(),
            file: "a.rs".to_owned(),
            function: "stop".to_owned(),
            operator: Operator::DropStore,
            what: "without x".to_owned(),
            line: 1,
        };
        let check = |entries: &[Entry]| stale(entries, std::slice::from_ref(&mutant)).len();
        assert_eq!(check(&[entry("a/stop/drop-store/1", "without x", "because")]), 0);
        assert_eq!(check(&[entry("a/stop/drop-store/1", "without y", "because")]), 1);
        assert_eq!(check(&[entry("a/stop/drop-store/2", "without x", "because")]), 1);
        assert_eq!(check(&[entry("a/stop/drop-store/1", "without x", " ")]), 1);
        let doubled = entry("a/stop/drop-store/1", "without x", "because");
        assert_eq!(check(&[doubled.clone(), doubled]), 1);
    }
}
