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
use crate::sim::Machine;

/// Rounds that loops go, beside the usual one. The last are as many as the step limit allows.
const ROUNDS: [u32; 3] = [3, 20, u32::MAX];

fn outcome(machine: &Machine) -> OutcomeId {
    OutcomeId(machine.outcome_hash())
}

/// How many outcomes do not show again.
pub(super) fn unrepeated(program: &Program<'_>, config: &ExploreConfig<'_>, outcomes: &OutcomeSet) -> u64 {
    let mut replayer = Replayer::new();
    let mut shows = |witness| replayer.look(program, witness, &config.run(), outcome);
    outcomes.iter().filter(|seen| shows(&seen.witness) != seen.outcome.id).count() as u64
}

/// How many witnesses show what is not in the set, if loops that wait go round more often.
pub(super) fn counting(program: &Program<'_>, config: &ExploreConfig<'_>, outcomes: &OutcomeSet) -> u64 {
    let mut replayer = Replayer::new();
    let mut shows_new = |witness| {
        let has_polled = replayer.look(program, witness, &config.run(), Machine::has_polled);
        has_polled
            && ROUNDS.into_iter().any(|rounds| {
                let look = |machine: &Machine| machine.is_cut() || outcomes.contains(outcome(machine));
                !replayer.look_after(rounds, program, witness, &config.run(), look)
            })
    };
    outcomes.iter().filter(|seen| shows_new(&seen.witness)).count() as u64
}
