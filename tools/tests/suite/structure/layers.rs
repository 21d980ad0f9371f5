//! What each layer of the code base knows and does, and what it depends on.

use super::{SOURCES, check, files, offences, words};
use crate::common::root;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The parts of a name in capitals, as `Task` and `State`.
fn parts(word: &str) -> Vec<&str> {
    let bytes = word.as_bytes();
    let is_start = |at: &usize| bytes[*at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase();
    let starts: Vec<usize> = std::iter::once(0).chain((1..bytes.len()).filter(is_start)).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &word[start..end]).collect()
}

#[test]
fn the_harness_never_says_a_word_of_its_subject() {
    // utrace owns these words. A suspended coroutine is resumed in every book, and processes get signals from the system.
    let owned = [
        "engine",
        "engines",
        "task",
        "tasks",
        "report",
        "reports",
        "reported",
        "reporting",
        "stop",
        "stops",
        "stopped",
        "stopping",
        "resume",
        "resumes",
        "resumed",
        "resuming",
        "attach",
        "attaches",
        "attached",
        "attaching",
        "quiesce",
        "quiesces",
        "quiesced",
        "quiescent",
        "utrace",
        "kernels",
        "signal",
        "signals",
        "siglock",
    ];
    let is_wrong = |path: &Path, line: &str| {
        let in_coroutines = path.starts_with("harness/src/sim/coroutine");
        // A name of the standard library's.
        let line = &line.replace("resume_unwind", "");
        words(line).flat_map(parts).map(str::to_lowercase).any(|word| {
            let word = word.as_str();
            owned.contains(&word) && !(in_coroutines && ["resume", "resumes", "resumed", "signal"].contains(&word))
        })
    };
    check("the harness knows nothing of its subject", &offences(&files("harness/src", "rs"), is_wrong));
}

#[test]
fn unsafe_code_lives_in_the_coroutine_and_arena_modules() {
    let sources = SOURCES.map(|folder| files(folder, "rs")).concat();
    let is_wrong = |path: &Path, line: &str| {
        // What stands in quotes is somebody else's code.
        let code: Vec<&str> = line.split("//").next().unwrap_or("").split('"').step_by(2).collect();
        let allowed = path.starts_with("harness/src/sim/coroutine") || path.ends_with("sim/arena.rs");
        !allowed && words(&code.join(" ")).any(|word| word == "unsafe")
    };
    check("unsafe code outside of its two modules", &offences(&sources, is_wrong));
}

#[test]
fn what_executions_do_lies_in_one_folder() {
    const HOME: &str = "harness/src/sim/execution";
    let elsewhere = |(path, _): &(PathBuf, String)| !path.starts_with(HOME);
    let found: Vec<String> = files("harness/src/sim", "rs")
        .into_iter()
        .filter(elsewhere)
        .filter(|(_, text)| text.lines().any(|line| line.trim_start().starts_with("impl Execution {")))
        .map(|(path, _)| path.display().to_string())
        .collect();
    check("an execution is implemented elsewhere", &found);
    let at_home = files(HOME, "rs").iter().filter(|(_, text)| text.contains("impl Execution {")).count();
    assert!(at_home > 5, "the folder of executions has moved");
}

#[test]
fn there_is_one_thread_local() {
    let mut sources = files("harness/src", "rs");
    sources.extend(files("variants/src", "rs"));
    let is_wrong =
        |path: &Path, line: &str| line.contains("thread_local!") && !path.ends_with("sim/coroutine/current.rs");
    check("thread-locals beside the one pointer to the running execution", &offences(&sources, is_wrong));
}

#[test]
fn no_clock_and_no_environment_reaches_below_the_tools() {
    let mut sources = files("harness/src", "rs");
    sources.extend(files("variants/src", "rs"));
    let banned =
        ["std::env", "Instant", "SystemTime", "std::fs", "std::net", "println!", "eprintln!", "HashMap", "HashSet"];
    let is_wrong = |_: &Path, line: &str| {
        let code = line.split("//").next().unwrap_or("");
        banned.iter().any(|word| code.contains(word))
    };
    check("input, output, clocks or hash order below the tools", &offences(&sources, is_wrong));
}

/// Names of the dependencies in a section of a manifest, those behind a feature left out.
fn dependencies(manifest: &str, section: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(manifest)).expect("the manifest exists");
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line.trim() == format!("[{section}]");
        } else if inside && !line.starts_with('#') && !line.contains("optional = true") {
            let name = line.split(['=', '.']).next().unwrap_or("").trim();
            if !name.is_empty() {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

#[test]
fn dependencies_point_from_tools_to_variants_to_harness() {
    let harness = dependencies("harness/Cargo.toml", "dependencies");
    let variants = dependencies("variants/Cargo.toml", "dependencies");
    let tools = dependencies("tools/Cargo.toml", "dependencies");
    let runner = dependencies("tools/runner/Cargo.toml", "dependencies");
    assert!(!harness.contains("utrace-variants") && !harness.contains("lockstep-cli"), "{harness:?}");
    assert_eq!(variants, BTreeSet::from(["lockstep".to_owned()]));
    assert!(tools.contains("lockstep") && tools.contains("utrace-variants"), "{tools:?}");
    assert_eq!(runner, ["lockstep", "serde", "serde_json"].map(str::to_owned).into(), "it is built with every subject");
    let features = dependencies("tools/runner/Cargo.toml", "features");
    assert_eq!(features, BTreeSet::from(["schema".to_owned()]), "a package asks for none, and has none by default");
    for (name, set) in [("harness", &harness), ("variants", &variants)] {
        for banned in ["syn", "quote", "insta", "proptest", "clap"] {
            assert!(!set.contains(banned), "{name} depends on {banned}");
        }
    }
    for banned in ["insta", "proptest"] {
        assert!(!tools.contains(banned), "tools depends on {banned} beyond its tests");
    }
}

#[test]
fn every_dependency_has_its_reason() {
    for manifest in ["harness/Cargo.toml", "variants/Cargo.toml", "tools/Cargo.toml", "tools/runner/Cargo.toml"] {
        let text = fs::read_to_string(root().join(manifest)).expect("the manifest exists");
        let lines: Vec<&str> = text.lines().collect();
        let mut section = "";
        for (at, line) in lines.iter().enumerate() {
            if line.starts_with('[') {
                section = line;
            }
            let own = line.starts_with("lockstep") || line.starts_with("utrace-variants");
            let is_dependency =
                section.contains("dependencies") && line.contains('=') && !line.starts_with('#') && !own;
            // Several crates may share one reason: then they stand without a gap below it.
            let reason = lines[..at]
                .iter()
                .rev()
                .take_while(|line| !line.is_empty() && !line.starts_with('['))
                .any(|line| line.starts_with('#'));
            assert!(!is_dependency || reason, "{manifest}: {line}: say in a line above why it is there");
        }
    }
}
