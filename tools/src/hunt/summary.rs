//! What a hunt has to say for itself: how much it ran, what it covered, what is still unseen, and
//! what it found.
//!
//! The unseen is estimated after Good and Turing (Good, Biometrika 40, 1953): the next case shows
//! about as many new things as were seen in exactly one case, divided by the number of cases.

use crate::cli::counted::counted;
use crate::hunt::ledger::{Ledger, Species, Violation};
use std::collections::{BTreeMap, BTreeSet};
use utrace_variants::CHART;

/// Edges and classes listed by name, at most.
const NAMES_MAX: usize = 40;

/// The summary. `known`: classes of the corpus.
pub fn summary(ledger: &Ledger, known: &BTreeSet<String>) -> String {
    let Ledger { terms, cases, executions, .. } = ledger;
    let mut text = format!(
        "hunt of seed {} in {}, memory model {}: {}\n",
        terms.seed,
        terms.subject,
        terms.memory,
        terms.variants.join(", ")
    );
    let parts: Vec<String> =
        ledger.parts.iter().map(|part| format!("{} up to case {}", part.shard(), part.next)).collect();
    text += &format!("{cases} cases ({}), {} schedules of each variant\n", parts.join(", "), terms.schedules);
    let per = |sum: u64| sum as f64 / (*executions).max(1) as f64;
    let missed = match ledger.gap_first {
        Some(case) => format!("{}; the first in case {case}", ledger.gaps),
        None => "none missed anything".to_owned(),
    };
    text += &format!("{executions} executions of {:.0} choice points; {missed}\n", per(ledger.steps));
    text += &noise(ledger);
    text += &coverage("edges of the chart", &ledger.edges, CHART.len(), *cases);
    let missing: Vec<&str> =
        CHART.iter().map(|goal| &*goal.name).filter(|name| !ledger.edges.contains_key(*name)).collect();
    if !missing.is_empty() {
        text += &format!("  not taken: {}\n", missing[..missing.len().min(NAMES_MAX)].join("; "));
    }
    text += &coverage("places interrupted", &ledger.interrupted, ledger.announced.len(), *cases);
    let [counted, outcomes, once] = ledger.outcomes;
    text += &format!(
        "outcomes: {outcomes} in {counted} executions; one more execution of a case shows one that is new there with a chance of about {}\n",
        percent(once, counted)
    );
    text += &over_time(ledger);
    text + &classes(ledger, known)
}

/// What came of doing the same twice.
fn noise(ledger: &Ledger) -> String {
    let compared = match ledger.compared {
        0 => String::new(),
        compared => format!(", {compared} comparisons of a variant with itself"),
    };
    let found = match &ledger.violation {
        None => "no difference".to_owned(),
        Some(Violation { case, what }) => {
            format!("{} DIFFERENCES, the first in case {case}: {what}", ledger.violations)
        }
    };
    format!("{} of them made a second time{compared}: {found}\n", ledger.repeated)
}

fn percent(part: u64, of: u64) -> String {
    format!("{:.2} %", 100.0 * part as f64 / of.max(1) as f64)
}

fn coverage(what: &str, seen: &BTreeMap<String, Species>, of: usize, cases: u64) -> String {
    let once = seen.values().filter(|species| species.cases == 1).count() as u64;
    let unseen = match once {
        0 if cases == 0 => "nothing is known of the rest".to_owned(),
        // Without singletons the estimate is 0; what can be said is that it is below one in so many
        // cases.
        0 => format!("each in several cases: one more case shows less than {:.4} new ones", 1.0 / cases as f64),
        _ => format!("{once} in one case only: one more case shows about {:.4} new ones", once as f64 / cases as f64),
    };
    format!("{what}: {} of {of}, {unseen}\n", seen.len())
}

/// How the counts grew: what had been seen after so many cases.
fn over_time(ledger: &Ledger) -> String {
    let last = ledger.parts.iter().map(|part| part.next).max().unwrap_or(0);
    let mut text = String::from("over time:   up to case       edges      places     classes\n");
    let until = |all: &BTreeMap<String, Species>, end: u64| all.values().filter(|species| species.first < end).count();
    let mut end = 10;
    loop {
        let end_here = end.min(last);
        let classes = ledger.verified().filter(|(_, _, verified)| verified.case < end_here).count();
        let (edges, places) = (until(&ledger.edges, end_here), until(&ledger.interrupted, end_here));
        text += &format!("{end_here:>24}{edges:>12}{places:>12}{classes:>12}\n");
        if end >= last {
            return text;
        }
        end *= 4;
    }
}

fn classes(ledger: &Ledger, known: &BTreeSet<String>) -> String {
    let verified: Vec<_> = ledger.verified().collect();
    let unknown = verified.iter().filter(|(class, ..)| !known.contains(*class)).count();
    let refuted = ledger.classes.len() - verified.len();
    let mut text = format!(
        "classes of divergences: {}, {unknown} of them not in the corpus; {} that no judgement confirmed\n",
        verified.len(),
        counted(refuted, "candidate")
    );
    text += &sizes(verified.iter().map(|(.., found)| (found.sizes, found.preemptions)).collect());
    for (class, sightings, found) in verified.iter().take(NAMES_MAX) {
        let mark = if known.contains(*class) { ' ' } else { '*' };
        let cases = sightings.candidates.cases;
        text += &format!(
            "{mark} {class}\n    in {cases} cases, the first confirmed is {}; preemptions {}, size {} of {}\n",
            found.case, found.preemptions, found.sizes[1], found.sizes[0]
        );
    }
    if verified.len() > NAMES_MAX {
        text += &format!("  … {} more\n", verified.len() - NAMES_MAX);
    }
    text
}

/// How small the cases became: what the median case has.
fn sizes(cases: Vec<([usize; 2], usize)>) -> String {
    if cases.is_empty() {
        return String::new();
    }
    let median = |of: fn(&([usize; 2], usize)) -> usize| median(cases.iter().map(of).collect());
    format!(
        "medians of the cases: size {} of {}, {}\n",
        median(|(sizes, _)| sizes[1]),
        median(|(sizes, _)| sizes[0]),
        counted(median(|(_, preemptions)| *preemptions), "preemption")
    )
}

/// The lower median of values of which there is at least one.
pub fn median(mut values: Vec<usize>) -> usize {
    values.sort_unstable();
    values[(values.len() - 1) / 2]
}
