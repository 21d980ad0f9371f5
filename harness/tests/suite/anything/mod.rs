//! Small programs of everything that the machine has, as data.

pub mod dense;
pub mod nested;

use lockstep::probe::{Observer, bug, observe};
use lockstep::sync::{
    Atomic, Ghost, Mutex, Ordering::AcqRel, Ordering::Acquire, Ordering::Relaxed, Ordering::Release, Ordering::SeqCst,
    Plain, ReadWriteLock, SpinLock, UnlockWait, WaitQueue, await_until, smp_mb, smp_rmb, smp_wmb, std_atomic::fence,
};
use lockstep::thread::{JoinHandle, Status, current, idle, scope, spawn, status, yield_now};
use proptest::prelude::*;
use std::collections::VecDeque;
use std::fmt::Debug;

/// What a thread does. What it reads is observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Lock(usize),
    Unlock(usize),
    TryLock(usize),
    /// Tries, and unlocks if that worked.
    TrySection(usize),
    IsLocked(usize),
    UnlockWait(usize),
    ReadLock,
    ReadUnlock,
    WriteLock,
    WriteUnlock,
    Wait(usize),
    WakeOne,
    WakeAll,
    Load(usize),
    LoadAcquire(usize),
    Store(usize, u64),
    StoreRelease(usize),
    StoreFully(usize, u64),
    Add(usize),
    Exchange(usize, u64, u64),
    Await(usize, u64),
    /// Until the sum of both words is this.
    AwaitSum(u64),
    AwaitUnlocked(usize),
    PlainRead(usize),
    PlainWrite(usize),
    GhostRead,
    /// A read and a write.
    GhostAdd,
    Note,
    Peek(usize),
    Status(usize),
    Fence,
    Yield,
    BugIf(usize, u64),
    PanicIf(usize, u64),
    /// Starts a thread that reads, writes or does nothing.
    Spawn(u8),
    /// As `Spawn`, and joins it.
    SpawnJoin(u8),
    /// Makes a lock and a word, and uses them.
    Make,

    // Only in dense programs.
    /// Does the next operation only if the last value observed is this.
    When(u64),
    /// A bug, if the last value observed is this.
    BugSeen(u64),
    /// Stores one more than the last value observed.
    StoreSeen(usize),
    Swap(usize),
    ExchangeRelaxed(usize, u64, u64),
    /// May fail for no reason.
    ExchangeWeakly(usize, u64, u64),
    /// Adds one by comparing and exchanging, twice at most.
    Retry(usize),
    /// Until one of the words is this; reads the second only if the first is not.
    AwaitEither(u64),
    /// Until it has exchanged the word itself.
    AwaitExchange(usize, u64, u64),
    /// Until it has taken the lock by trying.
    AwaitTry(usize),
    UnlockWaitRelaxed(usize),
    UnlockWaitFully(usize),
    FenceRead,
    FenceWrite,
    FenceAcquire,
    FenceRelease,
    FenceFully,
    LoadFully(usize),
    // The kernel's read-modify-writes.
    AddFully(usize),
    AddRelease(usize),
    AddSilently(usize),
    SwapFully(usize),
    ExchangeFully(usize, u64, u64),
    ExchangeRelease(usize, u64, u64),
    /// Starts a thread that is joined by `Join`.
    SpawnKept(u8),
    /// Joins the first thread that was started and not joined.
    Join,
}

/// What main does when it has started the threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Main {
    Joins,
    Idles,
    /// Idles, and then this.
    Goes(Vec<Op>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub threads: Vec<Vec<Op>>,
    pub main: Main,
}

