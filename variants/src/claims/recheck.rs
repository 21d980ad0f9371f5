//! A dependence looked at again: the execution that showed it, with the ordering and without.
//!
//! Promise: two executions, so it is cheap enough for every change of the source. Limit: it tells
//! whether what was found is still so, not whether more could be found.

use lockstep::{CompareConfig, Token};

use super::baseline::is_shown;
use super::claims;
use super::laboratory::{execution, run_config};
use super::orderings::OrderingSite;
use super::subject::TokenSubject;

/// What the two executions show.
#[derive(Clone, Debug)]
pub struct Recheck {
    /// Without the ordering, what was found is shown.
    pub without: bool,
    /// And with it as well, so that it does not depend on it.
    pub with: bool,
    /// The token under which the place is weakened now: another than before when lines have moved.
    pub token: Token,
}

/// Runs the schedule on the variant with the place weakened and as it is. `claim`: the id of the
/// claim that is touched, or none for what clients see. Nothing if there is no such claim.
pub fn recheck(
    variant: &str,
    site: &OrderingSite,
    (claim, what): (Option<&str>, &str),
    token: &Token,
    config: &CompareConfig<'_>,
) -> Option<Recheck> {
    let claim = match claim {
        Some(id) => Some(claims().into_iter().find(|claim| claim.id == id)?),
        None => None,
    };
    let weakened = TokenSubject::weakened(site.weakened);
    let shows = |subject: TokenSubject| {
        let execution = execution(subject, (variant, &token.scenario), &token.schedule, &run_config(config));
        is_shown((variant, &token.scenario), claim, what, &execution.outcome)
    };
    let (without, with) = (shows(weakened), shows(TokenSubject::AS_IT_IS));
    Some(Recheck { without, with, token: Token { subject: weakened.name(), ..token.clone() } })
}
