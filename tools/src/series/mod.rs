//! `lockstep series`: a patch series in, variants out, and back.
//!
//! Promise: a step is exactly what the patches say, never a guess (see [`crate::patch`]); what each
//! does to behaviour is attributed to the patch that brings or removes it, intermediate steps
//! included. Limits: the series changes one module, which may have several files (see
//! [`crate::source::module`]); what it changes elsewhere must be split off.

mod advice;
mod change;
mod check;
mod derive;
mod document;
mod preparation;
mod report;
mod revisions;
mod source;
mod verify;

use crate::causes;
use crate::cli::arguments::{Format, Input, Options, SeriesCommand};
use crate::cli::session;
use crate::cli::status::Status;
use crate::cli::trouble::Trouble;
use crate::compare::judge;
use crate::source::declared::declared;
use crate::source::module::Module;
use crate::source::steps::{self, Step};
use crate::workshop::{Built, Workspace, select_steps};
use check::{Checked, check, settings};
use derive::Source;
use lockstep_runner::protocol::{Compared, Listing, Setting};
use preparation::{package, refuse_for_comparison, refuse_repairs};
use std::path::{Path, PathBuf};

pub use document::{compared_sources, document};
pub use preparation::{prepare, prepare_steps};
pub use revisions::ends;

/// The bench that runs the steps of a series which the options name.
pub fn bench(input: &Input, options: &Options) -> Result<Built, Trouble> {
    let workspace = Workspace::find(input.build.as_deref())?;
    refuse_repairs(input.base.as_deref(), &workspace, options)?;
    let (_, package) = prepare(input, &workspace)?;
    Built::start(&package, &workspace)
}

/// The steps and settings that the options select of a series.
pub fn selected(listing: &Listing, options: &Options) -> Result<(Vec<String>, Vec<Setting>), Trouble> {
    Ok((select_steps(listing, options)?, settings(listing, options)?))
}

/// Carries out a command: what it has to say, and how it went.
pub fn command(command: &SeriesCommand, options: &Options) -> Result<(String, Status), Trouble> {
    match command {
        SeriesCommand::Verify { folder } => {
            let workspace = Workspace::find(None)?;
            let folder = folder.clone().unwrap_or_else(|| workspace.root.join("variants/series"));
            let text = verify::verify(&workspace.root, &folder)?;
            Ok((text, Status::Fine))
        }
        SeriesCommand::Materialize { folder, input } => {
            let workspace = Workspace::find(input.build.as_deref())?;
            let (steps, package) = prepare(input, &workspace)?;
            package.put(folder)?;
            let mut text = String::new();
            for (nth, step) in steps.iter().enumerate() {
                text += &format!("{nth}  {}: {}\n", step.name, step.subject);
            }
            Ok((format!("{text}written to {}\n", folder.display()), Status::Fine))
        }
        SeriesCommand::Check { input, .. } => {
            let workspace = Workspace::find(input.build.as_deref())?;
            refuse_for_comparison(input.base.as_deref(), &workspace, options)?;
            let (steps, package) = prepare(input, &workspace)?;
            let mut checked = check(&mut Built::start(&package, &workspace)?, steps, options)?;
            let sources = document::sources(input, &preparation::base(input, &workspace), &checked.steps, &workspace);
            let mut parts: Vec<_> = checked.outcomes.compared.iter_mut().map(|one| &mut one.part).collect();
            let causes = causes::of(&mut parts, &sources);
            let text = match options.format {
                Format::Json => format!("{:#}\n", report::document(&checked, &causes)),
                _ => {
                    let advice = advice::of_orderings(&checked.steps, &[&options.memory])?;
                    report::text(&checked, &causes, &options.memory, &advice) + &how_to_replay(input, &checked)
                }
            };
            Ok((text, judge(&checked.outcomes)))
        }
        SeriesCommand::Derive { files, out, subject, text_only, .. } => {
            let workspace = Workspace::find(None)?;
            derived(&workspace, files, out, subject.as_deref(), *text_only, options)
        }
    }
}

/// The command that shows a witness.
fn how_to_replay(input: &Input, checked: &Checked) -> String {
    let has_witness = |compared: &Compared| !compared.part.divergences.is_empty() || !compared.part.bad_ends.is_empty();
    if !checked.outcomes.compared.iter().any(has_witness) {
        return String::new();
    }
    let words = document::series_part(input).map_or(String::new(), |series| series.options());
    format!("show a witness with 'lockstep replay TOKEN{words}'\n")
}

/// The steps that lead from one root to the next. A patch does not move the root of a module of
/// several files: if one of the steps has several, all have the name of the first.
fn sources(workspace: &Workspace, paths: &[PathBuf]) -> Result<Vec<Source>, Trouble> {
    let mut sources = Vec::new();
    for path in paths {
        let module = Module::read(path, &workspace.tree_name(path)?)?;
        declared(&module)?;
        sources.push(Source { given: workspace.name(path), module });
    }
    if sources.iter().any(|source| !source.module.inner.is_empty()) {
        let first = sources[0].module.path.clone();
        for source in &mut sources {
            source.module = source.module.at(&first)?;
        }
    }
    Ok(sources)
}

fn derived(
    workspace: &Workspace,
    paths: &[PathBuf],
    out: &Path,
    subject: Option<&Path>,
    text_only: bool,
    options: &Options,
) -> Result<(String, Status), Trouble> {
    let sources = sources(workspace, paths)?;
    let words = derive::words(&sources, out)?;
    refuse_for_comparison(Some(&paths[0]), workspace, options)?;
    let mut behaviour = None;
    if !text_only {
        let step = |(nth, source): (usize, &Source)| Step {
            name: steps::name(nth, &words[nth].subject),
            subject: words[nth].subject.clone(),
            module: source.module.clone(),
        };
        let steps: Vec<Step> = sources.iter().enumerate().map(step).collect();
        let package = package(workspace, &paths[0], &steps, subject)?;
        let checked = check(&mut Built::start(&package, workspace)?, steps, options)?;
        let status = judge(&checked.outcomes);
        if status != Status::Fine {
            session::say("nothing was written: the comparison is not complete");
            return Ok((String::new(), status));
        }
        behaviour = Some(report::mail(&checked));
    }
    let written = derive::derive(&sources, &words, out, behaviour.as_deref())?;
    let lines: Vec<String> = written.iter().map(|path| format!("{}\n", path.display())).collect();
    Ok((lines.concat(), Status::Fine))
}
