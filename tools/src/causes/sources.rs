//! The sources of the variants: which statement stands at a place, and what each step changes.

use super::statement::{Statement, Statements};
use similar::{DiffOp, TextDiff};
use std::collections::{BTreeMap, BTreeSet};

/// A file of a variant.
#[derive(Clone, Debug)]
struct SourceFile {
    path: String,
    text: String,
    statements: Statements,
}

/// The files of the variants, in the order of the series; a variant may have none that is known.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    variants: Vec<(String, Vec<SourceFile>)>,
}

/// Lines that a step changes, by file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Those of the earlier variant that go.
    pub removed: BTreeSet<(String, usize)>,
    /// Those of the later variant that come.
    pub added: BTreeSet<(String, usize)>,
}

impl Sources {
    /// The variants with their files, by path and text.
    pub fn new(variants: impl IntoIterator<Item = (String, Vec<(String, String)>)>) -> Sources {
        let file = |(path, text): (String, String)| SourceFile { path, statements: Statements::read(&text), text };
        let variant = |(name, files): (String, Vec<_>)| (name, files.into_iter().map(file).collect());
        Sources { variants: variants.into_iter().map(variant).collect() }
    }

    fn files(&self, variant: &str) -> &[SourceFile] {
        self.variants.iter().find(|(name, _)| name == variant).map_or(&[], |(_, files)| files)
    }

    fn file(&self, variant: &str, path: &str) -> Option<&SourceFile> {
        self.files(variant).iter().find(|file| file.path == path)
    }

    /// The variant before another.
    pub fn before(&self, variant: &str) -> Option<&str> {
        let at = self.variants.iter().position(|(name, _)| name == variant)?;
        Some(&self.variants[at.checked_sub(1)?].0)
    }

    /// The statement of a variant at a place.
    pub fn statement(&self, variant: &str, path: &str, line: u32, column: u32) -> Option<&Statement> {
        self.file(variant, path)?.statements.at(line, column)
    }

    /// The function of a variant around a line.
    pub fn function(&self, variant: &str, path: &str, line: usize) -> Option<&str> {
        self.file(variant, path)?.statements.function(line)
    }

    /// A line of a variant, without what stands around it.
    pub fn line(&self, variant: &str, path: &str, line: usize) -> Option<&str> {
        self.file(variant, path)?.text.lines().nth(line.checked_sub(1)?).map(str::trim)
    }

    /// What the step between two variants changes.
    pub fn changed(&self, from: &str, to: &str) -> Changed {
        let mut changed = Changed::default();
        for (old, new) in pairs(self.files(from), self.files(to)) {
            let [before, after] = [old, new].map(|file| file.map_or("", |file| &file.text));
            for op in TextDiff::from_lines(before, after).ops() {
                if matches!(op, DiffOp::Equal { .. }) {
                    continue;
                }
                let (gone, come) = (op.old_range(), op.new_range());
                let lines = |file: &SourceFile, range: std::ops::Range<usize>| {
                    range.map(|at| (file.path.clone(), at + 1)).collect::<Vec<_>>()
                };
                changed.removed.extend(old.into_iter().flat_map(|file| lines(file, gone.clone())));
                changed.added.extend(new.into_iter().flat_map(|file| lines(file, come.clone())));
            }
        }
        changed
    }

    /// Where a line of a variant is in the last one: readers look at the code as it is to be. A
    /// line that is gone by then is where it was.
    pub fn in_last(&self, variant: &str, path: &str, line: usize) -> (String, usize) {
        let mut at = (path.to_owned(), line);
        let Some(first) = self.variants.iter().position(|(name, _)| name == variant) else { return at };
        for pair in self.variants[first..].windows(2) {
            let found = pairs(&pair[0].1, &pair[1].1).find(|(old, _)| old.is_some_and(|file| file.path == at.0));
            if let Some((Some(old), Some(new))) = found {
                at = (new.path.clone(), moved(&old.text, &new.text, at.1));
            }
        }
        at
    }
}

/// The files of two variants side by side: by path, and what is left in order, for a root may move.
fn pairs<'a>(
    from: &'a [SourceFile],
    to: &'a [SourceFile],
) -> impl Iterator<Item = (Option<&'a SourceFile>, Option<&'a SourceFile>)> {
    let paths = |files: &'a [SourceFile]| files.iter().map(|file| (&*file.path, file)).collect::<BTreeMap<_, _>>();
    let (old, new) = (paths(from), paths(to));
    let both = from.iter().filter_map(move |file| Some((Some(file), Some(*new.get(&*file.path)?))));
    let new = paths(to);
    let mut gone = from.iter().filter(move |file| !new.contains_key(&*file.path)).collect::<Vec<_>>().into_iter();
    let mut come = to.iter().filter(move |file| !old.contains_key(&*file.path)).collect::<Vec<_>>().into_iter();
    let rest = std::iter::from_fn(move || match (gone.next(), come.next()) {
        (None, None) => None,
        pair => Some(pair),
    });
    both.chain(rest)
}

/// Where a line, from 1, of one text is in another.
fn moved(old: &str, new: &str, line: usize) -> usize {
    let at = line.saturating_sub(1);
    let diff = TextDiff::from_lines(old, new);
    let Some(op) = diff.ops().iter().find(|op| op.old_range().contains(&at)) else { return line };
    let (gone, come) = (op.old_range(), op.new_range());
    match come.is_empty() {
        true => come.start + 1,
        false => (come.start + (at - gone.start)).min(come.end - 1) + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::Sources;

    fn sources(texts: &[(&str, &str)]) -> Sources {
        let variant = |(nth, (path, text)): (usize, &(&str, &str))| {
            (nth.to_string(), vec![((*path).to_owned(), (*text).to_owned())])
        };
        Sources::new(texts.iter().enumerate().map(variant))
    }

    #[test]
    fn what_a_step_changes_is_found_also_in_a_file_that_moved() {
        let sources = sources(&[("a.rs", "1\n2\n3\n"), ("b.rs", "1\nx\n3\n"), ("b.rs", "0\n1\n3\n")]);
        let changed = sources.changed("0", "1");
        assert_eq!(changed.removed, [("a.rs".to_owned(), 2)].into());
        assert_eq!(changed.added, [("b.rs".to_owned(), 2)].into());
        assert_eq!(sources.in_last("0", "a.rs", 3), ("b.rs".to_owned(), 3));
        assert_eq!(sources.in_last("0", "a.rs", 1), ("b.rs".to_owned(), 2));
        assert_eq!(sources.in_last("1", "b.rs", 2), ("b.rs".to_owned(), 3));
        assert_eq!(sources.in_last("2", "b.rs", 1), ("b.rs".to_owned(), 1));
        assert_eq!(sources.line("1", "b.rs", 2), Some("x"));
    }
}
