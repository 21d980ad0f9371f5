//! What is said of a place of one variant: the data that the table, the JSON, the committed text
//! and the sheet share.

use super::work::Studied;
use lockstep::{Evidence, MemoryModel};
use serde::{Deserialize, Serialize};
use utrace_variants::claims::{Dependence, OrderingSite, what_is_done};

/// One place of one variant, under one memory model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// The variant.
    pub variant: String,
    /// The memory model; what was written before there was a choice says none.
    #[serde(default)]
    pub memory: Option<String>,
    /// The function it is in.
    pub function: String,
    /// What is done there: `lock`, `unlock`, `fence`.
    pub ordering: String,
    /// To what; empty for a barrier.
    pub object: String,
    /// Its number among places of which all that is the same, if it is not the first.
    #[serde(default)]
    pub number: Option<usize>,
    /// File and line; nothing in committed text, for lines move.
    #[serde(default)]
    pub place: Option<String>,
    /// Whether something depends on it; nothing if the run ended before.
    pub needed: Option<bool>,
    /// What depends on it: an outcome first.
    #[serde(default)]
    pub shown: Vec<ShownPart>,
    /// How many scenarios were seen to pass it.
    #[serde(default)]
    pub scenarios: usize,
    /// How many of these were exhausted, as the design is and weakened.
    #[serde(default)]
    pub exhausted: usize,
    /// The weakest evidence of all of them.
    pub evidence: Option<String>,
    /// Where an outcome or, failing that, a claim depends on it.
    pub scenario: Option<String>,
    /// What is shown there.
    #[serde(default)]
    pub shows: Option<String>,
    /// The execution that shows it.
    #[serde(default)]
    pub token: Option<String>,
}

/// Something that depends on a place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownPart {
    /// The claim, or none for what clients see.
    pub claim: Option<String>,
    /// The scenario.
    pub scenario: String,
    /// What is shown without the ordering.
    pub what: String,
    /// An execution that shows it.
    pub token: String,
}

/// What places show only together.
pub struct TogetherPart {
    /// The places: what is done, and in which function.
    pub places: Vec<(String, String)>,
    /// What they show.
    pub what: String,
    /// By which variant in which scenario.
    pub shown: Vec<(&'static str, &'static str)>,
}

impl Row {
    /// Says of the whole what the first thing shown says.
    pub fn sum_up(mut self) -> Row {
        let first = self.shown.first();
        self.scenario = first.map(|first| first.scenario.clone());
        self.shows = first.map(|first| first.what.clone());
        self.token = first.map(|first| first.token.clone());
        self
    }

    /// What is done there to what, such as `lock siglock (2)`.
    pub fn what_is_done(&self) -> String {
        what_is_done(&self.ordering, &self.object, self.number.unwrap_or(1))
    }

    /// What depends on it, in a word or two.
    pub fn cell(&self) -> String {
        if self.needed.is_none() {
            return "?".to_owned();
        }
        if self.shown.is_empty() {
            let all = self.exhausted == self.scenarios;
            return if all { "free".to_owned() } else { format!("free {}/{}", self.exhausted, self.scenarios) };
        }
        let word = |one: &ShownPart| match &one.claim {
            Some(claim) => claim.clone(),
            None if one.is_race() => "race".to_owned(),
            None => "outcome".to_owned(),
        };
        self.shown.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    /// Whether all that depends on it is that plain data are ordered.
    pub fn is_for_plain_data(&self) -> bool {
        !self.shown.is_empty() && self.shown.iter().all(ShownPart::is_race)
    }
}

impl ShownPart {
    fn is_race(&self) -> bool {
        self.claim.is_none() && self.what.starts_with(RACE)
    }
}

/// How the line of a data race begins.
const RACE: &str = "sim: data race";

/// The rows of all variants, each place in the order of the source.
pub fn rows(studied: &[Studied], memory: MemoryModel) -> Vec<Row> {
    let of = |studied: &Studied| {
        let one = |(site, dependence): &(OrderingSite, Option<Dependence>)| {
            row(studied.variant.name, memory, site, dependence.as_ref())
        };
        studied.sites.iter().map(one).collect::<Vec<_>>()
    };
    studied.iter().flat_map(of).collect()
}

fn row(variant: &str, memory: MemoryModel, site: &OrderingSite, dependence: Option<&Dependence>) -> Row {
    let part = |shown: &utrace_variants::claims::Shown| ShownPart {
        claim: shown.claim.map(|claim| claim.id.to_owned()),
        scenario: shown.scenario.to_owned(),
        what: shown.what.clone(),
        token: shown.token.to_string(),
    };
    let shown: Vec<ShownPart> = dependence.iter().flat_map(|dependence| dependence.shown.iter().map(part)).collect();
    let coverage = dependence.map(|dependence| dependence.coverage).unwrap_or_default();
    let file = site.weakened.file;
    Row {
        variant: variant.to_owned(),
        memory: Some(memory.name().to_owned()),
        function: site.function.clone(),
        ordering: site.what.to_owned(),
        object: site.object.clone(),
        number: (site.number > 1).then_some(site.number),
        place: Some(site.weakened.at.map_or(file.to_owned(), |(line, _)| format!("{file}:{line}"))),
        needed: dependence.map(|dependence| !dependence.shown.is_empty()),
        scenario: None,
        shows: None,
        token: None,
        shown,
        scenarios: coverage.scenarios,
        exhausted: coverage.exhausted,
        evidence: coverage.weakest.map(|evidence| evidence.to_string()),
    }
    .sum_up()
}

/// What places show only together, the same of several variants and scenarios once.
pub fn together(studied: &[Studied]) -> Vec<TogetherPart> {
    let mut parts: Vec<TogetherPart> = Vec::new();
    for studied in studied {
        for (scenario, sites, what) in &studied.together {
            let place = |&site: &usize| (studied.sites[site].0.ordering(), studied.sites[site].0.function.clone());
            let places: Vec<(String, String)> = sites.iter().map(place).collect();
            let here = (studied.variant.name, *scenario);
            match parts.iter_mut().find(|part| part.places == places && part.what == *what) {
                Some(part) => part.shown.push(here),
                None => parts.push(TogetherPart { places, what: what.clone(), shown: vec![here] }),
            }
        }
    }
    parts
}

/// The weakest evidence of what is free and was not exhausted.
pub fn weakest(studied: &[Studied]) -> Option<Evidence> {
    let all = studied.iter().flat_map(|studied| &studied.sites).filter_map(|(_, dependence)| dependence.as_ref());
    let free = all.filter(|dependence| dependence.shown.is_empty());
    free.filter_map(|dependence| dependence.coverage.weakest)
        .filter(|one| !one.is_exhaustive())
        .reduce(Evidence::weaker)
}

/// The rows for programs.
pub fn json(rows: &[Row]) -> String {
    serde_json::to_string_pretty(rows).expect("the rows have only strings, numbers and flags") + "\n"
}
