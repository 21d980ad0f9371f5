//! The graph search as a reference: another search, of another thing, with other code, that should show the same.

use super::{LOCKS, Op, Outcome, WORDS, outcome};
use lockstep::MemoryModel;
use lockstep::graph::{self, Change, Ending, Label, Model, Step, Threads};
use lockstep::sync::{Barrier, Ordering};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// What the graphs of a program show.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    pub outcomes: BTreeSet<Outcome>,
    /// Whether threads can wait for each other.
    pub deadlocks: bool,
}

/// Explores all graphs of the program, if they are not more than this.
pub fn shown(program: &[Vec<Op>], memory: MemoryModel, graphs_max: u64) -> Option<Shown> {
    let model = match memory {
        MemoryModel::Sc => Model::Sc,
        MemoryModel::Tso => Model::Tso,
        MemoryModel::Weak => Model::Weak,
        _ => unreachable!("graphs have no {}", memory.name()),
    };
    let mut shown = Shown { outcomes: BTreeSet::new(), deadlocks: false };
    let mut script = Script { program, next: Vec::new() };
    let counts = graph::graphs(&mut script, model, graphs_max, &mut |ending, last| {
        match ending {
            Ending::Complete => {
                let last = last();
                let histories: Vec<Vec<u64>> =
                    program.iter().zip(last.answers).map(|(ops, answers)| history(ops, answers)).collect();
                shown.outcomes.insert(outcome(&histories, &last.memory[..WORDS]));
            }
            Ending::Blocked => shown.deadlocks = true,
            Ending::Cut => {}
        }
        ControlFlow::Continue(())
    });
    assert!(!counts.strayed, "{program:?}");
    counts.exhausted.then_some(shown)
}

/// What a thread observes of the answers to its events.
fn history(ops: &[Op], answers: Vec<u64>) -> Vec<u64> {
    let mut answers = answers.into_iter();
    let mut seen = Vec::new();
    for op in ops {
        let answer = answers.next().expect("a complete graph answers every event");
        match op {
            Op::Load(..)
            | Op::Add(..)
            | Op::AddFully(..)
            | Op::AddRelease(..)
            | Op::Exchange(..)
            | Op::ExchangeFully(..) => seen.push(answer),
            Op::IsLocked(_) => seen.push(u64::from(answer != 0)),
            Op::TryLock(_) => {
                let taken = answer == 0;
                seen.push(u64::from(taken));
                if taken {
                    answers.next();
                }
            }
            Op::Store(..) | Op::StoreRelease(..) | Op::AddSilently(..) | Op::Fence(_) | Op::Lock(_) | Op::Unlock(_) => {
            }
        }
    }
    seen
}

/// A program as threads that say what they do next.
struct Script<'a> {
    program: &'a [Vec<Op>],
    next: Vec<usize>,
}

fn order(order: Ordering) -> graph::Order {
    match order {
        Ordering::Relaxed => graph::Order::Relaxed,
        Ordering::Acquire => graph::Order::Acquire,
        Ordering::Release => graph::Order::Release,
        Ordering::AcqRel => graph::Order::AcquireRelease,
        _ => graph::Order::SeqCst,
    }
}

fn update(location: usize, change: Change, success: graph::Order, failure: Ordering) -> Step {
    Step { label: Label::Update { location, success, failure: order(failure) }, change: Some(change) }
}

fn fence(barrier: Barrier) -> graph::Fence {
    match barrier {
        Barrier::Full => graph::Fence::Full,
        Barrier::SeqCst => graph::Fence::SeqCst,
        Barrier::Read => graph::Fence::Read,
        Barrier::Acquire => graph::Fence::Acquire,
        Barrier::Write => graph::Fence::Write,
        Barrier::Release => graph::Fence::Release,
        Barrier::AcquireRelease => graph::Fence::AcquireRelease,
    }
}

impl Threads for Script<'_> {
    fn initial(&self) -> Vec<u64> {
        vec![0; WORDS + LOCKS]
    }

    fn restart(&mut self) -> usize {
        self.next = vec![0; self.program.len()];
        self.program.len()
    }

    fn advance(&mut self, thread: usize, answer: u64) -> Step {
        let ops = &self.program[thread];
        // A lock that was tried and taken is released: the operation is two events, counted as a half and a whole.
        let half = &mut self.next[thread];
        if let Some(&Op::TryLock(lock)) = ops.get(*half / 2)
            && *half % 2 == 1
        {
            *half += 1;
            if answer == 0 {
                return Label::Unlock(WORDS + lock).into();
            }
        }
        let Some(&op) = ops.get(*half / 2) else { return Label::End.into() };
        *half += if matches!(op, Op::TryLock(_)) { 1 } else { 2 };
        match op {
            Op::Load(location, how) => Label::Read { location, order: order(how) }.into(),
            Op::Store(location, value, how) => Label::Write { location, value, order: order(how) }.into(),
            Op::StoreRelease(location, value) => {
                Label::Write { location, value, order: graph::Order::StoreRelease }.into()
            }
            Op::Add(location, value, how) => update(location, Change::Add(value), order(how), Ordering::Relaxed),
            Op::AddRelease(location, value) => {
                update(location, Change::Add(value), graph::Order::StoreRelease, Ordering::Relaxed)
            }
            Op::AddSilently(location, value) => {
                update(location, Change::Add(value), graph::Order::NoReturn, Ordering::Relaxed)
            }
            Op::AddFully(location, value) => {
                update(location, Change::Add(value), graph::Order::Full, Ordering::Relaxed)
            }
            Op::Exchange(location, old, new, success, failure) => {
                update(location, Change::Replace(old, new), order(success), failure)
            }
            Op::ExchangeFully(location, old, new) => {
                update(location, Change::Replace(old, new), graph::Order::Full, Ordering::Relaxed)
            }
            Op::Fence(barrier) => Label::Fence(fence(barrier)).into(),
            Op::Lock(lock) => Label::Lock(WORDS + lock).into(),
            Op::TryLock(lock) => Label::TryLock(WORDS + lock).into(),
            Op::Unlock(lock) => Label::Unlock(WORDS + lock).into(),
            Op::IsLocked(lock) => Label::Read { location: WORDS + lock, order: graph::Order::Relaxed }.into(),
        }
    }
}
