//! RC11 by its axioms: every graph of a program, and whether it is consistent.
//!
//! After Lahav, Vafeiadis, Kang, Hur, Dreyer (PLDI 2017), with C++20's release sequences and "strongly happens before". The kernel's fully
//! ordered read-modify-writes are ones that acquire and release, between two fences. A read-modify-write is one event that reads and writes.

use super::{Op, Outcome, WORDS, outcome};
use lockstep::sync::{Barrier, Ordering};
use std::collections::BTreeSet;

/// For each event the events that it is related to, as a mask.
type Relation = Vec<u64>;

#[derive(Clone, Copy, Debug)]
struct Event {
    /// None for the first writes.
    thread: Option<usize>,
    what: What,
    order: Ordering,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Load(usize),
    Store(usize, u64),
    Add(usize, u64),
    Exchange(usize, u64, u64),
    Fence(Barrier),
}

impl What {
    fn word(self) -> Option<usize> {
        match self {
            What::Load(word) | What::Store(word, _) | What::Add(word, _) | What::Exchange(word, ..) => Some(word),
            What::Fence(_) => None,
        }
    }

    fn reads(self) -> bool {
        matches!(self, What::Load(_) | What::Add(..) | What::Exchange(..))
    }

    fn may_write(self) -> bool {
        matches!(self, What::Store(..) | What::Add(..) | What::Exchange(..))
    }
}

/// Whether the axioms say something of the program: not of what the kernel has and C++ has not.
pub fn covers(program: &[Vec<Op>]) -> bool {
    let is_of_kernel = |op: &Op| {
        let is_barrier = matches!(op, Op::Fence(Barrier::Full | Barrier::Read | Barrier::Write));
        is_barrier
            || matches!(
                op,
                Op::StoreRelease(..)
                    | Op::AddFully(..)
                    | Op::AddRelease(..)
                    | Op::AddSilently(..)
                    | Op::ExchangeFully(..)
            )
    };
    !program.iter().flatten().any(is_of_kernel)
}

/// All outcomes of a program without locks. What a compare-and-exchange is ordered by depends on whether it fails: each case is a
/// program of its own.
pub fn outcomes(program: &[Vec<Op>]) -> BTreeSet<Outcome> {
    let is_exchange = |op: &&Op| matches!(op, Op::Exchange(..) | Op::ExchangeFully(..));
    let exchanges = program.iter().flatten().filter(is_exchange).count();
    let mut outcomes = BTreeSet::new();
    for succeed in 0..1_u32 << exchanges {
        outcomes.extend(Graphs::new(program, succeed).outcomes());
    }
    outcomes
}

struct Graphs {
    events: Vec<Event>,
    /// Which exchanges are to succeed, and for each event whether it writes.
    writes: Vec<bool>,
    po: Relation,
    threads: usize,
}

/// What the choice of `rf` makes of the events.
struct Candidate {
    rf: Vec<Option<usize>>,
    read: Vec<u64>,
    written: Vec<u64>,
}

fn compose(first: &Relation, second: &Relation) -> Relation {
    let row = |&targets: &u64| bits(targets).fold(0, |row, middle| row | second[middle]);
    first.iter().map(row).collect()
}

fn union(one: &Relation, other: &Relation) -> Relation {
    one.iter().zip(other).map(|(one, other)| one | other).collect()
}

/// At least one step.
fn closure(relation: &Relation) -> Relation {
    let mut closed = relation.clone();
    for middle in 0..closed.len() {
        let reached = closed[middle];
        for row in &mut closed {
            if *row & (1 << middle) != 0 {
                *row |= reached;
            }
        }
    }
    closed
}

/// Adds doing nothing.
fn or_stay(relation: &Relation) -> Relation {
    relation.iter().enumerate().map(|(event, row)| row | 1 << event).collect()
}

fn is_acyclic(relation: &Relation) -> bool {
    is_irreflexive(&closure(relation))
}

fn is_irreflexive(relation: &Relation) -> bool {
    relation.iter().enumerate().all(|(event, row)| row & (1 << event) == 0)
}

fn bits(mask: u64) -> impl Iterator<Item = usize> {
    (0..64).filter(move |bit| mask & (1 << bit) != 0)
}

impl Graphs {
    fn new(program: &[Vec<Op>], succeed: u32) -> Graphs {
        let first = |word| Event { thread: None, what: What::Store(word, 0), order: Ordering::Relaxed };
        let mut events: Vec<Event> = (0..WORDS).map(first).collect();
        let mut writes = vec![true; WORDS];
        let mut exchange = 0;
        for (thread, ops) in program.iter().enumerate() {
            for op in ops {
                let (what, success, failure) = event(*op);
                let mut does_write = what.may_write();
                if let What::Exchange(..) = what {
                    does_write = succeed & (1 << exchange) != 0;
                    exchange += 1;
                }
                let order = if what.may_write() && !does_write { failure } else { success };
                writes.push(what.may_write() && does_write);
                events.push(Event { thread: Some(thread), what, order });
            }
        }
        assert!(events.len() <= 64, "a row of a relation has 64 bits");
        let po = (0..events.len())
            .map(|one| {
                let follows = |&other: &usize| match (events[one].thread, events[other].thread) {
                    (None, Some(_)) => true,
                    (Some(first), Some(second)) => first == second && one < other,
                    _ => false,
                };
                (0..events.len()).filter(follows).fold(0, |row, other| row | 1 << other)
            })
            .collect();
        Graphs { events, writes, po, threads: program.len() }
    }

