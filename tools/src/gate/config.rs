//! The configuration of the gate, `.config/lockstep.toml`.

use super::section::{Section, Wrong};
use super::series::{Named, find, inside, named};
use crate::cli::arguments::{Options, RepairsArgument, SeriesArguments};
use crate::cli::diagnostic::Diagnostic;
use crate::cli::file_error::{FileError, why_unread};
use crate::cli::files::public;
use crate::cli::given_options::GivenOptions;
use crate::cli::selection;
use crate::cli::time::parse_time;
use crate::cli::trouble::Trouble;
use crate::cli::value_error::ValueError;
use crate::document::shell_word;
use clap::ValueEnum;
use lockstep::{BadEnd, Evidence};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// Where it is looked for.
pub const DEFAULT_PATH: &str = ".config/lockstep.toml";

/// What the gate is to do.
#[derive(Debug)]
pub struct Config {
    /// Options of the run for each memory model: what the command line says, else the
    /// configuration, else what is usual.
    pub runs: Vec<Options>,
    /// The series whose steps are compared; without one the designs of this repository are.
    pub series: Option<Named>,
    /// What each comparison must rest on.
    pub required: Required,
    /// Memory models under which they must rest on something else.
    pub required_under: BTreeMap<String, Required>,
    /// Scenarios, perhaps under one memory model, that must rest on something else.
    pub required_of: BTreeMap<(String, Option<String>), Required>,
    /// Ends that no step may show without somebody's word, also where all show them.
    pub fail_on: Vec<BadEnd>,
    /// The folder of the committed comparisons.
    pub snapshots: Option<PathBuf>,
    /// The ledger of accepted divergences.
    pub ledger: PathBuf,
    /// The memory models of the configuration, whatever the command line selects.
    pub memories: Vec<String>,
    /// The command line selects a part: what is not in it is not judged.
    pub is_narrowed: bool,
    /// What the command line names, for the commands that are printed: without it they would speak
    /// of something else.
    pub told: String,
}

impl Config {
    /// What the comparison of a scenario under a memory model must rest on: the most particular
    /// word counts.
    pub fn required(&self, scenario: &str, memory: &str) -> Required {
        let of = |memory: Option<&str>| self.required_of.get(&(scenario.to_owned(), memory.map(str::to_owned)));
        let particular = of(Some(memory)).or_else(|| of(None)).or_else(|| self.required_under.get(memory));
        particular.copied().unwrap_or(self.required)
    }
}

/// Evidence that a comparison must not fall short of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Required {
    /// Anything.
    Any,
    /// Every schedule.
    Exhaustive,
    /// Every schedule with at most so many preemptions.
    Preemptions(u32),
    /// So many random executions.
    Sampled(u64),
}

impl Required {
    /// Reads `exhaustive`, `exhaustive up to 2 preemptions`, `sampled 4000`, or `any`: the words in
    /// which evidence is printed.
    pub fn parse(text: &str) -> Result<Required, ValueError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let read = match words[..] {
            ["any"] => Some(Required::Any),
            ["exhaustive"] => Some(Required::Exhaustive),
            ["exhaustive", "up", "to", count, "preemption" | "preemptions"] => {
                count.parse().ok().map(Required::Preemptions)
            }
            ["sampled", count] => count.parse().ok().map(Required::Sampled),
            _ => None,
        };
        read.ok_or_else(|| {
            ValueError::new(format!(
                "'{text}' is no evidence: write 'exhaustive', 'exhaustive up to 1 preemption', 'sampled 4000' or 'any'"
            ))
        })
    }

    /// Whether this evidence is enough.
    pub fn is_met(self, evidence: &Evidence) -> bool {
        match self {
            Required::Any => true,
            Required::Exhaustive => evidence.is_exhaustive(),
            Required::Preemptions(bound) => {
                evidence.is_exhaustive() || evidence.preemptions().is_some_and(|covered| covered >= bound)
            }
            // What was cut off or ended by a limit has not shown how it ends.
            Required::Sampled(count) => {
                let gaps = evidence.gaps();
                evidence.is_exhaustive() || evidence.sampled().saturating_sub(gaps.cut + gaps.limited) >= count
            }
        }
    }
}

