//! Of a patch as a mail only what a checker needs: its subject, and its place in the series.

use crate::patch::MailSubject;
use mailparse::{MailHeaderMap, parse_headers};

/// Where a mail stands in its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceInSeries {
    /// The `n`th patch of `m`.
    Patch(usize, usize),
    /// The cover letter of a series of `m`.
    Cover(usize),
    /// A subject without numbers: a single patch, or no patch.
    Unnumbered,
}

/// Reads the subject: `[PATCH v3 2/5] …`.
pub fn place_in_series(mail: &[u8]) -> PlaceInSeries {
    let subject = parse_headers(mail).ok().and_then(|(headers, _)| headers.get_first_value("Subject"));
    match MailSubject::read(&subject.unwrap_or_default()).number {
        Some((0, count)) => PlaceInSeries::Cover(count),
        Some((nth, count)) => PlaceInSeries::Patch(nth, count),
        None => PlaceInSeries::Unnumbered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mail: &str, expected: PlaceInSeries) {
        assert_eq!(place_in_series(mail.as_bytes()), expected, "{mail}");
    }

    #[test]
    fn the_subject_tells_the_place() {
        check("Subject: [PATCH 1/2] utrace: x\n\nbody", PlaceInSeries::Patch(1, 2));
        check("From: a\nSubject: [RFC][PATCH v3\n 02/10] utrace: x [1/7]\n\nbody", PlaceInSeries::Patch(2, 10));
        check("Subject: =?utf-8?q?=5BPATCH_2/3=5D_caf=C3=A9?=\n\n", PlaceInSeries::Patch(2, 3));
        check("Subject: [PATCH 0/2] cover\n\n", PlaceInSeries::Cover(2));
        check("Subject: [PATCH] alone 1/2\n\n", PlaceInSeries::Unnumbered);
        check("Subject: Re: [PATCH 1/2] x\n\n", PlaceInSeries::Unnumbered);
        check("", PlaceInSeries::Unnumbered);
        check("\0\u{1}nonsense", PlaceInSeries::Unnumbered);
    }
}
