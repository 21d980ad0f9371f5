//! Small programs without control flow, and all their candidate graphs.

use super::axioms::{self, Access, Candidate};
use lockstep::graph::{Change, Fence, Final, Label, Model, Order, Step, Threads};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What a thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Read(usize, Order),
    Write(usize, u64, Order),
    /// Location, what, orders of success and failure.
    Update(usize, Change, Order, Order),
    Fence(Fence),
}

impl Op {
    pub fn add(location: usize) -> Op {
        Op::Update(location, Change::Add(10), Order::Relaxed, Order::Relaxed)
    }

    pub fn location(self) -> Option<usize> {
        match self {
            Op::Read(location, _) | Op::Write(location, ..) | Op::Update(location, ..) => Some(location),
            Op::Fence(_) => None,
        }
    }

    fn reads(self) -> bool {
        matches!(self, Op::Read(..) | Op::Update(..))
    }

    fn may_write(self) -> bool {
        matches!(self, Op::Write(..) | Op::Update(..))
    }
}

/// One operation; orders are those that make sense.
pub fn ops() -> impl Strategy<Value = Op> {
    let location = 0..2_usize;
    let loads = prop::sample::select(vec![Order::Relaxed, Order::Relaxed, Order::Acquire, Order::SeqCst, Order::Full]);
    let stores = prop::sample::select(vec![Order::Relaxed, Order::Relaxed, Order::Release, Order::SeqCst, Order::Full]);
    let both = prop::sample::select(vec![
        Order::Relaxed,
        Order::Acquire,
        Order::Release,
        Order::AcquireRelease,
        Order::SeqCst,
        Order::Full,
    ]);
    let change = prop_oneof![
        (1..4_u64).prop_map(Change::Exchange),
        Just(Change::Add(10)),
        (0..3_u64, 1..4_u64).prop_map(|(old, new)| Change::Replace(old, new)),
    ];
    let fences =
        prop::sample::select(vec![Fence::Full, Fence::SeqCst, Fence::Acquire, Fence::Release, Fence::AcquireRelease]);
    prop_oneof![
        4 => (location.clone(), loads).prop_map(|(location, order)| Op::Read(location, order)),
        4 => (location.clone(), 1..3_u64, stores).prop_map(|(location, value, order)| Op::Write(location, value, order)),
        3 => (location, change, both).prop_map(|(location, change, order)| Op::Update(location, change, order, Order::Relaxed)),
        2 => fences.prop_map(Op::Fence),
    ]
}

/// A program: for each thread what it does.
#[derive(Clone, Debug)]
pub struct Script {
    pub threads: Vec<Vec<Op>>,
    next: Vec<usize>,
}

const LOCATIONS: usize = 2;

impl Script {
    pub fn new(threads: Vec<Vec<Op>>) -> Script {
        Script { threads, next: Vec::new() }
    }

    fn ops(&self) -> Vec<(usize, usize, Op)> {
        let ops = self.threads.iter().enumerate();
        ops.flat_map(|(thread, ops)| ops.iter().enumerate().map(move |(index, op)| (thread, index, *op))).collect()
    }

    /// At most so many graphs have to be looked at.
    pub fn candidates(&self) -> usize {
        let ops = self.ops();
        (0..LOCATIONS).fold(1, |product, location| {
            let here = ops.iter().filter(|(_, _, op)| op.location() == Some(location));
            let writes = here.clone().filter(|(_, _, op)| op.may_write()).count();
            let reads = here.filter(|(_, _, op)| op.reads()).count() as u32;
            product * (1..=writes).product::<usize>() * (writes + 1).pow(reads)
        })
    }
}

impl Threads for Script {
    fn initial(&self) -> Vec<u64> {
        vec![0; LOCATIONS]
    }

    fn restart(&mut self) -> usize {
        self.next = vec![0; self.threads.len()];
        self.threads.len()
    }

    fn advance(&mut self, thread: usize, _answer: u64) -> Step {
        let Some(&op) = self.threads[thread].get(self.next[thread]) else { return Label::End.into() };
        self.next[thread] += 1;
        match op {
            Op::Read(location, order) => Label::Read { location, order }.into(),
            Op::Write(location, value, order) => Label::Write { location, value, order }.into(),
            Op::Update(location, change, success, failure) => {
                Step { label: Label::Update { location, success, failure }, change: Some(change) }
            }
            Op::Fence(fence) => Label::Fence(fence).into(),
        }
    }
}

