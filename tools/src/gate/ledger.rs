//! The ledger of accepted divergences, and of ends that all variants show and nobody can want: a
//! TOML file next to the snapshots, reviewed like code.
//!
//! Each entry accepts one divergence, by its id and by who shows it: an outcome that another
//! variant begins to show is another change. It has a reason, the date its author gave, and perhaps
//! a last day. What matches nothing any more, or has expired, is said.

use crate::cli::date::parse_date;
use crate::cli::diagnostic::Diagnostic;
use crate::cli::file_error::FileError;
use crate::cli::files::save;
use crate::cli::trouble::Trouble;
use crate::cli::value_error::ValueError;
use crate::document::{BadEndPart, DivergencePart};
use jiff::civil::Date;
use lockstep::DivergenceId;
use serde::Deserialize;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// Version of the form.
const VERSION: u32 = 1;

const HEAD: &str = "\
# Divergences that were looked at and found to be meant. 'lockstep accept ID --reason …' adds an entry; 'lockstep gate' fails on
# a divergence that is neither here nor in a snapshot, and on an entry that matches nothing any more or has expired. Ends that
# nobody can want and all steps show, such as races, are accepted in the same way.
version = 1
";

/// The ledger.
#[derive(Debug)]
pub struct Ledger {
    /// Its file, for messages.
    pub path: PathBuf,
    /// Its entries, in order.
    pub entries: Vec<Entry>,
    text: String,
}

/// What is accepted, or asked for: a divergence, or ends that all variants show.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Its name.
    pub id: &'a str,
    /// Variants that show it and variants that do not; of ends neither is said, for all show them.
    pub shown: Option<(&'a [String], &'a [String])>,
}

