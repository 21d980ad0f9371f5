//! Outside of the repository of Lockstep: nothing is judged that nobody named, and what is wrong with somebody's own sources is told at their
//! own lines.

use crate::common;
use assert_cmd::Command;
use common::{GateFolder, check, copy_files, lockstep_in, root, said_in};
use serde_json::Value;

/// A module that only its own subject and patches are beside of.
fn ring() -> GateFolder {
    let folder = GateFolder::new("[gate]\nmemory = [\"weak\"]\n");
    let reported = root().join("tools/tests/data/reported/spsc-race");
    for name in ["src", "series"] {
        copy_files(&reported.join(name), &folder.path(name));
    }
    folder
}

#[test]
fn the_designs_are_judged_elsewhere_only_by_name() {
    let folder = ring();
    let output = lockstep_in(&folder.path("src"), &[]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    assert!(said.starts_with("Nothing was compared: ") && said.contains("lockstep series check --base FILE"), "{said}");
    let asked = ["--scenario", "S3", "--executions", "50", "--preemptions", "0", "--exhaustive-max", "0"];
    folder.check(&asked, 0, "on 1 scenario, memory model sc");
    let nobody =
        "outside of the repository of Lockstep nothing says what is judged: name a module and its patches with --base";
    folder.check(&["gate"], 2, nobody);
    // A configuration that forgets its series is none of the designs.
    folder.check(&["gate", "--config", "gate.toml"], 2, nobody);
    folder.check(&["accept", "--all", "--reason", "x", "--config", "gate.toml"], 2, nobody);
    folder.write("gate.toml", "[gate]\nscenarios = [\"S3\"]\nexhaustive-max = 0\nexecutions = 50\npreemptions = 0\n");
    folder.check(&["gate", "--config", "gate.toml"], 0, "green: ");
}

#[test]
fn a_step_that_is_no_rust_or_no_module_is_told_at_its_line_with_104() {
    let series = ["series", "check", "--base", "src/ring.rs", "--series", "series"];
    let with = |from: &str, to: &str, expected: &str| {
        let folder = ring();
        let text = std::fs::read_to_string(folder.path("src/ring.rs")).expect("it is there");
        assert!(text.contains(from), "{from}");
        folder.write("src/ring.rs", &text.replacen(from, to, 1));
        folder.check(&["mutate", "--base", "src/ring.rs", "--list"], 104, expected);
    };
    let folder = ring();
    for entry in std::fs::read_dir(folder.path("series")).expect("it is there").flatten() {
        let patch = std::fs::read_to_string(entry.path()).expect("a patch");
        let broken = patch
            .replace("+        self.tail.store(tail + 1, Ordering::Relaxed);", "+        self.tail.store(tail + 1, ;");
        std::fs::write(entry.path(), broken).expect("it is written");
    }
    let said = folder.check(&series, 104, "lockstep: src/ring.rs:35:5: a bracket or quote before this is not closed");
    assert!(said.contains("(in step '3-publish-the-tail-cheaply')"), "{said}");
    // Twice, for something with parameters, not at all.
    let again = "impl Ring for u8 {}\n\nimpl Ring for Spsc {";
    with(
        "impl Ring for Spsc {",
        again,
        "src/ring.rs:25:1: implements the trait Ring here and again in line 27: keep the one",
    );
    with(
        "impl Ring for Spsc {",
        "impl Ring for Box<Spsc> {",
        "src/ring.rs:25:15: implements Ring for 'Box<Spsc>', and Lockstep makes types without parameters only: wrap it, as in 'struct",
    );
    with("impl Ring for Spsc {", "impl<T> Ring for T {", "src/ring.rs:25:5: implements Ring for any type that fits");
    with(
        "impl Ring for Spsc {",
        "impl Spsc {",
        "src/ring.rs: does not implement the trait Ring: one type must (in step 'original')",
    );
}

#[test]
fn a_section_of_another_kind_is_refused_and_a_comparison_is_read_from_a_pipe() {
    let folder = ring();
    let quick = ["--scenario", "S3", "--executions", "50", "--preemptions", "0", "--exhaustive-max", "0"];
    folder.check(&[&["compare", "--save", "run.json"], &quick[..]].concat(), 0, "S3");
    let claims =
        check(&["claims", "C10", "--format", "json", "--executions", "50", "--preemptions", "0"], 0, "verdicts");
    folder.write("claims.json", &claims);
    let report = |section: &str, file: &str, expected: &str| {
        let report = ["report", "--from", "run.json", "--format", "text", section, file];
        folder.check(&report, 2, expected);
    };
    report(
        "--audit",
        "claims.json",
        "--audit claims.json is what 'lockstep claims --format json' prints, which is given with --claims",
    );
    report(
        "--audit",
        "run.json",
        "--audit run.json is a saved comparison, which is given with --from: give what 'lockstep audit",
    );
    report("--mutants", "claims.json", "give what 'lockstep mutate --format json' prints");
    let saved = std::fs::read(folder.path("run.json")).expect("it was saved");
    let piped = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("lockstep").expect("the program is built");
        command.args(arguments).current_dir(folder.path("src")).write_stdin(saved.clone()).output().expect("it starts")
    };
    let output = piped(&["report", "--from", "-", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(document["scenarios"][0]["id"], "S3");
    assert_eq!(piped(&["report", "--from", "-", "--format", "b4"]).status.code(), Some(2));
    let output = piped(&["gate", "--from", "-", "--scenario", "S3"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains(": 1 comparison; divergences: "), "it is judged");
}

#[test]
fn mails_of_modules_that_say_the_same_of_themselves_have_subjects_of_their_own() {
    let folder = ring();
    let module = std::fs::read_to_string(folder.path("src/ring.rs")).expect("it is there");
    let step = |name: &str, from: &str, to: &str| folder.write(name, &module.replacen(from, to, 1));
    step("a/ring.rs", "Some(value)", "Some(value)");
    step("b/ring.rs", "tail - head == SIZE", "tail - head >= SIZE");
    step("c/ring.rs", "head == tail", "tail == head");
    step("d/ring.rs", "head == tail", "tail <= head");
    let derive =
        ["series", "derive", "a/ring.rs", "b/ring.rs", "c/ring.rs", "d/ring.rs", "--out", "mails", "--text-only"];
    said_in(&folder.path("."), &derive, 0, "0003-");
    let mut subjects: Vec<String> = std::fs::read_dir(folder.path("mails"))
        .expect("it was written")
        .flatten()
        .map(|entry| std::fs::read_to_string(entry.path()).expect("a mail"))
        .filter_map(|mail| mail.lines().find_map(|line| line.strip_prefix("Subject: ").map(str::to_owned)))
        .collect();
    subjects.sort();
    let expected = [
        "[PATCH 1/3] A ring buffer for one producer and one consumer",
        "[PATCH 2/3] ring: change try_push, try_pop",
        "[PATCH 3/3] ring: change try_pop",
    ];
    assert_eq!(subjects, expected);
}
