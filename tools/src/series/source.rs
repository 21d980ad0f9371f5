//! Where a series comes from: a folder of patches, an mbox, or a range of revisions.

use super::revisions::{ends, range};
use crate::cli::file_error::FileError;
use crate::cli::trouble::Trouble;
use crate::patch::{Mail, PatchError, parse_mails};
use std::fs;
use std::path::{Path, PathBuf};

/// More of an mbox than this is not read.
const BYTES_MAX: u64 = 64 << 20;

/// A series as it was found.
#[derive(Debug)]
pub struct Series {
    /// The patches in order, without cover letter.
    pub mails: Vec<Mail>,
    /// For a range of revisions: the commit where it begins. The base module is read there.
    pub begin: Option<String>,
}

/// Reads the series that `source` names.
pub fn read_series(source: &str) -> Result<Series, Trouble> {
    let path = Path::new(source);
    let (mails, begin) = if path.is_dir() {
        (folder(path)?, None)
    } else if path.is_file() {
        (parse_mails(source, &read(path)?)?, None)
    } else if let Some(ends) = ends(source) {
        let (mails, begin) = range(source, ends)?;
        (mails, Some(begin))
    } else {
        let message = format!("there is no series '{source}': name a folder of patches, an mbox, or revisions as A..B");
        return Err(Trouble::Usage(message));
    };
    Ok(Series { mails: in_order(source, mails)?, begin })
}

/// A file's bytes, if it is a file and not absurdly long.
fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let failed = |error: std::io::Error| FileError::new(path, error);
    if fs::metadata(path).map_err(failed)?.len() > BYTES_MAX {
        return Err(FileError::new(path, format!("more than {} MiB is no patch", BYTES_MAX >> 20)));
    }
    fs::read(path).map_err(failed)
}

/// The files of a folder that end in `.patch`, by name.
pub fn patch_files(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let entries = fs::read_dir(folder).map_err(|error| FileError::new(folder, error))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.is_file() && path.extension().is_some_and(|ending| ending == "patch"));
    paths.sort();
    Ok(paths)
}

fn folder(folder: &Path) -> Result<Vec<Mail>, Trouble> {
    let mut mails = Vec::new();
    for path in patch_files(folder)? {
        let found = parse_mails(&path.display().to_string(), &read(&path)?)?;
        match found.len() {
            1 => mails.extend(found),
            count => {
                let reason = format!("holds {count} mails: in a folder each file is one");
                return Err(FileError::new(&path, reason).into());
            }
        }
    }
    Ok(mails)
}

/// The one mail in a file.
pub fn read_mail(path: &Path) -> Result<Mail, Trouble> {
    let mails = parse_mails(&path.display().to_string(), &read(path)?)?;
    match <[Mail; 1]>::try_from(mails) {
        Ok([mail]) => Ok(mail),
        Err(mails) => Err(FileError::new(path, format!("holds {} mails where one is expected", mails.len())).into()),
    }
}

/// Drops the cover letter and answers, and checks that nothing is missing.
fn in_order(source: &str, mails: Vec<Mail>) -> Result<Vec<Mail>, PatchError> {
    let is_cover = |mail: &Mail| mail.subject.number.is_some_and(|(number, _)| number == 0) || mail.subject.is_reply();
    let mails: Vec<Mail> = mails.into_iter().filter(|mail| !mail.diffs.is_empty() || !is_cover(mail)).collect();
    let Some(first) = mails.first() else { return Err(PatchError::new("holds no patches").of(source)) };
    let version = first.subject.version;
    for (nth, mail) in mails.iter().enumerate() {
        let wrong = |reason: String| Err(PatchError::new(reason).of(&mail.origin));
        if mail.diffs.is_empty() {
            return wrong(
                "holds no diff: the mail is cut off, or is no patch (a cover letter has the number 0)".to_owned(),
            );
        }
        if mail.subject.version != version {
            return wrong(format!(
                "is of version {} and {} of version {version}: name the patches of one version",
                mail.subject.version, first.origin
            ));
        }
        if let Some((number, count)) = mail.subject.number
            && (number != nth + 1 || count != mails.len())
        {
            return wrong(format!(
                "patch {number} of {count} stands at place {} of {}: patches are missing, doubled or out of order",
                nth + 1,
                mails.len()
            ));
        }
    }
    Ok(mails)
}
