//! Happens-before of release and acquire operations, the same under every memory model.

use super::super::clock::Clock;
use crate::schedule::THREADS_MAX;
use std::sync::atomic::Ordering;

/// The barriers a subject can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Barrier {
    /// `smp_mb()`.
    Full,
    /// A sequentially consistent fence of C++.
    SeqCst,
    /// `smp_rmb()`.
    Read,
    /// `smp_wmb()`.
    Write,
    /// An acquire fence.
    Acquire,
    /// A release fence.
    Release,
    /// An acquire and release fence.
    AcquireRelease,
}

impl Barrier {
    /// Whether everything before it comes before everything after it, for all threads.
    pub(crate) fn is_full(self) -> bool {
        matches!(self, Barrier::Full | Barrier::SeqCst)
    }
}

/// What an access acquires and releases.
#[inline(always)]
pub(crate) fn acquires(order: Ordering) -> bool {
    matches!(order, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst)
}

#[inline(always)]
pub(crate) fn releases(order: Ordering) -> bool {
    matches!(order, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst)
}

/// What happens-before knows of one thread.
#[derive(Clone, Copy)]
struct ThreadOrder {
    /// Everything that happened before the thread's next event.
    now: Clock,
    /// `now` at the last release fence; published by later relaxed stores.
    fenced: Clock,
    has_fenced: bool,
    /// What relaxed loads saw published; an acquire fence takes it over.
    pending: Clock,
    has_pending: bool,
}

const UNORDERED: ThreadOrder =
    ThreadOrder { now: Clock::ZERO, fenced: Clock::ZERO, has_fenced: false, pending: Clock::ZERO, has_pending: false };

/// What a word, a lock or a finished thread has published.
#[derive(Clone, Copy)]
pub(crate) struct Published {
    clock: Clock,
    some: bool,
}

impl Published {
    pub(crate) const NOTHING: Published = Published { clock: Clock::ZERO, some: false };

    /// The clock means nothing from now on, so it stays.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        self.some = false;
    }
}

/// Happens-before of one execution, by the rules of C++20 for release sequences and fences.
///
/// Deviation: `smp_wmb` counts as a release fence and `smp_rmb` as an acquire fence. The kernel's
/// barriers order only writes (reads) among themselves, which is weaker; a race that hides behind
/// the difference (a plain read before `smp_wmb`) is not found.
///
/// Only plain data ask for it, so it is kept from when the first of them is made. What was ordered
/// before orders nothing after: every chain from one access to another consists of what came after
/// the first.
pub(crate) struct Order {
    is_kept: bool,
    threads: [ThreadOrder; THREADS_MAX],
    /// Threads of this execution. Components of clocks beyond it are 0.
    threads_count: usize,
}

impl Order {
    pub(crate) fn new() -> Order {
        Order { is_kept: false, threads: [UNORDERED; THREADS_MAX], threads_count: 0 }
    }

    pub(super) fn reset(&mut self) {
        self.is_kept = false;
        self.threads_count = 0;
    }

    /// There is plain data from now on.
    #[inline]
    pub(crate) fn keep(&mut self) {
        if !self.is_kept {
            self.is_kept = true;
            (0..self.threads_count).for_each(|thread| self.begin_kept(thread, None));
        }
    }

    /// A thread begins with what its parent knew.
    #[inline(always)]
    pub(crate) fn begin(&mut self, thread: usize, parent: Option<usize>) {
        self.threads_count = thread + 1;
        if self.is_kept {
            self.begin_kept(thread, parent);
        }
    }

    #[inline(never)]
    fn begin_kept(&mut self, thread: usize, parent: Option<usize>) {
        // Changed in place: a copy with one component changed is a wide load of a narrow store,
        // which stalls.
        self.threads[thread].now = match parent {
            Some(parent) => self.threads[parent].now,
            None => Clock::ZERO,
        };
        let order = &mut self.threads[thread];
        order.now.advance(thread);
        order.has_fenced = false;
        order.has_pending = false;
        if let Some(parent) = parent {
            self.threads[parent].now.advance(parent);
        }
    }

    #[inline(always)]
    pub(crate) fn now(&self, thread: usize) -> &Clock {
        &self.threads[thread].now
    }

    /// The reader learns what was published, if it acquires; keeps it for an acquire fence, if not.
    #[inline(always)]
    pub(crate) fn read(&mut self, thread: usize, published: &Published, acquire: bool) {
        if !self.is_kept || !published.some {
            return;
        }
        let order = &mut self.threads[thread % THREADS_MAX];
        if acquire {
            order.now.join_first(&published.clock, self.threads_count);
        } else if order.has_pending {
            order.pending.join_first(&published.clock, self.threads_count);
        } else {
            order.pending = published.clock;
            order.has_pending = true;
        }
    }

    /// The writer publishes what it knows, if it releases; what it knew at its last release fence,
    /// if not. A read-modify-write continues the release sequence of what it replaces; a plain
    /// store ends it.
    #[inline(always)]
    pub(crate) fn write(&mut self, thread: usize, published: &mut Published, release: bool, continues: bool) {
        if !self.is_kept {
            return;
        }
        let order = &mut self.threads[thread % THREADS_MAX];
        if !continues {
            published.clear();
        }
        let news = if release {
            &order.now
        } else if order.has_fenced {
            &order.fenced
        } else {
            return;
        };
        if published.some {
            published.clock.join_first(news, self.threads_count);
        } else {
            published.clock = *news;
            published.some = true;
        }
        if release {
            order.now.advance(thread);
        }
    }

    /// What a store publishes that is not in memory yet.
    pub(in crate::sim) fn publish(&mut self, thread: usize, release: bool) -> Published {
        let mut published = Published::NOTHING;
        self.write(thread, &mut published, release, false);
        published
    }

    pub(crate) fn fence(&mut self, thread: usize, barrier: Barrier) {
        if !self.is_kept {
            return;
        }
        let order = &mut self.threads[thread];
        if !matches!(barrier, Barrier::Write | Barrier::Release) && order.has_pending {
            let pending = order.pending;
            order.now.join_first(&pending, self.threads_count);
        }
        if !matches!(barrier, Barrier::Read | Barrier::Acquire) {
            order.fenced = order.now;
            order.has_fenced = true;
            order.now.advance(thread);
        }
    }

    /// `thread` learns everything that `ended` knew at its end.
    #[inline(always)]
    pub(crate) fn join(&mut self, thread: usize, ended: usize) {
        if !self.is_kept {
            return;
        }
        let clock = self.threads[ended].now;
        self.threads[thread].now.join_first(&clock, self.threads_count);
    }
}
