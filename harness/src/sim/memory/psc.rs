//! The order of sequentially consistent accesses and fences: an access may not do what would close
//! a cycle in it.
//!
//! RC11 (Lahav, Vafeiadis, Kang, Hur, Dreyer, "Repairing sequential consistency in C/C++11", PLDI
//! 2017, section 4) asks that the relation `psc` of sequentially consistent accesses and fences has
//! no cycle. C++20 took this over (P0668). Here the accesses and fences of an execution that `psc`
//! is about are kept, each with how many of every thread come before it; those of one thread stand
//! in one line, so a number says which. An alternative that would close a cycle is none.
//!
//! One alternative is always left. An event is made after all that it depends on, so nothing
//! happens after it yet; if it reads the newest message, or writes behind it, nothing follows it in
//! the order of its word either, and it begins no edge. So only a read of an old message and a
//! write in front of another one can close a cycle: from what comes before it, or itself, to what
//! comes after a newer access of the word.
//!
//! Nor does it matter in which order events of different words are made: a part of a graph without
//! cycles has none, so what is possible in one order is possible in the other.
//!
//! Full barriers stand in a line of their own as well ([`super::barriers`]), which is enough where
//! no access is sequentially consistent. So the order here is kept from the first such access on.
//!
//! Deviations: program order before and after happens-before may be on one location (as in C++20,
//! "strongly happens before"; the paper leaves it out). From a read to a read of a newer message
//! there is no edge unless that was written by a sequentially consistent access, as in the paper;
//! the text of C++20 has one ("coherence-ordered before"). Waiting until a lock is seen free asks
//! the line alone.

use super::view::{Events, Stamp, join_events};
use crate::schedule::THREADS_MAX;
use crate::sim::event::ObjectId;

/// Where an access is in the order of its word: a write before its readers, these before the next
/// write. Readers of one message share a place, and a read-modify-write is where its write is.
type Rank = u64;

pub(super) fn rank_of_read(stamp: Stamp) -> Rank {
    2 * stamp
}

fn rank_of_write(stamp: Stamp) -> Rank {
    2 * stamp - 1
}

/// The place of a write right behind the message.
pub(super) fn rank_behind(stamp: Stamp) -> Rank {
    2 * stamp + 1
}

/// No event has this number.
const NEVER: u32 = u32::MAX;

/// An access of a word. A read-modify-write is two.
struct Access {
    thread: usize,
    /// Which event of its thread, from 1.
    number: u32,
    rank: Rank,
    writes: bool,
    /// What happened before, itself included.
    past: Events,
}

/// What a sequentially consistent access does.
#[derive(Clone, Copy)]
struct Use {
    object: ObjectId,
    rank: Rank,
    writes: bool,
}

/// A sequentially consistent access, or a fence.
#[derive(Clone, Copy)]
struct Node {
    number: u32,
    /// Nothing for a fence.
    access: Option<Use>,
    /// What happened before the event in front of it.
    earlier: Events,
    /// What happened before it.
    past: Events,
    /// How many nodes of each thread come before it.
    before: Events,
}

/// An access that a thread could make next.
pub(super) struct Attempt {
    pub(super) thread: usize,
    pub(super) object: ObjectId,
    pub(super) rank: Rank,
    pub(super) writes: bool,
    /// What has happened before.
    pub(super) earlier: Events,
    /// The same with what the access acquires.
    pub(super) past: Events,
    pub(super) is_consistent: bool,
    /// A full barrier comes first.
    pub(super) is_fenced: bool,
}

/// For each thread the first node that an edge leads to, counted from 1.
type Targets = [u32; THREADS_MAX];

/// The sequentially consistent accesses and fences of one execution, and all accesses.
#[derive(Default)]
pub(super) struct Psc {
    nodes: [Vec<Node>; THREADS_MAX],
    /// By object.
    accesses: Vec<Vec<Access>>,
    /// There is a sequentially consistent access.
    is_kept: bool,
}

impl Psc {
    pub(super) fn reset(&mut self) {
        self.nodes.iter_mut().for_each(Vec::clear);
        self.accesses.iter_mut().for_each(Vec::clear);
        self.is_kept = false;
    }

