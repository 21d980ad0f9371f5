//! Unified diffs, as git writes them.
//!
//! A hunk is read by the counts in its header, so a removed line `-- ` is never taken for a mail's
//! signature, and a diff that ends early is noticed.

use super::error::{MailPosition, PatchError};
use super::path::tree_path;

/// The changes to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDiff {
    /// Where it was, relative to the tree; nothing if the patch makes it.
    pub old: Option<String>,
    /// Where it is afterwards, another path than before if the patch renames it; nothing if the
    /// patch removes it.
    pub new: Option<String>,
    /// In the order of the file. Empty only for a bare rename and for a file without lines.
    pub hunks: Vec<Hunk>,
}

impl FileDiff {
    /// The file, for messages.
    pub fn path(&self) -> &str {
        self.new.as_deref().or(self.old.as_deref()).unwrap_or_default()
    }

    /// Lines that it adds, and lines that it removes.
    pub fn counts(&self) -> (usize, usize) {
        let lines = || self.hunks.iter().flat_map(|hunk| &hunk.lines);
        let added = lines().filter(|line| matches!(line, Line::Added(_))).count();
        (added, lines().filter(|line| matches!(line, Line::Removed(_))).count())
    }
}

/// One connected change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// First line before the change, counted from 1; the line in front of it if there are none.
    pub old_start: usize,
    /// Likewise behind it.
    pub new_start: usize,
    /// The lines, in order.
    pub lines: Vec<Line>,
}

/// One line of a hunk, with its end of line if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// On both sides.
    Kept(String),
    /// On the old side.
    Removed(String),
    /// On the new side.
    Added(String),
}

impl Hunk {
    /// The lines it expects to find.
    pub fn old_lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().filter_map(|line| match line {
            Line::Kept(text) | Line::Removed(text) => Some(text.as_str()),
            Line::Added(_) => None,
        })
    }

    /// The lines it leaves.
    pub fn new_lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().filter_map(|line| match line {
            Line::Kept(text) | Line::Added(text) => Some(text.as_str()),
            Line::Removed(_) => None,
        })
    }
}

/// Lines of text with their number in the whole text, one ahead.
struct Reader<'a> {
    lines: std::iter::Peekable<std::iter::Enumerate<std::str::SplitInclusive<'a, char>>>,
    first: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(usize, &'a str)> {
        self.lines.next().map(|(at, line)| (self.first + at, line))
    }

    fn peek(&mut self) -> Option<&'a str> {
        self.lines.peek().map(|&(_, line)| line)
    }

    /// Where the line that comes stands.
    fn at(&mut self) -> MailPosition {
        self.lines.peek().map_or(MailPosition::End, |(at, _)| MailPosition::Line(self.first + at))
    }
}

/// All file changes in `text`, whose first line is line `first` of where it comes from. Text
/// between them is skipped.
pub fn parse_diffs(text: &str, first: usize) -> Result<Vec<FileDiff>, PatchError> {
    let mut reader = Reader { lines: text.split_inclusive('\n').enumerate().peekable(), first };
    let mut diffs = Vec::new();
    while let Some(line) = reader.peek() {
        let plain = line.trim_end_matches('\n');
        if plain.starts_with("diff --git ") {
            diffs.push(git_diff(&mut reader)?);
        } else if plain.starts_with("--- ") {
            let paths = paths(&mut reader)?;
            diffs.push(with_hunks(&mut reader, paths)?);
        } else if plain.starts_with("@@ ") {
            return Err(PatchError::new("a hunk without a file above it: the patch is cut off").at(reader.at()));
        } else {
            refuse_binary(plain, reader.at())?;
            reader.next();
        }
    }
    Ok(diffs)
}

fn refuse_binary(line: &str, at: MailPosition) -> Result<(), PatchError> {
    if line.starts_with("GIT binary patch") || (line.starts_with("Binary files ") && line.ends_with(" differ")) {
        return Err(PatchError::new("a binary patch: only text is applied").at(at));
    }
    Ok(())
}

