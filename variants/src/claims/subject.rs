//! The subject as tokens name it, watched for a claim or not: `utrace`, `utrace+r2`, `utrace-c5`, `utrace+r123-c10b`.
//!
//! An execution that is watched has events that the other has not, and what the monitor finds is part of its outcome. So it is another
//! subject, and a token of one says nothing of the other.

use super::{Claim, claims};
use crate::scenarios::program::Scenario;
use crate::scenarios::protocol::Watching;
use crate::subject::{repairs_of, subject_name, with_watched_programs};
use crate::utrace::Repairs;
use crate::variants::VariantInfo;
use lockstep::Variant;

/// What a token's subject stands for.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The repairs that all designs have.
    pub repairs: Repairs,
    /// The claim that executions are watched for.
    pub claim: Option<&'static Claim>,
}

impl Subject {
    /// Its name in tokens.
    pub fn name(&self) -> String {
        let name = subject_name(self.repairs);
        self.claim.map_or(name.to_owned(), |claim| format!("{name}-{}", claim.id.to_lowercase()))
    }

    /// The subject of that name.
    pub fn from_name(name: &str) -> Option<Subject> {
        let (subject, claim) = name.split_once('-').map_or((name, None), |(subject, claim)| (subject, Some(claim)));
        let repairs = repairs_of(subject)?;
        let claim = match claim {
            Some(id) => Some(claims().into_iter().find(|claim| claim.id.to_lowercase() == id)?),
            None => None,
        };
        Some(Subject { repairs, claim })
    }

    /// Gives `f` the variants as programs that run the scenario.
    pub fn with_programs<R>(
        &self,
        variants: &[&VariantInfo],
        scenario: &Scenario,
        f: impl FnOnce(&[Variant<'_>]) -> R,
    ) -> R {
        let watching = self.claim.map_or(Watching::NONE, Claim::watching);
        with_watched_programs(variants, self.repairs, watching, scenario, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Subject;
    use crate::claims::claims;
    use crate::utrace::Repairs;

    #[test]
    fn every_subject_is_found_by_its_name() {
        for repairs in [Repairs::NONE, Repairs::ALL] {
            for claim in claims().into_iter().map(Some).chain([None]) {
                let subject = Subject { repairs, claim };
                let found = Subject::from_name(&subject.name()).expect("a name is read back");
                assert_eq!(found.repairs, repairs);
                assert_eq!(found.claim.map(|claim| claim.id), claim.map(|claim| claim.id));
            }
        }
    }

    #[test]
    fn names_of_nothing_are_refused() {
        for name in ["", "utrace-", "utrace-c99", "mailbox", "utrace-C5", "-c5"] {
            assert!(Subject::from_name(name).is_none(), "{name}");
        }
    }
}
