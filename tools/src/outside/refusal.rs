//! What is refused because the machine would not see it.

use crate::cli::trouble::Trouble;
use std::fmt;

/// Lines that are shown.
const LINES_MAX: usize = 12;

/// The places in files of a user's that hold such things, with a remedy each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    lines: Vec<String>,
}

impl Refusal {
    /// Of these places, a line each.
    pub fn new(lines: Vec<String>) -> Refusal {
        Refusal { lines }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the machine sees what lockstep::sync and lockstep::thread make, and nothing of this:")?;
        for line in self.lines.iter().take(LINES_MAX) {
            write!(f, "\n{line}")?;
        }
        match self.lines.len().saturating_sub(LINES_MAX) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Trouble {
        Trouble::Subject(refusal.to_string())
    }
}
