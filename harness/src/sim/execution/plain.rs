//! Plain data: no choice points, but every access is checked for a data race.
//!
//! The check is FastTrack's (Flanagan and Freund, PLDI 2009) with full read clocks: a race is a
//! pair of accesses of which one writes and neither happened before the other. It finds the races
//! of the execution at hand, whatever its interleaving happened to order.

use super::super::clock::Clock;
use super::super::event::{Event, Intent, Kind, ObjectId, Place, What};
use super::super::plain_access::PlainAccess;
use super::super::state::FaultKind;
use super::super::ticket::Ticket;
use super::Execution;
use crate::schedule::Spot;

impl Execution {
    /// Declares that the object is plain data.
    pub(crate) fn make_plain(&mut self, ticket: Ticket) {
        let object = self.admitted(ticket);
        self.objects[object.index()].access = Some(self.plain.len() as u32);
        let me = self.me;
        self.memory.order.keep();
        // Making it is a write of its maker.
        let mut writes = Clock::ZERO;
        writes.set(me, self.memory.order.now(me).get(me));
        let made_at = self.objects[object.index()].made_at;
        self.plain.push(PlainAccess { writes, reads: Clock::ZERO, last_write: Some(made_at), last_read: None });
    }

    /// A read, or a write of `written`. Returns the value, and true if the execution ended in a
    /// race.
    #[inline]
    pub(crate) fn access_plain(&mut self, object: ObjectId, written: Option<u64>, place: Place) -> (u64, bool) {
        let at = self.objects[object.index()].access.expect("only plain objects are accessed as such") as usize;
        let me = self.me;
        self.acts();
        let now = *self.memory.order.now(me);
        let access = &mut self.plain[at];
        let against_write = access.writes.first_beyond(&now);
        let against_read = if written.is_some() { access.reads.first_beyond(&now) } else { None };
        if written.is_some() {
            access.writes.set(me, now.get(me));
            access.last_write = Some(place);
        } else {
            access.reads.set(me, now.get(me));
        }
        let other = if against_write.is_some() { access.last_write } else { access.last_read };
        if written.is_none() {
            access.last_read = Some(place);
        }
        let value = self.memory.newest(object);
        if let Some(value) = written {
            self.memory.set(object, value);
        }
        self.mark_plain(object, written.is_some());
        self.trace_plain(object, value, written, place);
        if let Some(thread) =
            against_write.or(against_read).filter(|_| !self.is_torn_down() && !std::thread::panicking())
        {
            let first = if against_write.is_some() { "write" } else { "read" };
            let second = if written.is_some() { "write" } else { "read" };
            let message = format!(
                "{second} of {} by {} is not ordered after the {first} by {}",
                self.object_name(object),
                self.label(me),
                self.label(thread),
            );
            self.fault(FaultKind::Race, message, place, other);
            return (value, true);
        }
        (value, false)
    }

    fn trace_plain(&mut self, object: ObjectId, value: u64, written: Option<u64>, place: Place) {
        if !self.record.tracing {
            return;
        }
        let kind = if written.is_some() { Kind::PlainWrite } else { Kind::PlainRead };
        let key = Spot::new(self.threads[self.me].anchor.hash, self.objects[object.index()].hash, kind as u64).key();
        let read = written.is_none().then_some(value);
        let footprint = Intent::new(kind, object, place).footprint();
        let what = What::Access { kind, object, footprint, key, read, written, is_unusual: false };
        self.record.trace.push(Event { thread: self.me as u8, what, place });
    }
}
