//! `lockstep hunt`: generated scenarios, one after the other, until the budget or the user says
//! that it is enough.
//!
//! Promise: a case depends on its number, the seed and the terms of the hunt only, so parts made on
//! several machines merge to what one machine finds. What is known is written down every few
//! seconds and at the end; a hunt that was killed goes on with the cases it had not finished. A
//! find is saved before it is minimized. Memory does not grow with time. Limits: counts are kept of
//! classes, not of every divergence.

mod case;
pub mod corpus;
mod error;
mod ledger;
mod live;
mod saved;
pub mod summary;

use crate::cli::arguments::{HuntArguments, Options};
use crate::cli::counted::counted;
use crate::cli::file_error::FileError;
use crate::cli::files;
use crate::cli::selection::Selection;
use crate::cli::session::{self, CONTROL, Running};
use crate::cli::shard::Shard;
use crate::cli::status::Status;
use crate::cli::trouble::Trouble;
use crate::compare;
use case::{Case, Origin};
use ledger::{Entry, Ledger, Terms, Verified, Violation};
use live::Live;
use lockstep::{GlanceConfig, MACHINE_VERSION, Replayer, RunConfig, scramble};
use saved::Saved;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use utrace_variants::hunt::{Candidate, HuntConfig, Screened, confirm, screen, shrink};
use utrace_variants::{CHART, GENERATOR_VERSION, Scenario, generate, size, subject_name};

/// How often what is known is written down.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(2);

/// The file of what is known, in the directory of a hunt.
const LEDGER: &str = "hunt.json";

/// What a hunt is asked to do.
#[derive(Clone, Debug)]
pub struct Hunt {
    pub seed: u64,
    pub shard: Shard,
    /// Cases below this number; no limit, if nothing is said.
    pub cases: Option<u64>,
    pub schedules: u64,
    /// Runs of an exhaustive search before it is given up.
    pub exhaustive_max: u64,
    /// Judges nothing; every variant runs every schedule twice and is compared with itself.
    pub soaks: bool,
    pub jobs: usize,
    pub directory: PathBuf,
    pub corpus: PathBuf,
}

impl Hunt {
    /// What the arguments ask for, with the options of the command.
    pub fn new(arguments: &HuntArguments, options: &Options) -> Hunt {
        Hunt {
            seed: options.seed,
            shard: arguments.shard,
            cases: arguments.cases,
            schedules: arguments.schedules,
            exhaustive_max: if arguments.soak { 0 } else { arguments.search_max },
            soaks: arguments.soak,
            jobs: compare::jobs(options),
            directory: arguments.directory.clone(),
            corpus: arguments.corpus.clone(),
        }
    }
}

/// What several workers share.
struct Shared {
    ledger: Ledger,
    /// The next case that nobody has taken.
    next: u64,
    saved: Saved,
    written: Instant,
    /// A file could not be written: the hunt ends.
    error: Option<FileError>,
}

/// Hunts. What was found, and what it is worth.
pub fn hunt(selection: &Selection, hunt: &Hunt) -> Result<(String, Status), Trouble> {
    let [repairs] = selection.repairs[..] else {
        return Err(Trouble::usage("a hunt is with repairs or without: say --repairs none or --repairs all"));
    };
    std::fs::create_dir_all(&hunt.directory).map_err(|error| FileError::new(&hunt.directory, error))?;
    let path = hunt.directory.join(LEDGER);
    let terms = terms(selection, hunt);
    let ledger = match Ledger::load(&path)? {
        Some(ledger) if ledger.terms == terms && ledger.parts.len() == 1 && ledger.parts[0].shard() == hunt.shard => {
            ledger
        }
        Some(_) => {
            let what = "holds a hunt of another seed, part, or terms: take another --directory, or remove it";
            return Err(FileError::is(&hunt.directory, what).into());
        }
        None => Ledger::new(terms, hunt.shard),
    };
    let mut status = replay_first(hunt)?;
    let config = HuntConfig {
        variants: &selection.variants,
        repairs,
        memory: selection.memory,
        schedules: hunt.schedules,
        exhaustive_max: hunt.exhaustive_max,
        soaks: hunt.soaks,
        control: Some(&CONTROL),
    };
    let next = ledger.parts[0].next;
    let live = Live::new(ledger.cases, ledger.executions);
    let shared = Shared { ledger, next, saved: Saved::default(), written: Instant::now(), error: None };
    let shared = Mutex::new(shared);
    std::thread::scope(|scope| {
        for number in 0..hunt.jobs {
            let worker = Worker { number, hunt, config: &config, shared: &shared, path: &path, live: &live };
            scope.spawn(move || worker.work());
        }
    });
    drop(live);
    let Shared { ledger, error, .. } = shared.into_inner().expect("no worker panics");
    if let Some(error) = error {
        return Err(error.into());
    }
    ledger.save(&path)?;
    if let Some(Violation { case, what }) = &ledger.violation {
        session::say(&format!("nondeterminism: case {case}: {what}"));
        status = status.and(Status::Nondeterminism);
    }
    if ledger.cases == 0 {
        session::say("nothing was explored: raise --cases or --time");
        status = status.and(Status::Nothing);
    }
    Ok((summary::summary(&ledger, &known_classes(&hunt.corpus)?), status.and(judge_finds(&ledger, hunt)?)))
}

