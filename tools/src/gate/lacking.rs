//! What a configuration asks for and a saved comparison does not hold.

use super::config::Config;
use super::series::Named;
use crate::cli::selection::{select, select_names};
use crate::cli::trouble::Trouble;
use crate::cli::value_error::ValueError;
use crate::document::{Document, ScenarioPart};
use crate::series::{compared_sources, prepare_steps};
use crate::source::steps::Step;
use crate::workshop::Workspace;
use lockstep_runner::protocol::Setting;
use std::collections::BTreeSet;
use utrace_variants::{Repairs, subject_name};

/// Comparisons that are named when a saved document lacks them.
const LACKING_SHOWN: usize = 6;

/// Both subjects of a selection: without and with the repairs.
const ALL_REPAIRS: [Repairs; 2] = [Repairs::NONE, Repairs::ALL];

/// In a sentence; nothing if nothing is lacking, or if the comparison is of a subject that the
/// configuration does not know.
pub fn lacking(document: &Document, config: &Config) -> Result<Option<String>, Trouble> {
    let save = format!("save one with 'lockstep gate{} --save FILE'", config.told);
    let lacking = match &config.series {
        Some(series) => {
            let workspace = Workspace::find(series.input.build.as_deref())?;
            let steps = prepare_steps(&series.input, &workspace)?;
            let lacking = of_series(document, config, series, &steps)?;
            let saved = document.series.as_ref().and_then(|series| series.sources.as_ref());
            if lacking.is_empty()
                && saved.is_some_and(|saved| *saved != compared_sources(&series.input, &steps, &workspace))
            {
                return Ok(Some(format!(
                    "the saved comparison is of other sources, for a step, the trait or a scenario is not what it was: {save}"
                )));
            }
            lacking
        }
        None => of_designs(document, config)?,
    };
    let first = lacking.iter().take(LACKING_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let more = lacking.len().saturating_sub(LACKING_SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Ok((!lacking.is_empty()).then(|| format!("the saved comparison lacks {first}{more}, or variants of it: {save}")))
}

/// Whether it is a subject of this repository.
pub fn is_own(subject: &str) -> bool {
    ALL_REPAIRS.iter().any(|repairs| subject == subject_name(*repairs))
}

fn of_designs(document: &Document, config: &Config) -> Result<Vec<String>, ValueError> {
    let mut lacking = Vec::new();
    for options in &config.runs {
        let selection = select(options, true)?;
        if !document.scenarios.iter().any(|part| is_own(&part.subject)) {
            return Ok(Vec::new());
        }
        let names: BTreeSet<&str> = selection.variants.iter().map(|variant| variant.name).collect();
        for Setting { scenario, repaired, .. } in selection.settings() {
            let subject = subject_name(if repaired { Repairs::ALL } else { Repairs::NONE });
            let is_it =
                |part: &ScenarioPart| part.subject == subject && part.id == scenario && part.memory == options.memory;
            if !holds(document, is_it, &names) {
                lacking.push(format!("{subject}.{scenario} {}", options.memory));
            }
        }
    }
    Ok(lacking)
}

/// The steps are read, not built.
fn of_series(document: &Document, config: &Config, series: &Named, steps: &[Step]) -> Result<Vec<String>, ValueError> {
    let names: BTreeSet<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    let mut lacking = Vec::new();
    for options in &config.runs {
        let all = series.scenarios.iter().map(String::as_str);
        for nth in select_names("scenario", all, &options.scenario, "")? {
            let id = &series.scenarios[nth];
            if !holds(document, |part| part.id == *id && part.memory == options.memory, &names) {
                lacking.push(format!("{id} {}", options.memory));
            }
        }
    }
    Ok(lacking)
}

/// Whether there is such a comparison, of these variants at least.
fn holds(document: &Document, is_it: impl Fn(&ScenarioPart) -> bool, names: &BTreeSet<&str>) -> bool {
    let found = document.scenarios.iter().find(|part| is_it(part));
    let compared = found.map(|part| part.variants.iter().map(|one| one.name.as_str()).collect::<BTreeSet<_>>());
    compared.is_some_and(|compared| compared.is_superset(names))
}