fn simple() -> impl Strategy<Value = Op> {
    let two = 0..2_usize;
    let words = prop_oneof![
        4 => two.clone().prop_map(Op::Load),
        4 => (two.clone(), 1..3_u64).prop_map(|(word, value)| Op::Store(word, value)),
        1 => two.clone().prop_map(Op::LoadAcquire),
        1 => two.clone().prop_map(Op::StoreRelease),
        1 => (two.clone(), 1..3_u64).prop_map(|(word, value)| Op::StoreFully(word, value)),
        2 => two.clone().prop_map(Op::Add),
        2 => (two.clone(), 0..2_u64, 1..3_u64).prop_map(|(word, old, new)| Op::Exchange(word, old, new)),
        1 => (two.clone(), 0..3_u64).prop_map(|(word, value)| Op::Await(word, value)),
        1 => (0..3_u64).prop_map(Op::AwaitSum),
        1 => two.clone().prop_map(Op::Peek),
    ];
    let locks = prop_oneof![
        2 => two.clone().prop_map(Op::TryLock),
        1 => two.clone().prop_map(Op::TrySection),
        1 => two.clone().prop_map(Op::IsLocked),
        1 => two.clone().prop_map(Op::UnlockWait),
        1 => two.clone().prop_map(Op::AwaitUnlocked),
        1 => two.clone().prop_map(Op::Lock),
        1 => two.clone().prop_map(Op::Unlock),
        2 => Just(Op::WakeOne),
        1 => Just(Op::WakeAll),
    ];
    let others = prop_oneof![
        2 => two.clone().prop_map(Op::PlainRead),
        2 => two.clone().prop_map(Op::PlainWrite),
        1 => Just(Op::GhostRead),
        1 => Just(Op::GhostAdd),
        1 => Just(Op::Note),
        1 => Just(Op::Fence),
        1 => Just(Op::Yield),
        1 => Just(Op::Make),
        1 => (0..3_usize).prop_map(Op::Status),
        1 => (two.clone(), 0..3_u64).prop_map(|(word, value)| Op::BugIf(word, value)),
        1 => (two, 0..3_u64).prop_map(|(word, value)| Op::PanicIf(word, value)),
        1 => (0..3_u8).prop_map(Op::Spawn),
        1 => (0..3_u8).prop_map(Op::SpawnJoin),
    ];
    prop_oneof![4 => words, 3 => locks, 3 => others]
}

fn ops(length: usize) -> impl Strategy<Value = Vec<Op>> {
    let section = (0..2_usize, simple(), 0..7_u8).prop_map(|(lock, inner, kind)| match kind {
        0 => vec![Op::Lock(lock), Op::Wait(lock), Op::Unlock(lock)],
        1 => vec![Op::Lock(lock), Op::Lock(1 - lock), Op::Unlock(1 - lock), Op::Unlock(lock)],
        2 => vec![Op::ReadLock, inner, Op::ReadUnlock],
        3 => vec![Op::WriteLock, inner, Op::WriteUnlock],
        4 => vec![Op::ReadLock, Op::ReadUnlock],
        _ => vec![Op::Lock(lock), inner, Op::Unlock(lock)],
    });
    let item = prop_oneof![1 => simple().prop_map(|op| vec![op]), 1 => section];
    prop::collection::vec(item, length / 2..=length).prop_map(move |items| {
        let mut ops = items.concat();
        ops.truncate(length);
        ops
    })
}

/// Programs of two to four threads.
pub fn programs() -> impl Strategy<Value = Program> {
    let threads = prop_oneof![
        3 => prop::collection::vec(ops(5), 2..=2),
        2 => (ops(7), ops(3)).prop_map(|(long, short)| vec![long, short]),
        3 => prop::collection::vec(ops(3), 3..=3),
        1 => (ops(4), ops(3), ops(2)).prop_map(|(long, short, last)| vec![short, long, last]),
        1 => prop::collection::vec(ops(2), 4..=4),
    ];
    let main = prop_oneof![3 => Just(Main::Joins), 1 => Just(Main::Idles), 2 => ops(2).prop_map(Main::Goes)];
    (threads, main).prop_map(|(threads, main)| Program { threads, main })
}

#[derive(Clone, Copy)]
struct World {
    locks: [SpinLock; 2],
    read_write: ReadWriteLock,
    queue: WaitQueue,
    words: [Atomic<u64>; 2],
    plain: [Plain<u64>; 2],
    ghost: Ghost<u64>,
    observer: Observer,
}