impl Display for Required {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Required::Any => f.write_str("any"),
            Required::Exhaustive => f.write_str("exhaustive"),
            Required::Preemptions(1) => f.write_str("exhaustive up to 1 preemption"),
            Required::Preemptions(bound) => write!(f, "exhaustive up to {bound} preemptions"),
            Required::Sampled(count) => write!(f, "sampled {count}"),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    gate: Section,
}

/// Reads the configuration. One that was not asked for by name may be missing.
pub fn read(
    path: Option<&Path>,
    told: &SeriesArguments,
    options: &Options,
    given: &GivenOptions,
) -> Result<Config, Trouble> {
    let shown = path.unwrap_or(Path::new(DEFAULT_PATH));
    let text = match std::fs::read_to_string(shown) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && path.is_none() => String::new(),
        Err(error) => return Err(FileError::unread(shown, why_unread(&error)).into()),
    };
    let name = shown.display().to_string();
    let file: File = toml::from_str(&text).map_err(|error| Diagnostic::of_toml(&name, &text, &error))?;
    let wrong = |span: Range<usize>, message: &dyn Display| Diagnostic::new((&name, &text), span, message);
    let config = config(&file.gate, told, options, given, &wrong)?;
    Ok(Config { told: words(path, told), ..config })
}

/// The options that name a configuration and a series, each behind a space.
fn words(path: Option<&Path>, told: &SeriesArguments) -> String {
    let SeriesArguments { base, series, subject, build } = told;
    let path_of = |path: Option<&Path>| path.map(public);
    let named = [
        ("--config", path_of(path)),
        ("--base", path_of(base.as_deref())),
        ("--series", series.as_ref().map(|series| public(Path::new(series)))),
        ("--subject", path_of(subject.as_deref())),
        ("--build", path_of(build.as_deref())),
    ];
    let option = |(name, value): (&str, Option<String>)| value.map(|value| format!(" {name} {}", shell_word(&value)));
    named.into_iter().filter_map(option).collect()
}

fn config(
    section: &Section,
    told: &SeriesArguments,
    options: &Options,
    given: &GivenOptions,
    wrong: &Wrong<'_>,
) -> Result<Config, Trouble> {
    let series = named(section, told, given, wrong)?;
    let memories = memories(section, options, wrong)?;
    let selected = if given.has("memory") { vec![options.memory.clone()] } else { memories.clone() };
    let run = overlay(section, series.as_ref(), options, given, wrong)?;
    let of_memory = |memory: String| {
        let mut run = run.clone();
        run.memory = memory;
        run
    };
    let path = |key: &Option<Spanned<String>>| {
        let path = key.as_ref().map(|key| inside(key.get_ref()).map_err(|error| wrong(key.span(), &error)));
        path.transpose()
    };
    let required = section.required.as_ref().map(|text| required(text, wrong)).transpose()?;
    let (required_under, required_of) = particular(section, series.as_ref(), wrong)?;
    Ok(Config {
        runs: selected.into_iter().map(of_memory).collect(),
        series,
        required: required.unwrap_or(Required::Any),
        required_under,
        required_of,
        fail_on: match &section.fail_on {
            None => BadEnd::ALL.to_vec(),
            Some(kinds) => {
                let kinds =
                    kinds.iter().map(|kind| bad_end(kind.get_ref()).map_err(|error| wrong(kind.span(), &error)));
                kinds.collect::<Result<_, _>>()?
            }
        },
        memories,
        snapshots: path(&section.snapshots)?,
        ledger: path(&section.ledger)?.unwrap_or_else(|| PathBuf::from("snapshots/accepted.toml")),
        told: String::new(),
        is_narrowed: ["scenario", "variants", "repairs", "memory"].iter().any(|name| given.has(name)),
    })
}

/// The kind of end of that name.
pub fn bad_end(name: &str) -> Result<BadEnd, ValueError> {
    let known = || BadEnd::ALL.map(BadEnd::name).into_iter();
    BadEnd::from_name(name.trim()).ok_or_else(|| ValueError::unknown("kind of end", name, known()))
}

/// Evidence by memory model, and by scenario with or without one.
type Particular = (BTreeMap<String, Required>, BTreeMap<(String, Option<String>), Required>);

