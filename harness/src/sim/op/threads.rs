//! Threads of the subject: started, and waited for.

use super::super::coroutine::{Turn, current};
use super::super::event::{Intent, Kind, ObjectId, Place};
use super::super::ticket::Ticket;

#[inline(always)]
pub(crate) fn spawn(place: Place) {
    announce_spawn(place).take();
    current::get().with(|execution| {
        if execution.attention != 0 {
            execution.spawned_attended();
        }
    });
}

#[inline(never)]
fn announce_spawn(place: Place) -> Turn {
    current::get().announce(Intent::new(Kind::Spawn, ObjectId::NONE, place))
}

#[inline(never)]
fn announce_join(second: ObjectId, place: Place) -> Turn {
    current::get().announce(Intent { kind: Kind::Join, object: ObjectId::NONE, second, place })
}

/// Waits for the end of the thread. Its number, if it is a thread of this execution; everything is
/// over if it is not.
#[inline(always)]
pub(crate) fn join(ticket: Ticket, place: Place) -> Option<usize> {
    let thread = current::get().admit_thread(ticket, place)?;
    join_own(thread, place);
    Some(thread)
}

#[inline(always)]
pub(crate) fn join_own(thread: usize, place: Place) {
    announce_join(ObjectId(thread as u32), place).take();
    perform_join(thread, place);
}

#[inline(never)]
fn perform_join(thread: usize, place: Place) {
    current::get().with(|execution| {
        if execution.is_finished(thread) {
            execution.memory.order.join(execution.me, thread);
        }
        if execution.attention != 0 {
            execution.joined_attended(thread, place);
        }
    });
}
