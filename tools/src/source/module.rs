//! A module as files: its root, and what stands in its folder.
//!
//! Promise: a patch changes, makes, moves and removes files of the module, and nothing else; the
//! whole patch fits or nothing of it is taken. Which files those are Rust says: beside `queue.rs`
//! the folder `queue/`, beside `mod.rs` and `lib.rs` the folder that they stand in. Limits: files
//! of Rust; the file with trait and scenarios is no part of the module, for every step must answer
//! the same questions.

use crate::cli::file_error::FileError;
use crate::cli::files;
use crate::patch::{FileDiff, Mail, PatchError, apply, below, same_file};
use crate::source::error::SourceError;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The file with trait and scenarios, unless another is named.
pub const SUBJECT: &str = "subject.rs";

/// Roots that stand inside their module's folder.
const INSIDE: [&str; 2] = ["mod.rs", "lib.rs"];

/// One module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The root's path, as the command line and patches name it.
    pub path: String,
    /// The root's text.
    pub text: String,
    /// The other files, by their path inside the module's folder.
    pub inner: BTreeMap<String, String>,
}

/// A file of a module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Root,
    Inner(String),
}

/// Where the files of a module stand beside its root.
pub fn folder(path: &Path) -> std::path::PathBuf {
    let is_inside = path.file_name().is_some_and(|name| INSIDE.iter().any(|inside| name == *inside));
    if is_inside { path.parent().map(Path::to_owned).unwrap_or_default() } else { path.with_extension("") }
}

/// Whether a file in the folder of the module at `path` is one of the module's.
pub fn is_inner(path: &Path, inside: &str) -> bool {
    let root = path.file_name().unwrap_or_default();
    let is_inside = INSIDE.iter().any(|inside| root == *inside);
    inside.ends_with(".rs") && (!is_inside || (root != inside && inside != SUBJECT))
}

impl Module {
    /// A module of one file.
    pub fn alone(path: &str, text: &str) -> Module {
        Module { path: path.to_owned(), text: text.to_owned(), inner: BTreeMap::new() }
    }

    /// Reads the files of the module at `path`; patches and messages know it as `name`.
    pub fn read(path: &Path, name: &str) -> Result<Module, FileError> {
        let mut module = Module::alone(name, &files::read(path)?);
        let folder = folder(path);
        // The folder around a root that is named alone is the current one.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
        if folder.is_dir() {
            let inner = files::sources(folder)?.into_iter();
            module.inner = inner.filter(|(inside, _)| is_inner(path, inside)).collect();
        }
        Ok(module)
    }

    /// The same files where the module has its root at another path.
    pub fn at(&self, path: &str) -> Result<Module, SourceError> {
        let moved = Module { path: path.to_owned(), ..self.clone() };
        match moved.inner.keys().find(|inside| !is_inner(Path::new(path), inside)) {
            Some(inside) => {
                let name = moved.name(inside);
                let reason = format!(
                    "would be '{name}', which is no file of the module '{path}': give the roots of all steps one name"
                );
                Err(SourceError::new(reason).of(&self.name(inside)))
            }
            None => Ok(moved),
        }
    }

