//! Documents as files.

use super::{Document, SCHEMA};
use crate::cli::files::why_unread;
use serde::Deserialize;
use std::path::Path;

/// The document as text.
pub fn text(document: &Document) -> String {
    serde_json::to_string_pretty(document).expect("the document has only strings, numbers and lists") + "\n"
}

/// The version alone, which every version of the form has.
#[derive(Deserialize)]
struct Versioned {
    schema: u32,
}

/// Reads a saved comparison.
pub fn read(path: &Path) -> Result<Document, String> {
    let shown = path.display();
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{shown} cannot be read: {}", why_unread(&error)))?;
    let versioned: Versioned = serde_json::from_str(&text).map_err(|error| {
        format!("{shown} is not a saved comparison: {error}; make one with 'lockstep compare --save FILE'")
    })?;
    if versioned.schema != SCHEMA {
        return Err(format!(
            "{shown} is of form {}, this program reads {SCHEMA}: save the comparison anew",
            versioned.schema
        ));
    }
    serde_json::from_str(&text).map_err(|error| format!("{shown} is damaged: {error}; save the comparison anew"))
}
