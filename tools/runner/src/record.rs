//! A comparison as a part of the document.

use crate::document::{
    BadEndPart, BadShare, ColumnPart, DivergencePart, EvidencePart, GoalPart, OutcomePart, PairPart, ScenarioPart,
    SeenEventPart, SightPart, VariantPart, WitnessPart,
};
use crate::protocol::Situation;
use crate::witness::{DivergenceText, SeenEnd};
use lockstep::{
    Attribution, Comparison, Describe, DivergenceId, Evidence, Gaps, MemoryModel, Outcome, Schedule, Token, end_lines,
    history_lines,
};

/// How a scenario was run.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// The subject, as in tokens.
    pub subject: String,
    /// Repairs made in all variants alike.
    pub repairs: Vec<String>,
    /// The memory model.
    pub memory: MemoryModel,
    /// Schedules that were run more than once, to see whether they run the same.
    pub repeated: u64,
}

impl Conditions {
    /// The name of an execution of a scenario.
    pub fn token(&self, situation: &Situation, schedule: &Schedule) -> Token {
        Token {
            subject: self.subject.clone(),
            scenario: situation.id.clone(),
            memory: self.memory,
            schedule: schedule.clone(),
        }
    }
}

/// The comparison of all variants on a scenario; `texts` is what the witness of each divergence
/// shows, `ends` what is to be said of ends that all variants show.
pub fn record(
    situation: &Situation,
    conditions: &Conditions,
    comparison: &Comparison,
    texts: &[DivergenceText],
    ends: &[SeenEnd],
    words: &dyn Describe,
) -> ScenarioPart {
    let reached = comparison.goals();
    let goal = |(at, name): (usize, &String)| GoalPart { name: name.clone(), reached: reached & (1 << at) != 0 };
    ScenarioPart {
        subject: conditions.subject.clone(),
        id: situation.id.clone(),
        memory: conditions.memory.name().to_owned(),
        name: situation.name.clone(),
        question: situation.question.clone(),
        source: situation.source.clone(),
        complete: !comparison.cancelled,
        repairs: conditions.repairs.clone(),
        program: situation.program.clone(),
        goals: situation.goals.iter().enumerate().map(goal).collect(),
        repeated: conditions.repeated,
        unshared: comparison.unshared.map(|unshared| unshared.to_string()),
        variants: variant_parts(comparison, words),
        pairs: pair_parts(comparison),
        divergences: divergence_parts(situation, conditions, comparison, texts),
        bad_ends: ends.iter().map(|one| bad_end_part(situation, conditions, comparison, one)).collect(),
    }
}

fn bad_end_part(
    situation: &Situation,
    conditions: &Conditions,
    comparison: &Comparison,
    SeenEnd { shared, witness, preemptions, place, fault }: &SeenEnd,
) -> BadEndPart {
    let explored = comparison.variants.iter().zip(&comparison.explorations).zip(&shared.counts);
    let share = |((name, exploration), bad): ((&String, &lockstep::Exploration), &usize)| BadShare {
        name: name.clone(),
        bad: *bad,
        outcomes: exploration.outcomes.len(),
    };
    BadEndPart {
        id: shared.id(&conditions.subject, &situation.id).to_string(),
        kind: shared.kind.name().to_owned(),
        outcomes: shared.outcomes.iter().map(ToString::to_string).collect(),
        variants: explored.map(share).collect(),
        ends: shared.ends.iter().map(|end| end_lines(end).join(", ")).collect(),
        preemptions: *preemptions,
        token: conditions.token(situation, witness).to_string(),
        place: place.clone(),
        fault: fault.clone(),
        acceptance: None,
    }
}

fn variant_parts(comparison: &Comparison, words: &dyn Describe) -> Vec<VariantPart> {
    let explored = comparison.variants.iter().zip(&comparison.explorations);
    let part = explored.map(|(name, exploration)| VariantPart {
        name: name.clone(),
        evidence: evidence_part(exploration.evidence),
        executions: exploration.executions,
        cut: exploration.gaps.cut,
        outcomes: exploration.outcomes.iter().map(|seen| outcome_part(&seen.outcome, seen.count, words)).collect(),
    });
    part.collect()
}

