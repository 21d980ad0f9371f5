//! The table of verdicts: a line for each claim and variant, a column for each memory model, each
//! verdict with a word on what it rests on.
//!
//! ```text
//! claim  variant           sc                 weak
//! C15    stopped-locked    holds, exhaustive  holds, bound 1
//!        stopped-removed   holds, exhaustive  refuted, shown
//! ```
//!
//! Limits: the word is the short one; the lines of the claim say the whole. Nothing volatile gets
//! in.

use lockstep::{Evidence, MemoryModel};

use super::decision::{Absent, Decision, Verdict, Witness};

/// What the words below the table mean.
const LEGEND: [&str; 6] = [
    "exhaustive: every execution was covered; bound n: every schedule with at most n preemptions",
    "and choices of memory, and samples; n samples: no more than that; shown: by an execution whose",
    "token stands below. Of two variants compared the word says what it rests on that one does not",
    "show what the other does (shown: never). open: nothing was seen that decides it; -: the claim",
    "says nothing of the variant. A variant beside the three designs stands where the claim is about",
    "an alternative or a reading of one.",
];

/// The table of these decisions, in their order, as lines.
pub fn table_lines(decisions: &[Decision]) -> Vec<String> {
    let mut models: Vec<MemoryModel> = Vec::new();
    let mut keys: Vec<(&str, &str)> = Vec::new();
    for Decision { claim, asked, memory, .. } in decisions {
        if !models.contains(memory) {
            models.push(*memory);
        }
        if !keys.contains(&(claim.id, asked.variant)) {
            keys.push((claim.id, asked.variant));
        }
    }
    let head = ["claim", "variant"].into_iter().chain(models.iter().map(|model| model.name()));
    let mut rows: Vec<Vec<String>> = vec![head.map(str::to_owned).collect()];
    let mut before = "";
    for (id, variant) in keys {
        let of = |model: &MemoryModel| {
            let found =
                decisions.iter().find(|one| one.claim.id == id && one.asked.variant == variant && one.memory == *model);
            found.map_or("?".to_owned(), cell)
        };
        let shown = if id == before { "" } else { id };
        before = id;
        rows.push([shown.to_owned(), variant.to_owned()].into_iter().chain(models.iter().map(of)).collect());
    }
    let mut lines = padded(&rows);
    lines.push(String::new());
    lines.extend(LEGEND.map(str::to_owned));
    lines
}

/// Columns as wide as what is in them, two apart.
fn padded(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn cell(decision: &Decision) -> String {
    match (&decision.verdict, &decision.witness) {
        (Verdict::NotApplicable(_), _) => "-".to_owned(),
        (Verdict::Open(_), _) if decision.evidence.is_nothing() => decision.verdict.name().to_owned(),
        (verdict, Some(witness)) => format!("{}, {}", verdict.name(), shown_word(witness)),
        (verdict, None) => format!("{}, {}", verdict.name(), evidence_word(decision.evidence)),
    }
}

/// What a verdict rests on that a witness decides: on that alone, or also on what another variant
/// was not seen to show.
fn shown_word(Witness { absent, preemptions, .. }: &Witness) -> String {
    match absent {
        Some(Absent { evidence, .. }) if !evidence.is_exhaustive() => match evidence.preemptions() {
            Some(bound) if *preemptions <= bound as usize => evidence_word(*evidence),
            _ => evidence_word(evidence.beyond_bound()),
        },
        _ => "shown".to_owned(),
    }
}

/// Evidence in a word or two.
pub fn evidence_word(evidence: Evidence) -> String {
    match evidence.preemptions() {
        _ if evidence.is_exhaustive() => "exhaustive".to_owned(),
        Some(bound) => format!("bound {bound}"),
        None => format!("{} samples", evidence.enumerated() + evidence.sampled()),
    }
}

#[cfg(test)]
mod tests {
    use super::{evidence_word, padded};
    use lockstep::{Covered, Evidence, Tried};

    #[test]
    fn evidence_is_never_more_than_it_is() {
        let bound = Covered { preemptions: Some(1), ..Covered::NOTHING };
        let tried = Tried { sampled: 500, ..Tried::NOTHING };
        assert_eq!(evidence_word(Evidence::of(bound, tried)), "bound 1");
        assert_eq!(evidence_word(Evidence::of(Covered { everything: true, ..bound }, tried)), "exhaustive");
        let more = Evidence::of(Covered::NOTHING, Tried { enumerated: 20, ..tried });
        assert_eq!(evidence_word(more), "520 samples");
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["a".to_owned(), "bcd".to_owned()], vec!["efg".to_owned(), "h".to_owned()]];
        assert_eq!(padded(&rows), ["a    bcd", "efg  h"]);
    }
}