/// All ways in which reads can see writes: `None` is the initial value.
fn sources(ops: &[(usize, usize, Op)]) -> Vec<Vec<Option<usize>>> {
    let mut all = vec![Vec::new()];
    for (at, (_, _, op)) in ops.iter().enumerate() {
        let mut options = vec![None];
        if op.reads() {
            options.extend(
                (0..ops.len())
                    .filter(|&other| {
                        other != at && ops[other].2.may_write() && ops[other].2.location() == op.location()
                    })
                    .map(Some),
            );
        }
        all = all
            .into_iter()
            .flat_map(|done: Vec<_>| {
                options.iter().map(move |option| [&done[..], &[*option]].concat()).collect::<Vec<_>>()
            })
            .collect();
    }
    all
}

/// Values read and written, if the sources make sense: no value comes from nowhere.
fn values(ops: &[(usize, usize, Op)], sources: &[Option<usize>]) -> Option<Vec<(u64, Option<u64>)>> {
    let mut known: Vec<Option<(u64, Option<u64>)>> = vec![None; ops.len()];
    for _ in 0..=ops.len() {
        for (at, (_, _, op)) in ops.iter().enumerate() {
            let seen = match sources[at] {
                None => Some(0),
                Some(source) => match known[source] {
                    Some((_, Some(value))) => Some(value),
                    Some((_, None)) => return None,
                    None => None,
                },
            };
            known[at] = match (op, seen) {
                (Op::Write(_, value, _), _) => Some((0, Some(*value))),
                (Op::Fence(_), _) => Some((0, None)),
                (Op::Read(..), Some(seen)) => Some((seen, None)),
                (Op::Update(_, change, ..), Some(seen)) => Some((seen, axioms::apply(*change, seen))),
                _ => None,
            };
        }
    }
    known.into_iter().collect()
}

fn permutations(items: &[usize]) -> Vec<Vec<usize>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (nth, &first) in items.iter().enumerate() {
        let rest = [&items[..nth], &items[nth + 1..]].concat();
        all.extend(permutations(&rest).into_iter().map(|rest| [&[first][..], &rest].concat()));
    }
    all
}

/// The final states of all consistent graphs, and how many graphs end in each.
pub fn consistent(script: &Script, model: Model) -> BTreeMap<Final, u64> {
    let ops = script.ops();
    let mut found = BTreeMap::new();
    for sources in sources(&ops) {
        let Some(values) = values(&ops, &sources) else { continue };
        let written = |location: usize| -> Vec<usize> {
            (0..ops.len()).filter(|&at| values[at].1.is_some() && ops[at].2.location() == Some(location)).collect()
        };
        for first in permutations(&written(0)) {
            for second in permutations(&written(1)) {
                let coherence = [first.clone(), second];
                let accesses: Vec<Access> = ops
                    .iter()
                    .zip(&values)
                    .map(|((thread, index, op), (_, written))| Access {
                        thread: *thread,
                        index: *index,
                        op: *op,
                        writes: written.is_some(),
                    })
                    .collect();
                let candidate = Candidate { accesses: &accesses, sources: &sources, coherence: &coherence };
                if axioms::is_consistent(&candidate, model) {
                    *found.entry(last(script, &values, &coherence)).or_default() += 1;
                }
            }
        }
    }
    found
}

fn last(script: &Script, values: &[(u64, Option<u64>)], coherence: &[Vec<usize>; 2]) -> Final {
    let mut values_left = values.iter();
    let mut answers: Vec<Vec<u64>> = script
        .threads
        .iter()
        .map(|ops| {
            // The end of a thread is an event whose answer is 0.
            values_left.by_ref().take(ops.len()).map(|(seen, _)| *seen).chain([0]).collect()
        })
        .collect();
    answers.resize(lockstep::graph::THREADS_MAX, Vec::new());
    let memory = coherence.iter().map(|order| order.last().map_or(0, |&write| values[write].1.expect("it writes")));
    Final { answers, memory: memory.collect() }
}