/// The evidence, in words and in parts.
pub fn evidence_part(evidence: Evidence) -> EvidencePart {
    let Gaps { cut, limited, left_out, strayed, unseen } = evidence.gaps();
    EvidencePart {
        text: evidence.to_string(),
        exhaustive: evidence.is_exhaustive(),
        preemptions: evidence.preemptions(),
        enumerated: evidence.enumerated(),
        sampled: evidence.sampled(),
        seed: evidence.seed(),
        cut,
        limited,
        left_out,
        strayed,
        unseen,
    }
}

/// The outcome in words.
pub fn outcome_part(outcome: &Outcome, count: u64, words: &dyn Describe) -> OutcomePart {
    let column = |(name, entries)| ColumnPart { name, entries };
    OutcomePart {
        id: outcome.id.to_string(),
        count,
        history: history_lines(outcome, words).into_iter().map(column).collect(),
        end: end_lines(&outcome.end),
        bad: outcome.end.bad().map(|kind| kind.name().to_owned()),
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

/// Divergences of one scenario whose traces are kept, as many as a snapshot tells.
const TOLD_MAX: usize = 6;

fn divergence_parts(
    situation: &Situation,
    conditions: &Conditions,
    comparison: &Comparison,
    texts: &[DivergenceText],
) -> Vec<DivergencePart> {
    let names = |of: &[usize]| of.iter().map(|&at| comparison.variants[at].clone()).collect::<Vec<_>>();
    // Whole traces of some, and in any case of the simplest witness of what each step brings and of
    // what it removes, and of each cause: divergences are sorted so.
    let mut told: Vec<&Attribution> = Vec::new();
    let mut causes: Vec<&[SeenEventPart]> = Vec::new();
    let mut parts: Vec<DivergencePart> = Vec::new();
    for (divergence, text) in comparison.divergences.iter().zip(texts) {
        let marked = |wanted: bool| {
            let marks = divergence.shown.iter().enumerate().filter(move |(_, shown)| **shown == wanted);
            names(&marks.map(|(at, _)| at).collect::<Vec<_>>())
        };
        // And of the simplest that each cause has, for there a reader sees what it is.
        let is_new = |sight: &SightPart| !causes.iter().any(|events| are_places_of(events, &sight.events));
        let shows_cause = text.sights.iter().any(is_new);
        causes.extend(text.sights.iter().map(|sight| &sight.events[..]));
        let is_told = told.len() < TOLD_MAX || !told.contains(&&divergence.attribution) || shows_cause;
        told.push(&divergence.attribution);
        let token = conditions.token(situation, &divergence.witness).to_string();
        // What one variant shows and the next does not often has its counterpart under the same
        // witness: one trace is enough.
        let is_mirror = |other: &&DivergencePart| {
            other.token == token && other.witness.as_ref().is_some_and(|own| are_mirrored(own, &text.witness))
        };
        let same_witness_as = parts.iter().find(is_mirror).map(|other| other.id.clone());
        parts.push(DivergencePart {
            id: DivergenceId::new(&conditions.subject, &situation.id, divergence.outcome).to_string(),
            outcome: divergence.outcome.to_string(),
            shown_by: marked(true),
            not_by: marked(false),
            absence: comparison.absence(divergence),
            introduced_by_step_to: names(&divergence.attribution.introduced),
            removed_by_step_to: names(&divergence.attribution.removed),
            preemptions: divergence.preemptions,
            token,
            difference: text.difference.clone(),
            first_event: text.first_event.clone(),
            place: text.place.clone(),
            sights: text.sights.clone(),
            faults: text.faults.clone(),
            witness: (is_told && same_witness_as.is_none()).then(|| text.witness.clone()),
            same_witness_as,
            acceptance: None,
        });
    }
    parts
}

/// Whether one has the traces of the other, the other side first.
fn are_mirrored(one: &WitnessPart, other: &WitnessPart) -> bool {
    one.variants[0] == other.variants[1] && one.variants[1] == other.variants[0]
}

/// Whether both are of the same places of the source.
fn are_places_of(one: &[SeenEventPart], other: &[SeenEventPart]) -> bool {
    one.iter().map(|event| (&event.variant, &event.place)).eq(other.iter().map(|event| (&event.variant, &event.place)))
}
