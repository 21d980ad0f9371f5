//! Messages as lines: how a request or an answer crosses the port.

use crate::protocol::VERSION;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A message and the version of its form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<T> {
    version: u32,
    message: T,
}

/// The version alone, which every version of the form has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// The message as a line.
pub fn line<T: Serialize>(message: &T) -> String {
    let envelope = Envelope { version: VERSION, message };
    serde_json::to_string(&envelope).expect("messages have only strings, numbers, lists and maps by string")
}

/// Why a line is no message.
#[derive(Debug)]
pub enum MessageError {
    /// It does not say what a message says, or says more; the field is named.
    Form(serde_json::Error),
    /// It is of this version, which is not the one that is spoken here.
    Version(u32),
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MessageError::Form(error) => write!(f, "the message cannot be read: {error}"),
            MessageError::Version(version) => {
                write!(f, "the message is of version {version}, and this program speaks version {VERSION}")
            }
        }
    }
}

impl std::error::Error for MessageError {}

/// Reads a line. Errors name the version, or the field.
pub fn read<T: DeserializeOwned>(line: &str) -> Result<T, MessageError> {
    let Versioned { version } = serde_json::from_str(line).map_err(MessageError::Form)?;
    if version != VERSION {
        return Err(MessageError::Version(version));
    }
    let envelope: Envelope<T> = serde_json::from_str(line).map_err(MessageError::Form)?;
    Ok(envelope.message)
}

#[cfg(test)]
mod tests {
    use super::{line, read};
    use crate::protocol::{Effort, Explore, Request, Setting};
    use lockstep::MemoryModel;

    fn request() -> Request {
        let setting = Setting { scenario: "two".to_owned(), repaired: false, memory: MemoryModel::Weak };
        let effort = Effort { exhaustive_max: 1, preemptions: 2, enumerated: 3, executions: 4, seed: 5 };
        Request::Explore(Explore { setting, variant: "base".to_owned(), effort, exhaustive: true, jobs: 1 })
    }

    #[test]
    fn a_message_is_read_as_it_was_written() {
        let text = line(&request());
        assert!(!text.contains('\n'));
        assert_eq!(read::<Request>(&text).expect("it is whole"), request());
    }

    /// The message with one piece replaced is refused, and the refusal names what is wrong.
    #[track_caller]
    fn check(piece: &str, by: &str, expected: &str) {
        let text = line(&request());
        assert!(text.contains(piece), "{text}");
        let error = read::<Request>(&text.replacen(piece, by, 1)).expect_err("it is another message").to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn nothing_of_a_message_has_a_default() {
        check(",\"jobs\":1", "", "missing field `jobs`");
        check(",\"seed\":5", "", "missing field `seed`");
        check("\"jobs\":1", "\"jobs\":1,\"haste\":1", "unknown field `haste`");
        check("\"weak\"", "\"strong\"", "there is no memory model 'strong'");
        check("\"Explore\"", "\"Admire\"", "unknown variant `Admire`");
        check("\"version\":1", "\"version\":2", "the message is of version 2, and this program speaks version 1");
        check("\"version\":1,", "", "missing field `version`");
        check("\"preemptions\":2", "\"preemptions\":-2", "-2");
    }
}
