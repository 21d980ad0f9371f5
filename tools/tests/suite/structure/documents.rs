//! The documents and texts of the project.

use super::{SOURCES, check, files, offences};
use crate::common::root;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the owner fixed, and the usual files. Whatever else a build or an editor leaves there is not part of the project.
#[test]
fn nothing_else_stands_at_the_top() {
    let listed = Command::new("git").arg("ls-files").current_dir(root()).output().expect("git lists the files");
    let listed = String::from_utf8(listed.stdout).expect("names are text");
    let tops: BTreeSet<&str> = listed.lines().filter_map(|path| path.split('/').next()).collect();
    let crates = ["Cargo.toml", "Cargo.lock", "variants", "harness", "snapshots", "tools"];
    let documents =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"];
    let hidden = [".ci", ".config", ".gitignore", "rustfmt.toml"];
    assert_eq!(tops, crates.into_iter().chain(documents).chain(hidden).collect());
}

#[test]
fn documents_name_only_files_that_exist() {
    let mut documents: Vec<(PathBuf, String)> = Vec::new();
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "snapshots/README.md",
        "variants/examples/mailbox/README.md",
    ] {
        documents.push((PathBuf::from(name), fs::read_to_string(root().join(name)).expect("the document exists")));
    }
    for folder in ["harness/docs", "variants/docs", "tools/docs"] {
        documents.extend(files(folder, "md"));
    }
    documents.extend(files("tools/tests/data", "md"));
    for folder in SOURCES.into_iter().chain(["harness/benches", "variants/benches"]) {
        documents.extend(files(folder, "rs"));
    }
    let tops = ["harness/", "variants/", "tools/", "snapshots/", ".ci/", ".config/"];
    let mut missing = Vec::new();
    for (path, text) in &documents {
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        for line in text.lines().filter(|line| !is_source || line.trim_start().starts_with("//")) {
            for quoted in line.split('`').skip(1).step_by(2) {
                let is_path = tops.iter().any(|top| quoted.starts_with(top)) && !quoted.contains([' ', '*', '<', '{']);
                if is_path && !root().join(quoted).exists() {
                    missing.push(format!("{}: {quoted}", path.display()));
                }
            }
        }
        if !is_source {
            let folder = root().join(path).parent().expect("a document is in a folder").to_owned();
            let broken = links(text).into_iter().filter(|link| !folder.join(link).exists());
            missing.extend(broken.map(|link| format!("{}: a link to {link}", path.display())));
        }
    }
    check("documents name files that do not exist", &missing);
}

/// Where the links of a document lead to, those to other hosts and places of the document itself left out.
fn links(text: &str) -> Vec<&str> {
    let behind = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
    let files = behind.map(|link| link.split('#').next().unwrap_or(link));
    files.filter(|link| !link.is_empty() && !link.contains(':')).collect()
}

#[test]
fn links_are_seen_without_their_places() {
    assert_eq!(links("a [b](../c.md#d) [e](#f) [g](https://h.i) [j](k)"), ["../c.md", "k"]);
}

#[test]
fn the_text_of_the_project_names_no_machine_and_no_registry_host() {
    let mut documents = files("harness", "rs");
    documents.extend(files("variants", "rs"));
    documents.extend(files("tools/src", "rs"));
    documents.extend(files("tools/runner/src", "rs"));
    documents.push(("README.md".into(), fs::read_to_string(root().join("README.md")).expect("the README exists")));
    let is_wrong = |_: &Path, line: &str| {
        ["/root/", "/tmp/", "/home/", "crates.io/", "index.crates"].iter().any(|path| line.contains(path))
    };
    check("paths of a machine or hosts of a registry", &offences(&documents, is_wrong));
}

#[test]
fn only_render_writes_snapshot_text_and_never_by_debug_format() {
    let sources = files("harness/src/differential/render", "rs");
    let is_wrong = |_: &Path, line: &str| {
        let code = line.split("//").next().unwrap_or("");
        code.contains(":?}") || code.contains(".place,") && code.contains("format")
    };
    check("debug formats or places in snapshot text", &offences(&sources, is_wrong));
    let users = offences(&files("variants/tests", "rs"), |path, line| {
        line.contains("assert_snapshot!") && !path.ends_with("snapshots.rs") && !path.ends_with("claims.rs")
    });
    check("snapshots are made in the tests of scenarios and of claims only", &users);
}
