//! What the program says where there is little to say: nothing explored, nothing named, no room for the result, a section of something else.

use crate::common;
use assert_cmd::Command;
use common::{check, lockstep, root, said_in};
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// Nothing of anything.
const NOTHING: [&str; 3] = ["--executions=0", "--exhaustive-max=0", "--enumerated=0"];

/// What a command says that explores nothing, on both streams.
#[track_caller]
fn of_nothing(folder: &str, command: &[&str]) -> String {
    let remedy = "nothing was explored: raise --exhaustive-max, --enumerated, --executions or --time";
    said_in(&root().join(folder), &[command, &NOTHING].concat(), 4, remedy)
}

#[test]
fn where_nothing_was_explored_nothing_is_called_equal() {
    let matrix = of_nothing(".", &["--scenario", "S2"]);
    let row = matrix.lines().find(|line| line.trim_start().starts_with("S2 ")).expect("the scenario has a row");
    assert_eq!(row.split_whitespace().filter(|cell| *cell == "-").count(), 6, "{row}");
    assert!(!row.contains('=') && !matrix.contains("no divergence"), "{matrix}");
    let compared = of_nothing(".", &["compare", "--scenario", "S7"]);
    assert!(compared.contains("stopped-locked -> stopped-lockless: nothing explored"), "{compared}");
    assert!(!compared.contains("equal"), "{compared}");
    for format in ["text", "markdown", "html", "ktap", "junit", "github"] {
        let report = of_nothing(".", &["compare", "--scenario", "S7", "--format", format]);
        assert!(!report.contains("no divergence") && !report.contains("\nok 1 S7 killed\n"), "{format}: {report}");
    }
    let text = of_nothing(".", &["compare", "--scenario", "S7", "--format", "text"]);
    assert!(text.contains("\n1 - 2  S7 ") && !text.contains("\n1 = 2"), "{text}");
}

#[test]
fn a_series_of_which_nothing_was_explored_is_not_called_the_same() {
    let series = ["series", "check", "--base", "semaphore.rs", "--series", "series"];
    let said = of_nothing("tools/tests/data/semaphore", &series);
    assert!(said.contains("\n1-count-in-a-file: nothing explored\n"), "{said}");
    assert!(!said.contains("the same outcomes"), "{said}");
}

#[test]
#[cfg(unix)]
fn ctrl_c_while_a_package_is_built_is_no_fault_of_the_package() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let [cargo, begun] = ["cargo", "begun"].map(|name| folder.path().join(name));
    // A cargo that takes its time.
    let script = format!("#!/bin/sh\n: > '{}'\nexec sleep 60\n", begun.display());
    fs::write(&cargo, script).expect("it is written");
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("it may run");
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("lockstep"));
    command.args(["series", "check", "--base", "semaphore.rs", "--series", "series", "--build"]).arg(folder.path());
    command.current_dir(root().join("tools/tests/data/semaphore")).env("CARGO", &cargo);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let patience = std::time::Instant::now();
    while !begun.exists() {
        assert!(patience.elapsed().as_secs() < 60, "cargo was never called");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill is there").success());
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(103), "{said}");
    assert!(said.contains("interrupted") && !said.contains("compile"), "{said}");
    assert!(patience.elapsed().as_secs() < 50, "it did not wait for cargo");
}

