//! What is wrong with the text of a case, and where.

use std::fmt;

/// Why a text is no case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseError {
    position: CasePosition,
    reason: String,
}

/// Where in the text; lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CasePosition {
    Nowhere,
    At(usize),
    /// The scenario begins there, and its own lines count from it.
    Behind(usize),
}

impl CaseError {
    /// At no line: something is missing.
    pub fn new(reason: impl fmt::Display) -> CaseError {
        CaseError { position: CasePosition::Nowhere, reason: reason.to_string() }
    }

    /// At a line.
    pub fn at(line: usize, reason: impl fmt::Display) -> CaseError {
        CaseError { position: CasePosition::At(line), reason: reason.to_string() }
    }

    /// In the scenario behind a line.
    pub fn behind(line: usize, reason: impl fmt::Display) -> CaseError {
        CaseError { position: CasePosition::Behind(line), reason: reason.to_string() }
    }
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            CasePosition::Nowhere => {}
            CasePosition::At(line) => write!(f, "line {line}: ")?,
            CasePosition::Behind(line) => write!(f, "behind line {line}: ")?,
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for CaseError {}
