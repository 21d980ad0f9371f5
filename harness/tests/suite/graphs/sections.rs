//! Small programs with locks, waits and choices, and all their interleavings.

use lockstep::graph::{Change, Final, Label, Order, Step, THREADS_MAX, Threads};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Locations: two words, a lock, a lock of readers and writers.
const LOCATIONS: usize = 4;
const LOCK: usize = 2;
const SHARED: usize = 3;
const HELD: u64 = 1;
const READER: u64 = 2;

/// What a thread does; it may skip what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Read(usize),
    Write(usize, u64),
    Update(usize, Change),
    Lock(usize),
    /// Skips so many if it fails.
    TryLock(usize, usize),
    Unlock(usize),
    UnlockWait(usize),
    ReadLock(usize),
    ReadUnlock(usize),
    /// Until the word is not 0.
    Await(usize),
    Choice(u32),
}

/// A program.
#[derive(Clone, Debug)]
pub struct Sections {
    threads: Vec<Vec<Op>>,
    states: Vec<State>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    at: usize,
    /// The condition of an await is evaluated.
    awaits: bool,
}

fn simple() -> impl Strategy<Value = Op> {
    let change = prop_oneof![Just(Change::Add(10)), (0..2_u64).prop_map(|old| Change::Replace(old, 7))];
    prop_oneof![
        3 => (0..2_usize).prop_map(Op::Read),
        3 => (0..2_usize, 1..3_u64).prop_map(|(location, value)| Op::Write(location, value)),
        1 => (0..2_usize, change).prop_map(|(location, change)| Op::Update(location, change)),
        1 => (LOCK..LOCATIONS).prop_map(Op::Read),
    ]
}

fn section() -> impl Strategy<Value = Vec<Op>> {
    let inner = || prop::collection::vec(simple(), 0..3);
    prop_oneof![
        3 => simple().prop_map(|op| vec![op]),
        3 => (LOCK..LOCATIONS, inner()).prop_map(|(lock, inner)| around(Op::Lock(lock), inner, Op::Unlock(lock))),
        1 => inner().prop_map(|inner| {
            let skip = inner.len() + 1;
            around(Op::TryLock(LOCK, skip), inner, Op::Unlock(LOCK))
        }),
        1 => inner().prop_map(|inner| around(Op::ReadLock(SHARED), inner, Op::ReadUnlock(SHARED))),
        // Two locks, one in the other, so that threads can wait for each other.
        1 => any::<bool>().prop_map(|turned| {
            let (outer, inner) = if turned { (SHARED, LOCK) } else { (LOCK, SHARED) };
            vec![Op::Lock(outer), Op::Lock(inner), Op::Unlock(inner), Op::Unlock(outer)]
        }),
        1 => Just(vec![Op::UnlockWait(LOCK)]),
        1 => (0..2_usize).prop_map(|location| vec![Op::Await(location)]),
        1 => Just(vec![Op::Choice(2)]),
    ]
}

fn around(before: Op, inner: Vec<Op>, after: Op) -> Vec<Op> {
    [&[before][..], &inner, &[after]].concat()
}

/// Programs with at most so many operations.
pub fn programs(operations_max: usize) -> impl Strategy<Value = Sections> {
    let thread = prop::collection::vec(section(), 1..4).prop_map(|sections| sections.concat());
    prop::collection::vec(thread, 2..4)
        .prop_filter("few interleavings", move |threads| threads.iter().map(Vec::len).sum::<usize>() <= operations_max)
        .prop_map(|threads| Sections { threads, states: Vec::new() })
}

impl Threads for Sections {
    fn initial(&self) -> Vec<u64> {
        vec![0; LOCATIONS]
    }

    fn restart(&mut self) -> usize {
        self.states = vec![State::default(); self.threads.len()];
        self.threads.len()
    }

    fn advance(&mut self, thread: usize, answer: u64) -> Step {
        let state = &mut self.states[thread];
        let ops = &self.threads[thread];
        let done = state.at.checked_sub(1).map(|at| ops[at]);
        match done {
            Some(Op::TryLock(_, skip)) if answer != 0 => state.at += skip,
            Some(Op::Await(location)) if !state.awaits => {
                state.awaits = true;
                return Label::Read { location, order: Order::Acquire }.into();
            }
            Some(Op::Await(_)) if answer == 0 => return Label::Park.into(),
            _ => {}
        }
        state.awaits = false;
        let Some(&op) = ops.get(state.at) else { return Label::End.into() };
        state.at += 1;
        let order = Order::Relaxed;
        match op {
            Op::Read(location) => Label::Read { location, order }.into(),
            Op::Write(location, value) => Label::Write { location, value, order }.into(),
            Op::Update(location, change) => {
                Step { label: Label::Update { location, success: order, failure: order }, change: Some(change) }
            }
            Op::Lock(lock) => Label::Lock(lock).into(),
            Op::TryLock(lock, _) => Label::TryLock(lock).into(),
            Op::Unlock(lock) => Label::Unlock(lock).into(),
            Op::UnlockWait(location) => Label::UnlockWait { location, order }.into(),
            Op::ReadLock(lock) => Label::ReadLock(lock).into(),
            Op::ReadUnlock(lock) => Label::ReadUnlock(lock).into(),
            Op::Await(_) => Label::Await.into(),
            Op::Choice(alternatives) => Label::Choice(alternatives).into(),
        }
    }
}

