//! Mails with patches in them, as `git format-patch` writes them: one a file, or many in an mbox.
//!
//! Limits: plain text in UTF-8 without a transfer encoding, which is what git writes by itself and what kernel lists
//! ask for. Deviation: a bare diff counts as a mail without header.

use super::diff::{FileDiff, parse_diffs};

/// One patch of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Where it was read, for messages.
    pub origin: String,
    /// Without the bracketed prefix.
    pub subject: String,
    /// `[PATCH 2/5]`: its number and how many there are.
    pub number: Option<(usize, usize)>,
    /// What stands between header and diff.
    pub message: String,
    /// Empty for a cover letter.
    pub diffs: Vec<FileDiff>,
}

/// More mails than any series has.
const MAILS_MAX: usize = 1_000;

/// The mails in a file of that name.
pub fn parse_mails(origin: &str, bytes: &[u8]) -> Result<Vec<Mail>, String> {
    let text = str::from_utf8(bytes).map_err(|error| {
        format!("{origin}: byte {} is not UTF-8: save the mail as text in UTF-8", error.valid_up_to() + 1)
    })?;
    if text.contains('\0') {
        return Err(format!("{origin}: holds a zero byte: this is no text"));
    }
    let parts = split(text);
    if parts.len() > MAILS_MAX {
        return Err(format!("{origin}: more than {MAILS_MAX} mails"));
    }
    let many = parts.len() > 1;
    let named = |nth: usize| if many { format!("{origin}, mail {}", nth + 1) } else { origin.to_owned() };
    parts.iter().enumerate().map(|(nth, &(first, part))| parse_mail(&named(nth), part, first)).collect()
}

/// The mails of an mbox with the number of their first lines: each begins with a line `From `, at the start or behind an empty line.
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let (mut at, mut before) = (0, "\n");
    for (nth, line) in text.split_inclusive('\n').enumerate() {
        if is_envelope(line) && before.trim_end_matches(['\n', '\r']).is_empty() {
            starts.push((nth + 1, at));
        }
        at += line.len();
        before = line;
    }
    if starts.first().is_none_or(|&(_, at)| !text[..at].trim().is_empty()) {
        starts.insert(0, (1, 0));
    }
    let ends = starts.iter().skip(1).map(|&(_, at)| at).chain([text.len()]);
    starts.iter().zip(ends).map(|(&(line, at), end)| (line, &text[at..end])).collect()
}

/// `From SENDER DATE`; a sentence that begins with "From" has no year at its end.
fn is_envelope(line: &str) -> bool {
    let line = line.trim_end();
    let year = line.rsplit(' ').next().unwrap_or("");
    line.starts_with("From ") && year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_mail(origin: &str, text: &str, first: usize) -> Result<Mail, String> {
    let (header, body_line, body) = match header(text) {
        Some((header, lines, body)) => (header, first + lines, body),
        None => (Vec::new(), first, text),
    };
    refuse_encodings(origin, &header)?;
    let value = |name: &str| header.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let (number, subject) = match value("subject") {
        Some(subject) => prefix(subject),
        None => (None, stem(origin)),
    };
    let begin = diff_at(body);
    let lines_before = body[..begin].matches('\n').count();
    let diffs = parse_diffs(&body[begin..], body_line + lines_before).map_err(|error| format!("{origin}: {error}"))?;
    Ok(Mail { origin: origin.to_owned(), subject, number, message: message(&body[..begin]), diffs })
}

/// The fields of a header: name and value.
type Fields = Vec<(String, String)>;

/// Header fields, the number of lines they take with the empty one behind them, and the rest. Nothing if there is no header.
fn header(text: &str) -> Option<(Fields, usize, &str)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut at = 0;
    for (nth, line) in text.split_inclusive('\n').enumerate() {
        let plain = line.trim_end_matches(['\n', '\r']);
        at += line.len();
        if plain.is_empty() {
            return (!fields.is_empty()).then(|| (fields, nth + 1, &text[at..]));
        }
        if nth == 0 && is_envelope(line) {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            let (_, value) = fields.last_mut()?;
            *value += " ";
            *value += plain.trim();
            continue;
        }
        let (name, value) = plain.split_once(':')?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return None;
        }
        fields.push((name.to_owned(), value.trim().to_owned()));
    }
    (!fields.is_empty()).then_some((fields, 0, ""))
}

fn refuse_encodings(origin: &str, header: &[(String, String)]) -> Result<(), String> {
    for (name, value) in header {
        let lower = value.to_ascii_lowercase();
        let is_refused = match name.to_ascii_lowercase().as_str() {
            "content-transfer-encoding" => !["7bit", "8bit", "binary"].contains(&lower.as_str()),
            "content-type" => !lower.starts_with("text/plain"),
            "subject" => lower.contains("=?") && lower.contains("?="),
            _ => false,
        };
        if is_refused {
            return Err(format!(
                "{origin}: '{name}: {value}' is not read: save the mail as plain text, as 'git format-patch' writes it"
            ));
        }
    }
    Ok(())
}

