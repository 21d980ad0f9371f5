//! How long files and lines may be.

use super::{SOURCES, check, files};
use std::path::Path;

/// A habit is 150 to 400 lines, one noun a file; beyond this it is several, or it says why not.
const LINES_USUAL: usize = 400;

/// Longer is no file, whatever it says.
const LINES_MAX: usize = 750;

/// What is wrong with the length of a file of that text.
fn too_long(text: &str) -> Option<String> {
    let lines = text.lines().count();
    let head = text.lines().take_while(|line| line.starts_with("//!"));
    let reasons: Vec<&str> = head.filter_map(|line| line.strip_prefix("//! Long:")).map(str::trim).collect();
    match reasons[..] {
        _ if lines <= LINES_USUAL => None,
        _ if lines > LINES_MAX => Some(format!("{lines} lines, and {LINES_MAX} are the most")),
        [reason] if !reason.is_empty() => None,
        _ => Some(format!("{lines} lines, and no line '//! Long: …' in its head says why it is one file")),
    }
}

#[test]
fn a_source_file_is_short_enough_to_read() {
    let sources = ["harness", "variants", "tools"].map(|folder| files(folder, "rs")).concat();
    let long = sources.iter().filter_map(|(path, text)| Some(format!("{}: {}", path.display(), too_long(text)?)));
    check("split it: one noun a file", &long.collect::<Vec<_>>());
}

#[test]
fn a_long_file_is_seen_whatever_it_says() {
    let of = |head: &str, lines: usize| too_long(&format!("{head}\n{}", "x\n".repeat(lines - 1))).is_none();
    assert!(of("//! A table.", LINES_USUAL));
    assert!(!of("//! A table.", LINES_USUAL + 1));
    assert!(!of("//! Long:", LINES_USUAL + 1));
    assert!(!of("// Long: one table.", LINES_USUAL + 1));
    assert!(of("//! Long: one table.", LINES_MAX));
    assert!(!of("//! Long: one table.", LINES_MAX + 1));
}

#[test]
fn comments_wrap() {
    const COLUMNS_MAX: usize = 100;
    // Their lines are what tokens of orderings and the patches of the series refer to.
    let is_moved_by_tools =
        |path: &Path| ["variants/src/kernel", "variants/src/utrace"].iter().any(|own| path.starts_with(own));
    let mut wide = Vec::new();
    for (path, text) in SOURCES.map(|folder| files(folder, "rs")).concat() {
        let mut is_code = false;
        for (number, line) in text.lines().enumerate().filter(|_| !is_moved_by_tools(&path)) {
            let Some(comment) = line.trim_start().strip_prefix("//") else { continue };
            is_code ^= comment.trim_start_matches(['/', '!']).trim_start().starts_with("```");
            if !is_code && line.chars().count() > COLUMNS_MAX {
                wide.push(format!("{}:{}: {} columns", path.display(), number + 1, line.chars().count()));
            }
        }
    }
    check("a comment is wider than 100 columns", &wide);
}
