//! Series, audit and mutants as their users call them: the shipped series, the tutorial as it is printed, and bad input.

use crate::common;
use common::{check, check_in, copy_files, git, root, write_in};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[test]
fn the_committed_series_gives_the_committed_designs() {
    let text = check(&["series", "verify"], 0, "gives variants/src/utrace/stopped_removed.rs");
    assert_eq!(text.lines().filter(|line| line.starts_with("alternatives/")).count(), 19, "{text}");
}

#[test]
fn git_applies_the_committed_series_too() {
    let folder = std::env::temp_dir().join(format!("lockstep-series-{}", std::process::id()));
    let base = "variants/src/utrace/stopped_locked.rs";
    std::fs::create_dir_all(folder.join("variants/src/utrace")).expect("the folder can be made");
    std::fs::copy(root().join(base), folder.join(base)).expect("the base exists");
    let mut patches: Vec<PathBuf> = std::fs::read_dir(root().join("variants/series"))
        .expect("the series exists")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.is_file() && !path.to_string_lossy().contains("cover-letter"))
        .collect();
    patches.sort();
    for patch in patches {
        let output = std::process::Command::new("git").arg("apply").arg(&patch).current_dir(&folder).output();
        let output = output.expect("git is there");
        assert!(output.status.success(), "{}: {}", patch.display(), String::from_utf8_lossy(&output.stderr));
    }
    let last = "variants/src/utrace/stopped_removed.rs";
    let (got, wanted) = (std::fs::read(folder.join(last)), std::fs::read(root().join(last)));
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
    assert_eq!(got.expect("the series leads there"), wanted.expect("the design exists"));
}

#[track_caller]
fn refused(patch: &str, expected: &str) {
    let series = format!("tools/tests/data/patches/{patch}.patch");
    let arguments = ["audit", "--base", "variants/examples/mailbox/mailbox.rs", "--series", &series];
    let said = check(&arguments, 2, expected);
    assert!(said.contains(&series) && said.trim_end().lines().count() == 1, "{said}");
}

#[test]
fn a_patch_that_does_not_fit_is_refused_with_its_place() {
    let good = "tools/tests/data/patches/good.patch";
    check(&["audit", "--base", "variants/examples/mailbox/mailbox.rs", "--series", good], 0, "change the slot");
    refused("offset", "hunk 1 (line 3) applies only with an offset of -2 lines, at line 1");
    refused("misfit", "hunk 1 (line 1) does not apply; the nearest place is line 1, where 2 of its 3 lines match");
    refused("cut", "hunk 1 is cut off: it promises 3 old and 3 new lines and has 1 and 1");
    refused("other", "touches 'Cargo.toml', and the module is 'variants/examples/mailbox/mailbox.rs'");
    refused("outside", "leaves the tree");
    refused("link", "symbolic link");
    refused("binary", "binary patch");
}

#[test]
fn a_series_that_is_not_there_is_a_usage_error() {
    check(
        &["audit", "--base", "variants/examples/mailbox/mailbox.rs", "--series", "nowhere"],
        2,
        "there is no series 'nowhere'",
    );
    check(
        &["series", "check", "--base", "nowhere.rs", "--series", "variants/examples/mailbox/series"],
        2,
        "nowhere.rs",
    );
    check(&["series", "check", "--series", "variants/examples/mailbox/series"], 2, "--base");
    check(
        &[
            "series",
            "materialize",
            "harness",
            "--base",
            "variants/examples/mailbox/mailbox.rs",
            "--series",
            "variants/examples/mailbox/series",
        ],
        2,
        "holds something else",
    );
    check(&["mutate", "--files", "scenarios/run.rs"], 2, "no file of the protocol");
    check(&["mutate", "--list", "--variants", "stopped-locked"], 2, "means nothing to 'mutate'");
}

