//! The mails of a thread, and which of them are the series.
//!
//! Promise: of an mbox as an archive gives it, the newest version of the series is read, in the
//! order of its numbers; replies, whatever they hold, mails of robots and older versions are left
//! out, and told. Where no mail says that it is a patch, as `git format-patch -k` writes them, all
//! that hold a diff are the series, in the order of the file.

use super::error::PatchError;
use super::mail::{Mail, parse_mail, subject_of};
use super::mbox::{RawMail, split};
use super::subject::MailSubject;

/// The mails of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The patches, in order, and a cover letter.
    pub mails: Vec<Mail>,
    /// What was left out, in a sentence; nothing if that is nothing.
    pub left_out: Option<String>,
}

/// Why a mail is no part of the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Reply,
    NoPatch,
    Older,
    Again,
}

/// Reads the mails of a file. One that stands alone is read whatever it says of itself.
pub fn read_thread(origin: &str, bytes: &[u8]) -> Result<Thread, PatchError> {
    let raw = split(origin, bytes)?;
    if let [only] = &raw[..] {
        return Ok(Thread { mails: vec![parse_mail(only)?], left_out: None });
    }
    let mut left_out: Vec<Why> = Vec::new();
    let mut kept: Vec<(&RawMail<'_>, Option<MailSubject>)> = Vec::new();
    for mail in &raw {
        match subject_of(mail) {
            Some(subject) if subject.is_reply() => left_out.push(Why::Reply),
            subject => kept.push((mail, subject)),
        }
    }
    let is_tagged = |subject: &Option<MailSubject>| subject.as_ref().is_some_and(|subject| subject.is_tagged);
    if kept.iter().any(|(_, subject)| is_tagged(subject)) {
        kept.retain(|(_, subject)| {
            is_tagged(subject) || {
                left_out.push(Why::NoPatch);
                false
            }
        });
        let version = |subject: &Option<MailSubject>| subject.as_ref().map_or(1, |subject| subject.version);
        let newest = kept.iter().map(|(_, subject)| version(subject)).max().unwrap_or(1);
        kept.retain(|(_, subject)| {
            version(subject) == newest || {
                left_out.push(Why::Older);
                false
            }
        });
        let is_cover = |subject: &Option<MailSubject>| {
            subject.as_ref().is_some_and(|subject| subject.number.is_some_and(|(number, _)| number == 0))
        };
        if left_out.contains(&Why::Older) && kept.iter().all(|(_, subject)| is_cover(subject)) {
            let reason = format!("holds a cover letter of version {newest} and no patch of it: save the whole thread");
            return Err(PatchError::new(reason).of(origin));
        }
    }
    let mut mails = Vec::new();
    for (mail, _) in kept {
        mails.push(parse_mail(mail)?);
    }
    if mails.iter().all(|mail: &Mail| mail.subject.number.is_some()) {
        // Stable: of two with one number the first one stays first.
        mails.sort_by_key(|mail| mail.subject.number);
        // Lists pass on what went to several of them.
        let before = mails.len();
        mails.dedup_by(|again, first| {
            again.subject.number == first.subject.number && again.diffs == first.diffs && again.message == first.message
        });
        left_out.extend((mails.len()..before).map(|_| Why::Again));
    }
    Ok(Thread { mails, left_out: told(origin, &left_out) })
}

fn told(origin: &str, left_out: &[Why]) -> Option<String> {
    let kinds = [
        (Why::Reply, "reply", "replies"),
        (Why::NoPatch, "mail that says nothing of a patch", "mails that say nothing of a patch"),
        (Why::Older, "mail of an older version", "mails of older versions"),
        (Why::Again, "mail that came twice", "mails that came twice"),
    ];
    let counts = kinds.iter().filter_map(|(why, one, many)| {
        let count = left_out.iter().filter(|left| *left == why).count();
        (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
    });
    let counts: Vec<String> = counts.collect();
    (!counts.is_empty()).then(|| format!("{origin}: left out {}", counts.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(subject: &str, from: &str, to: &str) -> String {
        format!(
            "From 0123 Mon Sep 17 00:00:00 2001\nFrom: A <a@b.invalid>\nSubject: {subject}\n\nWhy.\n---\n\ndiff --git a/x.rs b/x.rs\n--- a/x.rs\n+++ b/x.rs\n@@ -1 +1 @@\n-{from}\n+{to}\n-- \n2.39\n\n"
        )
    }

    fn mail(header: &str, body: &str) -> String {
        format!("From 0 Mon Sep 17 00:00:00 2001\n{header}\n\n{body}\n\n")
    }

    #[track_caller]
    fn check(mails: &[String], texts: &[&str], left_out: &str) {
        let thread = read_thread("t.mbox", mails.concat().as_bytes()).expect("it is read");
        let found: Vec<&str> = thread.mails.iter().map(|mail| &*mail.subject.text).collect();
        assert_eq!((&found[..], thread.left_out.unwrap_or_default()), (texts, left_out.to_owned()));
    }

    #[test]
    fn replies_and_robots_are_left_out_whatever_they_hold() {
        let series = [patch("[PATCH 1/2] one", "a", "b"), patch("[PATCH 2/2] two", "b", "c")];
        let and = |more: &[String]| [&series[..], more].concat();
        check(&and(&[]), &["one", "two"], "");
        for reply in [
            mail("Subject: Re: [PATCH 1/2] one", "Good."),
            patch("Re: [PATCH 1/2] one", "a", "other"),
            mail("Subject: AW: [PATCH 1/2] one\nContent-Type: text/plain; format=flowed", "Good."),
            mail("Subject: RE: [PATCH 1/2] one\nContent-Type: multipart/signed; boundary=x", "--x\n\n--x--"),
            mail("Subject: =?utf-8?q?Re=3A?= [PATCH 1/2] one\nContent-Type: text/html", "<p>"),
        ] {
            check(&and(std::slice::from_ref(&reply)), &["one", "two"], "t.mbox: left out 1 reply");
            check(&[vec![reply], series.to_vec()].concat(), &["one", "two"], "t.mbox: left out 1 reply");
        }
        let robots = [mail("Subject: [bot] build success", "All green."), patch("[bot] try this", "a", "z")];
        check(&and(&robots), &["one", "two"], "t.mbox: left out 2 mails that say nothing of a patch");
    }

    fn in_latin_1(text: &str) -> Vec<u8> {
        text.chars().map(|letter| u8::try_from(letter).expect("it is in Latin-1")).collect()
    }

    #[test]
    fn a_reply_in_another_encoding_is_no_trouble_and_a_patch_is_decoded() {
        let series = patch("[PATCH 1/1] one", "a", "b");
        let reply = mail("Subject: Re: x\nContent-Type: text/plain; charset=iso-8859-1", "Sch\u{f6}n.");
        let thread = read_thread("t", &in_latin_1(&format!("{series}{reply}"))).expect("it is read");
        assert_eq!(thread.mails.len(), 1);
        let letter = series.replace("Why.", "Wh\u{f6}.");
        let named = letter.replacen("one\n", "one\nContent-Type: text/plain; charset=iso-8859-1\n", 1);
        let thread = read_thread("t", &in_latin_1(&named)).expect("it is read");
        assert_eq!((&*thread.mails[0].message, thread.mails[0].diffs.len()), ("Wh\u{f6}.", 1));
        let error = read_thread("t", &in_latin_1(&letter)).expect_err("nobody says what it is").to_string();
        assert!(error.starts_with("t: line 1 of its text is not UTF-8"), "{error}");
    }

    #[test]
    fn the_newest_version_is_read_in_the_order_of_its_numbers() {
        let old = [mail("Subject: [PATCH 0/1] cover", "Why."), patch("[PATCH 1/1] old", "a", "b")];
        let new = [
            patch("[PATCH v2 2/2] two", "b", "c"),
            mail("Subject: [PATCH v2 0/2] cover", "Why."),
            patch("[PATCH v2 1/2] one", "a", "b"),
        ];
        let both = [&old[..], &new[..]].concat();
        check(&both, &["cover", "one", "two"], "t.mbox: left out 2 mails of older versions");
        let twice = [&new[..], &new[..1]].concat();
        check(&twice, &["cover", "one", "two"], "t.mbox: left out 1 mail that came twice");
    }

    #[test]
    fn where_no_mail_is_tagged_all_are_the_series() {
        check(&[patch("box: one", "a", "b"), patch("box: two", "b", "c")], &["box: one", "box: two"], "");
        check(&[patch("[PATCH] one", "a", "b"), patch("[PATCH] two", "b", "c")], &["one", "two"], "");
    }
}
