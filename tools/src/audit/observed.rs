//! The order of locks as executions show it, beside the one that the source states.
//!
//! Promise: every pair shown was taken so in some execution. Limits: a sample, so what is missing was not observed, no more;
//! locks that were taken by an attempt are not followed.

use super::table::cycle;
use crate::workshop::{Package, Place, Runner};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Random schedules of each scenario.
const SEEDS: u64 = 20;

/// What was observed of one step.
#[derive(Clone, Debug)]
pub struct Observed {
    pub executions: u64,
    /// The second lock was taken while the first was held.
    pub order: BTreeSet<(String, String)>,
}

/// Builds the package and runs each of its steps.
pub fn observe(package: &Package, place: &Place, steps: usize) -> Result<Vec<Observed>, String> {
    let program = package.build(place)?;
    let mut runner = Runner::start(&program)?;
    let mut all = Vec::new();
    for step in 0..steps {
        let request = json!({ "kind": "order", "variant": step, "executions": SEEDS });
        let answer = runner.ask(&request).map_err(|failure| failure.to_string())?;
        let order = serde_json::from_value(answer["order"].clone()).map_err(|error| error.to_string())?;
        all.push(Observed { executions: answer["executions"].as_u64().unwrap_or(0), order });
    }
    Ok(all)
}

/// In lines, beside what the source states.
pub fn text(observed: &Observed, stated: &BTreeSet<(String, String)>) -> String {
    let pairs = |order: &mut dyn Iterator<Item = &(String, String)>| {
        let pairs: Vec<String> = order.map(|(first, second)| format!("{first} > {second}")).collect();
        if pairs.is_empty() { "none".to_owned() } else { pairs.join(", ") }
    };
    let mut text = format!("  observed (sampled {}): {}\n", observed.executions, pairs(&mut observed.order.iter()));
    if let Some(cycle) = cycle(&observed.order) {
        text += &format!("  the observed order has a cycle: {}\n", cycle.join(" > "));
    }
    // Two objects of one kind are one in the source.
    let mut unstated = observed.order.difference(stated).filter(|(first, second)| first != second).peekable();
    if unstated.peek().is_some() {
        text += &format!("  observed and not stated: {}\n", pairs(&mut unstated));
    }
    text
}

/// For programs.
pub fn document(observed: &Observed) -> Value {
    json!({ "sampled": observed.executions, "order": observed.order, "cycle": cycle(&observed.order) })
}
