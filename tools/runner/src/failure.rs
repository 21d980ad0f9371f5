//! Why a bench gives no answer.

use crate::message::MessageError;
use std::fmt;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The program that runs the subject ended with last words of its own, which say all.
    Died(String),
    /// It ended; how, in words.
    Ended(String),
    /// The question makes no sense there.
    Refused(String),
    /// Nobody waits for the answer any more.
    Stopped,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Died(words) => f.write_str(words),
            Failure::Ended(how) => write!(f, "it ended by itself: {how}"),
            Failure::Refused(why) => write!(f, "the request was refused: {why}"),
            Failure::Stopped => f.write_str("the run ended early"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<MessageError> for Failure {
    fn from(error: MessageError) -> Failure {
        Failure::Refused(error.to_string())
    }
}
