//! Tables of texts.

use crate::document::Document;

/// A table of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What stands above it.
    pub caption: String,
    /// What is to be known to read it, below the caption.
    pub note: String,
    /// Whether a page shows no more than the caption until its reader asks.
    pub folded: bool,
    /// Names of the columns.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// The head of a table with a column for each variant.
pub fn head(document: &Document, first: &str) -> Vec<String> {
    let names = document.variants.iter().map(|variant| variant.name.clone());
    std::iter::once(first.to_owned()).chain(names).collect()
}
