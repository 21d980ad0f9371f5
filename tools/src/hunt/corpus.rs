//! The corpus: a directory with one small text file for each case.

use crate::cli::file_error::FileError;
use crate::cli::files::save;
use crate::cli::selection::Selection;
use crate::cli::session::{self, CONTROL};
use crate::cli::status::Status;
use crate::hunt::case::{Case, ENDING, Origin};
use crate::hunt::summary::median;
use lockstep::MemoryModel;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use utrace_variants::hunt::{HuntConfig, Judged, is_shown, judge};
use utrace_variants::{Repairs, Scenario, VariantInfo, size, subject_name, variants};

/// A file of a corpus and the case in it, or what is wrong with it.
type Entry = (PathBuf, Result<Case, FileError>);

/// Cases in the order of the names of their files. A directory that does not exist has none, if
/// that is fine.
pub fn load(directory: &Path, must_exist: bool) -> Result<Vec<Entry>, FileError> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => return Ok(Vec::new()),
        Err(error) => {
            return Err(FileError::new(directory, format!("{error}: name the directory with --corpus")));
        }
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == ENDING)).collect();
    paths.sort();
    Ok(paths.into_iter().map(|path| (path.clone(), Case::load(&path))).collect())
}

/// As `load`; a case that cannot be read is an error.
pub fn load_all(directory: &Path, must_exist: bool) -> Result<Vec<(PathBuf, Case)>, FileError> {
    load(directory, must_exist)?.into_iter().map(|(path, case)| Ok((path, case?))).collect()
}

/// The scenario of this id, if a case has it.
pub fn find_scenario(directory: &Path, id: &str) -> Option<Scenario> {
    let cases = load(directory, false).ok()?.into_iter().filter_map(|(_, case)| case.ok());
    cases.map(|case| case.scenario).find(|scenario| scenario.id == id)
}

/// The cases of a directory, for people to read. Not fine if one cannot be read.
pub fn list(directory: &Path) -> Result<(String, Status), FileError> {
    let (mut text, mut sizes, mut decisions) = (String::new(), Vec::new(), Vec::new());
    let mut status = Status::Fine;
    for (path, case) in load(directory, true)? {
        let name = name_of(&path);
        if let Ok(case) = &case {
            sizes.push(size(&case.scenario));
            decisions.push(case.decisions());
        }
        text += &match case {
            Ok(case) => format!(
                "{name}  {}\n    {}; {}; size {}\n    {}\n",
                case.class,
                case.found,
                case.evidence,
                size(&case.scenario),
                case.token()
            ),
            Err(error) => {
                status = Status::Usage;
                format!("{name}  cannot be read: {error}\n")
            }
        };
    }
    if text.is_empty() {
        text = format!("{}: no case\n", directory.display());
    }
    if !sizes.is_empty() {
        let count = sizes.len();
        text += &format!("{count} cases; medians: size {}, {} decisions\n", median(sizes), median(decisions));
    }
    Ok((text, status))
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned())
}

/// What became of the cases of a corpus.
pub struct Replayed {
    pub text: String,
    /// Cases whose schedule shows another class now, or no difference.
    pub changed: usize,
}

/// Replays every case under its schedule.
pub fn replay(directory: &Path, must_exist: bool) -> Result<Replayed, FileError> {
    let mut replayed = Replayed { text: String::new(), changed: 0 };
    for (path, case) in load_all(directory, must_exist)? {
        let says = match case.replay() {
            Some(class) if class == case.class => format!("as recorded: {class}"),
            other => {
                replayed.changed += 1;
                let now = other.map_or("both variants show the same".to_owned(), |class| class.to_string());
                format!("CHANGED: {now}; recorded: {}", case.class)
            }
        };
        replayed.text += &format!("{}  {says}\n", name_of(&path));
    }
    Ok(replayed)
}

