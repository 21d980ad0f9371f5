//! Litmus files on disk.

use super::error::LitmusError;
use crate::cli::file_error::why_unread;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes of a file. Tests are a page long; what is more is something else.
pub const FILE_BYTES_MAX: u64 = 1 << 20;

/// The text of a file.
pub fn read(path: &Path) -> Result<String, LitmusError> {
    let failed = |error: std::io::Error| LitmusError::of_file(format!("cannot be read: {}", why_unread(&error)));
    if path.is_dir() {
        return Err(LitmusError::of_file("is a directory: name the litmus files in it"));
    }
    let mut bytes = Vec::new();
    // What it takes is bounded even where it grows without end.
    File::open(path).map_err(failed)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(LitmusError::of_file(format!("is longer than the limit of {FILE_BYTES_MAX} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        LitmusError::of_file(format!("is not UTF-8 text: byte {valid} begins no character"))
    })
}