#[test]
fn a_section_on_other_variants_is_refused() {
    let saved = "tools/tests/data/reports/box.json";
    let report = |section: &str, path: &str, status: i32, expected: &str| {
        said_in(&root(), &["report", "--from", saved, "--format", "sheet", section, path], status, expected)
    };
    let refused = "is of stopped-locked, stopped-lockless, stopped-removed, and the comparison is of old, middle";
    report("--orderings", "snapshots/orderings.txt", 2, refused);
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("claims", r#"[{"id": "C1", "verdicts": [{"variant": "other"}]}]"#),
        ("audit", r#"{"steps": [{"name": "other", "path": "src/other.rs"}]}"#),
        ("mutants", r#"{"mutants": [{"id": "m1", "file": "src/other.rs"}]}"#),
        ("orderings", r#"[{"variant": "other"}]"#),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("it is written");
        let path = path.display().to_string();
        report(&format!("--{name}"), &path, 2, "and the comparison is of old, middle");
        report(&format!("--{name}"), &format!("tools/tests/data/reports/{name}.json"), 0, "Which one");
    }
}

#[test]
fn a_name_that_is_empty_is_refused_and_an_empty_variable_is_none() {
    check(&["compare", "--scenario", ""], 2, "--scenario names one that is empty");
    check(&["compare", "--scenario", "S3,"], 2, "--scenario names one that is empty");
    check(&["--variants", "stopped-locked,,stopped-removed"], 2, "--variants names one that is empty");
    let run = ["run", "--scenario", "S3", "--variants", "stopped-locked"];
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    for name in ["VARIANTS", "SCENARIO", "REPAIRS", "MEMORY", "SEED", "FORMAT", "QUIET"] {
        command.env(format!("LOCKSTEP_{name}"), "");
    }
    let output = command.args(run).output().expect("it starts");
    assert_eq!(output.stdout, lockstep(&run).stdout, "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_run_is_what_its_help_says() {
    check(&["run", "--scenario", "S3", "--repairs", "both"], 2, "run is with repairs or without");
    let help = check(&["run", "--help"], 0, "Runs one execution of each variant on one scenario");
    assert!(!help.contains("default: all") && !help.contains("for the matrix"), "{help}");
    let text =
        check(&["run", "--scenario", "S3", "--variants", "stopped-locked,stopped-removed"], 0, "on stopped-locked");
    assert!(text.contains("S3 on stopped-removed"), "{text}");
}

#[test]
fn only_a_subject_with_repairs_is_filtered_by_them() {
    let page = |repairs| {
        check(
            &[
                "compare",
                "--scenario",
                "S3",
                "--repairs",
                repairs,
                "--executions=50",
                "--exhaustive-max=0",
                "--format",
                "html",
            ],
            0,
            "<html",
        )
    };
    assert!(!page("none").contains("id=\"repairs\""));
    assert!(page("both").contains("id=\"repairs\""));
}

#[test]
fn what_cannot_be_written_is_named_as_the_user_named_it() {
    let compare = ["compare", "--scenario", "S3", "--executions=50", "--exhaustive-max=0", "--save"];
    let said =
        check(&[&compare[..], &["no/such/folder/x.json"]].concat(), 2, "no/such/folder/x.json cannot be written: ");
    assert!(!said.contains("tmp"), "{said}");
}

#[test]
#[cfg(unix)]
fn what_is_saved_behind_a_link_or_in_a_pipe_leaves_them_what_they_are() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("saved-through");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let [real, link, pipe] = ["real.json", "link.json", "pipe"].map(|name| folder.join(name));
    fs::write(&real, "old").unwrap();
    std::os::unix::fs::symlink("real.json", &link).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
    assert!(made.success());
    let save = |path: &Path| {
        let compare = ["compare", "--scenario", "S3", "--executions=50", "--exhaustive-max=0", "--save"];
        check(&[&compare[..], &[path.to_str().unwrap()]].concat(), 0, "S3");
    };
    save(&link);
    assert!(link.is_symlink());
    let saved = fs::read_to_string(&real).unwrap();
    assert!(saved.contains("\"schema\""), "{saved}");
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    save(&pipe);
    assert_eq!(reader.join().unwrap(), saved);
    assert!(!fs::metadata(&pipe).unwrap().is_file());
}

#[test]
#[cfg(target_os = "linux")]
fn a_result_for_which_there_is_no_room_is_no_fault_of_the_program() {
    for arguments in [&["list"][..], &["--help"]] {
        let full = fs::File::options().write(true).open(Path::new("/dev/full")).expect("it is there");
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("lockstep"));
        let output = command
            .args(arguments)
            .stdout(full)
            .stderr(Stdio::piped())
            .spawn()
            .and_then(|child| child.wait_with_output());
        let output = output.expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("could not be written") && !said.contains("fault"), "{said}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_comparison_that_cannot_be_kept_is_printed_all_the_same() {
    let printed = |arguments: &[&str]| {
        let output = lockstep(&[&["compare", "--scenario", "S3", "--executions", "200"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned(), said)
    };
    let (_, plain, _) = printed(&[]);
    let (status, full, said) = printed(&["--save", "/dev/full"]);
    assert_eq!((status, &full), (Some(2), &plain), "{said}");
    assert!(said.contains("/dev/full cannot be written: No space left"), "{said}");
    assert!(!fs::metadata("/dev/full").expect("it is there").is_file());
    // What is known before the run is said before it.
    let folder = tempfile::tempdir().expect("there is room");
    for (place, why) in
        [(folder.path().join("missing/run.json"), "No such file"), (folder.path().to_owned(), "directory")]
    {
        let (status, nothing, said) = printed(&["--save", place.to_str().expect("it is text")]);
        assert_eq!((status, &*nothing), (Some(2), ""), "{said}");
        assert!(said.contains("cannot be written") && said.contains(why), "{said}");
    }
    assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 0, "nothing is left there");
}
