//! One cause, one finding: what comes of one statement is told once, accepted at once, and annotated at that statement; and whoever did what
//! nobody can want is named with thread and place.

use crate::common;
use common::{GateFolder, check_in, copy_files, root, said_in};
use serde_json::Value;
use std::path::PathBuf;

const CONFIG: &str =
    "[gate]\nbase = \"src/ring.rs\"\nseries = \"series\"\nledger = \"accepted.toml\"\nmemory = [\"weak\"]\n";
const GATE: [&str; 5] = ["gate", "--config", "gate.toml", "--from", "run.json"];

fn reported(name: &str) -> PathBuf {
    root().join("tools/tests/data/reported").join(name)
}

/// A reported input: the third patch makes the store cheaper that hands a slot over.
fn ring() -> GateFolder {
    let folder = GateFolder::new(CONFIG);
    for name in ["src", "series"] {
        copy_files(&reported("spsc-race").join(name), &folder.path(name));
    }
    folder.check(&["gate", "--config", "gate.toml", "--save", "run.json"], 100, "red");
    folder
}

fn saved(folder: &GateFolder) -> Value {
    let text = std::fs::read_to_string(folder.path("run.json")).expect("it was saved");
    serde_json::from_str(&text).expect("a document")
}

/// The cause that is a race, of a saved comparison.
fn race(document: &Value) -> &Value {
    let causes = document["causes"].as_array().expect("there are some");
    let races: Vec<&Value> = causes.iter().filter(|cause| cause["kind"] == "race").collect();
    assert_eq!(races.len(), 1, "{causes:#?}");
    races[0]
}

#[test]
fn a_weakened_store_is_one_finding_with_both_accesses_and_the_statement() {
    let folder = ring();
    let document = saved(&folder);
    let race = race(&document);
    assert_eq!(race["bad"], "race");
    assert_eq!(race["changed"]["text"], "self.tail.store(tail + 1, Ordering::Relaxed)");
    assert_eq!(race["changed"]["place"]["line"], 33);
    assert_eq!(race["place"]["line"], 33);
    let events = race["events"].as_array().expect("two accesses");
    let line = |event: &Value| format!("{} {} {}", event["thread"], event["kind"], event["place"]["line"]);
    assert_eq!(events.iter().map(line).collect::<Vec<_>>(), ["\"producer\" \"write\" 32", "\"consumer\" \"read\" 43"]);
    let step = &race["steps"].as_array().expect("one step")[..];
    assert_eq!(step.len(), 1);
    assert_eq!((&step[0]["brought"], &step[0]["removed"]), (&11.into(), &16.into()));
    // What the first patch brings is something else, also where the third hides it.
    let said = folder.check(&GATE, 100, "red");
    let findings: Vec<&str> = said.lines().filter(|line| line.starts_with("100  ")).collect();
    assert_eq!(findings.len(), 3, "{said}");
    let first = findings[0];
    for expected in [
        "a data race: 3-publish-the-tail-cheaply brings 11 outcomes and removes 16 outcomes, in in_order weak, full weak; \
         changed by 3-publish-the-tail-cheaply, src/ring.rs:33: self.tail.store(tail + 1, Ordering::Relaxed); producer: write slot0 := 1, \
         at src/ring.rs:32; consumer: read slot0 = 1, at src/ring.rs:43; 25 divergences that nobody accepted: ring.",
        " and 20 more; the first: ",
        "; look with 'lockstep replay lk1.ring.",
    ] {
        assert!(first.contains(expected), "expected '{expected}' in\n{first}");
    }
    let report = |form: &str| folder.check(&["report", "--from", "run.json", "--format", form], 0, "");
    let github = report("github");
    assert_eq!(github.lines().filter(|line| line.starts_with("::error file=src/ring.rs,line=33,")).count(), 1);
    assert_eq!(github.lines().filter(|line| line.starts_with("::error ")).count(), 3, "{github}");
    let sarif: Value = serde_json::from_str(&report("sarif")).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 3, "{results:#?}");
    let first = &results[0];
    assert_eq!(first["locations"][0]["physicalLocation"]["region"]["startLine"], 33);
    assert_eq!(first["relatedLocations"].as_array().map(Vec::len), Some(2));
    assert_eq!(first["properties"]["divergences"].as_array().map(Vec::len), Some(25));
    let html = report("html");
    for expected in [
        "<li class=\"is-bad\"><p><code>ring.cause-",
        "<strong class=\"bad\">⚠ brings outcomes that end in a race</strong>",
        "<li class=\"changed\">changed by 3-publish-the-tail-cheaply, src/ring.rs:33: self.tail.store(tail &#43; 1, Ordering::Relaxed)</li>",
        "<td class=\"cell brings-bad\">+3 -6 ⚠</td>",
    ] {
        assert!(html.contains(expected) || html.contains(&expected.replace("&#43;", "+")), "expected '{expected}'");
    }
    let markdown = report("markdown");
    let (causes, matrix) = (markdown.find("What sets the steps apart"), markdown.find("| scenario |"));
    assert!(causes.is_some() && causes < matrix, "{markdown}");
    let text = report("text");
    // Neither the accesses nor the statement are folded.
    for expected in ["producer: write slot0 := 1", "producer: store tail := 1", "consumer: read slot0 = 1"] {
        assert!(text.lines().any(|line| line.contains(expected) && line.contains('|')), "'{expected}' in\n{text}");
    }
}

