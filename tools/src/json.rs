//! Results as JSON. Equal options give equal bytes: no times, no counts that depend on the number of threads.

use crate::comparing::{Compared, Outcomes};
use crate::matrix::token;
use crate::selection::Selection;
use lockstep::{Comparison, Describe, Evidence, Outcome, end_lines, history_lines};
use serde::Serialize;
use std::collections::BTreeMap;
use utrace_variants::{Repairs, Words};

/// Version of the form below.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    memory: &'a str,
    variants: Vec<&'a str>,
    complete: bool,
    scenarios: Vec<ScenarioPart<'a>>,
}

#[derive(Serialize)]
struct ScenarioPart<'a> {
    id: &'a str,
    name: &'a str,
    question: &'a str,
    source: &'a str,
    complete: bool,
    repairs: Vec<&'static str>,
    goals: Vec<GoalPart<'a>>,
    variants: Vec<VariantPart<'a>>,
    pairs: Vec<PairPart<'a>>,
    divergences: Vec<DivergencePart<'a>>,
}

#[derive(Serialize)]
struct GoalPart<'a> {
    name: &'a str,
    reached: bool,
}

#[derive(Serialize)]
struct VariantPart<'a> {
    name: &'a str,
    evidence: EvidencePart,
    executions: u64,
    cut: u64,
    outcomes: Vec<OutcomePart>,
}

/// What stands behind a result.
#[derive(Serialize)]
pub struct EvidencePart {
    text: String,
    exhaustive: bool,
    preemptions: Option<u32>,
    enumerated: u64,
    sampled: u64,
    seed: Option<u64>,
}

/// An outcome and how often it was seen.
#[derive(Serialize)]
pub struct OutcomePart {
    id: String,
    count: u64,
    history: BTreeMap<String, Vec<String>>,
    end: Vec<String>,
}

#[derive(Serialize)]
struct PairPart<'a> {
    first: &'a str,
    second: &'a str,
    verdict: String,
    gained: usize,
    lost: usize,
    evidence: String,
}

#[derive(Serialize)]
struct DivergencePart<'a> {
    outcome: String,
    shown_by: Vec<&'a str>,
    not_by: Vec<&'a str>,
    introduced_by_step_to: Vec<&'a str>,
    removed_by_step_to: Vec<&'a str>,
    preemptions: usize,
    difference: &'a str,
    token: String,
}

/// The results as a document.
pub fn document(selection: &Selection, outcomes: &Outcomes) -> String {
    let document = Document {
        schema: SCHEMA,
        memory: selection.memory.name(),
        variants: selection.variants.iter().map(|variant| variant.name).collect(),
        complete: !outcomes.cut_short,
        scenarios: outcomes.compared.iter().map(scenario_part).collect(),
    };
    serde_json::to_string_pretty(&document).expect("the document has only strings, numbers and lists") + "\n"
}

/// The repairs by name.
pub fn repairs_part(repairs: Repairs) -> Vec<&'static str> {
    let switches = [(repairs.r1, "R1"), (repairs.r2, "R2"), (repairs.r3, "R3")];
    switches.into_iter().filter(|(on, _)| *on).map(|(_, name)| name).collect()
}

fn scenario_part(compared: &Compared) -> ScenarioPart<'_> {
    let Compared { scenario, repairs, comparison, .. } = compared;
    let goals = scenario.goals.iter().enumerate();
    let reached = comparison.goals();
    ScenarioPart {
        id: &scenario.id,
        name: &scenario.name,
        question: &scenario.question,
        source: &scenario.mail,
        complete: !comparison.cancelled,
        repairs: repairs_part(*repairs),
        goals: goals.map(|(at, goal)| GoalPart { name: &goal.name, reached: reached & (1 << at) != 0 }).collect(),
        variants: variant_parts(comparison),
        pairs: pair_parts(comparison),
        divergences: divergence_parts(compared),
    }
}

fn variant_parts(comparison: &Comparison) -> Vec<VariantPart<'_>> {
    let explored = comparison.variants.iter().zip(&comparison.explorations);
    let part = explored.map(|(name, exploration)| VariantPart {
        name,
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
    OutcomePart {
        id: outcome.id.to_string(),
        count,
        history: history_lines(outcome, describe).into_iter().collect(),
        end: end_lines(&outcome.end),
    }
}

fn pair_parts(comparison: &Comparison) -> Vec<PairPart<'_>> {
    let name = |at: usize| comparison.variants[at].as_str();
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

fn divergence_parts(compared: &Compared) -> Vec<DivergencePart<'_>> {
    let comparison = &compared.comparison;
    let name = |at: &usize| comparison.variants[*at].as_str();
    let part = comparison.divergences.iter().zip(&compared.differences).map(|(divergence, difference)| {
        let marked = |wanted: bool| {
            let marks = divergence.shown.iter().enumerate().filter(move |(_, shown)| **shown == wanted);
            marks.map(|(at, _)| name(&at)).collect()
        };
        DivergencePart {
            outcome: divergence.outcome.to_string(),
            shown_by: marked(true),
            not_by: marked(false),
            introduced_by_step_to: divergence.attribution.introduced.iter().map(name).collect(),
            removed_by_step_to: divergence.attribution.removed.iter().map(name).collect(),
            preemptions: divergence.preemptions,
            difference,
            token: token(compared, divergence).to_string(),
        }
    });
    part.collect()
}
