//! The memory models as their papers write them: relations are matrices, closures are computed.

use super::candidates::Op;
use lockstep::graph::{Change, Fence, Model, Order};

/// An operation of a candidate graph.
pub struct Access {
    pub thread: usize,
    pub index: usize,
    pub op: Op,
    pub writes: bool,
}

/// A graph that may be consistent.
pub struct Candidate<'a> {
    pub accesses: &'a [Access],
    pub sources: &'a [Option<usize>],
    /// For each location.
    pub coherence: &'a [Vec<usize>; 2],
}

pub fn apply(change: Change, value: u64) -> Option<u64> {
    match change {
        Change::Exchange(new) => Some(new),
        Change::Add(other) => Some(value + other),
        Change::Replace(old, new) => (value == old).then_some(new),
        Change::AddNarrow { .. } | Change::And(_) | Change::Or(_) | Change::Xor(_) => {
            unreachable!("scripts have none of these")
        }
    }
}

/// A relation on events.
#[derive(Clone, PartialEq, Eq)]
struct Relation(Vec<Vec<bool>>);

impl Relation {
    fn of(count: usize, holds: impl Fn(usize, usize) -> bool) -> Relation {
        Relation((0..count).map(|one| (0..count).map(|other| holds(one, other)).collect()).collect())
    }

    fn has(&self, one: usize, other: usize) -> bool {
        self.0[one][other]
    }

    fn or(&self, other: &Relation) -> Relation {
        Relation::of(self.0.len(), |a, b| self.has(a, b) || other.has(a, b))
    }

    fn then(&self, other: &Relation) -> Relation {
        Relation::of(self.0.len(), |a, b| {
            (0..self.0.len()).any(|between| self.has(a, between) && other.has(between, b))
        })
    }

    fn maybe(&self) -> Relation {
        Relation::of(self.0.len(), |a, b| a == b || self.has(a, b))
    }

    fn closure(&self) -> Relation {
        let mut all = self.clone();
        loop {
            let more = all.or(&all.then(&all));
            if more == all {
                return all;
            }
            all = more;
        }
    }

    fn is_acyclic(&self) -> bool {
        let closure = self.closure();
        (0..self.0.len()).all(|event| !closure.has(event, event))
    }
}

/// What an event is, apart from its place.
#[derive(Clone, Copy)]
struct Event {
    thread: usize,
    index: usize,
    location: Option<usize>,
    reads: bool,
    writes: bool,
    /// A read-modify-write, even if it writes nothing.
    is_update: bool,
    order: Order,
    fence: Option<Fence>,
    /// Its operation.
    op: usize,
}

/// Events of a candidate; with `fences`, an access between two fences is three events.
fn events(candidate: &Candidate<'_>, fences: bool) -> Vec<Event> {
    let mut events = Vec::new();
    for (op, access) in candidate.accesses.iter().enumerate() {
        let order = match access.op {
            Op::Read(_, order) | Op::Write(_, _, order) => order,
            Op::Update(_, _, success, failure) => {
                if access.writes {
                    success
                } else {
                    failure
                }
            }
            Op::Fence(_) => Order::Relaxed,
        };
        let fence = if let Op::Fence(fence) = access.op { Some(fence) } else { None };
        let reads = matches!(access.op, Op::Read(..) | Op::Update(..));
        let Access { thread, index, writes, .. } = *access;
        let event = Event {
            thread,
            index: 3 * index + 1,
            location: access.op.location(),
            reads,
            writes,
            is_update: matches!(access.op, Op::Update(..)),
            order,
            fence,
            op,
        };
        let between = Event {
            is_update: false,
            location: None,
            reads: false,
            writes: false,
            fence: Some(Fence::Full),
            order: Order::Relaxed,
            ..event
        };
        if fences && order == Order::Full {
            let order = match (reads, writes) {
                (true, true) => Order::AcquireRelease,
                (true, false) => Order::Acquire,
                _ => Order::Release,
            };
            events.push(Event { index: 3 * index, ..between });
            events.push(Event { order, ..event });
            events.push(Event { index: 3 * index + 2, ..between });
        } else {
            events.push(event);
        }
    }
    events
}