    /// Its files under another name: `STEM.rs` and what stands in `STEM/`.
    pub fn files<'a>(&'a self, stem: &'a str) -> impl Iterator<Item = (String, &'a str)> {
        let inner = self.inner.iter().map(move |(inside, text)| (format!("{stem}/{inside}"), text.as_str()));
        std::iter::once((format!("{stem}.rs"), self.text.as_str())).chain(inner)
    }

    /// Its files under their own names.
    pub fn named(&self) -> Vec<(String, String)> {
        let inner = self.inner.iter().map(|(inside, text)| (self.name(inside), text.clone()));
        std::iter::once((self.path.clone(), self.text.clone())).chain(inner).collect()
    }

    fn folder(&self) -> String {
        folder(Path::new(&self.path)).to_string_lossy().into_owned()
    }

    /// What patches and messages call the file at this path inside the module's folder.
    pub fn name(&self, inside: &str) -> String {
        let folder = self.folder();
        if folder.is_empty() { format!("./{inside}") } else { format!("{folder}/{inside}") }
    }

    /// The path inside the module's folder that a patch names, whether or not there is such a file.
    fn inside(&self, path: &str) -> Option<String> {
        let folder = self.folder();
        let inside = if folder.is_empty() { Some(path.to_owned()) } else { below(&folder, path) };
        inside.filter(|inside| is_inner(Path::new(&self.path), inside))
    }

    /// The file that a patch names.
    fn find(&self, path: &str) -> Option<Spot> {
        if path == self.path {
            return Some(Spot::Root);
        }
        if let Some(inside) = self.inside(path).filter(|inside| self.inner.contains_key(inside)) {
            return Some(Spot::Inner(inside));
        }
        if same_file(path, &self.path) {
            return Some(Spot::Root);
        }
        let mut alike = self.inner.keys().filter(|inside| same_file(path, &self.name(inside)));
        let first = alike.next()?;
        alike.next().is_none().then(|| Spot::Inner(first.clone()))
    }

    /// What it is after a patch.
    pub fn after(&self, mail: &Mail) -> Result<Module, PatchError> {
        self.patched(mail).map_err(|error| error.of(&mail.origin))
    }

    fn patched(&self, mail: &Mail) -> Result<Module, PatchError> {
        let mut after = self.clone();
        let (mut gone, mut come): (BTreeSet<Spot>, Vec<(Spot, String)>) = (BTreeSet::new(), Vec::new());
        for diff in &mail.diffs {
            let about = |error: PatchError| if mail.diffs.len() > 1 { error.about(diff.path()) } else { error };
            let old = self.spot_before(diff)?;
            let before = match &old {
                Some(Spot::Root) => self.text.as_str(),
                Some(Spot::Inner(inside)) => &self.inner[inside],
                None => "",
            };
            let text = apply(before, diff).map_err(about)?;
            if let Some(new) = self.spot_after(diff, old.as_ref())? {
                if new == Spot::Root && diff.old != diff.new {
                    after.path = diff.path().to_owned();
                }
                come.push((new, text));
            } else if !text.is_empty() {
                return Err(about(PatchError::new("is removed, and keeps lines: the patch is cut off")));
            }
            if old.is_some_and(|old| !gone.insert(old)) {
                return Err(PatchError::new(format!("holds two diffs of '{}'", diff.path())));
            }
        }
        let inner_of = |spot: &Spot| match spot {
            Spot::Inner(inside) => Some(inside.clone()),
            Spot::Root => None,
        };
        gone.iter().filter_map(inner_of).for_each(|inside| drop(after.inner.remove(&inside)));
        for (spot, text) in come {
            match spot {
                Spot::Root => after.text = text,
                Spot::Inner(inside) => {
                    let name = self.name(&inside);
                    if after.inner.insert(inside, text).is_some() {
                        return Err(PatchError::new(format!("makes '{name}', which is there already")));
                    }
                }
            }
        }
        Ok(after)
    }

    /// The file that a diff changes; nothing if it makes one.
    fn spot_before(&self, diff: &FileDiff) -> Result<Option<Spot>, PatchError> {
        let Some(old) = &diff.old else { return Ok(None) };
        let found = self.find(old).map(Some);
        found.ok_or_else(|| match self.inside(old) {
            Some(inside) => {
                PatchError::new(format!("changes '{}', which the module does not have", self.name(&inside)))
            }
            None => self.foreign("touches", old),
        })
    }

    /// Where a diff leaves its file; nothing if it removes it.
    fn spot_after(&self, diff: &FileDiff, old: Option<&Spot>) -> Result<Option<Spot>, PatchError> {
        let inner = |verb: &str, path: &str| {
            self.inside(path).map(|inside| Some(Spot::Inner(inside))).ok_or_else(|| self.foreign(verb, path))
        };
        match (&diff.new, old) {
            (None, Some(Spot::Root)) => {
                Err(PatchError::new(format!("removes '{}', the root of the module", self.path)))
            }
            (None, _) => Ok(None),
            (Some(new), None) => inner("makes", new),
            (Some(_), Some(old)) if diff.old == diff.new => Ok(Some(old.clone())),
            (Some(_), Some(Spot::Root)) if self.inner.is_empty() => Ok(Some(Spot::Root)),
            (Some(_), Some(Spot::Root)) => {
                Err(PatchError::new(format!("moves '{}', the root of a module of several files", self.path)))
            }
            (Some(new), Some(Spot::Inner(_))) => inner("makes", new),
        }
    }

    fn foreign(&self, verb: &str, path: &str) -> PatchError {
        PatchError::new(format!(
            "{verb} '{path}', and the module is '{}': only it and the Rust files in '{}' may change: split the patch",
            self.path,
            self.name("")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::Module;
    use crate::patch::parse_mails;

    /// A change of a file that holds the line `a`.
    fn change(path: &str) -> String {
        format!("diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-a\n+b\n")
    }

    fn made(path: &str) -> String {
        format!("diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+c\n")
    }

    fn removed(path: &str) -> String {
        format!(
            "diff --git a/{path} b/{path}\ndeleted file mode 100644\n--- a/{path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
        )
    }

    fn moved(old: &str, new: &str) -> String {
        format!("diff --git a/{old} b/{new}\nsimilarity index 100%\nrename from {old}\nrename to {new}\n")
    }

    /// A module at `path` whose files all hold the line `a`; afterwards `root inner:text …`.
    #[track_caller]
    fn check(path: &str, inner: &[&str], diffs: &[String], expected: Result<&str, &str>) {
        let mut module = Module::alone(path, "a\n");
        module.inner = inner.iter().map(|inside| ((*inside).to_owned(), "a\n".to_owned())).collect();
        let mails =
            parse_mails("x.patch", format!("Subject: x\n\n{}", diffs.concat()).as_bytes()).expect("well-formed");
        match (module.after(&mails[0]), expected) {
            (Ok(module), Ok(expected)) => {
                let inner = module.inner.iter().map(|(inside, text)| format!(" {inside}:{}", text.trim()));
                assert_eq!(format!("{}:{}{}", module.path, module.text.trim(), inner.collect::<String>()), expected);
            }
            (Err(error), Err(part)) => {
                let error = error.to_string();
                assert!(error.starts_with("x.patch: ") && error.contains(part), "{error}");
            }
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn a_patch_changes_makes_moves_and_removes_files_of_the_module() {
        check("m/box.rs", &[], &[change("m/box.rs")], Ok("m/box.rs:b"));
        check("m/box.rs", &["q.rs"], &[change("box.rs"), change("box/q.rs")], Ok("m/box.rs:b q.rs:b"));
        check("m/box.rs", &[], &[change("m/box.rs"), made("m/box/q/r.rs")], Ok("m/box.rs:b q/r.rs:c"));
        check("m/box.rs", &["q.rs"], &[removed("m/box/q.rs")], Ok("m/box.rs:a"));
        check(
            "m/box.rs",
            &["q.rs"],
            &[moved("m/box/q.rs", "m/box/r.rs"), made("m/box/q.rs")],
            Ok("m/box.rs:a q.rs:c r.rs:a"),
        );
        check("m/mod.rs", &["q.rs"], &[change("m/q.rs"), change("m/mod.rs")], Ok("m/mod.rs:b q.rs:b"));
        check("mod.rs", &[], &[made("q.rs")], Ok("mod.rs:a q.rs:c"));
        check("m/box.rs", &[], &[moved("m/box.rs", "m/can.rs")], Ok("m/can.rs:a"));
    }

    #[test]
    fn what_is_no_file_of_the_module_is_refused() {
        check("m/box.rs", &[], &[change("m/can.rs")], Err("touches 'm/can.rs', and the module is 'm/box.rs'"));
        check("m/box.rs", &[], &[change("m/box/q.rs")], Err("changes 'm/box/q.rs', which the module does not have"));
        check("m/box.rs", &[], &[made("m/can.rs")], Err("makes 'm/can.rs', and the module is 'm/box.rs'"));
        check("m/box.rs", &[], &[made("m/box/notes.txt")], Err("makes 'm/box/notes.txt'"));
        check("m/mod.rs", &[], &[made("m/subject.rs")], Err("makes 'm/subject.rs'"));
        check("m/box.rs", &["q.rs"], &[made("m/box/q.rs")], Err("makes 'm/box/q.rs', which is there already"));
        check("m/box.rs", &["q.rs"], &[moved("m/box/q.rs", "m/q.rs")], Err("makes 'm/q.rs'"));
        check("m/box.rs", &["q.rs"], &[moved("m/box.rs", "m/can.rs")], Err("moves 'm/box.rs', the root"));
        check("m/box.rs", &[], &[removed("m/box.rs")], Err("removes 'm/box.rs', the root"));
        check("m/box.rs", &[], &[change("m/box.rs"), change("box.rs")], Err("two diffs of 'box.rs'"));
        let twice = [change("m/box.rs"), change("m/box/q.rs").replace("-a", "-x")];
        check("m/box.rs", &["q.rs"], &twice, Err("x.patch: m/box/q.rs: hunk 1"));
    }
}