impl World {
    fn new() -> World {
        World {
            locks: std::array::from_fn(|number| SpinLock::named(("lock", number as u32))),
            read_write: ReadWriteLock::named("read-write"),
            queue: WaitQueue::named("queue"),
            words: std::array::from_fn(|number| Atomic::named(("word", number as u32), 0)),
            plain: std::array::from_fn(|number| Plain::named(("plain", number as u32), 0)),
            ghost: Ghost::named("ghost", 0),
            observer: Observer::named("observer"),
        }
    }
}

/// A program that can be run as the body of a subject.
pub trait Play: Debug + Sync {
    fn play(&self);
}

/// The program as a subject.
pub fn body(program: &impl Play) -> impl Fn() + Sync + '_ {
    move || program.play()
}

impl Play for Program {
    fn play(&self) {
        let world = World::new();
        scope(|threads| {
            for (number, ops) in self.threads.iter().enumerate() {
                threads.spawn(("thread", number as u32), move || run(ops, world));
            }
            if self.main == Main::Joins {
                return;
            }
            idle();
            (1..=self.threads.len()).for_each(ask);
            if let Main::Goes(ops) = &self.main {
                run(ops, world);
                world.words.iter().for_each(|word| observe(word.peek()));
            }
        });
        world.words.iter().for_each(|word| observe(word.peek()));
    }
}

fn ask(thread: usize) {
    observe(u64::from(status(thread) == Status::Finished));
}

/// What a thread of the program knows.
#[derive(Default)]
struct Known {
    /// The last value observed.
    seen: u64,
    /// Threads started and not joined.
    kept: VecDeque<JoinHandle<()>>,
}

fn run(ops: &[Op], world: World) {
    let mut known = Known::default();
    let mut ops = ops.iter();
    while let Some(&op) = ops.next() {
        match op {
            Op::When(value) if known.seen != value => _ = ops.next(),
            op => perform(op, world, &mut known),
        }
    }
}