#[test]
fn a_series_written_from_files_is_read_back() {
    let folder = std::env::temp_dir().join(format!("lockstep-derive-{}", std::process::id()));
    let out = folder.to_string_lossy().into_owned();
    let files = ["stopped_locked", "stopped_lockless", "stopped_removed"];
    let files = files.map(|name| format!("variants/src/utrace/{name}.rs"));
    let derived =
        check(&["series", "derive", &files[0], &files[1], &files[2], "--out", &out, "--text-only"], 0, "0002-");
    let verified = check(&["series", "verify", &out], 0, "gives variants/src/utrace/stopped_removed.rs");
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
    assert_eq!((derived.lines().count(), verified.lines().count()), (2, 2), "{derived}{verified}");
}

#[test]
fn git_applies_a_series_written_from_files_and_its_cover_letter_says_what_it_does() {
    let folder = tempfile::tempdir().expect("a folder");
    copy_files(&root().join("variants/examples/mailbox"), folder.path());
    let text = std::fs::read_to_string(folder.path().join("mailbox.rs")).expect("it is there");
    let changed = text.replace("wake_all", "wake_one");
    std::fs::write(folder.path().join("one_sleeper.rs"), &changed).expect("it is written");
    let files = ["series", "derive", "mailbox.rs", "one_sleeper.rs", "--out", "mails"];
    let nothing = ["--exhaustive-max", "0", "--enumerated", "0", "--executions", "0"];
    check_in(folder.path(), &[&files[..], &nothing].concat(), 4, "nothing was written");
    assert!(!folder.path().join("mails").exists());
    check_in(folder.path(), &files, 0, "0000-cover-letter.patch");
    let cover = std::fs::read_to_string(folder.path().join("mails/0000-cover-letter.patch")).expect("it is there");
    assert!(cover.contains("other outcomes in 1 of 3 scenarios: two_of_each"), "{cover}");
    assert!(cover.contains("Evidence, the weakest of all scenarios: exhaustive."), "{cover}");
    assert!(cover.lines().all(|line| line.chars().count() <= 72), "{cover}");
    std::fs::remove_file(folder.path().join("one_sleeper.rs")).expect("it was written above");
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "mailbox.rs"]);
    git(folder.path(), &["commit", "-q", "-m", "base"]);
    git(folder.path(), &["am", "-q", "mails/0001-A-slot-behind-a-lock-and-one-queue-for-everybody-who.patch"]);
    let applied = std::fs::read_to_string(folder.path().join("one_sleeper.rs")).expect("the mail renames the file");
    assert_eq!(applied, changed);
}

/// All files below a folder by their path in it.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the folder exists").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            files.extend(tree(&entry.path()).into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            files.insert(name, std::fs::read(entry.path()).expect("the file can be read"));
        }
    }
    files
}