    fn outcomes(&self) -> BTreeSet<Outcome> {
        let mut outcomes = BTreeSet::new();
        self.choose_rf(0, &mut vec![None; self.events.len()], &mut outcomes);
        outcomes
    }

    fn choose_rf(&self, from: usize, rf: &mut Vec<Option<usize>>, outcomes: &mut BTreeSet<Outcome>) {
        let Some(read) = (from..self.events.len()).find(|&event| self.events[event].what.reads()) else {
            if let Some(candidate) = self.evaluate(rf) {
                let mut mo: Vec<Vec<usize>> = Vec::new();
                self.choose_mo(&candidate, &mut mo, outcomes);
            }
            return;
        };
        for write in 0..self.events.len() {
            let same = self.events[write].what.word() == self.events[read].what.word();
            if write != read && self.writes[write] && same {
                rf[read] = Some(write);
                self.choose_rf(read + 1, rf, outcomes);
                rf[read] = None;
            }
        }
    }

    /// The values, if reads come before what depends on them and exchanges succeed as they should.
    fn evaluate(&self, rf: &[Option<usize>]) -> Option<Candidate> {
        let mut causes = self.po.clone();
        for (read, write) in rf.iter().enumerate() {
            if let Some(write) = write {
                causes[*write] |= 1 << read;
            }
        }
        let causes = closure(&causes);
        if !is_irreflexive(&causes) {
            return None;
        }
        let mut order: Vec<usize> = (0..self.events.len()).collect();
        order.sort_by_key(|&event| causes.iter().filter(|row| *row & (1 << event) != 0).count());
        let mut candidate = Candidate { rf: rf.to_vec(), read: vec![0; order.len()], written: vec![0; order.len()] };
        for event in order {
            let read = rf[event].map_or(0, |write| candidate.written[write]);
            candidate.read[event] = read;
            candidate.written[event] = match self.events[event].what {
                What::Store(_, value) => value,
                What::Add(_, value) => read + value,
                What::Exchange(_, old, new) => {
                    if (read == old) != self.writes[event] {
                        return None;
                    }
                    new
                }
                What::Load(_) | What::Fence(_) => 0,
            };
        }
        Some(candidate)
    }

    fn choose_mo(&self, candidate: &Candidate, mo: &mut Vec<Vec<usize>>, outcomes: &mut BTreeSet<Outcome>) {
        if mo.len() == WORDS {
            if self.is_consistent(candidate, mo) {
                outcomes.insert(self.outcome(candidate, mo));
            }
            return;
        }
        let word = mo.len();
        let is_write = |&event: &usize| self.writes[event] && self.events[event].what.word() == Some(word);
        let writes: Vec<usize> = (WORDS..self.events.len()).filter(is_write).collect();
        for order in permutations(&writes) {
            mo.push(std::iter::once(word).chain(order).collect());
            self.choose_mo(candidate, mo, outcomes);
            mo.pop();
        }
    }

    fn is_consistent(&self, candidate: &Candidate, mo: &[Vec<usize>]) -> bool {
        let count = self.events.len();
        let mut follows: Relation = vec![0; count];
        for order in mo {
            for (at, &write) in order.iter().enumerate() {
                follows[write] = order[at + 1..].iter().fold(0, |row, later| row | 1 << later);
            }
        }
        let mut rf: Relation = vec![0; count];
        let mut fr: Relation = vec![0; count];
        for (read, write) in candidate.rf.iter().enumerate() {
            if let Some(write) = *write {
                rf[write] |= 1 << read;
                fr[read] = follows[write] & !(1 << read);
            }
        }
        let hb = closure(&union(&self.po, &self.synchronizes(&rf)));
        let eco = closure(&union(&union(&rf, &follows), &fr));
        let is_coherent = is_irreflexive(&hb) && is_irreflexive(&compose(&hb, &eco)) && is_irreflexive(&eco);
        let is_atomic = is_irreflexive(&compose(&fr, &follows));
        is_coherent && is_atomic && is_acyclic(&self.psc(&hb, &eco, &union(&follows, &fr)))
    }

    /// Whoever releases before whoever acquires what was released.
    fn synchronizes(&self, rf: &Relation) -> Relation {
        let count = self.events.len();
        let only = |relation: &Relation, from: &dyn Fn(usize) -> bool, to: &dyn Fn(usize) -> bool| -> Relation {
            let targets = (0..count).filter(|&event| to(event)).fold(0, |mask, event| mask | 1 << event);
            (0..count).map(|event| if from(event) { relation[event] & targets } else { 0 }).collect()
        };
        let is_fence = |event: usize| matches!(self.events[event].what, What::Fence(_));
        let writes = |event: usize| self.writes[event];
        let reads = |event: usize| self.events[event].what.reads();
        let updates = only(rf, &|_| true, &|event| reads(event) && writes(event));
        let sequence = or_stay(&closure(&updates));
        let released = union(&only(&self.po, &is_fence, &writes), &only(&or_stay(&vec![0; count]), &writes, &writes));
        let acquired = union(&only(&self.po, &reads, &is_fence), &only(&or_stay(&vec![0; count]), &reads, &reads));
        let all = compose(&compose(&compose(&released, &sequence), rf), &acquired);
        only(&all, &|event| self.releases(event), &|event| self.acquires(event))
    }

