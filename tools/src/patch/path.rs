//! Paths inside patches: relative to a tree and never out of it.

use super::error::PatchError;
use std::path::{Component, Path};

/// Longest path that is read.
const PATH_MAX: usize = 1024;

/// The path of a diff's header without git's `a/` or `b/`, or why it is refused.
pub fn tree_path(text: &str) -> Result<String, PatchError> {
    let refuse = |reason: String| Err(PatchError::new(reason));
    if text.starts_with('"') {
        return refuse(format!("the path {text} is quoted: use a path without spaces and special characters"));
    }
    if text.len() > PATH_MAX {
        return refuse(format!("the path is longer than {PATH_MAX} bytes"));
    }
    let path = text.strip_prefix("a/").or_else(|| text.strip_prefix("b/")).unwrap_or(text);
    if path.is_empty() {
        return refuse("the path is empty".to_owned());
    }
    if Path::new(path).is_absolute() || path.contains('\\') || path.contains('\0') {
        return refuse(format!("the path '{path}' leaves the tree: paths of a patch are relative to its root"));
    }
    let is_inside = |part: Component<'_>| matches!(part, Component::Normal(_));
    if !Path::new(path).components().all(is_inside) || path.contains("//") || path.contains("/./") {
        return refuse(format!("the path '{path}' leaves the tree: '..' and '.' are not followed"));
    }
    Ok(path.to_owned())
}

/// Whether two paths may name one file: one ends, by whole components, with the other.
pub fn same_file(first: &str, second: &str) -> bool {
    ends_alike(&parts(first), &parts(second))
}

/// The path inside of a folder, if it may lie in there: a patch names the folder from the root of
/// its tree, and the command line from where it stands. Of several ways to read it the longest name
/// of the folder counts.
pub fn below(folder: &str, path: &str) -> Option<String> {
    let (folder, path) = (parts(folder), parts(path));
    let split = (1..path.len()).rev().find(|&at| ends_alike(&folder, &path[..at]))?;
    Some(path[split..].join("/"))
}

fn parts(path: &str) -> Vec<String> {
    let normal = Path::new(path).components().filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
        _ => None,
    });
    normal.collect()
}

fn ends_alike(first: &[String], second: &[String]) -> bool {
    !first.is_empty() && !second.is_empty() && (first.ends_with(second) || second.ends_with(first))
}

#[cfg(test)]
mod tests {
    use super::{below, same_file, tree_path};

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(tree_path(text).ok().as_deref(), expected, "{text}");
    }

    #[test]
    fn paths_stay_in_the_tree() {
        check("a/src/lib.rs", Some("src/lib.rs"));
        check("src/lib.rs", Some("src/lib.rs"));
        check("a/../lib.rs", None);
        check("a/src/../../lib.rs", None);
        check("/etc/passwd", None);
        check("a//etc/passwd", None);
        check("a/./lib.rs", None);
        check("\"a/with space\"", None);
        check("a/", None);
        check("", None);
        check("b/c:\\x", None);
    }

    #[test]
    fn a_file_is_known_by_its_last_components() {
        assert!(same_file("variants/examples/mailbox/mailbox.rs", "mailbox.rs"));
        assert!(same_file("mailbox/mailbox.rs", "./variants/examples/mailbox/mailbox.rs"));
        assert!(!same_file("variants/examples/mailbox/mailbox.rs", "box.rs"));
        assert!(!same_file("a/x.rs", "b/x.rs"));
        assert!(!same_file("", "x.rs"));
    }

    #[test]
    fn a_file_of_a_folder_is_known_by_what_stands_before_it() {
        let inside = |folder: &str, path: &str| below(folder, path);
        assert_eq!(
            inside("variants/examples/mailbox", "variants/examples/mailbox/queue.rs").as_deref(),
            Some("queue.rs")
        );
        assert_eq!(inside("variants/examples/mailbox", "mailbox/in/queue.rs").as_deref(), Some("in/queue.rs"));
        assert_eq!(inside("mailbox", "src/mailbox/queue.rs").as_deref(), Some("queue.rs"));
        assert_eq!(inside("mailbox", "mailbox/mailbox/x.rs").as_deref(), Some("x.rs"));
        assert_eq!(inside("mailbox", "queue.rs"), None);
        assert_eq!(inside("mailbox", "mailbox"), None);
        assert_eq!(inside("mailbox", "other/queue.rs"), None);
    }
}
