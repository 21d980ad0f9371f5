//! Where a series comes from: a folder of patches, an mbox, or a range of revisions.

use super::revisions::{ends, range};
use crate::patch::{Mail, parse_mails};
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
pub fn read_series(source: &str) -> Result<Series, String> {
    let path = Path::new(source);
    let (mails, begin) = if path.is_dir() {
        (folder(path)?, None)
    } else if path.is_file() {
        (parse_mails(source, &read(path)?)?, None)
    } else if let Some(ends) = ends(source) {
        let (mails, begin) = range(source, ends)?;
        (mails, Some(begin))
    } else {
        return Err(format!("there is no series '{source}': name a folder of patches, an mbox, or revisions as A..B"));
    };
    Ok(Series { mails: in_order(source, mails)?, begin })
}

/// A file's bytes, if it is a file and not absurdly long.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if fs::metadata(path).map_err(failed)?.len() > BYTES_MAX {
        return Err(format!("{}: more than {} MiB is no patch", path.display(), BYTES_MAX >> 20));
    }
    fs::read(path).map_err(failed)
}

/// The files of a folder that end in `.patch`, by name.
pub fn patch_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.is_file() && path.extension().is_some_and(|ending| ending == "patch"));
    paths.sort();
    Ok(paths)
}

fn folder(folder: &Path) -> Result<Vec<Mail>, String> {
    let mut mails = Vec::new();
    for path in patch_files(folder)? {
        let found = parse_mails(&path.display().to_string(), &read(&path)?)?;
        match found.len() {
            1 => mails.extend(found),
            count => return Err(format!("{}: holds {count} mails: in a folder each file is one", path.display())),
        }
    }
    Ok(mails)
}

/// The one mail in a file.
pub fn read_mail(path: &Path) -> Result<Mail, String> {
    let mails = parse_mails(&path.display().to_string(), &read(path)?)?;
    match <[Mail; 1]>::try_from(mails) {
        Ok([mail]) => Ok(mail),
        Err(mails) => Err(format!("{}: holds {} mails where one is expected", path.display(), mails.len())),
    }
}

/// Drops the cover letter and answers, and checks that nothing is missing.
fn in_order(source: &str, mails: Vec<Mail>) -> Result<Vec<Mail>, String> {
    let is_cover = |mail: &Mail| mail.subject.number.is_some_and(|(number, _)| number == 0) || mail.subject.is_reply();
    let mails: Vec<Mail> = mails.into_iter().filter(|mail| !mail.diffs.is_empty() || !is_cover(mail)).collect();
    let Some(first) = mails.first() else { return Err(format!("{source}: holds no patches")) };
    let version = first.subject.version;
    for (nth, mail) in mails.iter().enumerate() {
        let origin = &mail.origin;
        if mail.diffs.is_empty() {
            return Err(format!(
                "{origin}: holds no diff: the mail is cut off, or is no patch (a cover letter has the number 0)"
            ));
        }
        if mail.subject.version != version {
            return Err(format!(
                "{origin}: is of version {} and {} of version {version}: name the patches of one version",
                mail.subject.version, first.origin
            ));
        }
        if let Some((number, count)) = mail.subject.number
            && (number != nth + 1 || count != mails.len())
        {
            return Err(format!(
                "{origin}: patch {number} of {count} stands at place {} of {}: patches are missing, doubled or out of order",
                nth + 1,
                mails.len()
            ));
        }
    }
    Ok(mails)
}
