//! Making a diff of two texts.
//!
//! Deviation: the edits are those of `similar`, and the hunks are made here: where it moved an
//! edit, its ranges and the headers made from them miscount, as the tests with random texts found.

use similar::{Change, ChangeTag, TextDiff};

/// The hunks that lead from one text to the other, with so many lines around each change. Empty if
/// they are the same.
pub fn hunks(old: &str, new: &str, context: usize) -> String {
    let diff = TextDiff::from_lines(old, new);
    let changes: Vec<Change<&str>> = diff.iter_all_changes().collect();
    let edits = changes.iter().enumerate().filter(|(_, change)| change.tag() != ChangeTag::Equal).map(|(at, _)| at);
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for at in edits {
        match groups.last_mut() {
            Some((_, last)) if at - *last <= 2 * context + 1 => *last = at,
            _ => groups.push((at, at)),
        }
    }
    let around =
        |(first, last): (usize, usize)| (first.saturating_sub(context), (last + context + 1).min(changes.len()));
    groups.into_iter().map(around).map(|(start, end)| hunk(&changes, start, end)).collect()
}

/// How many of the lines stand on a side: the side without `other`.
fn lines(changes: &[Change<&str>], other: ChangeTag) -> usize {
    changes.iter().filter(|change| change.tag() != other).count()
}

fn hunk(changes: &[Change<&str>], start: usize, end: usize) -> String {
    let side = |other: ChangeTag| {
        let (before, count) = (lines(&changes[..start], other), lines(&changes[start..end], other));
        // A side without lines is named by the line in front of it.
        (before + usize::from(count > 0), count)
    };
    let (old, new) = (side(ChangeTag::Insert), side(ChangeTag::Delete));
    let mut text = format!("@@ -{},{} +{},{} @@\n", old.0, old.1, new.0, new.1);
    for change in &changes[start..end] {
        let mark = match change.tag() {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        text += &format!("{mark}{}", change.value());
        if change.missing_newline() {
            text += "\n\\ No newline at end of file\n";
        }
    }
    text
}
