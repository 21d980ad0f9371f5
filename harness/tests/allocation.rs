//! Executions allocate nothing in the steady state: stacks, tables and traces of a worker are made once and used again.
//!
//! Every allocation of the process is counted while `explore` makes a number of executions, and twice as many: what
//! one execution allocates would show as a difference of thousands. What an exploration allocates once (stacks, tables,
//! the set of outcomes) cancels out.

use lockstep::sync::{Atomic, Ordering, Plain, SpinLock, WaitQueue, await_until};
use lockstep::{Abandon, ExploreConfig, MemoryModel, Program, Strategy, explore, probe, thread};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::AtomicU64;

/// The system's allocator, with a count of what is asked of it.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is passed on to the system's allocator as it is; counting touches no memory that is allocated.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise about `at`, `layout` and `size` is passed on.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise about `at` and `layout` is passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Something of everything that a subject without allocations of its own can use. No outcome is rare: a new one is stored, which allocates.
fn body() {
    let lock = SpinLock::named("lock");
    let queue = WaitQueue::named("queue");
    let ready = Atomic::named("ready", false);
    let count = Atomic::named(("count", 0), 0_u32);
    let data = Plain::named("data", 0_u32);
    thread::scope(|scope| {
        scope.spawn("sleeper", || {
            let _site = probe::site("sleep");
            lock.lock();
            while !ready.read_once() {
                queue.wait(&lock);
            }
            data.set(data.get() + 1);
            lock.unlock();
        });
        scope.spawn("waker", || {
            let _site = probe::site_n("wake", 1);
            count.fetch_add(1, Ordering::AcqRel);
            lock.lock();
            data.set(data.get() + 1);
            ready.write_once(true);
            queue.wake_all();
            lock.unlock();
        });
        scope.spawn(("waiter", 1), || {
            await_until(|| count.load(Ordering::Acquire) > 0);
            let _guard = lock.guard();
            data.set(data.get() + 1);
        });
        thread::spawn(move || count.fetch_add(1, Ordering::Relaxed)).join().expect("joining never fails");
    });
    probe::observe(u64::from(data.get()));
}

/// Allocations of the whole process while it makes so many executions.
fn allocations(memory: MemoryModel, strategy: Strategy, tracing: bool, executions: u64) -> u64 {
    let program = Program { body: &body, abandon: Abandon::Unwind };
    let config = ExploreConfig { memory, strategy, tracing, executions, jobs: 1, ..ExploreConfig::default() };
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let exploration = explore(&program, &config);
    let after = ALLOCATIONS.load(Ordering::Relaxed);
    assert_eq!(exploration.executions, executions);
    let outcomes: Vec<_> = exploration.outcomes.iter().map(|seen| seen.outcome.end.name()).collect();
    assert_eq!(outcomes, ["completed"], "the executions of this test differ in nothing that is stored");
    after - before
}

/// The least of several counts: the test runner's own thread allocates too, now and then.
fn least(memory: MemoryModel, strategy: Strategy, tracing: bool, executions: u64) -> u64 {
    (0..4).map(|_| allocations(memory, strategy, tracing, executions)).min().expect("four counts were made")
}

/// One test, for the count is of the whole process: what another one allocates beside it would be counted too.
#[test]
fn an_execution_allocates_nothing_once_the_tables_have_grown() {
    under_sc();
    under_other_memory_models();
}

fn under_sc() {
    for strategy in [Strategy::Uniform, Strategy::Pct { depth: 3, length: None }] {
        for tracing in [false, true] {
            // The first executions grow the tables to the longest execution.
            let once = least(MemoryModel::Sc, strategy, tracing, 10_000);
            let twice = least(MemoryModel::Sc, strategy, tracing, 20_000);
            assert_eq!(once, twice, "{strategy}, tracing {tracing}: 10,000 executions more allocate");
            assert!(once > 0, "the counter counts");
        }
    }
}

/// Views and buffers are kept as well. How long they get is rarer to be seen, so the longest of some are made first.
fn under_other_memory_models() {
    for memory in [MemoryModel::Tso, MemoryModel::Weak] {
        let once = least(memory, Strategy::Uniform, false, 20_000);
        let twice = least(memory, Strategy::Uniform, false, 40_000);
        assert!(twice < once + 100, "{}: 20,000 executions more allocate {} times", memory.name(), twice - once);
    }
}
