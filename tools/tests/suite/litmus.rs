//! `lockstep litmus` as its users call it.

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/litmus")
}

/// The command in the folder of the test data, so that messages hold names without folders.
fn lockstep() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.current_dir(data()).arg("litmus");
    command
}

/// Exit status, standard output and standard error.
fn run(files: &[&str]) -> (i32, String, String) {
    let output = lockstep().args(files).output().expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is printed is text");
    (output.status.code().expect("the command ends by itself"), text(output.stdout), text(output.stderr))
}

fn expected(name: &str) -> String {
    fs::read_to_string(data().join(name).with_extension("litmus.expected")).expect("each test has its expected output")
}

#[test]
fn each_test_prints_what_is_expected() {
    let mut names: Vec<String> = fs::read_dir(data())
        .expect("the test data exist")
        .map(|entry| entry.expect("the entry can be read").file_name().into_string().expect("names are text"))
        .filter(|name| name.ends_with(".litmus"))
        .collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    for name in &names {
        assert_eq!(run(&[name]), (0, expected(name), String::new()), "{name}");
    }
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let together: String = names.iter().map(|name| expected(name)).collect();
    assert_eq!(run(&all), (0, together, String::new()));
}

#[test]
fn a_file_that_is_wrong_leaves_the_others_alone() {
    let folder = tempfile("wrong.litmus", b"C wrong\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x 1);\n}\nexists (x=1)\n");
    let wrong = folder.join("wrong.litmus");
    let wrong = wrong.to_str().expect("the path is text");
    let message = format!("lockstep: {wrong}:5:16: expected ',', found '1'\n");
    assert_eq!(run(&[wrong, "sb.litmus"]), (2, expected("sb.litmus"), message));
}

#[test]
fn files_that_hold_no_text_are_errors() {
    let (status, _, message) = run(&["missing.litmus"]);
    assert_eq!(status, 2);
    assert!(message.starts_with("lockstep: missing.litmus: cannot be read: "), "{message}");
    let message = "lockstep: .: is a directory: name the litmus files in it\n".to_owned();
    assert_eq!(run(&["."]), (2, String::new(), message));
    let folder = tempfile("latin1.litmus", b"C caf\xe9\n{}\n");
    let path = folder.join("latin1.litmus");
    let path = path.to_str().expect("the path is text");
    let message = format!("lockstep: {path}: is not UTF-8 text: byte 5 begins no character\n");
    assert_eq!(run(&[path]), (2, String::new(), message));
    let folder = tempfile("long.litmus", &vec![b' '; (1 << 20) + 1]);
    let path = folder.join("long.litmus");
    let path = path.to_str().expect("the path is text");
    let message = format!("lockstep: {path}: is longer than the limit of 1048576 bytes\n");
    assert_eq!(run(&[path]), (2, String::new(), message));
}

/// What is observed of a test under a memory model.
#[track_caller]
fn check_observation(memory: &str, name: &str, expected: &str) {
    let (status, text, complaint) = run(&["--memory", memory, name]);
    assert_eq!((status, complaint.as_str()), (0, ""));
    let line = text.lines().find(|line| line.starts_with("Observation")).expect("each test has an observation");
    assert!(line.contains(expected), "{memory}: {line}");
}

#[test]
fn the_memory_model_decides() {
    for (memory, sb, iriw) in
        [("sc", "Never", "Never"), ("tso", "Sometimes", "Never"), ("weak", "Sometimes", "Sometimes")]
    {
        check_observation(memory, "sb.litmus", sb);
        check_observation(memory, "iriw.litmus", iriw);
        check_observation(memory, "lb.litmus", "Never");
        check_observation(memory, "mp-forbidden.litmus", "Never");
    }
}

#[test]
fn a_call_without_files_is_a_usage_error() {
    assert_eq!(run(&[]).0, 2);
}

/// A folder of the test's own that holds one file.
fn tempfile(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("litmus");
    fs::create_dir_all(&folder).expect("the folder for tests can be written");
    fs::write(folder.join(name), bytes).expect("the folder for tests can be written");
    folder
}

/// A test whose graphs nobody searches in a second: many threads that exchange a word, and write.
fn unending() -> String {
    let thread = |nth: usize| {
        format!("P{nth}(int *s, int *x) {{ r0 = xchg(s, {nth}); WRITE_ONCE(*x, r0 + {nth}); r1 = READ_ONCE(*x); }}\n")
    };
    let threads: String = (0..12).map(thread).collect();
    format!("C unending\n{{}}\n{threads}exists (x=99)\n")
}

#[test]
fn what_is_not_proven_is_said_by_the_exit_status() {
    let folder = tempfile("unending.litmus", unending().as_bytes());
    let path = folder.join("unending.litmus");
    let path = path.to_str().expect("the path is text");
    // The files share the time: the last one is asked as well, and the first one does not use it up.
    let (status, text, complaint) = run(&["--time", "2s", path, "sb.litmus"]);
    assert_eq!((status, complaint.as_str()), (103, ""));
    assert!(text.contains("\nUnproven\n") && text.contains("Observation unending Unproven 0 "), "{text}");
    assert!(text.ends_with(&expected("sb.litmus")), "{text}");
}

#[test]
fn executions_and_seed_say_how_a_proof_is_checked() {
    let with = |options: &[&str]| run(&[options, &["sb.litmus"]].concat());
    assert_eq!(with(&["--executions", "1"]), (0, expected("sb.litmus"), String::new()));
    assert_eq!(with(&["--executions", "100", "--seed", "7"]), (0, expected("sb.litmus"), String::new()));
}
