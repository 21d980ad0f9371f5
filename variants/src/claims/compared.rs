//! Claims that compare two variants, with an ordering taken away from both.
//!
//! Promise: a claim that two variants have the same outcomes, or that one shows nothing that the
//! other does not, depends on an ordering in a scenario if it is so as they are, and is not when
//! the place, which both pass, is weakened: all four were searched whole.
//!
//! Limits: only outcomes that the variant itself then shows and the other does not are looked for,
//! so that the variant's own execution is the witness; what the other shows more stands in the
//! other's column. Outcomes that end in a fault are not compared, nor is anything with a variant
//! that shows new ones: what a data race cuts off is not missing. Where one of the four could not
//! be exhausted the claim is not asked. A claim that two variants differ (C9) is not asked at all:
//! that both become equal by becoming worse says nothing of the ordering. Nor is it asked of a
//! place in a design's own file: one side alone would be weakened, and of course differs then.

use std::collections::BTreeSet;

use lockstep::{CompareConfig, Exploration, Seen};

use super::baseline::{ANOTHER, Baseline, visible};
use super::claim::{Claim, How, Statement};
use super::claims;
use super::dependence::{Effects, weakened_whole};
use super::files::is_of_one_design;
use super::orderings::OrderingSite;

/// The claims that compare this variant with another and that weakening may break, each with the
/// other variant.
pub fn comparing_claims(variant: &str) -> Vec<(&'static Claim, &'static str)> {
    let against = |claim: &'static Claim| {
        let is_set = matches!(claim.statement, Statement::Equal | Statement::Within);
        let asked = claim.asked.iter().find(|asked| is_set && asked.variant == variant)?;
        match asked.how {
            How::Against(other) => Some((claim, other)),
            How::Alone | How::NotAtAll(_) => None,
        }
    };
    claims().into_iter().filter_map(against).collect()
}

/// What breaks the claim in this scenario when the place is weakened in both variants.
pub fn compare_weakened(
    claim: &'static Claim,
    site: &OrderingSite,
    (mine, theirs): (&Baseline, &Baseline),
    config: &CompareConfig<'_>,
) -> Option<Effects> {
    if is_of_one_design(site.weakened.file) {
        return None;
    }
    let is_equal = matches!(claim.statement, Statement::Equal);
    let holds = mine.visible.is_subset(&theirs.visible) && (!is_equal || theirs.visible.is_subset(&mine.visible));
    if !holds || !mine.evidence.is_exhaustive() || !theirs.evidence.is_exhaustive() {
        return None;
    }
    let one = weakened_whole((mine.variant, mine), site.weakened, config)?;
    let other = weakened_whole((theirs.variant, theirs), site.weakened, config)?;
    let seen = only(&one, (&other, theirs))?;
    let what = format!("{ANOTHER}{}: {} does not show it", seen.outcome.id, theirs.variant);
    Some(Effects::of_pair(claim, (what, mine.scenario), seen))
}

/// The simplest outcome without a fault that the first shows and the second does not. The second,
/// as it is, is known.
fn only<'a>(one: &'a Exploration, (other, known): (&Exploration, &Baseline)) -> Option<&'a Seen> {
    let is_cut = |seen: &Seen| seen.outcome.end.is_fault();
    if other.outcomes.iter().any(|seen| is_cut(seen) && !known.visible.contains(&visible(&seen.outcome))) {
        return None;
    }
    let shown: BTreeSet<_> = other.outcomes.iter().map(|seen| visible(&seen.outcome)).collect();
    let is_only = |seen: &&Seen| !is_cut(seen) && !shown.contains(&visible(&seen.outcome));
    one.outcomes.iter().filter(is_only).min_by_key(|seen| seen.first)
}
