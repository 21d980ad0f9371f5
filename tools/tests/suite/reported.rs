//! Inputs that were answered wrongly once, with the right answer, as their users put them.

use crate::common;
use common::{check_in, root, said_in};
use std::path::PathBuf;

const SERIES: [&str; 4] = ["--base", "buggy/m.rs", "--series", "series"];

fn reported(name: &str) -> PathBuf {
    root().join("tools/tests/data/reported").join(name)
}

#[test]
fn executions_that_the_step_limit_cuts_prove_nothing() {
    let folder = reported("cut-by-the-limit");
    let few = ["--scenario=two_ask", "--exhaustive-max=3", "--enumerated=3", "--executions=3", "--preemptions=0"];
    let said = check_in(
        &folder,
        &[&["series", "check"], &SERIES[..], &few[..]].concat(),
        0,
        "executions cut by the step limit)",
    );
    assert!(!said.contains("exhaustive"), "{said}");
    for expected in [
        "  every step shows the same outcomes, as far as it was explored\n",
        "1-counts-for-long-then: the same outcomes in the one scenario, as far as it was explored\n",
        "in every step, outcomes end in a limit",
    ] {
        assert!(said.contains(expected), "expected '{expected}' in\n{said}");
    }
    said_in(
        &folder,
        &[&["gate"], &SERIES[..], &few[..]].concat(),
        100,
        "every step shows outcomes that end in a limit",
    );
    let place = tempfile::tempdir().expect("a folder");
    let config = place.path().join("gate.toml");
    std::fs::write(&config, "[gate]\nrequired = \"exhaustive\"\n").expect("it is written");
    let demanding = ["gate", "--fail-on", "none", "--config", config.to_str().expect("UTF-8")];
    said_in(&folder, &[&demanding, &SERIES[..], &few[..]].concat(), 103, "cut by the step limit");
}

#[test]
fn a_seqcst_update_does_not_order_an_acquire_load_behind_it() {
    let command = [&["series", "check", "--memory", "weak"], &SERIES[..]].concat();
    let said = check_in(&reported("debts-of-readers"), &command, 0, "outcomes of each step: 2/1 (exhaustive)");
    assert!(said.contains("reader: base: uses what was freed"), "{said}");
    let command = [&["gate", "--memory", "weak"], &SERIES[..]].concat();
    said_in(&reported("debts-of-readers"), &command, 100, "removed");
}
