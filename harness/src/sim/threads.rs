//! Threads of the subject: started, and waited for.

use super::coroutine::{Turn, current};
use super::event::{Intent, Kind, ObjectId, Place};
use super::execution::Execution;
use super::ticket::Ticket;
use super::unfit::Looks;

#[inline(always)]
pub(crate) fn spawn(place: Place) {
    announce_spawn(place).take();
    current::get().with(|execution| {
        if execution.attention != 0 {
            execution.spawned_attended();
        }
    });
}

impl Execution {
    #[inline(never)]
    fn spawned_attended(&mut self) {
        if self.is_relaxed {
            self.drain(self.me);
        }
        self.record_access(None, None);
    }

    #[inline(never)]
    fn joined_attended(&mut self, thread: usize, place: Place) {
        self.looks(Looks::AtOtherThread, place);
        if self.is_relaxed && self.is_finished(thread) {
            self.join_relaxed(thread);
        }
        self.record_access(None, None);
    }
}

#[inline(never)]
fn announce_spawn(place: Place) -> Turn {
    current::get().announce(Intent::new(Kind::Spawn, ObjectId::NONE, place))
}

#[inline(never)]
fn announce_join(second: ObjectId, place: Place) -> Turn {
    current::get().announce(Intent { kind: Kind::Join, object: ObjectId::NONE, second, place })
}

/// Waits for the end of the thread. Its number, if it is a thread of this execution; everything is over if it is not.
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
