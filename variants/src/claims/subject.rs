//! The subject as tokens name it, watched for a claim or weakened at a place or neither: `utrace`,
//! `utrace+r1`, `utrace-c5`, `utrace+r1-c10b`, `utrace-claims` (watched for all claims),
//! `utrace-sched_63_5` (that, and weakened at line 63, column 5 of `sched.rs`), `utrace-sched` (at
//! all of it).
//!
//! An execution that is watched has events that the other has not, and what the monitor finds is
//! part of its outcome. So it is another subject, and a token of one says nothing of the other. A
//! place is named by its line, so a token of a weakened one lasts as long as the file stays as it
//! is.

use super::claim::Claim;
use super::claims;
use super::files::FILES;
use crate::scenarios::program::Scenario;
use crate::scenarios::protocol::Watching;
use crate::subject::{repairs_of, subject_name, with_altered_programs};
use crate::utrace::Repairs;
use crate::variants::VariantInfo;
use lockstep::{Variant, Weakened};

/// What a token's subject stands for.
#[derive(Clone, Copy, Debug)]
pub struct TokenSubject {
    /// The repairs that all designs have.
    pub repairs: Repairs,
    /// What is different about its executions.
    pub about: About,
}

/// What is different about the executions of a subject.
#[derive(Clone, Copy, Debug)]
pub enum About {
    /// Nothing.
    Nothing,
    /// They are watched for this claim.
    Claim(&'static Claim),
    /// They are watched for every claim that speaks of executions of their scenario.
    Claims,
    /// They are so, and at this place, or in this file, nothing orders anything.
    Weakened(Weakened),
}

fn stem(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// `sched_63_5`, or `sched` for the whole file.
fn place_name(weakened: Weakened) -> String {
    let at = weakened.at.map_or(String::new(), |(line, column)| format!("_{line}_{column}"));
    format!("{}{at}", stem(weakened.file))
}

fn place_of(name: &str) -> Option<Weakened> {
    let files = FILES.into_iter().map(|(file, _)| file);
    let file = files.filter(|file| name.starts_with(stem(file))).max_by_key(|file| stem(file).len())?;
    let rest = &name[stem(file).len()..];
    if rest.is_empty() {
        return Some(Weakened { file, at: None });
    }
    let (line, column) = rest.strip_prefix('_')?.split_once('_')?;
    let weakened = Weakened { file, at: Some((line.parse().ok()?, column.parse().ok()?)) };
    (place_name(weakened) == name).then_some(weakened)
}

/// All claims, in a token.
const ALL_CLAIMS: &str = "claims";

impl About {
    fn name(self) -> String {
        match self {
            About::Nothing => String::new(),
            About::Claim(claim) => format!("-{}", claim.id.to_lowercase()),
            About::Claims => format!("-{ALL_CLAIMS}"),
            About::Weakened(weakened) => format!("-{}", place_name(weakened)),
        }
    }

    /// What executions of the scenario are watched for.
    pub(super) fn watching(self, scenario: &str) -> Watching {
        match self {
            About::Nothing => Watching::NONE,
            About::Claim(claim) => claim.watching(),
            About::Claims | About::Weakened(_) => {
                let named = claims().into_iter().filter(|claim| claim.scenarios.contains(&scenario));
                named.map(Claim::watching).fold(Watching::NONE, Watching::and)
            }
        }
    }

    fn from_name(name: &str) -> Option<About> {
        if name == ALL_CLAIMS {
            return Some(About::Claims);
        }
        match claims().into_iter().find(|claim| claim.id.to_lowercase() == name) {
            Some(claim) => Some(About::Claim(claim)),
            None => Some(About::Weakened(place_of(name)?)),
        }
    }
}

impl TokenSubject {
    /// Nobody watches it, and nothing is repaired.
    pub const PLAIN: TokenSubject = TokenSubject { repairs: Repairs::NONE, about: About::Nothing };

    /// Watched for all claims, and nothing is weakened: what weakened ones are compared with.
    pub const AS_IT_IS: TokenSubject = TokenSubject { about: About::Claims, ..TokenSubject::PLAIN };

    /// The same with this place weakened.
    pub fn weakened(place: Weakened) -> TokenSubject {
        TokenSubject { about: About::Weakened(place), ..TokenSubject::PLAIN }
    }

    /// Its name in tokens.
    pub fn name(&self) -> String {
        format!("{}{}", subject_name(self.repairs), self.about.name())
    }

    /// The subject of that name.
    pub fn from_name(name: &str) -> Option<TokenSubject> {
        let (subject, about) = name.split_once('-').map_or((name, None), |(subject, about)| (subject, Some(about)));
        let repairs = repairs_of(subject)?;
        let about = about.map_or(Some(About::Nothing), About::from_name)?;
        Some(TokenSubject { repairs, about })
    }

    /// The claim it is watched for, if it is one.
    pub fn claim(&self) -> Option<&'static Claim> {
        match self.about {
            About::Claim(claim) => Some(claim),
            _ => None,
        }
    }

    /// Gives `f` the variants as programs that run the scenario.
    pub fn with_programs<R>(
        &self,
        variants: &[&VariantInfo],
        scenario: &Scenario,
        f: impl FnOnce(&[Variant<'_>]) -> R,
    ) -> R {
        let weakened = match &self.about {
            About::Weakened(weakened) => std::slice::from_ref(weakened),
            _ => &[],
        };
        with_altered_programs(variants, (self.repairs, self.about.watching(&scenario.id), weakened), scenario, f)
    }
}

#[cfg(test)]
mod tests {
    use super::{About, TokenSubject};
    use crate::claims::claims;
    use crate::claims::files::FILES;
    use crate::utrace::Repairs;
    use lockstep::Weakened;

    #[track_caller]
    fn check(about: About) {
        for repairs in [Repairs::NONE, Repairs::ALL] {
            let subject = TokenSubject { repairs, about };
            let found = TokenSubject::from_name(&subject.name()).expect("a name is read back");
            assert_eq!(found.repairs, repairs);
            match (found.about, about) {
                (About::Claim(found), About::Claim(claim)) => assert_eq!(found.id, claim.id),
                (About::Weakened(found), About::Weakened(place)) => assert_eq!(found, place),
                (found, about) => assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(&about)),
            }
        }
    }

    #[test]
    fn every_subject_is_found_by_its_name() {
        claims().into_iter().map(About::Claim).chain([About::Nothing, About::Claims]).for_each(check);
    }

    #[test]
    fn every_place_is_found_by_its_name() {
        for (file, _) in FILES {
            for at in [None, Some((63, 5))] {
                check(About::Weakened(Weakened { file, at }));
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
            assert!(TokenSubject::from_name(name).is_none(), "{name}");
        }
    }
}
