//! What is wrong with a file: it cannot be read or written, or holds something else than it should.

use std::fmt;
use std::path::{Path, PathBuf};

/// A file, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    path: PathBuf,
    kind: Kind,
    reason: String,
}

/// How the sentence goes on behind the name of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// With a colon.
    Wrong,
    /// With what it is instead of what it should be.
    Other,
    /// It cannot be read.
    Unread,
    /// It cannot be written.
    Unwritten,
}

impl FileError {
    /// What is wrong, to be put behind the name and a colon.
    pub fn new(path: &Path, reason: impl fmt::Display) -> FileError {
        FileError { path: path.to_owned(), kind: Kind::Wrong, reason: reason.to_string() }
    }

    /// The same of the system, which may speak of a temporary file.
    pub fn of_system(path: &Path, error: &std::io::Error) -> FileError {
        FileError::new(path, reason(error))
    }

    /// What the file is, as in "is damaged".
    pub fn is(path: &Path, what: impl fmt::Display) -> FileError {
        FileError { path: path.to_owned(), kind: Kind::Other, reason: what.to_string() }
    }

    /// It cannot be read.
    pub fn unread(path: &Path, why: impl fmt::Display) -> FileError {
        FileError { path: path.to_owned(), kind: Kind::Unread, reason: why.to_string() }
    }

    /// It cannot be written.
    pub fn unwritten(path: &Path, error: &std::io::Error) -> FileError {
        FileError { path: path.to_owned(), kind: Kind::Unwritten, reason: reason(error) }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, reason) = (self.path.display(), &self.reason);
        match self.kind {
            Kind::Wrong => write!(f, "{path}: {reason}"),
            Kind::Other => write!(f, "{path} {reason}"),
            Kind::Unread => write!(f, "{path} cannot be read: {reason}"),
            Kind::Unwritten => write!(f, "{path} cannot be written: {reason}"),
        }
    }
}

impl std::error::Error for FileError {}

/// What went wrong with a file, without the name of a temporary one beside it, which differs each
/// time.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" at path \"").next().unwrap_or_default().to_owned()
}

/// Why a file cannot be read.
pub fn why_unread(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            "there is no such file; a path begins at the folder where lockstep was started".to_owned()
        }
        _ => error.to_string(),
    }
}
