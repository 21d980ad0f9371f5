//! The gate as CI calls it: red, green after `accept`, red again; and every exit status with its precedence.

use crate::common;
use common::{Place, root, said_in};
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
    let place = Place::new(CONFIG);
    let said = place.check(&GATE, 100, "2 unaccepted");
    let ids: Vec<&str> = said.split_whitespace().filter(|word| word.starts_with("utrace.S7.")).collect();
    let ids: std::collections::BTreeSet<&str> = ids.into_iter().map(|id| id.trim_matches([',', '\''])).collect();
    assert_eq!(ids.len(), 2, "{said}");
    for id in &ids {
        let reason = "Oleg's point of 2009-08-04: \"the killed task must not run the call\"";
        let accept = ["accept", id, "--config", "gate.toml", "--reason", reason, "--date", "2026-11-22"];
        place.check(&accept, 0, "accepted in accepted.toml");
        place.check(&accept, 2, "has an entry for");
    }
    place.check(&GATE, 0, "2 accepted");
    let ledger = std::fs::read_to_string(place.path("accepted.toml")).expect("it was written");
    // So it is if an entry names others that do not show it.
    place.write("accepted.toml", &ledger.replace("not-by = [\"stopped-lockless\"]", "not-by = [\"stopped-locked\"]"));
    place.check(&GATE, 100, "was accepted as shown by stopped-removed and not by stopped-locked, and is shown by");
    place
        .write("accepted.toml", &ledger.replace("shown-by = [\"stopped-removed\"]", "shown-by = [\"stopped-locked\"]"));
    place.check(&GATE, 100, "was accepted as shown by stopped-locked and not by stopped-lockless, and is shown by");
    place.write("accepted.toml", &ledger);
    // The same divergence under other variants is another change.
    place.write("gate.toml", &CONFIG.replace("\"stopped-lockless\"", "\"stopped-locked\""));
    place.check(&GATE, 100, "was accepted as shown by");
    // Without the divergence the entries are stale.
    place.write("gate.toml", &CONFIG.replace("\"stopped-removed\"", "\"stopped-locked\""));
    place.check(&GATE, 100, "matches nothing any more");
    // So they are when nobody compares their scenario, unless the command line asks for a part.
    place.write("gate.toml", &CONFIG.replace("S7", "S3"));
    place.check(&GATE, 100, "matches nothing any more");
    place.write("gate.toml", CONFIG);
    place.check(&[&GATE[..], &["--scenario", "S3"]].concat(), 0, "green");
    // An entry counts up to its last day.
    place.write("accepted.toml", &format!("{ledger}expires = \"2026-12-31\"\n"));
    place.check(&[&GATE[..], &["--date", "2026-12-31"]].concat(), 0, "green");
    place.check(&[&GATE[..], &["--date", "2027-01-01"]].concat(), 100, "expired after 2026-12-31");
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
    let place = Place::new(config);
    place.write("x.json", &document.to_string());
    place.check(&FROM, status, expected);
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
    let place = Place::new(config);
    place.write("accepted.toml", entry);
    let check = |document: &Value, status, expected| {
        place.write("x.json", &document.to_string());
        place.check(&FROM, status, expected);
    };
    check(&document, 100, "accepted.toml:2: box.M9.0a0a0a0a matches nothing any more");
    place.write("gate.toml", &format!("{config}required = \"exhaustive\"\n"));
    document["scenarios"][0]["variants"][1]["evidence"]["exhaustive"] = json!(false);
    check(&document, 103, "required is 'exhaustive'");
    document["complete"] = json!(false);
    check(&document, 103, "the run ended before everything was compared");
    document["scenarios"][0]["goals"][0]["reached"] = json!(false);
    check(&document, 4, "no execution reached 'both readers run'");
    document["nondeterminism"] = json!("the same schedule ran differently: event 7");
    check(&document, 102, "event 7");
}

