//! Simulated threads, in the shape of `std::thread`.

pub mod std_scope;

use crate::sim::{FaultKind, Label, Looks, Place, Stuck, Ticket, current, message, op};
use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::needs_drop;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};

/// A started thread.
///
/// Who drops the handle has no use for the result. As in the standard library, the thread drops it
/// then as its last act; if the thread has ended before, who drops the handle does. Which of both
/// happens is a choice of the schedule if the result has a destructor.
#[derive(Debug)]
pub struct JoinHandle<T> {
    ticket: Ticket,
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
    let started = start(Label::from("thread"), body, false, Location::caller());
    JoinHandle { ticket: started.map_or(Ticket::NOTHING, |(ticket, _)| ticket), result: PhantomData }
}

/// The ticket of the thread and its number. Nothing after the end of the execution: no thread is
/// started then.
fn start<F: FnOnce() -> T, T>(
    label: Label,
    body: F,
    is_scoped: bool,
    place: &'static Location<'static>,
) -> Option<(Ticket, usize)> {
    op::spawn(place);
    let here = current::get();
    if here.with(|execution| execution.is_torn_down()) {
        return None;
    }
    let Some(thread) = here.with(|execution| execution.spawn_thread(label, place)) else {
        let message = format!("more than {} threads in one execution", crate::THREADS_MAX);
        op::fail(FaultKind::Misuse, message, place);
    };
    here.with(|execution| {
        if is_scoped {
            execution.lend_to(thread);
        }
        execution.install(thread, body);
        Some((execution.thread_ticket(thread), thread))
    })
}

impl<T> JoinHandle<T> {
    /// Waits until the thread has ended and returns its result.
    ///
    /// # Errors
    ///
    /// Only in destructors that run after the end of the execution, if the thread had not ended:
    /// there is no result and never will be. A panic ends the whole execution and is never seen
    /// here.
    #[track_caller]
    #[inline]
    pub fn join(self) -> Result<T> {
        let ticket = self.ticket;
        // The result is taken, not dropped.
        std::mem::forget(self);
        let joined = op::join(ticket, Location::caller());
        let result = joined.and_then(|thread| {
            current::get().with(|execution| {
                let job = execution.job(thread);
                job.has_result().then(|| job.result::<T>())
            })
        });
        result.ok_or_else(|| Box::new("the execution is over and the thread has not ended") as _)
    }

    /// Number of the thread in its execution.
    pub fn number(&self) -> usize {
        self.ticket.number()
    }
}

impl<T> Drop for JoinHandle<T> {
    #[inline]
    fn drop(&mut self) {
        op::drop_handle(self.ticket, needs_drop::<T>());
    }
}

const FORGOTTEN: &str = "the handle of a thread of the scope was forgotten: the standard library would never leave the \
                         scope; drop the handle or join the thread";

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

/// Runs `f` with a scope whose threads end before the scope does, so that they can borrow from
/// outside of it.
///
/// If `f` panics, the panic goes on when the threads have ended, as with [`std::thread::scope`].
/// That one never ends if the handle of a thread is forgotten; this one ends the execution in a
/// misuse then.
///
/// After [`idle`] the threads that can never go on would keep the scope open for ever: then the
/// execution ends where the scope would.
#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let scope = Scope::new();
    run_scope(&scope, Location::caller(), || f(&scope))
}

/// Runs `f`, which starts threads in the scope, until they have ended.
fn run_scope<T>(scope: &Scope<'_, '_>, place: Place, f: impl FnOnce() -> T) -> T {
    let here = current::get();
    let result = catch_unwind(AssertUnwindSafe(f));
    if let Err(payload) = &result
        && !here.with(|execution| execution.is_torn_down())
    {
        here.with(|execution| execution.delay_panic(message(&**payload)));
    }
    let closed = catch_unwind(AssertUnwindSafe(|| scope.close(place)));
    // If the execution is over, what is left of the threads goes before what it borrows.
    let threads = scope.started.get();
    while here.with(|execution| execution.has_to_clear(threads)) {
        here.stick(Stuck::Threads(threads));
    }
    match (closed, result) {
        (Ok(()), result) => result.unwrap_or_else(|payload| {
            here.with(|execution| execution.end_delay());
            resume_unwind(payload)
        }),
        (Err(over), Ok(_)) => resume_unwind(over),
        (Err(over), Err(payload)) => {
            // Its destructor may panic, which nothing that unwinds survives.
            here.with(|execution| execution.keep_payload(payload));
            resume_unwind(over)
        }
    }
}

impl<'scope, 'env> Scope<'scope, 'env> {
    fn new() -> Scope<'scope, 'env> {
        Scope { started: Cell::new(0), scope: PhantomData, env: PhantomData }
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Waits for all threads, also those that one of them starts meanwhile.
    fn close(&self, place: Place) {
        let here = current::get();
        let mut joined = 0;
        while self.started.get() & !joined != 0 {
            let thread = (self.started.get() & !joined).trailing_zeros() as usize;
            joined |= 1 << thread;
            if here.with(|execution| execution.end_resting(thread)) {
                op::never_go_on(here);
            }
            op::join_own(thread, place);
        }
        here.with(|execution| execution.leave_scope());
        // What is forgotten may borrow what the scope borrows, and a handle that nobody has can
        // still be joined by what is.
        if here.with(|execution| execution.has_forgotten(joined)) {
            op::end_faulty(FaultKind::Misuse, FORGOTTEN.to_owned(), place);
        }
    }

    /// Starts a thread with a name.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, label: impl Into<Label>, body: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + 'scope,
        T: 'scope,
    {
        let started = start(label.into(), body, true, Location::caller());
        if let Some((_, thread)) = started {
            self.started.set(self.started.get() | 1 << thread);
        }
        let ticket = started.map_or(Ticket::NOTHING, |(ticket, _)| ticket);
        ScopedJoinHandle { handle: JoinHandle { ticket, result: PhantomData }, scope: PhantomData }
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits until the thread has ended and returns its result.
    #[track_caller]
    #[inline]
    pub fn join(self) -> T {
        // There is a result unless the execution is over.
        self.handle.join().unwrap_or_else(|_| op::never_get(current::get()))
    }

    /// Number of the thread in its execution.
    pub fn number(&self) -> usize {
        self.handle.number()
    }
}

/// Offers to give way.
#[track_caller]
pub fn yield_now() {
    op::yield_now(Location::caller());
}

/// Blocks until no other thread can run: all have ended or are blocked. The caller may then look at
/// the final state and say what it means. Threads that are blocked on locks for ever end the
/// execution as a deadlock instead; so does one that waits for a lock which the caller holds
/// itself, for the caller would release it only later.
///
/// If several threads idle, the schedule chooses which of them goes on; the others do when no
/// thread can run again. But when the main thread has ended after a rest, the execution is over and
/// nobody goes on.
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
///
/// # Panics
///
/// In the subject, if there is no thread of that number.
#[track_caller]
pub fn status(thread: usize) -> Status {
    let place = Location::caller();
    let has_finished = current::get().with(|execution| {
        execution.looks(Looks::AtOtherThread, place);
        execution.has_finished(thread)
    });
    match has_finished {
        Some(true) => Status::Finished,
        Some(false) => Status::Blocked,
        None => panic!("there is no thread of the number {thread}"),
    }
}
