//! The switch of stacks where tools look on that know only threads of the system: Miri, and the
//! sanitizers.
//!
//! In place of `switch.rs`, under Miri or if the crate is built with `--cfg lockstep_os_threads`. A
//! simulated thread runs on a thread of the system that waits until it is handed the baton; whoever
//! hands it over waits in turn. So as before one runs at a time, and what it does happens before
//! what the next one does, but now the tool can tell.
//!
//! Deviations: much slower; stacks are not checked for running low; a thread's locals are its own,
//! while threads on coroutines share them.

use super::super::event::{Kind, Place};
use super::super::execution::Execution;
use super::super::ticket::Ticket;
use super::current;
use super::repeat::Repeat;
use super::stacks::Limits;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;

/// Go on.
pub(super) const GO_ON: usize = 0;
/// The stack is abandoned: unwind it.
pub(super) const UNWIND: usize = 1;

/// The first function of a thread.
pub(super) type First = extern "C" fn();

/// What is said with the baton.
enum Word {
    /// The thread goes on, by this order.
    Order(usize),
    /// It begins, with this function, as a thread of this execution.
    Begin(First, *mut Execution, *const Limits),
    /// It is not needed any more.
    Quit,
}

// SAFETY: whoever gets the pointers uses them while it has the baton.
unsafe impl Send for Word {}

/// What a thread waits for.
struct Baton {
    word: Mutex<Option<Word>>,
    given: Condvar,
}

const POISON: &str = "nobody panics with the baton in hand";

impl Baton {
    fn new() -> Arc<Baton> {
        Arc::new(Baton { word: Mutex::new(None), given: Condvar::new() })
    }

    fn give(&self, word: Word) {
        *self.word.lock().expect(POISON) = Some(word);
        self.given.notify_one();
    }

    fn wait(&self) -> Word {
        let mut word = self.word.lock().expect(POISON);
        loop {
            match word.take() {
                Some(said) => return said,
                None => word = self.given.wait(word).expect(POISON),
            }
        }
    }
}

/// A suspended thread: the baton it waits for, as its own reference to it, or that of a thread that
/// waits for something to do, with the function that it is to begin with. Meaningless while it
/// runs.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Context {
    baton: *const Baton,
    first: Option<First>,
}

impl Context {
    pub(in crate::sim) const NONE: Context = Context { baton: std::ptr::null(), first: None };

    /// # Safety
    /// The thread is suspended, and was not told to go on since.
    unsafe fn go_on(self, order: usize) {
        match self.first {
            // SAFETY: the thread that waits for something to do is that of a `Stack`, which
            // outlives its contexts.
            Some(first) => unsafe { &*self.baton }.give(Word::Begin(first, current::root(), current::limits_or_none())),
            // SAFETY: `switch` has made it, and it is used once.
            None => unsafe { Arc::from_raw(self.baton) }.give(Word::Order(order)),
        }
    }
}

/// A thread of the system that runs simulated threads, one after the other.
pub(super) struct Stack {
    baton: Arc<Baton>,
    thread: Option<JoinHandle<()>>,
}

impl Stack {
    pub(super) fn new() -> Stack {
        let baton = Baton::new();
        let own = Arc::clone(&baton);
        let thread = std::thread::spawn(move || {
            while let Word::Begin(first, execution, limits) = own.wait() {
                let _adopted = current::adopt(execution, limits);
                first();
            }
        });
        Stack { baton, thread: Some(thread) }
    }

    /// Nothing is known of where it ends.
    pub(super) fn limit(&self) -> usize {
        0
    }

    /// Nor where it begins.
    pub(super) fn top(&self) -> usize {
        0
    }

    /// The thread where it is going to begin with this function.
    pub(super) fn prepare(&self, first: First) -> Context {
        Context { baton: Arc::as_ptr(&self.baton), first: Some(first) }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.baton.give(Word::Quit);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Suspends the running thread into `from` and resumes `to`. Returns, once somebody resumes `from`,
/// the order given then.
///
/// # Safety
/// `to` holds a thread that `switch` suspended or `prepare` made and that was not resumed since;
/// `from` is where others look for the running one. No reference that another thread may use
/// meanwhile is alive.
pub(super) unsafe fn switch(from: *mut Context, to: *const Context, order: usize) -> usize {
    let baton = Baton::new();
    // SAFETY: the caller has the two places to itself until it has handed over, and says that `to`
    // is suspended.
    unsafe {
        let to = to.read();
        from.write(Context { baton: Arc::into_raw(Arc::clone(&baton)), first: None });
        to.go_on(order);
    }
    match baton.wait() {
        Word::Order(order) => order,
        Word::Begin(..) | Word::Quit => unreachable!("a suspended thread is in the middle of something"),
    }
}

/// As `switch`, of a thread that has ended.
///
/// # Safety
/// As for `switch`.
pub(super) unsafe fn leave(_from: *mut Context, to: *const Context) {
    // SAFETY: as above.
    unsafe { to.read().go_on(GO_ON) };
}

/// Whether [`with_local_state`] can be used.
pub(in crate::sim) const FINDS_LOOPS: bool = false;

/// Nothing is known, and nobody asks.
///
/// # Safety
/// None.
pub(super) unsafe fn with_local_state(_: Ticket, _: Kind, _: Place, _: usize, _: Repeat) {
    unreachable!("no loop is found here")
}

/// Nobody looks at stacks.
///
/// # Safety
/// None.
pub(super) unsafe fn wipe() {}

/// Above every floor.
pub(in crate::sim) fn stack_pointer() -> usize {
    usize::MAX
}
