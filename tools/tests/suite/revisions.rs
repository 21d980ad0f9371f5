//! A series as a range of revisions, in a repository of its own.

use crate::common;
use common::{check_in, copy_files, git, root};
use std::path::Path;
use tempfile::TempDir;

/// A repository with the mailbox on `main`, and its three patches on the branch `topic/cheap`.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    // Patches name the files from the root of the repository.
    copy_files(&root().join("variants/examples/mailbox"), &path.join("variants/examples/mailbox"));
    git(path, &["init", "-q"]);
    commit(path, "base");
    git(path, &["checkout", "-q", "-b", "topic/cheap"]);
    for number in ["0001", "0002", "0003"] {
        let mails = std::fs::read_dir(root().join("variants/examples/mailbox/series")).expect("it is there").flatten();
        let mail = mails.map(|entry| entry.path()).find(|path| path.to_string_lossy().contains(number)).expect("three");
        git(path, &["am", "-q", &mail.to_string_lossy()]);
    }
    folder
}

fn commit(folder: &Path, message: &str) {
    git(folder, &["add", "."]);
    git(folder, &["commit", "-q", "-m", message]);
}

const BASE: &str = "variants/examples/mailbox/mailbox.rs";

#[track_caller]
fn check(folder: &Path, base: &str, range: &str, status: i32, expected: &str) -> String {
    check_in(folder, &["audit", "--base", base, "--series", range], status, expected)
}

#[test]
fn a_range_is_the_series_of_its_commits() {
    let folder = repository();
    let path = folder.path();
    let text = check(path, BASE, "main..topic/cheap", 0, "3  3-a-queue-for-each");
    assert!(text.contains("oneslot.changed is touched no more"), "{text}");
    check(path, BASE, "main..", 0, "3  3-a-queue-for-each");
    check(path, BASE, "main..topic/cheap~1", 0, "2  2-wake-one-sleeper-not");
    let text = check(path, BASE, "topic/cheap~1..topic/cheap", 0, "1  1-a-queue-for-each");
    assert!(text.contains("oneslot.changed is touched no more"), "{text}");
    // From a folder inside, and by a whole path.
    check(&path.join("variants/examples"), "mailbox/mailbox.rs", "main..topic/cheap", 0, "3  3-a-queue-for-each");
    check(path, &path.join(BASE).to_string_lossy(), "main..topic/cheap", 0, "3  3-a-queue-for-each");
}

#[test]
fn a_series_need_not_stand_on_the_newest_base() {
    let folder = repository();
    let path = folder.path();
    git(path, &["checkout", "-q", "main"]);
    let text = std::fs::read_to_string(path.join(BASE)).expect("it is there");
    std::fs::write(path.join(BASE), text.replace("wake_all", "wake_one")).expect("it is written");
    commit(path, "main moves on");
    check(path, BASE, "main..topic/cheap", 0, "3  3-a-queue-for-each");
}

#[test]
fn subjects_in_any_language_are_read() {
    let folder = repository();
    let path = folder.path();
    git(
        path,
        &["commit", "-q", "--amend", "-m", "mailbox: für jede Richtung eine Schlange, und zwar in einem langen Satz"],
    );
    check(path, BASE, "main..topic/cheap", 0, "3  3-für-jede-richtung-eine");
}

#[test]
fn what_is_no_series_is_refused() {
    let folder = repository();
    let path = folder.path();
    check(path, BASE, "main..main", 2, "the range main..main holds no commits");
    check(path, BASE, "main..nowhere", 2, "there is no revision 'nowhere'");
    check(path, BASE, "nowhere..main", 2, "there is no revision 'nowhere'");
    check(path, BASE, "main...topic/cheap", 2, "has three dots: write A..B");
    check(path, BASE, "..topic/cheap", 2, "there is no series '..topic/cheap'");
    check(
        path,
        "variants/examples/mailbox/none.rs",
        "main..topic/cheap",
        2,
        "there is no 'variants/examples/mailbox/none.rs' at ",
    );
    let outside = tempfile::tempdir().expect("a folder");
    check(outside.path(), "mailbox.rs", "main..topic/cheap", 2, "no repository around the current folder");
}

#[test]
fn a_merge_is_no_patch() {
    let folder = repository();
    let path = folder.path();
    git(path, &["checkout", "-q", "main"]);
    std::fs::write(path.join("notes"), "x").expect("it is written");
    commit(path, "notes");
    git(path, &["checkout", "-q", "topic/cheap"]);
    git(path, &["merge", "-q", "-m", "merge", "main"]);
    check(path, BASE, "main~1..topic/cheap", 2, "holds 1 merges, which are no patches");
}

#[test]
fn a_commit_that_touches_something_else_is_named() {
    let folder = repository();
    let path = folder.path();
    std::fs::write(path.join("notes"), "x").expect("it is written");
    commit(path, "notes");
    check(
        path,
        BASE,
        "main..topic/cheap",
        2,
        "mail 4: makes 'notes', and the module is 'variants/examples/mailbox/mailbox.rs'",
    );
}