/// `[PATCH v2 3/5] subject`.
fn prefix(subject: &str) -> (Option<(usize, usize)>, String) {
    let Some((bracket, rest)) = subject.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return (None, subject.to_owned());
    };
    let fraction = |word: &str| {
        let (number, count) = word.split_once('/')?;
        Some((number.parse().ok()?, count.parse().ok()?))
    };
    (bracket.split_whitespace().find_map(fraction), rest.trim().to_owned())
}

/// The name of a file without folder, number and ending.
fn stem(origin: &str) -> String {
    let name = origin.rsplit('/').next().unwrap_or(origin);
    let name = name.split('.').next().unwrap_or(name);
    name.trim_start_matches(|character: char| character.is_ascii_digit() || character == '-').replace('-', " ")
}

/// Where the diff begins in a body.
fn diff_at(body: &str) -> usize {
    let mut at = 0;
    let mut lines = body.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let is_plain = line.starts_with("--- ") && lines.peek().is_some_and(|next| next.starts_with("+++ "));
        let is_begin =
            ["diff --git ", "GIT binary patch", "Binary files ", "@@ -"].iter().any(|word| line.starts_with(word));
        if is_begin || is_plain {
            return at;
        }
        at += line.len();
    }
    body.len()
}

/// The text above git's `---` line.
fn message(body: &str) -> String {
    let lines = body.lines().take_while(|line| *line != "---" && *line != "-- ");
    let text: Vec<&str> =
        lines.map(|line| line.strip_prefix('>').filter(|rest| rest.starts_with("From ")).unwrap_or(line)).collect();
    text.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::parse_mails;

    const MAIL: &str = "From 0123 Mon Sep 17 00:00:00 2001\nFrom: A <a@b.invalid>\nSubject: [PATCH v2 2/3] one:\n two\n\nWhy.\n\n>From here on.\n---\n x.rs | 2 +-\n\ndiff --git a/x.rs b/x.rs\nindex 1..2 100644\n--- a/x.rs\n+++ b/x.rs\n@@ -1 +1 @@\n-a\n+b\n-- \n2.39\n\n";

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = parse_mails("x.patch", text.as_bytes()).expect_err("it must be refused");
        assert!(error.starts_with("x.patch") && error.contains(expected), "{error}");
    }

    #[test]
    fn a_mail_has_subject_number_message_and_diff() {
        let mails = parse_mails("x.patch", MAIL.as_bytes()).expect("it is well-formed");
        assert_eq!(mails.len(), 1);
        assert_eq!((mails[0].subject.as_str(), mails[0].number), ("one: two", Some((2, 3))));
        assert_eq!(mails[0].message, "Why.\n\nFrom here on.");
        assert_eq!(mails[0].diffs.len(), 1);
    }

    #[test]
    fn an_mbox_holds_many_and_a_bare_diff_is_one() {
        let mails = parse_mails("x.mbox", format!("{MAIL}{MAIL}").as_bytes()).expect("it is well-formed");
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[1].origin, "x.mbox, mail 2");
        let bare =
            parse_mails("0001-take-it.patch", b"--- a/x.rs\n+++ b/x.rs\n@@ -1 +1 @@\n-a\n+b\n").expect("well-formed");
        assert_eq!((bare[0].subject.as_str(), bare[0].diffs.len()), ("take it", 1));
    }

    #[test]
    fn what_is_not_plain_text_is_refused() {
        check("Subject: x\nContent-Transfer-Encoding: base64\n\nabc\n", "is not read");
        check("Subject: x\nContent-Type: multipart/mixed\n\nabc\n", "is not read");
        check("a\0b", "zero byte");
        let error = parse_mails("x.patch", b"\xff\xfe").expect_err("no text");
        assert!(error.contains("not UTF-8"), "{error}");
    }

    #[test]
    fn what_leaves_the_module_is_refused_with_its_line() {
        let diff = |header: &str| format!("Subject: x\n\nWhy.\ndiff --git a/x b/x\n{header}");
        check(&diff("new file mode 100644\n--- /dev/null\n+++ b/x\n"), "line 5: the patch makes a file");
        check(&diff("deleted file mode 100644\n"), "removes a file");
        check(&diff("new file mode 120000\n"), "symbolic link");
        check(&diff("old mode 100644\nnew mode 100755\n"), "changes the mode");
        check(&diff("copy from x\ncopy to y\n"), "copies a file");
        check(&diff("index 1..2\nGIT binary patch\n"), "binary patch");
        check(&diff("Binary files a/x and b/x differ\n"), "binary patch");
        check(&diff("--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n"), "leaves the tree");
        check(&diff("--- /etc/x\n+++ /etc/x\n"), "leaves the tree");
        check(&diff("--- a/x\n"), "is cut off");
        check(&diff(""), "is cut off");
        check("Subject: x\n\n@@ -1 +1 @@\n-a\n+b\n", "a hunk without a file");
    }
}
