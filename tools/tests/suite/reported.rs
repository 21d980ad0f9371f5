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

/// Before, each of these ran into 20,000 choice points, and nothing was ever exhaustive.
#[test]
#[cfg(target_arch = "x86_64")]
fn loops_that_wait_by_reading_are_explored_to_their_end() {
    let ticket = ["series", "check", "--base", "src/ticket.rs", "--series", "series"];
    for memory in ["sc", "tso", "weak"] {
        let command = [&ticket[..], &["--memory", memory]].concat();
        let said = check_in(&reported("ticket-lock"), &command, 0, "outcomes of each step: 1/2 (exhaustive)");
        assert!(said.contains("1-cheaper-unlock ends: sim: data race: read of count"), "{said}");
    }
    let check = [&["series", "check"], &SERIES[..]].concat();
    let few = [&check[..], &["--scenario", "publish_and_wait"]].concat();
    let said = check_in(&reported("polled-flag"), &few, 0, "outcomes of each step: 1/1 (exhaustive)");
    assert!(said.contains("base ends: sim: data race: read of data by waiter"), "{said}");
    let said = check_in(&reported("sequence-lock"), &check, 0, "the same outcomes in all 3 scenarios");
    assert_eq!(said.matches("(exhaustive)").count(), 3, "{said}");
    // A thread that goes round for ever is told from one that sleeps for ever.
    let polite = [&check[..], &["--subject", "../polled-flag/buggy/subject.rs"]].concat();
    let said = check_in(&reported("polite-flag"), &polite, 0, "other outcomes in 1 of 2 scenarios: only_wait +1 -1");
    let livelock = "livelock, main waits for end of waiter, waiter waits for a write, in a loop that reads flag";
    assert!(said.contains(livelock) && said.contains("stuck, main waits for end of waiter"), "{said}");
    assert_eq!(said.matches("(exhaustive)").count(), 2, "{said}");
}