/// Which cases are there in vain, and why: their class is gone, or a smaller case has it. Nothing
/// if the run ended early.
fn superfluous(directory: &Path, exhaustive_max: u64) -> Result<Option<Vec<(PathBuf, String)>>, FileError> {
    let mut found = Vec::new();
    let mut smallest: BTreeMap<String, (usize, PathBuf)> = BTreeMap::new();
    for (path, case) in load_all(directory, true)? {
        let of = |name: &str| variants().iter().find(|variant| variant.name == name).expect("checked when it was read");
        let both = [of(&case.shown_by), of(&case.not_by)];
        let config = HuntConfig { repairs: case.repairs, memory: case.memory, ..wide(&both, exhaustive_max) };
        let judged = judge(&case.scenario, (0, 1), Some(&case.class), &config);
        if CONTROL.is_cancelled() {
            return Ok(None);
        }
        // A judgement minimizes anew, and may come to a witness whose first difference is another
        // one.
        if judged == Judged::Known(Vec::new()) && !is_shown(&case.scenario, &case.schedule, &case.class, &config) {
            found.push((path, "no divergence of its class is left".to_owned()));
            continue;
        }
        let class = format!("{} {}", subject_name(case.repairs), case.class);
        let size = size(&case.scenario);
        match smallest.get(&class) {
            Some((other, name)) if *other <= size => {
                found.push((path, format!("{} has the same class and is no larger", name_of(name))));
            }
            _ => {
                if let Some((_, name)) = smallest.insert(class, (size, path.clone())) {
                    found.push((name, format!("{} has the same class and is smaller", name_of(&path))));
                }
            }
        }
    }
    Ok(Some(found))
}

/// Removes what is there in vain; with `check`, only says so.
pub fn prune(directory: &Path, check: bool, exhaustive_max: u64) -> Result<(String, Status), FileError> {
    let Some(found) = superfluous(directory, exhaustive_max)? else {
        session::say("the run ended early: nothing was removed");
        return Ok((String::new(), Status::Budget));
    };
    let mut text = String::new();
    for (path, why) in &found {
        if !check {
            std::fs::remove_file(path).map_err(|error| FileError::new(path, error))?;
        }
        text += &format!("{}  {}{why}\n", name_of(path), if check { "" } else { "removed: " });
    }
    if found.is_empty() {
        text = "every case is needed\n".to_owned();
    }
    Ok((text, if check && !found.is_empty() { Status::Unaccepted } else { Status::Fine }))
}

/// For judging cases that exist: there is no first look.
fn wide<'a>(variants: &'a [&'static VariantInfo], exhaustive_max: u64) -> HuntConfig<'a> {
    let (repairs, memory) = (Repairs::NONE, MemoryModel::Sc);
    HuntConfig { variants, repairs, memory, schedules: 0, exhaustive_max, soaks: false, control: Some(&CONTROL) }
}

/// Judges scenarios that exist and writes a case for each class that they have and the corpus has
/// not.
pub fn add(directory: &Path, selection: &Selection, exhaustive_max: u64) -> Result<String, FileError> {
    std::fs::create_dir_all(directory).map_err(|error| FileError::new(directory, error))?;
    let mut text = String::new();
    for scenario in &selection.scenarios {
        for &repairs in &selection.repairs {
            let config = HuntConfig { repairs, memory: selection.memory, ..wide(&selection.variants, exhaustive_max) };
            let pairs = (1..selection.variants.len()).flat_map(|second| [(second - 1, second), (second, second - 1)]);
            for pair in pairs {
                let Judged::Known(judged) = judge(scenario, pair, None, &config) else {
                    text += &format!("{} could not be searched whole: raise --exhaustive-max\n", scenario.id);
                    continue;
                };
                let found = format!("scenario {}", scenario.id);
                let origin = Origin { variants: &selection.variants, repairs, memory: selection.memory, found };
                for one in judged {
                    let case = Case::new(scenario, &one, false, &origin);
                    let path = directory.join(case.file_name());
                    if !path.exists() {
                        save(&path, &case.write())?;
                        text += &format!("{}  {}\n", name_of(&path), case.class);
                    }
                }
            }
        }
    }
    Ok(if text.is_empty() { "nothing that the corpus does not have\n".to_owned() } else { text })
}
