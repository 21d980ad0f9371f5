//! The steps of a series as the variants of a document, so that a series is judged and reported as the designs of this repository are.
//!
//! Promise: places in the source are those of the user's files as they are after the patch, never those of the generated package. Limit: what
//! an execution costs on each path is counted for the shipped designs only.

use super::change::{changes, diff};
use super::check::{Bench, Checked, check};
use super::preparation::{base, begun, package, refuse_repairs};
use crate::cli::arguments::{Input, Options};
use crate::cli::files::fingerprint_of;
use crate::cli::trouble::Trouble;
use crate::document::{ChangePart, DesignPart, Document, ScenarioPart, SeriesPart};
use crate::source::module::SUBJECT;
use crate::source::steps::Step;
use crate::workshop::{Place, is_shipped, own_subject};
use std::collections::BTreeMap;
use std::path::Path;
use utrace_variants::code_lines;

/// A comparison of one scenario as it is committed.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Id of the scenario.
    pub scenario: String,
    /// The memory model.
    pub memory: String,
    /// Whether it was run with repairs.
    pub is_repaired: bool,
    /// The text.
    pub text: String,
}

/// Builds the series once and runs it as each of these options says: what all of that shows.
pub fn document(input: &Input, runs: &[Options]) -> Result<(Document, Vec<Snapshot>), Trouble> {
    let place = Place::find(input.build.as_deref())?;
    let (steps, begin) = begun(input, &place)?;
    let base = base(input, &place);
    let package = package(&place, &base, &steps, input.subject.as_deref())?;
    for options in runs {
        refuse_repairs(input.base.as_deref(), &place, options)?;
    }
    let mut bench = Bench::build(&package, &place)?;
    let mut document = Document::of(runs.iter().map(|options| options.memory.clone()).collect());
    document.base_commit = begin;
    document.series = series_part(input);
    if let Some(series) = &mut document.series {
        series.sources = Some(fingerprint(input, &base, &steps));
    }
    document.variants = steps.iter().map(design_part).collect();
    document.changes = steps.windows(2).map(|step| change_part(&step[0], &step[1])).collect();
    let origins = Origins::of(input, &base, &place, &steps);
    let mut snapshots = Vec::new();
    for options in runs {
        let checked = check(&mut bench, steps.clone(), options)?;
        take(&mut document, &mut snapshots, checked, &origins);
    }
    Ok((document, snapshots))
}

fn take(document: &mut Document, snapshots: &mut Vec<Snapshot>, checked: Checked, origins: &Origins) {
    document.complete &= !checked.cut_short;
    for scenario in checked.scenarios {
        let mismatch = scenario.mismatch();
        document.nondeterminism = document.nondeterminism.take().or(mismatch);
        let is_repaired = scenario.is_repaired();
        let mut part = scenario.part;
        snapshots.extend(scenario.snapshot.map(|text| Snapshot {
            scenario: part.id.clone(),
            memory: part.memory.clone(),
            is_repaired,
            text,
        }));
        origins.restore(&mut part);
        document.scenarios.push(part);
    }
}

/// What `lockstep replay` must be told beside a token; nothing for the shipped series.
pub fn series_part(input: &Input) -> Option<SeriesPart> {
    let (base, series) = (input.base.as_ref()?, input.series.as_ref()?);
    Some(SeriesPart {
        base: base.display().to_string(),
        series: series.clone(),
        subject: input.subject.as_ref().map(|path| path.display().to_string()),
        sources: None,
    })
}

/// What tells the sources that a comparison would be of now from others.
pub fn compared_sources(input: &Input, steps: &[Step], place: &Place) -> String {
    fingerprint(input, &base(input, place), steps)
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

/// What the files of a generated package are called where they come from.
struct Origins {
    files: BTreeMap<String, String>,
    /// For everything else: what stands before the path in the package.
    folder: &'static str,
}

impl Origins {
    fn of(input: &Input, base: &Path, place: &Place, steps: &[Step]) -> Origins {
        let is_shipped = is_shipped(&place.name(base));
        let stem = if is_shipped { "src/utrace/steps" } else { "src/steps" };
        let mut files = BTreeMap::new();
        for (nth, step) in steps.iter().enumerate() {
            let stem = format!("{stem}/step_{nth}");
            let made = step.module.files(&stem).map(|(path, _)| path);
            files.extend(made.zip(step.module.named()).map(|(made, (own, _))| (made, own)));
        }
        if !is_shipped {
            let subject = input.subject.clone().unwrap_or_else(|| base.with_file_name(SUBJECT));
            files.insert("src/subject.rs".to_owned(), place.name(&subject));
        }
        Origins { files, folder: if is_shipped { "variants/" } else { "" } }
    }

    fn name(&self, file: &str) -> String {
        self.files.get(file).cloned().unwrap_or_else(|| format!("{}{file}", self.folder))
    }

    /// Gives every place of a comparison its own name.
    fn restore(&self, part: &mut ScenarioPart) {
        for place in part.bad_ends.iter_mut().filter_map(|ends| ends.place.as_mut()) {
            place.file = self.name(&place.file);
        }
        for divergence in &mut part.divergences {
            if let Some(place) = &mut divergence.place {
                place.file = self.name(&place.file);
            }
            for event in
                divergence.witness.iter_mut().flat_map(|witness| &mut witness.traces).flat_map(|one| &mut one.events)
            {
                if let Some((file, at)) = event.place.split_once(':') {
                    event.place = format!("{}:{at}", self.name(file));
                }
            }
        }
    }
}
