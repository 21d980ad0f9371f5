//! Mails with patches in them, as `git format-patch` writes them.
//!
//! Promise: what git and mailers do to a mail on its way is undone: subjects in encoded words (RFC
//! 2047), bodies in quoted-printable or base64 or in another encoding of characters, and ends of
//! line in CRLF throughout. Where statistics stand above a diff, a diff that holds less is cut off.
//! Limits: no attachments, no HTML, and no `format=flowed`, which moves the ends of lines.
//! Deviation: a bare diff counts as a mail without header.

use super::diff::{FileDiff, parse_diffs};
use super::error::PatchError;
use super::mbox::{RawMail, first_line, is_envelope, split, with_plain_ends};
use super::subject::MailSubject;
use mailparse::{MailHeader, MailHeaderMap, parse_content_type, parse_header};
use std::borrow::Cow;

/// One patch of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Where it was read, for messages.
    pub origin: String,
    /// What it says of itself, and its place in the series.
    pub subject: MailSubject,
    /// What stands between header and diff.
    pub message: String,
    /// Empty for a cover letter.
    pub diffs: Vec<FileDiff>,
}

/// What is wrong with a text that holds one.
const ZERO_BYTE: &str = "holds a zero byte: this is no text";

/// All mails in a file of that name.
pub fn parse_mails(origin: &str, bytes: &[u8]) -> Result<Vec<Mail>, PatchError> {
    split(origin, bytes)?.iter().map(parse_mail).collect()
}

/// What a mail says of itself, if it has a header with a subject.
pub(super) fn subject_of(mail: &RawMail<'_>) -> Option<MailSubject> {
    let (header, ..) = header(&mail.bytes)?;
    value(&header, "subject").map(|subject| MailSubject::read(&subject))
}

/// Reads one mail.
pub(super) fn parse_mail(mail: &RawMail<'_>) -> Result<Mail, PatchError> {
    let RawMail { origin, first, bytes } = mail;
    let (header, body_line, body) = match header(bytes) {
        Some((header, lines, body)) => (header, first + lines, body),
        None => (Vec::new(), *first, &**bytes),
    };
    refuse_forms(&header).map_err(|error| error.of(origin))?;
    let subject = match value(&header, "subject") {
        Some(subject) => MailSubject::read(&subject),
        None => MailSubject { text: stem(origin), number: None, version: 1, is_tagged: false },
    };
    let decoded = decoded_body(&header, body).map_err(|error| error.of(origin))?;
    // Lines of a decoded body are not those of the file.
    let (body, body_line, origin_of_lines) = match &decoded {
        Some(decoded) => (&**decoded, 1, format!("{origin}, as decoded")),
        None => (str::from_utf8(body).expect("what is not UTF-8 was decoded"), body_line, origin.clone()),
    };
    let begin = diff_at(body);
    let lines_before = body[..begin].matches('\n').count();
    let diffs = parse_diffs(&body[begin..], body_line + lines_before)
        .and_then(|diffs| check_statistics(&body[..begin], &diffs).map(|()| diffs))
        .map_err(|error| error.of(&origin_of_lines))?;
    Ok(Mail { origin: origin.clone(), subject, message: message(&body[..begin]), diffs })
}

/// A field of a header, unfolded and without encoded words (RFC 2047): git writes them as soon as
/// one letter is not ASCII. They may hold ends of lines, which a field does not.
fn value(header: &[MailHeader<'_>], name: &str) -> Option<String> {
    Some(header.get_first_value(name)?.replace(char::is_control, " ").trim().to_owned())
}

/// A body in UTF-8 and without its transfer encoding; nothing if it is so already.
fn decoded_body(header: &[MailHeader<'_>], body: &[u8]) -> Result<Option<String>, PatchError> {
    let kind = value(header, "content-type").unwrap_or_else(|| "text/plain; charset=utf-8".to_owned());
    let encoding = value(header, "content-transfer-encoding").map(|encoding| encoding.to_ascii_lowercase());
    let decoded = match encoding.filter(|encoding| !["7bit", "8bit", "binary"].contains(&&**encoding)) {
        None => match str::from_utf8(body) {
            Ok(text) => return refuse_zero(text).map(|()| None),
            Err(error) => in_utf8(&kind, "8bit", body, Some(error.valid_up_to()))?,
        },
        Some(encoding) => {
            if !["quoted-printable", "base64"].contains(&&*encoding) {
                return Err(PatchError::new(format!(
                    "'Content-Transfer-Encoding: {encoding}' is not read: save the mail as plain text"
                )));
            }
            in_utf8(&kind, &encoding, body, None)?
        }
    };
    let decoded = match with_plain_ends(decoded.as_bytes()) {
        Cow::Owned(plain) => String::from_utf8(plain).expect("only ends of lines were changed"),
        Cow::Borrowed(_) => decoded,
    };
    refuse_zero(&decoded)?;
    Ok(Some(decoded))
}

fn refuse_zero(text: &str) -> Result<(), PatchError> {
    if text.contains('\0') { Err(PatchError::new(ZERO_BYTE)) } else { Ok(()) }
}

/// A body of this type, in that transfer encoding. `wrong_at`: its byte that is not UTF-8, if that
/// is known.
fn in_utf8(kind: &str, encoding: &str, body: &[u8], wrong_at: Option<usize>) -> Result<String, PatchError> {
    let whole = [format!("Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n").as_bytes(), body].concat();
    let names_charset = parse_content_type(kind)
        .params
        .get("charset")
        .is_some_and(|charset| !["utf-8", "utf8", "us-ascii"].contains(&&*charset.to_ascii_lowercase()));
    if let Some(at) = wrong_at.filter(|_| !names_charset) {
        let line = body[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        return Err(PatchError::new(format!(
            "line {line} of its text is not UTF-8, and its header names no other encoding: save the mail as text in UTF-8"
        )));
    }
    let decoded = mailparse::parse_mail(&whole).and_then(|mail| {
        let bytes = mail.get_body_raw()?;
        // What says nothing of letters that are not ASCII, or the wrong thing, is in UTF-8 all the
        // same.
        String::from_utf8(bytes).or_else(|_| mail.get_body())
    });
    decoded
        .map_err(|error| PatchError::new(format!("'Content-Transfer-Encoding: {encoding}' does not decode: {error}")))
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
fn header(bytes: &[u8]) -> Option<(Vec<MailHeader<'_>>, usize, &[u8])> {
    let first = first_line(bytes);
    let mut fields = Vec::new();
    let mut rest = &bytes[if is_envelope(first) { first.len() } else { 0 }..];
    loop {
        let line = first_line(rest);
        if line.iter().all(|byte| matches!(byte, b'\n' | b'\r')) {
            rest = &rest[line.len()..];
            break;
        }
        let (field, length) = parse_header(rest).ok()?;
        let name = field.get_key_raw();
        let is_name = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        if !is_name || rest.get(name.len()) != Some(&b':') {
            return None;
        }
        fields.push(field);
        rest = &rest[length..];
    }
    let lines = bytes[..bytes.len() - rest.len()].iter().filter(|byte| **byte == b'\n').count();
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