struct Relations {
    events: Vec<Event>,
    po: Relation,
    rf: Relation,
    co: Relation,
    fr: Relation,
}

fn relations(candidate: &Candidate<'_>, fences: bool) -> Relations {
    let events = events(candidate, fences);
    let count = events.len();
    let is_access = |event: usize| events[event].location.is_some();
    let position = |event: usize| {
        let order = &candidate.coherence[events[event].location.expect("an access")];
        order.iter().position(|&op| op == events[event].op).expect("a write is in the order")
    };
    let po = Relation::of(count, |a, b| events[a].thread == events[b].thread && events[a].index < events[b].index);
    let rf = Relation::of(count, |a, b| {
        is_access(a) && events[b].reads && candidate.sources[events[b].op] == Some(events[a].op)
    });
    let same = |a: usize, b: usize| is_access(a) && events[a].location == events[b].location;
    let co =
        Relation::of(count, |a, b| same(a, b) && events[a].writes && events[b].writes && position(a) < position(b));
    let fr = Relation::of(count, |a, b| {
        a != b
            && same(a, b)
            && events[a].reads
            && events[b].writes
            && match candidate.sources[events[a].op] {
                None => true,
                Some(source) => {
                    let source = (0..count).find(|&event| is_access(event) && events[event].op == source);
                    position(source.expect("the source is an event")) < position(b)
                }
            }
    });
    Relations { events, po, rf, co, fr }
}

/// Nothing comes between the halves of an update.
fn is_atomic(relations: &Relations) -> bool {
    let between = relations.fr.then(&relations.co);
    (0..relations.events.len()).all(|event| !(relations.events[event].writes && between.has(event, event)))
}

fn is_coherent(relations: &Relations) -> bool {
    let Relations { events, po, rf, co, fr } = relations;
    let same = Relation::of(events.len(), |a, b| {
        po.has(a, b) && events[a].location.is_some() && events[a].location == events[b].location
    });
    same.or(rf).or(co).or(fr).is_acyclic()
}

pub fn is_consistent(candidate: &Candidate<'_>, model: Model) -> bool {
    let relations = relations(candidate, model == Model::Weak);
    is_atomic(&relations)
        && match model {
            Model::Sc => {
                let Relations { po, rf, co, fr, .. } = &relations;
                po.or(rf).or(co).or(fr).is_acyclic()
            }
            Model::Tso => is_coherent(&relations) && tso(&relations),
            Model::Weak => rc11(&relations),
        }
}

/// Alglave, Maranget, Tautschnig (2014), figure 21: program order but for a store and a later load, the fences among them, and what
/// threads see of each other.
fn tso(relations: &Relations) -> bool {
    let Relations { events, po, rf, co, fr } = relations;
    let drains = |event: usize| {
        let Event { fence, reads, order, location, .. } = events[event];
        let is_update = events[event].is_update && events[event].writes;
        matches!(fence, Some(Fence::Full | Fence::SeqCst))
            || is_update
            || order == Order::Full
            || (!reads && location.is_some() && order == Order::SeqCst)
    };
    let count = events.len();
    let preserved = Relation::of(count, |a, b| {
        let is_store = events[a].writes && !events[a].reads && !drains(a);
        let is_load = events[b].reads && !drains(b);
        let is_weak_fence = |event: usize| events[event].location.is_none() && !drains(event);
        let passes = is_store && is_load || is_weak_fence(a) || is_weak_fence(b);
        po.has(a, b) && !passes
    });
    let external = Relation::of(count, |a, b| rf.has(a, b) && events[a].thread != events[b].thread);
    preserved.or(&external).or(co).or(fr).is_acyclic()
}