#[test]
fn a_cause_keeps_its_name_when_lines_move_and_has_another_for_another_statement() {
    let folder = ring();
    let name = |folder: &GateFolder| race(&saved(folder))["id"].clone();
    let before = name(&folder);
    // Three lines more before everything: patches say where they belong by what is around.
    let module = std::fs::read_to_string(folder.path("src/ring.rs")).expect("it is there");
    folder.write("src/ring.rs", &format!("//! One.\n//! Two.\n//!\n{module}"));
    for entry in std::fs::read_dir(folder.path("series")).expect("it is there").flatten() {
        let patch = std::fs::read_to_string(entry.path()).expect("a patch");
        let moved = patch.replace("@@ -24,", "@@ -27,").replace(" +24,", " +27,");
        let moved = moved.replace("@@ -30,", "@@ -33,").replace(" +30,", " +33,");
        std::fs::write(entry.path(), moved).expect("it is written");
    }
    folder.check(&["gate", "--config", "gate.toml", "--save", "run.json"], 100, "red");
    assert_eq!(race(&saved(&folder))["place"]["line"], 36);
    assert_eq!(name(&folder), before);
    let module = std::fs::read_to_string(folder.path("src/ring.rs")).expect("it is there");
    folder.write("src/ring.rs", &module.replace("get();", "get() + 0;"));
    for entry in std::fs::read_dir(folder.path("series")).expect("it is there").flatten() {
        let patch = std::fs::read_to_string(entry.path()).expect("a patch").replace("get();", "get() + 0;");
        std::fs::write(entry.path(), patch).expect("it is written");
    }
    folder.check(&["gate", "--config", "gate.toml", "--save", "run.json"], 100, "red");
    assert_ne!(name(&folder), before);
}

#[test]
fn a_cause_a_scenario_or_all_is_accepted_at_once_and_what_is_open_is_listed() {
    let folder = ring();
    let id = race(&saved(&folder))["id"].as_str().expect("a name").to_owned();
    let accept = |more: &[&str], status, expected: &str| {
        let accept = ["accept", "--config", "gate.toml", "--from", "run.json"];
        folder.check(&[&accept[..], more].concat(), status, expected)
    };
    let listed = accept(&["--list"], 0, &format!("{id}: a data race\n  3-publish-the-tail-cheaply brings 11 outcomes"));
    assert!(listed.ends_with("not accepted: 27, accepted: 0\n"), "{listed}");
    assert!(!folder.path("accepted.toml").exists(), "a list accepts nothing");
    accept(&["--cause", &id], 2, "--reason");
    accept(&["--reason", "x"], 2, "say what is accepted");
    accept(&["--reason", " ", "--all"], 2, "--reason says nothing");
    accept(&["--reason", "x", "--cause", "ring.cause-00000000"], 2, "the comparison does not show cause ring.cause-0");
    accept(&["--reason", "x", "--all", "ring.full.0c66f0da"], 2, "keep one of the two");
    let said = accept(&["--reason", "a draft", "--cause", &id, "--scenario", "in_order"], 0, "accepted in");
    assert_eq!(said.lines().count(), 9, "{said}");
    let said = accept(&["--reason", "a draft", "--cause", &id], 0, "accepted in");
    assert_eq!(said.lines().count(), 16, "{said}");
    accept(&["--reason", "again", "--cause", &id], 2, "is accepted already");
    // What an earlier patch brings, and this one hides, was not looked at with it.
    folder.check(&GATE, 100, "25 accepted, 2 unaccepted");
    let listed = accept(&["--list"], 0, "not accepted: 2, accepted: 25\n");
    assert!(!listed.contains(&id), "{listed}");
    let said = accept(&["--reason", "weak is weak", "--all"], 0, "brought by the step to 1-acquire-and-release-are");
    assert_eq!(said.lines().count(), 2, "{said}");
    folder.check(&GATE, 0, "27 accepted");
    // The other two ways, each from nothing.
    std::fs::remove_file(folder.path("accepted.toml")).expect("it is there");
    let said = accept(&["--reason", "all of it", "--scenario", "full"], 0, "accepted in");
    assert_eq!(said.lines().count(), 18, "{said}");
    folder.check(&GATE, 100, "18 accepted, 9 unaccepted");
}

