//! Writing a series from the modules it leads through: mails as `git format-patch` writes them.
//!
//! Subject and message of a mail that stands there already are kept; for a new one the
//! documentation of the module says what it is. Nothing in a mail depends on when or where it was
//! written.

use super::change::{changes, diff, stat};
use super::report::wrap;
use super::source::read_mail;
use crate::causes::Sources;
use crate::cli::file_error::FileError;
use crate::cli::files;
use crate::cli::trouble::Trouble;
use crate::source::error::SourceError;
use crate::source::module::Module;
use crate::source::rust;
use std::path::{Path, PathBuf};

/// Nobody in particular.
const SENDER: &str = "Lockstep series <series@lockstep.invalid>";

/// No time in particular: the day on which the thread began.
const DATE: &str = "Sat, 1 Aug 2009 00:00:00 +0000";

/// One step of the series.
#[derive(Clone, Debug)]
pub struct Source {
    /// What its root was called on the command line.
    pub given: String,
    /// Its files, as patches name them.
    pub module: Module,
}

/// Words of a subject that make a file name.
const NAME_MAX: usize = 52;

/// Functions that a subject names.
const FUNCTIONS_MAX: usize = 3;

/// What a mail says above its diff.
#[derive(Clone, Debug)]
pub struct Words {
    pub subject: String,
    message: String,
}

/// What the mails of the series say, the cover letter first: what stands in the folder, or what the
/// modules say of themselves.
pub fn words(sources: &[Source], folder: &Path) -> Result<Vec<Words>, Trouble> {
    let kept = kept(folder)?;
    let old = |number: usize| kept.iter().find(|(known, ..)| *known == number).map(|(_, _, words)| words.clone());
    let title = format!("{}: a series of {}", sources[0].module.path, sources.len() - 1);
    let mut all = vec![old(0).unwrap_or(Words { subject: title, message: String::new() })];
    // What an earlier module has said of itself says nothing of this patch.
    let mut said: Vec<String> = Vec::new();
    for (nth, source) in sources.iter().enumerate().skip(1) {
        let words = match old(nth) {
            Some(words) => words,
            None => {
                let words = documented(source)?;
                let is_said = said.contains(&words.subject);
                said.push(words.subject.clone());
                if is_said { of_change(&sources[nth - 1], source, &all, words) } else { words }
            }
        };
        all.push(words);
    }
    Ok(all)
}

/// Words for a change of which the module says nothing: the functions that it is in.
fn of_change(before: &Source, after: &Source, taken: &[Words], words: Words) -> Words {
    let steps = [before, after].map(|source| source.module.named());
    let [from, to] = ["before", "after"];
    let sources = Sources::new([from, to].map(str::to_owned).into_iter().zip(steps));
    let changed = sources.changed(from, to);
    let lines = changed.added.iter().map(|place| (to, place)).chain(changed.removed.iter().map(|place| (from, place)));
    let mut functions: Vec<&str> = Vec::new();
    for (variant, (file, line)) in lines {
        // The type that a method is of says little where there is one.
        let function = sources.function(variant, file, *line).and_then(|name| name.rsplit("::").next());
        functions.extend(function.filter(|name| !functions.contains(name)));
    }
    let stem = Path::new(&after.given).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let change = match functions.len() {
        0 => format!("{stem}: a change outside of functions"),
        1..=FUNCTIONS_MAX => format!("{stem}: change {}", functions.join(", ")),
        count => format!("{stem}: change {} and {} more functions", functions[0], count - 1),
    };
    let is_taken = |subject: &String| taken.iter().any(|words| words.subject == *subject);
    let again = (2..).map(|nth| format!("{change} ({nth})"));
    let subject = std::iter::once(change.clone()).chain(again).find(|subject| !is_taken(subject));
    Words { subject: subject.unwrap_or(change), ..words }
}

/// Writes the mails that lead from each step to the next, with a cover letter if there is something
/// to say. The files written.
pub fn derive(
    sources: &[Source],
    words: &[Words],
    folder: &Path,
    behaviour: Option<&str>,
) -> Result<Vec<PathBuf>, Trouble> {
    let count = sources.len() - 1;
    let mut mails: Vec<(PathBuf, String)> = Vec::new();
    let mut subjects = Vec::new();
    for (nth, pair) in sources.windows(2).enumerate() {
        let (number, Words { subject, message }) = (nth + 1, &words[nth + 1]);
        let changes = changes(&pair[0].module, &pair[1].module);
        if changes.is_empty() {
            let same = format!("{} and {} are the same: there is nothing to mail", pair[0].given, pair[1].given);
            return Err(Trouble::Usage(same));
        }
        let head = head(&format!("[PATCH {number}/{count}] {subject}"));
        let (stat, diff) = (stat(&changes), diff(&changes));
        let text = format!("{head}\n{message}\n---\n{stat}\n{diff}-- \nlockstep\n\n");
        mails.push((folder.join(format!("{number:04}-{}.patch", file_name(subject))), text));
        subjects.push(format!("  {number}/{count} {subject}"));
    }
    if let Some(behaviour) = behaviour {
        let head = head(&format!("[PATCH 0/{count}] {}", words[0].subject));
        let text = format!("{head}\n{behaviour}\n\n{}\n-- \nlockstep\n\n", subjects.join("\n"));
        mails.insert(0, (folder.join("0000-cover-letter.patch"), text));
    }
    let old = kept(folder)?;
    files::write_all(&mails)?;
    // A mail of the same number under another name would be a patch too many.
    let is_replaced = |path: &PathBuf| mails.iter().all(|(written, _)| written != path);
    for (_, path, _) in old.into_iter().filter(|(number, path, _)| is_replaced(path) && *number > 0) {
        std::fs::remove_file(&path).map_err(|error| FileError::new(&path, error))?;
    }
    Ok(mails.into_iter().map(|(path, _)| path).collect())
}

/// The numbered mails in a folder.
fn kept(folder: &Path) -> Result<Vec<(usize, PathBuf, Words)>, Trouble> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut kept = Vec::new();
    for path in super::source::patch_files(folder)? {
        let mail = read_mail(&path)?;
        if let Some((number, _)) = mail.subject.number {
            kept.push((number, path, Words { subject: mail.subject.text, message: mail.message }));
        }
    }
    Ok(kept)
}

/// The first paragraph of a module's documentation is the subject, the rest the message.
fn documented(source: &Source) -> Result<Words, SourceError> {
    let Source { given, module } = source;
    let file = rust::parse(given, &module.text)?;
    let lines = module.text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let text: Vec<&str> = lines.collect();
    if file.attrs.is_empty() || text.is_empty() {
        let stem = Path::new(given).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(Words { message: format!("Changes {stem}."), subject: stem });
    }
    let paragraphs: Vec<String> = text.split(|line| line.is_empty()).map(|lines| lines.join(" ")).collect();
    let subject = paragraphs[0].trim_end_matches('.').to_owned();
    let rest: Vec<String> = paragraphs[1..].iter().map(|text| wrap(text, "").join("\n")).collect();
    let message = if rest.is_empty() { format!("{subject}.") } else { rest.join("\n\n") };
    Ok(Words { subject, message })
}

fn head(subject: &str) -> String {
    let zero = "0".repeat(40);
    let subject = wrap(subject, " ").join("\n");
    format!("From {zero} Mon Sep 17 00:00:00 2001\nFrom: {SENDER}\nDate: {DATE}\nSubject: {subject}\n")
}

fn file_name(subject: &str) -> String {
    let words = subject.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut name = String::new();
    for word in words {
        if name.len() + word.len() + 1 > NAME_MAX {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name += word;
    }
    name
}
