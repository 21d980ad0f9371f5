//! Which reads a new write may be given to after the fact.
//!
//! When a write is added, reads that do not come before it may see it too. The graph is then cut to
//! what was there before the read and what comes before the write, and the read sees the write.
//! What was deleted will be added again. So that each graph is made once, this is done only if all
//! that is deleted, and the read, were *maximal*: added in the one way that needs no choice
//! (Kokologiannakis, Marmanis, Gladstein, Vafeiadis, "Truly stateless, optimal dynamic partial
//! order reduction", POPL 2022, algorithm 2).

use super::clock::Clock;
use super::events::{EventId, Graph, Source};
use super::label::Label;

/// Whether the graph may be cut for the read to see the write.
pub(super) fn is_allowed(graph: &Graph, write: EventId, read: EventId) -> bool {
    let before = graph.before(write);
    (read..graph.len()).all(|id| {
        let is_kept = id == write || (id != read && graph.events[id].is_in(before));
        is_kept || is_maximal(graph, id, write, before)
    })
}

/// Whether the event, of all that was there when it was added or comes before the write, saw the
/// last write and is the last, and was not given to an earlier read after the fact.
fn is_maximal(graph: &Graph, id: EventId, write: EventId, before: &Clock) -> bool {
    let event = &graph.events[id];
    if let Label::Choice(_) = event.label {
        return event.value == 0;
    }
    let was_there = |other: EventId| other != write && (other < id || graph.events[other].is_in(before));
    let saw = match event.source {
        Source::Event(source) if !was_there(source) => return false,
        source => graph.position(source),
    };
    if event.label.location().is_none() {
        return true;
    }
    let place = graph.place(id);
    let last = if event.writes() { event.position } else { saw };
    if place.writes[last..].iter().any(|&later| was_there(later)) {
        return false;
    }
    !event.writes()
        || !place.reads.iter().any(|&reader| reader < id && graph.events[reader].source == Source::Event(id))
}
