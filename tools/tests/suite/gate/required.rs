//! What a comparison has to rest on before it is green.

use super::{CONFIG, FROM, GATE, check_config, check_judgement, equal_json, two_models_json};
use crate::common;
use common::GateFolder;
use serde_json::json;

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
    let gate = GateFolder::new(&format!("{config}required-under.weak = \"sampled 1000000\"\n"));
    let said =
        gate.check(&[&GATE[..], &["--save", "run.json"]].concat(), 103, "S7 weak on stopped-lockless, stopped-removed");
    assert!(
        said.contains("in S7, S7 tso, S7 weak; changed by stopped-removed, ") && !said.contains("S7 tso on "),
        "{said}"
    );
    gate.write("gate.toml", &config);
    for id in ["utrace.S7.99b384a5", "utrace.S7.c111a815"] {
        let accept =
            ["accept", id, "--config", "gate.toml", "--from", "run.json", "--reason", "the run is the same under each"];
        gate.check(&accept, 0, "accepted in accepted.toml");
    }
    let said = gate.check(&GATE, 0, "green: 3 comparisons; divergences: 6 accepted");
    assert!(said.contains("repeated ") && said.contains(" schedules: each gave the same execution again"), "{said}");
    // A saved comparison that lacks a part of what is configured is not enough.
    gate.write("gate.toml", &config.replace("[\"S7\"]", "[\"S7\", \"S3\"]"));
    gate.check(&["gate", "--config", "gate.toml", "--from", "run.json"], 103, "lacks utrace.S3 sc, utrace.S3 tso");
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
    let gate = GateFolder::new("");
    gate.write("x.json", &document.to_string());
    let said = gate.check(&FROM, 4, "nothing was explored: only one thread ran at a time");
    assert!(said.contains(": nothing explored") && !said.contains("exhaustive"), "{said}");
}