/// A reported input: a BUG was told without thread, line or event.
#[test]
fn a_bug_has_its_thread_its_line_and_its_event() {
    let folder = reported("first-block");
    let series = ["--base", "buggy/m.rs", "--series", "series"];
    let said = check_in(&folder, &[&["series", "check"], &series[..]].concat(), 0, "memory model: sc");
    for expected in [
        "      base: receiver: sim: BUG: null block, at tools/tests/data/reported/first-block/buggy/m.rs:46\n",
        "      2-who-makes-it-who: main: sim: BUG: block freed twice, at fixed2/m.rs:53\n",
    ] {
        assert!(said.contains(expected), "expected '{expected}' in\n{said}");
    }
    let token = said.split_whitespace().find(|word| word.starts_with("lk1.m.two_send.")).expect("a witness");
    let shown = check_in(&folder, &[&["replay", token], &series[..]].concat(), 0, "first observable difference");
    let event = shown.lines().find(|line| line.contains("receiver: * sim: BUG: null block")).expect("a row of its own");
    assert!(event.contains("m.rs:46"), "{shown}");
    let explored = ["explore", "--scenario", "two_send", "--variants", "base"];
    check_in(&folder, &[&explored[..], &series].concat(), 0, "    receiver: sim: BUG: null block, at tools/");
    let place = tempfile::tempdir().expect("a folder");
    let file = place.path().join("run.json");
    let file = file.to_str().expect("UTF-8");
    check_in(&folder, &[&["compare", "--save", file], &series[..]].concat(), 0, "cause m.cause-");
    for form in ["text", "markdown", "html"] {
        let said = said_in(&folder, &["report", "--from", file, "--format", form], 0, "");
        let joined = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains("receiver: sim: BUG: null block, at tools/"), "{form}:\n{said}");
    }
}

#[test]
fn a_report_says_what_is_new_since_an_earlier_comparison() {
    let folder = ring();
    folder.write("old.json", &std::fs::read_to_string(folder.path("run.json")).expect("it was saved"));
    let report = |form: &str, expected: &str| {
        let report = ["report", "--from", "run.json", "--against", "old.json", "--format", form];
        let said = folder.check(&report, 0, "");
        let joined = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains(expected), "expected '{expected}' in\n{said}");
    };
    report("text", "Since the earlier comparison: nothing is new; 0 gone; 27 as before");
    // Without the patch that makes the store cheaper, and then with it again.
    let patch = std::fs::read_dir(folder.path("series")).expect("it is there").flatten();
    let last = patch.map(|entry| entry.path()).max().expect("a patch");
    let kept = std::fs::read(&last).expect("a patch");
    std::fs::remove_file(&last).expect("it was there");
    folder.check(&["gate", "--config", "gate.toml", "--save", "run.json"], 100, "2 unaccepted");
    report("markdown", "nothing is new; 25 gone; 2 as before");
    std::fs::write(&last, kept).expect("it is written");
    std::fs::rename(folder.path("run.json"), folder.path("old.json")).expect("it was saved");
    folder.check(&["gate", "--config", "gate.toml", "--save", "run.json"], 100, "27 unaccepted");
    for form in ["text", "markdown", "html"] {
        report(form, "25 new, 1 new cause; 0 gone; 2 as before");
        report(form, "3-publish-the-tail-cheaply brings 11 outcomes and removes 16 outcomes");
    }
    // What only one of them compared is neither new nor gone.
    folder.check(&["gate", "--config", "gate.toml", "--save", "run.json", "--scenario", "full"], 100, "unaccepted");
    report("text", "1 comparison not compared by both");
}
