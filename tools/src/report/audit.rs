//! The audit of the document, as `lockstep audit --format json` prints it: what each step changes
//! in locking first, for that is what a diff does not say, then what each step does under which
//! locks.
//!
//! An audit of another shape is not lost: then it is shown as any other section.

use super::table::Table;
use crate::audit::LEGEND;
use crate::document::Document;
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Debug, Deserialize)]
struct Audit {
    steps: Vec<Step>,
}

/// One step of the series.
#[derive(Debug, Deserialize)]
struct Step {
    name: String,
    path: String,
    functions: Vec<Function>,
    lock_order: Vec<(String, String)>,
    cycle: Option<Vec<String>>,
    observed: Option<Observed>,
    changes: Vec<Change>,
}

#[derive(Debug, Deserialize)]
struct Function {
    name: String,
    uses: Vec<Use>,
}

/// Something that a function does, and the sets of locks under which it may happen.
#[derive(Debug, Deserialize)]
struct Use {
    does: String,
    to: String,
    under: Vec<BTreeSet<String>>,
}

/// The order of locks as executions showed it.
#[derive(Debug, Deserialize)]
struct Observed {
    sampled: u64,
    order: Vec<(String, String)>,
    cycle: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Change {
    function: String,
    text: String,
}

/// The audit as tables; nothing if there is none, or none that can be read.
pub fn tables(document: &Document) -> Option<Vec<Table>> {
    let audit: Audit = serde_json::from_value(document.audit.clone()?).ok()?;
    let details = audit.steps.iter().map(details);
    Some(std::iter::once(changes(&audit.steps)).chain(details).collect())
}

fn head(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What each step changes.
fn changes(steps: &[Step]) -> Table {
    let mut rows = Vec::new();
    for step in steps.iter().skip(1) {
        let mut name = step.name.as_str();
        for change in &step.changes {
            let function = if change.function.is_empty() { "whole module" } else { &change.function };
            rows.push(vec![name.to_owned(), function.to_owned(), change.text.clone()]);
            name = "";
        }
        if step.changes.is_empty() {
            rows.push(vec![name.to_owned(), String::new(), "nothing in fields, locks or orderings".to_owned()]);
        }
    }
    Table {
        caption: "What each step changes in locking".to_owned(),
        note: LEGEND.to_owned(),
        head: head(&["step", "function", "change"]),
        rows,
        ..Table::default()
    }
}

/// What one step does.
fn details(step: &Step) -> Table {
    let mut rows = Vec::new();
    for function in &step.functions {
        let mut name = function.name.as_str();
        for one in &function.uses {
            let ways: Vec<String> = one.under.iter().map(locks).collect();
            rows.push(vec![name.to_owned(), one.does.clone(), one.to.clone(), ways.join(" or ")]);
            name = "";
        }
    }
    Table {
        caption: format!("{}: {}", step.name, step.path),
        note: order_words(step),
        folded: true,
        head: head(&["function", "does", "to", "under"]),
        rows,
    }
}

fn locks(held: &BTreeSet<String>) -> String {
    if held.is_empty() { "-".to_owned() } else { held.iter().cloned().collect::<Vec<_>>().join(" + ") }
}

/// The order of locks, as the source states it and as it was observed.
fn order_words(step: &Step) -> String {
    let pairs = |order: &[(String, String)]| {
        let pairs: Vec<String> = order.iter().map(|(first, second)| format!("{first} > {second}")).collect();
        if pairs.is_empty() { "none".to_owned() } else { pairs.join(", ") }
    };
    let cycle = |cycle: &Option<Vec<String>>| {
        cycle.as_ref().map_or(String::new(), |locks| format!("; it has a cycle: {}", locks.join(" > ")))
    };
    let mut words = format!("lock order: {}{}", pairs(&step.lock_order), cycle(&step.cycle));
    if let Some(observed) = &step.observed {
        words +=
            &format!(". Observed (sampled {}): {}{}", observed.sampled, pairs(&observed.order), cycle(&observed.cycle));
    }
    words
}
