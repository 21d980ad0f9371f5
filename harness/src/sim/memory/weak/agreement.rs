//! What sequentially consistent accesses have to agree on.

use super::super::acquires;
use super::super::psc::{Attempt, rank_behind, rank_of_read};
use super::super::view::{Events, join_events};
use super::{Act, Position, Weak};
use crate::sim::event::ObjectId;
use std::sync::atomic::Ordering;

impl Weak {
    /// There are sequentially consistent accesses from now on.
    pub(crate) fn keep_consistent(&mut self) {
        self.psc.keep();
    }

    /// What has happened before the next event of the thread.
    pub(crate) fn earlier(&self, thread: usize) -> Events {
        *self.threads[thread].current.events()
    }

    /// Whether the thread may do that with the message, for all that sequentially consistent
    /// accesses have to agree on.
    pub(crate) fn admits(&self, thread: usize, object: ObjectId, place: Position, act: Act, how: Ordering) -> bool {
        if !self.psc.is_kept() || place == self.newest_place(object) {
            return true;
        }
        let message = &self.words[object.index()][place as usize];
        let seen = &self.threads[thread];
        let is_fenced = act == Act::ReplaceBehindBarrier;
        let is_free = act != Act::Read && self.is_free;
        let earlier = if is_fenced { *seen.acquired.events() } else { *seen.before(is_free).events() };
        let mut past = earlier;
        if act != Act::Write
            && acquires(how)
            && let Some(view) = message.view
        {
            join_events(&mut past, self.views[view as usize].events());
        }
        let writes = act != Act::Read;
        let rank = if writes { rank_behind(message.stamp) } else { rank_of_read(message.stamp) };
        let is_consistent = how == Ordering::SeqCst && !is_fenced;
        self.psc.admits(&Attempt { thread, object, rank, writes, earlier, past, is_consistent, is_fenced })
    }

    /// The last access of the object, by the thread, stays. `earlier` is what happened before it.
    pub(crate) fn settle(&mut self, thread: usize, object: ObjectId, earlier: &Events, is_consistent: bool) {
        if is_consistent || self.psc.is_kept() {
            self.psc.settle(thread, object, earlier, is_consistent);
        }
    }
}
