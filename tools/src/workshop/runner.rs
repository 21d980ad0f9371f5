//! A running package: requests and answers.

use crate::cli::selection::unknown;
use crate::cli::session;
use serde::Deserialize;
use serde_json::{Value, json};
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// A package's program, waiting for requests.
#[derive(Debug)]
pub struct Runner {
    child: Child,
    input: Option<ChildStdin>,
    answers: Receiver<String>,
    /// What it says on standard error, until that closes.
    words: Option<JoinHandle<Vec<String>>>,
}

/// Lines of a program's last words that are kept.
const WORDS_MAX: usize = 12;

/// How often somebody who waits for an answer looks whether it is still wanted.
const BEAT: Duration = Duration::from_millis(50);

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The program ended with last words of its own, which say all.
    Died(String),
    /// The program ended; how, in words.
    Ended(String),
    /// It did not understand.
    Refused(String),
    /// Nobody waits for the answer any more.
    Stopped,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Died(words) => f.write_str(words),
            Failure::Ended(how) => write!(f, "it ended by itself: {how}"),
            Failure::Refused(why) => write!(f, "the request was refused: {why}"),
            Failure::Stopped => f.write_str("the run ended early"),
        }
    }
}

/// What a package holds.
#[derive(Clone, Debug, Deserialize)]
pub struct Listed {
    pub variants: Vec<String>,
    /// The scenarios, by id.
    pub scenarios: Vec<String>,
}

/// The scenarios of a package that were asked for, by number; all if none was.
pub fn select_listed(listed: &Listed, wanted: &[String]) -> Result<Vec<usize>, String> {
    select_names("scenario", listed.scenarios.iter().map(String::as_str), wanted)
}

/// What was asked for by name among what there is, by number; all if nothing was.
pub fn select_names<'a>(
    what: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    wanted: &[String],
) -> Result<Vec<usize>, String> {
    let find = |name: &String| {
        let found = known.clone().position(|id| id.eq_ignore_ascii_case(name.trim()));
        found.ok_or_else(|| unknown(what, name, known.clone()))
    };
    let wanted: Vec<&String> = wanted.iter().filter(|name| !name.trim().is_empty()).collect();
    if wanted.is_empty() {
        return Ok((0..known.clone().count()).collect());
    }
    wanted.into_iter().map(find).collect()
}

impl Runner {
    /// Starts the program.
    pub fn start(program: &Path) -> Result<Runner, String> {
        // Nothing that a subject prints begins with it.
        let word = format!("{:016x} ", RandomState::new().hash_one(program));
        let mut child = Command::new(program)
            .env("LOCKSTEP_ANSWER", &word)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let input = child.stdin.take();
        let output = child.stdout.take().expect("it is piped");
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            let mut is_told = false;
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                if let Some(answer) = line.strip_prefix(&word) {
                    if sender.send(answer.to_owned()).is_err() {
                        break;
                    }
                } else if !line.is_empty() && !is_told {
                    is_told = true;
                    session::say(
                        "the subject prints to standard output, thousands of times, so that is left out: use lockstep::probe::remark, which a replay shows",
                    );
                }
            }
        });
        let errors = child.stderr.take().expect("it is piped");
        // All is read, so that a program that says much is not held up.
        let words = std::thread::spawn(move || {
            let lines = BufReader::new(errors).lines().map_while(Result::ok);
            lines.enumerate().filter(|(nth, _)| *nth < WORDS_MAX).map(|(_, line)| line).collect()
        });
        Ok(Runner { child, input, answers, words: Some(words) })
    }

    /// Asks, and waits as long as the answer is wanted: the program watches itself, and ends if it gets nowhere. After a failure
    /// the runner is of no more use, unless it only refused.
    pub fn ask(&mut self, request: &Value) -> Result<Value, Failure> {
        self.send(request)?;
        loop {
            match self.answers.recv_timeout(BEAT) {
                Ok(answer) => return read(&answer),
                Err(RecvTimeoutError::Timeout) if session::is_ending() => {
                    // If it cannot be killed it has ended.
                    let _ = self.child.kill();
                    return Err(Failure::Stopped);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
            }
        }
    }

    fn send(&mut self, request: &Value) -> Result<(), Failure> {
        let line = format!("{request}\n");
        let input = self.input.as_mut().expect("it is open until the runner is dropped");
        let sent = input.write_all(line.as_bytes()).and_then(|()| input.flush());
        sent.map_err(|_| self.ended())
    }

    fn ended(&mut self) -> Failure {
        let how = self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        let words = self.words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        let last: Vec<&str> = words.iter().filter_map(|line| line.strip_prefix("lockstep: ")).collect();
        // Of a panic the first line says where, and the second what.
        let first: Vec<&str> = words.iter().map(String::as_str).filter(|line| !line.is_empty()).take(2).collect();
        match (last.is_empty(), first.is_empty()) {
            (false, _) => Failure::Died(last.join("; ")),
            (true, false) => Failure::Ended(format!("{how}: {}", first.join(" "))),
            (true, true) => Failure::Ended(how),
        }
    }

    /// What the package holds.
    pub fn list(&mut self) -> Result<Listed, Failure> {
        let answer = self.ask(&json!({ "kind": "list" }))?;
        serde_json::from_value(answer).map_err(|error| Failure::Refused(error.to_string()))
    }
}

fn read(answer: &str) -> Result<Value, Failure> {
    let answer: Value = serde_json::from_str(answer).map_err(|error| Failure::Refused(error.to_string()))?;
    match answer["error"].as_str() {
        Some(error) => Err(Failure::Refused(error.to_owned())),
        None => Ok(answer),
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // Without input it ends by itself; if it is in the middle of something it is not waited for.
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
