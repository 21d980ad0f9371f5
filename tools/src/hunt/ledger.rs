//! What a hunt knows: counts that add up, and finds of which the earliest wins, so that parts merge
//! to the whole.
//!
//! Promise: what is written replaces what was there by renaming, so a reader sees one or the other;
//! a ledger of another hunt is refused. The size depends on how many classes, places and edges
//! there are, not on how long the hunt runs.

use crate::cli::file_error::FileError;
use crate::cli::files::save;
use crate::cli::shard::Shard;
use lockstep::Gaps;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use utrace_variants::hunt::Noise;

/// Version of the form.
const SCHEMA: u32 = 3;

/// How gaps are written.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Gaps")]
struct GapsForm {
    cut: u64,
    limited: u64,
    left_out: u64,
    strayed: u64,
    unseen: u64,
}

/// What must be equal for results to belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub schema: u32,
    pub generator: u32,
    pub machine: u32,
    pub subject: String,
    pub memory: String,
    pub variants: Vec<String>,
    pub seed: u64,
    pub schedules: u64,
    pub exhaustive_max: u64,
    /// Every variant runs every schedule twice and is compared with itself.
    pub soaks: bool,
}

impl Terms {
    pub fn schema() -> u32 {
        SCHEMA
    }
}

/// In how many cases something was seen, and the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Species {
    pub cases: u64,
    pub first: u64,
}

/// Something that must not be, and the case that shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Violation {
    pub case: u64,
    pub what: String,
}

/// A class of divergences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sightings {
    /// Cases in which the first look showed it, true or not.
    pub candidates: Species,
    /// The first case in which it was judged to be true.
    pub verified: Option<Verified>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    pub case: u64,
    /// The case as a text, minimized unless the hunt ended before.
    pub text: String,
    pub preemptions: usize,
    /// Size of the scenario before it was cut down, and now.
    pub sizes: [usize; 2],
}

/// What a part has done: all its cases below `next`, and some beyond.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardProgress {
    pub number: u64,
    pub of: u64,
    pub next: u64,
    pub beyond: BTreeSet<u64>,
}

impl ShardProgress {
    pub fn new(shard: Shard) -> ShardProgress {
        ShardProgress { number: shard.number, of: shard.of, next: shard.next(0), beyond: BTreeSet::new() }
    }

    pub fn shard(&self) -> Shard {
        Shard { number: self.number, of: self.of }
    }

    fn done(&mut self, case: u64) {
        self.beyond.insert(case);
        while self.beyond.remove(&self.next) {
            self.next = self.shard().next(self.next + 1);
        }
    }

    /// Whether the case has been done.
    pub fn is_done(&self, case: u64) -> bool {
        case < self.next || self.beyond.contains(&case)
    }
}

/// What is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    pub terms: Terms,
    pub parts: Vec<ShardProgress>,
    pub cases: u64,
    pub executions: u64,
    pub steps: u64,
    /// What executions have missed.
    #[serde(with = "GapsForm")]
    pub gaps: Gaps,
    /// The first case with executions that have missed something.
    pub gap_first: Option<u64>,
    /// Executions made a second time, and comparisons of a variant with itself.
    pub repeated: u64,
    pub compared: u64,
    /// How often that came out otherwise, and the first time.
    pub violations: u64,
    pub violation: Option<Violation>,
    /// Executions counted for outcomes, outcomes, and outcomes seen once, each summed over cases
    /// and variants.
    pub outcomes: [u64; 3],
    /// Edges of the chart, by name.
    pub edges: BTreeMap<String, Species>,
    /// Places where a thread announced an event, and where another came in between.
    pub announced: BTreeMap<String, Species>,
    pub interrupted: BTreeMap<String, Species>,
    pub classes: BTreeMap<String, Sightings>,
}

/// What a case adds.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub case: u64,
    pub executions: u64,
    pub steps: u64,
    pub gaps: Gaps,
    pub noise: Noise,
    pub outcomes: [u64; 3],
    pub edges: Vec<String>,
    pub announced: Vec<String>,
    pub interrupted: Vec<String>,
    /// Classes seen, with those of them that were judged to be true.
    pub classes: Vec<(String, Option<Verified>)>,
}

impl Ledger {
    pub fn new(terms: Terms, shard: Shard) -> Ledger {
        Ledger {
            terms,
            parts: vec![ShardProgress::new(shard)],
            cases: 0,
            executions: 0,
            steps: 0,
            gaps: Gaps::NONE,
            gap_first: None,
            repeated: 0,
            compared: 0,
            violations: 0,
            violation: None,
            outcomes: [0; 3],
            edges: BTreeMap::new(),
            announced: BTreeMap::new(),
            interrupted: BTreeMap::new(),
            classes: BTreeMap::new(),
        }
    }

