//! The abstract machine of x86-TSO as its paper has it: all states, one after the other.

use super::{Op, Outcome, WORDS, outcome};
use lockstep::sync::{Barrier, Ordering};
use std::collections::{BTreeSet, HashSet};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    at: Vec<usize>,
    buffers: Vec<Vec<(usize, u64)>>,
    histories: Vec<Vec<u64>>,
    words: [u64; WORDS],
}

/// All outcomes of a program without locks.
pub fn outcomes(program: &[Vec<Op>]) -> BTreeSet<Outcome> {
    let threads = program.len();
    let first = State {
        at: vec![0; threads],
        buffers: vec![Vec::new(); threads],
        histories: vec![Vec::new(); threads],
        words: [0; WORDS],
    };
    let mut open = vec![first];
    let mut known = HashSet::new();
    let mut outcomes = BTreeSet::new();
    while let Some(state) = open.pop() {
        if !known.insert(state.clone()) {
            continue;
        }
        let mut is_over = true;
        for (thread, ops) in program.iter().enumerate() {
            if let Some(&(word, value)) = state.buffers[thread].first() {
                let mut next = state.clone();
                next.buffers[thread].remove(0);
                next.words[word] = value;
                open.push(next);
                is_over = false;
            }
            if let Some(&op) = ops.get(state.at[thread]) {
                is_over = false;
                open.extend(step(&state, thread, op));
            }
        }
        if is_over {
            outcomes.insert(outcome(&state.histories, &state.words));
        }
    }
    outcomes
}

/// The state after the operation, if it is possible now.
fn step(state: &State, thread: usize, op: Op) -> Option<State> {
    let mut next = state.clone();
    next.at[thread] += 1;
    let buffer = &state.buffers[thread];
    let visible = |word: usize| {
        let own = buffer.iter().rev().find(|(stored, _)| *stored == word);
        own.map_or(state.words[word], |&(_, value)| value)
    };
    let mut locked = |word: usize, value: u64| {
        next.words[word] = value;
        buffer.is_empty()
    };
    let (is_possible, seen) = match op {
        Op::Load(word, _) => (true, Some(visible(word))),
        Op::Store(word, value, Ordering::SeqCst) => (locked(word, value), None),
        Op::Store(word, value, _) | Op::StoreRelease(word, value) => {
            next.buffers[thread].push((word, value));
            (true, None)
        }
        Op::AddSilently(word, value) => (locked(word, visible(word) + value), None),
        Op::Add(word, value, _) | Op::AddFully(word, value) | Op::AddRelease(word, value) => {
            (locked(word, visible(word) + value), Some(visible(word)))
        }
        Op::Exchange(word, old, new, ..) | Op::ExchangeFully(word, old, new) => {
            let found = visible(word);
            (found != old || locked(word, new), Some(found))
        }
        Op::Fence(Barrier::Full | Barrier::SeqCst) => (buffer.is_empty(), None),
        Op::Fence(_) => (true, None),
        Op::Lock(_) | Op::Unlock(_) | Op::TryLock(_) | Op::IsLocked(_) => unreachable!("there are no locks here"),
    };
    next.histories[thread].extend(seen);
    is_possible.then_some(next)
}