#[test]
fn a_series_of_modules_of_several_files_comes_back_from_its_mails_byte_for_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let data = root().join("tools/tests/data/semaphore").display().to_string();
    let made = [
        "series",
        "materialize",
        "made",
        "--base",
        &format!("{data}/semaphore.rs"),
        "--series",
        &format!("{data}/series"),
    ];
    check_in(here, &made, 0, "3  3-take-room-by-compare");
    let subject = "made/src/subject.rs";
    // The last step takes everything back, and has files that are empty and without an end.
    let last = here.join("made/src/steps/step_4");
    std::fs::copy(here.join("made/src/steps/step_0.rs"), here.join("made/src/steps/step_4.rs")).expect("it is there");
    write_in(&last, "empty.rs", "");
    write_in(&last, "deep/open.rs", "// No end");
    let steps: Vec<String> = (0..5).map(|nth| format!("made/src/steps/step_{nth}.rs")).collect();
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let derive = [&["series", "derive"], &steps[..], &["--out", "mails", "--subject", subject]].concat();
    check_in(here, &[&derive[..], &["--text-only"]].concat(), 0, "mails/0004-");
    let mails: Vec<PathBuf> = {
        let found = std::fs::read_dir(here.join("mails")).expect("they are written").flatten();
        let mut paths: Vec<PathBuf> = found.map(|entry| entry.path()).collect();
        paths.sort();
        paths
    };
    let first = std::fs::read_to_string(&mails[0]).expect("it is written");
    let stat = " made/src/steps/step_0.rs       | 15\n made/src/steps/step_0/count.rs | 25\n 2 files changed, 34 insertions(+), 6 deletions(-)\n \
                create mode 100644 made/src/steps/step_0/count.rs\n";
    assert!(first.contains(stat), "{first}");
    let back = ["series", "materialize", "back", "--base", steps[0], "--series", "mails", "--subject", subject];
    check_in(here, &back, 0, "4  4-");
    let mut wanted = tree(&here.join("made/src/steps"));
    let mut found = tree(&here.join("back/src/steps"));
    wanted.remove("mod.rs");
    found.remove("mod.rs");
    assert_eq!(found.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>());
    assert_eq!(found, wanted);
    // Git takes the same mails.
    let tree_of_git = here.join("git");
    std::fs::create_dir_all(tree_of_git.join("made/src/steps")).expect("the folder can be made");
    std::fs::copy(here.join(steps[0]), tree_of_git.join(steps[0])).expect("it is there");
    git(&tree_of_git, &["init", "-q"]);
    git(&tree_of_git, &["add", "."]);
    git(&tree_of_git, &["commit", "-q", "-m", "base"]);
    for (nth, mail) in mails.iter().enumerate() {
        let mail = mail.to_string_lossy();
        git(&tree_of_git, &["apply", "--check", &mail]);
        git(&tree_of_git, &["am", "-q", &mail]);
        let applied = tree(&tree_of_git.join("made/src/steps"));
        let step = format!("step_{}", nth + 1);
        let of_step = wanted.iter().filter(|(name, _)| name.starts_with(&step));
        let of_step: BTreeMap<String, Vec<u8>> =
            of_step.map(|(name, text)| (name.replacen(&step, "step_0", 1), text.clone())).collect();
        assert_eq!(applied, of_step, "{mail}");
    }
}

#[test]
fn a_series_is_derived_from_nothing_but_modules_that_differ() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| write_in(folder.path(), name, text);
    write("a.rs", "//! One.\nmod q;\n");
    write("a/q.rs", "// In its place.\n");
    write("b.rs", "//! Two.\nmod q;\n");
    write("inner/c/mod.rs", "//! Three.\n");
    write("inner/d.rs", "//! Four.\nmod subject;\n");
    write("inner/d/subject.rs", "");
    let refuse = |steps: &[&str], expected: &str| {
        let arguments = [&["series", "derive"], steps, &["--out", "mails", "--text-only"]].concat();
        check_in(folder.path(), &arguments, 2, expected);
        assert!(!folder.path().join("mails").exists());
    };
    refuse(&["a.rs", "b.rs"], "b.rs: says 'mod q;', and there is neither 'b/q.rs' nor 'b/q/mod.rs'");
    refuse(&["a.rs", "./a.rs"], "a.rs and ./a.rs are the same: there is nothing to mail");
    refuse(&["a.rs", "a"], "a: is a folder: name the file that is the module's root");
    refuse(&["a.rs", "gone.rs"], "gone.rs: ");
    refuse(&["a.rs", "../x.rs"], "../x.rs: patches cannot name it: ");
    refuse(
        &["inner/c/mod.rs", "inner/d.rs"],
        "inner/d/subject.rs: would be 'inner/c/subject.rs', which is no file of the module",
    );
}

#[test]
fn an_audit_says_what_left_its_lock() {
    let text = check(&["audit"], 0, "read of utrace.bits.stopped is no longer always under utrace.lock");
    assert!(text.contains("utrace.bits.stopped is touched no more"), "{text}");
    let json = check(&["audit", "--format", "json"], 0, "left-lock");
    let document: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(document["steps"].as_array().map(Vec::len), Some(3));
}