#[test]
fn of_what_the_run_did_not_come_to_no_entry_is_called_stale() {
    let place = Place::new("[gate]\nledger = \"accepted.toml\"\n");
    place.write("accepted.toml", &format!("version = 1\n{}", entry("box.M9.0a0a0a0a", "date = \"2026-01-01\"")));
    let mut document = equal_json();
    place.write("x.json", &document.to_string());
    place.check(&FROM, 100, "matches nothing any more");
    document["complete"] = json!(false);
    place.write("x.json", &document.to_string());
    let said = place.check(&FROM, 103, "the run ended before everything was compared");
    assert!(!said.contains("matches nothing"), "{said}");
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
            let place = Place::new("[gate]\nledger = \"accepted.toml\"\nrequired = \"exhaustive\"\n");
            let (mut document, mut ledger) = (equal_json(), "version = 1\n".to_owned());
            first(&mut document, &mut ledger);
            second(&mut document, &mut ledger);
            place.write("x.json", &document.to_string());
            place.write("accepted.toml", &ledger);
            let expected = if rank(*first_status) <= rank(*second_status) { *first_status } else { *second_status };
            let said = place.check(&FROM, expected, "");
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
fn one_id_may_be_accepted_once_for_each_set_of_variants_that_shows_it() {
    let place = Place::new("[gate]\nledger = \"accepted.toml\"\nmemory = [\"sc\", \"weak\"]\n");
    let document = two_models_json();
    place.write("x.json", &document.to_string());
    place.check(&FROM, 100, "M1 weak: ");
    let divergences = document["scenarios"][0]["divergences"].as_array().expect("divergences");
    for divergence in divergences {
        let id = divergence["id"].as_str().expect("an id");
        let accept = ["accept", id, "--config", "gate.toml", "--from", "x.json", "--reason", "x"];
        place.check(&accept, 0, "accepted in accepted.toml");
        place.check(&accept, 2, "has an entry for");
    }
    let ledger = std::fs::read_to_string(place.path("accepted.toml")).expect("it was written");
    assert_eq!(ledger.matches("[[accepted]]").count(), divergences.len() + 1, "{ledger}");
    place.check(&FROM, 0, "green");
    // Who judges one model alone says nothing against what is accepted for the other.
    let mut alone = document.clone();
    alone["scenarios"].as_array_mut().expect("scenarios").truncate(1);
    place.write("x.json", &alone.to_string());
    place.check(&[&FROM[..], &["--memory", "sc"]].concat(), 0, "green");
    place.check(&FROM, 100, "was accepted as shown by");
    // An entry that no model shows is stale.
    place.write("x.json", &document.to_string());
    let stale = entry("box.M1.0e0e0e0e", "date = \"2026-01-01\"");
    place.write("accepted.toml", &format!("{ledger}{stale}"));
    place.check(&FROM, 100, "box.M1.0e0e0e0e matches nothing any more");
}

#[test]
fn each_memory_model_and_scenario_may_require_its_own_evidence() {
    let mut document = two_models_json();
    document["scenarios"][0]["divergences"] = json!([]);
    document["scenarios"][1]["divergences"] = json!([]);
    for goal in [0, 1] {
        document["scenarios"][goal]["goals"][0]["reached"] = json!(true);
    }
    let bounded = json!({"text": "exhaustive up to 1 preemption, sampled 400 (seed 0)", "exhaustive": false, "preemptions": 1,
        "enumerated": 0, "sampled": 400, "seed": 0});
    for variant in document["scenarios"][0]["variants"].as_array_mut().expect("variants") {
        variant["evidence"]["exhaustive"] = json!(true);
    }
    for variant in document["scenarios"][1]["variants"].as_array_mut().expect("variants") {
        variant["evidence"] = bounded.clone();
    }
    document["scenarios"][0]["id"] = json!("S8");
    document["scenarios"][1]["id"] = json!("S8");
    let check = |more: &str, status, expected| {
        let config = format!("[gate]\nmemory = [\"sc\", \"weak\"]\nrequired = \"exhaustive\"\n{more}");
        check_judgement(&config, &document, status, expected);
    };
    check("", 103, "S8 weak on old, middle, new");
    check("required-under.weak = \"exhaustive up to 1 preemption\"\n", 0, "green");
    check("required-under.weak = \"sampled 401\"\n", 103, "required is 'sampled 401'");
    check("[gate.required-of]\ns8 = \"sampled 400\"\n", 0, "green");
    check(
        "[gate.required-of]\nS8 = \"sampled 400\"\n\"S8 weak\" = \"sampled 500\"\n",
        103,
        "required is 'sampled 500'",
    );
    check("[gate.required-of]\nS8 = \"sampled 500\"\n\"S8 weak\" = \"any\"\n", 0, "green");
    check_config("[gate]\nrequired-under.weka = \"any\"\n", &["gate.toml:2:16", "the nearest: weak"]);
    check_config("[gate.required-of]\nS99 = \"any\"\n", &["gate.toml:2:1", "there is no scenario 'S99'"]);
    check_config("[gate.required-of]\n\"S8 weka\" = \"any\"\n", &["gate.toml:2:1", "no memory model 'weka'"]);
    check_config("[gate]\nmemory = [\"sc\", \"sc\"]\n", &["gate.toml:2:17", "named twice"]);
}

#[test]
fn a_gate_runs_every_memory_model_and_says_what_each_rests_on() {
    let config = format!("{CONFIG}memory = [\"sc\", \"tso\", \"weak\"]\n");
    let place = Place::new(&format!("{config}required-under.weak = \"sampled 1000000\"\n"));
    let said = place.check(
        &[&GATE[..], &["--save", "run.json"]].concat(),
        103,
        "S7 weak on stopped-lockless, stopped-removed",
    );
    assert!(said.contains("S7 tso: utrace.S7.99b384a5") && !said.contains("S7 tso on "), "{said}");
    place.write("gate.toml", &config);
    for id in ["utrace.S7.99b384a5", "utrace.S7.c111a815"] {
        let accept =
            ["accept", id, "--config", "gate.toml", "--from", "run.json", "--reason", "the run is the same under each"];
        place.check(&accept, 0, "accepted in accepted.toml");
    }
    let said = place.check(&GATE, 0, "green: 3 comparisons; divergences: 6 accepted");
    assert!(said.contains("repeated ") && said.contains(" schedules: each gave the same execution again"), "{said}");
    // A saved comparison that lacks a part of what is configured is not enough.
    place.write("gate.toml", &config.replace("[\"S7\"]", "[\"S7\", \"S3\"]"));
    place.check(&["gate", "--config", "gate.toml", "--from", "run.json"], 103, "lacks utrace.S3 sc, utrace.S3 tso");
}

#[test]
fn a_gate_that_explored_nothing_is_not_green() {
    let mut document = equal_json();
    document["scenarios"] = json!([]);
    check_judgement("", &document, 4, "nothing was explored");
}

#[test]
fn evidence_below_what_is_required_is_not_green() {
    check_judgement("[gate]\nrequired = \"sampled 5000\"\n", &equal_json(), 0, "green");
    let mut document = equal_json();
    for variant in document["scenarios"][0]["variants"].as_array_mut().expect("variants") {
        variant["evidence"] = json!({"text": "exhaustive up to 1 preemption, sampled 400 (seed 0)", "exhaustive": false, "preemptions": 1,
                   "enumerated": 0, "sampled": 400, "seed": 0});
    }
    check_judgement("[gate]\nrequired = \"exhaustive up to 1 preemption\"\n", &document, 0, "green");
    check_judgement("[gate]\nrequired = \"exhaustive up to 2 preemptions\"\n", &document, 103, "exhaustive up to 2");
    check_judgement("[gate]\nrequired = \"sampled 400\"\n", &document, 0, "green");
    check_judgement("[gate]\nrequired = \"sampled 401\"\n", &document, 103, "sampled 401");
}

#[test]
fn what_executions_have_missed_takes_away_what_a_document_claims() {
    let gaps = [
        ("cut", "3 executions cut by the step limit"),
        ("limited", "3 executions ended by a limit of the machine"),
        ("left_out", "alternatives left out in 3 executions"),
        ("strayed", "3 executions not as scheduled"),
        ("unseen", "3 executions with what the machine does not see"),
    ];
    for (gap, words) in gaps {
        let mut document = equal_json();
        for variant in document["scenarios"][0]["variants"].as_array_mut().expect("variants") {
            variant["evidence"]["exhaustive"] = json!(true);
            variant["evidence"][gap] = json!(3);
        }
        check_judgement("[gate]\nrequired = \"exhaustive\"\n", &document, 103, words);
        check_judgement("[gate]\nrequired = \"exhaustive up to 1 preemption\"\n", &document, 103, words);
    }
    // Who was cut off has not shown how it ends.
    let mut document = equal_json();
    for variant in document["scenarios"][0]["variants"].as_array_mut().expect("variants") {
        variant["evidence"] = json!({"text": "sampled 400 (seed 0), 1 execution cut by the step limit", "exhaustive": false,
                   "preemptions": null, "enumerated": 0, "sampled": 400, "seed": 0, "cut": 1});
    }
    check_judgement("[gate]\nrequired = \"sampled 400\"\n", &document, 103, "1 execution cut by the step limit");
    check_judgement("[gate]\nrequired = \"sampled 399\"\n", &document, 0, "green");
}

#[test]
fn a_scenario_whose_threads_share_nothing_is_nothing_explored() {
    let mut document = equal_json();
    for scenario in document["scenarios"].as_array_mut().expect("scenarios") {
        scenario["unshared"] = json!("only one thread ran at a time");
    }
    let place = Place::new("");
    place.write("x.json", &document.to_string());
    let said = place.check(&FROM, 4, "nothing was explored: only one thread ran at a time");
    assert!(said.contains(": nothing explored") && !said.contains("exhaustive"), "{said}");
}

#[test]
fn snapshots_accept_what_they_commit_and_nothing_else() {
    let config = "[gate]\nsnapshots = \"snaps\"\n";
    let place = Place::new(config);
    std::fs::create_dir(place.path("snaps")).expect("a folder");
    let mut document = equal_json();
    document["scenarios"].as_array_mut().expect("scenarios").truncate(1);
    place.write("x.json", &document.to_string().replace("new\\\"><script>alert(1)</script>", "new"));
    let snapshot = |common: &str, diverging: &str| {
        place.write(
            "snaps/M2.snap",
            &format!(
                "---\nsource: x\n---\nM2: two readers\nMemory model: sc\n\nold: exhaustive\nmiddle: exhaustive\nnew: exhaustive\n\n\
                 shown by all:\n  {common}\n{diverging}"
            ),
        );
    };
    snapshot("0a0a0a0a", "");
    place.check(&FROM, 0, "green");
    snapshot("0b0b0b0b", "");
    let said = place.check(&FROM, 100, "all variants show outcome 0a0a0a0a, which");
    assert!(said.contains("outcome 0b0b0b0b of") && said.contains("was not seen"), "{said}");
    // Under another memory model nothing is committed that could be missed.
    document["scenarios"][0]["memory"] = json!("weak");
    place.write("x.json", &document.to_string().replace("new\\\"><script>alert(1)</script>", "new"));
    place.check(&FROM, 0, "green");
    document["scenarios"][0]["memory"] = json!("sc");
    place.write("x.json", &document.to_string().replace("new\\\"><script>alert(1)</script>", "new"));
    snapshot("nothing", "\ndivergence 0a0a0a0a\n  shown by old; never by middle, new\n");
    place.check(&FROM, 100, "all variants show outcome 0a0a0a0a now, unlike");
}

#[track_caller]
fn check_config(config: &str, expected: &[&str]) {
    let place = Place::new(config);
    let said = place.check(&GATE, 2, expected[0]);
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
fn errors_in_the_ledger_name_file_and_line() {
    let entry =
        |id: &str, more: &str| format!("[[accepted]]\nid = \"{id}\"\nshown-by = [\"a\"]\nnot-by = [\"b\"]\n{more}\n");
    let fine = "reason = \"x\"\ndate = \"2026-01-01\"";
    let check = |ledger: &str, expected: &str| {
        let place = Place::new(CONFIG);
        place.write("accepted.toml", ledger);
        place.check(&GATE, 2, expected);
    };
    check("version = 2\n", "this program reads version 1");
    check("", "missing field `version`");
    check(&format!("version = 1\n{}", entry("nonsense", fine)), "is not the id of a divergence");
    check(
        &format!("version = 1\n{}", entry("a.b.0a0a0a0a", "reason = \" \"\ndate = \"2026-01-01\"")),
        "needs a reason",
    );
    check(&format!("version = 1\n{}", entry("a.b.0a0a0a0a", "reason = \"x\"\ndate = \"soon\"")), "accepted.toml:7");
    let twice = entry("a.b.0a0a0a0a", fine);
    check(&format!("version = 1\n{twice}{twice}"), "accepted twice");
    let early = format!("{fine}\nexpires = \"2025-12-31\"");
    check(&format!("version = 1\n{}", entry("a.b.0a0a0a0a", &early)), "it would never count");
    check(
        &format!("version = 1\n{}", entry("a.b.0a0a0a0a", &format!("{fine}\nreson = 1"))),
        "the nearest key is 'reason'",
    );
}

#[test]
fn what_cannot_be_accepted_is_said_in_a_line() {
    let place = Place::new(CONFIG);
    let accept =
        |id: &str, reason: &str| ["accept", id, "--config", "gate.toml", "--reason", reason].map(str::to_owned);
    let check = |arguments: [String; 6], expected: &str| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        place.check(&arguments, 2, expected);
    };
    check(accept("S7", "x"), "is not the id of a divergence");
    check(accept("utrace.S7.00000000", "x"), "the comparison does not show utrace.S7.00000000");
    check(accept("utrace.S77.00000000", "x"), "there is no scenario 'S77'");
    check(accept("utrace.S7.99b384a5", " "), "--reason says nothing");
    let before = ["--date", "2026-11-22", "--expires", "2026-11-21"];
    let arguments = accept("utrace.S7.99b384a5", "x");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(before).collect();
    place.check(&arguments, 2, "it would never count");
    assert!(!place.path("accepted.toml").exists());
    // What a snapshot holds needs no entry, and what does not repeat itself gets none.
    let mut document = box_json();
    let divergence = document["scenarios"][0]["divergences"][0].clone();
    let id = divergence["id"].as_str().expect("an id");
    let names = |of: &str| {
        let names = divergence[of].as_array().expect("names").iter().filter_map(Value::as_str);
        names.collect::<Vec<_>>().join(", ")
    };
    std::fs::create_dir(place.path("snaps")).expect("a folder");
    let snapshot = format!(
        "---\nsource: x\n---\nM1: a box\nMemory model: sc\n\nold: exhaustive\nmiddle: exhaustive\n{}: exhaustive\n\n\
         shown by all:\n  nothing\n\ndivergence {}\n  shown by {}; never by {}\n",
        "new",
        divergence["outcome"].as_str().expect("an outcome"),
        names("shown_by"),
        names("not_by")
    );
    place.write("snaps/M1.snap", &snapshot.replace("new\"><script>alert(1)</script>", "new"));
    place.write("gate.toml", "[gate]\nsnapshots = \"snaps\"\nledger = \"accepted.toml\"\n");
    let save = |document: &Value| {
        place.write("x.json", &document.to_string().replace("new\\\"><script>alert(1)</script>", "new"));
    };
    save(&document);
    let accept = ["accept", id, "--config", "gate.toml", "--from", "x.json", "--reason", "x"];
    place.check(&accept, 2, "is committed in a snapshot already");
    // A snapshot of other variants commits nothing, whoever shows it there.
    let whole = std::fs::read_to_string(place.path("snaps/M1.snap")).expect("it was written");
    let said = place.check(&FROM, 4, "no execution reached");
    assert!(!said.contains(&format!("lockstep accept {id} ")), "{said}");
    place.write("snaps/M1.snap", &whole.replace("middle: exhaustive\n", ""));
    let said = place.check(&FROM, 4, "no execution reached");
    assert!(said.contains(&format!("lockstep accept {id} ")), "{said}");
    // Nor does one that says it of others.
    place.write("snaps/M1.snap", &whole.replace("  shown by ", "  shown by nobody, "));
    let said = place.check(&FROM, 4, "no execution reached");
    assert!(said.contains(&format!("lockstep accept {id} ")), "{said}");
    place.write("snaps/M1.snap", &whole);
    document["nondeterminism"] = json!("event 7");
    save(&document);
    place.check(&accept, 2, "nothing was accepted, for what runs differently");
    assert!(!place.path("accepted.toml").exists());
}

#[test]
fn who_accepts_at_the_same_time_loses_nothing_and_who_is_killed_leaves_the_ledger_whole() {
    let place = Place::new("[gate]\nledger = \"accepted.toml\"\n");
    let mut document = box_json();
    let template = document["scenarios"][0]["divergences"][0].clone();
    let ids: Vec<String> = (0..24).map(|nth| format!("box.M1.{nth:08x}")).collect();
    let divergences = ids.iter().map(|id| {
        let mut divergence = template.clone();
        divergence["id"] = json!(id);
        divergence["outcome"] = json!(id.rsplit('.').next());
        divergence
    });
    document["scenarios"][0]["divergences"] = divergences.collect();
    place.write("x.json", &document.to_string());
    let start = |id: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_lockstep"))
            .current_dir(place.folder.path())
            .args(["accept", id, "--config", "gate.toml", "--from", "x.json", "--reason", "x", "--quiet"])
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("the program starts")
    };
    let (together, killed) = ids.split_at(12);
    let children: Vec<_> = together.iter().map(|id| start(id)).collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    for (nth, id) in killed.iter().enumerate() {
        let mut child = start(id);
        std::thread::sleep(std::time::Duration::from_millis(nth as u64 * 2));
        // It may have ended already; then it is whole as well.
        let _ = child.kill();
        let _ = child.wait();
        let ledger = std::fs::read_to_string(place.path("accepted.toml")).expect("it is there");
        assert!(together.iter().all(|id| ledger.contains(id.as_str())) && ledger.ends_with("\"\n"), "{ledger}");
        place.check(&FROM, 4, "no execution reached");
    }
}

#[test]
fn a_gate_of_this_repository_has_a_configuration_that_reads() {
    said_in(&root(), &["gate", "--scenario", "S7", "--repairs", "none", "--jobs", "2"], 0, "2 committed");
}
