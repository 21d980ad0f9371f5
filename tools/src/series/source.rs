//! Where a series comes from: a folder of patches, an mbox, or a range of revisions.

use crate::patch::{Mail, parse_mails};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// More of an mbox than this is not read.
const BYTES_MAX: u64 = 64 << 20;

/// A series as it was found.
#[derive(Debug)]
pub struct Series {
    /// The patches in order, without cover letter.
    pub mails: Vec<Mail>,
    /// For a range of revisions: where it starts. The base module is read there.
    pub revision: Option<String>,
}

/// Reads the series that `source` names.
pub fn read_series(source: &str) -> Result<Series, String> {
    let path = Path::new(source);
    let (mails, revision) = if path.is_dir() {
        (folder(path)?, None)
    } else if path.is_file() {
        (parse_mails(source, &read(path)?)?, None)
    } else if source.contains("..") && !source.contains('/') {
        (range(source)?, source.split("..").next().map(str::to_owned))
    } else {
        return Err(format!("there is no series '{source}': name a folder of patches, an mbox, or revisions as A..B"));
    };
    Ok(Series { mails: in_order(source, mails)?, revision })
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

/// What git says to these arguments.
fn git(arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git").args(arguments).output().map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("git {}: {}", arguments.join(" "), said.lines().next().unwrap_or("failed")))
}

fn range(range: &str) -> Result<Vec<Mail>, String> {
    if range.starts_with('-') {
        return Err(format!("'{range}' is no range of revisions"));
    }
    let how = ["format-patch", "--stdout", "--no-signature", "--no-ext-diff", "--no-cover-letter", "--no-color"];
    let prefixes = ["--src-prefix=a/", "--dst-prefix=b/", "--subject-prefix=PATCH", "--numbered", "--no-attach", range];
    let bytes = git(&[&how[..], &prefixes[..]].concat())?;
    if bytes.is_empty() {
        return Err(format!("the range {range} holds no commits"));
    }
    parse_mails(range, &bytes)
}

/// A file as it was at a revision.
pub fn file_at(revision: &str, path: &str) -> Result<String, String> {
    let bytes = git(&["show", &format!("{revision}:./{path}")])?;
    String::from_utf8(bytes).map_err(|_| format!("{path} at {revision} is not UTF-8"))
}

/// Drops the cover letter, and checks that nothing is missing.
fn in_order(source: &str, mails: Vec<Mail>) -> Result<Vec<Mail>, String> {
    let is_cover = |mail: &Mail| mail.diffs.is_empty() && mail.number.is_none_or(|(number, _)| number == 0);
    let mails: Vec<Mail> = mails.into_iter().filter(|mail| !is_cover(mail)).collect();
    if mails.is_empty() {
        return Err(format!("{source}: holds no patches"));
    }
    for (nth, mail) in mails.iter().enumerate() {
        if mail.diffs.is_empty() {
            return Err(format!("{}: holds no diff: the mail is cut off", mail.origin));
        }
        if let Some((number, count)) = mail.number
            && (number != nth + 1 || count != mails.len())
        {
            return Err(format!(
                "{}: patch {number} of {count} stands at place {} of {}: patches are missing, doubled or out of order",
                mail.origin,
                nth + 1,
                mails.len()
            ));
        }
    }
    Ok(mails)
}
