//! The program of a generated package: one request a line on standard input, one answer a line on
//! standard output.

use crate::bench::Bench;
use crate::local::Local;
use crate::message;
use crate::panics::quiet_panics_of_subjects;
use crate::protocol::Answer;
use crate::subject::Subject;
use crate::watchdog;
use std::io::{BufRead, Write};

/// The exit status of a subject that could not be run to an end.
pub const SUBJECT_FAILED: u8 = 104;

/// In the environment of the program: the word before every answer, and before last words. What the
/// subject prints does not know it.
pub const ANSWER: &str = "LOCKSTEP_ANSWER";

/// Answers until nobody asks any more.
pub fn serve(subject: &dyn Subject) {
    quiet_panics_of_subjects();
    let word = std::env::var(ANSWER).unwrap_or_default();
    watchdog::begin_last_words_with(word.clone());
    // From now on what cannot be survived ends the program with a message.
    watchdog::start(SUBJECT_FAILED, || ());
    let mut bench = Local::new(subject);
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let answer = match message::read(&line) {
            Ok(request) => bench.ask(&request).unwrap_or_else(|failure| Answer::Refused(failure.to_string())),
            Err(error) => Answer::Refused(error.to_string()),
        };
        let mut out = std::io::stdout().lock();
        // The subject may have left a line open.
        if writeln!(out, "\n{word}{}", message::line(&answer)).and_then(|()| out.flush()).is_err() {
            break;
        }
    }
}