fn required(text: &Spanned<String>, wrong: &Wrong<'_>) -> Result<Required, Diagnostic> {
    Required::parse(text.get_ref()).map_err(|error| wrong(text.span(), &error))
}

/// The evidence that some memory models and scenarios must have instead of the usual.
fn particular(section: &Section, series: Option<&Named>, wrong: &Wrong<'_>) -> Result<Particular, Diagnostic> {
    let mut required_under = BTreeMap::new();
    for (memory, text) in section.required_under.iter().flatten() {
        let memory = memory_model(memory.get_ref()).map_err(|error| wrong(memory.span(), &error))?;
        required_under.insert(memory, required(text, wrong)?);
    }
    let mut required_of = BTreeMap::new();
    for (key, text) in section.required_of.iter().flatten() {
        // 'S8', or 'S8 weak'.
        let mut words = key.get_ref().splitn(2, ' ');
        let scenario = find(series, words.next().unwrap_or_default());
        let scenario = scenario.map_err(|error| wrong(key.span(), &error))?;
        let memory = words.next().map(memory_model).transpose().map_err(|error| wrong(key.span(), &error))?;
        required_of.insert((scenario, memory), required(text, wrong)?);
    }
    Ok((required_under, required_of))
}

/// The memory models of the configuration, or the usual one.
fn memories(section: &Section, options: &Options, wrong: &Wrong<'_>) -> Result<Vec<String>, Diagnostic> {
    let mut memories: Vec<String> = Vec::new();
    for model in section.memory.iter().flatten() {
        let name = memory_model(model.get_ref()).map_err(|error| wrong(model.span(), &error))?;
        if memories.contains(&name) {
            return Err(wrong(model.span(), &format!("memory model '{name}' is named twice: name each once")));
        }
        memories.push(name);
    }
    if section.memory.is_none() {
        memories.push(options.memory.clone());
    }
    Ok(memories)
}

/// The name of a memory model that exists.
fn memory_model(name: &str) -> Result<String, ValueError> {
    selection::memory_model(name.trim()).map(|model| model.name().to_owned())
}

/// The options of the command line, and where they were not given those of the configuration.
fn overlay(
    section: &Section,
    series: Option<&Named>,
    options: &Options,
    given: &GivenOptions,
    wrong: &Wrong<'_>,
) -> Result<Options, Diagnostic> {
    let names = |list: &Option<Vec<Spanned<String>>>, check: &dyn Fn(&str) -> Result<(), ValueError>| {
        let mut names = Vec::new();
        for name in list.iter().flatten() {
            check(name.get_ref()).map_err(|error| wrong(name.span(), &error))?;
            names.push(name.get_ref().clone());
        }
        Ok::<Vec<String>, Diagnostic>(names)
    };
    let mut run = options.clone();
    if !given.has("scenario") {
        run.scenario = names(&section.scenarios, &|id| find(series, id).map(|_| ()))?;
    }
    if !given.has("variants") {
        run.variants = names(&section.variants, &|name| selection::find_variant(name).map(|_| ()))?;
    }
    if let Some(repairs) = section.repairs.as_ref().filter(|_| !given.has("repairs")) {
        let read = RepairsArgument::from_str(repairs.get_ref(), false);
        let read = read.map_err(|_| wrong(repairs.span(), &"repairs are 'none', 'all' or 'both'"))?;
        run.repairs = Some(read);
    }
    if let Some(time) = section.time.as_ref().filter(|_| !given.has("time")) {
        run.time = Some(parse_time(time.get_ref()).map_err(|error| wrong(time.span(), &error))?);
    }
    let choose = |name: &str, configured: Option<u64>, usual: u64| {
        if given.has(name) { usual } else { configured.unwrap_or(usual) }
    };
    run.executions = choose("executions", section.executions, options.executions);
    run.exhaustive_max = choose("exhaustive_max", section.exhaustive_max, options.exhaustive_max);
    run.enumerated = choose("enumerated", section.enumerated, options.enumerated);
    run.seed = choose("seed", section.seed, options.seed);
    if let Some(preemptions) = section.preemptions.filter(|_| !given.has("preemptions")) {
        run.preemptions = preemptions;
    }
    if let Some(jobs) = section.jobs.filter(|_| !given.has("jobs")) {
        run.jobs = Some(jobs.clamp(1, 1024));
    }
    Ok(run)
}
