//! From comparisons to the document.

use crate::comparing::{Compared, Outcomes};
use crate::costs::costs;
use crate::document::{
    ChangePart, ColumnPart, DesignPart, DivergencePart, Document, EvidencePart, GoalPart, OutcomePart, PairPart,
    SCHEMA, ScenarioPart, VariantPart,
};
use crate::matrix::token;
use crate::selection::Selection;
use lockstep::{
    Attribution, Comparison, Describe, DivergenceId, Evidence, MACHINE_VERSION, Outcome, end_lines, history_lines,
};
use similar::TextDiff;
use utrace_variants::{DESIGN_SOURCES, DesignSource, Repairs, VariantInfo, Words, subject_name};

/// The results as a document.
pub fn document(selection: &Selection, outcomes: &Outcomes) -> Document {
    Document {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        machine: MACHINE_VERSION,
        memory: vec![selection.memory.name().to_owned()],
        base_commit: None,
        complete: !outcomes.cut_short,
        nondeterminism: outcomes.nondeterminism.clone(),
        variants: selection.variants.iter().map(|variant| design_part(selection, variant)).collect(),
        scenarios: outcomes.compared.iter().map(scenario_part).collect(),
        changes: selection.variants.windows(2).filter_map(|step| change_part(step[0], step[1])).collect(),
        gate: None,
        claims: None,
        audit: None,
        mutants: None,
        orderings: None,
    }
}

fn source_of(variant: &VariantInfo) -> Option<&'static DesignSource> {
    DESIGN_SOURCES.iter().find(|source| source.variant == variant.name)
}

fn design_part(selection: &Selection, variant: &'static VariantInfo) -> DesignPart {
    let source = source_of(variant);
    let costs = costs(variant, &selection.scenarios, selection.repairs[0], selection.memory);
    DesignPart {
        name: variant.name.to_owned(),
        summary: variant.summary.to_owned(),
        source: source.map(|source| source.file.to_owned()),
        lines: source.map(DesignSource::code_lines),
        costs: costs.paths,
        state_bits: costs.state_bits,
    }
}

fn change_part(from: &VariantInfo, to: &VariantInfo) -> Option<ChangePart> {
    let (before, after) = (source_of(from)?, source_of(to)?);
    let diff = TextDiff::from_lines(before.text, after.text);
    let diff = diff.unified_diff().context_radius(3).header(before.file, after.file).to_string();
    Some(ChangePart { from: from.name.to_owned(), to: to.name.to_owned(), diff })
}

/// The repairs by name.
pub fn repairs_part(repairs: Repairs) -> Vec<String> {
    let switches = [(repairs.r1, "R1"), (repairs.r2, "R2"), (repairs.r3, "R3")];
    switches.into_iter().filter(|(on, _)| *on).map(|(_, name)| name.to_owned()).collect()
}

fn scenario_part(compared: &Compared) -> ScenarioPart {
    let Compared { scenario, repairs, comparison, .. } = compared;
    let goals = scenario.goals.iter().enumerate();
    let reached = comparison.goals();
    let goal = |(at, goal): (usize, &utrace_variants::Goal)| GoalPart {
        name: goal.name.to_string(),
        reached: reached & (1 << at) != 0,
    };
    ScenarioPart {
        subject: subject_name(*repairs).to_owned(),
        id: scenario.id.to_string(),
        memory: compared.memory.name().to_owned(),
        name: scenario.name.to_string(),
        question: scenario.question.to_string(),
        source: scenario.mail.to_string(),
        complete: !comparison.cancelled,
        repairs: repairs_part(*repairs),
        program: scenario.program_lines(),
        goals: goals.map(goal).collect(),
        repeated: compared.repeated,
        variants: variant_parts(comparison),
        pairs: pair_parts(comparison),
        divergences: divergence_parts(compared),
    }
}

fn variant_parts(comparison: &Comparison) -> Vec<VariantPart> {
    let explored = comparison.variants.iter().zip(&comparison.explorations);
    let part = explored.map(|(name, exploration)| VariantPart {
        name: name.clone(),
        evidence: evidence_part(exploration.evidence),
        executions: exploration.executions,
        cut: exploration.cut,
        outcomes: exploration.outcomes.iter().map(|seen| outcome_part(&seen.outcome, seen.count)).collect(),
    });
    part.collect()
}

/// The evidence, in words and in parts.
pub fn evidence_part(evidence: Evidence) -> EvidencePart {
    let Evidence { exhaustive, preemptions, enumerated, sampled, seed } = evidence;
    EvidencePart { text: evidence.to_string(), exhaustive, preemptions, enumerated, sampled, seed }
}

/// The outcome in words.
pub fn outcome_part(outcome: &Outcome, count: u64) -> OutcomePart {
    let describe: &dyn Describe = &Words;
    let column = |(name, entries)| ColumnPart { name, entries };
    OutcomePart {
        id: outcome.id.to_string(),
        count,
        history: history_lines(outcome, describe).into_iter().map(column).collect(),
        end: end_lines(&outcome.end),
    }
}

fn pair_parts(comparison: &Comparison) -> Vec<PairPart> {
    let name = |at: usize| comparison.variants[at].clone();
    let part = comparison.pairs.iter().map(|pair| PairPart {
        first: name(pair.first),
        second: name(pair.second),
        verdict: pair.verdict.to_string(),
        gained: pair.gained,
        lost: pair.lost,
        evidence: pair.evidence.to_string(),
    });
    part.collect()
}

fn divergence_parts(compared: &Compared) -> Vec<DivergencePart> {
    let comparison = &compared.comparison;
    let names = |of: &[usize]| of.iter().map(|&at| comparison.variants[at].clone()).collect::<Vec<_>>();
    // Whole traces of the simplest witness of what each step brings and of what it removes: divergences are sorted so.
    let mut told: Vec<&Attribution> = Vec::new();
    let mut parts: Vec<DivergencePart> = Vec::new();
    for (divergence, seen) in comparison.divergences.iter().zip(&compared.seen) {
        let marked = |wanted: bool| {
            let marks = divergence.shown.iter().enumerate().filter(move |(_, shown)| **shown == wanted);
            names(&marks.map(|(at, _)| at).collect::<Vec<_>>())
        };
        let is_first = !told.contains(&&divergence.attribution);
        told.push(&divergence.attribution);
        let token = token(compared, divergence).to_string();
        // What one design shows and the next does not often has its counterpart under the same witness: one trace is enough.
        let is_mirror = |other: &&DivergencePart| other.token == token && other.is_mirrored(&seen.witness);
        let same_witness_as = parts.iter().find(is_mirror).map(|other| other.id.clone());
        parts.push(DivergencePart {
            id: DivergenceId::new(subject_name(compared.repairs), &compared.scenario.id, divergence.outcome)
                .to_string(),
            outcome: divergence.outcome.to_string(),
            shown_by: marked(true),
            not_by: marked(false),
            absence: comparison.absence(divergence),
            introduced_by_step_to: names(&divergence.attribution.introduced),
            removed_by_step_to: names(&divergence.attribution.removed),
            preemptions: divergence.preemptions,
            token,
            difference: seen.difference.clone(),
            first_event: seen.first_event.clone(),
            place: seen.place.clone(),
            witness: (is_first && same_witness_as.is_none()).then(|| seen.witness.clone()),
            same_witness_as,
            acceptance: None,
        });
    }
    parts
}