    fn releases(&self, event: usize) -> bool {
        match self.events[event].what {
            What::Fence(barrier) => !matches!(barrier, Barrier::Read | Barrier::Acquire),
            _ => {
                let order = self.events[event].order;
                self.writes[event] && matches!(order, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst)
            }
        }
    }

    fn acquires(&self, event: usize) -> bool {
        match self.events[event].what {
            What::Fence(barrier) => !matches!(barrier, Barrier::Write | Barrier::Release),
            what => {
                let order = self.events[event].order;
                what.reads() && matches!(order, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst)
            }
        }
    }

    fn psc(&self, hb: &Relation, eco: &Relation, writes: &Relation) -> Relation {
        let count = self.events.len();
        let is_full = |event: usize| self.events[event].what == What::Fence(Barrier::SeqCst);
        let is_access = |event: usize| self.events[event].what.word().is_some();
        let is_consistent = |event: usize| is_access(event) && self.events[event].order == Ordering::SeqCst;
        let mask = |has: &dyn Fn(usize) -> bool| {
            (0..count).filter(|&event| has(event)).fold(0, |mask: u64, event| mask | 1 << event)
        };
        let (full, consistent) = (mask(&is_full), mask(&is_consistent));
        let path = union(hb, &compose(&compose(hb, eco), hb));
        let row = |(event, row): (usize, &u64)| if full & (1 << event) != 0 { row & full } else { 0 };
        let fences: Relation = path.iter().enumerate().map(row).collect();
        // Coherence and from-reads, which are what leads to writes in the order of a word.
        let on_one_word = |(event, row): (usize, &u64)| {
            let word = self.events[event].what.word();
            row & mask(&|other| is_access(event) && self.events[other].what.word() == word)
        };
        let same_word: Relation = hb.iter().enumerate().map(on_one_word).collect();
        let strongly = compose(&compose(&self.po, hb), &self.po);
        let scb = union(&union(&self.po, &strongly), &union(&same_word, writes));
        let begin = |(event, row): (usize, &u64)| {
            let own = if (full | consistent) & (1 << event) != 0 { 1 << event } else { 0 };
            own | if full & (1 << event) != 0 { *row } else { 0 }
        };
        let begin: Relation = hb.iter().enumerate().map(begin).collect();
        let end = |(event, row): (usize, &u64)| (full | consistent) & (1 << event) | row & full;
        let end: Relation = hb.iter().enumerate().map(end).collect();
        union(&fences, &compose(&compose(&begin, &scb), &end))
    }

    fn outcome(&self, candidate: &Candidate, mo: &[Vec<usize>]) -> Outcome {
        let mut histories = vec![Vec::new(); self.threads];
        for (number, event) in self.events.iter().enumerate() {
            if let (Some(thread), true) = (event.thread, event.what.reads()) {
                histories[thread].push(candidate.read[number]);
            }
        }
        let last = |order: &Vec<usize>| order.last().map_or(0, |&write| candidate.written[write]);
        outcome(&histories, &mo.iter().map(last).collect::<Vec<u64>>())
    }
}

/// What it is, and what orders it if it writes as it may, and if not.
fn event(op: Op) -> (What, Ordering, Ordering) {
    let relaxed = Ordering::Relaxed;
    match op {
        Op::Load(word, order) => (What::Load(word), order, relaxed),
        Op::Store(word, value, order) => (What::Store(word, value), order, relaxed),
        Op::Add(word, value, order) => (What::Add(word, value), order, relaxed),
        Op::AddFully(word, value) => (What::Add(word, value), Ordering::AcqRel, relaxed),
        Op::Exchange(word, old, new, success, failure) => (What::Exchange(word, old, new), success, failure),
        Op::ExchangeFully(word, old, new) => (What::Exchange(word, old, new), Ordering::AcqRel, relaxed),
        Op::Fence(barrier) => (What::Fence(barrier), Ordering::SeqCst, relaxed),
        Op::StoreRelease(..) | Op::AddRelease(..) | Op::AddSilently(..) => unreachable!("the axioms are those of C++"),
        Op::Lock(_) | Op::Unlock(_) | Op::TryLock(_) | Op::IsLocked(_) => unreachable!("there are no locks here"),
    }
}

fn permutations(items: &[usize]) -> Vec<Vec<usize>> {
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let insert = |order: Vec<usize>| {
        (0..=order.len()).map(move |at| {
            let mut longer = order.clone();
            longer.insert(at, *first);
            longer
        })
    };
    permutations(rest).into_iter().flat_map(insert).collect()
}
