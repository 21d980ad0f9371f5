//! The gate as CI calls it: red, green after `accept`, red again; and every exit status with its precedence.

mod ledger;
mod required;

use crate::common;
use common::{GateFolder, root, said_in};
use serde_json::{Value, json};
use std::path::Path;

const CONFIG: &str = "\
[gate]
scenarios = [\"S7\"]
variants = [\"stopped-lockless\", \"stopped-removed\"]
repairs = \"none\"
required = \"sampled 100\"
ledger = \"accepted.toml\"
exhaustive-max = 0
executions = 100
preemptions = 0
";

const GATE: [&str; 3] = ["gate", "--config", "gate.toml"];

#[test]
fn a_divergence_is_red_then_accepted_green_then_stale_red() {
    let gate = GateFolder::new(CONFIG);
    let said = gate.check(&GATE, 100, "2 unaccepted");
    let ids: Vec<&str> = said.split_whitespace().filter(|word| word.starts_with("utrace.S7.")).collect();
    let ids: std::collections::BTreeSet<&str> = ids.into_iter().map(|id| id.trim_matches([',', ';', '\''])).collect();
    assert_eq!(ids.len(), 2, "{said}");
    for id in &ids {
        let reason = "Oleg's point of 2009-08-04: \"the killed task must not run the call\"";
        let accept = ["accept", id, "--config", "gate.toml", "--reason", reason, "--date", "2026-11-22"];
        gate.check(&accept, 0, "accepted in accepted.toml");
        gate.check(&accept, 2, "has an entry for");
    }
    gate.check(&GATE, 0, "2 accepted");
    let ledger = std::fs::read_to_string(gate.path("accepted.toml")).expect("it was written");
    // So it is if an entry names others that do not show it.
    gate.write("accepted.toml", &ledger.replace("not-by = [\"stopped-lockless\"]", "not-by = [\"stopped-locked\"]"));
    gate.check(&GATE, 100, "was accepted as shown by stopped-removed and not by stopped-locked, and is shown by");
    gate.write("accepted.toml", &ledger.replace("shown-by = [\"stopped-removed\"]", "shown-by = [\"stopped-locked\"]"));
    gate.check(&GATE, 100, "was accepted as shown by stopped-locked and not by stopped-lockless, and is shown by");
    gate.write("accepted.toml", &ledger);
    // The same divergence under other variants is another change.
    gate.write("gate.toml", &CONFIG.replace("\"stopped-lockless\"", "\"stopped-locked\""));
    gate.check(&GATE, 100, "was accepted as shown by");
    // Without the divergence the entries are stale.
    gate.write("gate.toml", &CONFIG.replace("\"stopped-removed\"", "\"stopped-locked\""));
    gate.check(&GATE, 100, "matches nothing any more");
    // So they are when nobody compares their scenario, unless the command line asks for a part.
    gate.write("gate.toml", &CONFIG.replace("S7", "S3"));
    gate.check(&GATE, 100, "matches nothing any more");
    gate.write("gate.toml", CONFIG);
    gate.check(&[&GATE[..], &["--scenario", "S3"]].concat(), 0, "green");
    // An entry counts up to its last day.
    gate.write("accepted.toml", &format!("{ledger}expires = \"2026-12-31\"\n"));
    gate.check(&[&GATE[..], &["--date", "2026-12-31"]].concat(), 0, "green");
    gate.check(&[&GATE[..], &["--date", "2027-01-01"]].concat(), 100, "expired after 2026-12-31");
}

fn box_json() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reports/box.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("it is there")).expect("it is JSON")
}

/// A comparison of equal variants, everything reached.
fn equal_json() -> Value {
    let mut document = box_json();
    let scenarios = document["scenarios"].as_array_mut().expect("scenarios");
    scenarios.retain(|scenario| scenario["divergences"] == json!([]));
    for scenario in scenarios {
        scenario["goals"][0]["reached"] = json!(true);
    }
    document
}

const FROM: [&str; 5] = ["gate", "--config", "gate.toml", "--from", "x.json"];

#[track_caller]
fn check_judgement(config: &str, document: &Value, status: i32, expected: &str) {
    let gate = GateFolder::new(config);
    gate.write("x.json", &document.to_string());
    gate.check(&FROM, status, expected);
}

