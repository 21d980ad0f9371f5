//! The name of a divergence, or of ends that all variants show: by which people accept it, and by
//! which it is the same one tomorrow.
//!
//! Promise: the name depends on subject, scenario and outcome, and on nothing else: not on the
//! order of a search, its seed, the memory model or the version of the machine. Limit: which
//! variants show the outcome is not part of it; whoever accepts a divergence keeps that beside the
//! name. The name has eight digits of the outcome's identity, enough to tell the outcomes of one
//! scenario apart.

use crate::explore::OutcomeId;
use crate::sim::BadEnd;
use std::fmt;
use std::str::FromStr;

/// The name of a divergence, for example `mailbox.S2.99b384a5`; of ends that all variants show it
/// reads `mailbox.S2.race-99b384a5`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DivergenceId {
    /// The subject, as in tokens.
    pub subject: String,
    /// The scenario, as in tokens.
    pub scenario: String,
    /// The outcome, as it is printed; of ends their kind, a dash, and eight digits for how they
    /// end.
    pub outcome: String,
}

impl DivergenceId {
    /// The name of a divergence in this outcome.
    pub fn new(subject: &str, scenario: &str, outcome: OutcomeId) -> DivergenceId {
        DivergenceId { subject: subject.to_owned(), scenario: scenario.to_owned(), outcome: outcome.to_string() }
    }

    /// Whether it is the name of ends that all variants show.
    pub fn is_of_ends(&self) -> bool {
        self.outcome.contains('-')
    }
}

impl fmt::Display for DivergenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DivergenceId { subject, scenario, outcome } = self;
        write!(f, "{subject}.{scenario}.{outcome}")
    }
}

/// Why a text is not the name of a divergence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DivergenceIdError {
    text: String,
}

impl fmt::Display for DivergenceIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        write!(
            f,
            "'{text}' is not the id of a divergence: ids read SUBJECT.SCENARIO.OUTCOME, the outcome in eight digits, \
             or of ends that all show, such as race-1234abcd"
        )
    }
}

impl std::error::Error for DivergenceIdError {}

impl FromStr for DivergenceId {
    type Err = DivergenceIdError;

    fn from_str(text: &str) -> Result<DivergenceId, DivergenceIdError> {
        let is_name = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_+".contains(&byte))
        };
        let is_digits =
            |part: &str| part.len() == 8 && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_outcome = |part: &str| match part.split_once('-') {
            Some((kind, digits)) => BadEnd::from_name(kind).is_some() && is_digits(digits),
            None => is_digits(part),
        };
        match text.trim().split('.').collect::<Vec<_>>()[..] {
            [subject, scenario, outcome] if is_name(subject) && is_name(scenario) && is_outcome(outcome) => {
                Ok(DivergenceId {
                    subject: subject.to_owned(),
                    scenario: scenario.to_owned(),
                    outcome: outcome.to_owned(),
                })
            }
            _ => Err(DivergenceIdError { text: text.chars().take(80).collect() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back() {
        let id = DivergenceId::new("mailbox+r1", "S2b", OutcomeId(0x99b3_84a5_0000_0000_0000_0000_0000_0000));
        assert_eq!(id.to_string(), "mailbox+r1.S2b.99b384a5");
        assert_eq!(id.to_string().parse(), Ok(id));
        let ends: DivergenceId = "mailbox.S2.stuck-99b384a5".parse().expect("it is one");
        assert!(ends.is_of_ends());
        assert_eq!(ends.to_string(), "mailbox.S2.stuck-99b384a5");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            "S2",
            "a.S2",
            "a.S2.99b384a",
            "a.S2.99b384a5.x",
            "a..99b384a5",
            "a.S 2.99b384a5",
            "a.S2.99B384A5",
            "a.S2.rest-99b384a5",
        ] {
            assert!(text.parse::<DivergenceId>().is_err(), "{text}");
        }
    }
}
