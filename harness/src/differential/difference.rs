//! The first thing that a client can tell two executions apart by, in the order in which it
//! happens.
//!
//! Limits: two threads may notice at once. What counts is the order of the first execution's trace,
//! so the answer depends on the schedule as well as on the two programs.

use crate::explore::{Entry, Execution, Outcome};
use crate::schedule::THREADS_MAX;
use crate::sim::What;

/// Where two executions first differ for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The thread or observer.
    pub column: String,
    /// What was observed there in the first execution and in the second; nothing where that one had
    /// no more to tell.
    pub entries: [Option<Entry>; 2],
}

/// The first difference; nothing, if the histories are the same. `first` and `second` were run with
/// traces.
pub fn first_difference(first: &Execution, second: &Execution) -> Option<Difference> {
    let from_first = parting(first, &second.outcome);
    let from_second = || {
        let mut difference = parting(second, &first.outcome)?;
        difference.entries.reverse();
        Some(difference)
    };
    from_first.or_else(from_second)
}

/// The first observation of the execution that the outcome does not have at its place.
fn parting(execution: &Execution, other: &Outcome) -> Option<Difference> {
    let mut seen = vec![0; execution.outcome.columns.len()];
    for event in &execution.trace {
        let column = match event.what {
            // Observers are counted behind all threads that there could be.
            What::Observe(column, _) if usize::from(column) >= THREADS_MAX => {
                usize::from(column) - THREADS_MAX + execution.threads.len()
            }
            What::Observe(column, _) => usize::from(column),
            What::Warn(_) => usize::from(event.thread),
            _ => continue,
        };
        let Some(mine) = execution.outcome.columns.get(column) else { continue };
        let at = seen[column];
        seen[column] += 1;
        let theirs = other.columns.iter().find(|theirs| theirs.name == mine.name);
        let entries = [mine.entries.get(at).copied(), theirs.and_then(|theirs| theirs.entries.get(at)).copied()];
        if entries[0] != entries[1] {
            return Some(Difference { column: mine.name.clone(), entries });
        }
    }
    None
}