/// A write, by thread and number of its operation.
type Write = (usize, usize);

/// What distinguishes graphs: for each thread what each operation read, from which write; for each location its writes in order.
type Shape = (Vec<Vec<(u64, Option<Write>)>>, Vec<Vec<Write>>);

/// What interleavings lead to.
#[derive(Debug, Default)]
pub struct Reached {
    /// Where all threads have ended.
    pub complete: BTreeSet<Shape>,
    pub finals: BTreeSet<Final>,
    /// Where nobody can go on.
    pub deadlocks: BTreeSet<Vec<u64>>,
}

#[derive(Clone)]
struct World {
    at: Vec<usize>,
    memory: [u64; LOCATIONS],
    shape: Shape,
}

/// All interleavings of the program.
pub fn interleave(program: &Sections) -> Reached {
    let count = program.threads.len();
    let shape = (vec![Vec::new(); count], vec![Vec::new(); LOCATIONS]);
    let mut reached = Reached::default();
    let mut open = vec![World { at: vec![0; count], memory: [0; LOCATIONS], shape }];
    while let Some(world) = open.pop() {
        let mut is_over = true;
        let mut can_go_on = false;
        for thread in 0..count {
            let Some(&op) = program.threads[thread].get(world.at[thread]) else { continue };
            is_over = false;
            let next = perform(&world, thread, op);
            can_go_on |= !next.is_empty();
            open.extend(next);
        }
        if is_over {
            let answers = world.shape.0.iter().map(|reads| reads.iter().map(|(value, _)| *value).chain([0]).collect());
            let mut answers: Vec<Vec<u64>> = answers.collect();
            answers.resize(THREADS_MAX, Vec::new());
            reached.finals.insert(Final { answers, memory: world.memory.to_vec() });
            reached.complete.insert(world.shape);
        } else if !can_go_on {
            reached.deadlocks.insert(world.memory.to_vec());
        }
    }
    reached
}

fn perform(world: &World, thread: usize, op: Op) -> Vec<World> {
    // Location, whether it reads, and what it writes; nothing if it cannot happen.
    let value = |location: usize| world.memory[location];
    let (location, reads, written) = match op {
        Op::Read(location) => (location, true, None),
        Op::Write(location, value) => (location, false, Some(value)),
        Op::Update(location, Change::Add(other)) => (location, true, Some(value(location) + other)),
        Op::Update(location, Change::Replace(old, new)) => (location, true, (value(location) == old).then_some(new)),
        Op::Update(location, Change::Exchange(new)) => (location, true, Some(new)),
        Op::Lock(lock) if value(lock) == 0 => (lock, true, Some(HELD)),
        Op::TryLock(lock, _) => (lock, true, (value(lock) == 0).then_some(HELD)),
        Op::Unlock(lock) => (lock, false, Some(0)),
        Op::UnlockWait(lock) if value(lock) == 0 => (lock, true, None),
        Op::ReadLock(lock) if value(lock) & HELD == 0 => (lock, true, Some(value(lock) + READER)),
        Op::ReadUnlock(lock) => (lock, true, Some(value(lock) - READER)),
        Op::Await(location) if value(location) != 0 => (location, true, None),
        Op::Choice(alternatives) => {
            let take = |nth: u32| {
                let mut next = world.clone();
                next.at[thread] += 1;
                next.shape.0[thread].push((u64::from(nth), None));
                next
            };
            return (0..alternatives).map(take).collect();
        }
        _ => return Vec::new(),
    };
    let mut next = world.clone();
    let number = next.shape.0[thread].len();
    let source = world.shape.1[location].last().copied().filter(|_| reads);
    next.shape.0[thread].push((if reads { value(location) } else { 0 }, source));
    if let Some(written) = written {
        next.memory[location] = written;
        next.shape.1[location].push((thread, number));
    }
    next.at[thread] += 1;
    if let Op::TryLock(_, skip) = op
        && written.is_none()
    {
        next.at[thread] += skip;
    }
    vec![next]
}
