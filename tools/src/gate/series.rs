//! The series that the gate judges: what the configuration and the command line name of it.
//!
//! Promise: whatever the configuration names lies below the current folder, links followed, for
//! that file comes with a patch; the command line may name anything. The scenarios are read off the
//! subject before anything is built, so that a wrong name costs nothing.

use super::section::{Section, Wrong};
use crate::cli::arguments::{Input, SeriesArguments};
use crate::cli::given_options::GivenOptions;
use crate::cli::selection::find_scenario;
use crate::cli::trouble::Trouble;
use crate::cli::value_error::ValueError;
use crate::series::ends;
use crate::source::rust::{self, Question};
use crate::workshop::{Workspace, is_shipped, own_subject};
use std::fmt::Display;
use std::path::{Component, Path, PathBuf};
use toml::Spanned;
use utrace_variants::scenarios;

/// A series to be judged.
#[derive(Debug)]
pub struct Named {
    /// What names it.
    pub input: Input,
    /// Ids of the scenarios of its subject.
    pub scenarios: Vec<String>,
}

impl Named {
    /// The scenario of that name.
    pub fn find(&self, id: &str) -> Result<String, ValueError> {
        let found = self.scenarios.iter().find(|known| known.eq_ignore_ascii_case(id.trim()));
        found.cloned().ok_or_else(|| ValueError::unknown("scenario", id, self.scenarios.iter().map(String::as_str)))
    }
}

/// The series that both name together; nothing if neither names one.
pub fn named(
    section: &Section,
    told: &SeriesArguments,
    given: &GivenOptions,
    wrong: &Wrong<'_>,
) -> Result<Option<Named>, Trouble> {
    let path = |told: &Option<PathBuf>, key: &Option<Spanned<String>>| match (told, key) {
        (Some(told), _) => Ok(Some(told.clone())),
        (None, Some(key)) => inside(key.get_ref()).map(Some).map_err(|error| wrong(key.span(), &error)),
        (None, None) => Ok(None),
    };
    let base = path(&told.base, &section.base)?;
    let subject = path(&told.subject, &section.subject)?;
    let series = match (&told.series, &section.series) {
        (Some(told), _) => Some(told.clone()),
        (None, Some(key)) => Some(source(key.get_ref()).map_err(|error| wrong(key.span(), &error))?),
        (None, None) => None,
    };
    // What is said of a key is said at its place; what the command line gave has none.
    let at = |key: &Option<Spanned<String>>, message: &dyn Display| match key {
        Some(key) => Trouble::from(wrong(key.span(), message)),
        None => Trouble::usage(message.to_string()),
    };
    let (base, series) = match (base, series) {
        (Some(base), Some(series)) => (base, series),
        (Some(_), None) => {
            return Err(at(&section.base, &"'base' needs 'series' beside it: a folder of patches, an mbox, or A..B"));
        }
        (None, Some(_)) => {
            return Err(at(
                &section.series,
                &"'series' needs 'base' beside it: the module that its first patch changes",
            ));
        }
        (None, None) if subject.is_some() => {
            return Err(at(&section.subject, &"'subject' is of a series: name 'base' and 'series' beside it"));
        }
        (None, None) => return Ok(None),
    };
    refuse_variants(section, given, wrong)?;
    // What a range holds is looked for in the repository, also if it is gone from the folder.
    if !is_range(&series) && !base.is_file() {
        let message = format!("{}: there is no such file: the first patch changes it", base.display());
        return Err(at(&section.base, &message));
    }
    let workspace = Workspace::find(told.build.as_deref())?;
    let is_own = !is_shipped(&workspace.name(&base));
    if let Some(repairs) = section.repairs.as_ref().filter(|_| is_own) {
        let message =
            "'repairs' are of the designs in this repository and mean nothing to a module of your own: leave it out";
        return Err(wrong(repairs.span(), &message).into());
    }
    let scenarios = if is_own {
        let (path, text) = own_subject(&base, subject.as_deref()).map_err(|error| at(&section.base, &error))?;
        let subject = rust::subject(&path.display().to_string(), &text).map_err(|error| at(&section.base, &error))?;
        subject.scenarios.iter().map(Question::name).collect()
    } else {
        scenarios().iter().map(|scenario| scenario.id.to_string()).collect()
    };
    let build = told.build.clone();
    Ok(Some(Named { input: Input { base: Some(base), series: Some(series), subject, build }, scenarios }))
}

/// All steps of a series are compared.
fn refuse_variants(section: &Section, given: &GivenOptions, wrong: &Wrong<'_>) -> Result<(), Trouble> {
    if given.has("variants") {
        return Err(Trouble::usage("--variants means nothing to a series, whose steps are all compared: leave it out"));
    }
    let message = "'variants' are designs of this repository, and 'series' names steps: keep one of the two";
    match (section.variants.iter().flatten().next(), &section.series) {
        (None, _) => Ok(()),
        (Some(variant), None) => Err(wrong(variant.span(), &message).into()),
        (Some(_), Some(series)) => Err(wrong(series.span(), &message).into()),
    }
}

/// The scenario of that name: of the series, or of this repository.
pub fn find(series: Option<&Named>, id: &str) -> Result<String, ValueError> {
    match series {
        Some(series) => series.find(id),
        None => find_scenario(id.trim()).map(|scenario| scenario.id.to_string()),
    }
}

/// Where patches come from: a path, or revisions.
fn source(text: &str) -> Result<String, ValueError> {
    if is_range(text) {
        return Ok(text.to_owned());
    }
    if inside(text)?.exists() {
        return Ok(text.to_owned());
    }
    let reason = format!("there is no series '{text}': name a folder of patches, an mbox, or revisions as A..B");
    Err(ValueError::new(reason))
}

/// Whether it names revisions: a file of that name comes first.
fn is_range(text: &str) -> bool {
    ends(text).is_some() && !Path::new(text).exists()
}

/// A path that stays below the current folder.
pub fn inside(text: &str) -> Result<PathBuf, ValueError> {
    let path = Path::new(text);
    let leaves = || {
        ValueError::new(format!(
            "'{text}' leaves the tree: name a path below the current folder, without '..' and no link out of it"
        ))
    };
    if text.is_empty() {
        return Err(ValueError::new("the path is empty: name a file or folder below the current one"));
    }
    if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(leaves());
    }
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    match (here, path.canonicalize()) {
        (Ok(here), Ok(whole)) if !whole.starts_with(&here) => Err(leaves()),
        _ => Ok(path.to_owned()),
    }
}
