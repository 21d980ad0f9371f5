//! Why a command has no result. Here alone it is decided which exit status an error has.

use crate::cli::diagnostic::Diagnostic;
use crate::cli::file_error::FileError;
use crate::cli::session;
use crate::cli::status::Status;
use crate::cli::value_error::ValueError;
use lockstep_runner::Failure;
use std::fmt;

/// Whose fault it is, and what is wrong, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The command, or a file that it reads or writes, makes no sense.
    Usage(String),
    /// The subject could not be built or run.
    Subject(String),
    /// Lockstep itself failed.
    Internal(String),
    /// The user ended the run before there was a result.
    Interrupted,
}

impl Trouble {
    /// The command, or a file that it reads or writes, makes no sense.
    pub fn usage(message: impl Into<String>) -> Trouble {
        Trouble::Usage(message.into())
    }

    /// The subject did not build or start: its own fault, unless the user ended that.
    pub fn of_subject(why: impl fmt::Display) -> Trouble {
        if session::is_interrupted() { Trouble::Interrupted } else { Trouble::Subject(why.to_string()) }
    }

    /// A bench gives no answer about this.
    pub fn of_failure(about: &str, failure: Failure) -> Trouble {
        Trouble::Subject(match failure {
            Failure::Died(words) => words,
            failure => format!("{about}: {failure}"),
        })
    }

    /// What the command ends with.
    pub const fn status(&self) -> Status {
        match self {
            Trouble::Usage(_) => Status::Usage,
            Trouble::Subject(_) => Status::Subject,
            Trouble::Internal(_) => Status::Internal,
            Trouble::Interrupted => Status::Budget,
        }
    }

    /// Says it, and what the command ends with.
    pub fn say(&self) -> Status {
        session::say(&self.to_string());
        self.status()
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Usage(message) | Trouble::Subject(message) | Trouble::Internal(message) => f.write_str(message),
            Trouble::Interrupted => f.write_str("interrupted: nothing was explored yet"),
        }
    }
}

impl std::error::Error for Trouble {}

impl From<FileError> for Trouble {
    fn from(error: FileError) -> Trouble {
        Trouble::Usage(error.to_string())
    }
}

impl From<ValueError> for Trouble {
    fn from(error: ValueError) -> Trouble {
        Trouble::Usage(error.to_string())
    }
}

impl From<Diagnostic> for Trouble {
    fn from(error: Diagnostic) -> Trouble {
        Trouble::Usage(error.to_string())
    }
}

// Until every folder has errors with a kind.
impl From<String> for Trouble {
    fn from(message: String) -> Trouble {
        Trouble::Usage(message)
    }
}

impl From<FileError> for String {
    fn from(error: FileError) -> String {
        error.to_string()
    }
}

impl From<ValueError> for String {
    fn from(error: ValueError) -> String {
        error.to_string()
    }
}

impl From<Diagnostic> for String {
    fn from(error: Diagnostic) -> String {
        error.to_string()
    }
}

impl From<Trouble> for String {
    fn from(error: Trouble) -> String {
        error.to_string()
    }
}
