//! The result of a thread that nobody takes.
//!
//! As in the standard library, the thread and its handle share the result, and who lets go of it
//! last drops it: the thread, as its last act, if the handle is gone by then; else whoever drops
//! the handle. To let go is an event, a read-modify-write of a word that stands for the count of
//! the library's `Arc`: so a search tries both orders, and the memory model has what the last one
//! does come after what the first one did.
//!
//! Results without a destructor have no such events: whoever drops them does nothing. No weakening
//! of an ordering reaches these events, for they are at no place of the subject.
//!
//! Limits: the library leaks a result whose handle is forgotten; here it is dropped when the
//! execution is over. The library ends the process if a destructor panics; here that ends the
//! execution.

use super::super::coroutine::current::{self, Handle};
use super::super::coroutine::message;
use super::super::event::{Intent, Kind};
use super::super::state::FaultKind;
use super::super::ticket::Ticket;
use super::admission::end_faulty;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// The caller lets go of the result of a thread, and drops it if it is the last.
fn let_go(here: Handle, thread: usize) {
    let (word, place) = here.with(|execution| {
        let place = execution.last_place();
        (execution.word_of_result(thread, place), place)
    });
    let object = here.admit(word, place);
    here.point(Intent::new(Kind::Update, object, place));
    let is_last = here.with(|execution| execution.count_down(object));
    let Some(leftover) = is_last.then(|| here.leftover(thread)).flatten() else { return };
    let Err(payload) = catch_unwind(AssertUnwindSafe(|| leftover.discard())) else { return };
    if here.with(|execution| execution.is_torn_down()) {
        resume_unwind(payload);
    }
    let message = message(&*payload);
    here.with(|execution| execution.keep_payload(payload));
    end_faulty(FaultKind::Panic, message, place);
}

/// The job of the running thread has returned, with a result that has a destructor.
pub(in crate::sim) fn let_go_of_own(here: Handle) {
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

/// The handle of a thread is dropped. If its result has a destructor, somebody has to run that;
/// what is left when the execution is over is cleared away.
#[inline]
pub(crate) fn drop_handle(ticket: Ticket, has_destructor: bool) {
    if !current::is_inside() {
        return;
    }
    let here = current::get();
    let thread = here.with(|execution| {
        let thread = execution.admits_thread(ticket).filter(|_| !execution.is_torn_down());
        execution.results.handles_dropped |= thread.map_or(0, |thread| 1 << thread);
        thread
    });
    if let Some(thread) = thread.filter(|_| has_destructor) {
        let_go(here, thread);
    }
}
