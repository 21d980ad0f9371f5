//! Reads that a thread may make for ever.

use super::super::coroutine::current;
use super::super::event::{Intent, Kind, ObjectId, Place};
use super::super::execution::Execution;
use super::super::state::LocalState;
use super::super::ticket::Ticket;

/// The calling thread has announced nothing yet, since it may repeat itself; the last two words
/// stand for all that is local to it. If it does, it waits until what it reads may be something
/// else. Then it announces the read; when this returns, that may happen.
#[cold]
pub(super) extern "sysv64-unwind" fn poll(ticket: Ticket, kind: Kind, place: Place, _: usize, first: u64, second: u64) {
    let here = current::get();
    let object = here.with(|execution| execution.admitted(ticket));
    if here.with(|execution| execution.repeats(LocalState(first, second), object, place)) {
        here.point(Intent::new(Kind::Await, ObjectId::NONE, place));
        here.with(Execution::end_polling);
    }
    here.point(Intent::new(kind, object, place));
}
