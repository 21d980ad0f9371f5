//! Writing files so that nobody ever sees half of one.

use crate::cli::file_error::{FileError, why_unread};
use lockstep::scramble;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes a file unless it holds this text already: to a new file beside it, which then takes its
/// name.
pub fn write(path: &Path, text: &str) -> Result<(), FileError> {
    write_all(&[(path.to_owned(), text)])
}

/// Writes files that belong together: if one cannot be written, none takes its name.
pub fn write_all(files: &[(PathBuf, impl AsRef<str>)]) -> Result<(), FileError> {
    let mut written = Vec::new();
    for (path, text) in files {
        let text = text.as_ref();
        refuse_link(path)?;
        if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
            continue;
        }
        if path.is_dir() {
            return Err(FileError::new(path, "is a folder, and a file is to be written there"));
        }
        let new = fs::create_dir_all(folder_of(path)).and_then(|()| new_beside(path, text));
        written.push((path, new.map_err(|error| FileError::of_system(path, &error))?));
    }
    for (path, new) in written {
        new.persist(path).map_err(|error| FileError::of_system(path, &error.error))?;
    }
    Ok(())
}

/// Writes a file whose place the user names: the file behind a link; and what is no file, as a
/// device or a pipe, stays what it is.
pub fn save(path: &Path, text: &str) -> Result<(), FileError> {
    let failed = |error: std::io::Error| FileError::unwritten(path, &error);
    let (place, existing) = behind_link(path).map_err(failed)?;
    if existing.as_ref().is_some_and(|existing| !existing.is_file() && !existing.is_dir()) {
        let open = fs::OpenOptions::new().write(true).open(&place);
        return open.and_then(|mut stream| stream.write_all(text.as_bytes())).map_err(failed);
    }
    let new = new_beside(&place, text).map_err(failed)?;
    if let Some(existing) = existing {
        new.as_file().set_permissions(existing.permissions()).map_err(failed)?;
    }
    new.as_file().sync_all().map_err(failed)?;
    new.persist(&place).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Whether [`save`] can write there, as far as that is known before there is something to write:
/// nobody should wait for a result that then has no place.
pub fn check_place(path: &Path) -> Result<(), FileError> {
    let failed = |error: std::io::Error| FileError::unwritten(path, &error);
    let (place, existing) = behind_link(path).map_err(failed)?;
    match existing {
        Some(existing) if existing.is_dir() => Err(failed(std::io::ErrorKind::IsADirectory.into())),
        // Opening a pipe would wait for whoever reads it.
        Some(existing) if !existing.is_file() => Ok(()),
        _ => new_beside(&place, "").map(drop).map_err(failed),
    }
}

/// Where a path leads, and what is there already. A pipe that only this process has open has no
/// other name than the path, though that is a link.
fn behind_link(path: &Path) -> std::io::Result<(PathBuf, Option<fs::Metadata>)> {
    let existing = path.metadata().ok();
    let is_stream = existing.as_ref().is_some_and(|existing| !existing.is_file() && !existing.is_dir());
    let place = if path.is_symlink() && !is_stream { fs::canonicalize(path)? } else { path.to_owned() };
    Ok((place, existing))
}

/// A path as others may read it in a command, and as it can be run: from the current folder if it
/// is in there, and without the name of whose home it is in.
pub fn public(path: &Path) -> String {
    let home = etcetera::home_dir().ok();
    let from_home = || path.strip_prefix(home.as_ref()?).ok().map(|below| Path::new("~").join(below));
    below_here(path).or_else(from_home).unwrap_or_else(|| path.to_owned()).display().to_string()
}

/// A source file as others may know it: from the current folder, or from the root of its
/// repository.
pub fn public_source(path: &Path) -> String {
    let repository = || {
        let whole = path.canonicalize().ok()?;
        let root = whole.ancestors().skip(1).find(|folder| folder.join(".git").exists())?;
        whole.strip_prefix(root).ok().map(Path::to_owned)
    };
    match below_here(path).or_else(repository) {
        Some(below) => below.display().to_string(),
        None => public(path),
    }
}

/// A path from the current folder, if it is in there or was said so.
fn below_here(path: &Path) -> Option<PathBuf> {
    if !path.is_absolute() {
        return Some(path.to_owned());
    }
    let here = std::env::current_dir().ok()?;
    let below = |path: &Path, here: &Path| path.strip_prefix(here).ok().map(Path::to_owned);
    let found = below(path, &here).or_else(|| below(&path.canonicalize().ok()?, &here.canonicalize().ok()?));
    found.filter(|below| !below.as_os_str().is_empty())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The text in a file that goes unless it takes its name.
fn new_beside(path: &Path, text: &str) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lockstep-").suffix(".new");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut new = builder.tempfile_in(folder_of(path))?;
    new.write_all(text.as_bytes())?;
    Ok(new)
}

/// A link leads somewhere else than its name says: nothing is written or removed behind one.
pub fn refuse_link(path: &Path) -> Result<(), FileError> {
    if path.is_symlink() {
        return Err(FileError::new(path, "is a link: it is not followed"));
    }
    Ok(())
}

/// A source file as text.
pub fn read(path: &Path) -> Result<String, FileError> {
    if path.is_dir() {
        return Err(FileError::new(path, "is a folder: name the file that is the module's root"));
    }
    let bytes = fs::read(path).map_err(|error| FileError::new(path, why_unread(&error)))?;
    String::from_utf8(bytes).map_err(|_| FileError::new(path, "is not UTF-8 text"))
}

/// Eight digits for a text, the same on every machine.
pub fn fingerprint(text: &str) -> String {
    let hash = text.bytes().fold(text.len() as u64, |hash, byte| scramble(hash ^ u64::from(byte)));
    format!("{:08x}", hash >> 32)
}

/// The same for files, by path and text.
pub fn fingerprint_of(files: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> String {
    let files = files.into_iter().map(|(path, text)| {
        let (path, text) = (path.as_ref(), text.as_ref());
        format!("{path} {}\n{text}", text.len())
    });
    fingerprint(&files.collect::<String>())
}

/// The Rust files below a folder with their paths relative to it, in order. Links are not followed.
pub fn sources(folder: &Path) -> Result<Vec<(String, String)>, FileError> {
    let mut open = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(inner) = open.pop() {
        let entries = fs::read_dir(&inner).map_err(|error| FileError::new(&inner, error))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_symlink() {
                continue;
            } else if path.is_dir() {
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
