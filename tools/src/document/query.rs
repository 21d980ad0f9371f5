//! What every report asks of a document.

use super::{
    BadEndPart, CausePart, DivergencePart, Document, FindingPart, GatePart, PairPart, PlacePart, SCHEMA, ScenarioPart,
    SeriesPart, Standing,
};
use crate::cli::counted::counted;
use lockstep::MACHINE_VERSION;
use std::collections::{BTreeMap, BTreeSet};

/// What a step of the series does to a scenario.
pub struct Cell<'a> {
    /// The step's place in the series, from 1.
    pub step: usize,
    /// The scenario.
    pub scenario: &'a ScenarioPart,
    /// The pair of variants; nothing if it was not explored.
    pub pair: Option<&'a PairPart>,
}

impl Cell<'_> {
    /// As in `git range-diff`: `=` nothing changes, `>` outcomes appear, `<` outcomes vanish, `!`
    /// both; `-` not explored.
    pub fn mark(&self) -> char {
        let Some(pair) = self.pair else { return '-' };
        match (pair.gained, pair.lost) {
            (0, 0) => '=',
            (_, 0) => '>',
            (0, _) => '<',
            _ => '!',
        }
    }

    /// The numbers of outcomes gained and lost, such as `+1 -2`.
    pub fn counts(&self) -> String {
        counts_of(self.gained(), self.lost())
    }

    /// Whether the step is known to change something.
    pub fn is_change(&self) -> bool {
        self.gained() + self.lost() > 0
    }

    /// Outcomes that the step brings, as far as is known.
    pub fn gained(&self) -> usize {
        self.pair.map_or(0, |pair| pair.gained)
    }

    /// Outcomes that the step removes, as far as is known.
    pub fn lost(&self) -> usize {
        self.pair.map_or(0, |pair| pair.lost)
    }
}

/// `+1 -2`, or nothing.
pub fn counts_of(gained: usize, lost: usize) -> String {
    let part = |sign: char, count: usize| (count > 0).then(|| format!("{sign}{count}"));
    [part('+', gained), part('-', lost)].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Divergences of one cause.
pub struct OfCause<'a> {
    /// The cause; nothing if it is not known, as in older documents.
    pub cause: Option<&'a CausePart>,
    /// The divergences. Invariant: there is one, and without a cause there is no other.
    pub divergences: Vec<(&'a ScenarioPart, &'a DivergencePart)>,
}

impl<'a> OfCause<'a> {
    /// The one with the simplest witness.
    pub fn simplest(&self) -> (&'a ScenarioPart, &'a DivergencePart) {
        *self.divergences.iter().min_by_key(|(_, one)| one.preemptions).expect("there is one")
    }

    /// Where a reader of the code as it is to be looks first.
    pub fn place(&self) -> Option<&'a PlacePart> {
        self.cause.and_then(|cause| cause.place.as_ref()).or(self.simplest().1.place.as_ref())
    }

    /// What it is and where, in sentences: the statement that a step changes, then the events.
    pub fn sentences(&self) -> Vec<String> {
        self.cause.map_or(Vec::new(), |cause| cause.change().into_iter().chain(cause.event_lines()).collect())
    }
}

impl GatePart {
    /// What it found beside divergences that nobody accepted.
    pub fn other_findings(&self) -> impl Iterator<Item = &FindingPart> {
        self.findings.iter().filter(|finding| finding.divergence.is_none())
    }
}

impl SeriesPart {
    /// The options that name it.
    pub fn options(&self) -> String {
        let subject =
            self.subject.as_ref().map_or(String::new(), |subject| format!(" --subject {}", shell_word(subject)));
        format!(" --base {} --series {}{subject}", shell_word(&self.base), shell_word(&self.series))
    }
}

