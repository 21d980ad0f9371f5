//! What a search claims it has to be able to show: the witness of each outcome is run once more.
//!
//! An outcome that its witness shows no more came from something that no schedule decides: a clock,
//! an address, or state that the subject keeps from one execution to the next. The search cannot
//! tell what else depends on it, so it has seen everything of nothing.
//!
//! A loop that is taken for one that waits may count where the machine does not look. So witnesses
//! in which some thread has waited in a loop are run with more rounds of it, too: whatever they
//! show then, a search of everything must have seen.

use super::outcome::{OutcomeId, OutcomeSet};
use super::replay::Replayer;
use super::{ExploreConfig, Program};
use crate::sim::Gaps;

/// Rounds that loops go, beside the usual one. The last are as many as the step limit allows.
const ROUNDS: [u32; 3] = [3, 20, u32::MAX];

/// What keeps the outcomes from being all that there are, as far as their witnesses show it;
/// whether loops go round more often is asked only where they are said to be `everything`.
pub(super) fn doubts(
    program: &Program<'_>,
    config: &ExploreConfig<'_>,
    outcomes: &OutcomeSet,
    everything: bool,
) -> Gaps {
    let mut replayer = Replayer::new();
    let mut gaps = Gaps::NONE;
    for seen in outcomes.iter() {
        let mut shown = |rounds| {
            replayer.look_after(rounds, program, &seen.witness, &config.run(), |machine| {
                (OutcomeId(machine.outcome_hash()), machine.has_polled(), machine.is_cut())
            })
        };
        let (outcome, has_polled, _) = shown(1);
        gaps.strayed += u64::from(outcome != seen.outcome.id);
        let mut is_new = |rounds| {
            let (outcome, _, is_cut) = shown(rounds);
            !is_cut && !outcomes.contains(outcome)
        };
        gaps.unseen += u64::from(everything && has_polled && ROUNDS.into_iter().any(&mut is_new));
    }
    gaps
}