/// The comparison with divergences, and the same under another memory model, where another variant shows the first of them.
fn two_models_json() -> Value {
    let mut document = box_json();
    let scenarios = document["scenarios"].as_array_mut().expect("scenarios");
    scenarios.truncate(1);
    let mut other = scenarios[0].clone();
    other["memory"] = json!("weak");
    let (shown_by, not_by) = (other["divergences"][0]["shown_by"].clone(), other["divergences"][0]["not_by"].clone());
    other["divergences"][0]["shown_by"] = not_by;
    other["divergences"][0]["not_by"] = shown_by;
    scenarios.push(other);
    document["memory"] = json!(["sc", "weak"]);
    document
}

#[test]
fn equal_variants_are_green() {
    check_judgement("[gate]\nrequired = \"exhaustive\"\n", &equal_json(), 0, "green: 2 comparisons");
}

#[test]
fn each_fault_has_its_status_and_the_gravest_wins() {
    let mut document = equal_json();
    let config = "[gate]\nledger = \"accepted.toml\"\n";
    let entry = "version = 1\n[[accepted]]\nid = \"box.M9.0a0a0a0a\"\nshown-by = [\"a\"]\nnot-by = [\"b\"]\nreason = \"x\"\ndate = \"2026-01-01\"\n";
    let gate = GateFolder::new(config);
    gate.write("accepted.toml", entry);
    let check = |document: &Value, status, expected| {
        gate.write("x.json", &document.to_string());
        gate.check(&FROM, status, expected);
    };
    check(&document, 100, "accepted.toml:2: box.M9.0a0a0a0a matches nothing any more");
    gate.write("gate.toml", &format!("{config}required = \"exhaustive\"\n"));
    document["scenarios"][0]["variants"][1]["evidence"]["exhaustive"] = json!(false);
    check(&document, 103, "required is 'exhaustive'");
    document["complete"] = json!(false);
    check(&document, 103, "the run ended before everything was compared");
    document["scenarios"][0]["goals"][0]["reached"] = json!(false);
    check(&document, 4, "no execution reached 'both readers run'");
    document["nondeterminism"] = json!("the same schedule ran differently: event 7");
    check(&document, 102, "event 7");
}

