//! Total store order: what the processors of the x86 family do.
//!
//! Promise: the outcomes are those of x86-TSO (Sewell, Sarkar, Owens, Zappa Nardelli, Myreen,
//! "x86-TSO: a rigorous and usable programmer's model for x86 multiprocessors", CACM 53(7), 2010).
//! A store goes into a buffer of its thread, first in, first out; it *lands* in memory some time
//! later, which the schedule decides. A read sees the newest store of its own buffer, or else
//! memory. A full barrier and a locked instruction let everything land first that is in the own
//! buffer.
//!
//! ```text
//!   thread 0        buffer 0      memory      buffer 1        thread 1
//!   x := 1  ------> x := 1        x = 0
//!                                 y = 0       y := 1  <------ y := 1
//!   y is 0  <--------------------                     ------> x is 0
//!                   x := 1  ----> x = 1
//!                                 y = 1  <--- y := 1
//! ```
//!
//! Locked instructions are read-modify-writes that write, whatever ordering the source gives them,
//! sequentially consistent stores (compilers make an `xchg` of them), and taking a lock. Releasing
//! a lock is an ordinary store: whoever waits for it can go on when it has landed. A thread that
//! has ended may leave stores behind; joining it waits for them.
//!
//! With lax locks ([`crate::MemoryModel::TsoLaxLocks`]) taking a lock is no locked instruction in
//! this sense: its taker's stores may land later. No processor of the family does that. The model
//! is a switch, to see what depends on the barrier in `spin_lock`, which the kernel does not
//! promise (Documentation/memory-barriers.txt, "Implicit kernel memory barriers").
//!
//! Limits: no instruction that locks longer than itself, no non-temporal store, no interrupt, no
//! code that changes.
//!
//! Deviations: starting a thread lets everything land that its parent has stored, as any way to
//! start one does. A read-modify-write that does not write, such as a compare-and-exchange that
//! fails, is a plain read and lets nothing land: the processor does more, but the kernel promises
//! no more of it (Documentation/atomic_t.txt). Barriers for reads or writes alone order nothing
//! that is not ordered anyway. Plain data are outside: they are checked for races, and without a
//! race no read could tell.

use super::Published;
use crate::schedule::{Key, THREADS_MAX};
use crate::sim::event::{ObjectId, Place};
use std::collections::VecDeque;

/// A store on its way to memory.
#[derive(Clone, Copy)]
pub(crate) struct Store {
    pub(crate) object: ObjectId,
    pub(crate) value: u64,
    /// What whoever reads it from memory learns.
    pub(crate) published: Published,
    /// Which one of the thread's that went into its buffer, from 0.
    pub(crate) nth: u32,
    /// Where its thread has announced it.
    pub(crate) key: Key,
    pub(crate) place: Place,
}

/// The store buffers of one execution.
pub(crate) struct Buffers {
    queues: [VecDeque<Store>; THREADS_MAX],
    /// Stores that each thread has made into its buffer.
    made: [u32; THREADS_MAX],
    /// The thread that has just stored into its empty buffer: nobody was asked yet whether that
    /// lands at once.
    fresh: Option<usize>,
}

impl Buffers {
    pub(super) fn new() -> Buffers {
        Buffers { queues: std::array::from_fn(|_| VecDeque::new()), made: [0; THREADS_MAX], fresh: None }
    }

    pub(super) fn reset(&mut self) {
        self.queues.iter_mut().for_each(VecDeque::clear);
        self.made = [0; THREADS_MAX];
        self.fresh = None;
    }

    /// The number of the thread's next store.
    pub(crate) fn next(&self, thread: usize) -> u32 {
        self.made[thread]
    }

    pub(crate) fn push(&mut self, thread: usize, store: Store) {
        debug_assert_eq!(store.nth, self.made[thread]);
        self.made[thread] += 1;
        let queue = &mut self.queues[thread];
        self.fresh = queue.is_empty().then_some(thread);
        queue.push_back(store);
    }

    /// The newest store to the object that the thread's own buffer holds.
    pub(crate) fn own(&self, thread: usize, object: ObjectId) -> Option<&Store> {
        self.queues[thread].iter().rev().find(|store| store.object == object)
    }

    /// What the thread's own buffer holds for the object.
    pub(crate) fn forwarded(&self, thread: usize, object: ObjectId) -> Option<u64> {
        self.own(thread, object).map(|store| store.value)
    }

    /// The store that lands next.
    pub(crate) fn pop(&mut self, thread: usize) -> Option<Store> {
        self.queues[thread].pop_front()
    }

    /// The store that would land next.
    pub(crate) fn oldest(&self, thread: usize) -> Option<&Store> {
        self.queues[thread].front()
    }

    pub(crate) fn is_empty(&self, thread: usize) -> bool {
        self.queues[thread].is_empty()
    }

    /// The thread whose newest store nobody was asked about.
    pub(crate) fn take_fresh(&mut self) -> Option<usize> {
        self.fresh.take().filter(|&thread| !self.is_empty(thread))
    }
}
