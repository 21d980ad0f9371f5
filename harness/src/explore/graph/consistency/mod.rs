//! Memory models as predicates on execution graphs.

pub(super) mod order;
pub(super) mod psc;
mod view;
pub(super) mod weak;

use super::events::{EventId, Graph};

/// What a memory model keeps of a graph, and which events it lets be added.
///
/// A model has to be prefix-closed and extensible: whatever happens before an event of a consistent
/// graph is consistent as well, and an event after which nothing comes may read the last write, or
/// be it.
pub(super) trait Consistency: Clone + Default + Send {
    /// The events were taken over from another graph, in order: `numbers` says which.
    fn keep(&mut self, from: &Self, numbers: &[Option<EventId>]);

    /// Learns a graph that has changed otherwise than by adding. Known to be consistent.
    fn rebuild(&mut self, graph: &Graph);

    /// No lower position of the coherence order can be read by the access, or written after.
    fn floor(&self, graph: &Graph, id: EventId) -> usize;

    /// Whether the graph is consistent with the event, after which nothing comes in its thread. All
    /// others are known to be.
    fn check(&mut self, graph: &Graph, id: EventId) -> bool;

    /// The event that was checked last stays.
    fn commit(&mut self, graph: &Graph, id: EventId);
}