/// Replays what was found before: cases of the corpus and of this hunt.
fn replay_first(hunt: &Hunt) -> Result<Status, FileError> {
    let mut status = Status::Fine;
    for directory in [&hunt.corpus, &hunt.directory] {
        let replayed = corpus::replay(directory, false)?;
        if replayed.changed > 0 {
            let changed = replayed.text.lines().filter(|line| line.contains("CHANGED"));
            changed.for_each(session::say);
            status = status.and(Status::Unaccepted);
        }
    }
    Ok(status)
}

/// A class that the corpus does not have is news.
fn judge_finds(ledger: &Ledger, hunt: &Hunt) -> Result<Status, FileError> {
    let known = known_classes(&hunt.corpus)?;
    let news = ledger.verified().filter(|(class, ..)| !known.contains(*class)).count();
    if news == 0 {
        return Ok(Status::Fine);
    }
    session::say(&format!(
        "{} of divergences that the corpus does not have: look at them with 'lockstep corpus list --corpus {}', and copy the cases to {}",
        counted(news, "class"),
        hunt.directory.display(),
        hunt.corpus.display()
    ));
    Ok(Status::Unaccepted)
}

fn known_classes(directory: &Path) -> Result<BTreeSet<String>, FileError> {
    Ok(corpus::load_all(directory, false)?.into_iter().map(|(_, case)| case.class.to_string()).collect())
}

fn terms(selection: &Selection, hunt: &Hunt) -> Terms {
    Terms {
        schema: Terms::schema(),
        generator: GENERATOR_VERSION,
        machine: MACHINE_VERSION,
        subject: subject_name(selection.repairs[0]).to_owned(),
        memory: selection.memory.name().to_owned(),
        variants: selection.variants.iter().map(|variant| variant.name.to_owned()).collect(),
        seed: hunt.seed,
        schedules: hunt.schedules,
        exhaustive_max: hunt.exhaustive_max,
        soaks: hunt.soaks,
    }
}

struct Worker<'a> {
    number: usize,
    hunt: &'a Hunt,
    config: &'a HuntConfig<'a>,
    shared: &'a Mutex<Shared>,
    path: &'a Path,
    live: &'a Live,
}

