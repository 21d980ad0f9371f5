//! What is wrong with a patch, and where.

use std::fmt;

/// Why a patch is not read, or does not apply. What is known of the place grows on the way out: a
/// hunk knows its line, the mail its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchError {
    /// The mail, as messages call it.
    origin: Option<String>,
    /// The file that the patch changes, where it changes several.
    file: Option<String>,
    position: Option<MailPosition>,
    reason: String,
}

/// A position in a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailPosition {
    /// A line, counted from 1.
    Line(usize),
    /// Behind the last line.
    End,
}

impl PatchError {
    /// What is wrong, in words.
    pub fn new(reason: impl Into<String>) -> PatchError {
        PatchError { origin: None, file: None, position: None, reason: reason.into() }
    }

    /// In this mail.
    #[must_use]
    pub fn of(self, origin: &str) -> PatchError {
        PatchError { origin: Some(origin.to_owned()), ..self }
    }

    /// About this file.
    #[must_use]
    pub fn about(self, file: &str) -> PatchError {
        PatchError { file: Some(file.to_owned()), ..self }
    }

    /// At this position.
    #[must_use]
    pub fn at(self, position: MailPosition) -> PatchError {
        PatchError { position: Some(position), ..self }
    }
}

impl fmt::Display for MailPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MailPosition::Line(line) => write!(f, "line {line}"),
            MailPosition::End => f.write_str("the end"),
        }
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in self.origin.iter().chain(&self.file) {
            write!(f, "{name}: ")?;
        }
        if let Some(position) = self.position {
            write!(f, "{position}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for PatchError {}
