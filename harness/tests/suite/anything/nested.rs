//! Programs that are trees: they panic and catch it, have destructors that act, start threads inside of threads, and make objects
//! in the middle. The main thread acts beside the others.

use super::{Known, Op, Play, World, perform};
use lockstep::probe::observe;
use lockstep::sync::{Atomic, Mutex, Ordering::Relaxed, SpinLock};
use lockstep::thread::scope;
use proptest::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Does(Op),
    /// Panics if the word has the value.
    Panics(usize, u64),
    /// Observes whether what is inside has panicked.
    Catch(Vec<Node>),
    /// As `Catch`; on the way out a destructor stores this and reads it back.
    CatchAndStore(usize, u64, Vec<Node>),
    /// As `Catch`; on the way out a destructor takes the lock and stores.
    CatchAndLock(usize, Vec<Node>),
    /// Panics again when it has caught a panic and stored something.
    Rethrow(Vec<Node>),
    /// Under the guard of a lock.
    Section(usize, Vec<Node>),
    /// In a thread of a scope of its own.
    Scope(Vec<Node>),
    /// Makes a word and shows it to the others.
    Make(u64),
    /// Reads the word that was shown last.
    ReadMade,
}

/// What the threads do, and what main does beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub threads: Vec<Vec<Node>>,
    pub main: Vec<Node>,
}

fn leaf() -> impl Strategy<Value = Node> {
    let two = 0..2_usize;
    let op = prop_oneof![
        3 => two.clone().prop_map(Op::Load),
        3 => (two.clone(), 1..3_u64).prop_map(|(word, value)| Op::Store(word, value)),
        1 => two.clone().prop_map(Op::Add),
        1 => (two.clone(), 0..2_u64).prop_map(|(word, old)| Op::Exchange(word, old, 2)),
        1 => (two.clone(), 1..3_u64).prop_map(|(word, value)| Op::StoreFully(word, value)),
        1 => (two.clone(), 1..2_u64).prop_map(|(word, value)| Op::Await(word, value)),
        1 => Just(Op::PlainRead(0)),
        1 => Just(Op::PlainWrite(0)),
        1 => Just(Op::Fence),
        1 => (two.clone(), 1..3_u64).prop_map(|(word, value)| Op::BugIf(word, value)),
    ];
    let made = prop_oneof![(0..3_u64).prop_map(Node::Make), Just(Node::ReadMade)];
    prop_oneof![8 => op.prop_map(Node::Does), 2 => (two, 0..3_u64).prop_map(|(word, value)| Node::Panics(word, value)), 2 => made]
}

fn nodes(length: usize) -> impl Strategy<Value = Vec<Node>> {
    let node = leaf().prop_recursive(2, 4, 2, |inner| {
        let inner = prop::collection::vec(inner, 1..=2);
        prop_oneof![
            inner.clone().prop_map(Node::Catch),
            (0..2_usize, 1..3_u64, inner.clone())
                .prop_map(|(word, value, inner)| Node::CatchAndStore(word, value, inner)),
            (0..2_usize, inner.clone()).prop_map(|(lock, inner)| Node::CatchAndLock(lock, inner)),
            inner.clone().prop_map(Node::Rethrow),
            (0..2_usize, inner.clone()).prop_map(|(lock, inner)| Node::Section(lock, inner)),
            inner.prop_map(Node::Scope),
        ]
    });
    prop::collection::vec(node, 0..=length)
}

/// Programs of two or three threads.
pub fn programs() -> impl Strategy<Value = Program> {
    let threads = prop_oneof![
        2 => prop::collection::vec(nodes(2), 2..=2),
        1 => prop::collection::vec(nodes(1), 3..=3),
    ];
    (threads, prop::collection::vec(leaf(), 0..=1)).prop_map(|(threads, main)| Program { threads, main })
}

/// The words that were made by [`Node::Make`] are shown here.
type Shown = Mutex<Option<Atomic<u64>>>;

struct StoresWhenDropped(Atomic<u64>, u64);

impl Drop for StoresWhenDropped {
    fn drop(&mut self) {
        self.0.store(self.1, Relaxed);
        observe(50 + self.0.load(Relaxed));
    }
}

struct LocksWhenDropped(SpinLock, Atomic<u64>);

impl Drop for LocksWhenDropped {
    fn drop(&mut self) {
        self.0.lock();
        self.1.store(2, Relaxed);
        self.0.unlock();
    }
}

impl Play for Program {
    fn play(&self) {
        let world = World::new();
        let shown: &Shown = &Mutex::new(None);
        scope(|threads| {
            for (number, nodes) in self.threads.iter().enumerate() {
                threads.spawn(("thread", number as u32), move || run(nodes, world, shown));
            }
            run(&self.main, world, shown);
        });
        world.words.iter().for_each(|word| observe(word.load(Relaxed)));
    }
}

fn run(nodes: &[Node], world: World, shown: &Shown) {
    nodes.iter().for_each(|node| act(node, world, shown));
}

fn caught(inside: impl FnOnce()) {
    let has_panicked = catch_unwind(AssertUnwindSafe(inside)).is_err();
    observe(80 + u64::from(has_panicked));
}

fn act(node: &Node, world: World, shown: &Shown) {
    match node {
        Node::Does(op) => perform(*op, world, &mut Known::default()),
        Node::Panics(word, value) => {
            if world.words[*word].load(Relaxed) == *value {
                // Past the hook, which would print something each time.
                resume_unwind(Box::new("the word has the value"));
            }
        }
        Node::Catch(inner) => caught(|| run(inner, world, shown)),
        Node::CatchAndStore(word, value, inner) => caught(|| {
            let _stores = StoresWhenDropped(world.words[*word], *value);
            run(inner, world, shown);
        }),
        Node::CatchAndLock(lock, inner) => caught(|| {
            let _locks = LocksWhenDropped(world.locks[*lock], world.words[0]);
            run(inner, world, shown);
        }),
        Node::Rethrow(inner) => {
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| run(inner, world, shown))) {
                world.words[1].store(1, Relaxed);
                resume_unwind(payload);
            }
        }
        Node::Section(lock, inner) => {
            let _guard = world.locks[*lock].guard();
            run(inner, world, shown);
        }
        Node::Scope(inner) => scope(|threads| _ = threads.spawn("inner", move || run(inner, world, shown))),
        Node::Make(value) => {
            let word = Atomic::named("made", *value);
            let mut shown = shown.lock().unwrap();
            *shown = Some(word);
            drop(shown);
            word.store(value + 1, Relaxed);
        }
        Node::ReadMade => {
            let shown = shown.lock().unwrap();
            let word = *shown;
            drop(shown);
            if let Some(word) = word {
                observe(word.load(Relaxed));
            }
        }
    }
}