#[test]
fn mutants_are_listed_without_running_them() {
    let text = check(&["mutate", "--list"], 0, "stopped_locked/do_stop/drop-lock/1: process.siglock is not taken");
    assert!(text.lines().count() > 150, "{text}");
}

#[test]
fn a_subject_that_runs_differently_next_time_is_caught_and_shown_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let shipped =
        std::fs::read_to_string(root().join("variants/examples/mailbox/subject.rs")).expect("the example exists");
    let counting = "fn place() -> u64 { 1 << 60 | std::ptr::from_ref(Box::leak(Box::new(0_u8))).addr() as u64 }\n";
    let taken = "{ mailbox.take(); probe::observe(place()) }";
    let text = shipped.replacen("probe::observe(u64::from(mailbox.take()))", taken, 1) + counting;
    assert!(text.contains(taken));
    let subject = folder.path().join("subject.rs");
    std::fs::write(&subject, text).expect("it is written");
    let arguments = [
        "series",
        "check",
        "--base",
        "variants/examples/mailbox/mailbox.rs",
        "--series",
        "variants/examples/mailbox/series",
    ];
    let subject =
        ["--subject", subject.to_str().expect("a path in UTF-8"), "--scenario", "in_order", "--executions", "50"];
    let said = check(&[&arguments[..], &subject].concat(), 102, "nondeterminism: in_order on base, lk1.");
    assert!(said.contains("the same schedule ran differently: event "), "{said}");
    assert!(said.contains("'receiver: observes 1") && said.contains("then 'receiver: observes 1"), "{said}");
}

/// The table speaks of these mutants, on so many scenarios.
#[track_caller]
fn check_table(name: &str, listed: &str, scenarios: usize) {
    let table = std::fs::read_to_string(root().join("snapshots").join(name)).expect("the table is committed");
    let lines: Vec<&str> = listed.lines().collect();
    let head = format!("{} mutants on {scenarios} scenarios, ", lines.len());
    assert!(table.starts_with(&head), "{name}: {head}");
    let (mutants, noticed) = table.split_once("\nnoticed by each scenario").unwrap_or((&table, ""));
    for id in noticed.lines().filter_map(|line| line.split_once(", such as ")).map(|(_, id)| format!("{id}: ")) {
        assert!(lines.iter().any(|line| line.starts_with(&id)), "{name} speaks of '{id}', which no mutant is");
    }
    let named = mutants
        .lines()
        .filter_map(|line| line.strip_prefix("  ").filter(|line| line.contains('/') && !line.starts_with(' ')));
    for line in named {
        assert!(lines.contains(&line), "{name} speaks of '{line}', which no mutant is");
    }
}

/// The runs themselves take minutes; that under `sc` belongs to `.ci/run`.
#[test]
fn the_committed_tables_speak_of_the_mutants_that_there_are() {
    let scenarios = check(&["list", "--format", "json"], 0, "");
    let scenarios: serde_json::Value = serde_json::from_str(&scenarios).expect("a list");
    let scenarios = scenarios["scenarios"].as_array().map_or(0, Vec::len);
    check_table("mutants.txt", &check(&["mutate", "--list"], 0, ""), scenarios);
    let recipe = std::fs::read_to_string(root().join(".ci/common-mutants")).expect("the table has a recipe");
    let option = |name: &str| recipe.split_once(name).and_then(|(_, rest)| rest.split_whitespace().next());
    let (files, some) = (option("--files ").expect("some files"), option("--scenario ").expect("some scenarios"));
    let listed = check(&["mutate", "--files", files, "--list"], 0, "");
    check_table("mutants-common.txt", &listed, some.split(',').count());
    let tables = std::fs::read_dir(root().join("snapshots")).expect("snapshots are committed").flatten();
    let names = tables.map(|entry| entry.file_name().to_string_lossy().into_owned());
    assert_eq!(names.filter(|name| name.starts_with("mutants")).count(), 2, "each table is checked");
}
