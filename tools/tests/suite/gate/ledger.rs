//! The ledger: what an entry accepts, what is no entry, and who writes one.

use super::{CONFIG, FROM, GATE, box_json, entry, equal_json, two_models_json};
use crate::common;
use common::GateFolder;
use serde_json::{Value, json};

#[test]
fn of_what_the_run_did_not_come_to_no_entry_is_called_stale() {
    let gate = GateFolder::new("[gate]\nledger = \"accepted.toml\"\n");
    gate.write("accepted.toml", &format!("version = 1\n{}", entry("box.M9.0a0a0a0a", "date = \"2026-01-01\"")));
    let mut document = equal_json();
    gate.write("x.json", &document.to_string());
    gate.check(&FROM, 100, "matches nothing any more");
    document["complete"] = json!(false);
    gate.write("x.json", &document.to_string());
    let said = gate.check(&FROM, 103, "the run ended before everything was compared");
    assert!(!said.contains("matches nothing"), "{said}");
}

#[test]
fn one_id_may_be_accepted_once_for_each_set_of_variants_that_shows_it() {
    let gate = GateFolder::new("[gate]\nledger = \"accepted.toml\"\nmemory = [\"sc\", \"weak\"]\n");
    let document = two_models_json();
    gate.write("x.json", &document.to_string());
    gate.check(&FROM, 100, "M1 weak: ");
    let divergences = document["scenarios"][0]["divergences"].as_array().expect("divergences");
    for divergence in divergences {
        let id = divergence["id"].as_str().expect("an id");
        let accept = ["accept", id, "--config", "gate.toml", "--from", "x.json", "--reason", "x"];
        gate.check(&accept, 0, "accepted in accepted.toml");
        gate.check(&accept, 2, "has an entry for");
    }
    let ledger = std::fs::read_to_string(gate.path("accepted.toml")).expect("it was written");
    assert_eq!(ledger.matches("[[accepted]]").count(), divergences.len() + 1, "{ledger}");
    gate.check(&FROM, 0, "green");
    // Who judges one model alone says nothing against what is accepted for the other.
    let mut alone = document.clone();
    alone["scenarios"].as_array_mut().expect("scenarios").truncate(1);
    gate.write("x.json", &alone.to_string());
    gate.check(&[&FROM[..], &["--memory", "sc"]].concat(), 0, "green");
    gate.check(&FROM, 100, "was accepted as shown by");
    // An entry that no model shows is stale.
    gate.write("x.json", &document.to_string());
    let stale = entry("box.M1.0e0e0e0e", "date = \"2026-01-01\"");
    gate.write("accepted.toml", &format!("{ledger}{stale}"));
    gate.check(&FROM, 100, "box.M1.0e0e0e0e matches nothing any more");
}

#[test]
fn errors_in_the_ledger_name_file_and_line() {
    let entry =
        |id: &str, more: &str| format!("[[accepted]]\nid = \"{id}\"\nshown-by = [\"a\"]\nnot-by = [\"b\"]\n{more}\n");
    let fine = "reason = \"x\"\ndate = \"2026-01-01\"";
    let check = |ledger: &str, expected: &str| {
        let gate = GateFolder::new(CONFIG);
        gate.write("accepted.toml", ledger);
        gate.check(&GATE, 2, expected);
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
    let gate = GateFolder::new(CONFIG);
    let accept =
        |id: &str, reason: &str| ["accept", id, "--config", "gate.toml", "--reason", reason].map(str::to_owned);
    let check = |arguments: [String; 6], expected: &str| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        gate.check(&arguments, 2, expected);
    };
    check(accept("S7", "x"), "is not the id of a divergence");
    check(accept("utrace.S7.00000000", "x"), "the comparison does not show utrace.S7.00000000");
    check(accept("utrace.S77.00000000", "x"), "there is no scenario 'S77'");
    check(accept("utrace.S7.99b384a5", " "), "--reason says nothing");
    let before = ["--date", "2026-11-22", "--expires", "2026-11-21"];
    let arguments = accept("utrace.S7.99b384a5", "x");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(before).collect();
    gate.check(&arguments, 2, "it would never count");
    assert!(!gate.path("accepted.toml").exists());
    // What a snapshot holds needs no entry, and what does not repeat itself gets none.
    let mut document = box_json();
    let divergence = document["scenarios"][0]["divergences"][0].clone();
    let id = divergence["id"].as_str().expect("an id");
    let names = |of: &str| {
        let names = divergence[of].as_array().expect("names").iter().filter_map(Value::as_str);
        names.collect::<Vec<_>>().join(", ")
    };
    std::fs::create_dir(gate.path("snaps")).expect("a folder");
    let snapshot = format!(
        "---\nsource: x\n---\nM1: a box\nMemory model: sc\n\nold: exhaustive\nmiddle: exhaustive\n{}: exhaustive\n\n\
         shown by all:\n  nothing\n\ndivergence {}\n  shown by {}; never by {}\n",
        "new",
        divergence["outcome"].as_str().expect("an outcome"),
        names("shown_by"),
        names("not_by")
    );
    gate.write("snaps/M1.snap", &snapshot.replace("new\"><script>alert(1)</script>", "new"));
    gate.write("gate.toml", "[gate]\nsnapshots = \"snaps\"\nledger = \"accepted.toml\"\n");
    let save = |document: &Value| {
        gate.write("x.json", &document.to_string().replace("new\\\"><script>alert(1)</script>", "new"));
    };
    save(&document);
    let accept = ["accept", id, "--config", "gate.toml", "--from", "x.json", "--reason", "x"];
    gate.check(&accept, 2, "is committed in a snapshot already");
    // A snapshot of other variants commits nothing, whoever shows it there.
    let whole = std::fs::read_to_string(gate.path("snaps/M1.snap")).expect("it was written");
    let said = gate.check(&FROM, 4, "no execution reached");
    assert!(!said.contains(&format!("lockstep accept {id} ")), "{said}");
    gate.write("snaps/M1.snap", &whole.replace("middle: exhaustive\n", ""));
    let said = gate.check(&FROM, 4, "no execution reached");
    assert!(said.contains(&format!("lockstep accept {id} ")), "{said}");
    // Nor does one that says it of others.
    gate.write("snaps/M1.snap", &whole.replace("  shown by ", "  shown by nobody, "));
    let said = gate.check(&FROM, 4, "no execution reached");
    assert!(said.contains(&format!("lockstep accept {id} ")), "{said}");
    gate.write("snaps/M1.snap", &whole);
    document["nondeterminism"] = json!("event 7");
    save(&document);
    gate.check(&accept, 2, "nothing was accepted, for what runs differently");
    assert!(!gate.path("accepted.toml").exists());
}

#[test]
fn who_accepts_at_the_same_time_loses_nothing_and_who_is_killed_leaves_the_ledger_whole() {
    let gate = GateFolder::new("[gate]\nledger = \"accepted.toml\"\n");
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
    gate.write("x.json", &document.to_string());
    let start = |id: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_lockstep"))
            .current_dir(gate.folder.path())
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
        let ledger = std::fs::read_to_string(gate.path("accepted.toml")).expect("it is there");
        assert!(together.iter().all(|id| ledger.contains(id.as_str())) && ledger.ends_with("\"\n"), "{ledger}");
        gate.check(&FROM, 4, "no execution reached");
    }
}