    pub(super) fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// There are sequentially consistent accesses from now on.
    pub(super) fn keep(&mut self) {
        if std::mem::replace(&mut self.is_kept, true) {
            return;
        }
        let mut has_changed = true;
        while has_changed {
            has_changed = false;
            for thread in 0..THREADS_MAX {
                for nth in 0..self.nodes[thread].len() {
                    let mut before = self.before(thread, &self.nodes[thread][nth]);
                    let node = &mut self.nodes[thread][nth];
                    join_events(&mut before, &node.before);
                    has_changed |= before != node.before;
                    node.before = before;
                }
            }
        }
    }

    /// The thread has accessed the message at the stamp, or put it there, in its event `number`.
    pub(super) fn note(
        &mut self,
        (thread, number): (usize, u32),
        object: ObjectId,
        stamp: Stamp,
        writes: bool,
        past: &Events,
    ) {
        if self.accesses.len() <= object.index() {
            self.accesses.resize_with(object.index() + 1, Vec::new);
        }
        let rank = if writes { rank_of_write(stamp) } else { rank_of_read(stamp) };
        self.accesses[object.index()].push(Access { thread, number, rank, writes, past: *past });
    }

    /// The thread has made a full barrier.
    pub(super) fn fence(&mut self, thread: usize, number: u32, past: &Events) {
        let mut node = Node { number, access: None, earlier: *past, past: *past, before: [0; THREADS_MAX] };
        if self.is_kept {
            node.before = self.before(thread, &node);
        }
        self.nodes[thread].push(node);
    }

    /// The last access of the object stays; it was an attempt that is admitted, if it was not the
    /// usual one.
    pub(super) fn settle(&mut self, thread: usize, object: ObjectId, earlier: &Events, is_consistent: bool) {
        let &Access { number, rank, writes, past, .. } =
            self.accesses[object.index()].last().expect("there was an access");
        if is_consistent {
            self.keep();
            let access = Some(Use { object, rank, writes });
            let mut node = Node { number, access, earlier: *earlier, past, before: [0; THREADS_MAX] };
            node.before = self.before(thread, &node);
            self.nodes[thread].push(node);
        }
        if !self.is_kept {
            return;
        }
        let Some((direct, composed)) = self.targets(object, rank, &past) else { return };
        let mut sources = [0; THREADS_MAX];
        for (owner, nth) in self.fences_before(&past) {
            join_events(&mut sources, &self.nodes[owner][nth].before);
            sources[owner] = sources[owner].max(nth as u32 + 1);
        }
        self.precede(&sources, &composed);
        if is_consistent {
            let mut sources = self.nodes[thread].last().expect("it was just added").before;
            sources[thread] = self.nodes[thread].len() as u32;
            self.precede(&sources, &direct);
        }
    }

    /// Whether the access would close no cycle.
    pub(super) fn admits(&self, attempt: &Attempt) -> bool {
        let &Attempt { thread, object, rank, writes, earlier, past, .. } = attempt;
        if !self.is_kept {
            return true;
        }
        let Some((direct, composed)) = self.targets(object, rank, &past) else { return true };
        let reaches =
            |targets: &Targets, before: &Events| targets.iter().zip(before).all(|(first, before)| before < first);
        let is_behind = |(owner, nth): (usize, usize)| reaches(&composed, &self.nodes[owner][nth].before);
        if !self.fences_before(&past).all(is_behind) {
            return false;
        }
        let node = |access| Node { number: NEVER, access, earlier, past, before: [0; THREADS_MAX] };
        if attempt.is_fenced {
            let fence = Node { past: earlier, ..node(None) };
            return reaches(&composed, &self.before(thread, &fence));
        }
        let access = Some(Use { object, rank, writes });
        !attempt.is_consistent || reaches(&direct, &self.before(thread, &node(access)))
    }

    /// For each thread its last fence that happened before.
    fn fences_before(&self, past: &Events) -> impl Iterator<Item = (usize, usize)> {
        let last = |(nodes, &known): (&Vec<Node>, &u32)| {
            let known = nodes.partition_point(|node| node.number <= known);
            nodes[..known].iter().rposition(|node| node.access.is_none())
        };
        let found = self.nodes.iter().zip(past).map(last);
        found.enumerate().filter_map(|(owner, nth)| Some((owner, nth?))).collect::<Vec<_>>().into_iter()
    }