/// Lahav et al. (2017), without load buffering, with C++20's release sequences and "strongly happens before". A full barrier of the kernel's is a
/// fence that all writes tell which come after it: so that it counts for all who come after it by any chain (Alglave, Maranget, McKenney, Parri,
/// Stern, ASPLOS 2018, `pb`).
fn rc11(relations: &Relations) -> bool {
    let Relations { events, po, rf, co, fr } = relations;
    let count = events.len();
    let releases = |event: usize| {
        let Event { order, fence, writes, .. } = events[event];
        fence.is_some_and(|fence| fence != Fence::Acquire)
            || (writes && matches!(order, Order::Release | Order::AcquireRelease | Order::SeqCst))
    };
    let acquires = |event: usize| {
        let Event { order, fence, reads, .. } = events[event];
        fence.is_some_and(|fence| fence != Fence::Release)
            || (reads && matches!(order, Order::Acquire | Order::AcquireRelease | Order::SeqCst))
    };
    let update_chain = Relation::of(count, |a, b| rf.has(a, b) && events[b].writes).closure().maybe();
    // From a releasing event to the write that heads a release sequence, and from the read that ends one to an acquiring event.
    let heads = Relation::of(count, |a, b| {
        events[b].writes && releases(a) && (a == b || (events[a].fence.is_some() && po.has(a, b)))
    });
    let tails = Relation::of(count, |a, b| {
        events[a].reads && acquires(b) && (a == b || (events[b].fence.is_some() && po.has(a, b)))
    });
    // From a full barrier to a write that tells it.
    let is_strong = |event: usize| events[event].fence == Some(Fence::Full);
    let same = |a: usize, b: usize| events[a].location.is_some() && events[a].location == events[b].location;
    let mut tells = Relation::of(count, |_, _| false);
    let hb = loop {
        let heads = heads.or(&tells);
        let synchronizes = heads.then(&update_chain).then(rf).then(&tails);
        let hb = po.or(&synchronizes).closure();
        let reads = hb.maybe().then(&heads).then(&update_chain).then(rf);
        let knows = hb.or(&tells).or(&reads);
        let before = Relation::of(count, |a, b| same(a, b) && (a == b || po.has(a, b)));
        let met = knows.then(&before);
        let more = Relation::of(count, |a, b| is_strong(a) && events[b].writes && met.has(a, b));
        if more == tells {
            break hb;
        }
        tells = more;
    };
    let eco = rf.or(co).or(fr).closure();
    let crossed = hb.or(&hb.then(&tells)).then(&eco);
    let coherent = eco.is_acyclic() && hb.is_acyclic() && (0..count).all(|event| !crossed.has(event, event));
    if !coherent || !po.or(rf).is_acyclic() {
        return false;
    }
    let is_fence = |event: usize| matches!(events[event].fence, Some(Fence::Full | Fence::SeqCst));
    let is_sc = |event: usize| events[event].order == Order::SeqCst && events[event].location.is_some();
    let on_one_location = Relation::of(count, |a, b| {
        hb.has(a, b) && events[a].location.is_some() && events[a].location == events[b].location
    });
    let scb = po.or(&po.then(&hb).then(po)).or(&on_one_location).or(co).or(fr);
    let from = Relation::of(count, |a, b| (a == b && (is_sc(a) || is_fence(a))) || (is_fence(a) && hb.has(a, b)));
    let to = Relation::of(count, |a, b| (a == b && (is_sc(b) || is_fence(b))) || (is_fence(b) && hb.has(a, b)));
    let base = from.then(&scb).then(&to);
    let fences = hb.or(&hb.then(&eco).then(&hb));
    let fences = Relation::of(count, |a, b| is_fence(a) && is_fence(b) && fences.has(a, b));
    // What is told of full barriers alone orders them among themselves.
    let told = hb.or(&hb.or(&tells).then(&eco).then(&hb));
    let told = Relation::of(count, |a, b| is_fence(a) && is_fence(b) && told.has(a, b));
    base.or(&fences).is_acyclic() && told.is_acyclic()
}
