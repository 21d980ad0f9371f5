//! What a claim is, and the words that claims are written in.

use crate::observation::{Finding, Observation};
use crate::scenarios::protocol::Watching;
use lockstep::{Entry, Outcome};

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
    /// What exploring showed where it is not what the mail expects, and why the model is believed;
    /// empty if there is nothing to say.
    pub note: &'static str,
    /// The scenarios that decide it.
    pub scenarios: &'static [&'static str],
    /// The variants that it speaks of, and those that it does not, with the reason.
    pub asked: &'static [Asked],
    pub(super) statement: Statement,
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
pub(super) enum Statement {
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

impl Claim {
    /// `C10b` is the second of the tenth.
    pub(super) fn number(&self) -> (u32, &'static str) {
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

pub(super) const LOCKED: &str = "stopped-locked";
pub(super) const LOCKLESS: &str = "stopped-lockless";
pub(super) const REMOVED: &str = "stopped-removed";

pub(super) const fn alone(variant: &'static str) -> Asked {
    Asked { variant, how: How::Alone }
}

pub(super) const fn against(variant: &'static str, other: &'static str) -> Asked {
    Asked { variant, how: How::Against(other) }
}

pub(super) const fn not(variant: &'static str, reason: &'static str) -> Asked {
    Asked { variant, how: How::NotAtAll(reason) }
}

/// The three designs, each by itself.
pub(super) const SERIES: &[Asked] = &[alone(LOCKED), alone(LOCKLESS), alone(REMOVED)];

/// The arguments of a finding, for each time it was made in the execution.
pub(super) fn found(outcome: &Outcome, wanted: Finding) -> impl Iterator<Item = u16> {
    observations(outcome).filter_map(move |observation| match observation {
        Observation::Finding { finding, argument, .. } if finding == wanted => Some(argument),
        _ => None,
    })
}

pub(super) fn has(outcome: &Outcome, wanted: Finding) -> bool {
    found(outcome, wanted).next().is_some()
}

pub(super) fn observations(outcome: &Outcome) -> impl Iterator<Item = Observation> {
    entries(outcome).filter_map(|entry| match entry {
        Entry::Word(word) => Observation::from_word(word),
        Entry::Warning(_) => None,
    })
}

/// Whether a warning was given that mentions this.
pub(super) fn warns(outcome: &Outcome, of: &str) -> bool {
    entries(outcome).any(|entry| matches!(entry, Entry::Warning(message) if message.contains(of)))
}

fn entries(outcome: &Outcome) -> impl Iterator<Item = Entry> {
    outcome.columns.iter().flat_map(|column| column.entries.iter().copied())
}