    /// What comes after newer accesses of the object: of the writes among them, and of all. Nothing
    /// if there are none.
    fn targets(&self, object: ObjectId, rank: Rank, past: &Events) -> Option<(Targets, Targets)> {
        let (mut written, mut seen) = ([NEVER; THREADS_MAX], [NEVER; THREADS_MAX]);
        let mut is_newest = true;
        for access in self.accesses.get(object.index())?.iter().filter(|access| access.rank > rank) {
            is_newest = false;
            seen[access.thread] = seen[access.thread].min(access.number);
            if access.writes {
                written[access.thread] = written[access.thread].min(access.number);
            }
        }
        if is_newest {
            return None;
        }
        let knows = |node: &Node, first: &Events| node.past.iter().zip(first).any(|(known, first)| known >= first);
        let (mut direct, mut composed) = ([NEVER; THREADS_MAX], [NEVER; THREADS_MAX]);
        for (thread, nodes) in self.nodes.iter().enumerate() {
            let from = nodes.partition_point(|node| node.number <= past[thread]);
            for (nth, node) in nodes.iter().enumerate().skip(from) {
                let is_direct = match node.access {
                    Some(own) => own.object == object && own.writes && own.rank > rank,
                    None => knows(node, &written),
                };
                if is_direct || (node.access.is_none() && knows(node, &seen)) {
                    composed[thread] = composed[thread].min(nth as u32 + 1);
                }
                if is_direct {
                    direct[thread] = nth as u32 + 1;
                    break;
                }
            }
        }
        Some((direct, composed))
    }

    /// The sources come before the targets, and before what they come before.
    fn precede(&mut self, sources: &Events, targets: &Targets) {
        for (thread, nodes) in self.nodes.iter_mut().enumerate() {
            for (nth, node) in nodes.iter_mut().enumerate() {
                let follows = node.before.iter().zip(targets).any(|(before, first)| before >= first);
                if follows || nth as u32 + 1 >= targets[thread] {
                    join_events(&mut node.before, sources);
                }
            }
        }
    }

    /// How many nodes of each thread come before the node, which is the last of its thread, or will
    /// be.
    fn before(&self, thread: usize, node: &Node) -> Events {
        let mut before = [0; THREADS_MAX];
        for (owner, nodes) in self.nodes.iter().enumerate() {
            let known = if owner == thread {
                nodes.partition_point(|other| other.number < node.number)
            } else {
                // Something has to come between an access and what happens after it.
                let is_known = |other: &Node| other.number + u32::from(other.access.is_some()) <= node.earlier[owner];
                let known = nodes.partition_point(is_known);
                let last = nodes[known..].iter().rposition(|other| self.leads((owner, other), (thread, node)));
                last.map_or(known, |nth| known + nth + 1)
            };
            if let Some(last) = known.checked_sub(1) {
                join_events(&mut before, &nodes[last].before);
                before[owner] = before[owner].max(known as u32);
            }
        }
        before
    }

    /// Whether there is an edge between nodes of different threads, of which the other one is not
    /// known to be before the event in front of the second. (What a thread has done itself before
    /// the second leads to no other edges.)
    fn leads(&self, (owner, other): (usize, &Node), (thread, node): (usize, &Node)) -> bool {
        let happened = |access: &Access| node.past[access.thread] >= access.number;
        let follows = |access: &Access| access.past[owner] >= other.number;
        match (other.access, node.access) {
            (Some(one), Some(two)) => {
                one.object == two.object && (node.past[owner] >= other.number || two.writes && one.rank < two.rank)
            }
            (None, Some(two)) => self.of(two.object).any(|access| {
                access.thread != thread && follows(access) && (happened(access) || two.writes && access.rank < two.rank)
            }),
            (Some(one), None) => self.of(one.object).any(|access| {
                access.thread != owner
                    && happened(access)
                    && (follows(access) || access.writes && one.rank < access.rank)
            }),
            (None, None) => self.accesses.iter().any(|accesses| {
                let first = accesses.iter().filter(|access| follows(access)).map(|access| access.rank).min();
                let last = accesses.iter().filter(|access| happened(access)).map(|access| access.rank).max();
                first.zip(last).is_some_and(|(first, last)| first < last)
            }),
        }
    }

    fn of(&self, object: ObjectId) -> impl Iterator<Item = &Access> {
        self.accesses.get(object.index()).into_iter().flatten()
    }
}