/// A way to be wrong: what it does to the comparison and to the ledger, its status, and what is said of it.
type Fault = (fn(&mut Value, &mut String), i32, &'static str);

#[test]
fn of_any_two_faults_both_are_said_and_the_graver_gives_the_status() {
    let faults: [Fault; 7] = [
        (|document, _| document["nondeterminism"] = json!("event 7"), 102, "102  nondeterminism: event 7"),
        (|document, _| document["scenarios"][0]["goals"][0]["reached"] = json!(false), 4, "  4  M2 tests nothing"),
        (|document, _| document["complete"] = json!(false), 103, "103  the run ended"),
        (
            |document, _| document["scenarios"][0]["variants"][1]["evidence"]["exhaustive"] = json!(false),
            103,
            "103  M2 on middle: the evidence is",
        ),
        (
            |_, ledger| *ledger += &entry("box.M2.0c0c0c0c", "date = \"2026-01-01\""),
            100,
            "box.M2.0c0c0c0c matches nothing",
        ),
        (
            |document, _| {
                let mut divergence = box_json()["scenarios"][0]["divergences"][0].clone();
                divergence["id"] = json!("box.M2.0d0d0d0d");
                document["scenarios"][0]["divergences"] = json!([divergence]);
            },
            100,
            "lockstep accept box.M2.0d0d0d0d",
        ),
        (|_, ledger| *ledger += "nonsense", 2, "accepted.toml"),
    ];
    let gravest_first = [2, 102, 4, 103, 100];
    let rank = |status: i32| gravest_first.iter().position(|&other| other == status);
    for (first, first_status, first_said) in &faults {
        for (second, second_status, second_said) in faults.iter().filter(|(_, _, said)| said != first_said) {
            let gate = GateFolder::new("[gate]\nledger = \"accepted.toml\"\nrequired = \"exhaustive\"\n");
            let (mut document, mut ledger) = (equal_json(), "version = 1\n".to_owned());
            first(&mut document, &mut ledger);
            second(&mut document, &mut ledger);
            gate.write("x.json", &document.to_string());
            gate.write("accepted.toml", &ledger);
            let expected = if rank(*first_status) <= rank(*second_status) { *first_status } else { *second_status };
            let said = gate.check(&FROM, expected, "");
            // A ledger that cannot be read leaves nothing to judge by.
            if expected != 2 {
                let places = (said.find(first_said), said.find(second_said));
                assert!(places.0.is_some() && places.1.is_some(), "{first_said}, {second_said}: {said}");
                // What is graver stands first.
                let is_graver = rank(*first_status) < rank(*second_status);
                assert!(!is_graver || places.0 < places.1, "{first_said}, {second_said}: {said}");
            }
        }
    }
}

fn entry(id: &str, more: &str) -> String {
    format!("[[accepted]]\nid = \"{id}\"\nshown-by = [\"a\"]\nnot-by = [\"b\"]\nreason = \"x\"\n{more}\n")
}

#[test]
fn snapshots_accept_what_they_commit_and_nothing_else() {
    let config = "[gate]\nsnapshots = \"snaps\"\n";
    let gate = GateFolder::new(config);
    std::fs::create_dir(gate.path("snaps")).expect("a folder");
    let mut document = equal_json();
    document["scenarios"].as_array_mut().expect("scenarios").truncate(1);
    gate.write("x.json", &document.to_string().replace("new\\\"><script>alert(1)</script>", "new"));
    let snapshot = |common: &str, diverging: &str| {
        gate.write(
            "snaps/M2.snap",
            &format!(
                "---\nsource: x\n---\nM2: two readers\nMemory model: sc\n\nold: exhaustive\nmiddle: exhaustive\nnew: exhaustive\n\n\
                 shown by all:\n  {common}\n{diverging}"
            ),
        );
    };
    snapshot("0a0a0a0a", "");
    gate.check(&FROM, 0, "green");
    snapshot("0b0b0b0b", "");
    let said = gate.check(&FROM, 100, "all variants show outcome 0a0a0a0a, which");
    assert!(said.contains("outcome 0b0b0b0b of") && said.contains("was not seen"), "{said}");
    // Under another memory model nothing is committed that could be missed.
    document["scenarios"][0]["memory"] = json!("weak");
    gate.write("x.json", &document.to_string().replace("new\\\"><script>alert(1)</script>", "new"));
    gate.check(&FROM, 0, "green");
    document["scenarios"][0]["memory"] = json!("sc");
    gate.write("x.json", &document.to_string().replace("new\\\"><script>alert(1)</script>", "new"));
    snapshot("nothing", "\ndivergence 0a0a0a0a\n  shown by old; never by middle, new\n");
    gate.check(&FROM, 100, "all variants show outcome 0a0a0a0a now, unlike");
}

#[track_caller]
fn check_config(config: &str, expected: &[&str]) {
    let gate = GateFolder::new(config);
    let said = gate.check(&GATE, 2, expected[0]);
    for part in expected {
        assert!(said.contains(part), "expected '{part}' in\n{said}");
    }
}

#[test]
fn errors_in_the_configuration_name_file_line_and_the_nearest_key() {
    check_config("[gate]\nscenaros = []\n", &["gate.toml:2:1", "the nearest key is 'scenarios'"]);
    check_config("[gate]\nseed = \"x\"\n", &["gate.toml:2:8", "expected u64"]);
    check_config("[gate\n", &["gate.toml:1"]);
    check_config("[gate]\nscenarios = [\"S7\", \"S99\"]\n", &["gate.toml:2:20", "there is no scenario 'S99'", "S9"]);
    check_config("[gate]\nvariants = [\"stoped-locked\"]\n", &["gate.toml:2:13", "stopped-locked"]);
    check_config("[gate]\nmemory = [\"power\"]\n", &["gate.toml:2:11", "no memory model 'power'"]);
    check_config("[gate]\nmemory = []\n", &["names no memory model"]);
    check_config("[gate]\nrequired = \"much\"\n", &["gate.toml:2:12", "'much' is no evidence"]);
    check_config("[gate]\nrepairs = \"some\"\n", &["gate.toml:2:11", "'none', 'all' or 'both'"]);
    check_config("[gate]\ntime = \"soon\"\n", &["gate.toml:2:8", "expected seconds"]);
    check_config("[gate]\nsnapshots = \"nowhere\"\n", &["nowhere cannot be read"]);
    check_config("\u{0}\u{ff}", &["gate.toml:1"]);
}

#[test]
fn a_gate_of_this_repository_has_a_configuration_that_reads() {
    said_in(&root(), &["gate", "--scenario", "S7", "--repairs", "none", "--jobs", "2"], 0, "2 committed");
}
