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
    place: Option<Place>,
    reason: String,
}

/// A place in a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line, counted from 1.
    Line(usize),
    /// Behind the last line.
    End,
}

impl PatchError {
    /// What is wrong, in words.
    pub fn new(reason: impl Into<String>) -> PatchError {
        PatchError { origin: None, file: None, place: None, reason: reason.into() }
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

    /// At this place.
    #[must_use]
    pub fn at(self, place: Place) -> PatchError {
        PatchError { place: Some(place), ..self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(f, "line {line}"),
            Place::End => f.write_str("the end"),
        }
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in self.origin.iter().chain(&self.file) {
            write!(f, "{name}: ")?;
        }
        if let Some(place) = self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for PatchError {}
