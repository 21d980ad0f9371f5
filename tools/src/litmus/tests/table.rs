//! The table of reference results, under every memory model.

use super::super::compact;
use super::super::graphs;
use super::super::interpret::fits;
use super::super::placing::placed;
use super::super::search::{SearchConfig, final_states};
use super::super::verdict::ask;
use super::{EXECUTIONS, Row, kernel_model, search, seen, verdict};
use lockstep::MemoryModel;
use std::path::Path;

/// What is outside of the language.
const REFUSED: [&str; 1] = ["MP+onceassign+derefonce: 1:48: not supported: the primitive 'rcu_assign_pointer'"];

/// All rows that are not refused show what their column of the table says.
#[track_caller]
fn check_column(memory: MemoryModel, column: impl Fn(&Row) -> &str) {
    let mut wrong = Vec::new();
    let mut refused = Vec::new();
    for row in kernel_model() {
        match verdict(&row, memory) {
            Ok(verdict) if seen(&verdict) == column(&row) => {}
            Ok(verdict) => wrong.push(format!("{}: {} instead of {}", row.name, seen(&verdict), column(&row))),
            Err(refusal) => refused.push(format!("{}: {refusal}", row.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(refused, REFUSED);
}

#[test]
fn the_kernel_model_table_agrees_under_sc() {
    check_column(MemoryModel::Sc, |row| &row.sc);
}

#[test]
fn the_kernel_model_table_agrees_under_tso() {
    check_column(MemoryModel::Tso, |row| &row.tso);
}

/// The kernel's name of a test that the table of reference results lacks: what a thread has read is
/// handed on by its locks. The kernel's model does not say so, the rule for locks does.
const WRC_UNLOCK_LOCK: [&str; 2] = [
    "T0: W(x,1,once) | T1: L(s); r0=R(x,once); U(s); L(t); W(y,1,once); U(t) | T2: r1=R(y,once); F(rmb); r2=R(x,once)",
    "exists (1:r0=1 /\\ 2:r1=1 /\\ 2:r2=0)",
];

/// Executions of each program in the comparison of two searches.
const COMPARED: u64 = 3_000;

/// The machine enumerates schedules, the other search execution graphs; where both complete, they
/// have to show the same states.
#[test]
fn the_machine_shows_the_states_that_graphs_show() {
    for (memory, complete_min) in [(MemoryModel::Sc, 60), (MemoryModel::Tso, 40), (MemoryModel::Weak, 60)] {
        let mut complete = 0;
        for row in kernel_model() {
            let parsed = compact::parse(&row.name, &row.initial, &row.program, &row.condition);
            let Ok(program) = parsed else { continue };
            let search = SearchConfig { memory, ..search(COMPARED) };
            let program = placed(&program);
            if !fits(&program) {
                continue;
            }
            let graphs = graphs::search(&program, &search);
            let machine = final_states(&program, &search);
            let machine = verdict::seen(&program, &machine).expect("the program is within the limits");
            let name = format!("{} {}", memory.name(), row.name);
            assert!(machine.states.is_subset(&graphs.states), "{name}: the machine shows more");
            if machine.evidence.is_exhaustive() {
                complete += 1;
                assert_eq!(machine.states, graphs.states, "{name}");
            }
        }
        assert!(complete >= complete_min, "{}: only {complete} programs were enumerated", memory.name());
    }
}

/// The table of `harness/docs/weak.md`: every test of which the kernel's model and C11's do not
/// agree, or that is refused.
fn weak_table() -> String {
    let mut table = String::from("| test | class | kernel | `weak` | why |\n|---|---|---|---|---|\n");
    for row in kernel_model() {
        let (weak, reason) = match verdict(&row, MemoryModel::Weak) {
            Ok(verdict) => {
                let weak = seen(&verdict);
                assert!(!row.binds() || weak == row.lkmm, "{}: {weak} instead of {}", row.name, row.lkmm);
                (weak, row.reason(weak))
            }
            Err(_) => ("refused", "RCU is not supported"),
        };
        if row.class != "basic" {
            table += &format!("| {} | {} | {} | {weak} | {reason} |\n", row.name, row.class, row.lkmm);
        }
    }
    let [program, condition] = WRC_UNLOCK_LOCK;
    let program = compact::parse("WRC-unlock-lock", "", program, condition).expect("the program is right");
    let verdict = ask(&program, &SearchConfig { memory: MemoryModel::Weak, ..search(EXECUTIONS) });
    let weak = seen(&verdict.expect("the program is within the limits"));
    table + &format!("| WRC-unlock-lock | locks | Sometimes | {weak} | locks hand on what was read, too |\n")
}

#[test]
fn the_kernel_model_table_agrees_under_the_weak_model_or_the_document_says_why_not() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../harness/docs/weak.md");
    let text = std::fs::read_to_string(path).expect("the document exists");
    let table = weak_table();
    assert!(text.ends_with(&table), "harness/docs/weak.md has to end with this table:\n{table}");
}
