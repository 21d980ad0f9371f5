//! The subject of a mail: `[RFC][PATCH v3 2/5] mailbox: wake one sleeper`.

/// What a subject says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Without the bracketed prefixes.
    pub text: String,
    /// Which patch of how many; 0 is the cover letter.
    pub number: Option<(usize, usize)>,
    /// How often the series was sent; 1 unless it says `v2` or more.
    pub version: u32,
}

impl Subject {
    /// Reads a subject, already decoded.
    pub fn read(subject: &str) -> Subject {
        let mut read = Subject { text: String::new(), number: None, version: 1 };
        let mut rest = subject.trim();
        while let Some((prefix, behind)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            for word in prefix.split([' ', ',', '\t']) {
                let numbers =
                    word.split_once('/').and_then(|(nth, count)| Some((nth.parse().ok()?, count.parse().ok()?)));
                read.number = numbers.or(read.number);
                let version = word.strip_prefix(['v', 'V']).and_then(|version| version.parse().ok());
                read.version = version.unwrap_or(read.version);
            }
            rest = behind.trim_start();
        }
        read.text = rest.to_owned();
        read
    }

    /// An answer to a mail, which is no mail of the series unless it holds a patch.
    pub fn is_reply(&self) -> bool {
        self.text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"))
    }
}

#[cfg(test)]
mod tests {
    use super::Subject;

    #[track_caller]
    fn check(subject: &str, text: &str, number: Option<(usize, usize)>, version: u32) {
        assert_eq!(Subject::read(subject), Subject { text: text.to_owned(), number, version });
    }

    #[test]
    fn a_subject_has_prefixes_and_a_text() {
        check("[PATCH 2/5] box: one", "box: one", Some((2, 5)), 1);
        check("[RFC][PATCH v3, 0/5] box: one [1/2]", "box: one [1/2]", Some((0, 5)), 3);
        check("[PATCH] box: one", "box: one", None, 1);
        check("box: one 1/2", "box: one 1/2", None, 1);
        check("[PATCH 99999999999999999999/2] x", "x", None, 1);
        check("[", "[", None, 1);
        check("", "", None, 1);
        assert!(Subject::read("RE: [PATCH 1/2] x").is_reply() && !Subject::read("[PATCH] rework").is_reply());
    }
}
