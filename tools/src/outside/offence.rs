//! Something that the machine does not see, where it stands.

use proc_macro2::Span;

/// Something that the machine does not see, where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offence {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// What it is, as it is called in full.
    pub construct: String,
}

impl Offence {
    /// Where it stands in a file of that path, and what it is.
    pub fn at(&self, path: &str) -> String {
        format!("{path}:{}:{}: {}", self.line, self.column, self.construct)
    }
}

pub(super) fn offence(span: Span, construct: String) -> Offence {
    let start = span.start();
    Offence { line: start.line, column: start.column + 1, construct }
}
