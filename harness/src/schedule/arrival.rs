//! What happened at one choice point.

use super::key::Key;
use super::{ALTERNATIVES_MAX, THREADS_MAX};

/// A question and its answer, for those who enumerate or rewrite schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// Where.
    pub(crate) key: Key,
    /// The process that arrived, or none for a choice among numbered alternatives.
    pub(crate) thread: Option<u8>,
    /// Which processes could run, as a mask; or how many alternatives there were. 0 if there was
    /// nothing to choose, because a panic unwinds the thread or nobody can run.
    pub(crate) options: u32,
    /// What was chosen.
    pub(crate) chosen: u8,
    /// What an explicit schedule without decisions would have chosen.
    pub(crate) usual: u8,
    /// Whether any other choice among numbered alternatives counts as a preemption.
    pub(crate) is_costly: bool,
    /// Under a search: those of the processes that are held, see `sim/execution/holding.rs`.
    pub(crate) held: u32,
    /// Under a search: where the chosen process had announced its event.
    pub(crate) step: Key,
}

impl Arrival {
    /// What else could have been chosen, in ascending order.
    pub(crate) fn others(&self) -> impl Iterator<Item = u8> + use<> {
        let Arrival { thread, options, chosen, .. } = *self;
        let could_be = move |choice: &u8| match thread {
            Some(_) => options & (1 << choice) != 0,
            None => u32::from(*choice) < options,
        };
        let processes = 2 * THREADS_MAX as u32;
        let count = if thread.is_some() { processes } else { options.min(ALTERNATIVES_MAX as u32) };
        (0..count).map(|choice| choice as u8).filter(could_be).filter(move |choice| *choice != chosen)
    }
}
