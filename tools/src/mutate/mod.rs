//! `lockstep mutate`: how much a green comparison is worth, measured by breaking the code on
//! purpose.
//!
//! Promise: every mutant is listed with what became of it, and how much was explored. A mutant
//! counts as killed only if its outcomes differ from the original's after the other side was
//! searched for the difference too. Limits: a survivor was not noticed by what was explored; the
//! score is that of these scenarios, this memory model and this effort. Deviation: mutants that
//! only take an ordering away count under sequential consistency if they let plain data race; the
//! others are not judged there, and the score says how many these are.

mod crew;
mod edits;
mod equivalent;
mod fate;
mod judge;
mod label;
mod noticed;
mod operators;
mod record;
mod report;
mod schemata;
mod statement;
mod strategies;

use crate::cli::arguments::{Format, MutateInput, Options, RepairsArgument};
use crate::cli::counted::counted;
use crate::cli::file_error::FileError;
use crate::cli::files;
use crate::cli::selection::{memory_model, select_scenarios};
use crate::cli::session;
use crate::cli::status::Status;
use crate::cli::trouble::Trouble;
use crate::compare::{effort, jobs};
use crate::document::in_words;
use crate::source::declared::declared;
use crate::source::fold::switched_off;
use crate::source::module::Module;
use crate::source::steps::Step;
use crate::workshop::{
    Package, Runner, Steps, Workspace, check_module, listing, look_at, own_package, own_subject, package_name,
    select_listed, shipped_package,
};
use equivalent::Entry;
use fate::Fate;
use judge::{OriginalEnds, Plan, Trial, judge};
use label::{label_of, labels};
use lockstep::SoonConfig;
use lockstep_runner::protocol::Listing;
use record::{Record, records};
use report::Account;
use schemata::{Broken, Mutant, schemata};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The designs, and the variant that each is.
const DESIGNS: [(&str, &str); 3] = [
    ("utrace/stopped_locked.rs", "stopped-locked"),
    ("utrace/stopped_lockless.rs", "stopped-lockless"),
    ("utrace/stopped_removed.rs", "stopped-removed"),
];

/// Everything before anything runs.
struct Prepared {
    package: Package,
    mutants: Vec<Mutant>,
    entries: Vec<Entry>,
}

/// Carries out the command: what it has to say, and how it went.
pub fn command(input: &MutateInput, options: &Options) -> Result<(String, Status), Trouble> {
    memory_model(&options.memory)?;
    // The scenarios of a module of somebody's own are known when it is built.
    if input.base.is_none() {
        select_scenarios(&options.scenario)?;
    }
    let workspace = Workspace::find(input.build.as_deref())?;
    let prepared = prepare(input, &options.memory, &workspace)?;
    if input.list {
        let line = |mutant: &Mutant| format!("{}: {}\n", mutant.id, mutant.what);
        return Ok((prepared.mutants.iter().map(line).collect(), Status::Fine));
    }
    if prepared.mutants.is_empty() {
        session::say("there is nothing to break in these files");
        return Ok((String::new(), Status::Nothing));
    }
    let program = prepared.package.build(&workspace)?;
    let listed = listing(&mut Runner::start(&program)?)?;
    run(input, options, &prepared, &program, &listed)
}

fn prepare(input: &MutateInput, memory: &str, workspace: &Workspace) -> Result<Prepared, Trouble> {
    let (package, mutants, beside) = match &input.base {
        Some(base) => own(workspace, base, input.subject.as_deref())?,
        None => shipped(workspace, &input.files)?,
    };
    let path = input.equivalent.clone().unwrap_or(beside);
    if input.equivalent.is_some() && !path.exists() {
        return Err(FileError::new(&path, "there is no such file").into());
    }
    let all = equivalent::entries(&path)?;
    // An entry on a file that is not broken this time is not judged this time.
    let is_here = |entry: &Entry| mutants.iter().any(|mutant| mutant.label() == label_of(&entry.mutant));
    let entries: Vec<Entry> = if input.files.is_empty() { all } else { all.into_iter().filter(is_here).collect() };
    let stale = equivalent::stale(&entries, &mutants);
    if !stale.is_empty() {
        let what = format!("is stale: review it\n  {}", stale.join("\n  "));
        return Err(FileError::is(&path, what).into());
    }
    let entries = entries.into_iter().filter(|entry| entry.speaks_of(memory)).collect();
    Ok(Prepared { package, mutants, entries })
}

