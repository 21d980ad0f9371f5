//! The order of locks as executions show it, beside the one that the source states.
//!
//! Promise: every pair shown was taken so in some execution. Limits: a sample, so what is missing
//! was not observed, no more; locks that were taken by an attempt are not followed.

use super::table::cycle;
use crate::cli::trouble::Trouble;
use crate::workshop::{Package, Runner, Workspace, listing};
use lockstep_runner::Bench;
use lockstep_runner::protocol::{LockOrder, Ordered};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Random schedules of each scenario.
const SEEDS: u64 = 20;

/// Builds the package and runs each of its steps.
pub fn observe(package: &Package, workspace: &Workspace) -> Result<Vec<Ordered>, Trouble> {
    let program = package.build(workspace)?;
    let mut runner = Runner::start(&program)?;
    let mut all = Vec::new();
    for variant in listing(&mut runner)?.variants {
        let asked = LockOrder { variant, executions: SEEDS };
        all.push(runner.lock_order(asked).map_err(Trouble::of_bench)?);
    }
    Ok(all)
}

/// In lines, beside what the source states.
pub fn text(observed: &Ordered, stated: &BTreeSet<(String, String)>) -> String {
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
pub fn document(observed: &Ordered) -> Value {
    json!({ "sampled": observed.executions, "order": observed.order, "cycle": cycle(&observed.order) })
}
