//! The audit held against executions: the locks that a thread holds at a place of the source are
//! those that the audit states for it. A disagreement is a fault of the audit.

use super::access::LockedAccess;
use super::audit_step;
use crate::source::module::Module;
use crate::source::steps::Step;
use crate::workshop::Workspace;
use lockstep::{Execution, Kind, RunConfig, Schedule, run};
use lockstep_runner::lock_order;
use std::collections::BTreeSet;
use utrace_variants::{Repairs, scenarios, variants, with_programs};

/// Random schedules of each scenario.
const SEEDS: u64 = 20;

/// File, line and the locks held.
type AccessSite = (String, usize, BTreeSet<String>);

/// Each access of an execution with file, line and the locks held.
fn accesses(execution: &Execution) -> BTreeSet<AccessSite> {
    let mut accesses = BTreeSet::new();
    lock_order::each_touch(execution, |event, kind, _, held| {
        if matches!(kind, Kind::Load | Kind::Store | Kind::Update | Kind::PlainRead | Kind::PlainWrite) {
            let names = held.iter().cloned().collect();
            accesses.insert((event.place.file().to_owned(), event.place.line() as usize, names));
        }
    });
    accesses
}

/// Whether the audit reads a file: the design, the common part and the kernel. Types that are one
/// word with several faces (bits, thread flags) are accesses where they are used, not where they
/// are implemented.
fn is_audited(file: &str) -> bool {
    let is_word = file.ends_with("utrace/mod.rs") || file.ends_with("kernel/task.rs");
    !is_word && (file.contains("src/utrace/") || file.contains("src/kernel/"))
}

#[test]
fn executions_hold_the_locks_that_the_audit_states() {
    let workspace = Workspace::find(None).expect("the test runs in the workspace");
    let mut checked = 0;
    for (variant, file) in variants().iter().zip(["stopped_locked", "stopped_lockless", "stopped_removed"]) {
        let path = format!("variants/src/utrace/{file}.rs");
        let text = std::fs::read_to_string(workspace.root.join(&path)).expect("the design exists");
        let step = Step { name: file.to_owned(), subject: file.to_owned(), module: Module::alone(&path, &text) };
        let audit = audit_step(&workspace, &step).expect("the designs are Rust");
        let stated = |path: &str, line: usize| -> Vec<&LockedAccess> {
            audit.accesses.iter().filter(|access| access.line == line && path.ends_with(&access.file)).collect()
        };
        let mut wrong: BTreeSet<String> = BTreeSet::new();
        for scenario in scenarios() {
            with_programs(&[variant], Repairs::NONE, scenario, |programs| {
                for seed in 0..SEEDS {
                    let execution = run(&programs[0].program, &Schedule::uniform(seed), &RunConfig::default());
                    let (accesses, order) = (accesses(&execution), lock_order::order(&execution));
                    for (file, line, held) in accesses.iter().filter(|(file, ..)| is_audited(file)) {
                        checked += 1;
                        let stated = stated(file, *line);
                        if !stated.iter().any(|access| access.held == *held) {
                            let known: BTreeSet<_> = stated.iter().map(|access| &access.held).collect();
                            wrong.insert(format!("{file}:{line}: held {held:?}, stated {known:?}"));
                        }
                    }
                    let is_ours = |(first, second): &&(String, String)| first != second;
                    for pair in order.iter().filter(is_ours).filter(|pair| !audit.order.contains(*pair)) {
                        wrong.insert(format!(
                            "{file}: {} is taken under {}, which the audit does not know",
                            pair.1, pair.0
                        ));
                    }
                }
            });
        }
        assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
        assert_eq!(super::cycle(&audit.order), None, "the order of locks");
    }
    assert!(checked > 10_000, "only {checked} accesses were checked");
}
