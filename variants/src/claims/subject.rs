//! The subject as tokens name it, watched for a claim or weakened at a place or neither: `utrace`, `utrace+r2`, `utrace-c5`,
//! `utrace+r123-c10b`, `utrace-sched_63_5` (line 63, column 5 of `sched.rs`), `utrace-sched` (all of it).
//!
//! An execution that is watched has events that the other has not, and what the monitor finds is part of its outcome. So it is another
//! subject, and a token of one says nothing of the other. A place is named by its line, so a token of a weakened one lasts as long as the file
//! stays as it is.

use super::{Claim, claims};
use crate::scenarios::program::Scenario;
use crate::scenarios::protocol::Watching;
use crate::subject::{repairs_of, subject_name, with_altered_programs};
use crate::utrace::Repairs;
use crate::variants::VariantInfo;
use lockstep::{Variant, Weakened};

/// What a token's subject stands for.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The repairs that all designs have.
    pub repairs: Repairs,
    /// The claim that executions are watched for.
    pub claim: Option<&'static Claim>,
    /// The place, or the file, where nothing orders anything.
    pub weakened: Option<Weakened>,
}

/// The files whose orderings are the kernel's and utrace's own.
pub const FILES: [&str; 17] = [
    "kernel/deliver.rs",
    "kernel/exit.rs",
    "kernel/parent.rs",
    "kernel/sched.rs",
    "kernel/signal.rs",
    "kernel/stop.rs",
    "kernel/task.rs",
    "utrace/api.rs",
    "utrace/attach.rs",
    "utrace/examine.rs",
    "utrace/get_signal.rs",
    "utrace/hooks.rs",
    "utrace/report.rs",
    "utrace/reset.rs",
    "utrace/stopped_locked.rs",
    "utrace/stopped_lockless.rs",
    "utrace/stopped_removed.rs",
];

fn stem(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// `sched_63_5`, or `sched` for the whole file.
fn place_name(weakened: Weakened) -> String {
    let at = weakened.at.map_or(String::new(), |(line, column)| format!("_{line}_{column}"));
    format!("{}{at}", stem(weakened.file))
}

fn place_of(name: &str) -> Option<Weakened> {
    let file = FILES.into_iter().filter(|file| name.starts_with(stem(file))).max_by_key(|file| stem(file).len())?;
    let rest = &name[stem(file).len()..];
    if rest.is_empty() {
        return Some(Weakened { file, at: None });
    }
    let (line, column) = rest.strip_prefix('_')?.split_once('_')?;
    let weakened = Weakened { file, at: Some((line.parse().ok()?, column.parse().ok()?)) };
    (place_name(weakened) == name).then_some(weakened)
}

impl Subject {
    /// Its name in tokens.
    pub fn name(&self) -> String {
        let claim = self.claim.map(|claim| claim.id.to_lowercase());
        let about = claim.or(self.weakened.map(place_name)).map_or(String::new(), |about| format!("-{about}"));
        format!("{}{about}", subject_name(self.repairs))
    }

    /// The subject of that name.
    pub fn from_name(name: &str) -> Option<Subject> {
        let (subject, about) = name.split_once('-').map_or((name, None), |(subject, about)| (subject, Some(about)));
        let repairs = repairs_of(subject)?;
        let plain = Subject { repairs, claim: None, weakened: None };
        let Some(about) = about else { return Some(plain) };
        let claim = claims().into_iter().find(|claim| claim.id.to_lowercase() == about);
        match claim {
            Some(claim) => Some(Subject { claim: Some(claim), ..plain }),
            None => Some(Subject { weakened: Some(place_of(about)?), ..plain }),
        }
    }

    /// Gives `f` the variants as programs that run the scenario.
    pub fn with_programs<R>(
        &self,
        variants: &[&VariantInfo],
        scenario: &Scenario,
        f: impl FnOnce(&[Variant<'_>]) -> R,
    ) -> R {
        let watching = self.claim.map_or(Watching::NONE, Claim::watching);
        with_altered_programs(variants, (self.repairs, watching, self.weakened), scenario, f)
    }
}

#[cfg(test)]
mod tests {
    use super::{FILES, Subject};
    use crate::claims::claims;
    use crate::utrace::Repairs;
    use lockstep::Weakened;

    #[test]
    fn every_subject_is_found_by_its_name() {
        for repairs in [Repairs::NONE, Repairs::ALL] {
            for claim in claims().into_iter().map(Some).chain([None]) {
                let subject = Subject { repairs, claim, weakened: None };
                let found = Subject::from_name(&subject.name()).expect("a name is read back");
                assert_eq!(found.repairs, repairs);
                assert_eq!(found.claim.map(|claim| claim.id), claim.map(|claim| claim.id));
            }
        }
    }

    #[test]
    fn every_place_is_found_by_its_name() {
        for file in FILES {
            for at in [None, Some((63, 5))] {
                let weakened = Some(Weakened { file, at });
                let subject = Subject { repairs: Repairs::NONE, claim: None, weakened };
                assert_eq!(Subject::from_name(&subject.name()).and_then(|found| found.weakened), weakened);
            }
        }
    }

    #[test]
    fn names_of_nothing_are_refused() {
        for name in [
            "utrace-sched_63",
            "utrace-sched_063_5",
            "utrace-sched_a_b",
            "utrace-hash_1_2",
            "",
            "utrace-",
            "utrace-c99",
            "mailbox",
            "utrace-C5",
            "-c5",
        ] {
            assert!(Subject::from_name(name).is_none(), "{name}");
        }
    }
}