impl Worker<'_> {
    fn work(self) {
        let mut replayers = [Replayer::new(), Replayer::new()];
        while let Some(case) = self.take() {
            let Some(entry) = self.run(&mut replayers, case) else { break };
            self.keep(entry);
        }
    }

    fn shared(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().expect("no worker panics")
    }

    /// The next case that nobody has done.
    fn take(&self) -> Option<u64> {
        let mut shared = self.shared();
        if session::is_ending() || shared.error.is_some() {
            return None;
        }
        let mut case = shared.next;
        while shared.ledger.parts[0].is_done(case) {
            case = self.hunt.shard.next(case + 1);
        }
        if self.hunt.cases.is_some_and(|cases| case >= cases) {
            return None;
        }
        shared.next = self.hunt.shard.next(case + 1);
        Some(case)
    }

    fn keep(&self, entry: Entry) {
        let mut shared = self.shared();
        shared.ledger.add(entry);
        let Shared { ledger, .. } = &*shared;
        self.live.says(ledger.cases, ledger.executions, ledger.edges.len(), ledger.verified().count());
        if shared.written.elapsed() >= CHECKPOINT_EVERY {
            shared.written = Instant::now();
            // While one worker writes the others wait: ledgers are small.
            if let Err(error) = shared.ledger.save(self.path) {
                shared.error = Some(error);
                CONTROL.cancel();
            }
        }
    }

    /// Nothing, if the hunt is to end before the case is done: it will be done again.
    fn run(&self, replayers: &mut [Replayer; 2], case: u64) -> Option<Entry> {
        let number = scramble(self.hunt.seed) ^ case;
        let scenario = generate(number);
        let HuntConfig { variants, repairs, memory, .. } = *self.config;
        let names = variants.iter().map(|variant| variant.name).collect::<Vec<_>>().join(", ");
        let subject = subject_name(repairs).to_owned();
        let running = Running { subject, scenario: scenario.id.to_string(), variants: names, memory };
        session::begin_as(self.number, running);
        let run = RunConfig { memory, control: Some((&CONTROL, self.number)), ..RunConfig::default() };
        let glance = GlanceConfig { run, ..GlanceConfig::default() };
        let screened = screen(replayers, &scenario, number, self.config, &glance);
        // A comparison of a variant with itself may have been cut short.
        if self.hunt.soaks && session::is_ending() {
            return None;
        }
        let mut classes = Vec::new();
        for candidate in &screened.candidates {
            let class = candidate.class.to_string();
            let is_known = self.shared().ledger.is_verified_by(&class, case);
            let verified = if is_known { None } else { self.verify(&scenario, candidate, case)? };
            classes.push((class, verified));
        }
        Some(self.entry(case, screened, classes))
    }

    fn entry(&self, case: u64, screened: Screened, classes: Vec<(String, Option<Verified>)>) -> Entry {
        let named = CHART.iter().enumerate().filter(|(bit, _)| screened.edges & (1 << bit) != 0);
        let place = |place: &std::panic::Location<'_>| format!("{}:{}", place.file(), place.line());
        let places = |only_interrupted: bool| {
            let kept = screened.places.iter().filter(move |(_, interrupted)| **interrupted || !only_interrupted);
            kept.map(|(at, _)| place(at)).collect::<BTreeSet<String>>().into_iter().collect()
        };
        Entry {
            case,
            executions: screened.executions,
            steps: screened.steps,
            gaps: screened.gaps,
            noise: screened.noise,
            outcomes: screened.outcomes,
            edges: named.map(|(_, goal)| goal.name.to_string()).collect(),
            announced: places(false),
            interrupted: places(true),
            classes,
        }
    }

    /// Judges a candidate, saves it, cuts it down and saves it again. An outer nothing if the hunt
    /// is to end.
    fn verify(&self, scenario: &Scenario, candidate: &Candidate, case: u64) -> Option<Option<Verified>> {
        if session::is_ending() {
            return None;
        }
        if self.config.exhaustive_max == 0 || !self.config.stands(scenario, candidate) {
            return Some(None);
        }
        let confirmed = confirm(scenario, candidate, self.config);
        if session::is_ending() {
            return None;
        }
        let Some((confirmed, divergence)) = confirmed else { return Some(None) };
        let HuntConfig { variants, repairs, memory, .. } = *self.config;
        let origin = Origin { variants, repairs, memory, found: format!("seed {}, case {case}", self.hunt.seed) };
        self.save(&Case::new(&confirmed, &divergence, false, &origin), case);
        self.live.news(&format!("case {case}: {}", divergence.class));
        let shrunk = shrink(&confirmed, &divergence, self.config);
        if session::is_ending() {
            return None;
        }
        let minimized = Case::new(&shrunk.scenario, &shrunk.divergence, true, &origin);
        self.save(&minimized, case);
        Some(Some(Verified {
            case,
            text: minimized.write(),
            preemptions: shrunk.divergence.preemptions,
            sizes: [size(scenario), size(&shrunk.scenario)],
        }))
    }

    /// Saves a find, unless an earlier case has one of the class.
    fn save(&self, found: &Case, case: u64) {
        let mut shared = self.shared();
        let class = found.class.to_string();
        if shared.ledger.is_verified_by(&class, case) || !shared.saved.takes(class, case) {
            return;
        }
        let path = self.hunt.directory.join(found.file_name());
        if let Err(error) = files::save(&path, &found.write()) {
            shared.error = Some(error);
            CONTROL.cancel();
        }
    }
}

/// Merges the parts of a hunt into a directory.
pub fn merge(directories: &[PathBuf], into: &Path, corpus: &Path) -> Result<String, Trouble> {
    let mut merged: Option<Ledger> = None;
    for directory in directories {
        let path = directory.join(LEDGER);
        let ledger = Ledger::load(&path)?.ok_or_else(|| FileError::new(directory, "there is no hunt in it"))?;
        match &mut merged {
            None => merged = Some(ledger),
            Some(merged) => merged.merge(ledger, directory)?,
        }
    }
    let Some(mut merged) = merged else { return Err(Trouble::usage("name the directories of the parts")) };
    merged.close();
    std::fs::create_dir_all(into).map_err(|error| FileError::new(into, error))?;
    for (_, _, verified) in merged.verified() {
        let case =
            Case::read(&verified.text).map_err(|error| Trouble::usage(format!("a case of the parts: {error}")))?;
        files::save(&into.join(case.file_name()), &verified.text)?;
    }
    merged.save(&into.join(LEDGER))?;
    Ok(summary::summary(&merged, &known_classes(corpus)?))
}
