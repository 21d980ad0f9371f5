//! Why a command has no result. Here alone it is decided which exit status an error has.

use crate::cli::diagnostic::Diagnostic;
use crate::cli::file_error::FileError;
use crate::cli::session;
use crate::cli::status::Status;
use crate::cli::value_error::ValueError;
use crate::patch::PatchError;
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
    /// Its time budget did.
    OutOfTime,
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

    /// A bench gives no answer to what every subject can answer, such as what it holds.
    pub fn of_bench(failure: Failure) -> Trouble {
        match failure {
            Failure::Stopped => Trouble::ended(),
            failure => Trouble::of_subject(failure),
        }
    }

    /// A bench gives no answer about this.
    pub fn of_failure(about: &str, failure: Failure) -> Trouble {
        match failure {
            Failure::Stopped => Trouble::ended(),
            Failure::Died(words) => Trouble::Subject(words),
            failure => Trouble::Subject(format!("{about}: {failure}")),
        }
    }

    /// Nobody waits for the result any more.
    fn ended() -> Trouble {
        if session::is_interrupted() { Trouble::Interrupted } else { Trouble::OutOfTime }
    }

    /// What the command ends with.
    pub const fn status(&self) -> Status {
        match self {
            Trouble::Usage(_) => Status::Usage,
            Trouble::Subject(_) => Status::Subject,
            Trouble::Internal(_) => Status::Internal,
            Trouble::Interrupted | Trouble::OutOfTime => Status::Budget,
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
            Trouble::OutOfTime => f.write_str("the time is over: nothing was explored yet"),
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

impl From<PatchError> for Trouble {
    fn from(error: PatchError) -> Trouble {
        Trouble::Usage(error.to_string())
    }
}

impl From<Failure> for Trouble {
    /// Of a bench that was asked for what the user named: what makes no sense there the user wrote.
    fn from(failure: Failure) -> Trouble {
        match failure {
            Failure::Refused(why) => Trouble::Usage(why),
            Failure::Stopped => Trouble::ended(),
            failure => Trouble::Subject(failure.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, FileError, PatchError, Status, Trouble, ValueError};
    use std::path::Path;

    #[test]
    fn the_kind_decides_the_status() {
        let check = |trouble: Trouble, status: Status| assert_eq!(trouble.status(), status, "{trouble}");
        check(FileError::new(Path::new("x"), "is a link").into(), Status::Usage);
        check(ValueError::new("not a date").into(), Status::Usage);
        check(PatchError::new("cut off").of("x.patch").into(), Status::Usage);
        check(Failure::Refused("no such scenario".to_owned()).into(), Status::Usage);
        check(Failure::Died("overran its stack".to_owned()).into(), Status::Subject);
        check(Failure::Stopped.into(), Status::Budget);
        check(Trouble::of_failure("S1", Failure::Stopped), Status::Budget);
        check(Trouble::of_bench(Failure::Refused("another version".to_owned())), Status::Subject);
        check(Trouble::of_subject("does not compile"), Status::Subject);
        check(Trouble::Internal("the page could not be made".to_owned()), Status::Internal);
        check(Trouble::Interrupted, Status::Budget);
    }
}
