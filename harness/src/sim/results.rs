//! The result of a thread that nobody takes.
//!
//! As in the standard library, the thread and its handle share the result, and who lets go of it last drops it: the thread, as its last
//! act, if the handle is gone by then; else whoever drops the handle. To let go is an event, a read-modify-write of a word that stands for
//! the count of the library's `Arc`: so a search tries both orders, and the memory model has what the last one does come after what the
//! first one did.
//!
//! Results without a destructor have no such events: whoever drops them does nothing.
//! Limits: the library leaks a result whose handle is forgotten; here it is dropped at the end of its scope, or when the execution is over. The
//! library ends the process if a destructor panics in the thread; here that is a panic of the thread like any other.

use super::coroutine::current::{self, Handle};
use super::event::Place;
use super::execution::Execution;
use super::object::Label;
use super::ops::update;
use super::ticket::Ticket;
use crate::schedule::{hash_name, hash_path};
use std::sync::atomic::Ordering;

const HASH_OF_RESULTS: u64 = hash_name("results of threads");

impl Execution {
    /// The word that says whether the thread or its handle has let go of the result.
    fn word_of_result(&mut self, thread: usize, place: Place) -> Ticket {
        if let Some(&(_, word)) = self.results_shared.iter().find(|(of, _)| *of == thread) {
            return word;
        }
        let hash = hash_path(HASH_OF_RESULTS, self.lineage.path(thread));
        let label = Label::from(("result of thread", thread as u32));
        let word = self.create_known(hash, label, place);
        self.results_shared.push((thread, word));
        word
    }

    /// Where the running thread was last.
    fn last_place(&self) -> Place {
        self.threads[self.me].intent.place
    }
}

/// The caller lets go of the result of a thread, and drops it if it is the last.
fn let_go(here: Handle, thread: usize) {
    let (word, place) = here.with(|execution| {
        let place = execution.last_place();
        (execution.word_of_result(thread, place), place)
    });
    let has_other = update(word, Ordering::AcqRel, Ordering::Acquire, place, |_| Some(1)) == 0;
    if !has_other && let Some(leftover) = here.leftover(thread) {
        leftover.discard();
    }
}

/// The job of the running thread has returned, with a result that has a destructor.
pub(super) fn let_go_of_own(here: Handle) {
    let thread = here.with(|execution| {
        let thread = execution.running();
        // From now on it is cleared away with the thread.
        execution.job(thread).done();
        (!execution.is_torn_down()).then_some(thread)
    });
    if let Some(thread) = thread {
        let_go(here, thread);
    }
}

/// The handle of a thread is dropped, whose result has a destructor. What is left when the execution is over is cleared away.
pub(crate) fn drop_handle(ticket: Ticket) {
    if !current::is_inside() {
        return;
    }
    let here = current::get();
    let thread = here.with(|execution| execution.admits_thread(ticket).filter(|_| !execution.is_torn_down()));
    if let Some(thread) = thread {
        let_go(here, thread);
    }
}
