//! Mails with patches in them, as `git format-patch` writes them: one a file, or many in an mbox.
//!
//! Promise: what git and mailers do to a mail on its way is undone: subjects in encoded words (RFC
//! 2047), bodies in quoted-printable or base64, and ends of line in CRLF throughout. Where
//! statistics stand above a diff, a diff that holds less is cut off. Limits: UTF-8; no attachments,
//! no HTML, and no `format=flowed`, which moves the ends of lines. Deviation: a bare diff counts as
//! a mail without header.

use super::diff::{FileDiff, parse_diffs};
use super::error::PatchError;
use super::subject::Subject;
use mailparse::{MailHeader, MailHeaderMap, parse_content_type, parse_header};
use std::borrow::Cow;

/// One patch of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Where it was read, for messages.
    pub origin: String,
    /// What it says of itself, and its place in the series.
    pub subject: Subject,
    /// What stands between header and diff.
    pub message: String,
    /// Empty for a cover letter.
    pub diffs: Vec<FileDiff>,
}

/// More mails than any series has.
const MAILS_MAX: usize = 1_000;

/// What is wrong with a text that holds one.
const ZERO_BYTE: &str = "holds a zero byte: this is no text";

/// The mails in a file of that name.
pub fn parse_mails(origin: &str, bytes: &[u8]) -> Result<Vec<Mail>, PatchError> {
    let wrong = |reason: String| PatchError::new(reason).of(origin);
    let text = str::from_utf8(bytes).map_err(|error| {
        wrong(format!("byte {} is not UTF-8: save the mail as text in UTF-8", error.valid_up_to() + 1))
    })?;
    if text.contains('\0') {
        return Err(wrong(ZERO_BYTE.to_owned()));
    }
    let parts = split(text.strip_prefix('\u{feff}').unwrap_or(text));
    if parts.len() > MAILS_MAX {
        return Err(wrong(format!("more than {MAILS_MAX} mails")));
    }
    let many = parts.len() > 1;
    let named = |nth: usize| if many { format!("{origin}, mail {}", nth + 1) } else { origin.to_owned() };
    parts.iter().enumerate().map(|(nth, &(first, part))| parse_mail(&named(nth), part, first)).collect()
}

/// The mails of an mbox with the number of their first lines: each begins with a line `From `, at
/// the start or behind an empty line.
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

