//! Documents as files.

use super::{Document, SCHEMA};
use crate::cli::file_error::{FileError, why_unread};
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

/// Reads a saved comparison, from standard input if it is called `-`.
pub fn read(path: &Path) -> Result<Document, FileError> {
    let text =
        if path == Path::new("-") { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(path) };
    let text = text.map_err(|error| FileError::unread(path, why_unread(&error)))?;
    let versioned: Versioned = serde_json::from_str(&text).map_err(|error| {
        let what = format!("is not a saved comparison: {error}; make one with 'lockstep compare --save FILE'");
        FileError::is(path, what)
    })?;
    if versioned.schema != SCHEMA {
        let form = versioned.schema;
        let what = format!("is of form {form}, this program reads {SCHEMA}: save the comparison anew");
        return Err(FileError::is(path, what));
    }
    let damaged = |error| FileError::is(path, format!("is damaged: {error}; save the comparison anew"));
    serde_json::from_str(&text).map_err(damaged)
}
