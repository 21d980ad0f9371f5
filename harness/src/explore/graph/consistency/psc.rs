//! The partial order of SC fences and accesses of RC11 has no cycle.
//!
//! With `eco` for the order of the accesses of one location (writes in coherence order, each
//! followed by its readers), fences are ordered by `hb` and by `hb ; eco ; hb`, and SC accesses
//! together with fences by `scb` between them (Lahav et al., PLDI 2017, section 4): program order,
//! happens-before on one location, program order followed by happens-before and program order,
//! coherence, from-reads.
//!
//! Deviation: the paper leaves out program order on one location before and after happens-before;
//! C++20 (intro.races, "strongly happens before") does not, and neither do we.
//!
//! What the kernel's barriers alone tell orders fences among themselves, but nothing together with
//! SC accesses: no program has both.
//!
//! `hb ; eco ; hb` between two fences is found per location: the earliest place in the order of its
//! accesses that comes after the one fence against the latest that comes before the other.

use super::super::events::{Event, EventId, Graph};
use super::super::label::{Fence, Label, Order};
use super::view::{Known, View, access_point, entry_point, exit_point, is_full, is_strong, knows};

/// An SC fence or access, as a point of its thread.
#[derive(Clone, Copy, Debug)]
struct Node {
    id: EventId,
    thread: usize,
    point: usize,
    is_access: bool,
    /// Whether it is a full barrier of the kernel's.
    is_strong: bool,
    /// What is known before it.
    past: Known,
}

/// Working memory of the check.
#[derive(Clone, Debug, Default)]
pub(super) struct Psc {
    nodes: Vec<Node>,
    /// For each node and location the first rank after the node, and the last before it.
    ranks: Vec<(usize, usize)>,
    colors: Vec<Color>,
    /// Whether edges of accesses count, and of fences those that come of what happens before;
    /// otherwise fences alone, and also what the kernel's barriers tell.
    counts_accesses: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Color {
    New,
    Open,
    Done,
}

/// No access: later than all, and earlier than all as 0.
const NEVER: usize = usize::MAX;

/// Its place in the order of accesses of the location. Readers of one write share one; an update is
/// where its write is.
fn rank(graph: &Graph, event: &Event) -> usize {
    if event.writes() { 2 * event.position + 1 } else { 2 * graph.position(event.source) + 2 }
}

/// Whether the access comes after the point.
fn follows(views: &[View], event: EventId, thread: usize, point: usize) -> bool {
    views[event].own.covers(thread, point)
}

fn happens_before(graph: &Graph, views: &[View], one: EventId, other: EventId) -> bool {
    let event = &graph.events[one];
    one != other && follows(views, other, event.thread, access_point(event))
}

impl Psc {
    pub(super) fn holds(&mut self, graph: &Graph, views: &[View]) -> bool {
        let has_accesses = self.gather(graph, views);
        if self.nodes.len() < 2 {
            return true;
        }
        let has_barriers = self.nodes.iter().any(|node| node.is_strong)
            || graph.events.iter().any(|event| event.label == Label::Fence(Fence::Write));
        let is_fine = |psc: &mut Psc, counts_accesses: bool| {
            psc.counts_accesses = counts_accesses;
            psc.is_acyclic(graph, views)
        };
        if has_accesses { is_fine(self, true) && (!has_barriers || is_fine(self, false)) } else { is_fine(self, false) }
    }

    fn is_acyclic(&mut self, graph: &Graph, views: &[View]) -> bool {
        self.rank(graph, views);
        self.colors.clear();
        self.colors.resize(self.nodes.len(), Color::New);
        (0..self.nodes.len()).all(|node| self.is_acyclic_from(graph, views, node))
    }

    /// Whether some access is sequentially consistent.
    fn gather(&mut self, graph: &Graph, views: &[View]) -> bool {
        self.nodes.clear();
        let mut has_accesses = false;
        for (id, event) in graph.events.iter().enumerate() {
            let Event { thread, .. } = *event;
            let is_strong = is_strong(event);
            let node = |point, is_access, past| Node { id, thread, point, is_access, is_strong, past };
            if matches!(event.label, Label::Fence(fence) if fence.is_full()) {
                self.nodes.push(node(exit_point(event), false, views[id].now));
            } else if is_full(event) {
                self.nodes.push(node(entry_point(event), false, views[id].entry));
                self.nodes.push(node(exit_point(event), false, views[id].now));
            } else if event.label.order(event.effect) == Order::SeqCst {
                self.nodes.push(node(access_point(event), true, views[id].now));
                has_accesses = true;
            }
        }
        has_accesses
    }

