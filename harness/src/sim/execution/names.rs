//! What objects, threads and events are known by.

use super::super::event::{ObjectId, Place};
use super::super::object::Label;
use super::super::ticket::Ticket;
use super::Execution;
use crate::schedule::{hash_numbered, hash_path};

impl Execution {
    /// The object that the ticket is for, if it is one of this execution.
    #[inline(always)]
    pub(in crate::sim) fn admits(&self, ticket: Ticket) -> Option<ObjectId> {
        let index = self.names.tickets.index(ticket);
        (index < self.objects.len() as u64).then_some(ObjectId(index as u32))
    }

    /// The object of a ticket that was admitted before, in the same event.
    #[inline(always)]
    pub(in crate::sim) fn admitted(&self, ticket: Ticket) -> ObjectId {
        self.names.tickets.own(ticket)
    }

    /// The number of the thread that the ticket is for, if it is one of this execution.
    #[inline(always)]
    pub(in crate::sim) fn admits_thread(&self, ticket: Ticket) -> Option<usize> {
        let index = self.names.tickets.index(ticket);
        (index < self.roster.count as u64).then_some(index as usize)
    }

    /// What stands for the thread of that number.
    pub(crate) fn thread_ticket(&self, thread: usize) -> Ticket {
        self.names.tickets.of(thread)
    }

    /// An object with a name, which others may have too: then it is known by how many came before
    /// it.
    pub(crate) fn create(&mut self, label: Label, value: u64, place: Place) -> Ticket {
        let name = label.hash();
        let hash = match self.names.sites.count(name) {
            0 => name,
            nth => hash_numbered(name, nth),
        };
        let object = self.create_hashed((name, hash), Some(label), value, place);
        self.names.tickets.of(object.index())
    }

    /// An object without a name is known by which one it is among those that its maker made at its
    /// anchor.
    pub(crate) fn create_unnamed(&mut self, value: u64, place: Place) -> Ticket {
        let anchor = self.threads[self.me].anchor;
        let (serial, count) = self.names.made[self.me];
        let nth = if serial == anchor.serial { count + 1 } else { 0 };
        self.names.made[self.me] = (anchor.serial, nth);
        let hash = hash_path(anchor.hash, hash_numbered(0, nth));
        let object = self.create_hashed((hash, hash), None, value, place);
        self.names.tickets.of(object.index())
    }

    /// An object of the machine's own, whose name is known and is no other's.
    pub(super) fn create_known(&mut self, hash: u64, label: Label, place: Place) -> Ticket {
        let object = self.create_hashed((hash, hash), Some(label), 0, place);
        self.names.tickets.of(object.index())
    }

    #[inline(always)]
    pub(super) fn create_hashed(
        &mut self,
        hashes: (u64, u64),
        label: Option<Label>,
        value: u64,
        made_at: Place,
    ) -> ObjectId {
        let object = self.objects.add(hashes, label, made_at);
        self.memory.create(object, value);
        if self.relaxed.is_on {
            self.create_relaxed(object, value);
        }
        object
    }

    pub(crate) fn object_names(&self) -> Vec<String> {
        (0..self.objects.len()).map(|object| self.object_name(ObjectId(object as u32))).collect()
    }

    pub(crate) fn object_name(&self, object: ObjectId) -> String {
        self.objects[object.index()].name(object.index())
    }
}