impl<'a> Asked<'a> {
    /// A divergence.
    pub fn divergence(one: &'a DivergencePart) -> Asked<'a> {
        Asked { id: &one.id, shown: Some((&one.shown_by, &one.not_by)) }
    }

    /// Ends that all variants show.
    pub fn ends(one: &'a BadEndPart) -> Asked<'a> {
        Asked { id: &one.id, shown: None }
    }
}

/// One accepted divergence, or ends that all variants show.
#[derive(Debug)]
pub struct Entry {
    /// Which.
    pub id: DivergenceId,
    /// Variants that show it.
    pub shown_by: Vec<String>,
    /// Variants that do not.
    pub not_by: Vec<String>,
    /// Why it is fine.
    pub reason: String,
    /// When it was accepted.
    pub date: Date,
    /// The last day on which it counts.
    pub expires: Option<Date>,
    /// Its line in the file.
    pub line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    #[serde(default)]
    accepted: Vec<Spanned<Row>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    id: Spanned<String>,
    shown_by: Option<Vec<String>>,
    not_by: Option<Vec<String>>,
    reason: Spanned<String>,
    date: Spanned<String>,
    expires: Option<Spanned<String>>,
}

/// An entry that expires before it was made would never count.
fn in_order(date: Date, expires: Date) -> Result<(), ValueError> {
    if expires < date {
        let reason = format!("the last day, {expires}, is before the day of acceptance, {date}: it would never count");
        return Err(ValueError::new(reason));
    }
    Ok(())
}

impl Ledger {
    /// Reads the ledger. A file that does not exist accepts nothing.
    pub fn read(path: &Path) -> Result<Ledger, Trouble> {
        let shown = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => HEAD.to_owned(),
            Err(error) => return Err(FileError::unread(path, error).into()),
        };
        let file: File = toml::from_str(&text).map_err(|error| Diagnostic::of_toml(&shown, &text, &error))?;
        let wrong = |span: std::ops::Range<usize>, message: &dyn Display| {
            Trouble::from(Diagnostic::new((&shown, &text), span, message))
        };
        if *file.version.get_ref() != VERSION {
            return Err(wrong(file.version.span(), &format!("this program reads version {VERSION} of the ledger")));
        }
        let mut entries: Vec<Entry> = Vec::new();
        for row in file.accepted {
            let line = text[..row.span().start].lines().count() + 1;
            let row = row.into_inner();
            let date = |date: &Spanned<String>| parse_date(date.get_ref()).map_err(|error| wrong(date.span(), &error));
            let id: DivergenceId =
                row.id.get_ref().parse().map_err(|error: lockstep::DivergenceIdError| wrong(row.id.span(), &error))?;
            let (shown_by, not_by) = match (row.shown_by, row.not_by) {
                (Some(shown_by), Some(not_by)) if !id.is_of_ends() => (shown_by, not_by),
                (None, None) if id.is_of_ends() => (Vec::new(), Vec::new()),
                _ if id.is_of_ends() => {
                    return Err(wrong(
                        row.id.span(),
                        &"these ends are shown by all: leave 'shown-by' and 'not-by' out",
                    ));
                }
                _ => return Err(wrong(row.id.span(), &"an entry says by whom it is shown: 'shown-by' and 'not-by'")),
            };
            let is_same = |entry: &Entry| entry.id == id && entry.shown_by == shown_by && entry.not_by == not_by;
            if entries.iter().any(is_same) {
                return Err(wrong(row.id.span(), &"this divergence is accepted twice: keep one entry"));
            }
            if row.reason.get_ref().trim().is_empty() {
                return Err(wrong(row.reason.span(), &"an entry needs a reason"));
            }
            let expires = row.expires.as_ref().map(date).transpose()?;
            let accepted = date(&row.date)?;
            if let (Some(last), Some(text)) = (expires, &row.expires) {
                in_order(accepted, last).map_err(|error| wrong(text.span(), &error))?;
            }
            entries.push(Entry {
                id,
                shown_by,
                not_by,
                reason: row.reason.into_inner(),
                date: accepted,
                expires,
                line,
            });
        }
        Ok(Ledger { path: path.to_owned(), entries, text })
    }

    /// Adds an entry to the file and leaves all else in it as it is. Who accepts at the same time
    /// waits: no entry is lost.
    pub fn accept(
        path: &Path,
        asked: &Asked<'_>,
        reason: &str,
        date: Date,
        expires: Option<Date>,
    ) -> Result<(), Trouble> {
        expires.map_or(Ok(()), |last| in_order(date, last))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|error| FileError::new(folder, error))?;
        // The folder is what is locked, for the file is replaced by another one; held until this
        // returns.
        let held = std::fs::File::open(folder).and_then(|folder| folder.lock().map(|()| folder));
        let _held = held.map_err(|error| FileError::is(folder, format!("cannot be locked: {error}")))?;
        let ledger = Ledger::read(path)?;
        if let Some(entry) = ledger.entries.iter().find(|entry| entry.matches(asked)) {
            return Err(Trouble::usage(format!(
                "{}:{} has an entry for {} already: change or remove that one",
                path.display(),
                entry.line,
                asked.id
            )));
        }
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let list = |names: &[String]| names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        let mut text = ledger.text;
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text += &format!("\n[[accepted]]\nid = {}\n", quoted(asked.id));
        text += &asked.shown.map_or(String::new(), |(shown_by, not_by)| {
            format!("shown-by = [{}]\nnot-by = [{}]\n", list(shown_by), list(not_by))
        });
        text += &format!("reason = {}\ndate = \"{date}\"\n", quoted(reason));
        text += &expires.map_or(String::new(), |expires| format!("expires = \"{expires}\"\n"));
        Ok(save(path, &text)?)
    }
}

impl Entry {
    /// Whether it is of this, and a divergence is shown by the same variants.
    pub fn matches(&self, asked: &Asked<'_>) -> bool {
        let is_shown_alike =
            asked.shown.is_none_or(|(shown_by, not_by)| self.shown_by == shown_by && self.not_by == not_by);
        self.id.to_string() == asked.id && is_shown_alike
    }

    /// Whether its last day is over.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|expires| expires < today)
    }
}
