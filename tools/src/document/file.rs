//! Documents as files. Nothing half-written: a file appears whole or not at all.

use super::{Document, SCHEMA};
use crate::files::{reason, why_unread};
use serde::Deserialize;
use std::io::Write;
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

/// Writes a file whole: beside its place first, then renamed.
pub fn write_whole(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{} cannot be written: {}", path.display(), reason(&error));
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A temporary file is its owner's alone; what replaces a file is readable as files usually are.
        let mode = path.metadata().map_or(0o644, |existing| existing.permissions().mode());
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).map_err(failed)?;
    }
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
