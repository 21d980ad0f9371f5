//! Minimization: the smallest schedule that still shows an outcome.
//!
//! Delta debugging (Zeller and Hildebrandt, TSE 2002) over the decisions of the explicit schedule,
//! after the default thread order was chosen so that few of them are needed. Deterministic and
//! bounded; the result shows the same outcome, not merely some divergence.

use crate::explore::{OutcomeId, Program, Replayer, RunConfig, is_preemption};
use crate::schedule::{Decision, Explicit, Schedule, THREADS_MAX};

/// Executions that one minimization may use.
pub const MINIMIZE_RUNS_MAX: usize = 4_000;

/// Thread orders tried: all permutations of so many threads, the identity beyond.
const PERMUTED_MAX: usize = 5;

struct Reduction<'a> {
    program: &'a Program<'a>,
    config: &'a RunConfig<'a>,
    wanted: OutcomeId,
    replayer: Replayer,
    runs: usize,
}

/// How good a schedule is: fewest preemptions, then fewest decisions.
type Size = (usize, usize);

/// The smallest schedule found that shows `wanted` on `program`, and its number of preemptions.
/// `witness` shows it.
pub fn minimize(
    program: &Program<'_>,
    witness: &Schedule,
    wanted: OutcomeId,
    config: &RunConfig<'_>,
) -> (Schedule, usize) {
    let mut search = Reduction { program, config, wanted, replayer: Replayer::new(), runs: 0 };
    let explicit = search.replayer.explicit(program, witness, config);
    let Some(size) = search.size(&explicit) else {
        // Two places of the execution share a key, so the explicit form is not exact here. The
        // witness itself is.
        let preemptions = search.replayer.look(program, witness, config, |machine| {
            machine.arrivals().iter().filter(|arrival| is_preemption(arrival)).count()
        });
        return (witness.clone(), preemptions);
    };
    let mut best = (size, explicit);
    search.reduce(&mut best);
    for order in orders(search.threads_count(&best.1)) {
        let mut other = Explicit { order, decisions: best.1.decisions.clone() };
        // Under another order other decisions are the usual ones: write them down anew, then
        // reduce.
        let schedule = Schedule::Explicit(other.clone());
        if search.size(&other).is_none() {
            continue;
        }
        let order = std::mem::take(&mut other.order);
        let mut again = search.replayer.explicit(program, &schedule, config);
        again.order = order;
        if let Some(size) = search.size(&again) {
            let mut candidate = (size, again);
            search.reduce(&mut candidate);
            if candidate.0 < best.0 {
                best = candidate;
            }
        }
        if search.runs >= MINIMIZE_RUNS_MAX {
            break;
        }
    }
    (Schedule::Explicit(best.1), best.0.0)
}

impl Reduction<'_> {
    /// The size of the schedule if it shows the outcome.
    fn size(&mut self, explicit: &Explicit) -> Option<Size> {
        self.runs += 1;
        let schedule = Schedule::Explicit(explicit.clone());
        let (id, preemptions, skipped) = self.replayer.look(self.program, &schedule, self.config, |machine| {
            let preemptions = machine.arrivals().iter().filter(|arrival| is_preemption(arrival)).count();
            (OutcomeId(machine.outcome_hash()), preemptions, machine.skipped())
        });
        (id == self.wanted).then_some((preemptions, explicit.decisions.len() + skipped))
    }

    fn threads_count(&mut self, explicit: &Explicit) -> usize {
        let schedule = Schedule::Explicit(explicit.clone());
        self.replayer.look(self.program, &schedule, self.config, crate::sim::Machine::threads_count)
    }

    /// Removes decisions, in halves, quarters and so on down to single ones, as long as the outcome
    /// stays and the size shrinks.
    fn reduce(&mut self, best: &mut (Size, Explicit)) {
        let mut chunk = best.1.decisions.len().div_ceil(2).max(1);
        loop {
            let mut at = 0;
            let mut removed = false;
            while at < best.1.decisions.len() {
                if self.runs >= MINIMIZE_RUNS_MAX {
                    return;
                }
                let end = (at + chunk).min(best.1.decisions.len());
                let decisions: Vec<Decision> = [&best.1.decisions[..at], &best.1.decisions[end..]].concat();
                let candidate = Explicit { order: best.1.order.clone(), decisions };
                match self.size(&candidate) {
                    Some(size) if size < best.0 => {
                        *best = (size, candidate);
                        removed = true;
                    }
                    _ => at = end,
                }
            }
            if chunk == 1 && !removed {
                return;
            }
            chunk = if chunk == 1 { 1 } else { chunk.div_ceil(2) };
        }
    }
}

/// The permutations of the threads beside the main one, the identity left out: the main thread
/// starts the others and comes first.
fn orders(threads_count: usize) -> Vec<Vec<u8>> {
    debug_assert!(threads_count <= THREADS_MAX);
    if !(3..=PERMUTED_MAX + 1).contains(&threads_count) {
        return Vec::new();
    }
    let mut orders = vec![vec![0_u8]];
    for _ in 1..threads_count {
        orders = orders
            .iter()
            .flat_map(|order| {
                let missing = (1..threads_count as u8).filter(|thread| !order.contains(thread));
                missing.map(|thread| [&order[..], &[thread]].concat()).collect::<Vec<_>>()
            })
            .collect();
    }
    orders.remove(0);
    orders
}

#[cfg(test)]
mod tests {
    use super::orders;

    #[test]
    fn all_orders_but_the_usual_one_are_tried() {
        assert_eq!(orders(4).len(), 5);
        assert_eq!(orders(3), [vec![0, 2, 1]]);
        assert!(orders(2).is_empty());
        assert!(orders(12).is_empty());
    }
}