/// What git's extended header says, before the hunks.
#[derive(Default)]
struct Extended {
    /// The paths of its first line, if they are told apart: the same one twice.
    both: Option<String>,
    renamed: (Option<String>, Option<String>),
    is_new: bool,
    is_gone: bool,
}

impl Extended {
    /// The change that such a header announces, with the hunks behind it.
    fn with(self, hunks: Vec<Hunk>) -> Option<FileDiff> {
        match (self.renamed, self.is_new, self.is_gone) {
            ((Some(old), Some(new)), false, false) => Some(FileDiff { old: Some(old), new: Some(new), hunks }),
            ((None, None), true, false) => Some(FileDiff { old: None, new: Some(self.both?), hunks }),
            ((None, None), false, true) => Some(FileDiff { old: Some(self.both?), new: None, hunks }),
            _ => None,
        }
    }
}

/// `diff --git a/PATH b/PATH` names one path twice, unless the file is renamed.
fn named_twice(line: &str) -> Option<String> {
    let rest = line.strip_prefix("diff --git ")?;
    let (first, second) = rest.split_at_checked(rest.len() / 2)?;
    let (first, second) = (tree_path(first).ok()?, tree_path(second.strip_prefix(' ')?).ok()?);
    (first == second).then_some(first)
}

/// A change with git's extended header.
fn git_diff(reader: &mut Reader<'_>) -> Result<FileDiff, PatchError> {
    let first = reader.next().map_or("", |(_, line)| line).trim_end_matches('\n');
    let mut extended = Extended { both: named_twice(first), ..Extended::default() };
    while let Some(line) = reader.peek() {
        let at = reader.at();
        let plain = line.trim_end_matches('\n');
        let refuse = |what: &str| {
            let reason = format!("the patch {what}: only what the module's files hold may change");
            Err(PatchError::new(reason).at(at))
        };
        let path = |path: &str| tree_path(path).map(Some).map_err(|error| error.at(at));
        if plain.starts_with("--- ") {
            let paths = paths(reader)?;
            return with_hunks(reader, paths);
        }
        refuse_binary(plain, at)?;
        if let Some(old) = plain.strip_prefix("rename from ") {
            extended.renamed.0 = path(old)?;
        } else if let Some(new) = plain.strip_prefix("rename to ") {
            extended.renamed.1 = path(new)?;
        } else if plain.ends_with(" 120000") {
            return refuse("makes or changes a symbolic link");
        } else if plain.ends_with(" 160000") {
            return refuse("makes or changes a submodule of git");
        } else if plain.starts_with("new file mode") {
            extended.is_new = true;
        } else if plain.starts_with("deleted file mode") {
            extended.is_gone = true;
        } else if plain.starts_with("copy ") {
            return refuse("copies a file");
        } else if plain.starts_with("old mode") || plain.starts_with("new mode") {
            return refuse("changes the mode of a file");
        } else if !["index ", "similarity index ", "dissimilarity index "].iter().any(|word| plain.starts_with(word)) {
            break;
        }
        reader.next();
    }
    let at = reader.at();
    let cut = || PatchError::new("a change without hunks: the patch is cut off").at(at);
    extended.with(Vec::new()).ok_or_else(cut)
}

/// A path of a diff's header; nothing for a file that is not there on this side.
type Side = Option<String>;

/// The two lines that name the file.
fn paths(reader: &mut Reader<'_>) -> Result<(Side, Side), PatchError> {
    let at = reader.at();
    let mut one = |mark: &str| -> Result<Side, PatchError> {
        let at = reader.at();
        let line = reader.next().map_or("", |(_, line)| line).trim_end_matches('\n');
        let cut = || PatchError::new(format!("expected '{mark}PATH': the patch is cut off")).at(at);
        let path = line.strip_prefix(mark).ok_or_else(cut)?;
        let path = path.split('\t').next().unwrap_or("");
        if path == "/dev/null" {
            return Ok(None);
        }
        tree_path(path).map(Some).map_err(|error| error.at(at))
    };
    match (one("--- ")?, one("+++ ")?) {
        (None, None) => Err(PatchError::new("the patch names no file").at(at)),
        sides => Ok(sides),
    }
}

