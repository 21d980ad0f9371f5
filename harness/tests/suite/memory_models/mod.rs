//! Small programs of marked accesses, fences and locks, and what the machine shows of them under each memory model.
//!
//! Two references that share nothing with the machine say what may be shown: [`tso`] walks the states of the abstract machine of
//! x86-TSO, [`rc11`] enumerates graphs and asks the axioms. A third is the crate's own other search, in [`graphs`].

pub mod generate;
pub mod graphs;
pub mod rc11;
pub mod tso;

use lockstep::probe::observe;
use lockstep::sync::{Atomic, Barrier, Ordering, SpinLock, smp_mb, smp_rmb, smp_wmb, std_atomic::fence};
use lockstep::thread::{idle, scope};
use lockstep::{Abandon, End, Entry, Exploration, ExploreConfig, MemoryModel, Program, Strategy, explore};
use std::collections::BTreeSet;

pub const WORDS: usize = 3;
pub const LOCKS: usize = 2;
pub const X: usize = 0;
pub const Y: usize = 1;
pub const Z: usize = 2;
pub const MB: Op = Op::Fence(Barrier::Full);
/// A fence of C++.
pub const FENCE: Op = Op::Fence(Barrier::SeqCst);

/// What a thread does. Values read are observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    Load(usize, Ordering),
    Store(usize, u64, Ordering),
    /// The kernel's store that releases.
    StoreRelease(usize, u64),
    Add(usize, u64, Ordering),
    /// Adds as the kernel does with a value returned: fully ordered.
    AddFully(usize, u64),
    /// The kernel's `atomic_fetch_add_release`.
    AddRelease(usize, u64),
    /// The kernel's `atomic_add`, which returns nothing.
    AddSilently(usize, u64),
    /// Compares and exchanges, with what orders it if it writes and if not.
    Exchange(usize, u64, u64, Ordering, Ordering),
    /// The kernel's: fully ordered if it writes, relaxed if not.
    ExchangeFully(usize, u64, u64),
    Fence(Barrier),
    Lock(usize),
    Unlock(usize),
    TryLock(usize),
    IsLocked(usize),
}

/// What the threads saw, one after the other, and the words at the end.
pub type Outcome = Vec<u64>;

fn perform(op: Op, words: [Atomic<u64>; WORDS], locks: [SpinLock; LOCKS]) -> Option<u64> {
    match op {
        Op::Load(word, order) => return Some(words[word].load(order)),
        Op::Store(word, value, order) => words[word].store(value, order),
        Op::Add(word, value, order) => return Some(words[word].fetch_add(value, order)),
        Op::StoreRelease(word, value) => words[word].store_release(value),
        Op::AddFully(word, value) => return Some(words[word].update_fully(|old| old + value)),
        Op::AddRelease(word, value) => return Some(words[word].update_release(|old| old + value)),
        Op::AddSilently(word, value) => words[word].update_silently(|old| old + value),
        Op::Exchange(word, old, new, success, failure) => {
            let (Ok(found) | Err(found)) = words[word].compare_exchange(old, new, success, failure);
            return Some(found);
        }
        Op::ExchangeFully(word, old, new) => return Some(words[word].cmpxchg(old, new)),
        Op::Fence(Barrier::Full) => smp_mb(),
        Op::Fence(Barrier::SeqCst) => fence(Ordering::SeqCst),
        Op::Fence(Barrier::Read) => smp_rmb(),
        Op::Fence(Barrier::Write) => smp_wmb(),
        Op::Fence(Barrier::Acquire) => fence(Ordering::Acquire),
        Op::Fence(Barrier::Release) => fence(Ordering::Release),
        Op::Fence(Barrier::AcquireRelease) => fence(Ordering::AcqRel),
        Op::Lock(lock) => locks[lock].lock(),
        Op::Unlock(lock) => locks[lock].unlock(),
        Op::TryLock(lock) => {
            let taken = locks[lock].try_lock();
            if taken {
                locks[lock].unlock();
            }
            return Some(u64::from(taken));
        }
        Op::IsLocked(lock) => return Some(u64::from(locks[lock].is_locked())),
    }
    None
}

/// What separates two threads in an outcome.
const BETWEEN: u64 = 1 << 20;

/// The body of a program. The main thread is its last thread: one start less is a choice less.
pub fn body(program: &[Vec<Op>]) -> impl Fn() + Sync + '_ {
    move || {
        let words = std::array::from_fn(|number| Atomic::named(("word", number as u32), 0));
        let locks = std::array::from_fn(|number| SpinLock::named(("lock", number as u32)));
        let run = move |ops: &[Op]| ops.iter().filter_map(|&op| perform(op, words, locks)).for_each(observe);
        let (last, others) = program.split_last().expect("a program has a thread");
        scope(|threads| {
            for (number, ops) in others.iter().enumerate() {
                threads.spawn(("thread", number as u32), move || run(ops));
            }
            run(last);
            idle();
        });
        observe(BETWEEN);
        words.iter().for_each(|word| observe(word.peek()));
    }
}

/// Explores all executions of the program, or as many as the limit allows.
pub fn explored(program: &[Vec<Op>], memory: MemoryModel, strategy: Strategy, executions: u64) -> Exploration {
    let body = body(program);
    let config = ExploreConfig { strategy, memory, executions, ..ExploreConfig::default() };
    explore(&Program { body: &body, abandon: Abandon::Unwind }, &config)
}

/// What was seen, of the executions that came to their end.
pub fn outcomes(program: &[Vec<Op>], exploration: &Exploration) -> BTreeSet<Outcome> {
    let mut outcomes = BTreeSet::new();
    for seen in exploration.outcomes.iter() {
        if !matches!(seen.outcome.end, End::Completed | End::Resting(_)) {
            assert!(matches!(seen.outcome.end, End::Deadlock { .. }), "{}", seen.outcome.end);
            continue;
        }
        let column = |at: usize| {
            let entries = seen.outcome.columns.get(at).map(|column| column.entries.clone()).unwrap_or_default();
            let word = |entry| match entry {
                Entry::Word(word) => word,
                Entry::Warning(_) => unreachable!("these programs do not warn"),
            };
            entries.into_iter().map(word).collect::<Vec<u64>>()
        };
        let mut outcome = Vec::new();
        for thread in 1..program.len() {
            outcome.extend(column(thread));
            outcome.push(BETWEEN);
        }
        outcome.extend(column(0));
        outcomes.insert(outcome);
    }
    outcomes
}

/// An outcome from what each thread saw and the words at the end.
pub fn outcome(histories: &[Vec<u64>], words: &[u64]) -> Outcome {
    let mut outcome = Vec::new();
    for history in histories {
        outcome.extend(history);
        outcome.push(BETWEEN);
    }
    outcome.extend(words);
    outcome
}
