//! A running package: requests and answers.

use crate::cli::arguments::Options;
use crate::cli::file_error::FileError;
use crate::cli::selection::select_names;
use crate::cli::session;
use crate::cli::trouble::Trouble;
use crate::cli::value_error::ValueError;
use lockstep_runner::protocol::{Answer, Listing, Request};
use lockstep_runner::{ANSWER, Bench, Failure, message};
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
    /// What stands before its answers and last words.
    word: String,
    /// What it says on standard error, until that closes.
    words: Option<JoinHandle<Vec<String>>>,
}

/// Lines of a program's last words that are kept.
const WORDS_MAX: usize = 12;

/// How often somebody who waits for an answer looks whether it is still wanted.
const BEAT: Duration = Duration::from_millis(50);

/// What the subject of a bench holds.
pub fn listing(bench: &mut dyn Bench) -> Result<Listing, Trouble> {
    bench.list().map_err(Trouble::of_bench)
}

/// The scenarios of a subject that were asked for, by id; all if none was.
pub fn select_listed(listed: &Listing, wanted: &[String]) -> Result<Vec<String>, ValueError> {
    let ids = || listed.scenarios.iter().map(|situation| situation.id.as_str());
    let numbers = select_names("scenario", ids(), wanted, "")?;
    Ok(numbers.into_iter().filter_map(|number| ids().nth(number).map(str::to_owned)).collect())
}

/// The steps of a series that the options name, or all.
pub fn select_steps(listing: &Listing, options: &Options) -> Result<Vec<String>, Trouble> {
    let numbers = select_names("step", listing.variants.iter().map(String::as_str), &options.variants, "")?;
    Ok(numbers.into_iter().map(|number| listing.variants[number].clone()).collect())
}

impl Runner {
    /// Starts the program.
    pub fn start(program: &Path) -> Result<Runner, Trouble> {
        // Nothing that a subject prints begins with it.
        let word = format!("{:016x} ", RandomState::new().hash_one(program));
        let mut child = Command::new(program)
            .env(ANSWER, &word)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Trouble::of_subject(FileError::new(program, error)))?;
        let input = child.stdin.take();
        let output = child.stdout.take().expect("it is piped");
        let (sender, answers) = channel();
        let before = word.clone();
        std::thread::spawn(move || {
            let mut is_told = false;
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                if let Some(answer) = line.strip_prefix(&before) {
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
        let own = word.clone();
        // All is read, so that a program that says much is not held up.
        let words = std::thread::spawn(move || {
            let lines = BufReader::new(errors).lines().map_while(Result::ok);
            let is_kept = |(nth, line): &(usize, String)| *nth < WORDS_MAX || line.contains(&own);
            lines.enumerate().filter(is_kept).map(|(_, line)| line).collect()
        });
        Ok(Runner { child, input, answers, word, words: Some(words) })
    }

    fn send(&mut self, request: &Request) -> Result<(), Failure> {
        let line = message::line(request) + "\n";
        let input = self.input.as_mut().expect("it is open until the runner is dropped");
        let sent = input.write_all(line.as_bytes()).and_then(|()| input.flush());
        sent.map_err(|_| self.ended())
    }

    fn ended(&mut self) -> Failure {
        let how = self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        let words = self.words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        // The subject may have left a line open.
        let own = |line: &str| Some(line.split_once(&self.word)?.1.strip_prefix("lockstep: ")?.to_owned());
        let last: Vec<String> = words.iter().filter_map(|line| own(line)).collect();
        // Of a panic the first line says where, and the second what.
        let first: Vec<&str> = words.iter().map(String::as_str).filter(|line| !line.is_empty()).take(2).collect();
        match (last.is_empty(), first.is_empty()) {
            (false, _) => Failure::Died(last.join("; ")),
            (true, false) => Failure::Ended(format!("{how}: {}", first.join(" "))),
            (true, true) => Failure::Ended(how),
        }
    }
}

impl Bench for Runner {
    /// Asks, and waits as long as the answer is wanted: the program watches itself, and ends if it
    /// gets nowhere.
    fn ask(&mut self, request: &Request) -> Result<Answer, Failure> {
        self.send(request)?;
        loop {
            match self.answers.recv_timeout(BEAT) {
                Ok(answer) => {
                    return match message::read(&answer)? {
                        Answer::Refused(why) => Err(Failure::Refused(why)),
                        answer => Ok(answer),
                    };
                }
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
}

impl Drop for Runner {
    fn drop(&mut self) {
        // Without input it ends by itself; if it is in the middle of something it is not waited
        // for.
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
