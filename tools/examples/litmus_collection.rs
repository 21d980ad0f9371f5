//! How much of a collection of litmus tests is answered, and where the answer is not the one that its files expect.
//!
//! `cargo run --example litmus_collection -- [--memory weak] [--seconds 20] [--expected TABLE]
//! [--differing] FOLDER…` calls the `lockstep` binary beside it on every file that ends with
//! `.litmus`. Expected is what a line `Result:` of the file says, or the observation in a file of the
//! same name with `.expected` behind it, or what a table says: its lines are the end of a path, a
//! comma, and 1 if the condition holds. A difference is no fault by itself: `harness/docs/weak.md` says in
//! which ways the models differ.
//! The exit status is 1 if a call ended in no way it may, or fewer than 98 of 100 tests in C that use neither RCU nor SRCU were
//! answered and proven.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What became of a file.
enum Fate {
    /// Its observation, and whether its condition holds.
    Answered(String, bool),
    /// Its time was over before anything was proven.
    Unproven,
    /// The message without places and names.
    Refused(String),
    /// The call ended in a way it may not.
    Failed(String),
}

/// What was asked for.
struct Asked {
    memory: String,
    seconds: String,
    shows_differing: bool,
    /// Whether conditions hold, by the ends of paths.
    table: HashMap<PathBuf, bool>,
    folders: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let asked = arguments();
    let lockstep = std::env::current_exe().expect("the example has a place").with_file_name("../lockstep");
    let mut files = Vec::new();
    asked.folders.iter().for_each(|folder| collect(folder, &mut files));
    files.sort();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |what: String| *counts.entry(what).or_default() += 1;
    let (mut wanted, mut answered, mut failed) = (0_usize, 0_usize, 0_usize);
    for file in &files {
        match fate(&lockstep, file, &asked) {
            Fate::Answered(observation, holds) => {
                (wanted, answered) = (wanted + 1, answered + 1);
                count("answered".to_owned());
                let told = expected(file).map(|told| (told == observation, told));
                let tabled = || {
                    let told = tabled(&asked.table, file)?;
                    Some((told == holds, if told { "that the condition holds" } else { "that it does not" }.to_owned()))
                };
                let Some((is_same, expected)) = told.or_else(tabled) else { continue };
                count("with an expected verdict".to_owned());
                if !is_same {
                    count(format!("differing: {observation}, expected {expected}"));
                    if asked.shows_differing {
                        println!("{}: {observation}, expected {expected}", file.display());
                    }
                }
            }
            Fate::Unproven => {
                wanted += 1;
                count("unproven".to_owned());
                println!("{}: unproven", file.display());
            }
            Fate::Refused(message) => {
                let is_outside = message.contains("RCU") || message.contains("tests in the language");
                wanted += usize::from(!is_outside);
                count(format!("refused: {message}"));
            }
            Fate::Failed(how) => {
                (wanted, failed) = (wanted + 1, failed + 1);
                println!("{}: {how}", file.display());
            }
        }
    }
    for (what, count) in &counts {
        println!("{count:6} {what}");
    }
    println!("{answered} of {wanted} answered, {failed} failed, of {} files", files.len());
    if failed == 0 && answered * 100 >= wanted * 98 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn arguments() -> Asked {
    let mut asked = Asked {
        memory: "weak".to_owned(),
        seconds: "20".to_owned(),
        shows_differing: false,
        table: HashMap::new(),
        folders: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--memory" => asked.memory = arguments.next().expect("--memory takes a value"),
            "--seconds" => asked.seconds = arguments.next().expect("--seconds takes a value"),
            "--expected" => asked.table = table(&arguments.next().expect("--expected takes a file")),
            "--differing" => asked.shows_differing = true,
            folder => asked.folders.push(PathBuf::from(folder)),
        }
    }
    assert!(!asked.folders.is_empty(), "name folders of litmus tests");
    asked
}

fn table(path: &str) -> HashMap<PathBuf, bool> {
    let text = std::fs::read_to_string(path).expect("the table can be read");
    let rows = text.lines().filter_map(|line| line.split_once(','));
    rows.map(|(name, holds)| (PathBuf::from(name), holds.trim() == "1")).collect()
}

/// What the table says of the longest end of the path that it knows.
fn tabled(table: &HashMap<PathBuf, bool>, file: &Path) -> Option<bool> {
    let parts: Vec<_> = file.components().collect();
    (0..parts.len()).find_map(|from| table.get(&parts[from..].iter().collect::<PathBuf>())).copied()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "litmus") {
            files.push(path);
        }
    }
}

fn fate(lockstep: &Path, file: &Path, asked: &Asked) -> Fate {
    let time = format!("{}s", asked.seconds);
    let output = Command::new(lockstep)
        .args(["litmus", "--memory", &asked.memory, "--executions", "300", "--time", &time])
        .arg(file)
        .output()
        .expect("the binary lockstep was built");
    let text = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) => match observation(&text) {
            Some(observation) => Fate::Answered(observation, text.lines().any(|line| line == "Ok")),
            None => Fate::Failed("no observation".to_owned()),
        },
        Some(103) => Fate::Unproven,
        Some(2) if complaint.starts_with("lockstep: ") => Fate::Refused(without_place(&complaint, file)),
        status => Fate::Failed(format!("ended with {status:?}: {}", complaint.trim())),
    }
}

/// The third word of the line that tells what was observed. Names have no blanks.
fn observation(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with("Observation "))?;
    line.split(' ').nth(2).map(str::to_owned)
}

/// A message without the file, its place and what stands in quotes.
fn without_place(complaint: &str, file: &Path) -> String {
    let message = complaint.trim().trim_start_matches("lockstep: ").replace(&file.display().to_string(), "");
    let message = message.trim_start_matches(|first: char| first == ':' || first.is_ascii_digit()).trim();
    let parts = message.split('\'').enumerate();
    parts.map(|(nth, part)| if nth % 2 == 0 { part } else { "…" }).collect()
}

/// What the file, or the one beside it, expects.
fn expected(file: &Path) -> Option<String> {
    let beside = PathBuf::from(format!("{}.expected", file.display()));
    if let Ok(text) = std::fs::read_to_string(beside) {
        return observation(&text);
    }
    let text = String::from_utf8_lossy(&std::fs::read(file).ok()?).into_owned();
    let (_, behind) = text.split_once("Result:")?;
    let word = behind.split_whitespace().next()?;
    ["Never", "Sometimes", "Always"].contains(&word).then(|| word.to_owned())
}