/// A module of somebody's own: all its files that are compiled.
fn own(workspace: &Workspace, base: &Path, subject: Option<&Path>) -> Result<(Package, Vec<Mutant>, PathBuf), Trouble> {
    let mut module = Module::read(base, &workspace.name(base))?;
    let inner = declared(&module)?;
    let (path, subject) = own_subject(base, subject)?;
    let step = |module| Step { name: "original".to_owned(), subject: "the module".to_owned(), module };
    // Before it is broken: then lines are those of the user's files.
    let unseen = look_at(workspace, (&path, &subject), &[step(module.clone())])?;
    check_module(&step(module.clone()), (&path, &subject))?;
    let names: Vec<String> =
        std::iter::once(module.path.clone()).chain(inner.iter().map(|inside| module.name(inside))).collect();
    let labels = labels(&names);
    let Broken { text, mut mutants } = schemata(&names[0], &labels[0], &module.text, &[], 1)?;
    module.text = text;
    for (inside, (name, label)) in inner.iter().zip(names.iter().zip(&labels).skip(1)) {
        let text = module.inner.get_mut(inside).expect("it was found there");
        let broken = schemata(name, label, text, &[], mutants.len() as u32 + 1)?;
        *text = broken.text;
        mutants.extend(broken.mutants);
    }
    let name = format!("{}-mutants", package_name(base));
    let package = own_package(workspace, &name, (&path, &subject), &[step(module)], &unseen)?;
    Ok((package, mutants, base.with_file_name("equivalent.toml")))
}

/// Files of the subject that Lockstep ships.
fn shipped(workspace: &Workspace, wanted: &[String]) -> Result<(Package, Vec<Mutant>, PathBuf), Trouble> {
    let source = workspace.root.join("variants/src");
    let off = switched_off(&files::read(&source.join("variants.rs"))?)?;
    let designs: Vec<String> = DESIGNS.iter().map(|(file, _)| (*file).to_owned()).collect();
    let wanted = if wanted.is_empty() { &designs } else { wanted };
    let mut names: Vec<String> =
        wanted.iter().map(|file| file.trim().trim_start_matches("variants/src/").to_owned()).collect();
    names.sort();
    names.dedup();
    let labels = labels(&names);
    let (mut changed, mut mutants) = (BTreeMap::new(), Vec::new());
    for (file, label) in names.iter().zip(&labels) {
        if !["utrace/", "kernel/"].iter().any(|folder| file.starts_with(folder)) || file.contains("..") {
            return Err(Trouble::Usage(format!(
                "'{file}' is no file of the protocol: name one below utrace/ or kernel/ of variants/src"
            )));
        }
        let text = files::read(&source.join(file))?;
        let broken = schemata(file, label, &text, &off, mutants.len() as u32 + 1)?;
        changed.insert(file.to_owned(), broken.text);
        mutants.extend(broken.mutants);
    }
    let package = shipped_package(workspace, Steps::None(&changed))?;
    Ok((package, mutants, workspace.root.join("variants/equivalent.toml")))
}

fn run(
    input: &MutateInput,
    options: &Options,
    prepared: &Prepared,
    program: &Path,
    listed: &Listing,
) -> Result<(String, Status), Trouble> {
    let scenarios = select_listed(listed, &options.scenario)?;
    let plan = Plan {
        program,
        scenarios,
        effort: effort(options),
        memory: memory_model(&options.memory)?,
        proves: options.memory == "sc" || input.prove,
        repaired: match options.repairs.unwrap_or(RepairsArgument::Both) {
            // A module of one's own knows no repairs.
            _ if input.base.is_some() => vec![false],
            RepairsArgument::None => vec![false],
            RepairsArgument::All => vec![true],
            RepairsArgument::Both => vec![false, true],
        },
        jobs: jobs(options),
        shows_orderings: options.memory != "sc",
        originals: OriginalEnds::default(),
    };
    let head = |mutants: usize| head(options, &plan, mutants);
    let here = head(prepared.mutants.len());
    let committed = input.check.as_deref().map(|path| Committed::read(path, &here)).transpose()?;
    let records = committed.as_ref().map(|committed| records(&committed.text)).unwrap_or_default();
    let trial = |mutant: &Mutant| trial(mutant, &prepared.entries, listed, records.get(&mutant.id).cloned());
    let trials: Vec<Trial> = prepared.mutants.iter().map(trial).collect();
    let fates = judge(&plan, &trials)?;
    // What speaks against the code itself comes before what the scenarios are worth. It is no part
    // of the table: a check asks fewer scenarios.
    for (kind, scenarios) in plan.originals.all() {
        session::say(&format!("the code itself, unbroken, ends in {}: {}", in_words(kind), scenarios.join(", ")));
    }
    let complete = fates.iter().all(Option::is_some);
    let results: Vec<(Trial, Fate)> =
        trials.into_iter().zip(fates).filter_map(|(trial, fate)| Some((trial, fate?))).collect();
    let killed = |(trial, fate): &(Trial, Fate)| match fate {
        Fate::Killed(kill) if trial.listed.is_some() || trial.excuse.is_some() => {
            Some(format!("\n  {} in {}: {}", trial.mutant.id, kill.scenario, kill.difference))
        }
        _ => None,
    };
    let killed: String = results.iter().filter_map(killed).collect();
    if !killed.is_empty() {
        let message = format!("listed as equivalent or as survivors, and killed; take them off the list:{killed}");
        return Err(Trouble::Usage(message));
    }
    let account = Account { results: &results, plan: &plan, head: &head(results.len()), memory: &options.memory };
    let measured = match input.strategies {
        true => Some(strategies::measure(&plan, &results, &SoonConfig::default())?),
        false => None,
    };
    let noticed = match &committed {
        Some(committed) => noticed::repeat(&plan, &results, &committed.text)?,
        None if input.each => Some(noticed::measure(&plan, &results)?),
        None => None,
    };
    // An interrupt leaves scenarios unasked.
    let complete = complete && !session::is_ending();
    let table = report::text(&account) + &noticed.as_deref().map_or(String::new(), noticed::text);
    if let Some(committed) = committed.filter(|committed| complete && committed.text != table) {
        return Ok((committed.difference(&table), Status::Unaccepted));
    }
    let text = match options.format {
        Format::Json => {
            let mut document = report::document(&account, complete);
            if let Some(noticed) = &noticed {
                document["noticed"] = noticed::document(noticed);
            }
            if let Some(measured) = &measured {
                document["strategies"] = strategies::document(measured);
            }
            format!("{document:#}\n")
        }
        _ if input.check.is_some() => report::repeated(&account),
        _ => table,
    };
    let text = match (&measured, options.format) {
        (Some(measured), format) if format != Format::Json => text + &strategies::text(measured),
        _ => text,
    };
    if !complete {
        session::say("the run ended early: the result covers the mutants that were judged until then");
        return Ok((text, Status::Budget));
    }
    Ok((text, Status::Fine))
}

