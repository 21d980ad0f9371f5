//! Graphs of the programs in `execution-counts.tsv`, counted under each memory model, against GenMC and herd.
#![allow(missing_docs)]

mod notation;

use lockstep::graph::{Counts, Model, graphs};
use std::ops::ControlFlow;
use std::path::Path;

struct Row {
    name: String,
    program: String,
    parameters: String,
    sc: u64,
    tso: Option<u64>,
    rc11: u64,
}

/// Whether GenMC's figure for TSO binds where herd gives none: it takes every fence for a full one, and leaves an SC store
/// and a later acquire load unordered.
fn is_genmc_right(program: &str) -> bool {
    let weak_fence = ["F(ar)", "F(acq)", "F(rel)"].iter().any(|fence| program.contains(fence));
    let sc_and_acquire = program.contains(",sc)") && program.contains("acq)");
    !(weak_fence || sc_and_acquire)
}

fn table() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/litmus/execution-counts.tsv");
    let table = std::fs::read_to_string(path).expect("the table exists");
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().expect("the table has a header").split('\t').collect();
    let column = |name: &str| header.iter().position(|known| *known == name).expect("the table has the column");
    let rows = lines.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |name: &str| cells[column(name)].to_owned();
        let count = |name: &str| cell(name).parse().ok();
        let program = cell("program");
        let genmc = count("tso").filter(|_| is_genmc_right(&program));
        Row {
            name: cell("name"),
            parameters: cell("params"),
            sc: count("sc").expect("each row has a count"),
            tso: count("herd_tso").or(genmc),
            rc11: count("rc11").expect("each row has a count"),
            program,
        }
    });
    rows.collect()
}

fn count(row: &Row, model: Model) -> Counts {
    let mut program = notation::parse(&row.program, &row.parameters);
    graphs(&mut program, model, u64::MAX, &mut |_, _| ControlFlow::Continue(()))
}

#[track_caller]
fn check(model: Model, expected: impl Fn(&Row) -> Option<u64>) {
    let mut wrong = Vec::new();
    for row in table() {
        let counts = count(&row, model);
        assert!(counts.exhausted && !counts.strayed, "{} {}", row.name, row.parameters);
        if let Some(expected) = expected(&row).filter(|expected| *expected != counts.complete) {
            let Counts { complete, blocked, cut, .. } = counts;
            wrong.push(format!(
                "{} {}: {complete} instead of {expected}, {blocked} blocked, {cut} cut",
                row.name, row.parameters
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn graphs_are_as_many_as_genmc_counts_under_sc() {
    check(Model::Sc, |row| Some(row.sc));
}

#[test]
fn graphs_are_as_many_as_herd_and_genmc_count_under_tso() {
    check(Model::Tso, |row| row.tso);
}

#[test]
fn graphs_are_as_many_as_genmc_counts_under_rc11() {
    check(Model::Weak, |row| Some(row.rc11));
}
