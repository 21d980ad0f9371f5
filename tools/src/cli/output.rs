//! What is written to standard output, and what becomes of it.

use super::session;
use super::status::Status;
use std::io::Write;

/// Prints the result, or says why there is none.
pub fn show(text: Result<String, String>) -> Status {
    match text {
        Ok(text) => print(&text),
        Err(message) => usage(&message),
    }
}

/// Prints what a command that judges has to say.
pub fn finish(result: Result<(String, Status), String>) -> Status {
    match result {
        Ok((text, status)) => print(&text).and(status),
        Err(message) => usage(&message),
    }
}

pub fn usage(message: &str) -> Status {
    session::say(message);
    Status::Usage
}

/// Writes the result.
pub fn print(text: &str) -> Status {
    let mut output = anstream::stdout();
    written(output.write_all(text.as_bytes()).and_then(|()| output.flush()))
}

/// What became of the result. A reader that went away, as `head` does, is no error; that there is
/// no room where the caller wants it is the caller's to mend.
pub fn written(result: std::io::Result<()>) -> Status {
    match result {
        Ok(()) => Status::Fine,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Status::Fine,
        Err(error) => usage(&format!("the result could not be written to standard output: {error}")),
    }
}
