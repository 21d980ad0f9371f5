//! Locks tell more than acquire and release do.

use super::super::Order;
use super::super::view::keep;
use super::knowledge::Knowledge;
use super::{Manner, Message, Position, Weak};
use crate::sim::event::ObjectId;
use std::sync::atomic::Ordering;

impl Weak {
    /// The thread has taken a lock: what was seen before the unlock that it read, and before its
    /// own unlocks, counts as seen, and its later writes tell it.
    pub(crate) fn pull(&mut self, thread: usize, object: ObjectId, place: Position) {
        let Knowledge { current, acquired, heard, ordered, released, unlocked, .. } = &mut self.threads[thread];
        released.join(unlocked);
        current.join(unlocked);
        if let Some(view) = self.words[object.index()][place as usize].view {
            released.join(&self.views[view as usize]);
            current.join(&self.views[view as usize]);
        }
        acquired.join(current);
        heard.join(current);
        ordered.copy(current);
    }

    /// The thread, which holds the lock, writes that it is free. The message tells all that was
    /// seen before, also what relaxed reads were told.
    ///
    /// If the ordering was taken away, the message tells what a relaxed store would.
    pub(crate) fn unlock(&mut self, order: &mut Order, thread: usize, lock: ObjectId, ordering: Ordering) {
        let releases = ordering != Ordering::Relaxed;
        let published = order.publish(thread, releases);
        self.prepare(thread, lock, ordering, Manner::Released, false);
        self.count(thread, releases);
        if releases {
            let Knowledge { acquired, unlocked, .. } = &mut self.threads[thread];
            unlocked.copy(acquired);
        }
        let view = keep(&mut self.views, &mut self.views_count, &self.told, None, releases);
        let newest = self.newest_place(lock);
        let message = Message { stamp: 0, value: 0, published, view, is_replaced: false };
        self.put(thread, lock, newest, message, releases);
    }
}
