//! Whether what another command said is of the variants that were compared.
//!
//! Promise: a section of which not one line is of a variant of the comparison is refused, for its
//! tables would be full of zeros. Limit: sections say whom they are of by variants or by files; one
//! that says neither, or of a shape that is not known, is believed.

use crate::cli::trouble::Trouble;
use crate::document::DesignPart;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Refuses a section that is of another kind, or of other variants alone.
pub fn refuse_foreign((name, path): (&str, &Path), section: &Value, variants: &[DesignPart]) -> Result<(), Trouble> {
    if let Some(kind) = kind(section).filter(|kind| *kind != name) {
        let what = match kind {
            "comparison" => "a saved comparison, which is given with --from".to_owned(),
            kind => format!("what 'lockstep {}' prints, which is given with --{kind}", command(kind)),
        };
        let message = format!("--{name} {} is {what}: give what 'lockstep {}' prints", path.display(), command(name));
        return Err(Trouble::usage(message));
    }
    let said = said(name, section);
    let is_of = |variant: &DesignPart| {
        said.contains(&variant.name.as_str())
            || variant.source.as_ref().is_some_and(|source| said.iter().any(|file| is_part(file, source)))
    };
    if said.is_empty() || variants.iter().any(is_of) {
        return Ok(());
    }
    let list = |names: &mut dyn Iterator<Item = &str>| {
        let names: Vec<&str> = names.collect();
        let more = if names.len() > SHOWN_MAX { ", …" } else { "" };
        format!("{}{more}", names[..names.len().min(SHOWN_MAX)].join(", "))
    };
    Err(Trouble::usage(format!(
        "--{name} {} is of {}, and the comparison is of {}: give what 'lockstep {}' says of these",
        path.display(),
        list(&mut said.iter().copied()),
        list(&mut variants.iter().map(|variant| variant.name.as_str())),
        command(name),
    )))
}

/// The command that prints a section.
fn command(name: &str) -> &str {
    match name {
        "orderings" => "explore --relax --format json",
        "mutants" => "mutate --format json",
        "claims" => "claims --format json",
        "audit" => "audit --format json",
        name => name,
    }
}

/// What kind of document it is, if it is one of ours.
fn kind(section: &Value) -> Option<&'static str> {
    let has = |value: &Value, keys: &[&str]| keys.iter().all(|key| value.get(key).is_some());
    let first = section.as_array().and_then(|all| all.first());
    match (section, first) {
        (_, Some(first)) if has(first, &["verdicts"]) => Some("claims"),
        (_, Some(first)) if has(first, &["variant", "ordering", "function"]) => Some("orderings"),
        (section, _) if has(section, &["mutants", "killed"]) => Some("mutants"),
        (section, _) if has(section, &["scenarios", "machine"]) => Some("comparison"),
        (section, _) if has(section, &["steps"]) && !has(section, &["scenarios"]) => Some("audit"),
        _ => None,
    }
}

/// Names that a message lists.
const SHOWN_MAX: usize = 4;

/// The variants, or the files of variants, that a section speaks of.
fn said<'a>(name: &str, section: &'a Value) -> BTreeSet<&'a str> {
    let list = |value: &'a Value| value.as_array().into_iter().flatten();
    let text = |value: &'a Value, key: &str| value.get(key).and_then(Value::as_str);
    match name {
        "claims" => list(section)
            .flat_map(|claim| list(&claim["verdicts"]))
            .filter_map(|verdict| text(verdict, "variant"))
            .collect(),
        "orderings" => list(section).filter_map(|row| text(row, "variant")).collect(),
        "audit" => {
            list(&section["steps"]).flat_map(|step| [text(step, "name"), text(step, "path")]).flatten().collect()
        }
        "mutants" => list(&section["mutants"]).filter_map(|mutant| text(mutant, "file")).collect(),
        _ => BTreeSet::new(),
    }
}

/// Whether a file is the root of a variant's module, or one that such a root may name.
fn is_part(file: &str, root: &str) -> bool {
    let (file, root) = (Path::new(file), Path::new(root));
    file == root
        || root.parent().is_some_and(|folder| file.starts_with(folder.join(root.file_stem().unwrap_or_default())))
}
