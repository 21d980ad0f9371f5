//! Simulated threads, in the shape of `std::thread`.

use crate::sim::{FaultKind, Label, current, op};
use std::cell::Cell;
use std::marker::PhantomData;
use std::panic::Location;

/// A started thread.
#[derive(Debug)]
pub struct JoinHandle<T> {
    thread: usize,
    result: PhantomData<fn() -> T>,
}

/// What [`JoinHandle::join`] returns.
pub type Result<T> = std::thread::Result<T>;

/// Starts a thread.
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    start(Label::from("thread"), body, Location::caller())
}

fn start<F: FnOnce() -> T, T>(label: Label, body: F, place: &'static Location<'static>) -> JoinHandle<T> {
    op::spawn(place);
    let here = current::get();
    let thread = here.with(|execution| {
        let thread = execution.spawn_thread(label, place)?;
        execution.install(thread, body);
        Some(thread)
    });
    let Some(thread) = thread else {
        let message = format!("more than {} threads in one execution", crate::THREADS_MAX);
        op::fail(FaultKind::Misuse, message, place);
    };
    JoinHandle { thread, result: PhantomData }
}

impl<T> JoinHandle<T> {
    /// Waits until the thread has ended and returns its result.
    ///
    /// # Errors
    ///
    /// Only in destructors that run after the end of the execution, if the thread had not ended: there is no result and never will be.
    /// A panic ends the whole execution and is never seen here.
    #[track_caller]
    #[inline]
    pub fn join(self) -> Result<T> {
        op::join(self.thread, Location::caller());
        let here = current::get();
        if here.with(|execution| execution.is_torn_down() && !execution.job(self.thread).has_result()) {
            return Err(Box::new("the execution is over and the thread has not ended"));
        }
        Ok(here.with(|execution| execution.job(self.thread).result::<T>()))
    }

    /// Number of the thread in its execution.
    pub fn number(&self) -> usize {
        self.thread
    }
}

/// A scope for threads that borrow. See [`std::thread::Scope`].
#[derive(Debug)]
pub struct Scope<'scope, 'env: 'scope> {
    /// The threads started in it, as a mask.
    started: Cell<u32>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// A thread started in a [`Scope`].
#[derive(Debug)]
pub struct ScopedJoinHandle<'scope, T> {
    handle: JoinHandle<T>,
    scope: PhantomData<&'scope ()>,
}

/// Runs `f` with a scope whose threads end before the scope does, so that they can borrow from outside of it.
///
/// After [`idle`] the threads that can never go on would keep the scope open for ever: then the execution ends where the scope would.
#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let place = Location::caller();
    let scope = Scope { started: Cell::new(0), scope: PhantomData, env: PhantomData };
    let closing = Closing;
    let result = f(&scope);
    std::mem::forget(closing);
    let here = current::get();
    let mut left = scope.started.get();
    while left != 0 {
        let thread = left.trailing_zeros() as usize;
        left &= left - 1;
        if here.with(|execution| execution.end_resting(thread)) {
            op::never_go_on(here);
        }
        op::join(thread, place);
    }
    drop(Results(scope.started.get()));
    result
}

/// The results that nobody has taken borrow what the scope borrows: they are dropped when it ends.
struct Results(u32);

impl Drop for Results {
    fn drop(&mut self) {
        if self.0 != 0 {
            let thread = self.0.trailing_zeros() as usize;
            // The others are dropped even if the destructor of this one panics.
            let _others = Results(self.0 & (self.0 - 1));
            let leftover = current::get().with(|execution| execution.job(thread).leftover());
            if let Some(leftover) = leftover {
                leftover.discard();
            }
        }
    }
}

/// If the closure of a scope unwinds, the threads of the scope must not run any more: what they borrow is going away.
struct Closing;

impl Drop for Closing {
    fn drop(&mut self) {
        let here = current::get();
        if here.with(|execution| execution.tear_down_scope()) {
            here.give_way();
        }
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread with a name.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, label: impl Into<Label>, body: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + 'scope,
        T: 'scope,
    {
        let handle = start(label.into(), body, Location::caller());
        self.started.set(self.started.get() | 1 << handle.thread);
        ScopedJoinHandle { handle, scope: PhantomData }
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits until the thread has ended and returns its result.
    #[track_caller]
    #[inline]
    pub fn join(self) -> T {
        self.handle.join().expect("a scoped thread ends before its scope")
    }

    /// Number of the thread in its execution.
    pub fn number(&self) -> usize {
        self.handle.thread
    }
}

/// Offers to give way.
#[track_caller]
pub fn yield_now() {
    op::yield_now(Location::caller());
}

/// Blocks until no other thread can run: all have ended or are blocked. The caller may then look at the final state and say what it
/// means. Threads that are blocked on locks for ever end the execution as a deadlock instead.
#[track_caller]
pub fn idle() {
    op::idle(Location::caller());
}

/// Number of the calling thread; the main thread has 0.
pub fn current() -> usize {
    current::get().with(|execution| execution.running())
}

/// Whether a thread has ended or, after [`idle`], waits for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It ran to its end.
    Finished,
    /// It has not.
    Blocked,
}

/// Whether the thread of that number has ended.
pub fn status(thread: usize) -> Status {
    if current::get().with(|execution| execution.has_finished(thread)) { Status::Finished } else { Status::Blocked }
}