    /// Adds a case of the only part.
    pub fn add(&mut self, entry: Entry) {
        let case = entry.case;
        self.parts[0].done(case);
        self.cases += 1;
        self.executions += entry.executions;
        self.steps += entry.steps;
        self.gaps = self.gaps.and(entry.gaps);
        self.gap_first = earlier(self.gap_first, (!entry.gaps.is_empty()).then_some(case));
        self.repeated += entry.noise.repeated;
        self.compared += entry.noise.compared;
        self.violations += entry.noise.violations;
        let violation = entry.noise.violation.map(|what| Violation { case, what });
        self.violation = earlier(self.violation.take(), violation);
        self.outcomes.iter_mut().zip(entry.outcomes).for_each(|(sum, one)| *sum += one);
        let once = Species { cases: 1, first: case };
        entry.edges.into_iter().for_each(|name| meet(&mut self.edges, name, once));
        entry.announced.into_iter().for_each(|name| meet(&mut self.announced, name, once));
        entry.interrupted.into_iter().for_each(|name| meet(&mut self.interrupted, name, once));
        for (class, verified) in entry.classes {
            self.meet_class(class, Sightings { candidates: once, verified });
        }
    }

    /// Takes over what another part of the same hunt knows, which was read in this directory.
    pub fn merge(&mut self, other: Ledger, directory: &Path) -> Result<(), FileError> {
        if self.terms != other.terms {
            let reason = "they are of different hunts: seed, schedules, variants, repairs or versions differ";
            return Err(FileError::new(directory, reason));
        }
        for part in &other.parts {
            let overlaps = |mine: &ShardProgress| mine.of != part.of || mine.number == part.number;
            if let Some(mine) = self.parts.iter().find(|mine| overlaps(mine)) {
                let reason = format!("part {} and part {} have cases in common", mine.shard(), part.shard());
                return Err(FileError::new(directory, reason));
            }
        }
        self.parts.extend(other.parts);
        self.parts.sort_by_key(|part| part.number);
        self.cases += other.cases;
        self.executions += other.executions;
        self.steps += other.steps;
        self.gaps = self.gaps.and(other.gaps);
        self.gap_first = earlier(self.gap_first, other.gap_first);
        self.repeated += other.repeated;
        self.compared += other.compared;
        self.violations += other.violations;
        self.violation = earlier(self.violation.take(), other.violation);
        self.outcomes.iter_mut().zip(other.outcomes).for_each(|(sum, one)| *sum += one);
        for (mine, theirs) in [
            (&mut self.edges, other.edges),
            (&mut self.announced, other.announced),
            (&mut self.interrupted, other.interrupted),
        ] {
            theirs.into_iter().for_each(|(name, species)| meet(mine, name, species));
        }
        other.classes.into_iter().for_each(|(class, sightings)| self.meet_class(class, sightings));
        Ok(())
    }

    /// When all parts are there and have come equally far, they are the whole.
    pub fn close(&mut self) {
        let Some(of) = self.parts.first().map(|part| part.of).filter(|of| *of == self.parts.len() as u64) else {
            return;
        };
        if self.parts.iter().any(|part| !part.beyond.is_empty()) {
            return;
        }
        // Every part has done its cases below its own next one: the whole has done all below the
        // least of these.
        let least = self.parts.iter().map(|part| part.next).min().unwrap_or(0);
        if self.parts.iter().all(|part| part.next < least + of) {
            self.parts = vec![ShardProgress { number: 1, of: 1, next: least, beyond: BTreeSet::new() }];
        }
    }

    fn meet_class(&mut self, class: String, sightings: Sightings) {
        match self.classes.get_mut(&class) {
            None => {
                self.classes.insert(class, sightings);
            }
            Some(mine) => {
                join(&mut mine.candidates, sightings.candidates);
                let is_earlier = |theirs: &Verified| mine.verified.as_ref().is_none_or(|mine| theirs.case < mine.case);
                if let Some(theirs) = sightings.verified.filter(is_earlier) {
                    mine.verified = Some(theirs);
                }
            }
        }
    }

    /// Whether the class is known to be true by this case or an earlier one.
    pub fn is_verified_by(&self, class: &str, case: u64) -> bool {
        let verified = self.classes.get(class).and_then(|sightings| sightings.verified.as_ref());
        verified.is_some_and(|verified| verified.case <= case)
    }

    /// Classes that were judged to be true.
    pub fn verified(&self) -> impl Iterator<Item = (&String, &Sightings, &Verified)> {
        let verified = |(class, sightings)| sightings_with(class, sightings);
        self.classes.iter().filter_map(verified)
    }

    pub fn load(path: &Path) -> Result<Option<Ledger>, FileError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(FileError::new(path, error)),
        };
        let damaged = |error: serde_json::Error| {
            FileError::new(path, format!("{error}: not written by this version; take another --directory"))
        };
        serde_json::from_str(&text).map(Some).map_err(damaged)
    }

    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        let text = serde_json::to_string_pretty(self).expect("a ledger has only texts and numbers") + "\n";
        save(path, &text)
    }
}

fn sightings_with<'a>(
    class: &'a String,
    sightings: &'a Sightings,
) -> Option<(&'a String, &'a Sightings, &'a Verified)> {
    sightings.verified.as_ref().map(|verified| (class, sightings, verified))
}

fn meet(all: &mut BTreeMap<String, Species>, name: String, species: Species) {
    all.entry(name).and_modify(|mine| join(mine, species)).or_insert(species);
}

fn earlier<T: Ord>(mine: Option<T>, theirs: Option<T>) -> Option<T> {
    mine.into_iter().chain(theirs).min()
}

fn join(mine: &mut Species, theirs: Species) {
    mine.cases += theirs.cases;
    mine.first = mine.first.min(theirs.first);
}
