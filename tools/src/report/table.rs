//! Sections made by other commands, as tables.
//!
//! The document keeps what `claims`, `audit` and `mutate` print as it is. Here any JSON becomes tables: an array of objects a table whose columns
//! are the keys, everything else a line above it. So a report shows what those commands say in whatever version.

use crate::document::{Document, ScenarioPart};
use serde_json::{Map, Value};

/// A table of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What stands above it.
    pub caption: String,
    /// Names of the columns.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// The tables of a section.
pub fn tables(section: &Value) -> Vec<Table> {
    let mut found = Vec::new();
    match section {
        Value::Array(records) => found.push(table(String::new(), records)),
        Value::Object(fields) => {
            let is_table =
                |value: &Value| matches!(value, Value::Array(records) if records.iter().any(Value::is_object));
            let plain = fields.iter().filter(|(_, value)| !is_table(value));
            let caption: Vec<String> = plain.map(|(name, value)| format!("{name}: {}", words(value))).collect();
            if !caption.is_empty() {
                found.push(Table { caption: caption.join("; "), ..Table::default() });
            }
            for (name, value) in fields.iter().filter(|(_, value)| is_table(value)) {
                if let Value::Array(records) = value {
                    found.push(table(name.clone(), records));
                }
            }
        }
        other => found.push(Table { caption: words(other), ..Table::default() }),
    }
    found
}

fn table(caption: String, records: &[Value]) -> Table {
    let mut head: Vec<String> = Vec::new();
    for name in records.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !head.contains(name) {
            head.push(name.clone());
        }
    }
    let row = |record: &Value| match record {
        Value::Object(fields) => head.iter().map(|name| fields.get(name).map_or(String::new(), words)).collect(),
        other => vec![words(other)],
    };
    Table { caption, rows: records.iter().map(row).collect(), head }
}

/// A value as a text for a cell.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(_, value)| !value.is_null());
            fields.map(|(name, value)| format!("{name} {}", words(value))).collect::<Vec<_>>().join(" ")
        }
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// The claims that a scenario decides: ids of the records of the claims whose `scenarios` name it.
pub fn touched_claims(document: &Document, scenario: &ScenarioPart) -> Vec<String> {
    let records = match &document.claims {
        Some(Value::Array(records)) => records.as_slice(),
        Some(Value::Object(fields)) => fields.get("claims").and_then(Value::as_array).map_or(&[][..], Vec::as_slice),
        _ => &[],
    };
    let touches = |record: &&Value| {
        let scenarios = record.get("scenarios").and_then(Value::as_array);
        scenarios.is_some_and(|ids| ids.iter().any(|id| id.as_str() == Some(&scenario.id)))
    };
    let id = |record: &Value| record.get("id").and_then(Value::as_str).map(str::to_owned);
    records.iter().filter(touches).filter_map(id).collect()
}
