//! What a search claims it has to be able to show: the witness of each outcome is run once more.
//!
//! An outcome that its witness shows no more came from something that no schedule decides: a clock, an address, or state that the subject keeps
//! from one execution to the next. The search cannot tell what else depends on it, so it has seen everything of nothing.

use super::outcome::{OutcomeId, OutcomeSet};
use super::replay::Replayer;
use super::{ExploreConfig, Program};

/// How many outcomes do not show again.
pub(super) fn unrepeated(program: &Program<'_>, config: &ExploreConfig<'_>, outcomes: &OutcomeSet) -> u64 {
    let mut replayer = Replayer::new();
    let mut shows =
        |witness| replayer.look(program, witness, &config.run(), |machine| OutcomeId(machine.outcome_hash()));
    outcomes.iter().filter(|seen| shows(&seen.witness) != seen.outcome.id).count() as u64
}
