//! Why a command has no result.

use crate::cli::session;
use crate::cli::status::Status;
use lockstep_runner::Failure;

/// Whose fault it is, and what is wrong, in a sentence.
#[derive(Debug)]
pub enum Trouble {
    /// The command, or a file that it reads, makes no sense.
    Usage(String),
    /// The subject could not be built or run.
    Subject(String),
    /// The user ended the run before there was a result.
    Interrupted,
}

impl From<String> for Trouble {
    fn from(message: String) -> Trouble {
        Trouble::Usage(message)
    }
}

impl Trouble {
    /// The subject did not build or start: its own fault, unless the user ended that.
    pub fn of_subject(message: String) -> Trouble {
        if session::is_interrupted() { Trouble::Interrupted } else { Trouble::Subject(message) }
    }

    /// A bench gives no answer about this.
    pub fn of_failure(about: &str, failure: Failure) -> Trouble {
        Trouble::Subject(match failure {
            Failure::Died(words) => words,
            failure => format!("{about}: {failure}"),
        })
    }

    /// Says it, and what the command ends with.
    pub fn say(&self) -> Status {
        let (message, status) = match self {
            Trouble::Usage(message) => (message.as_str(), Status::Usage),
            Trouble::Subject(message) => (message.as_str(), Status::Subject),
            Trouble::Interrupted => ("interrupted: nothing was explored yet", Status::Budget),
        };
        session::say(message);
        status
    }
}