/// What was explored.
fn head(options: &Options, plan: &Plan<'_>, mutants: usize) -> String {
    let repairs = match plan.repaired.len() {
        1 => "",
        _ => ", without and with the repairs",
    };
    let sampled = format!("sampled {} (seed {})", options.executions, options.seed);
    let covered = if plan.proves {
        format!(
            "originals and survivors: every execution, and where those are more than {}, {sampled}",
            options.exhaustive_max
        )
    } else {
        format!("and {sampled}")
    };
    format!(
        "{} on {}{repairs}, memory model {}\neach: every schedule with at most {} (at most {})\n{covered}",
        counted(mutants, "mutant"),
        counted(plan.scenarios.len(), "scenario"),
        options.memory,
        counted(options.preemptions, "preemption"),
        counted(options.enumerated, "execution"),
    )
}

/// A table that was printed before.
struct Committed<'a> {
    path: &'a Path,
    text: String,
}

impl Committed<'_> {
    /// Refuses a table of other mutants, scenarios or bounds: what it says cannot come about again.
    fn read<'a>(path: &'a Path, head: &str) -> Result<Committed<'a>, FileError> {
        let text = files::read(path)?;
        if text.starts_with(head) {
            return Ok(Committed { path, text });
        }
        let lines = head.lines().count();
        let was: Vec<&str> = text.lines().take(lines).collect();
        let what = format!(
            "is a table of something else: write a new one with 'lockstep mutate' and the same options\nthere: {}\nhere:  {}",
            was.join("\n       "),
            head.replace('\n', "\n       ")
        );
        Err(FileError::is(path, what))
    }

    fn difference(&self, table: &str) -> String {
        let path = self.path.display().to_string();
        session::say(&format!(
            "{path} says something else: review the difference, and write what 'lockstep mutate' prints there if it is meant"
        ));
        let difference = similar::TextDiff::from_lines(self.text.as_str(), table);
        difference.unified_diff().header(&path, "now").to_string()
    }
}

/// In which variants a mutant can show: in that of its design, or in all designs.
fn trial(mutant: &Mutant, entries: &[Entry], listed: &Listing, record: Option<Record>) -> Trial {
    let first: Vec<String> = listed.variants.iter().take(1).cloned().collect();
    let listed = |name: &str| listed.variants.iter().find(|variant| *variant == name).cloned();
    let own = DESIGNS.iter().filter(|(file, _)| *file == mutant.file).filter_map(|(_, name)| listed(name));
    let mut variants: Vec<String> = own.collect();
    if variants.is_empty() {
        variants = DESIGNS.iter().filter_map(|(_, name)| listed(name)).collect();
    }
    if variants.is_empty() {
        variants = first;
    }
    let entry = |survives: bool| {
        let mut entries = entries.iter();
        entries.find(|entry| entry.mutant == mutant.id && entry.survives == survives).map(|entry| entry.reason.clone())
    };
    Trial { mutant: mutant.clone(), variants, listed: entry(false), excuse: entry(true), record }
}