fn with_hunks(reader: &mut Reader<'_>, (old, new): (Side, Side)) -> Result<FileDiff, PatchError> {
    let mut hunks = Vec::new();
    while reader.peek().is_some_and(|line| line.starts_with("@@ ")) {
        hunks.push(hunk(reader, hunks.len() + 1)?);
    }
    if hunks.is_empty() {
        let path = new.or(old).unwrap_or_default();
        return Err(PatchError::new(format!("'{path}' has no hunks: the patch is cut off")).at(reader.at()));
    }
    // What looks like a line of a hunk behind its counted lines was counted wrong.
    if let Some(line) = reader.peek()
        && line.starts_with(['+', ' ', '\\', '-'])
        && !["-- \n", "-- ", "--\n", "--- "].iter().any(|word| line.starts_with(word))
    {
        let number = hunks.len();
        let reason = format!("hunk {number} has more lines than its header promises: the patch is damaged");
        return Err(PatchError::new(reason).at(reader.at()));
    }
    Ok(FileDiff { old, new, hunks })
}

/// `-12,7` or `-12`.
fn range(text: &str, sign: char) -> Option<(usize, usize)> {
    let text = text.strip_prefix(sign)?;
    let (start, length) = text.split_once(',').unwrap_or((text, "1"));
    Some((start.parse().ok()?, length.parse().ok()?))
}

fn hunk(reader: &mut Reader<'_>, number: usize) -> Result<Hunk, PatchError> {
    let (at, header) = reader.next().expect("the caller saw it");
    let mut parts = header.split_whitespace().skip(1);
    let ranges = (parts.next().and_then(|part| range(part, '-')), parts.next().and_then(|part| range(part, '+')));
    let (Some((old_start, old_length)), Some((new_start, new_length)), Some("@@")) = (ranges.0, ranges.1, parts.next())
    else {
        let reason = format!("hunk {number} has a header that makes no sense: {}", header.trim_end());
        return Err(PatchError::new(reason).at(MailPosition::Line(at)));
    };
    let mut lines: Vec<Line> = Vec::new();
    let (mut old, mut new) = (0, 0);
    while old < old_length || new < new_length {
        let position = reader.at();
        let cut = || {
            PatchError::new(format!(
                "hunk {number} is cut off: it promises {old_length} old and {new_length} new lines and has {old} and {new}"
            ))
            .at(position)
        };
        let (_, line) = reader.next().ok_or_else(cut)?;
        if !line.ends_with('\n') {
            return Err(PatchError::new(format!("hunk {number} is cut off in the middle of a line")).at(position));
        }
        let (mark, text) = match line.chars().next() {
            Some(mark @ (' ' | '+' | '-')) => (mark, &line[1..]),
            // Mailers strip the blank of an empty line.
            Some('\n' | '\r') => (' ', line),
            Some('\\') => {
                without_end(&mut lines);
                continue;
            }
            _ => return Err(cut()),
        };
        let text = text.to_owned();
        lines.push(match mark {
            '+' => Line::Added(text),
            '-' => Line::Removed(text),
            _ => Line::Kept(text),
        });
        old += usize::from(mark != '+');
        new += usize::from(mark != '-');
        if old > old_length || new > new_length {
            let reason = format!("hunk {number} does not fit the counts of its header: the patch is damaged");
            return Err(PatchError::new(reason).at(position));
        }
    }
    if reader.peek().is_some_and(|line| line.starts_with('\\')) {
        reader.next();
        without_end(&mut lines);
    }
    if !lines.iter().any(|line| !matches!(line, Line::Kept(_))) {
        return Err(PatchError::new(format!("hunk {number} changes nothing")).at(MailPosition::Line(at)));
    }
    Ok(Hunk { old_start, new_start, lines })
}

/// `\ No newline at end of file`: what it says of the line before it.
fn without_end(lines: &mut [Line]) {
    if let Some(Line::Kept(text) | Line::Removed(text) | Line::Added(text)) = lines.last_mut() {
        text.truncate(text.trim_end_matches('\n').len());
    }
}