    fn rank(&mut self, graph: &Graph, views: &[View]) {
        let locations = graph.places.len();
        self.ranks.clear();
        self.ranks.resize(self.nodes.len() * locations, (NEVER, 0));
        for (id, event) in graph.events.iter().enumerate() {
            let Some(location) = event.label.location().filter(|_| event.writes() || event.reads()) else { continue };
            let rank = rank(graph, event);
            for (nth, node) in self.nodes.iter().enumerate() {
                let (first, last) = &mut self.ranks[nth * locations + location];
                let is_own = node.id == id;
                // What a write tells of the kernel's barriers comes before the write, even if
                // nothing else of its thread comes after them.
                let is_told = node.is_strong
                    && !self.counts_accesses
                    && event.writes()
                    && views[id].published.events.covers(node.thread, node.point);
                let follows = is_told || follows(views, id, node.thread, node.point);
                if follows && !(is_own && node.point > access_point(event)) {
                    *first = rank.min(*first);
                }
                let is_known =
                    if self.counts_accesses { knows(&node.past.events, event) } else { node.past.shows(event) };
                if is_known && !(is_own && node.point < access_point(event)) {
                    *last = rank.max(*last);
                }
            }
        }
    }

    fn is_acyclic_from(&mut self, graph: &Graph, views: &[View], node: usize) -> bool {
        match self.colors[node] {
            Color::Done => return true,
            Color::Open => return false,
            Color::New => self.colors[node] = Color::Open,
        }
        for next in 0..self.nodes.len() {
            let comes_next = next != node && self.comes_before(graph, views, node, next);
            if comes_next && !self.is_acyclic_from(graph, views, next) {
                return false;
            }
        }
        self.colors[node] = Color::Done;
        true
    }

    fn comes_before(&self, graph: &Graph, views: &[View], one: usize, other: usize) -> bool {
        let (first, second) = (&self.nodes[one], &self.nodes[other]);
        if !first.is_access && !second.is_access {
            if second.past.events.covers(first.thread, first.point) {
                return true;
            }
            let locations = graph.places.len();
            let after = &self.ranks[one * locations..][..locations];
            let before = &self.ranks[other * locations..][..locations];
            if after.iter().zip(before).any(|(&(earliest, _), &(_, latest))| earliest < latest) {
                return true;
            }
        }
        self.counts_accesses && Self::base(graph, views, first, second)
    }

    /// Whether `scb` leads from what follows the one, or itself, to what precedes the other, or
    /// itself.
    fn base(graph: &Graph, views: &[View], first: &Node, second: &Node) -> bool {
        if first.thread == second.thread && first.point < second.point {
            return true;
        }
        let begins = |id: EventId| {
            let is_own = id == first.id && first.point > entry_point(&graph.events[id]);
            if is_own { first.is_access } else { !first.is_access && follows(views, id, first.thread, first.point) }
        };
        let ends = |id: EventId| {
            let is_own = id == second.id && second.point < exit_point(&graph.events[id]);
            if is_own { second.is_access } else { !second.is_access && knows(&second.past.events, &graph.events[id]) }
        };
        let all = 0..graph.len();
        all.clone()
            .filter(|&id| begins(id))
            .any(|from| all.clone().filter(|&id| ends(id)).any(|to| from != to && scb(graph, views, from, to)))
    }
}

fn scb(graph: &Graph, views: &[View], from: EventId, to: EventId) -> bool {
    let (one, other) = (&graph.events[from], &graph.events[to]);
    if one.thread == other.thread && one.index < other.index {
        return true;
    }
    let same_location = one.label.location().is_some() && one.label.location() == other.label.location();
    if same_location {
        let is_coherence = one.writes() && other.writes() && one.position < other.position;
        let is_from_read = one.reads() && other.writes() && graph.position(one.source) < other.position;
        if is_coherence || is_from_read || happens_before(graph, views, from, to) {
            return true;
        }
    }
    // Before its first event a thread was started, which is an event of its parent.
    match (graph.next(from), graph.previous(to)) {
        (Some(later), Some(earlier)) => later == earlier || knows(&views[earlier].now.events, &graph.events[later]),
        _ => false,
    }
}
