//! What is wrong with source that a user gives, and where.

use crate::cli::trouble::Trouble;
use std::fmt;

/// Why a file is no Rust, or not what a module or a subject must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    /// What messages call the file.
    file: Option<String>,
    /// Line and column, both counted from 1.
    place: Option<(usize, usize)>,
    reason: String,
}

impl SourceError {
    /// What is wrong, in words.
    pub fn new(reason: impl fmt::Display) -> SourceError {
        SourceError { file: None, place: None, reason: reason.to_string() }
    }

    /// In this file.
    #[must_use]
    pub fn of(self, file: &str) -> SourceError {
        SourceError { file: Some(file.to_owned()), ..self }
    }

    /// In this step of a series.
    #[must_use]
    pub fn in_step(self, step: &str) -> SourceError {
        SourceError { reason: format!("{} (in step '{step}')", self.reason), ..self }
    }

    /// Where this begins.
    #[must_use]
    pub fn at(self, span: proc_macro2::Span) -> SourceError {
        let start = span.start();
        SourceError { place: Some((start.line, start.column + 1)), ..self }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.place) {
            (Some(file), Some((line, column))) => write!(f, "{file}:{line}:{column}: ")?,
            (Some(file), None) => write!(f, "{file}: ")?,
            (None, Some((line, column))) => write!(f, "{line}:{column}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for SourceError {}

impl From<SourceError> for Trouble {
    fn from(error: SourceError) -> Trouble {
        Trouble::Usage(error.to_string())
    }
}
