//! Applying a change to a text: exactly where it says, or not at all.

use super::diff::{FileDiff, Hunk};
use super::error::PatchError;

/// The text behind the change, or where it does not fit.
pub fn apply(text: &str, diff: &FileDiff) -> Result<String, PatchError> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for (nth, hunk) in diff.hunks.iter().enumerate() {
        let number = nth + 1;
        let expected: Vec<&str> = hunk.old_lines().collect();
        // A hunk without old lines stands behind the line that it names.
        let at = if expected.is_empty() { hunk.old_start } else { hunk.old_start.saturating_sub(1) };
        if at < done {
            return Err(PatchError::new(format!("hunk {number} overlaps the one before it")));
        }
        if lines.get(at..at + expected.len()) != Some(&expected[..]) {
            return Err(PatchError::new(misfit(&lines, done, at, hunk, number)));
        }
        lines[done..at].iter().for_each(|line| result += line);
        hunk.new_lines().for_each(|line| result += line);
        done = at + expected.len();
        check_ends(&result, number, done == lines.len())?;
    }
    lines[done..].iter().for_each(|line| result += line);
    Ok(result)
}

/// A line without its end may only be the last.
fn check_ends(result: &str, number: usize, is_end: bool) -> Result<(), PatchError> {
    if !is_end && !result.is_empty() && !result.ends_with('\n') {
        let reason = format!("hunk {number} leaves a line without an end in the middle of the file");
        return Err(PatchError::new(reason));
    }
    Ok(())
}

/// Says why a hunk does not fit, and where it would fit best.
fn misfit(lines: &[&str], done: usize, at: usize, hunk: &Hunk, number: usize) -> String {
    let expected: Vec<&str> = hunk.old_lines().collect();
    let fit = |start: usize| expected.iter().zip(lines.iter().skip(start)).filter(|(a, b)| a == b).count();
    let distance = |start: usize| start.abs_diff(at);
    let alike =
        |start: usize| expected.iter().zip(lines.iter().skip(start)).filter(|(a, b)| a.trim() == b.trim()).count();
    let nearest = |start: &usize| (fit(*start), alike(*start), usize::MAX - distance(*start));
    let best = (done..lines.len()).max_by_key(nearest);
    // Where nothing matches, lines that look alike are still the place that was meant.
    let Some(best) = best.filter(|&start| alike(start) > 0) else {
        return format!("hunk {number} (line {}) does not apply, and none of its lines is in the file", at + 1);
    };
    if fit(best) == expected.len() {
        let offset = best as i128 - at as i128;
        return format!(
            "hunk {number} (line {}) applies only with an offset of {offset:+} lines, at line {}: rebase the series on its base",
            at + 1,
            best + 1
        );
    }
    let (wanted, found) = expected
        .iter()
        .zip(lines.iter().skip(best).map(Some).chain(std::iter::repeat(None)))
        .find(|(wanted, found)| *found != Some(wanted))
        .map_or(("", None), |(wanted, found)| (*wanted, found.copied()));
    let difference = match found {
        None => format!("it expects '{}' and finds the end of the file", wanted.trim()),
        Some(found) if found.trim() != wanted.trim() => {
            format!("it expects '{}' and finds '{}'", wanted.trim(), found.trim())
        }
        Some(found) => format!("'{}' differs in {}", wanted.trim(), what_is_blank(wanted, found)),
    };
    format!(
        "hunk {number} (line {}) does not apply; the nearest place is line {}, where {} of its {} lines match: {difference}",
        at + 1,
        best + 1,
        fit(best),
        expected.len()
    )
}

/// What cannot be seen of the difference between two lines.
fn what_is_blank(wanted: &str, found: &str) -> &'static str {
    if wanted.ends_with("\r\n") != found.ends_with("\r\n") {
        return "its end of line: one is CRLF, and the other LF";
    }
    if wanted.ends_with('\n') != found.ends_with('\n') { "its end of line: one has none" } else { "white space" }
}

