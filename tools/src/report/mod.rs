//! Reports: a document in the forms that people and programs read.
//!
//! Each form is a function from the document to text. What a form cannot hold it leaves out and
//! says so. Names and messages come from patches of strangers: each form escapes them by its own
//! rules.

mod audit;
mod b4;
mod belonging;
mod claims;
mod github;
mod html;
mod junit;
mod ktap;
mod mail;
mod markdown;
mod mutants;
mod range_diff;
mod sections;
mod orderings;
mod sarif;
mod sheet;
mod table;
mod tame;
mod text;

pub use tame::one_line;

use crate::cli::arguments::{Format, ReportArguments};
use crate::cli::file_error::{FileError, why_unread};
use crate::cli::trouble::Trouble;
use crate::document::{self, Document, read, since};
use crate::explore::relax;
use std::path::Path;

/// `lockstep report`.
pub fn command(arguments: &ReportArguments, format: Format) -> Result<String, Trouble> {
    if format == Format::B4 && arguments.from == Path::new("-") {
        return Err(Trouble::usage("--format b4 reads a mail on standard input: give the comparison as a file"));
    }
    let mut document = read(&arguments.from)?;
    if let Some(old) = &arguments.against {
        document.since = Some(since(&read(old)?, &document));
    }
    let variants = std::mem::take(&mut document.variants);
    let sections = [
        ("claims", &arguments.claims, &mut document.claims),
        ("audit", &arguments.audit, &mut document.audit),
        ("mutants", &arguments.mutants, &mut document.mutants),
        ("orderings", &arguments.orderings, &mut document.orderings),
    ];
    for (name, path, section) in sections {
        if let Some(path) = path {
            let value = json(path)?;
            belonging::refuse_foreign((name, path), &value, &variants)?;
            *section = Some(value);
        }
    }
    document.variants = variants;
    if let Some(commit) = &arguments.base_commit {
        document.base_commit = Some(commit.clone());
    }
    match (format, arguments.prep) {
        (Format::B4, true) => Ok(b4::prep(&tame::tame(&document)?, &standard_input()?)),
        (_, true) => Err(Trouble::usage("--prep is a form of b4's: say --format b4 as well")),
        (format, false) => of_document(&document, format),
    }
}

/// A report in one form.
pub fn of_document(document: &Document, format: Format) -> Result<String, Trouble> {
    let (whole, document) = (document, &tame::tame(document)?);
    Ok(match format {
        Format::Human | Format::Text => text::text(document),
        Format::Json => document::text(whole),
        Format::Markdown => markdown::markdown(document),
        Format::Github => github::annotations(document),
        Format::Junit => junit::junit(document)?,
        Format::Ktap => ktap::ktap(document),
        Format::Sarif => sarif::sarif(document),
        Format::Html => html::page(document)?,
        Format::B4 => b4::review(document, &standard_input()?),
        Format::Sheet => sheet::sheet(document),
    })
}

fn json(path: &Path) -> Result<serde_json::Value, FileError> {
    let text = std::fs::read_to_string(path).map_err(|error| FileError::unread(path, why_unread(&error)))?;
    // The committed table of orderings is text, with the same rows.
    if relax::is_table(&text) {
        let rows = relax::read(&text).map_err(|error| FileError::new(path, error))?;
        return serde_json::to_value(rows).map_err(|error| FileError::new(path, error));
    }
    serde_json::from_str(&text).map_err(|error| FileError::is(path, format!("is not JSON: {error}")))
}

/// The mail that b4 gives.
fn standard_input() -> Result<Vec<u8>, Trouble> {
    use std::io::{IsTerminal, Read};
    let mut input = std::io::stdin();
    if input.is_terminal() {
        return Err(Trouble::usage("--format b4 reads a patch as a mail on standard input, as b4 gives it"));
    }
    let mut mail = Vec::new();
    let read = input.read_to_end(&mut mail);
    read.map_err(|error| Trouble::usage(format!("standard input cannot be read: {error}")))?;
    Ok(mail)
}
