//! Sections made by other commands, as tables.
//!
//! The document keeps what `claims`, `audit` and `mutate` print as it is. What this version knows
//! has tables of its own, with words and in the order in which they are read. Here any other JSON
//! becomes tables: an array of objects a table whose columns are the keys, everything else a line
//! above it; records that hold such arrays become a line and tables of their own. So a report shows
//! what those commands say in whatever version.

use super::table::Table;
use super::{audit, claims, mutants, orderings};
use crate::document::{Document, SinceChangePart, SincePart};
use serde_json::{Map, Value};

/// The sections that are there, with their names. Claims that can be read have a form of their own
/// and are not among them.
pub fn sections(document: &Document) -> Vec<(&'static str, Vec<Table>)> {
    let unread = if claims::claims(document).is_empty() { document.claims.as_ref() } else { None };
    let sections = [
        ("Claims", unread, None),
        ("Audit", document.audit.as_ref(), audit::tables(document)),
        ("Mutants", document.mutants.as_ref(), mutants::tables(document)),
        ("Orderings", document.orderings.as_ref(), orderings::places(document)),
    ];
    let section =
        |(name, any, known): (_, Option<&Value>, Option<Vec<Table>>)| Some((name, known.or(any.map(tables))?));
    let since = document.since.as_ref().map(|part| ("Since", vec![since(part)]));
    since.into_iter().chain(sections.into_iter().filter_map(section)).collect()
}

/// What is new since an earlier comparison, the new before what is gone.
fn since(part: &SincePart) -> Table {
    let order = |one: &&SinceChangePart| ["new", "moved", "gone"].iter().position(|word| *word == one.change);
    let mut changes: Vec<&SinceChangePart> = part.changes.iter().collect();
    changes.sort_by_key(|one| order(one).unwrap_or(usize::MAX));
    let row = |one: &SinceChangePart| {
        let scenario = one.scenario.clone().unwrap_or_default();
        vec![one.change.clone(), one.name.clone(), scenario, one.what.clone()]
    };
    let head =
        if changes.is_empty() { Vec::new() } else { ["", "name", "scenario", "what"].map(str::to_owned).to_vec() };
    Table {
        caption: format!("Since the earlier comparison: {}", part.summary),
        head,
        rows: changes.into_iter().map(row).collect(),
        ..Table::default()
    }
}

/// The tables of a section of any shape.
fn tables(section: &Value) -> Vec<Table> {
    match section {
        Value::Array(records) => records_tables("", records, DEPTH_MAX),
        Value::Object(fields) => record_tables("", fields, DEPTH_MAX),
        other => vec![Table { caption: words(other), ..Table::default() }],
    }
}

/// Levels of records that have tables of their own; what lies deeper is words in a cell.
const DEPTH_MAX: usize = 2;

/// An array of objects.
fn as_records(value: &Value) -> Option<&[Value]> {
    let records = value.as_array()?;
    records.iter().any(Value::is_object).then_some(records)
}

fn records_tables(name: &str, records: &[Value], depth: usize) -> Vec<Table> {
    let has_tables = |record: &Value| {
        record.as_object().is_some_and(|fields| fields.values().any(|value| as_records(value).is_some()))
    };
    if depth < DEPTH_MAX || !records.iter().any(has_tables) {
        return vec![table(name.to_owned(), records)];
    }
    let of = |record: &Value| record.as_object().map_or(Vec::new(), |fields| record_tables(name, fields, depth - 1));
    records.iter().flat_map(of).collect()
}

/// The plain fields of a record as a line, the others as tables.
fn record_tables(name: &str, fields: &Map<String, Value>, depth: usize) -> Vec<Table> {
    let plain = fields.iter().filter(|(name, value)| as_records(value).is_none() && *name != "schema");
    let plain = plain.map(|(name, value)| (name, words(value))).filter(|(_, words)| !words.is_empty());
    let plain: Vec<String> = plain.map(|(name, words)| format!("{name}: {words}")).collect();
    let lead = if name.is_empty() { String::new() } else { format!("{name}: ") };
    let mut found = Vec::new();
    if !plain.is_empty() {
        found.push(Table { caption: format!("{lead}{}", plain.join("; ")), ..Table::default() });
    }
    for (name, value) in fields {
        found.extend(as_records(value).map(|records| records_tables(name, records, depth)).into_iter().flatten());
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
    Table { caption, rows: records.iter().map(row).collect(), head, ..Table::default() }
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
