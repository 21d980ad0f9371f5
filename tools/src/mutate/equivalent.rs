//! The reviewed list of mutants that no client can tell from the original, each with its reason.
//!
//! Beside it stand the survivors that somebody has looked into, with what was found; they count as
//! survivors.
//!
//! It goes stale loudly: an entry whose mutant is gone, or does something else by now, or is
//! killed, is an error. An entry alone makes nothing equivalent: the outcomes must be equal under
//! exhaustive search in every scenario. What holds under some memory models only names them, as
//! `memory = ["tso"]`; the others do not know the entry.

use super::schemata::Mutant;
use crate::cli::file_error::FileError;
use crate::cli::files;
use crate::cli::selection::memory_model;
use lockstep::MemoryModel;
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
    /// The memory models that this is said of; all, if none is named.
    #[serde(default)]
    memory: Vec<String>,
    /// It is no equivalent mutant.
    #[serde(skip)]
    pub survives: bool,
}

impl Entry {
    /// Whether it says something of this memory model.
    pub fn speaks_of(&self, model: &str) -> bool {
        self.memory.is_empty() || self.memory.iter().any(|name| name == model)
    }

    /// Whether some memory model finds both.
    fn meets(&self, other: &Entry) -> bool {
        MemoryModel::ALL.iter().any(|model| self.speaks_of(model.name()) && other.speaks_of(model.name()))
    }
}

/// The list in a file; none if there is no file.
pub fn entries(path: &Path) -> Result<Vec<Entry>, FileError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = files::read(path)?;
    let document: Document = toml::from_str(&text).map_err(|error| FileError::new(path, error.message()))?;
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
            Some(_) if entries[..nth].iter().any(|other| other.mutant == *name && other.meets(entry)) => {
                wrong.push(format!("{name}: is listed twice"));
            }
            Some(_) => {
                let unknown = entry.memory.iter().find_map(|model| memory_model(model).err());
                wrong.extend(unknown.map(|message| format!("{name}: {message}")));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::super::operators::Operator;
    use super::{Entry, Mutant, stale};

    fn entry(mutant: &str, what: &str, reason: &str) -> Entry {
        let [mutant, what, reason] = [mutant, what, reason].map(str::to_owned);
        Entry { mutant, what, reason, memory: Vec::new(), survives: false }
    }

    fn under(models: &[&str]) -> Entry {
        let memory = models.iter().map(|model| (*model).to_owned()).collect();
        Entry { memory, ..entry("a/stop/drop-store/1", "without x", "because") }
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
        assert_eq!(check(&[doubled.clone(), doubled.clone()]), 1);
        assert_eq!(check(&[under(&["tso"]), under(&["sc", "weak"])]), 0);
        assert_eq!(check(&[under(&["tso"]), under(&["sc", "tso"])]), 1);
        assert_eq!(check(&[under(&["tso"]), doubled]), 1);
        assert_eq!(check(&[under(&["tos"])]), 1);
    }

    #[test]
    fn an_entry_may_speak_of_some_memory_models_alone() {
        assert!(under(&[]).speaks_of("weak") && under(&["tso", "weak"]).speaks_of("weak"));
        assert!(!under(&["tso"]).speaks_of("weak"));
    }
}
