//! The steps of a series as the variants of a document, so that a series is judged and reported as
//! the designs of this repository are.
//!
//! Promise: places in the source are those of the user's files as they are after the patch, never
//! those of the generated package. Limit: what an execution costs on each path is counted for the
//! shipped designs only.

use super::advice::of_orderings;
use super::change::{changes, diff};
use super::check::check;
use super::preparation::{base, begun, package, refuse_for_comparison};
use crate::causes::{self, Sources};
use crate::cli::arguments::{Input, Options};
use crate::cli::files::{fingerprint_of, public};
use crate::cli::session;
use crate::cli::trouble::Trouble;
use crate::compare::Outcomes;
use crate::document::{ChangePart, DesignPart, Document, SeriesPart};
use crate::source::steps::Step;
use crate::workshop::{Built, Workspace, own_subject};
use std::path::Path;
use utrace_variants::code_lines;

/// Builds the series once and runs it as each of these options says: what all of that shows.
pub fn document(input: &Input, runs: &[Options]) -> Result<(Document, Outcomes), Trouble> {
    let workspace = Workspace::find(input.build.as_deref())?;
    let (steps, begin) = begun(input, &workspace)?;
    let base = base(input, &workspace);
    let package = package(&workspace, &base, &steps, input.subject.as_deref())?;
    for options in runs {
        refuse_for_comparison(input.base.as_deref(), &workspace, options)?;
    }
    let mut bench = Built::start(&package, &workspace)?;
    let mut document = Document::of(runs.iter().map(|options| options.memory.clone()).collect());
    document.base_commit = begin;
    document.series = series_part(input);
    if let Some(series) = &mut document.series {
        series.sources = Some(fingerprint(input, &base, &steps));
    }
    document.variants = steps.iter().map(design_part).collect();
    document.changes = steps.windows(2).map(|step| change_part(&step[0], &step[1])).collect();
    let models: Vec<&str> = runs.iter().map(|options| &*options.memory).collect();
    for advice in of_orderings(&steps, &models)? {
        session::say(&advice);
    }
    let mut all = Outcomes::default();
    for options in runs {
        all.append(check(&mut bench, steps.clone(), options)?.outcomes);
    }
    document.complete = !all.cut_short;
    document.nondeterminism = all.nondeterminism();
    document.scenarios = all.parts().cloned().collect();
    causes::put(&mut document, &sources(input, &base, &steps, &workspace));
    Ok((document, all))
}

/// The sources of the steps, for those who look for causes. Trait and scenarios are the same in
/// all.
pub fn sources(input: &Input, base: &Path, steps: &[Step], workspace: &Workspace) -> Sources {
    let subject = input.base.as_ref().and_then(|_| own_subject(base, input.subject.as_deref()).ok());
    let subject = subject.map(|(path, text)| (workspace.name(&path), text));
    let files = |step: &Step| step.module.named().into_iter().chain(subject.clone()).collect();
    Sources::new(steps.iter().map(|step| (step.name.clone(), files(step))))
}

/// What `lockstep replay` must be told beside a token; nothing for the shipped series.
pub fn series_part(input: &Input) -> Option<SeriesPart> {
    let (base, series) = (input.base.as_ref()?, input.series.as_ref()?);
    Some(SeriesPart {
        base: public(base),
        series: public(Path::new(series)),
        subject: input.subject.as_deref().map(public),
        sources: None,
    })
}

/// What tells the sources that a comparison would be of now from others.
pub fn compared_sources(input: &Input, steps: &[Step], workspace: &Workspace) -> String {
    fingerprint(input, &base(input, workspace), steps)
}

/// The files of all steps, and trait and scenarios of a module of one's own.
fn fingerprint(input: &Input, base: &Path, steps: &[Step]) -> String {
    let subject = input.base.as_ref().and_then(|_| own_subject(base, input.subject.as_deref()).ok());
    let files = steps.iter().flat_map(|step| step.module.named());
    fingerprint_of(files.chain(subject.map(|(path, text)| (path.display().to_string(), text))))
}

fn design_part(step: &Step) -> DesignPart {
    DesignPart {
        name: step.name.clone(),
        summary: step.subject.clone(),
        source: Some(step.module.path.clone()),
        lines: Some(step.module.named().iter().map(|(_, text)| code_lines(text)).sum()),
        costs: Vec::new(),
        state_bits: Vec::new(),
    }
}

/// The diff of all files of the module.
fn change_part(from: &Step, to: &Step) -> ChangePart {
    let diff = diff(&changes(&from.module, &to.module));
    ChangePart { from: from.name.clone(), to: to.name.clone(), diff }
}