fn perform(op: Op, world: World, known: &mut Known) {
    let last = known.seen;
    let mut observe = |word| {
        known.seen = word;
        observe(word);
    };
    let World { locks, read_write, queue, words, plain, ghost, observer } = world;
    match op {
        Op::Lock(lock) => locks[lock].lock(),
        Op::Unlock(lock) => locks[lock].unlock(),
        Op::TryLock(lock) => observe(u64::from(locks[lock].try_lock())),
        Op::TrySection(lock) => {
            if locks[lock].try_lock() {
                observe(1);
                locks[lock].unlock();
            }
        }
        Op::IsLocked(lock) => observe(u64::from(locks[lock].is_locked())),
        Op::UnlockWait(lock) => locks[lock].unlock_wait(UnlockWait::Acquire),
        Op::ReadLock => read_write.read_lock(),
        Op::ReadUnlock => read_write.read_unlock(),
        Op::WriteLock => read_write.write_lock(),
        Op::WriteUnlock => read_write.write_unlock(),
        Op::Wait(lock) => queue.wait(&locks[lock]),
        Op::WakeOne => queue.wake_one(),
        Op::WakeAll => queue.wake_all(),
        Op::Load(word) => observe(words[word].load(Relaxed)),
        Op::LoadAcquire(word) => observe(words[word].load(Acquire)),
        Op::Store(word, value) => words[word].store(value, Relaxed),
        Op::StoreRelease(word) => words[word].store(1, Release),
        Op::StoreFully(word, value) => words[word].store(value, SeqCst),
        Op::Add(word) => observe(words[word].fetch_add(1, AcqRel)),
        Op::Exchange(word, old, new) => {
            observe(words[word].compare_exchange(old, new, AcqRel, Acquire).unwrap_or_else(|found| found + 10));
        }
        Op::Await(word, value) => await_until(|| words[word].load(Acquire) == value),
        Op::AwaitSum(value) => await_until(|| words[0].load(Acquire) + words[1].load(Relaxed) == value),
        Op::AwaitUnlocked(lock) => await_until(|| !locks[lock].is_locked()),
        Op::PlainRead(at) => observe(plain[at].get()),
        Op::PlainWrite(at) => plain[at].set(7),
        Op::GhostRead => observe(ghost.get()),
        Op::GhostAdd => ghost.set(ghost.get() + 1),
        Op::Note => observer.note(current() as u64),
        Op::Peek(word) => observe(words[word].peek()),
        Op::Status(thread) => ask(thread),
        Op::Fence => smp_mb(),
        Op::Yield => yield_now(),
        Op::BugIf(word, value) => {
            if words[word].load(Relaxed) == value {
                bug("the word has the value");
            }
        }
        Op::PanicIf(word, value) => assert!(words[word].load(Relaxed) != value, "the word has the value"),
        Op::Spawn(kind) => {
            let _detached = start(kind, world);
        }
        Op::SpawnJoin(kind) => {
            let Ok(()) = start(kind, world).join() else { return };
        }
        Op::Make => {
            let lock = Mutex::new(1_u64);
            let word = Atomic::new(0_u64);
            let mut one = lock.lock().unwrap();
            *one += 1;
            drop(one);
            word.store(1, Relaxed);
            observe(word.load(Relaxed));
        }
        Op::When(_) => {}
        Op::BugSeen(value) => {
            if last == value {
                bug("the value was observed");
            }
        }
        Op::StoreSeen(word) => words[word].store(last + 1, Relaxed),
        Op::Swap(word) => observe(words[word].swap(2, Relaxed)),
        Op::ExchangeRelaxed(word, old, new) => {
            observe(words[word].compare_exchange(old, new, Relaxed, Relaxed).unwrap_or_else(|found| found + 10));
        }
        Op::ExchangeWeakly(word, old, new) => {
            observe(words[word].compare_exchange_weak(old, new, AcqRel, Relaxed).unwrap_or_else(|found| found + 10));
        }
        Op::Retry(word) => {
            let add = |_| {
                let old = words[word].load(Relaxed);
                words[word].compare_exchange(old, old + 1, AcqRel, Relaxed).ok()
            };
            observe((0..2).find_map(add).unwrap_or(10));
        }
        Op::AwaitEither(value) => await_until(|| words.iter().any(|word| word.load(Acquire) == value)),
        Op::AwaitExchange(word, old, new) => await_until(|| words[word].cmpxchg(old, new) == old),
        Op::AwaitTry(lock) => await_until(|| locks[lock].try_lock()),
        Op::UnlockWaitRelaxed(lock) => locks[lock].unlock_wait(UnlockWait::Relaxed),
        Op::UnlockWaitFully(lock) => locks[lock].unlock_wait(UnlockWait::LockUnlock),
        Op::FenceRead => smp_rmb(),
        Op::FenceWrite => smp_wmb(),
        Op::FenceAcquire => fence(Acquire),
        Op::FenceRelease => fence(Release),
        Op::FenceFully => fence(SeqCst),
        Op::LoadFully(word) => observe(words[word].load(SeqCst)),
        Op::AddFully(word) => observe(words[word].update_fully(|value| value + 1)),
        Op::AddRelease(word) => observe(words[word].update_release(|value| value + 1)),
        Op::AddSilently(word) => words[word].update_silently(|value| value + 1),
        Op::SwapFully(word) => observe(words[word].xchg(3)),
        Op::ExchangeFully(word, old, new) => observe(words[word].cmpxchg(old, new)),
        Op::ExchangeRelease(word, old, new) => observe(words[word].cmpxchg_release(old, new)),
        Op::SpawnKept(kind) => known.kept.push_back(start(kind, world)),
        Op::Join => {
            if let Some(Err(_)) = known.kept.pop_front().map(JoinHandle::join) {
                known.seen = 0;
            }
        }
    }
}

fn start(kind: u8, World { words, plain, .. }: World) -> JoinHandle<()> {
    spawn(move || match kind {
        0 => observe(words[0].load(Relaxed)),
        1 => words[1].store(3, Relaxed),
        3 => words[0].store(words[1].load(Relaxed) + 1, Relaxed),
        4 => {
            words[0].store(1, Relaxed);
            words[1].store(1, Relaxed);
            observe(words[0].load(Relaxed));
        }
        5 => observe(words[0].fetch_add(1, Relaxed)),
        6 => plain[0].set(1),
        _ => {}
    })
}
