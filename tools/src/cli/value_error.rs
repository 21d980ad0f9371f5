//! What is wrong with a value that somebody wrote: it names nothing, or cannot be read.

use crate::cli::nearest::nearest;
use std::fmt;

/// Why a value makes no sense, whatever gave it: an option, a key of a configuration, a line of a
/// file. Whoever knows the place puts it around this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    reason: String,
}

impl ValueError {
    /// In a sentence.
    pub fn new(reason: impl Into<String>) -> ValueError {
        ValueError { reason: reason.into() }
    }

    /// A name that does not exist: with the nearest ones that do.
    pub fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> ValueError {
        let mut near = nearest(name, known);
        near.truncate(3);
        ValueError::new(format!("there is no {what} '{name}'; the nearest: {}", near.join(", ")))
    }

    /// With a hint behind it.
    #[must_use]
    pub fn with(self, hint: &str) -> ValueError {
        ValueError { reason: self.reason + hint }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for ValueError {}
