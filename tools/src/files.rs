//! Writing files so that nobody ever sees half of one.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes a file unless it holds this text already: to a new file beside it, which then takes its name.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_symlink()) {
        return Err(format!("{}: is a link: it is not followed", path.display()));
    }
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let beside = beside(path);
    let written = fs::File::create(&beside).and_then(|mut file| file.write_all(text.as_bytes()));
    written.and_then(|()| fs::rename(&beside, path)).map_err(|error| {
        let _ = fs::remove_file(&beside);
        failed(error)
    })
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.new", std::process::id()))
}

/// A source file as text.
pub fn read(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    String::from_utf8(bytes).map_err(|_| format!("{}: is not UTF-8 text", path.display()))
}

/// The Rust files below a folder with their paths relative to it, in order.
pub fn sources(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let mut open = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(inner) = open.pop() {
        let entries = fs::read_dir(&inner).map_err(|error| format!("{}: {error}", inner.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let relative = path.strip_prefix(folder).expect("it was found there").to_string_lossy().into_owned();
                found.push((relative, read(&path)?));
            }
        }
    }
    found.sort();
    Ok(found)
}