/// A text as one word of a command that is to be copied into a shell.
pub fn shell_word(text: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "/._-+:,@%=^".contains(character);
    // The shell knows whose home it is, if it is not quoted.
    let plain = text.strip_prefix("~/").unwrap_or(text);
    match !plain.is_empty() && plain.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

impl Document {
    /// A document under these memory models that holds nothing yet.
    pub fn of(memory: Vec<String>) -> Document {
        Document {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            machine: MACHINE_VERSION,
            memory,
            base_commit: None,
            series: None,
            complete: true,
            nondeterminism: None,
            variants: Vec::new(),
            scenarios: Vec::new(),
            causes: Vec::new(),
            changes: Vec::new(),
            since: None,
            gate: None,
            claims: None,
            audit: None,
            mutants: None,
            orderings: None,
        }
    }

    /// The command that shows the execution of this name.
    pub fn replay(&self, token: &str) -> String {
        format!("lockstep replay {token}{}", self.series.as_ref().map_or(String::new(), SeriesPart::options))
    }

    /// Takes over the comparisons under another memory model. What is said of the variants stays
    /// that of the first.
    pub fn append(&mut self, other: Document) {
        self.memory.extend(other.memory);
        self.complete &= other.complete;
        self.nondeterminism = self.nondeterminism.take().or(other.nondeterminism);
        self.scenarios.extend(other.scenarios);
    }

    /// Every step of the series on every scenario.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.scenarios.iter().flat_map(|scenario| {
            self.variants.windows(2).enumerate().map(move |(at, step)| Cell {
                step: at + 1,
                scenario,
                pair: scenario.pair(&step[0].name, &step[1].name),
            })
        })
    }

    /// Every divergence with its scenario.
    pub fn divergences(&self) -> impl Iterator<Item = (&ScenarioPart, &DivergencePart)> {
        self.scenarios.iter().flat_map(|scenario| scenario.divergences.iter().map(move |one| (scenario, one)))
    }

    /// Divergences of this standing by cause, in the order of the causes; those without one stand
    /// alone behind them.
    pub fn by_cause(&self, standing: Standing) -> Vec<OfCause<'_>> {
        let known = |id: Option<&str>| self.causes.iter().position(|cause| Some(&*cause.id) == id);
        let mut groups: Vec<OfCause<'_>> = Vec::new();
        for (scenario, one) in self.divergences().filter(|(_, one)| one.standing() == standing) {
            let cause = known(one.cause()).map(|at| &self.causes[at]);
            let is_its = |group: &&mut OfCause<'_>| cause.is_some() && group.cause == cause;
            match groups.iter_mut().find(is_its) {
                Some(group) => group.divergences.push((scenario, one)),
                None => groups.push(OfCause { cause, divergences: vec![(scenario, one)] }),
            }
        }
        groups.sort_by_key(|group| known(group.cause.map(|cause| &*cause.id)).unwrap_or(usize::MAX));
        groups
    }

    /// Every kind of end that no subject can want and all variants show, with its scenario.
    pub fn bad_ends(&self) -> impl Iterator<Item = (&ScenarioPart, &BadEndPart)> {
        self.scenarios.iter().flat_map(|scenario| scenario.bad_ends.iter().map(move |one| (scenario, one)))
    }

    /// Leaves out the traces of what was accepted, but for the simplest of what each step brings
    /// and of what it removes.
    pub fn forget_accepted(&mut self) {
        for scenario in &mut self.scenarios {
            let mut told = BTreeSet::new();
            let mut kept = BTreeSet::new();
            for one in &scenario.divergences {
                let is_first = told.insert((&one.introduced_by_step_to, &one.removed_by_step_to));
                if is_first || one.standing() != Standing::Accepted {
                    kept.extend([&one.id].into_iter().chain(&one.same_witness_as).cloned());
                }
            }
            for one in scenario.divergences.iter_mut().filter(|one| !kept.contains(&one.id)) {
                one.witness = None;
            }
        }
    }

    /// Executions of everything.
    pub fn executions(&self) -> u64 {
        self.scenarios.iter().flat_map(|scenario| &scenario.variants).map(|variant| variant.executions).sum()
    }

    /// What the comparisons rest on: each evidence with the scenarios it is of, the commonest
    /// first.
    pub fn evidences(&self) -> Vec<(String, Vec<String>)> {
        let mut by_evidence: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for scenario in &self.scenarios {
            if let Some(evidence) = scenario.evidence() {
                by_evidence.entry(evidence.to_string()).or_default().push(scenario.title());
            }
        }
        let mut evidences: Vec<_> = by_evidence.into_iter().collect();
        evidences.sort_by_key(|(_, ids)| std::cmp::Reverse(ids.len()));
        evidences
    }

    /// What was repeated to see whether the same schedule runs the same, in a sentence; nothing, if
    /// nothing was or something did not.
    pub fn repetition(&self) -> Option<String> {
        let repeated: u64 = self.scenarios.iter().map(|scenario| scenario.repeated).sum();
        (repeated > 0 && self.nondeterminism.is_none())
            .then(|| format!("repeated {repeated} schedules: each gave the same execution again"))
    }

    /// In a sentence: how many divergences there are, and on how many scenarios.
    pub fn summary(&self) -> String {
        let diverging = self.scenarios.iter().filter(|scenario| !scenario.divergences.is_empty()).count();
        let count = self.divergences().count();
        let causes = self.causes.len();
        let of_causes =
            if causes > 0 && causes < count { format!(" of {}", counted(causes, "cause")) } else { String::new() };
        let unaccepted = self.divergences().filter(|(_, one)| one.standing() == Standing::Unaccepted).count();
        let judged = if self.gate.is_some() { format!(", {unaccepted} of them not accepted") } else { String::new() };
        let (explored, all) = (self.explored(), self.scenarios.len());
        let of = match explored == all {
            true => format!("{all} comparisons"),
            false => format!("the {explored} of {all} comparisons that were explored"),
        };
        let summary = match count {
            0 if explored == 0 => format!("nothing was explored in {all} comparisons"),
            0 => format!("no divergence in {of}"),
            1 => format!("1 divergence in {of}{judged}"),
            _ => format!("{count} divergences{of_causes} on {diverging} of {of}{judged}"),
        };
        let bad = self.scenarios.iter().filter(|scenario| !scenario.bad_ends.is_empty()).count();
        match bad {
            0 => summary,
            _ => format!("{summary}; every step ends badly on {bad} of {all}"),
        }
    }

    /// How many comparisons say anything.
    pub fn explored(&self) -> usize {
        self.scenarios.iter().filter(|scenario| scenario.gap().is_none()).count()
    }
}