#[cfg(test)]
mod tests {
    use super::super::diff::parse_diffs;
    use super::apply;

    const OLD: &str = "one\ntwo\nthree\nfour\nfive\nsix\n";

    #[track_caller]
    fn check(old: &str, diff: &str, expected: Result<&str, &str>) {
        let text = format!("--- a/x.rs\n+++ b/x.rs\n{diff}");
        let applied = parse_diffs(&text, 1).and_then(|diffs| apply(old, &diffs[0]));
        match expected {
            Ok(expected) => assert_eq!(applied.as_deref(), Ok(expected)),
            Err(part) => {
                let error = applied.expect_err("it must be refused").to_string();
                assert!(error.contains(part), "{error}");
            }
        }
    }

    #[test]
    fn a_hunk_applies_where_it_says() {
        check(OLD, "@@ -2,2 +2,2 @@ fn f()\n two\n-three\n+3\n", Ok("one\ntwo\n3\nfour\nfive\nsix\n"));
        check(OLD, "@@ -0,0 +1 @@\n+zero\n", Ok("zero\none\ntwo\nthree\nfour\nfive\nsix\n"));
        check(OLD, "@@ -6 +6,2 @@\n six\n+seven\n", Ok("one\ntwo\nthree\nfour\nfive\nsix\nseven\n"));
    }

    #[test]
    fn a_file_may_end_without_an_end_of_line() {
        let no_end = "\\ No newline at end of file\n";
        check("one\ntwo", &format!("@@ -2 +2 @@\n-two\n{no_end}+2\n{no_end}"), Ok("one\n2"));
        check("one\ntwo", &format!("@@ -2 +2 @@\n-two\n{no_end}+2\n"), Ok("one\n2\n"));
        check(OLD, &format!("@@ -2 +2 @@\n-two\n+2\n{no_end}"), Err("without an end"));
    }

    #[test]
    fn what_does_not_fit_names_hunk_and_nearest_place() {
        check(
            OLD,
            "@@ -1,2 +1,2 @@\n two\n-three\n+3\n",
            Err("hunk 1 (line 1) applies only with an offset of +1 lines, at line 2"),
        );
        check(
            OLD,
            "@@ -2,3 +2,2 @@\n two\n-drei\n four\n",
            Err("the nearest place is line 2, where 2 of its 3 lines match: it expects 'drei' and finds 'three'"),
        );
        check(OLD, "@@ -2 +2 @@\n-zwei\n+2\n", Err("none of its lines"));
        check(OLD, "@@ -2,2 +2,1 @@\n two\n-three \n", Err("'three' differs in white space"));
        check(
            "one\r\ntwo\r\n",
            "@@ -1,2 +1,1 @@\n one\n-two\n",
            Err(
                "the nearest place is line 1, where 0 of its 2 lines match: 'one' differs in its end of line: one is CRLF",
            ),
        );
        check(OLD, "@@ -6,2 +6,1 @@\n six\n-seven\n", Err("it expects 'seven' and finds the end of the file"));
        check(OLD, "@@ -5,2 +5,1 @@\n five\n-six\n@@ -2 +2 @@\n-two\n+2\n", Err("overlaps"));
    }

    #[test]
    fn a_damaged_diff_is_refused() {
        check(OLD, "@@ -2,3 +2,3 @@\n two\n-three\n", Err("is cut off"));
        check(OLD, "@@ -2,1 +2,1 @@\n two\n-three\n+3\n", Err("changes nothing"));
        check(OLD, "@@ -2,2 +2,1 @@\n two\n-three\n+3\n", Err("more lines than its header promises"));
        check(OLD, "@@ -x +y @@\n", Err("makes no sense"));
        check(OLD, "", Err("no hunks"));
        check(OLD, "@@ -99999999999999999999999 +1 @@\n+a\n", Err("makes no sense"));
    }
}
