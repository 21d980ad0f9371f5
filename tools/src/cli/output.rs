//! What is written to standard output, and what becomes of it.

use super::status::Status;
use super::trouble::Trouble;
use std::io::Write;

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
        Err(error) => Trouble::usage(format!("the result could not be written to standard output: {error}")).say(),
    }
}