/// `From SENDER DATE`, told from a sentence that begins with "From" as git does: by the last colon,
/// between digits, and a year behind it.
fn is_envelope(line: &str) -> bool {
    let Some((before, after)) = line.rsplit_once(':').filter(|_| line.starts_with("From ")) else { return false };
    let (before, after) = (before.as_bytes(), after.trim_end().as_bytes());
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
fn with_plain_ends(text: &str) -> Cow<'_, str> {
    let is_crlf =
        text.contains('\n') && text.split_inclusive('\n').all(|line| line.ends_with("\r\n") || !line.ends_with('\n'));
    if is_crlf { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

fn parse_mail(origin: &str, text: &str, first: usize) -> Result<Mail, PatchError> {
    let text = &*with_plain_ends(text);
    let (header, body_line, body) = match header(text) {
        Some((header, lines, body)) => (header, first + lines, body),
        None => (Vec::new(), first, text),
    };
    refuse_forms(&header).map_err(|error| error.of(origin))?;
    let subject = match value(&header, "subject") {
        Some(subject) => Subject::read(&subject),
        None => Subject { text: stem(origin), number: None, version: 1 },
    };
    let decoded = decoded_body(&header, body).map_err(|error| error.of(origin))?;
    // Lines of a decoded body are not those of the file.
    let (body, body_line, origin_of_lines) = match &decoded {
        Some(decoded) => (&**decoded, 1, format!("{origin}, as decoded")),
        None => (body, body_line, origin.to_owned()),
    };
    let begin = diff_at(body);
    let lines_before = body[..begin].matches('\n').count();
    let diffs = parse_diffs(&body[begin..], body_line + lines_before)
        .and_then(|diffs| check_statistics(&body[..begin], &diffs).map(|()| diffs))
        .map_err(|error| error.of(&origin_of_lines))?;
    Ok(Mail { origin: origin.to_owned(), subject, message: message(&body[..begin]), diffs })
}

/// A field of a header, unfolded and without encoded words (RFC 2047): git writes them as soon as
/// one letter is not ASCII. They may hold ends of lines, which a field does not.
fn value(header: &[MailHeader<'_>], name: &str) -> Option<String> {
    Some(header.get_first_value(name)?.replace(char::is_control, " ").trim().to_owned())
}

/// A body without its transfer encoding, if it has one.
fn decoded_body(header: &[MailHeader<'_>], body: &str) -> Result<Option<String>, PatchError> {
    let encoding = value(header, "content-transfer-encoding").map(|encoding| encoding.to_ascii_lowercase());
    let Some(encoding) = encoding.filter(|encoding| !["7bit", "8bit", "binary"].contains(&&**encoding)) else {
        return Ok(None);
    };
    let what = format!("'Content-Transfer-Encoding: {encoding}'");
    if !["quoted-printable", "base64"].contains(&&*encoding) {
        return Err(PatchError::new(format!("{what} is not read: save the mail as plain text")));
    }
    let kind = value(header, "content-type").unwrap_or_else(|| "text/plain; charset=utf-8".to_owned());
    let whole = format!("Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n{body}");
    let decoded = mailparse::parse_mail(whole.as_bytes()).and_then(|mail| {
        let bytes = mail.get_body_raw()?;
        // What says nothing of letters that are not ASCII, or the wrong thing, is in UTF-8 all the
        // same.
        String::from_utf8(bytes).or_else(|_| mail.get_body())
    });
    let decoded = decoded.map_err(|error| PatchError::new(format!("{what} does not decode: {error}")))?;
    if decoded.contains('\0') {
        return Err(PatchError::new(ZERO_BYTE));
    }
    Ok(Some(with_plain_ends(&decoded).into_owned()))
}

/// ` 2 files changed, 3 insertions(+), 1 deletion(-)` between git's `---` and the diff: what is
/// less was lost on the way.
fn check_statistics(above: &str, diffs: &[FileDiff]) -> Result<(), PatchError> {
    let mut lines = above.lines().rev().take_while(|line| *line != "---");
    let Some(line) = lines.find(|line| line.contains(" changed, ") && line.starts_with(' ')) else { return Ok(()) };
    let promised = |word: &str| {
        let part = line.split(", ").find(|part| part.contains(word));
        part.and_then(|part| part.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or(0)
    };
    let found = diffs.iter().map(FileDiff::counts).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let (files, added, removed) = (promised("changed"), promised("insertion"), promised("deletion"));
    if diffs.len() < files || found.0 < added || found.1 < removed {
        return Err(PatchError::new(format!(
            "the patch is cut off: its statistics promise {files} files, {added} insertions and {removed} deletions, and it holds {}, {} and {}",
            diffs.len(),
            found.0,
            found.1
        )));
    }
    Ok(())
}

/// The fields of a header, the number of lines they take with the empty one behind them, and the
/// rest. Nothing if there is no header: mailparse finds one in every text, for it takes a line
/// without a colon for a field, and so a diff for a header.
fn header(text: &str) -> Option<(Vec<MailHeader<'_>>, usize, &str)> {
    let envelope = text.split_inclusive('\n').next().filter(|line| is_envelope(line)).map_or(0, str::len);
    let mut fields = Vec::new();
    let mut rest = &text[envelope..];
    loop {
        let line = rest.split_inclusive('\n').next().unwrap_or_default();
        if line.trim_end_matches(['\n', '\r']).is_empty() {
            rest = &rest[line.len()..];
            break;
        }
        let (field, length) = parse_header(rest.as_bytes()).ok()?;
        let name = field.get_key_raw();
        let is_name = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        if !is_name || rest.as_bytes().get(name.len()) != Some(&b':') {
            return None;
        }
        fields.push(field);
        rest = &rest[length..];
    }
    let lines = text[..text.len() - rest.len()].matches('\n').count();
    (!fields.is_empty()).then_some((fields, lines, rest))
}

/// What cannot be undone, or is not worth it.
fn refuse_forms(header: &[MailHeader<'_>]) -> Result<(), PatchError> {
    let Some(kind) = value(header, "content-type") else { return Ok(()) };
    let parsed = parse_content_type(&kind);
    if !parsed.mimetype.starts_with("text/plain") {
        let reason = format!("'Content-Type: {kind}' is not read: save the patch itself as plain text");
        return Err(PatchError::new(reason));
    }
    if parsed.params.get("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")) {
        return Err(PatchError::new(
            "was sent with 'format=flowed', which moves the ends of lines: ask for it as git send-email sends it",
        ));
    }
    Ok(())
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
        let error = parse_mails("x.patch", text.as_bytes()).expect_err("it must be refused").to_string();
        assert!(error.starts_with("x.patch") && error.contains(expected), "{error}");
    }

    #[test]
    fn a_mail_has_subject_number_message_and_diff() {
        let mails = parse_mails("x.patch", MAIL.as_bytes()).expect("it is well-formed");
        assert_eq!(mails.len(), 1);
        assert_eq!((mails[0].subject.text.as_str(), mails[0].subject.number), ("one: two", Some((2, 3))));
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
        assert_eq!((bare[0].subject.text.as_str(), bare[0].diffs.len()), ("take it", 1));
    }

    /// The diff of `MAIL`, in a mail with this header.
    fn mail(header: &str, body: &str) -> Vec<u8> {
        format!("From 0 Mon Sep 17 00:00:00 2001\n{header}\n\n{body}").into_bytes()
    }

    #[track_caller]
    fn reads_as_the_plain_one(bytes: &[u8]) {
        let (plain, other) = (parse_mails("x", MAIL.as_bytes()), parse_mails("x", bytes));
        assert_eq!(other.expect("it is read")[0].diffs, plain.expect("it is well-formed")[0].diffs);
    }

    #[test]
    fn what_mailers_do_to_a_mail_is_undone() {
        let body = &MAIL[MAIL.find("\n\n").expect("it has a header") + 2..];
        reads_as_the_plain_one(MAIL.replace('\n', "\r\n").as_bytes());
        reads_as_the_plain_one(format!("\u{feff}{MAIL}").as_bytes());
        let printable = body.replace("+b", "=2Bb").replace("diff --git", "diff =\n--git");
        let header = "Subject: x\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable";
        reads_as_the_plain_one(&mail(header, &printable));
        reads_as_the_plain_one(&mail(header, &printable.replace('\n', "\r\n")));
        let header = "Subject: x\nContent-Transfer-Encoding: base64";
        // The body from its `diff --git` to the end of the hunk.
        let body = "ZGlmZiAtLWdpdCBhL3gucnMgYi94LnJzCi0tLSBhL3gucnMKKysrIGIveC5ycwpAQCAtMSArMSBAQAotYQorYgo=\n";
        reads_as_the_plain_one(&mail(header, body));
    }

    #[test]
    fn subjects_are_decoded() {
        let subject = "=?UTF-8?q?[PATCH=20v2=201/2]=20box:=20gr=C3=BC=C3=9Fe?=\n =?UTF-8?q?=20all?=";
        let mails = parse_mails("x", &mail(&format!("Subject: {subject}"), "Why.\n")).expect("it is read");
        let subject = &mails[0].subject;
        assert_eq!((&*subject.text, subject.number, subject.version), ("box: gr\u{fc}\u{df}e all", Some((1, 2)), 2));
    }

    #[test]
    fn a_field_is_unfolded_and_decoded_and_is_one_line() {
        let header = "subject : no field\nX-Empty:\nsUBJECT:\n\t[PATCH 1/2]\n  box:\r\n\tx\nContent-Type: text/plain;\n charset=utf-8";
        let mails = parse_mails("x", &mail(&header[header.find("X-").expect("it is there")..], "Why.\n"));
        let subject = &mails.expect("it is read")[0].subject;
        assert_eq!((&*subject.text, subject.number), ("box: x", Some((1, 2))));
        let mails = parse_mails("x", &mail("Subject: =?utf-8?q?a=0Ab=00c?=", "Why.\n")).expect("it is read");
        assert_eq!(mails[0].subject.text, "a b c");
        check("Subject: x\nContent-Type: =?utf-8?q?a=0Ab?=\n\nWhy.\n", "'Content-Type: a b' is not read");
        // One line that is no field, and none of them is one.
        let mails = parse_mails("a-b.patch", &mail(header, "Why.\n")).expect("it is read");
        assert_eq!(mails[0].subject.text, "a b");
        let mails = parse_mails("a-b.patch", b"Subject: x\nWhy\n\nIt is so.\n").expect("it is read");
        assert_eq!((&*mails[0].subject.text, &*mails[0].message), ("a b", "Subject: x\nWhy\n\nIt is so."));
    }

    #[test]
    fn a_sentence_is_no_envelope() {
        let text =
            MAIL.replace(">From here on.", "From here to there it took until 2001\n\nFrom then on, 12:30 or 2001");
        assert_eq!(parse_mails("x.mbox", text.as_bytes()).expect("it is well-formed").len(), 1);
    }

    #[test]
    fn statistics_tell_that_a_diff_lost_its_end() {
        let stat = " x.rs | 2 +-\n 2 files changed, 1 insertion(+), 1 deletion(-)\n";
        check(
            &MAIL.replace(" x.rs | 2 +-\n", stat),
            "cut off: its statistics promise 2 files, 1 insertions and 1 deletions, and it holds 1",
        );
        let stat = " x.rs | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n";
        let mails = parse_mails("x.patch", MAIL.replace(" x.rs | 2 +-\n", stat).as_bytes());
        assert!(mails.is_ok(), "{mails:?}");
    }

    #[test]
    fn what_is_not_plain_text_is_refused() {
        check("Subject: x\nContent-Transfer-Encoding: base64\n\n!!\n", "does not decode");
        check("Subject: x\nContent-Transfer-Encoding: uuencode\n\nabc\n", "is not read");
        for format in ["format=flowed", "charset=utf-8;\n format=\"Flowed\"", "Format = flowed; delsp=yes"] {
            check(&format!("Subject: x\nContent-Type: text/plain; {format}\n\nabc\n"), "with 'format=flowed'");
        }
        check("Subject: x\nContent-Type: multipart/mixed\n\nabc\n", "is not read");
        check("a\0b", "zero byte");
        let error = parse_mails("x.patch", b"\xff\xfe").expect_err("no text").to_string();
        assert!(error.contains("not UTF-8"), "{error}");
    }

    #[test]
    fn what_is_no_text_of_a_file_is_refused_with_its_line() {
        let diff = |header: &str| format!("Subject: x\n\nWhy.\ndiff --git a/x b/x\n{header}");
        check(&diff("new file mode 120000\n"), "line 5: the patch makes or changes a symbolic link");
        check(&diff("index 1..2 120000\n"), "symbolic link");
        check(&diff("new file mode 160000\n"), "submodule");
        check(&diff("--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n"), "names no file");
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
