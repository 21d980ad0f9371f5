//! What became of a claim, and the execution that shows it.

use super::claim::{Asked, Claim};
use super::subject::TokenSubject;
use lockstep::{Evidence, MemoryModel, OutcomeId, Schedule};

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is so.
    Holds,
    /// It is not so.
    Refuted,
    /// Exploration did not decide it, for this reason.
    Open(String),
    /// It says nothing about the variant, for this reason.
    NotApplicable(&'static str),
}

impl Verdict {
    /// In a word or two.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::Refuted => "refuted",
            Verdict::Open(_) => "open",
            Verdict::NotApplicable(_) => "not applicable",
        }
    }
}

/// An execution that decides a claim.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The scenario.
    pub scenario: &'static str,
    /// The subject, as the token names it: watched for the claim, or not.
    pub subject: TokenSubject,
    /// The variant that shows it.
    pub variant: &'static str,
    /// The variant that does not, if the claim compares two.
    pub absent: Option<Absent>,
    /// The smallest schedule found.
    pub schedule: Schedule,
    /// Its preemptions.
    pub preemptions: usize,
    /// What it ends in.
    pub outcome: OutcomeId,
}

/// A variant that was not seen to show an outcome.
#[derive(Clone, Copy, Debug)]
pub struct Absent {
    /// Its name.
    pub variant: &'static str,
    /// What that rests on.
    pub evidence: Evidence,
}

impl Witness {
    /// What it means that the other variant does not show it, if the claim compares two.
    pub fn absence(&self) -> Option<String> {
        self.absent.map(|absent| absent.evidence.absence_of(self.preemptions))
    }
}

/// A claim, decided for one variant under one memory model.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The claim.
    pub claim: &'static Claim,
    /// The variant.
    pub asked: Asked,
    /// The memory model.
    pub memory: MemoryModel,
    /// What became of the claim.
    pub verdict: Verdict,
    /// What the verdict rests on, as far as it rests on what was not seen: the weakest of all
    /// scenarios.
    pub evidence: Evidence,
    /// The execution that refutes it, or that shows what it says can be.
    pub witness: Option<Witness>,
}
