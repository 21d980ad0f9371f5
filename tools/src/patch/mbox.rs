//! A file of mails: one, or many in an mbox.

use super::error::PatchError;
use std::borrow::Cow;

/// More mails than any thread has.
const MAILS_MAX: usize = 1_000;

/// A mail as it stands in its file, with plain ends of lines.
#[derive(Clone, Debug)]
pub(super) struct RawMail<'a> {
    /// Where it was read, for messages.
    pub(super) origin: String,
    /// Its first line in the file, from 1.
    pub(super) first: usize,
    pub(super) bytes: Cow<'a, [u8]>,
}

/// The mails in a file of that name: each begins with a line `From `, at the start or behind an
/// empty line.
pub(super) fn split<'a>(origin: &str, bytes: &'a [u8]) -> Result<Vec<RawMail<'a>>, PatchError> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let (mut at, mut before) = (0, &b"\n"[..]);
    for (nth, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if is_envelope(line) && before.iter().all(|byte| matches!(byte, b'\n' | b'\r')) {
            starts.push((nth + 1, at));
        }
        at += line.len();
        before = line;
    }
    if starts.first().is_none_or(|&(_, at)| !bytes[..at].trim_ascii().is_empty()) {
        starts.insert(0, (1, 0));
    }
    if starts.len() > MAILS_MAX {
        return Err(PatchError::new(format!("more than {MAILS_MAX} mails")).of(origin));
    }
    let many = starts.len() > 1;
    let ends = starts.iter().skip(1).map(|&(_, at)| at).chain([bytes.len()]);
    let mail = |(nth, (&(first, at), end)): (usize, (&(usize, usize), usize))| RawMail {
        origin: if many { format!("{origin}, mail {}", nth + 1) } else { origin.to_owned() },
        first,
        bytes: with_plain_ends(&bytes[at..end]),
    };
    Ok(starts.iter().zip(ends).enumerate().map(mail).collect())
}

/// Up to its end, with it.
pub(super) fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default()
}

/// `From SENDER DATE`, told from a sentence that begins with "From" as git does: by the last colon,
/// between digits, and a year behind it.
pub(super) fn is_envelope(line: &[u8]) -> bool {
    let Some(colon) = line.iter().rposition(|byte| *byte == b':').filter(|_| line.starts_with(b"From ")) else {
        return false;
    };
    let (before, after) = (&line[..colon], line[colon + 1..].trim_ascii_end());
    let is_digit = |bytes: &[u8], at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let from_end = |back: usize| before.len().checked_sub(back);
    let is_time = is_digit(before, from_end(4)) && is_digit(before, from_end(2)) && is_digit(before, from_end(1));
    let year: Vec<u8> = after.iter().skip(2).skip_while(|byte| **byte == b' ').copied().collect();
    is_time
        && is_digit(after, Some(0))
        && is_digit(after, Some(1))
        && year.len() >= 4
        && year[..4].iter().all(u8::is_ascii_digit)
}

/// Without the carriage returns that a way by mail added: those of all lines, or of none.
pub(super) fn with_plain_ends(text: &[u8]) -> Cow<'_, [u8]> {
    let ends = || text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    if ends().next().is_none() || !ends().all(|line| line.ends_with(b"\r\n")) {
        return Cow::Borrowed(text);
    }
    let plain = |line: &[u8]| match line.strip_suffix(b"\r\n") {
        Some(line) => [line, b"\n"].concat(),
        None => line.to_vec(),
    };
    Cow::Owned(text.split_inclusive(|byte| *byte == b'\n').flat_map(plain).collect())
}
