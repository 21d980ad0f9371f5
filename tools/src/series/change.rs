//! The change that leads from one module to the next: a diff of each file, with git's header, and
//! how much it is.
//!
//! Promise: whoever applies it to all files of the first gets those of the second, byte for byte.
//! Limit: a file that moved inside the module's folder is one that goes and one that comes; a root
//! that moved is renamed.

use crate::cli::counted::counted;
use crate::patch::hunks;
use crate::source::module::Module;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeSet;

/// Lines around a change.
const CONTEXT: usize = 3;

/// A file on one side of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
struct File<'a> {
    /// As patches name it.
    path: String,
    text: &'a str,
}

/// What becomes of one file. Invariant: it is there on one side at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange<'a> {
    old: Option<File<'a>>,
    new: Option<File<'a>>,
}

/// What becomes of the files that are not the same on both sides, by path.
pub fn changes<'a>(from: &'a Module, to: &'a Module) -> Vec<FileChange<'a>> {
    let root = |module: &'a Module| Some(File { path: module.path.clone(), text: &module.text });
    let inner = |module: &'a Module, inside: &str| {
        module.inner.get(inside).map(|text| File { path: module.name(inside), text })
    };
    let all: BTreeSet<&String> = from.inner.keys().chain(to.inner.keys()).collect();
    let inners = all.into_iter().map(|inside| FileChange { old: inner(from, inside), new: inner(to, inside) });
    let mut changes: Vec<FileChange<'a>> =
        std::iter::once(FileChange { old: root(from), new: root(to) }).chain(inners).collect();
    changes.retain(|change| change.old != change.new);
    changes.sort_by(|one, other| one.path().cmp(other.path()));
    changes
}

/// The diff of all of them.
pub fn diff(changes: &[FileChange<'_>]) -> String {
    changes.iter().map(FileChange::diff).collect()
}

/// How much they change, as a mail says it above its diff.
pub fn stat(changes: &[FileChange<'_>]) -> String {
    let width = changes.iter().map(|change| change.path().chars().count()).max().unwrap_or(0);
    let (mut lines, mut modes) = (String::new(), String::new());
    let (mut all_added, mut all_removed) = (0, 0);
    for change in changes {
        let (added, removed) = change.counts();
        lines += &format!(" {:width$} | {}\n", change.path(), added + removed);
        modes += &match (&change.old, &change.new) {
            (None, _) => format!(" create mode 100644 {}\n", change.path()),
            (_, None) => format!(" delete mode 100644 {}\n", change.path()),
            _ => String::new(),
        };
        all_added += added;
        all_removed += removed;
    }
    let files = counted(changes.len(), "file");
    format!("{lines} {files} changed, {all_added} insertions(+), {all_removed} deletions(-)\n{modes}")
}

impl FileChange<'_> {
    /// The path behind the change, or before it if there is none behind it.
    fn path(&self) -> &str {
        self.new.as_ref().or(self.old.as_ref()).map_or("", |file| &file.path)
    }

    fn texts(&self) -> (&str, &str) {
        (self.old.as_ref().map_or("", |file| file.text), self.new.as_ref().map_or("", |file| file.text))
    }

    fn diff(&self) -> String {
        let (old, new) = self.texts();
        let hunks = hunks(old, new, CONTEXT);
        let from = self.old.as_ref().map_or(self.path(), |file| &file.path);
        let what = match (&self.old, &self.new) {
            (None, _) => "new file mode 100644\n".to_owned(),
            (_, None) => "deleted file mode 100644\n".to_owned(),
            (Some(old), Some(new)) if old.path != new.path => {
                let similarity = (TextDiff::from_lines(old.text, new.text).ratio() * 100.0) as u32;
                format!("similarity index {similarity}%\nrename from {}\nrename to {}\n", old.path, new.path)
            }
            _ => String::new(),
        };
        let side = |mark: &str, side: &Option<File<'_>>| {
            side.as_ref().map_or("/dev/null".to_owned(), |file| format!("{mark}/{}", file.path))
        };
        let names = match hunks.is_empty() {
            true => String::new(),
            false => format!("--- {}\n+++ {}\n", side("a", &self.old), side("b", &self.new)),
        };
        format!("diff --git a/{from} b/{}\n{what}{names}{hunks}", self.path())
    }

    /// Lines that come, and lines that go.
    fn counts(&self) -> (usize, usize) {
        let (old, new) = self.texts();
        let changes = TextDiff::from_lines(old, new);
        let count = |tag: ChangeTag| changes.iter_all_changes().filter(|change| change.tag() == tag).count();
        (count(ChangeTag::Insert), count(ChangeTag::Delete))
    }
}

