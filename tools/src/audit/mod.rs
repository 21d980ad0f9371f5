//! `lockstep audit`: which shared fields a module touches, under which locks, and what each step of
//! a series changes in that.
//!
//! Promise: the locks stated for an access are those held on the ways through the source, callers
//! included; a test holds executions against them. Limits: those of [`walk`]; the shipped subject
//! is read with the kernel and the common part around the design, a module of somebody's own by
//! itself.

mod access;
mod difference;
#[cfg(test)]
mod executions;
mod observed;
mod source;
mod syntax;
mod table;
mod walk;
mod ways;

use crate::cli::arguments::{Format, Input, Options};
use crate::cli::files;
use crate::cli::trouble::Trouble;
use crate::series::{prepare, prepare_steps};
use crate::source::rust;
use crate::source::steps::Step;
use crate::workshop::{Workspace, is_shipped};
use access::Access;
use difference::changes;
use lockstep_runner::protocol::Ordered;
use observed::observe;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use table::{Audit, audit, cycle};

/// How to read an audit, on the terminal and in reports.
pub const LEGEND: &str = "under: the locks held, - for none, 'or' between ways through the source; a > b: b is taken while a is held; the places of a lock \
                          are those of the function and of what it calls";

/// Carries out the command: what it has to say.
pub fn command(input: &Input, observes: bool, options: &Options) -> Result<String, Trouble> {
    let workspace = Workspace::find(input.build.as_deref())?;
    let steps = prepare_steps(input, &workspace)?;
    let audits = steps.iter().map(|step| audit_step(&workspace, step)).collect::<Result<Vec<Audit>, _>>()?;
    let observed = if observes { observe(&prepare(input, &workspace)?.1, &workspace)? } else { Vec::new() };
    Ok(match options.format {
        Format::Json => format!("{:#}\n", document(&steps, &audits, &observed)),
        _ => text(&steps, &audits, &observed),
    })
}

/// Audits one step: for the shipped subject with the files around it.
fn audit_step(workspace: &Workspace, step: &Step) -> Result<Audit, Trouble> {
    let mut files = step.module.named();
    let own: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let path = &step.module.path;
    if !is_shipped(path) {
        return Ok(audit(&step.name, &own, &files, None)?);
    }
    for folder in ["variants/src/utrace", "variants/src/kernel"] {
        for (path, text) in files::sources(&workspace.root.join(folder))? {
            // The designs, and what stands around one to watch it, implement the same functions:
            // only the one under audit is read.
            let path = format!("{folder}/{path}");
            if !text.contains("impl Design for ") && !own.contains(&path) {
                files.push((path, text));
            }
        }
    }
    let design = rust::module(path, &step.module.text, "Design")?.type_name.to_string();
    Ok(audit(&step.name, &own, &files, Some(&design))?)
}

fn locks(held: &BTreeSet<String>) -> String {
    if held.is_empty() { "-".to_owned() } else { held.iter().cloned().collect::<Vec<_>>().join(" + ") }
}

const fn word(access: Access) -> &'static str {
    match access {
        Access::Read => "reads",
        Access::Write => "writes",
        Access::Lock => "takes",
        Access::Barrier => "barrier",
        Access::Wake => "wakes one",
        Access::WakeAll => "wakes all",
    }
}

fn text(steps: &[Step], audits: &[Audit], observed: &[Ordered]) -> String {
    let mut text = String::new();
    for (nth, (step, audit)) in steps.iter().zip(audits).enumerate() {
        text += &format!("{nth}  {}: {}\n\n", audit.name, step.module.path);
        text += &table(audit);
        let pairs: Vec<String> = audit.order.iter().map(|(first, second)| format!("{first} > {second}")).collect();
        text += &format!("  lock order: {}\n", if pairs.is_empty() { "none".to_owned() } else { pairs.join(", ") });
        if let Some(cycle) = cycle(&audit.order) {
            text += &format!("  the lock order has a cycle: {}\n", cycle.join(" > "));
        }
        if let Some(observed) = observed.get(nth) {
            text += &observed::text(observed, &audit.order);
        }
        if nth > 0 {
            text += &format!("\n  {} changes:\n", step.subject);
            let changes = changes(&audits[nth - 1], audit);
            for change in &changes {
                let at = if change.function.is_empty() { String::new() } else { format!("{}: ", change.function) };
                text += &format!("    {at}{}\n", change.text);
            }
            if changes.is_empty() {
                text += "    nothing in fields, locks or orderings\n";
            }
        }
        text.push('\n');
    }
    text + LEGEND + "\n"
}

fn table(audit: &Audit) -> String {
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header(["function", "does", "to", "under"]);
    for function in &audit.functions {
        let mut name = function.name.as_str();
        for ((access, what), ways) in &function.uses {
            let ways: Vec<String> = ways.iter().map(locks).collect();
            table.add_row([name, word(*access), what, &ways.join(" or ")]);
            name = "";
        }
    }
    table.lines().map(|line| format!(" {}\n", line.trim_end())).collect()
}

fn document(steps: &[Step], audits: &[Audit], observed: &[Ordered]) -> Value {
    let function = |one: &table::Function| {
        let uses =
            one.uses.iter().map(|((access, what), ways)| json!({ "does": word(*access), "to": what, "under": ways }));
        json!({ "name": one.name, "uses": uses.collect::<Vec<_>>(), "acquisitions": one.acquisitions })
    };
    let step = |(nth, audit): (usize, &Audit)| {
        let changes = if nth == 0 { Vec::new() } else { changes(&audits[nth - 1], audit) };
        let changes = changes.iter().map(|one| json!({ "function": one.function, "kind": one.kind, "text": one.text }));
        json!({
            "name": audit.name,
            "path": steps[nth].module.path,
            "functions": audit.functions.iter().map(function).collect::<Vec<_>>(),
            "lock_order": audit.order,
            "cycle": cycle(&audit.order),
            "observed": observed.get(nth).map(observed::document),
            "changes": changes.collect::<Vec<_>>(),
        })
    };
    json!({ "schema": 1, "steps": audits.iter().enumerate().map(step).collect::<Vec<_>>() })
}
