//! Reads that a thread may make for ever.

use super::super::coroutine::{Turn, current, wipe_stack};
use super::super::event::{Intent, Kind, ObjectId, Place};
use super::super::execution::Execution;
use super::super::state::LocalState;
use super::super::ticket::Ticket;

/// Takes the turn of a read of that kind that was announced, and performs it; if the thread may
/// repeat itself, it may wait first. Inlined, as [`Turn::take_or_repeat`] is.
#[inline(always)]
pub(super) fn take_or_poll<R>(turn: Turn, ticket: Ticket, kind: Kind, place: Place, perform: impl FnOnce() -> R) -> R {
    let again = turn.take_or_repeat(ticket, kind, place, poll);
    let result = perform();
    if again {
        wipe_stack();
    }
    result
}

/// The calling thread has announced nothing yet, since it may repeat itself; the last two words
/// stand for all that is local to it. If it does, it waits until what it reads may be something
/// else. Then it announces the read; when this returns, that may happen.
#[cold]
extern "C-unwind" fn poll(ticket: Ticket, kind: Kind, place: Place, _: usize, first: u64, second: u64) {
    let here = current::get();
    let object = here.with(|execution| execution.admitted(ticket));
    if here.with(|execution| execution.repeats(LocalState(first, second), object, place)) {
        here.point(Intent::new(Kind::Await, ObjectId::NONE, place));
        here.with(Execution::end_polling);
    }
    here.point(Intent::new(kind, object, place));
}