#[cfg(test)]
mod tests {
    use super::{changes, diff, stat};
    use crate::patch::parse_mails;
    use crate::source::module::Module;

    fn module(path: &str, text: &str, inner: &[(&str, &str)]) -> Module {
        let mut module = Module::alone(path, text);
        module.inner = inner.iter().map(|(inside, text)| ((*inside).to_owned(), (*text).to_owned())).collect();
        module
    }

    /// The change as a mail, applied to the first, gives the second.
    #[track_caller]
    fn check(from: &Module, to: &Module, expected: &str) {
        let changes = changes(from, to);
        let text = diff(&changes);
        assert!(text.contains(expected), "{text}");
        let mail = format!("Subject: x\n\nWhy.\n---\n{}\n{text}-- \nlockstep\n\n", stat(&changes));
        let mails = parse_mails("x.patch", mail.as_bytes()).expect("it is read");
        assert_eq!(from.after(&mails[0]).as_ref(), Ok(to), "{text}");
    }

    #[test]
    fn files_are_changed_made_and_removed() {
        let one = module("m/box.rs", "a\nb\n", &[("gone.rs", "x\ny\n"), ("kept.rs", "k\n"), ("q/r.rs", "1\n2\n3\n")]);
        let two = module("m/box.rs", "a\nc\n", &[("come.rs", "z"), ("kept.rs", "k\n"), ("q/r.rs", "1\n2\n3\n4\n")]);
        check(
            &one,
            &two,
            "new file mode 100644\n--- /dev/null\n+++ b/m/box/come.rs\n@@ -0,0 +1,1 @@\n+z\n\\ No newline",
        );
        check(&two, &one, "deleted file mode 100644\n--- a/m/box/come.rs\n+++ /dev/null\n@@ -1,1 +0,0 @@\n");
        let changes = changes(&one, &two);
        assert_eq!(
            stat(&changes),
            " m/box.rs      | 2\n m/box/come.rs | 1\n m/box/gone.rs | 2\n m/box/q/r.rs  | 1\n \
             4 files changed, 3 insertions(+), 3 deletions(-)\n create mode 100644 m/box/come.rs\n delete mode 100644 m/box/gone.rs\n"
        );
    }

    #[test]
    fn a_file_may_be_empty_and_a_root_may_move() {
        let one = module("m/mod.rs", "a\n", &[("empty.rs", ""), ("full.rs", "f\n")]);
        let two = module("m/mod.rs", "a\n", &[("full.rs", ""), ("new.rs", "")]);
        check(&one, &two, "diff --git a/m/empty.rs b/m/empty.rs\ndeleted file mode 100644\ndiff");
        check(&two, &one, "diff --git a/m/empty.rs b/m/empty.rs\nnew file mode 100644\ndiff");
        check(&Module::alone("a.rs", "a\nb\n"), &Module::alone("b.rs", "a\nc\n"), "rename from a.rs\nrename to b.rs\n");
        check(&Module::alone("a.rs", "a\n"), &Module::alone("b.rs", "a\n"), "similarity index 100%\n");
        assert_eq!(diff(&changes(&one, &one)), "");
    }
}
