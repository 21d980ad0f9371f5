//! Which commit of Roland McGrath's utrace tree a function of the model stands for:
//! `variants/docs/commits.md`, read.
//!
//! Promise: what is here is what that page says, for there is no second list. A test holds the page
//! against the source.

use std::sync::OnceLock;

/// The page.
pub const COMMITS_PAGE: &str = include_str!("../docs/commits.md");

/// A function of the model, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file below `variants/src`.
    pub file: &'static str,
    /// Its name, with its type's if it is a method.
    pub function: &'static str,
    /// The commit that made its counterpart what is modelled; none if it has no counterpart.
    pub commit: Option<&'static str>,
    /// What the page says of the counterpart.
    pub there: &'static str,
    /// What is left out and why; may be empty where there is no counterpart.
    pub left_out: &'static str,
}

/// Every row of the page, one entry a function.
pub fn origins() -> &'static [Origin] {
    static ORIGINS: OnceLock<Vec<Origin>> = OnceLock::new();
    ORIGINS.get_or_init(|| {
        let mut file = None;
        let mut origins = Vec::new();
        for line in COMMITS_PAGE.lines() {
            if let Some(heading) = line.strip_prefix("## ") {
                file = Some(heading).filter(|heading| heading.ends_with(".rs"));
            } else if let Some(file) = file {
                origins.extend(row(file, line));
            }
        }
        origins
    })
}

/// The functions of one line of a table; a line that is no row has none.
fn row(file: &'static str, line: &'static str) -> Vec<Origin> {
    let cells: Vec<&'static str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [ours, there, left_out, ..] = cells.as_slice() else { return Vec::new() };
    let commit = quoted(there).find(|name| is_commit(name)).filter(|_| !there.starts_with("none"));
    quoted(ours).map(|function| Origin { file, function, commit, there, left_out }).collect()
}

/// What stands in backquotes.
fn quoted(cell: &'static str) -> impl Iterator<Item = &'static str> {
    cell.split('`').skip(1).step_by(2)
}

/// An abbreviated commit id.
fn is_commit(name: &str) -> bool {
    name.len() == 11 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The commit of the function around a place in the source, with line and column behind the file,
/// by its name here or in the kernel. None if the place is no part of the model or the function
/// stands for nothing of the kernel.
pub fn commit_at(place: &str, function: &str) -> Option<&'static str> {
    let (_, below) = place.split_once("variants/src/")?;
    let file = below.split(':').next()?;
    let is_called = |origin: &Origin| {
        let here = origin.function.rsplit("::").next().unwrap_or_default();
        let mut names = origin.there.split(|character: char| !(character.is_alphanumeric() || character == '_'));
        here == function || names.any(|name| name == function)
    };
    origins().iter().find(|origin| origin.file == file && is_called(origin))?.commit
}

#[cfg(test)]
mod tests {
    use super::{commit_at, origins};

    #[track_caller]
    fn check(place: &str, function: &str, expected: Option<&str>) {
        assert_eq!(commit_at(place, function), expected, "{function} at {place}");
    }

    #[test]
    fn a_function_of_each_design_has_the_commit_of_that_design() {
        check("variants/src/utrace/stopped_locked.rs:70:5", "finish_stop", Some("3e0a686d625"));
        check("variants/src/utrace/stopped_lockless.rs:70:5", "finish_stop", Some("d87e8c43aef"));
        check("variants/src/utrace/stopped_removed.rs:70", "finish_stop", Some("e2ced717929"));
    }

    #[test]
    fn a_function_is_found_by_its_name_in_the_kernel() {
        check("variants/src/utrace/reset.rs:70:5", "utrace_reset", Some("3e0a686d625"));
        check("variants/src/utrace/stopped_removed.rs:70:5", "finish_utrace_stop", Some("e2ced717929"));
    }

    #[test]
    fn what_is_ours_alone_has_none() {
        assert!(origins().iter().any(|origin| origin.function == "settle"));
        check("variants/src/utrace/attach.rs:3:1", "settle", None);
        check("variants/src/utrace/attach.rs:3:1", "no_such_function", None);
        check("src/reset.rs:3:1", "reset", None);
    }
}
