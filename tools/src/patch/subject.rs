//! The subject of a mail: `[RFC][PATCH v3 2/5] mailbox: wake one sleeper`.

/// What a subject says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSubject {
    /// Without the bracketed prefixes.
    pub text: String,
    /// Which patch of how many; 0 is the cover letter.
    pub number: Option<(usize, usize)>,
    /// How often the series was sent; 1 unless it says `v2` or more.
    pub version: u32,
    /// A prefix says that it is a patch: `PATCH`, `RFC`, or a number of how many.
    pub is_tagged: bool,
}

/// What mailers put before the subject of a mail that is answered or passed on.
const ANSWERS: [&str; 13] = ["re", "aw", "wg", "antw", "fw", "fwd", "sv", "vs", "tr", "res", "enc", "odp", "rif"];

/// No subject of a patch begins with so many of them.
const ANSWERS_MAX: usize = 16;

impl MailSubject {
    /// Reads a subject, already decoded.
    pub fn read(subject: &str) -> MailSubject {
        let mut read = MailSubject { text: String::new(), number: None, version: 1, is_tagged: false };
        let mut rest = subject.trim();
        while let Some((prefix, behind)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            for word in prefix.split([' ', ',', '\t']) {
                let numbers =
                    word.split_once('/').and_then(|(nth, count)| Some((nth.parse().ok()?, count.parse().ok()?)));
                read.number = numbers.or(read.number);
                let word = word.to_ascii_uppercase();
                let mut parts = word.split(|letter: char| !letter.is_ascii_alphanumeric());
                read.is_tagged |= numbers.is_some() || parts.any(|part| part.starts_with("PATCH") || part == "RFC");
                // Also `PATCHv2`.
                let version = word.strip_prefix("PATCH").unwrap_or(&word).strip_prefix('V');
                read.version = version.and_then(|version| version.parse().ok()).unwrap_or(read.version);
            }
            rest = behind.trim_start();
        }
        read.text = rest.to_owned();
        read
    }

    /// An answer to a mail, or a mail passed on, which is no mail of the series: `Re: [PATCH] x`,
    /// and what mailers write in other languages.
    pub fn is_reply(&self) -> bool {
        let (mut inner, mut is_passed_on) = (self.clone(), false);
        for _ in 0..ANSWERS_MAX {
            if is_passed_on && inner.is_tagged {
                return true;
            }
            let Some((word, rest)) = inner.text.split_once(':') else { return false };
            if word.eq_ignore_ascii_case("re") {
                return true;
            }
            if !ANSWERS.iter().any(|known| word.eq_ignore_ascii_case(known)) {
                return false;
            }
            (inner, is_passed_on) = (MailSubject::read(rest), true);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::MailSubject;

    #[track_caller]
    fn check(subject: &str, text: &str, number: Option<(usize, usize)>, version: u32) {
        let is_tagged = subject.starts_with("[PATCH") || subject.starts_with("[RFC");
        assert_eq!(MailSubject::read(subject), MailSubject { text: text.to_owned(), number, version, is_tagged });
    }

    #[test]
    fn a_subject_has_prefixes_and_a_text() {
        check("[PATCH 2/5] box: one", "box: one", Some((2, 5)), 1);
        check("[RFC][PATCH v3, 0/5] box: one [1/2]", "box: one [1/2]", Some((0, 5)), 3);
        check("[PATCH] box: one", "box: one", None, 1);
        check("[PATCHv4 1/2] box: one", "box: one", Some((1, 2)), 4);
        check("box: one 1/2", "box: one 1/2", None, 1);
        check("[PATCH 99999999999999999999/2] x", "x", None, 1);
        check("[", "[", None, 1);
        check("", "", None, 1);
        for reply in ["RE: [PATCH 1/2] x", "re:x", "AW: [PATCH] x", "Fwd: Re: [PATCH] x"] {
            assert!(MailSubject::read(reply).is_reply(), "{reply}");
        }
        // Of whatever length: it is not read to its end.
        assert!(MailSubject::read(&format!("{}x", "Fwd: ".repeat(1_000_000))).is_reply());
        for patch in ["[PATCH] rework", "[PATCH] mm: [x] y", "mm: fix", "mm: [PATCH] fix", "tr: fix", "", ": [x]"] {
            assert!(!MailSubject::read(patch).is_reply(), "{patch}");
        }
        assert!(MailSubject::read("[bot 1/2] x").is_tagged && !MailSubject::read("[dispatch] build success").is_tagged);
    }
}
