//! Where a series comes from: a folder of patches, an mbox, or a range of revisions.

use super::revisions::{ends, range};
use crate::cli::file_error::FileError;
use crate::cli::session;
use crate::cli::trouble::Trouble;
use crate::patch::{Mail, PatchError, parse_mails, read_thread};
use flate2::read::MultiGzDecoder;
use std::fs;
use std::io::Read;
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
        (thread(path)?, None)
    } else if let Some(ends) = ends(source) {
        let (mails, begin) = range(source, ends)?;
        (mails, Some(begin))
    } else {
        let message = format!("there is no series '{source}': name a folder of patches, an mbox, or revisions as A..B");
        return Err(Trouble::Usage(message));
    };
    Ok(Series { mails: in_order(source, mails)?, begin })
}

/// How compressed files begin, and by what they are.
const COMPRESSED: [(&[u8], &str); 3] = [(b"\xfd7zXZ", "xz"), (b"BZh", "bzip2"), (b"\x28\xb5\x2f\xfd", "zstd")];

/// A file's bytes, if it is a file and not absurdly long. What gzip has compressed, as archives of
/// lists give their threads, is read as it was.
fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let failed = |error: std::io::Error| FileError::new(path, error);
    let too_long = || FileError::new(path, format!("more than {} MiB is no patch", BYTES_MAX >> 20));
    if fs::metadata(path).map_err(failed)?.len() > BYTES_MAX {
        return Err(too_long());
    }
    let bytes = fs::read(path).map_err(failed)?;
    if let Some((_, program)) = COMPRESSED.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return Err(FileError::new(path, format!("is compressed by {program}: decompress it first")));
    }
    if !bytes.starts_with(b"\x1f\x8b") {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    let decoder = MultiGzDecoder::new(&bytes[..]);
    decoder
        .take(BYTES_MAX + 1)
        .read_to_end(&mut plain)
        .map_err(|error| FileError::new(path, format!("is compressed by gzip, and does not decompress: {error}")))?;
    if plain.len() as u64 > BYTES_MAX { Err(too_long()) } else { Ok(plain) }
}

/// The series in an mbox.
fn thread(path: &Path) -> Result<Vec<Mail>, Trouble> {
    let thread = read_thread(&path.display().to_string(), &read(path)?)?;
    if let Some(left_out) = &thread.left_out {
        session::say(left_out);
    }
    Ok(thread.mails)
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
    if mails.iter().all(|mail| mail.subject.number.is_some()) {
        mails.sort_by_key(|mail| mail.subject.number);
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
    for mail in &mails {
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
    }
    check_numbers(&mails).map_err(|error| error.of(source))?;
    Ok(mails)
}

/// That patches which say their numbers are all there, each once and in order.
fn check_numbers(mails: &[Mail]) -> Result<(), PatchError> {
    let Some((_, count)) = mails.iter().find_map(|mail| mail.subject.number) else { return Ok(()) };
    let of = |wanted: (usize, usize)| mails.iter().filter(move |mail| mail.subject.number == Some(wanted)).count();
    let wrong = |reason: String| Err(PatchError::new(reason));
    for number in 1..=count.min(mails.len() + 1) {
        match of((number, count)) {
            0 => return wrong(format!("patch {number} of {count} is missing")),
            1 => {}
            several => return wrong(format!("holds patch {number} of {count} {several} times, and they differ")),
        }
    }
    let is_in_place = |(nth, mail): (usize, &Mail)| mail.subject.number == Some((nth + 1, count));
    if mails.len() != count || !mails.iter().enumerate().all(is_in_place) {
        return wrong(format!(
            "holds {} patches, and some say that they are of {count}: number all or none",
            mails.len()
        ));
    }
    Ok(())
}
