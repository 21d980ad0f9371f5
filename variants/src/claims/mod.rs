//! The claims of the thread, each as a statement that exploration can decide.
//!
//! Promise: a claim says when and by whom it was made, what it says in our words, and exactly what is checked for it: that no execution
//! shows something, that some execution does, or how the outcome sets of two variants compare. A verdict holds for one variant, one
//! memory model and the scenarios the claim names, and carries its evidence; a refutation carries a witness.
//!
//! Limits: what a claim says of every situation is decided on the scenarios named and no others. Deviation: where a sentence of a mail can be read
//! in two ways, the reading that is checked stands beside it, and the other in the file of the claim.
//!
//! One file a kind of claim: what the tracee reads (`reads_of_stopped`), what it may do before it has the lock (`held`), who excludes
//! whom (`exclusion`), and what a patch changes for a client (`designs`).

mod baseline;
mod compared;
mod decide;
mod dependence;
mod designs;
mod exclusion;
mod explain;
mod files;
mod held;
mod laboratory;
#[cfg(test)]
mod mutants;
mod orderings;
mod reads_of_stopped;
mod recheck;
mod sets;
mod subject;
mod table;
mod text;

use lockstep::{Entry, Evidence, MemoryModel, Outcome, OutcomeId, Schedule};

pub use baseline::{ANOTHER, Baseline, baseline};
pub use compared::{compare_weakened, comparing_claims};
pub use decide::decide;
pub use dependence::{Coverage, Dependence, Found, Searched, Shown, Together, depends, glance, search};
pub use explain::{Explanation, explain};
pub use laboratory::Laboratory;
pub use orderings::{OrderingSite, ordering_sites, what_is_done};
pub use recheck::{Recheck, recheck};
pub use subject::{About, Subject};
pub use table::{evidence_word, table_lines};
pub use text::{claim_lines, decided_lines, decision_lines, token};

use crate::observation::{Finding, Observation};
use crate::scenarios::protocol::Watching;

/// A sentence of the thread.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// `C1` to `C21`; a letter behind it where a claim has parts that are decided apart.
    pub id: &'static str,
    /// The date of the mail.
    pub date: &'static str,
    /// Who wrote it.
    pub author: &'static str,
    /// What it says, in our words.
    pub says: &'static str,
    /// What is checked for it.
    pub checked: &'static str,
    /// What exploring showed where it is not what the mail expects, and why the model is believed; empty if there is nothing to say.
    pub note: &'static str,
    /// The scenarios that decide it.
    pub scenarios: &'static [&'static str],
    /// The variants that it speaks of, and those that it does not, with the reason.
    pub asked: &'static [Asked],
    statement: Statement,
}

/// A variant, as a claim sees it.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Its name.
    pub variant: &'static str,
    /// How the claim is about it.
    pub how: How,
}

/// How a claim is about a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It is.
    Alone,
    /// In comparison with this variant.
    Against(&'static str),
    /// It is not, for this reason.
    NotAtAll(&'static str),
}

/// What is to be true.
#[derive(Clone, Copy, Debug)]
enum Statement {
    /// No execution shows it.
    Never(Watching, fn(&Outcome) -> bool),
    /// Some execution of some scenario shows it.
    Sometimes(Watching, fn(&Outcome) -> bool),
    /// In every scenario the outcomes are those of the other variant.
    Equal,
    /// In every scenario each outcome is one of the other variant.
    Within,
    /// In some scenario the outcomes are not those of the other variant.
    Differs,
    /// Another command decides it.
    Elsewhere(&'static str),
}

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
    pub subject: Subject,
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
    /// What the verdict rests on, as far as it rests on what was not seen: the weakest of all scenarios.
    pub evidence: Evidence,
    /// The execution that refutes it, or that shows what it says can be.
    pub witness: Option<Witness>,
}

/// All claims, in the order of their numbers.
pub fn claims() -> Vec<&'static Claim> {
    let groups = [reads_of_stopped::CLAIMS, held::CLAIMS, exclusion::CLAIMS, designs::CLAIMS];
    let mut claims: Vec<&'static Claim> = groups.iter().flat_map(|group| group.iter()).collect();
    claims.sort_by_key(|claim| claim.number());
    claims
}

impl Claim {
    /// `C10b` is the second of the tenth.
    fn number(&self) -> (u32, &'static str) {
        let letters = self.id[1..].trim_start_matches(|character: char| character.is_ascii_digit());
        let digits = &self.id[1..self.id.len() - letters.len()];
        (digits.parse().unwrap_or(0), letters)
    }

    /// What an execution is watched for to decide the claim.
    pub(crate) fn watching(&self) -> Watching {
        match self.statement {
            Statement::Never(watching, _) | Statement::Sometimes(watching, _) => watching,
            _ => Watching::NONE,
        }
    }
}

const LOCKED: &str = "stopped-locked";
const LOCKLESS: &str = "stopped-lockless";
const REMOVED: &str = "stopped-removed";

const fn alone(variant: &'static str) -> Asked {
    Asked { variant, how: How::Alone }
}

const fn against(variant: &'static str, other: &'static str) -> Asked {
    Asked { variant, how: How::Against(other) }
}

const fn not(variant: &'static str, reason: &'static str) -> Asked {
    Asked { variant, how: How::NotAtAll(reason) }
}

/// The three designs, each by itself.
const SERIES: &[Asked] = &[alone(LOCKED), alone(LOCKLESS), alone(REMOVED)];

/// The arguments of a finding, for each time it was made in the execution.
fn found(outcome: &Outcome, wanted: Finding) -> impl Iterator<Item = u16> {
    observations(outcome).filter_map(move |observation| match observation {
        Observation::Finding { finding, argument, .. } if finding == wanted => Some(argument),
        _ => None,
    })
}

fn has(outcome: &Outcome, wanted: Finding) -> bool {
    found(outcome, wanted).next().is_some()
}

fn observations(outcome: &Outcome) -> impl Iterator<Item = Observation> {
    entries(outcome).filter_map(|entry| match entry {
        Entry::Word(word) => Observation::from_word(word),
        Entry::Warning(_) => None,
    })
}

/// Whether a warning was given that mentions this.
fn warns(outcome: &Outcome, of: &str) -> bool {
    entries(outcome).any(|entry| matches!(entry, Entry::Warning(message) if message.contains(of)))
}

fn entries(outcome: &Outcome) -> impl Iterator<Item = Entry> {
    outcome.columns.iter().flat_map(|column| column.entries.iter().copied())
}
