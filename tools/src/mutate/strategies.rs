//! After how many executions each kind of random schedule notices a mutant, in the scenario that
//! was the first to notice it.
//!
//! Promise: a kind has noticed a mutant when it shows what the other side, searched whole, never
//! does. Limits: mutants whose scenario is too large to be searched whole are left out, and said to
//! be; the scenario is the first that notices, so it is often one in which that is easy.

use super::fate::{Fate, Kill};
use super::judge::{Plan, Trial};
use crate::cli::session;
use crate::cli::trouble::Trouble;
use crate::workshop::Runner;
use lockstep::{RANDOM_STRATEGIES, Soon, SoonConfig, mean_of_medians};
use lockstep_runner::{Bench, Failure, protocol};
use serde_json::{Value, json};

/// Rows of the table, at most: those in which the kinds of schedules are furthest apart.
const ROWS_MAX: usize = 12;

/// A mutant that was measured.
#[derive(Clone, Debug)]
pub struct Row {
    mutant: String,
    scenario: String,
    /// In the order of [`RANDOM_STRATEGIES`].
    medians: Vec<Soon>,
}

/// What was measured, and how many mutants could not be.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    rows: Vec<Row>,
    left_out: usize,
}

/// Measures the mutants that were noticed.
pub fn measure(plan: &Plan<'_>, results: &[(Trial, Fate)], config: &SoonConfig<'_>) -> Result<Measured, Trouble> {
    let mut runner = Runner::start(plan.program)?;
    let mut measured = Measured::default();
    for (trial, fate) in results {
        let Fate::Killed(kill) = fate else { continue };
        if session::is_ending() {
            break;
        }
        match medians(plan, trial, kill, config, &mut runner)? {
            Some(medians) => {
                let (mutant, scenario) = (trial.mutant.id.clone(), kill.scenario.clone());
                measured.rows.push(Row { mutant, scenario, medians });
            }
            None => measured.left_out += 1,
        }
    }
    Ok(measured)
}

fn medians(
    plan: &Plan<'_>,
    trial: &Trial,
    kill: &Kill,
    config: &SoonConfig<'_>,
    runner: &mut Runner,
) -> Result<Option<Vec<Soon>>, Trouble> {
    for variant in &trial.variants {
        for &repaired in &plan.repaired {
            let mutant = plan.mutant(trial, &kill.scenario, variant, repaired, plan.effort);
            match runner.soon(protocol::Soon { mutant, seeds: config.seeds, limit: config.limit }) {
                Ok(protocol::Measured::Medians(medians)) => {
                    let soon = |median: Option<u64>| median.map_or(Soon::Beyond(config.limit), Soon::After);
                    return Ok(Some(medians.into_iter().map(soon).collect()));
                }
                Ok(protocol::Measured::Unknown) => {}
                Err(Failure::Stopped) => return Ok(None),
                // It broke down, as this mutant does: there is nothing to count.
                Err(_) => *runner = Runner::start(plan.program)?,
            }
        }
    }
    Ok(None)
}

/// For people: a table that can be put into a document.
pub fn text(measured: &Measured) -> String {
    let Measured { rows, left_out } = measured;
    let names: Vec<String> = RANDOM_STRATEGIES.iter().map(ToString::to_string).collect();
    let mut text = format!(
        "\nexecutions until a kind of random schedule notices a mutant, medians ({} mutants, {left_out} left out: not searched whole, or they break down):\n\n\
         | mutant | scenario | {} |\n|---|---|{}\n",
        rows.len(),
        names.join(" | "),
        "---|".repeat(names.len())
    );
    let mut furthest: Vec<&Row> = rows.iter().collect();
    furthest.sort_by(|one, other| spread(other).total_cmp(&spread(one)));
    for Row { mutant, scenario, medians } in furthest.into_iter().take(ROWS_MAX) {
        text += &line(&[mutant, scenario], medians.iter().map(Soon::to_string));
    }
    let columns: Vec<(f64, usize)> = (0..names.len())
        .map(|at| mean_of_medians(&rows.iter().map(|row| row.medians[at]).collect::<Vec<_>>()))
        .collect();
    text += &line(&["geometric mean of all", ""], columns.iter().map(|(mean, _)| format!("{mean:.2}")));
    text + &line(&["not found", ""], columns.iter().map(|(_, beyond)| beyond.to_string()))
}

fn line(head: &[&str], cells: impl Iterator<Item = String>) -> String {
    format!("| {} | {} |\n", head.join(" | "), cells.collect::<Vec<_>>().join(" | "))
}

/// How many times as many executions the slowest needs as the quickest.
fn spread(row: &Row) -> f64 {
    let counts = || row.medians.iter().map(|median| median.executions() as f64);
    counts().fold(0.0, f64::max) / counts().fold(f64::INFINITY, f64::min)
}

/// For programs.
pub fn document(measured: &Measured) -> Value {
    let cell = |median: &Soon| match median {
        Soon::After(executions) => json!(executions),
        Soon::Beyond(_) => Value::Null,
    };
    let row = |row: &Row| json!({ "mutant": row.mutant, "scenario": row.scenario, "medians": row.medians.iter().map(cell).collect::<Vec<_>>() });
    json!({
        "strategies": RANDOM_STRATEGIES.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "rows": measured.rows.iter().map(row).collect::<Vec<_>>(),
        "left_out": measured.left_out,
    })
}
