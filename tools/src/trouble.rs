//! Why a command has no result.

use crate::session;
use crate::status::Status;

/// Whose fault it is, and what is wrong, in a sentence.
#[derive(Debug)]
pub enum Trouble {
    /// The command, or a file that it reads, makes no sense.
    Usage(String),
    /// The subject could not be built or run.
    Subject(String),
}

impl From<String> for Trouble {
    fn from(message: String) -> Trouble {
        Trouble::Usage(message)
    }
}

impl Trouble {
    /// Says it, and what the command ends with.
    pub fn say(&self) -> Status {
        let (Trouble::Usage(message) | Trouble::Subject(message)) = self;
        session::say(message);
        match self {
            Trouble::Usage(_) => Status::Usage,
            Trouble::Subject(_) => Status::Subject,
        }
    }
}
