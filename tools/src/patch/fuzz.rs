//! The readers of mails and diffs on texts that make no sense: they refuse or they apply, and never
//! panic.
//!
//! The corpus are the mails of the repository, cut, spliced and changed at random; beside them
//! diffs made of random files, which must apply and give the file that they were made from. 2,000
//! of each kind are tried, or as many as `PROPTEST_CASES` says.

use super::{Mail, apply, hunks, parse_mails};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// Mails of the shipped series, its alternatives, and of the second subject.
fn corpus() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = [
        "variants/series",
        "variants/series/alternatives",
        "variants/examples/mailbox/series",
        "tools/tests/data/patches",
    ];
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(root.join(folder)).expect("the corpus exists");
        files.extend(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()));
    }
    files.sort();
    assert!(files.len() > 20, "the corpus holds mails");
    files.iter().map(|path| std::fs::read(path).expect("the corpus can be read")).collect()
}

/// One change to a text: at a place, something is cut out, doubled or put in.
#[derive(Clone, Debug)]
enum Change {
    Cut(prop::sample::Index, usize),
    Double(prop::sample::Index, usize),
    Put(prop::sample::Index, Vec<u8>),
    End(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let words = prop::sample::select(vec![
        "\n",
        "@@ -1,2 +1,2 @@\n",
        "diff --git a/x b/x\n",
        "--- a/x\n",
        "+++ b/../x\n",
        "From a b 2001\n",
        "-",
        "+",
        " ",
        "\\ No newline at end of file\n",
        "99999999999999999999",
        "GIT binary patch\n",
        "new file mode 120000\n",
        "Subject: [PATCH 0/0] =?x?=\n",
        "\0",
        "---\n",
        "-- \n",
        "\r",
    ]);
    let put =
        prop_oneof![words.prop_map(|word: &str| word.as_bytes().to_vec()), prop::collection::vec(any::<u8>(), 0..8)];
    prop_oneof![
        (any::<prop::sample::Index>(), 0_usize..200).prop_map(|(at, length)| Change::Cut(at, length)),
        (any::<prop::sample::Index>(), 0_usize..200).prop_map(|(at, length)| Change::Double(at, length)),
        (any::<prop::sample::Index>(), put).prop_map(|(at, bytes)| Change::Put(at, bytes)),
        any::<prop::sample::Index>().prop_map(Change::End),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let place = |at: &prop::sample::Index| at.index(bytes.len() + 1);
        match change {
            Change::Cut(at, length) => {
                let at = place(at);
                let end = (at + length).min(bytes.len());
                bytes.drain(at..end);
            }
            Change::Double(at, length) => {
                let at = place(at);
                let part = bytes[at..(at + length).min(bytes.len())].to_vec();
                bytes.splice(at..at, part);
            }
            Change::Put(at, put) => {
                let at = place(at);
                bytes.splice(at..at, put.iter().copied());
            }
            Change::End(at) => bytes.truncate(place(at)),
        }
    }
    bytes
}

/// Reads, and applies what was read to some text. The text behind it ends as a text does, or there
/// is an error of one line.
fn try_out(bytes: &[u8], text: &str) {
    match parse_mails("fuzz", bytes) {
        Ok(mails) => {
            for diff in mails.iter().flat_map(|mail: &Mail| &mail.diffs) {
                for path in diff.old.iter().chain(&diff.new) {
                    assert!(!path.contains("..") && !path.starts_with('/'), "{path}");
                }
                if let Err(error) = apply(text, diff) {
                    assert!(!error.to_string().contains('\n'), "{error}");
                }
            }
        }
        Err(error) => {
            let message = error.to_string();
            assert!(message.starts_with("fuzz") && !message.contains('\n'), "{message}");
        }
    }
}

fn lines() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "a",
        "b",
        "c",
        "--- x",
        "+++ y",
        "-- ",
        "@@ -1 +1 @@",
        "",
        " ",
        "From x 2001",
        "\\ No newline",
    ]);
    (prop::collection::vec(line, 0..24), any::<bool>()).prop_map(|(lines, ends)| {
        let text = lines.join("\n");
        if ends && !text.is_empty() { text + "\n" } else { text }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(2_000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_mail_is_read_or_refused(
        at in any::<prop::sample::Index>(),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let corpus = CORPUS.get_or_init(corpus);
        let text = "a\nb\nc\n";
        try_out(&changed(corpus[at.index(corpus.len())].clone(), &changes), text);
    }

    #[test]
    fn bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        try_out(&bytes, "a\n");
    }

    #[test]
    fn a_diff_gives_the_file_that_it_was_made_from(old in lines(), new in lines(), context in 0_usize..4) {
        prop_assume!(old != new);
        let hunks = format!("--- a/x.rs\n+++ b/x.rs\n{}", hunks(&old, &new, context));
        let mail = format!("From 0 Mon Sep 17 00:00:00 2001\nSubject: x\n\nWhy.\n---\n\ndiff --git a/x.rs b/x.rs\n{hunks}-- \n2.0\n");
        let mails = parse_mails("x.patch", mail.as_bytes()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(mails.len(), 1);
        prop_assert_eq!(apply(&old, &mails[0].diffs[0]).map_err(|error| TestCaseError::fail(error.to_string()))?, new);
    }
}

static CORPUS: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
